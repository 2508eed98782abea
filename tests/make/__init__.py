"""Factories: one call, one row, nothing more than what was asked for.

    make = Make(connection)
    park = await make.park(state="OPEN")
    desk = await make.workspace(park=park, seats=4)

A factory fills in what the table demands and leaves the rest null; an edge takes the row that it
leads to, and a row that an edge demands is made when it is not given. Ids count upwards from a
fixed beginning and every row says that it was made at the same instant, so that answers over made
rows can be written down beforehand.
"""

from __future__ import annotations

from tests.make.maker import STAMP, Row, empty
from tests.make.met import Met
from tests.make.park import Parks
from tests.make.platform import Platform
from tests.make.policy import Policies
from tests.make.project import Projects
from tests.make.promises import Promises
from tests.make.talent import Talents
from tests.make.together import Together

__all__ = ["STAMP", "Make", "Row", "empty"]


class Make(Parks, Talents, Projects, Policies, Promises, Platform, Together, Met):
    """The factories of all rooms over one connection."""
