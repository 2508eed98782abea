"""What the authorization server answers over HTTP."""
