"""Tokens ended one by one (RFC 7009), and asked about (RFC 7662)."""

from __future__ import annotations

import time

import httpx
import pytest

from hub.identity.clients import registrations
from hub.identity.clients.client import ClientState
from tests.identity.conftest import Caller, Registrar, Server, bearer, token_of


@pytest.fixture
async def caller(register: Registrar) -> Caller:
    return await register.with_secret()


async def asked(http: httpx.AsyncClient, path: str, caller: Caller, **form: str) -> httpx.Response:
    return await http.post(path, data=form, auth=caller.basic())


async def test_revoked_token_ends_at_every_worker_within_a_second(
    http: httpx.AsyncClient, server: Server, second_worker: Server, caller: Caller
) -> None:
    token, other = [await token_of(http, caller, server.issuer) for _ in range(2)]
    async with httpx.AsyncClient(base_url=second_worker.url) as elsewhere:
        for at in (http, elsewhere):  # remembered at both
            assert (await at.get("/whoami", headers=bearer(token))).status_code == 200

        answer = await asked(http, "/oauth/revoke", caller, token=token)

        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        begun = time.monotonic()
        for at in (http, elsewhere):
            while (await at.get("/whoami", headers=bearer(token))).status_code == 200:
                assert time.monotonic() - begun < 1
        assert (await http.get("/whoami", headers=bearer(token))).json()["reason"] == "revoked"
        assert (await elsewhere.get("/whoami", headers=bearer(other))).status_code == 200


async def test_token_of_another_client_is_not_revoked(
    http: httpx.AsyncClient, server: Server, register: Registrar, caller: Caller
) -> None:
    token = await token_of(http, caller, server.issuer)
    answer = await asked(http, "/oauth/revoke", await register.with_secret(), token=token)
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    assert (await http.get("/whoami", headers=bearer(token))).status_code == 200


@pytest.mark.parametrize("token", ["nonsense", "a.b.c"])
async def test_what_is_no_token_is_as_good_as_revoked(
    http: httpx.AsyncClient, caller: Caller, token: str
) -> None:
    assert (await asked(http, "/oauth/revoke", caller, token=token)).status_code == 200


@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/introspect"])
async def test_stranger_and_empty_form_are_refused(
    http: httpx.AsyncClient, caller: Caller, path: str
) -> None:
    wrong = await http.post(path, data={"token": "x"}, auth=(caller.client_id, "wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    empty = await http.post(path, auth=caller.basic(), data={"hint": "x"})
    assert (empty.status_code, empty.json()["error"]) == (400, "invalid_request")
    assert (await http.get(path)).status_code == 405


async def test_resource_server_is_told_what_a_token_is_good_for(
    http: httpx.AsyncClient, server: Server, register: Registrar, caller: Caller
) -> None:
    token = await token_of(http, caller, server.issuer)
    guard = await register.with_secret(resource_server=True)

    told = (await asked(http, "/oauth/introspect", guard, token=token)).json()

    assert (told["active"], told["token_type"], told["scope"]) == (True, "Bearer", "park:read")
    assert (told["client_id"], told["iss"]) == (caller.client_id, server.issuer)
    assert told["aud"] == f"{server.issuer}/graphql"
    assert told["exp"] > time.time()


async def test_others_are_told_nothing(
    http: httpx.AsyncClient, server: Server, caller: Caller
) -> None:
    """Not even the client whose token it is."""
    token = await token_of(http, caller, server.issuer)
    assert (await asked(http, "/oauth/introspect", caller, token=token)).json() == {"active": False}


async def test_token_that_does_not_hold_is_not_active(
    http: httpx.AsyncClient, server: Server, register: Registrar, caller: Caller
) -> None:
    guard = await register.with_secret(resource_server=True)
    token, another = [await token_of(http, caller, server.issuer) for _ in range(2)]
    await asked(http, "/oauth/revoke", caller, token=token)

    for ended in (token, "a.b.c"):
        answer = await asked(http, "/oauth/introspect", guard, token=ended)
        assert answer.json() == {"active": False}

    await registrations.move(register.engine, caller.client_id, ClientState.SUSPENDED)
    answer = await asked(http, "/oauth/introspect", guard, token=another)
    assert answer.json() == {"active": False}
