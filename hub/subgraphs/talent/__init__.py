"""The people: talents, their degrees, and what they consented to (handbook 2.1, 2.2).

Every field here belongs to a field group (BASIC, DEGREE, CONTACT, IDENTITY) and leaves only as
`release` says; every read writes an audit entry in the same statement.
"""
