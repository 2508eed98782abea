"""Who works together, under which terms, and what comes of it (handbook 2.1, 2.2).

Home of the divisions and organisations that every other room refers to, of the partner cities, of
the agreements with them and the enclaves run with them, of the working group whose departments
answer each other, and of the city's commitments, measured from what all rooms offer. The agreement
in force, which decides what a partner city may read of a person, is offered to the other rooms as
the fact `cooperation.agreement`.
"""
