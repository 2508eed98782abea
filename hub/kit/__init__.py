"""Tools that know nothing of talents, parks or GraphQL: database, errors, ids, crypto."""
