"""What the city grants and promises, clause by clause (handbook 2.1, 2.2).

Documents, measures, the versions of a measure and their clauses, with the exact words that each
rests on. They are read from the reference data; what a document does not say is a gap, never a
guess. Public to everyone who may read policies.
"""
