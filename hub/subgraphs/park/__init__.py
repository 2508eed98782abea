"""The places: zones, parks, their workspaces and who holds them when (handbook 2.1, 2.2)."""
