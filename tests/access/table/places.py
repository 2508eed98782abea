"""Reference data, parks and projects of the table's world, and those that not everybody sees."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.access.table.rows import World
from tests.make import Row


async def build_places(world: World) -> None:
    make, main = world.make, world.main
    province = await make.division("320000", level="PROVINCE")
    city = await make.division("320600", level="PREFECTURE", parent=province)
    await make.division("320612", parent=city)
    main["Division"] = [city]
    main["Territory"] = [await make.territory("SG")]
    main["CodeItem"] = [await make.code_item("degree", "1", label_zh="一", label_en="one")]
    main["Purpose"] = [await make.purpose("JOB_MATCHING")]
    operator = await make.organisation(
        division=city,
        key="operator",
        uscc=make.uscc(1),
        short_name_zh="简称",
        name_en="Operator",
        source="made for a test",
    )
    main["Organisation"] = [operator]
    zone = await make.zone(
        division=city,
        name_en="Zone",
        kind="HIGH_TECH",
        note="a note",
        external_codes=json.dumps([{"system": "a", "code": "b"}]),
    )
    main["Zone"] = [zone]
    common = {"zone": zone, "division": city, "operator": operator}
    park = await make.park(**common, **_about_a_park())
    elsewhere = await make.park(**common)
    proposed = await make.park(**common, **_about_a_park(), state="PROPOSED")
    rejected = await make.park(**common, **_about_a_park(), state="REJECTED")
    main["Park"] = [park]
    world.other("Park", "proposed, in the operator's bounds", proposed)
    world.other("Park", "rejected, outside them", rejected)
    about = {"name_en": "Carrier", "discipline": "510", "places": 3}
    main["Carrier"] = [await make.carrier(host=operator, **about)]
    home: dict[str, Any] = {
        "name_en": "Home",
        "hours": "09:00-17:00",
        "contact_roles": ["front desk"],
    }
    main["ReturneeHome"] = [await make.returnee_home(park=park, **home)]
    relief: dict[str, Any] = {
        "organisation": operator,
        "months": 12,
        "amount_fen": 5,
        "revoke_note": "moved out",
        "state": "REVOKED",
    }
    main["FeeRelief"] = [await make.fee_relief(park=park, **relief)]
    foreign = await make.fee_relief(park=elsewhere, **relief)
    world.other("FeeRelief", "of another park", foreign)
    for which, [other] in world.others["Park"].items():
        world.other("ReturneeHome", which, await make.returnee_home(park=other, **home))
        world.other("FeeRelief", which, await make.fee_relief(park=other, **relief))
    main["Utilisation"] = [await make.utilisation(park=park)]
    for which, [other] in world.others["Park"].items():
        world.other("Utilisation", which, await make.utilisation(park=other))
    await _workspaces(world, park, elsewhere)
    await _projects(world, operator, park, proposed)


def _about_a_park() -> dict[str, Any]:
    return {
        "name_en": "Park",
        "specialties": ["biotech"],
        "open_from": date(2025, 1, 1),
        "address": "1, Road",
        "latitude": Decimal("31.980000"),
        "longitude": Decimal("120.890000"),
        "coordinate_system": "GCJ02",
        "decision_note": "A note.",
    }


async def _workspaces(world: World, park: Row, elsewhere: Row) -> None:
    make = world.make
    about: dict[str, Any] = {
        "seats": 8,
        "free_months": 3,
        "observed_at": datetime(2026, 5, 31, tzinfo=UTC),
        "stale_after": datetime(2090, 1, 1, tzinfo=UTC),
        "observed_free_seats": 1,
        "observed_source": "OPERATOR",
    }
    offered = await make.workspace(park=park, **about)
    far = await make.workspace(park=elsewhere, **about)
    world.main["Workspace"] = [offered]
    draft = await make.workspace(park=park, state="DRAFT", **about)
    world.other("Workspace", "in draft, in the operator's bounds", draft)
    hidden = await make.workspace(park=elsewhere, state="DRAFT", **about)
    world.other("Workspace", "in draft, outside them", hidden)
    world.main["Observation"] = [await make.observation(workspace=offered)]
    for space in (far, draft, hidden):
        seen = await make.observation(workspace=space)
        which = "in the operator's bounds" if space is draft else "outside them"
        world.other("Observation", f"of another space, {which}", seen)
    for space in (offered, far, draft, hidden):
        [rule] = await make.opening_hours(space, "MO")
        block = await make.block(workspace=space, note="The roof.", state="LIFTED")
        for noun, row in (("AvailabilityRule", rule), ("Block", block)):
            if space is offered:
                world.main[noun] = [row]
            elif space is not far:
                which = "in the operator's bounds" if space is draft else "outside them"
                world.other(noun, f"of a draft, {which}", row)
    world.kept["far workspace"] = far


async def _projects(world: World, lead: Row, park: Row, proposed: Row) -> None:
    make = world.make
    about: dict[str, Any] = {"name_en": "Programme", "edition_named": 1, "basis_zh": "依据"}
    root = await make.programme(**about)
    programme = await make.programme(parent=root, **about)
    await make.programme(parent=programme, **about)
    world.main["Programme"] = [programme]
    made: dict[str, Any] = {
        "programme": programme,
        "lead": lead,
        "title_en": "Project",
        "seeking": ["SPACE"],
        "fiscal_year": 2026,
    }
    world.main["Project"] = [await make.project(park=park, **made)]
    world.other("Project", "settled in a proposed park", await make.project(park=proposed, **made))
    for state in ("DRAFT", "WITHDRAWN"):
        hidden = await make.project(park=park, state=state, **made)
        world.other("Project", "in draft or withdrawn", hidden)
