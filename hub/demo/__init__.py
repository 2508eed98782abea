"""Invented data to try the hub with: every row says `synthetic`, none leads to a real person.

    well_known     ids that demo clients, documentation and tests speak of
    scale          how much of everything goes with so many talents
    ids  names     what the generators share
    organisations  agreements  places  reservations  hours          generators, a noun each
    projects  observations  records                                 the same
    together       enclaves, the working group and its matters, industry chains
    people  degrees  consents                                       generators, batch by batch
    loader         rows into the database with COPY
    reset          takes them out again
    wanted         whether a home is to have them

The same seed gives the same data on the same day, but for the sealed values, which are sealed anew.
"""

from __future__ import annotations

from hub.demo.loader import Progress, load, loaded
from hub.demo.reset import reset

__all__ = ["Progress", "load", "loaded", "reset"]
