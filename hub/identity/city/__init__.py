"""Signing in by the city's own OpenID Connect provider, where one is configured."""
