"""Clients and people for the demonstration, one for each kind of caller, credentials in a file.

    $HUB_HOME/demo/clients.json     mode 0600, made in demo mode only

They hold what the handbook (2.5) says is normally held, as far as the rooms that are built know it;
the rest joins with its room. Each has at most one purpose, so that a request needs no `Hub-Purpose`
header, except `hr`, which shows what the header is for.

Where a person signs in (`talent`, `hr`, `finance`, `auditor`, `admin`, `park-app`, `officer-desk`)
the file has her user name and password too; `hub clients token` signs in as she would.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.demo.client_list import CLIENTS, PEOPLE
from hub.identity.clients import enrol, registrations, secret
from hub.identity.clients.client import AuthMethod, Client
from hub.identity.clients.enrol import Registration
from hub.identity.people import registry
from hub.identity.people.new_person import NewPerson
from hub.kit import db
from hub.kit.errors import SetupError


async def ensure(owner_url: str, home: Path, scopes: Collection[str]) -> None:
    """Have the demo clients in the database and their credentials in the file; may be repeated.

    `scopes` are those of the rooms that there are: a token with others would promise what nobody
    serves, and what the metadata (RFC 8414) does not list.

    The database comes first: when this is cut short, credentials that are in no file are simply
    made anew the next time.
    """
    file = file_of(home)
    known = read(home) if file.exists() else {}
    engine = db.engine(owner_url, pooled=False)
    try:
        wanted = {
            short: await _ensured(engine, short, _within(registration, scopes), known.get(short))
            for short, registration in CLIENTS.items()
        }
    finally:
        await engine.dispose()
    if wanted != known:
        _write(file, wanted)


def file_of(home: Path) -> Path:
    """Where the credentials are."""
    return home / "demo" / "clients.json"


def read(home: Path) -> dict[str, Any]:
    """The demo clients by short name; SetupError when the file is not as it was written."""
    file = file_of(home)
    try:
        clients: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        for entry in clients.values():
            _check(entry)
    except (ValueError, LookupError, TypeError, AttributeError, JoseError):
        raise SetupError(
            f"{file} is damaged: it does not hold the credentials of the demo clients.",
            next_step="Delete it and start the hub in demo mode with `hub up`: it makes new ones.",
        ) from None
    return clients


def short_of(home: Path, client_id: str) -> str | None:
    """The short name under which the file has a client's credentials; None when it has not."""
    if not file_of(home).exists():
        return None
    found = (short for short, entry in read(home).items() if entry["client_id"] == client_id)
    return next(found, None)


async def renew(engine: AsyncEngine, home: Path, client_id: str) -> str | None:
    """Give a client that the file has new credentials, there and in the database; the old ones and
    the tokens got with them end now. Of a client without any it is the person's password.

    Returns the new secret or password, None when it has keys.
    """
    clients, short = read(home), short_of(home, client_id)
    assert short is not None, "ask short_of before"
    wanted = CLIENTS[short]
    credentials = _credentials(wanted, None)
    if not credentials:
        signs_in = _signs_in(PEOPLE[short], None)
        await _with_password(engine, PEOPLE[short], signs_in["password"], renew=True)
        _write(file_of(home), {**clients, short: {**clients[short], **signs_in}})
        return str(signs_in["password"])
    fresh = enrol.client(wanted, **_proof(credentials))
    await registrations.renew(engine, client_id, **_kept_of(fresh))
    _write(file_of(home), {**clients, short: {**clients[short], **credentials}})
    return credentials.get("client_secret")


def _within(wanted: Registration, scopes: Collection[str]) -> Registration:
    return replace(wanted, scopes=[scope for scope in wanted.scopes if scope in scopes])


def _check(entry: Any) -> None:
    """Raises one of several errors when something is missing or of a wrong form."""
    method = AuthMethod(entry["token_endpoint_auth_method"].upper())
    texts = [entry["client_id"], entry["scope"]]
    if method == AuthMethod.CLIENT_SECRET_BASIC:
        texts.append(entry["client_secret"])
    if method == AuthMethod.PRIVATE_KEY_JWT:
        ECKey.import_key(entry["private_jwk"])
        texts.append(entry["private_jwk"]["d"])
    if "username" in entry:
        texts += [entry["username"], entry["password"]]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError


