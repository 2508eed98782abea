"""What may become of a person who is filed: moved, changed, given a new password, reset.

The same for an administrator's mutation, for the command line and for a person's own pages: each
brings its own transaction, in which every change is in the ledger (`Work`), and has locked her row
before. The ledger has her id; neither her name nor what proves her.

What ends sessions and tokens raises the generation: being stopped, a new password, another role,
and whatever bound is taken away. What only adds leaves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from hub.identity.desk import Work
from hub.identity.people import password as passwords
from hub.identity.people.new_person import NewPerson, misnamed, unbound
from hub.identity.people.person import PERSON_LIFE, Person, PersonState
from hub.identity.people.roles import Role
from hub.kit.user_errors import IllegalTransition
from hub.model.action import Record, given

PERSON = Person.__table__
RIGHTS = ("role", "parks", "departments", "purposes", "talent")
ALTERED = (*RIGHTS, "city_subject")
"""What an administrator may give a person otherwise."""
COLUMNS = (
    *ALTERED,
    *("username", "state", "generation", "password_hash", "totp_secret", "totp_step"),
)
"""What is read of a person before she is changed."""

MOVES: Mapping[tuple[PersonState, PersonState], str] = {
    (PersonState.ACTIVE, PersonState.SUSPENDED): "suspendPerson",
    (PersonState.SUSPENDED, PersonState.ACTIVE): "resumePerson",
    (PersonState.SUSPENDED, PersonState.CLOSED): "closePerson",
    (PersonState.INVITED, PersonState.CLOSED): "closePerson",
}
"""What each move that others make is called; from INVITED to ACTIVE she goes by a password."""

_WRITTEN = tuple(name for name in COLUMNS if name != "username")
_FILED = ("username", *ALTERED, "state", "password_hash", "synthetic")
_FILE = insert(PERSON).values({name: given(name, PERSON.c[name].type) for name in _FILED})
_WRITE = (
    update(PERSON)
    .values({name: given(name, PERSON.c[name].type) for name in _WRITTEN})
    .where(PERSON.c.id == given("id", PERSON.c.id.type))
)


async def file(work: Work, wanted: NewPerson, password_hash: str | None = None) -> UUID:
    """Add a person, active with a password, else invited. A name that is taken breaks its key."""
    bounds = wanted.checked().bounds.columns()
    [row] = await work.change(
        _FILE,
        username=wanted.username,
        role=wanted.role,
        state=PersonState.INVITED if password_hash is None else PersonState.ACTIVE,
        password_hash=password_hash,
        synthetic=wanted.synthetic,
        city_subject=wanted.city_subject,
        **{name: bounds[name] for name in RIGHTS if name != "role"},
    )
    key: UUID = row["id"]
    return key


async def move(work: Work, row: Record, to: PersonState, called: str | None = None) -> str:
    """Move a person to another state, if that is legal by the move of this name, or by any.

    Returns the move's name.
    """
    name = MOVES.get((PersonState(row["state"]), to))
    if name is None or called not in (None, name):
        raise _illegal(row, to)
    await _write(work, row, {"state": to}, ends=to != PersonState.ACTIVE)
    return name


async def alter(work: Work, row: Record, values: Mapping[str, Any]) -> bool:
    """Give a person another role or other bounds; whether any of it was another."""
    require_living(row)
    changed = {name: value for name, value in values.items() if not _same(row[name], value)}
    for fault in misnamed(changed.get("city_subject")):
        raise fault
    after = {**row, **changed}
    for fault in unbound(Role(after["role"]), after):
        raise fault
    if changed:
        await _write(work, row, changed, ends=_takes_away(row, changed))
    return bool(changed)


async def reset(work: Work, row: Record) -> None:
    """Take the password and the second factor away: alone neither was meant to be enough."""
    require_signing_in(row)
    gone = {"password_hash": None, "totp_secret": None, "totp_step": None}
    await _write(work, row, gone, ends=True)


async def choose_password(work: Work, row: Record, password_hash: str, **factor: Any) -> bool:
    """Give a person a new password, and a second factor; False when she may not have one."""
    if row["state"] not in (PersonState.INVITED, PersonState.ACTIVE):
        return False
    changed = {"password_hash": password_hash, "state": PersonState.ACTIVE, **factor}
    await _write(work, row, changed, ends=True)
    return True


async def enter(work: Work, row: Record) -> bool:
    """Let somebody in who was invited and has shown at the city who she is."""
    if row["state"] != PersonState.INVITED:
        return bool(row["state"] == PersonState.ACTIVE)
    await _write(work, row, {"state": PersonState.ACTIVE}, ends=False)
    return True


async def take_factor(work: Work, row: Record, factor: Mapping[str, Any]) -> bool:
    """Add a second factor to a person who has none; what she has open goes on."""
    if row["state"] != PersonState.ACTIVE or row["totp_secret"] is not None:
        return False
    await _write(work, row, factor, ends=False)
    return True


async def end_everything(work: Work, row: Record) -> None:
    """End every session and every token of a person."""
    await _write(work, row, {}, ends=True)


def hashed(plain: str, row: Record) -> str:
    """What is kept of a new password of hers; Invalid when it is too easy. Takes some 25 ms."""
    return passwords.hashed(plain, row["username"])


def require_living(row: Record) -> None:
    """Refuse to change a person who was stopped for good."""
    if row["state"] == PersonState.CLOSED:
        raise _illegal(row, PersonState.ACTIVE)


def require_signing_in(row: Record) -> None:
    """Refuse a link to a person who could not sign in with what she chooses."""
    if row["state"] not in (PersonState.INVITED, PersonState.ACTIVE):
        raise _illegal(row, PersonState.ACTIVE)


async def _write(work: Work, row: Record, changed: Mapping[str, Any], *, ends: bool) -> None:
    values = {name: row[name] for name in _WRITTEN} | dict(changed)
    if ends:
        values["generation"] = row["generation"] + 1
    await work.change(_WRITE, id=row["id"], **values)


def _takes_away(row: Record, changed: Mapping[str, Any]) -> bool:
    if "role" in changed:
        return True
    return any(
        not set(row[name]) <= set(changed[name])
        if isinstance(row[name], list)
        else row[name] is not None
        for name in changed
    )


def _same(one: Any, other: Any) -> bool:
    """Lists here are sets: in whatever order they are written, they say the same."""
    if isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    return bool(one == other)


def _illegal(row: Record, to: PersonState) -> IllegalTransition:
    state = PersonState(row["state"])
    steps = {
        PersonState.INVITED: "She becomes ACTIVE by choosing a password: invitePerson, "
        "`hub users invite`.",
        PersonState.ACTIVE: "She must be SUSPENDED first.",
        PersonState.SUSPENDED: "resumePerson, `hub users resume`, lets her in again.",
        PersonState.CLOSED: "That is for good: add her under another name.",
    }
    legal = [one for one in PERSON_LIFE.after(state) if (state, one) in MOVES]
    return IllegalTransition(
        f"{row['username']} is {state} and cannot become {to}.",
        zh=f"人员 {row['username']} 当前状态为“{state.zh}”,不能变为“{to.zh}”",
        next_step=steps.get(state) if state != to else "Nothing is left to do.",
        field=("id",),
        state=str(state),
        available=[str(one) for one in legal],
    )
