"""Talents with degrees, consents in all their states, and the reservations they and others hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.make.maker import Row
from tests.make.park import AGES_AGO
from tests.make.world.sides import PARTNERS
from tests.make.world.values import CODES, DATES, GROUPS, PURPOSES, TEXTS, TODAY, WORDS, World

RANKS = ("NONE", "BACHELOR", "MASTER", "DOCTOR")
CONSENT_STATES = ("GRANTED", "GRANTED", "GRANTED", "REQUESTED", "DECLINED", "WITHDRAWN", "EXPIRED")
PERIODS = (
    (TODAY, TODAY + timedelta(days=1)),
    (TODAY, TODAY + timedelta(days=1)),
    (TODAY - timedelta(days=9), TODAY),
    (TODAY + timedelta(days=1), TODAY + timedelta(days=9)),
    (DATES[0], DATES[-1]),
    (DATES[2], DATES[-1]),
)
RECIPIENTS = (*PARTNERS[:1] * 4, *PARTNERS[1:4], "client-0", "320400")
TIMES = tuple(datetime(year, 1, 1, tzinfo=UTC) for year in (2021, 2022, 2089, 2090))


async def settle_people(world: World) -> None:
    """Sixty persons; what is known of each differs, and so does who may know it."""
    for number in range(60):
        await _talent(world, number)
    for talent in world.rows["talent"]:
        for _ in range(world.one((0, 1, 1, 2, 4))):
            await _degree(world, talent)
        await _consents(world, talent)
    for workspace in world.rows["workspace"]:
        await _reservations(world, workspace)
    for number, value in enumerate(CODES):
        told = world.maybe((10, 10, 999))
        await world.make.talent_statistic(
            dimension=("DEGREE", "TERRITORY", "INDUSTRY")[number % 3],
            value=value,
            people=told,
            suppressed=told is None,
            **world.common(),
        )


async def _talent(world: World, number: int) -> None:
    factory = world.make.known_talent if world.chance(0.6) else world.make.talent
    talent = await factory(
        residence=world.perhaps("division"),
        display_name=world.one(TEXTS),
        family_name_zh=world.maybe(TEXTS),
        given_name_latin=world.maybe(TEXTS),
        returnee_status=world.maybe(("DECLARED", "RECOGNISED", "LAPSED")),
        level=world.maybe(("GENERAL", "HIGH_LEVEL")),
        returned_on=world.maybe(DATES),
        graduated_on=world.maybe(DATES),
        target_industries=world.some(("A", "C", "I", "")),
        languages=world.some(("zh", "en", "zh-Hant", 'x"y', "")),
        highest_degree=world.maybe(RANKS),
        title_level=world.maybe(("NONE", "JUNIOR")),
        skill_level=world.maybe(("TECHNICIAN", "JUNIOR_WORKER")),
        **world.common("P3 P3 P3 P4" if number % 2 else "P0 P2 P3"),
    )
    world.keep("talent", talent)


async def _degree(world: World, talent: Row) -> None:
    certified = world.chance(0.3)
    await world.make.degree(
        talent=talent,
        level=world.one(RANKS),
        awarded_on=world.one(DATES[:5]),
        institution_name=world.one(TEXTS),
        institution_territory=world.one(("SG", "HK")),
        institution_external_id=world.maybe(TEXTS),
        discipline=world.maybe(WORDS),
        isced_field=world.maybe(TEXTS),
        certification_state="CERTIFIED" if certified else world.one(("NONE", "APPLIED")),
        certified_on=TODAY if certified else None,
        **world.common("P3 P3 P4"),
    )


async def _consents(world: World, talent: Row) -> None:
    granted: set[tuple[str, str]] = set()
    for _ in range(world.one((0, 2, 4, 6))):
        recipient, purpose = world.one(RECIPIENTS), world.one((PURPOSES[0], *PURPOSES[:3]))
        state = world.one(CONSENT_STATES)
        if state == "GRANTED" and (recipient, purpose) in granted:
            state = "EXPIRED"
        if state == "GRANTED":
            granted.add((recipient, purpose))
        since, until = world.one(PERIODS)
        await world.make.consent(
            talent=talent,
            recipient=recipient,
            purpose=purpose,
            state=state,
            valid_from=since,
            valid_until=until,
            field_groups=world.some(GROUPS, least=1) + world.some(GROUPS),
            evidence=world.one(TEXTS),
            **world.common(),
        )


async def _reservations(world: World, workspace: Row) -> None:
    """Occupying ones of a whole space must not overlap, so they follow one another."""
    closed = {park["id"] for park in world.rows["park"] if park["state"] == "CLOSED"}
    begin = AGES_AGO
    for _ in range(world.one((0, 1, 2, 3))):
        later = [time for time in TIMES if time > begin]
        if not later:
            return
        end = world.one(later)
        state = world.one(("HELD", "HELD", "CONFIRMED", "CHECKED_IN", "CANCELLED", "COMPLETED"))
        if workspace["park_id"] in closed:
            state = "CANCELLED"
        by_person = world.chance()
        whose = {
            "workspace": workspace,
            "partner": world.perhaps("partner"),
            "talent": world.any("talent") if by_person else None,
            "organisation": None if by_person else world.any("organisation"),
        }
        series = None
        if world.chance(0.3):
            series = await world.make.reservation_series(
                requested_by=world.one(("client-0", "somebody")),
                state=world.one(("HELD", "CONFIRMED", "CANCELLED", "EXPIRED")),
                cancel_note=world.maybe(TEXTS),
                **{**whose, "partner": world.perhaps("partner")},
                **world.common(),
            )
        await world.make.reservation(
            **whose,
            series_id=series and series["id"],
            since=begin,
            until=end,
            seats=world.one((1, 1, 2, 2**30)),
            requested_by=world.one(("client-0", "client-1", "somebody")),
            state=state,
            hold_expires_at=world.one(TIMES) if state == "HELD" else world.maybe(TIMES),
            **world.common(),
        )
        if workspace["whole_space"]:
            begin = end
