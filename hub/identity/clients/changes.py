"""What may become of a client once it is filed: moved, changed, given new credentials.

The same for an administrator's mutation and for the command line: each brings its own transaction,
in which every change is in the ledger (`Work`), and has locked the client's row before. So a client
is read, compared and written as a whole, and no change of another administrator is lost.

A change that takes something away ends the client's tokens with it (`generation`), since a token
says itself what it may; one that only adds leaves them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, insert, update
from sqlalchemy.dialects.postgresql import JSONB

from hub.identity.clients.client import LIFE, AuthMethod, Client, ClientState
from hub.identity.desk import Work
from hub.kit.user_errors import IllegalTransition, Invalid
from hub.model.action import Record, given
from hub.model.entity import CHANGING

CLIENT = Client.__table__
COLUMNS = tuple(column.name for column in CLIENT.c if column.name not in ("id", *CHANGING))
"""What a client consists of, beside what every row has."""

MOVES: Mapping[tuple[ClientState, ClientState], str] = {
    (ClientState.REGISTERED, ClientState.APPROVED): "approveClient",
    (ClientState.APPROVED, ClientState.ACTIVE): "activateClient",
    (ClientState.ACTIVE, ClientState.SUSPENDED): "suspendClient",
    (ClientState.SUSPENDED, ClientState.ACTIVE): "resumeClient",
    (ClientState.SUSPENDED, ClientState.REVOKED): "revokeClient",
}
"""What each legal move is called: by the API, in the ledger, and without `Client` as a command."""

ENDS_TOKENS = ("audience", "token_endpoint_auth_method", "secret_hash", "jwks", "jwks_uri")
"""Columns of which any change ends the client's tokens; of its rights only what is taken away."""

RIGHTS = (
    *("scopes", "parks", "departments", "purposes", "partner", "talent"),
    *("grant_types", "redirect_uris"),
)


async def file(work: Work, client: Client) -> UUID:
    """Add a client; returns its id. A name that is taken breaks `uq_client_client_id`."""
    values = {name: getattr(client, name) for name in (*COLUMNS, "synthetic", "visibility")}
    stored = _stored({name: value for name, value in values.items() if value is not None})
    [row] = await work.change(_filing(tuple(stored)), **stored)
    key: UUID = row["id"]
    return key


async def move(work: Work, row: Record, to: ClientState, called: str | None = None) -> str:
    """Move a client to another state, if that is legal by the move of this name, or by any.

    Returns the move's name. The tokens of one that stops do not come back with it.
    """
    state = ClientState(row["state"])
    name = MOVES.get((state, to))
    if name is None or called not in (None, name):
        raise _illegal(row, to, called)
    stops = to in (ClientState.SUSPENDED, ClientState.REVOKED)
    await _write(work, row, {"state": to}, ends_tokens=stops)
    return name


async def alter(work: Work, row: Record, **values: Any) -> bool:
    """Give a client other values; whether any of them was another."""
    if changed := differing(row, values):
        await _write(work, row, changed, ends_tokens=_takes_away(plain(row), changed))
    return bool(changed)


def differing(row: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that a locked row has otherwise."""
    before = plain(row)
    return {name: value for name, value in values.items() if not _same(value, before[name])}


def plain(row: Record) -> dict[str, Any]:
    """A locked row's columns; JSON is text where the driver was not told how to read it."""
    values = {name: row[name] for name in COLUMNS}
    if isinstance(values["jwks"], str):
        values["jwks"] = json.loads(values["jwks"])
    return values


def require_living(row: Record) -> None:
    """Refuse to change a client that was stopped for good."""
    if row["state"] == ClientState.REVOKED:
        raise IllegalTransition(
            f"{row['client_id']} is REVOKED: it was stopped for good, and nothing of it changes.",
            zh=f"应用 {row['client_id']} 已吊销,不能再作变更",
            next_step="Register another client.",
            field=("id",),
            state=str(ClientState.REVOKED),
            available=[],
        )


def require_method(row: Record, method: AuthMethod) -> None:
    """Refuse credentials of a kind that the client does not prove itself with."""
    used = AuthMethod(row["token_endpoint_auth_method"])
    if used == method:
        return
    steps = {
        AuthMethod.PRIVATE_KEY_JWT: "It has keys: rotateClientKeys, `hub clients rotate --jwks`.",
        AuthMethod.CLIENT_SECRET_BASIC: "It has a secret: rotateClientSecret, "
        "`hub clients rotate` without --jwks.",
        AuthMethod.NONE: "It has no credentials that could be rotated.",
    }
    raise Invalid(
        f"{row['client_id']} authenticates by {used.registered}.",
        zh=f"应用 {row['client_id']} 的认证方式为 {used.registered}",
        next_step=steps[used],
        field=("id",),
    )


def taken() -> Invalid:
    """The refusal of a name that another client has."""
    return Invalid(
        "There is a client of this name already.",
        zh="该应用标识已被使用",
        next_step="Choose another name, or look at that client.",
        field=("clientId",),
    )


VIOLATIONS = {"uq_client_client_id": taken}
"""What a broken constraint means."""


def _illegal(row: Record, to: ClientState, called: str | None) -> IllegalTransition:
    state = ClientState(row["state"])
    if name := MOVES.get((state, to)):  # legal, but as another move
        return IllegalTransition(
            f"{row['client_id']} is {state}: {called} is not for that.",
            zh=f"应用 {row['client_id']} 当前状态为“{state.zh}”,不适用此操作",
            next_step=f"From there it is {name}, `hub clients {name.removesuffix('Client')}`.",
            field=("id",),
            state=str(state),
            available=[str(one) for one in LIFE.after(state)],
        )
    between = [one for one in LIFE.after(state) if to in LIFE.after(one)]
    step = f"It must be {between[0]} first." if between else "Choose one of the legal moves."
    if not LIFE.after(state):
        step = "Register another client: this one was stopped for good."
    return LIFE.refusal(state, to, field=("id",), next_step=step)


async def _write(work: Work, row: Record, changed: Mapping[str, Any], *, ends_tokens: bool) -> None:
    values = {**plain(row), **changed}
    values["generation"] += ends_tokens
    await work.change(_WRITE, id=row["id"], **_stored(values))


def _takes_away(before: Mapping[str, Any], changed: Mapping[str, Any]) -> bool:
    """Whether tokens that were issued before would be good for more than the client is now."""
    if any(name in changed for name in ENDS_TOKENS) or changed.get("dpop_bound"):
        return True
    return any(
        not set(before[name]) <= set(changed[name])
        if isinstance(changed[name], list)
        else before[name] is not None
        for name in RIGHTS
        if name in changed
    )


def _same(one: Any, other: Any) -> bool:
    """Lists here are sets: in whatever order they are written, they say the same."""
    if isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    return bool(one == other)


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as statements take them: JSON as text."""
    if isinstance(values.get("jwks"), dict):
        return {**values, "jwks": json.dumps(values["jwks"])}
    return dict(values)


def _given(name: str) -> Any:
    kind = CLIENT.c[name].type
    return cast(given(name, Text()), JSONB()) if isinstance(kind, JSONB) else given(name, kind)


@cache
def _filing(names: tuple[str, ...]) -> Any:
    """INSERT of these columns; the others have their defaults."""
    return insert(CLIENT).values({name: _given(name) for name in names})


_WRITE = (
    update(CLIENT)
    .values({name: _given(name) for name in COLUMNS})
    .where(CLIENT.c.id == given("id", CLIENT.c.id.type))
)
