"""Bounds of a client, compared with what the database has.

A client bound to a city or park that does not exist is let in and sees nothing, and nobody is told
why. So a slip of the pen is refused here, with what comes nearest to it.

The places, departments and people are other rooms' rows: their tables are named here as the few
columns that are looked at.
"""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Executable, Text, Uuid, any_, column, func, literal_column, select, table

from hub.identity.clients.enrol import Bounds
from hub.kit.ids import decode_id, encode_id
from hub.kit.user_errors import Invalid
from hub.model.action import Record, given
from hub.model.codes import PurposeCode

MOST_HINTS = 3

_division = table("division", column("code"), column("name_zh"), schema="cooperation")
_partner = table(
    "partner", column("code"), column("name_zh"), column("name_en"), schema="cooperation"
)
_organisation = table(
    "organisation",
    *map(column, ("key", "kind", "name_zh", "short_name_zh", "name_en")),
    schema="cooperation",
)
_park = table(
    "park", column("id", Uuid()), column("code", Text()), column("name_zh"), schema="park"
)
_person = table("talent", column("id", Uuid()), schema="talent")

_DIVISIONS = select(_division).order_by(_division.c.code)
_PARTNERS = select(_partner).order_by(_partner.c.code)
_DEPARTMENTS = (
    select(_organisation)
    .where(
        _organisation.c.key.is_not(None),
        _organisation.c.kind == any_(literal_column("'{DEPARTMENT,PARTY_ORGAN}'::text[]")),
    )
    .order_by(_organisation.c.key)
)
_PARKS = select(_park).order_by(func.length(_park.c.code), _park.c.code)
_TALENT = select(_person.c.id).where(_person.c.id == given("id", Uuid()))

Names = Mapping[str, Sequence[str | None]]
"""A value and what it is called."""


class Rows(Protocol):
    """A transaction that can be asked."""

    async def rows(self, query: Executable, **values: Any) -> Sequence[Record]:
        """The rows of a query."""


@dataclass(frozen=True)
class Named:
    """Bounds as an administrator writes them: parks and the talent by id, `Park:<uuid>`."""

    partner: str | None = None
    parks: Sequence[str] = ()
    departments: Sequence[str] = ()
    purposes: Sequence[PurposeCode] = ()
    talent: str | None = None

    def meant(self) -> Bounds:
        """With the keys of what the ids name; what is no id is left out."""
        parks = [key for park in self.parks if (key := _key("Park", park))]
        return Bounds(
            partner=self.partner,
            parks=parks,
            departments=self.departments,
            purposes=self.purposes,
            talent=_key("Talent", self.talent) if self.talent else None,
        )


async def checked(database: Rows, named: Named) -> Bounds:
    """The bounds that an administrator named; raises Invalid for one that there is not."""
    async for fault in unknown(database, named):
        raise fault
    return named.meant()


async def unknown(database: Rows, named: Named) -> AsyncIterator[Invalid]:
    """Each bound that the database does not have."""
    if named.partner is not None:
        divisions = _called(await database.rows(_DIVISIONS), "code", "name_zh")
        if named.partner not in divisions:
            cities = _called(await database.rows(_PARTNERS), "code", "name_zh", "name_en")
            known = {**divisions, **cities}
            yield _unknown("partner", "division", "行政区划", named.partner, known, cities)
    if named.departments:
        rows = await database.rows(_DEPARTMENTS)
        keys = _called(rows, "key", "name_zh", "short_name_zh", "name_en")
        for department in named.departments:
            if department not in keys:
                yield _unknown("departments", "department", "部门", department, keys, keys)
    if named.parks:
        rows = await database.rows(_PARKS)
        ids = {encode_id("Park", row["id"]): (row["code"], row["name_zh"]) for row in rows}
        there = {row["id"] for row in rows}
        for park in named.parks:
            if _key("Park", park) not in there:
                yield _unknown("parkIds", "park", "园区", park, ids, ids)
    if named.talent is not None:
        key = _key("Talent", named.talent)
        if key is None or not await database.rows(_TALENT, id=key):
            yield _no_talent(named.talent, key)


def _no_talent(given_id: str, key: UUID | None) -> Invalid:
    if key is None:
        return Invalid(
            f"{given_id!r} is not the id of a talent: it reads Talent:<uuid>.",
            zh=f"{given_id!r} 不是人才标识,应为 Talent:<uuid>",
            field=("bounds", "talentId"),
        )
    return Invalid(
        f"There is no talent {given_id}.",
        zh=f"人才 {given_id} 不存在",
        next_step="Check the id.",
        field=("bounds", "talentId"),
    )


def _key(kind: str, given_id: str) -> UUID | None:
    """An id as the API shows it, or its bare key."""
    return decode_id(kind, given_id if ":" in given_id else f"{kind}:{given_id}")


def _called(rows: Sequence[Record], value: str, *names: str) -> dict[str, Sequence[str | None]]:
    return {row[value]: [row[name] for name in names] for row in rows}


def _unknown(
    bound: str, what: str, zh: str, given_value: str, known: Names, usual: Names
) -> Invalid:
    """The refusal of a value that is none of `known`, with what is nearest.

    Where nothing is near, the `usual` values are shown.
    """
    named = {
        str(word).lower(): value
        for value, names in known.items()
        for word in (value, *names)
        if word
    }
    words = difflib.get_close_matches(given_value.lower(), named, 3 * MOST_HINTS, 0.7)
    nearest = list(dict.fromkeys(named[word] for word in words))
    nearest.sort(key=lambda value: value not in usual)
    if given_value.lower() in named:  # a name instead of the code: there is no doubt
        nearest = [named[given_value.lower()]]
    shown = ", ".join(
        " ".join([value, *filter(None, known[value][:1])])
        for value in (nearest or list(usual))[:MOST_HINTS]
    )
    step = f"Did you mean {shown}?" if nearest else f"There are, for example: {shown}."
    return Invalid(
        f"There is no {what} {given_value!r}.",
        zh=f"{zh} {given_value!r} 不存在",
        next_step=step if shown else f"There is no {what} yet.",
        field=("bounds", bound),
        nearest=nearest[:MOST_HINTS],
    )
