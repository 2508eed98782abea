"""Who may come in: the authorization server, clients, keys, and the check of every token.

See README.md in this directory for the rooms and the flows.
"""
