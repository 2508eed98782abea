"""The registered clients: what they may have, and what proves them."""
