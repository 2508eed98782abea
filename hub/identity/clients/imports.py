"""`hub clients import`: registrations out of a file, all of them or none.

Every fault of the file is told with its place. What is registered already just as the file has it
is left alone, so that the same file may be imported again; what differs is told, and changed only
where that is asked for. Of secrets no word is said, and only their hashes are stored.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.clients import bounds, changes, document, enrol, secret
from hub.identity.clients.client import AuthMethod, Client, ClientState
from hub.identity.clients.document import MEMBERS, Entry
from hub.identity.clients.members import Fault
from hub.identity.clients.registrations import COMMAND
from hub.identity.desk import Desk, desk
from hub.kit.errors import BadUserInput
from hub.model.action import Record


class FaultyFile(BadUserInput):
    """A file that cannot be imported, with every fault that it has."""

    def __init__(self, faults: Collection[Fault]) -> None:
        many = f"{len(faults)} faults" if len(faults) > 1 else "one fault"
        lines = "".join(f"\n  {fault}" for fault in faults)
        super().__init__(
            f"The file has {many}; nothing was imported.{lines}",
            zh=f"文件有 {len(faults)} 处错误,未导入任何内容",
            next_step="Correct them, and import the file again.",
        )


class Differs(BadUserInput):
    """Clients that are registered otherwise than the file has them."""

    def __init__(self, differences: Collection[str]) -> None:
        lines = "".join(f"\n  {difference}" for difference in differences)
        super().__init__(
            f"Clients are registered otherwise than in the file; nothing was imported.{lines}",
            zh="文件与已登记的应用不一致,未导入任何内容",
            next_step="Correct the file, or have the clients changed: --update.",
        )


@dataclass
class Imported:
    """Names of the clients that were added, changed (with what) or left alone."""

    added: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)


def parsed(text: str) -> Any:
    """The JSON of a file; raises BadUserInput with the place where it is none."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise BadUserInput(
            f"The file is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.",
            next_step="Correct it there.",
        ) from None


