"""Who works together, and under which terms (handbook 2.1, 2.2).

Home of the divisions and organisations that every other room refers to, of the partner cities and
of the agreements with them. The agreement in force, which decides what a partner city may read of
a person, is offered to the other rooms as the fact `cooperation.agreement`.
"""
