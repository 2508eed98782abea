"""Clients for the demonstration, one for each kind of caller, with credentials in a file.

    $HUB_HOME/demo/clients.json     mode 0600, made in demo mode only

They hold what the handbook (2.5) says is normally held. Each has at most one purpose, so that a
request needs no `Hub-Purpose` header, except `hr`, which shows what the header is for.

Who signs in as a person (`talent`, `hr`, `finance`, `auditor`, `admin`) has no credentials: their
grant is the authorization code. Until a browser can ask for it, `hub clients token` makes their
tokens with the hub's own key, for these synthetic clients alone.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.demo.client_list import CLIENTS
from hub.identity.clients import enrol, registrations, secret
from hub.identity.clients.client import AuthMethod, Client
from hub.identity.clients.enrol import Registration
from hub.kit import db


async def ensure(owner_url: str, home: Path) -> None:
    """Have the demo clients in the database and their credentials in the file; may be repeated.

    The database comes first: when this is cut short, credentials that are in no file are simply
    made anew the next time.
    """
    file = file_of(home)
    known = read(home) if file.exists() else {}
    engine = db.engine(owner_url, pooled=False)
    try:
        wanted = {
            short: await _ensured(engine, registration, known.get(short))
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
    """The demo clients by short name."""
    clients: dict[str, Any] = json.loads(file_of(home).read_text(encoding="utf-8"))
    return clients


async def _ensured(
    engine: AsyncEngine, wanted: Registration, entry: dict[str, Any] | None
) -> dict[str, Any]:
    """One client as the file shall show it, registered the same way."""
    there = await registrations.find(engine, wanted.client_id)
    credentials = _credentials(wanted, entry)
    fresh = enrol.client(wanted, **_proof(credentials))
    if there is None:
        await registrations.add(engine, fresh)
    elif entry is None:
        await registrations.change(
            engine,
            wanted.client_id,
            secret_hash=fresh.secret_hash,
            jwks=fresh.jwks,
            generation=Client.generation + 1,
            **_rights(fresh),
        )
    elif _rights(there) != _rights(fresh):
        await registrations.change(engine, wanted.client_id, **_rights(fresh))
    return {
        "client_id": wanted.client_id,
        **credentials,
        "scope": " ".join(wanted.scopes),
        "token_endpoint_auth_method": wanted.method.registered,
        "bounds": fresh.bounds(),
    }


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


def _proof(credentials: dict[str, Any]) -> dict[str, Any]:
    """What is registered of the credentials: the public key; the secret, which gets hashed."""
    if "private_jwk" in credentials:
        key = ECKey.import_key(credentials["private_jwk"])
        return {"jwks": {"keys": [key.as_dict(private=False)]}}
    return {"plain_secret": credentials.get("client_secret")}


def _rights(client: Client) -> dict[str, Any]:
    names = ("scopes", "partner", "parks", "departments", "purposes", "talent")
    return {name: getattr(client, name) for name in names}


def _write(file: Path, clients: dict[str, Any]) -> None:
    """Replace the file as a whole, never readable by others (mkstemp makes it 0600)."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(clients, out, ensure_ascii=False, indent=2)
    Path(name).replace(file)
