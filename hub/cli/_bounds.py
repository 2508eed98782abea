"""Bounds of a new client, compared with what the database has.

A client bound to a city or park that does not exist is let in and sees nothing, and nobody is told
why. So a slip of the pen is refused here, with what comes nearest to it.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.identity.clients.enrol import Bounds
from hub.kit.errors import BadUserInput
from hub.kit.ids import decode_id, encode_id
from hub.model.codes import PurposeCode

MOST_HINTS = 3

_DIVISIONS = text("SELECT code, name_zh FROM cooperation.division ORDER BY code")
_PARTNERS = text("SELECT code, name_zh, name_en FROM cooperation.partner ORDER BY code")
_DEPARTMENTS = text("""
    SELECT key, name_zh, short_name_zh, name_en FROM cooperation.organisation
    WHERE key IS NOT NULL AND kind IN ('DEPARTMENT', 'PARTY_ORGAN') ORDER BY key
""")
_PARKS = text("SELECT id, code, name_zh FROM park.park ORDER BY length(code), code")
_TALENT = text("SELECT EXISTS (SELECT FROM talent.talent WHERE id = :id)")


async def checked(
    database: AsyncConnection,
    *,
    partner: str | None,
    parks: Sequence[str],
    departments: Sequence[str],
    purposes: Sequence[PurposeCode],
    talent: str | None,
) -> Bounds:
    """The bounds that an administrator named; BadUserInput for one that there is not."""
    if partner is not None:
        await _check_division(database, partner)
    for department in departments:
        await _check_department(database, department)
    return Bounds(
        partner=partner,
        parks=[await _park(database, park) for park in parks],
        departments=departments,
        purposes=purposes,
        talent=await _talent(database, talent) if talent is not None else None,
    )


async def _check_division(database: AsyncConnection, code: str) -> None:
    names = {row.code: [row.name_zh] for row in await database.execute(_DIVISIONS)}
    if code in names:
        return
    cities = {row.code: [row.name_zh, row.name_en] for row in await database.execute(_PARTNERS)}
    raise _unknown("division", code, {**names, **cities}, cities)


async def _check_department(database: AsyncConnection, key: str) -> None:
    rows = await database.execute(_DEPARTMENTS)
    names = {row.key: [row.name_zh, row.short_name_zh, row.name_en] for row in rows}
    if key not in names:
        raise _unknown("department", key, names, names)


async def _park(database: AsyncConnection, given: str) -> UUID:
    rows = (await database.execute(_PARKS)).all()
    key = _key("Park", given)
    if any(row.id == key for row in rows):
        assert key is not None
        return key
    names = {encode_id("Park", row.id): [row.code, row.name_zh] for row in rows}
    raise _unknown("park", given, names, names)


async def _talent(database: AsyncConnection, given: str) -> UUID:
    key = _key("Talent", given)
    if key is None:
        raise BadUserInput(f"{given!r} is not the id of a talent: it reads Talent:<uuid>.")
    if not await database.scalar(_TALENT, {"id": key}):
        raise BadUserInput(f"There is no talent {given}.", next_step="Check the id.")
    return key


def _key(kind: str, given: str) -> UUID | None:
    """An id as the API shows it, or its bare key."""
    return decode_id(kind, given if ":" in given else f"{kind}:{given}")


def _unknown(
    what: str,
    given: str,
    known: dict[str, list[str | None]],
    usual: dict[str, list[str | None]],
) -> BadUserInput:
    """The refusal of a value that is none of `known` (value -> names), with what is nearest.

    Where nothing is near, the `usual` values are shown.
    """
    named = {
        str(word).lower(): value
        for value, names in known.items()
        for word in (value, *names)
        if word
    }
    words = difflib.get_close_matches(given.lower(), named, 3 * MOST_HINTS, 0.7)
    nearest = list(dict.fromkeys(named[word] for word in words))
    nearest.sort(key=lambda value: value not in usual)
    if given.lower() in named:  # a name instead of the code: there is no doubt
        nearest = [named[given.lower()]]
    shown = ", ".join(
        " ".join([value, *filter(None, known[value][:1])])
        for value in (nearest or list(usual))[:MOST_HINTS]
    )
    step = f"Did you mean {shown}?" if nearest else f"There are, for example: {shown}."
    return BadUserInput(
        f"There is no {what} {given!r}.", next_step=step if shown else f"There is no {what} yet."
    )
