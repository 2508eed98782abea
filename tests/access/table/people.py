"""Persons of the table's world, with degrees, consents and what they hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tests.access.table.rows import AGREED, APP, CONSENTS, PAIRS, SHARING, World
from tests.make import Row


async def settle_people(world: World) -> None:
    world.main["TalentStatistic"] = [await world.make.talent_statistic()]
    for name, consent in CONSENTS.items():
        await _person(world, name, consent)
    [space], [organisation] = world.main["Workspace"], world.main["Organisation"]
    about: dict[str, Any] = {
        "state": "CANCELLED",
        "hold_expires_at": datetime(2026, 1, 2, tzinfo=UTC),
        "cancel_note": "a note",
    }
    hers: dict[str, Any] = {"workspace": space, "requested_by": APP, **about}
    for code in SHARING:
        whose = {"partner": world.kept[code], "organisation": organisation}
        world.held[code], world.held_series[code] = await _reserved(world, whose, hers)
    for code, name in PAIRS:
        [talent] = world.persons[name]["Talent"]
        whose = {"partner": world.kept[code], "talent": talent}
        found = await _reserved(world, whose, hers)
        world.reservations[code, name], world.series[code, name] = found
    [agreed], [park] = world.persons["agreed"]["Talent"], world.main["Park"]
    world.kept["relief of a person"] = await world.make.fee_relief(park=park, talent=agreed)
    [person] = world.persons["stranger"]["Talent"]
    whose = {"partner": world.kept["another city"], "talent": person}
    hidden, series = await _reserved(
        world, whose, {"workspace": world.kept["far workspace"], **about}
    )
    world.other("Reservation", "of another city, app, park and person", hidden)
    world.other("ReservationSeries", "of another city, app, park and person", series)


async def _reserved(world: World, whose: dict[str, Any], about: dict[str, Any]) -> tuple[Row, Row]:
    """A reservation, and the series that it belongs to."""
    series = await world.make.reservation_series(**whose, **about)
    row = await world.make.reservation(series_id=series["id"], **whose, **about)
    return row, series


async def _person(world: World, name: str, consent: dict[str, Any]) -> None:
    make = world.make
    [residence] = world.main["Division"]
    visibility = "P4" if name == "closed" else "P3"
    talent = await make.known_talent(
        residence=residence,
        visibility=visibility,
        display_name=f"person {name}",
        family_name_zh="王",
        given_name_zh="小明",
        family_name_latin="Wang",
        given_name_latin="Xiaoming",
        returnee_status="DECLARED",
        level="GENERAL",
        returned_on=date(2025, 1, 1),
        graduated_on=date(2024, 6, 30),
        target_industries=["C"],
        languages=["zh"],
        highest_degree="MASTER",
        title_level="JUNIOR",
        skill_level="TECHNICIAN",
        identity_number=f"{name} number",
        identity_hash=f"{name} hash",
    )
    about = {
        "institution_external_id": "register:1",
        "discipline": "510",
        "isced_field": "0613",
        "certification_state": "CERTIFIED",
        "certified_on": date(2025, 1, 1),
    }
    degree = await make.degree(talent=talent, **about)
    if name == "agreed":
        closed = await make.degree(talent=talent, visibility="P4", **about)
        world.other("Degree", "itself closed (P4)", closed)
    cities = SHARING if name == "agreed" else (AGREED,)
    words = {"text_zh": "告知内容", "text_en": "What she is told.", "requested_by": "some-client"}
    given = [
        await make.consent(talent=talent, **words, **{"recipient": city, **consent})
        for city in cities
    ]
    if name in ("agreed", "asked nobody"):
        over = {"recipient": AGREED, "purpose": "SERVICE_HANDLING", "state": "WITHDRAWN"}
        over["withdrawal_evidence"] = "told by telephone"
        world.over[name] = await make.consent(talent=talent, **over)
    world.persons[name] = {"Talent": [talent], "Degree": [degree], "Consent": given}
    if name == "stranger":
        for noun, rows in world.persons[name].items():
            for row in rows:
                world.other(noun, "of a person who consented to nothing", row)
