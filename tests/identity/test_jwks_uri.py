"""Clients whose public keys are fetched from a URL of theirs (RFC 7591, `jwks_uri`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from joserfc.jwk import ECKey, Key, RSAKey
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.clients import enrol, registrations
from hub.identity.clients.client import AuthMethod
from hub.identity.tokens import fetch as fetching
from hub.identity.tokens import remote_keys
from hub.kit.user_errors import Invalid
from tests.identity.conftest import ADD, Caller, Hub, Registrar, Server, bearer, registration
from tests.identity.key_server import KeyServer, document, key_server, silence

PARTNER = ("--audience", "partner", "--method", "private_key_jwt", "--partner", "320500")


@pytest.fixture
async def keys_at() -> AsyncIterator[KeyServer]:
    async with key_server() as running:
        yield running


@pytest.fixture
async def caller(register: Registrar, keys_at: KeyServer) -> Caller:
    """A client that publishes its key."""
    key = ECKey.generate_key("P-256", {"kid": "first"})
    keys_at.publish(key)
    return await registered(register.engine, keys_at.url, key)


async def registered(engine: AsyncEngine, url: str, key: Key) -> Caller:
    wanted = registration(AuthMethod.PRIVATE_KEY_JWT)
    await registrations.add(engine, enrol.client(wanted, jwks_uri=url))
    return Caller(wanted.client_id, key)


async def asked(http: httpx.AsyncClient, server: Server, caller: Caller) -> httpx.Response:
    return await http.post("/oauth/token", data=caller.signed(server.issuer))


def refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()) == (
        401,
        {"error": "invalid_client", "error_description": "Client authentication failed."},
    )


async def test_client_proves_itself_by_a_key_that_it_publishes(
    http: httpx.AsyncClient, server: Server, caller: Caller, keys_at: KeyServer
) -> None:
    answer = await asked(http, server, caller)

    used = await http.get("/whoami", headers=bearer(answer.json()["access_token"]))
    assert (answer.status_code, used.status_code) == (200, 200)
    assert (await asked(http, server, caller)).status_code == 200
    assert keys_at.asked == 1


async def test_key_that_it_does_not_publish_is_refused_and_costs_one_fetch(
    http: httpx.AsyncClient, server: Server, caller: Caller, keys_at: KeyServer
) -> None:
    forger = Caller(caller.client_id, ECKey.generate_key("P-256"))

    answers = await asyncio.gather(*(asked(http, server, forger) for _ in range(20)))

    assert all(map(refused, answers))
    assert keys_at.asked == 1
    assert (await asked(http, server, caller)).status_code == 200


async def test_client_that_changes_its_key_is_let_in_with_the_new_one(
    http: httpx.AsyncClient,
    server: Server,
    caller: Caller,
    keys_at: KeyServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The hub learns of it from an assertion that the known key did not sign."""
    monkeypatch.setattr(remote_keys, "PAUSE", 0.5)
    assert (await asked(http, server, caller)).status_code == 200
    key = ECKey.generate_key("P-256", {"kid": "second"})
    keys_at.publish(key)
    new = Caller(caller.client_id, key)
    assert refused(await asked(http, server, new)), "too early for another fetch"

    await asyncio.sleep(0.6)

    assert (await asked(http, server, new)).status_code == 200
    assert refused(await asked(http, server, caller))
    assert keys_at.asked == 2


async def test_client_whose_keys_cannot_be_had_is_refused_and_holds_up_nobody(
    http: httpx.AsyncClient,
    server: Server,
    caller: Caller,
    keys_at: KeyServer,
    register: Registrar,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 2)
    keys_at.answer = silence
    other = await register.with_key()
    waiting = [asyncio.create_task(asked(http, server, caller)) for _ in range(20)]
    await asyncio.sleep(0.1)

    assert (await asked(http, server, other)).status_code == 200
    assert not any(task.done() for task in waiting)
    async with asyncio.timeout(5):
        assert all(map(refused, await asyncio.gather(*waiting)))
    assert keys_at.asked == 1


@pytest.mark.parametrize("kind", ["a private key", "no set", "an empty set"])
async def test_set_that_does_not_serve_lets_nobody_in(
    http: httpx.AsyncClient, server: Server, caller: Caller, keys_at: KeyServer, kind: str
) -> None:
    assert caller.key
    private = {"keys": [caller.key.as_dict(private=True)]}
    contents = {"a private key": private, "no set": [], "an empty set": {"keys": []}}
    keys_at.answer = document(contents[kind])

    assert refused(await asked(http, server, caller))


@pytest.mark.parametrize(("algorithm", "status"), [("PS256", 200), ("RS256", 401)])
async def test_algorithm_that_only_issuers_may_use_is_refused_from_a_client(
    http: httpx.AsyncClient,
    server: Server,
    register: Registrar,
    keys_at: KeyServer,
    algorithm: str,
    status: int,
) -> None:
    key = RSAKey.generate_key(2048)
    keys_at.publish(key)
    caller = await registered(register.engine, keys_at.url, key)

    answer = await asked(http, server, replace(caller, algorithm=algorithm))

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("jwks", "url"),
    [
        ({"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}, "https://keys.example/"),
        (None, None),
        (None, "http://keys.example/"),
    ],
)
def test_keys_come_from_one_place(jwks: object, url: str | None) -> None:
    with pytest.raises(Invalid):
        enrol.client(registration(AuthMethod.PRIVATE_KEY_JWT), jwks=jwks, jwks_uri=url)


async def test_client_is_moved_to_a_url_and_back(
    http: httpx.AsyncClient, server: Server, register: Registrar, keys_at: KeyServer
) -> None:
    caller, key = await register.with_key(), ECKey.generate_key("P-256")
    keys_at.publish(key)
    there = Caller(caller.client_id, key)
    assert refused(await asked(http, server, there))

    await registrations.new_keys(register.engine, caller.client_id, jwks_uri=keys_at.url)
    assert (await asked(http, server, there)).status_code == 200
    assert refused(await asked(http, server, caller))

    jwks = {"keys": [caller.key.as_dict(private=False)]} if caller.key else None
    await registrations.new_keys(register.engine, caller.client_id, jwks)
    assert (await asked(http, server, caller)).status_code == 200
    assert refused(await asked(http, server, there))


async def test_command_line_registers_the_url_and_tries_it(
    hub: Hub, name: str, keys_at: KeyServer, server: Server, http: httpx.AsyncClient
) -> None:
    key = ECKey.generate_key("P-256")
    keys_at.publish(key)

    added = await asyncio.to_thread(hub, "add", name, *PARTNER, *ADD, "--jwks-uri", keys_at.url)

    assert (added.returncode, added.stdout) == (0, "")
    assert "has 1 keys that serve" in added.stderr
    shown = json.loads((await asyncio.to_thread(hub, "show", name)).stdout)
    assert ("jwks" in shown, shown["jwks_uri"]) == (False, keys_at.url)
    assert (await asked(http, server, Caller(name, key))).status_code == 200


async def test_command_line_tells_of_a_url_that_has_no_keys(hub: Hub, name: str) -> None:
    async with key_server() as gone:
        url = gone.url

    wrong = await asyncio.to_thread(
        hub, "add", name, *PARTNER, *ADD, "--jwks-uri", "http://keys.example/"
    )
    added = await asyncio.to_thread(hub, "add", name, *PARTNER, *ADD, "--jwks-uri", url)

    assert (wrong.returncode, "cannot be fetched from" in wrong.stderr) == (1, True)
    assert (added.returncode, "cannot be fetched now" in added.stderr) == (0, True)
