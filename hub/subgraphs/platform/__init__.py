"""What all rooms share and the API shows: clients, audit, and the look-up of anything by its id.

The nouns themselves are declared where their machinery stands: clients in `hub.identity`, audit
entries in `hub.ledger`.
"""
