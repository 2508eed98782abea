"""By whatever way a row is come to, the same is shown of it and the same withheld.

The ways are walked from the registry: root lists, look-ups by each key, `node`, every edge, every
filter, every order, the counts. What is compared with is `nodes`, which the table is made of.
"""

from __future__ import annotations

import pytest

from hub.app import registry
from hub.model.registry import Noun
from tests.access.table.asking import Desk
from tests.access.table.narrowed import told_otherwise
from tests.access.table.ways import Walked

NOUNS = registry().nouns

NEVER_HIDDEN = {
    ("Clause", "policyVersion"): "a clause is seen with its version",
    ("Agreement", "placements"): "what was placed is seen with its agreement",
    ("AgreementPlacement", "agreement"): "what was placed is seen with its agreement",
    ("Enclave", "agreement"): "an enclave rests on an agreement of its own two cities",
    ("Enclave", "results"): "a result is seen with its enclave",
    ("EnclaveResult", "enclave"): "a result is seen with its enclave",
    ("EnclaveResult", "shares"): "a share is seen with its result",
    ("EnclaveShare", "result"): "a share is seen with its result",
    ("FeeRelief", "policyVersion"): "a relief rests on a version that was published",
    ("Matter", "workingGroup"): "a group is seen whole",
    ("WorkingGroup", "matters"): "a group is seen whole",
    ("WorkingGroup", "members"): "a group is seen whole",
    ("WorkingGroupMember", "workingGroup"): "a group is seen whole",
    ("CountedObject", "park"): "a park counts when it is published",
    ("CountedObject", "workspace"): "a space in draft does not count",
    ("PolicyVersion", "clauses"): "a clause is seen with its version",
    ("Workspace", "park"): "a workspace leaves draft only in a published park",
    ("Observation", "workspace"): "reports are shown to who sees the draft as well",
    ("Observation", "park"): "reports are shown to who sees the draft as well",
    ("Reservation", "workspace"): "no space in draft is reserved",
    ("Reservation", "park"): "no space of a park that is not published is reserved",
    ("AvailabilityRule", "workspace"): "who sees a rule sees the workspace",
    ("Block", "workspace"): "who sees a block sees the workspace",
    ("Block", "park"): "a workspace leaves draft only in a published park",
    ("Workspace", "openingHours"): "who sees a workspace sees its hours",
    ("Workspace", "blocks"): "who sees a workspace sees its blocks",
    ("Utilisation", "park"): "who sees figures sees the park",
    ("Park", "utilisations"): "who sees a park sees its figures",
    ("Reservation", "series"): "a reservation and its series are the same caller's",
    ("ReservationSeries", "reservations"): "a reservation and its series are the same caller's",
    ("ReservationSeries", "workspace"): "no space in draft is reserved",
    ("ReservationSeries", "park"): "no space of a park that is not published is reserved",
    ("ReturneeHome", "park"): "who sees a home sees the park",
    ("Park", "returneeHomes"): "who sees a park sees its homes",
    ("FeeRelief", "park"): "who sees a relief sees the park",
    ("Contact", "event"): "who sees a contact, with every scope, sees its event",
    ("Contact", "followUps"): "what was done is seen with its contact",
    ("Contact", "talent"): "who may read contacts may read talents, for the same purpose",
    ("FollowUp", "contact"): "what was done is seen with its contact",
    ("Consent", "talent"): "who sees a consent sees the person",
}
"""Edges that lead from a row that is shown to none that is hidden."""


@pytest.mark.parametrize("noun", NOUNS.values(), ids=NOUNS)
async def test_every_way_shows_and_withholds_the_same(desk: Desk, noun: Noun) -> None:
    walked: Walked = set()
    assert [each async for each in told_otherwise(desk, noun, walked)] == []
    for name, spec in noun.edges.items():
        assert (noun.name, name, True) in walked, f"nobody was shown a row behind {name}"
        hidden = (noun.name, name, False) in walked
        may_hide = registry().target(spec).may_hide_rows
        assert hidden == (may_hide and (noun.name, name) not in NEVER_HIDDEN), name
