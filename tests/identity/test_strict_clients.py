"""Strict clients that nobody here wrote get tokens and use them: the two best known of Node."""

from __future__ import annotations

import json

import pytest

from hub.identity.clients.client import ClientAudience
from hub.identity.clients.enrol import Bounds
from hub.kit import db
from tests import npm
from tests.conftest import Database
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
