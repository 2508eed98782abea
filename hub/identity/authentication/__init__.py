"""Which client is asking, proved in exactly one way."""
