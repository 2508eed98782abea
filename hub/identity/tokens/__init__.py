"""Tokens: signed, read, checked, forgotten."""
