"""The projects: programmes of the city and the public face of what they support (handbook 2.1)."""