async def import_clients(
    engine: AsyncEngine,
    value: Any,
    *,
    served: Collection[str],
    reserved: Mapping[str, str],
    update: bool,
) -> Imported:
    """Register what a file holds, in one transaction.

    `served` are the scopes that the rooms have, `reserved` names that mean other clients. Raises
    FaultyFile, and Differs unless `update`.
    """
    entries = list(document.entries(value))
    faults = [fault for entry in entries for fault in entry.faults]
    faults += _twice(entries)
    objects = [entry for entry in entries if entry.readable]
    try:
        async with desk(engine, "registerClient", COMMAND) as work:
            there = await work.locked(Client, *{entry.registration.client_id for entry in objects})
            for entry in objects:
                row = there.get(entry.registration.client_id)
                faults += await _faults(work, entry, row, served, reserved)
            if faults:
                raise FaultyFile(faults)
            return await _write(work, entries, there, update=update)
    except asyncpg.UniqueViolationError:
        raise BadUserInput(
            "Another administrator registered one of these clients in this very moment.",
            next_step="Import the file again.",
        ) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, in which each member stands once: of two the reader would see the last alone."""
    counts = Counter(name for name, _ in pairs)
    if twice := [name for name, count in counts.items() if count > 1]:
        raise BadUserInput(f"A member stands twice in one object: {twice[0]!r}.")
    return dict(pairs)


def _no_number(name: str) -> Any:
    raise BadUserInput(f"{name} is no JSON.", next_step="Write a number, or null.")


def _twice(entries: Iterable[Entry]) -> list[Fault]:
    seen: dict[str, Entry] = {}
    faults = []
    for entry in entries:
        name = entry.registration.client_id
        if name and seen.setdefault(name, entry) is not entry:
            first = seen[name].at
            step = f"Write it once; it is at {first} already."
            faults.append(Fault(entry.place("client_id"), "The client stands twice.", step))
    return faults


async def _faults(
    work: Desk,
    entry: Entry,
    row: Record | None,
    served: Collection[str],
    reserved: Mapping[str, str],
) -> list[Fault]:
    """What is wrong with an entry beside the form of its members."""
    wanted = replace(entry.registration, bounds=entry.bounds.meant())
    # Secrets are not given back: a file without one means the one that the client has.
    keeps = row is not None and row["secret_hash"] is not None
    has_secret = entry.secret is not None or (
        keeps and wanted.method == AuthMethod.CLIENT_SECRET_BASIC
    )
    keys = {"jwks": entry.jwks, "jwks_uri": entry.jwks_uri}
    errors = list(enrol.faults(wanted, **keys, has_secret=has_secret, served=served)) + [
        error async for error in bounds.unknown(work, entry.bounds)
    ]
    told = {fault.at for fault in entry.faults}
    faults = [fault for fault in map(entry.blame, errors) if fault.at not in told]
    place = entry.place("client_id")
    if other := reserved.get(wanted.client_id):
        faults.append(Fault(place, f"It means the demo client {other}.", "Choose another name."))
    if faults or entry.faults or row is None or not _differing(entry, row):
        return faults
    if row["state"] == ClientState.REVOKED:
        step = "Choose another name."
        faults.append(Fault(place, "It was revoked, and nothing of it changes.", step))
    elif row["synthetic"]:
        step = "Choose another name: the demo has it as it is."
        faults.append(Fault(place, "It is a demo client, and is registered otherwise.", step))
    return faults


def _wanted(entry: Entry, row: Record | None) -> dict[str, Any]:
    """The columns that the entry describes; a secret that holds already is the one that is kept."""
    columns = replace(entry.registration, bounds=entry.bounds.meant()).columns()
    columns |= enrol.key_columns(entry.jwks, entry.jwks_uri)
    kept = row["secret_hash"] if row is not None else None
    if entry.registration.method != AuthMethod.CLIENT_SECRET_BASIC:
        columns["secret_hash"] = None
    elif entry.secret is None or (kept and secret.verified(kept, entry.secret)):
        columns["secret_hash"] = kept
    else:
        columns["secret_hash"] = secret.hashed(entry.secret)
    return columns


def _differing(entry: Entry, row: Record) -> bool:
    """Whether a client is registered otherwise than the file has it."""
    return bool(changes.differing(row, _wanted(entry, row)))


def _told(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Which members are otherwise, and how; of credentials only that they are."""
    lines = []
    for name, value in after.items():
        member, old = MEMBERS[name], before[name]
        if name in ("secret_hash", "jwks"):
            lines.append((member, "another"))
        elif isinstance(value, list):
            more = [f"+ {one}" for one in value if one not in old]
            less = [f"- {one}" for one in old if one not in value]
            lines.append((member, " ".join((*more, *less))))
        else:
            lines.append((member, f"{_shown(old)} -> {_shown(value)}"))
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)


async def _write(
    work: Desk, entries: list[Entry], there: Mapping[str, Record], *, update: bool
) -> Imported:
    done, differences = Imported(), []
    for entry in entries:
        name, row = entry.registration.client_id, there.get(entry.registration.client_id)
        if row is None:
            wanted = replace(entry.registration, bounds=entry.bounds.meant())
            work.mutation = "registerClient"
            keys = {"jwks": entry.jwks, "jwks_uri": entry.jwks_uri}
            await changes.file(work, enrol.client(wanted, **keys, plain_secret=entry.secret))
            done.added.append(name)
            continue
        columns = _wanted(entry, row)
        if not (told := _told(changes.plain(row), changes.differing(row, columns))):
            done.same.append(name)
            continue
        differences += [f"{entry.place(member)}: {how}" for member, how in told]
        done.changed[name] = [f"{member}: {how}" for member, how in told]
        work.mutation = "changeClient"
        await changes.alter(work, row, **columns)
    if differences and not update:
        raise Differs(differences)
    return done
