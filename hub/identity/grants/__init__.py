"""What a client gets a token for: one file for each grant type (RFC 6749, 4 and 6)."""
