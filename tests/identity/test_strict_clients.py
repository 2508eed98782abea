"""Strict clients that nobody here wrote get tokens and use them: the two best known of Node."""

from __future__ import annotations

import json

import pytest

from hub.identity.clients.client import ClientAudience
from hub.identity.clients.enrol import Bounds
from hub.kit import db
from tests import npm
from tests.conftest import Database
from tests.identity.browsing import keyed_app, operator, public_app, visitor
from tests.identity.conftest import Registrar


@pytest.mark.parametrize("library", ["oauth4webapi", "openid-client"])
async def test_bound_token_by_private_key_jwt(town: Database, hub_url: str, library: str) -> None:
    engine = db.engine(town.owner_url, pooled=False)
    caller = await Registrar(engine).with_key(
        audience=ClientAudience.INTERNAL, bounds=Bounds(), scopes=("park:read",), dpop_bound=True
    )
    await engine.dispose()
    assert caller.key is not None
    jwk = caller.key.as_dict(private=True)
    asked = {"issuer": hub_url, "client_id": caller.client_id, "private_jwk": jwk}

    told = json.loads(await npm.run(f"{library}.js", json.dumps(asked)))

    assert (told["type"].lower(), told["scope"]) == ("dpop", "park:read")
    assert told["answer"]["data"]["parks"]["totalCount"] >= 0


@pytest.mark.parametrize("kind", ["confidential", "public"])
@pytest.mark.parametrize("library", ["oauth4webapi", "openid-client"])
async def test_person_signs_in_at_a_strict_client(
    town: Database, hub_url: str, library: str, kind: str
) -> None:
    """A pushed request, a code, a refresh, a question, an end; all of it bound to a key."""
    engine = db.engine(town.owner_url, pooled=False)
    make = keyed_app if kind == "confidential" else public_app
    app = await make(Registrar(engine), hub_url, dpop_bound=True)
    person = await operator(engine)
    await engine.dispose()
    key = app.caller.key
    asked = {
        "issuer": hub_url,
        "client_id": app.caller.client_id,
        "private_jwk": key.as_dict(private=True) if key is not None else None,
        "redirect_uri": app.redirect_uri,
        "scope": "park:read workspace:reserve",
    }

    async with npm.talking(f"{library}-person.js", json.dumps(asked)) as script:
        assert script.stdin is not None
        assert script.stdout is not None
        address = (await script.stdout.readline()).decode().strip()
        if address:  # else it ended, and what it said is shown
            async with visitor(hub_url) as browser:
                consent = await browser.sign_in(address, person.username)
                back = (await browser.send(address, consent, approve="yes")).location
            script.stdin.write(f"{back}\n".encode())
            told = json.loads(await script.stdout.read())

    assert (told["type"].lower(), told["scope"]) == ("dpop", asked["scope"])
    assert told["answer"]["data"]["parks"]["totalCount"] >= 0
    assert (told["rotated"], told["ended"]) == (kind == "public", "invalid_grant")
