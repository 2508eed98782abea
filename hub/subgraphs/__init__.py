"""The domain, a room for each part of it; rooms never import one another."""