async def _ensured(
    engine: AsyncEngine, short: str, wanted: Registration, entry: dict[str, Any] | None
) -> dict[str, Any]:
    """One client as the file shall show it, registered the same way."""
    there = await registrations.find(engine, wanted.client_id)
    credentials = _credentials(wanted, entry)
    fresh = enrol.client(wanted, **_proof(credentials))
    if there is None:
        await registrations.add(engine, fresh)
    elif entry is None:
        await registrations.change(engine, wanted.client_id, **_kept_of(fresh), **_rights(fresh))
    elif _rights(there) != _rights(fresh):
        await registrations.change(engine, wanted.client_id, **_rights(fresh))
    return {
        "client_id": wanted.client_id,
        **credentials,
        **await _person(engine, PEOPLE.get(short), entry),
        "scope": " ".join(wanted.scopes),
        "token_endpoint_auth_method": wanted.method.registered,
        **_browser(wanted),
        "bounds": fresh.bounds(),
    }


async def _person(
    engine: AsyncEngine, wanted: NewPerson | None, entry: dict[str, Any] | None
) -> dict[str, Any]:
    """Who signs in at a client, as the file shall show her; she can sign in with that."""
    if wanted is None:
        return {}
    signs_in = _signs_in(wanted, entry)
    renew = entry is None or "password" not in entry
    await _with_password(engine, wanted, signs_in["password"], renew=renew)
    return signs_in


async def _with_password(
    engine: AsyncEngine, wanted: NewPerson, password: str, *, renew: bool
) -> None:
    """Have a person who signs in with this password; one who is there keeps hers unless renewed."""
    there = await registry.find(engine, wanted.username)
    if there is None:
        await registry.add(engine, wanted, password)
    elif renew:
        await registry.set_password(engine, wanted.username, password)


def _signs_in(wanted: NewPerson, entry: dict[str, Any] | None) -> dict[str, Any]:
    """The user name, and the password that the file has or a new one."""
    password = (entry or {}).get("password", secret.new_secret())
    return {"username": wanted.username, "password": password, "role": wanted.role}


def _credentials(wanted: Registration, entry: dict[str, Any] | None) -> dict[str, Any]:
    """The secret or private key that the file has, or a new one."""
    match wanted.method:
        case AuthMethod.PRIVATE_KEY_JWT:
            made = ECKey.generate_key("P-256", auto_kid=True).as_dict(private=True)
            return {"private_jwk": (entry or {}).get("private_jwk", made)}
        case AuthMethod.CLIENT_SECRET_BASIC:
            return {"client_secret": (entry or {}).get("client_secret", secret.new_secret())}
        case _:
            return {}


def _browser(wanted: Registration) -> dict[str, Any]:
    """What an app needs to know that sends people here, in the names of RFC 7591."""
    if not wanted.redirect_uris:
        return {}
    return {
        "grant_types": [grant.registered for grant in wanted.grant_types],
        "redirect_uris": list(wanted.redirect_uris),
        "dpop_bound_access_tokens": wanted.dpop_bound,
    }


def _proof(credentials: dict[str, Any]) -> dict[str, Any]:
    """What is registered of the credentials: the public key; the secret, which gets hashed."""
    if "private_jwk" in credentials:
        key = ECKey.import_key(credentials["private_jwk"])
        return {"jwks": {"keys": [key.as_dict(private=False)]}}
    return {"plain_secret": credentials.get("client_secret")}


def _kept_of(client: Client) -> dict[str, Any]:
    """What the database keeps of a client's credentials; its own keys take the place of a URL."""
    if client.secret_hash is not None:
        return {"secret_hash": client.secret_hash}
    return {"jwks": client.jwks, "jwks_uri": None} if client.jwks is not None else {}


def _rights(client: Client) -> dict[str, Any]:
    names = (
        *("scopes", "partner", "parks", "departments", "purposes", "talent"),
        *("grant_types", "redirect_uris", "pushed_requests", "dpop_bound"),
    )
    return {name: getattr(client, name) for name in names}


def _write(file: Path, clients: dict[str, Any]) -> None:
    """Replace the file as a whole, never readable by others (mkstemp makes it 0600)."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(clients, out, ensure_ascii=False, indent=2)
    Path(name).replace(file)
