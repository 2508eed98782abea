"""A suspended client's tokens stop holding within a second, at each worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import asyncpg
import httpx
import pytest
from joserfc.jwk import ECKey
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.clients import registrations
from hub.identity.clients.client import ClientState
from hub.identity.tokens.binding import Proofs
from hub.identity.tokens.keys import SigningKeys
from hub.identity.tokens.nonces import Nonces
from hub.identity.tokens.revocation import Listener
from hub.identity.tokens.verify import Verifier
from hub.kit.db import plain_url
from hub.kit.errors import BadUserInput
from hub.kit.user_errors import IllegalTransition, Invalid
from tests.conftest import Database
from tests.identity.conftest import Caller, Registrar, Server, bearer, token_of

CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'hub-identity' AND datname = current_database()
"""


async def answer(http: httpx.AsyncClient, server: Server, token: str) -> tuple[int, str | None]:
    """Status and reason of a request with this token."""
    answered = await http.get(f"{server.url}/whoami", headers=bearer(token))
    return answered.status_code, answered.json().get("reason")


async def until_refused(http: httpx.AsyncClient, server: Server, token: str) -> float:
    """Seconds until the token no longer holds; fails after two."""
    begun = time.monotonic()
    while (await answer(http, server, token))[0] == 200:
        assert time.monotonic() - begun < 2
    return time.monotonic() - begun


async def test_suspension_reaches_two_workers_within_a_second(
    http: httpx.AsyncClient,
    server: Server,
    second_worker: Server,
    register: Registrar,
    admin: AsyncEngine,
) -> None:
    suspended, other = await register.with_key(), await register.with_secret()
    tokens = [await token_of(http, caller, server.issuer) for caller in (suspended, other)]
    for worker in (server, second_worker):
        for token in tokens:
            assert await answer(http, worker, token) == (200, None)

    await registrations.move(admin, suspended.client_id, ClientState.SUSPENDED)

    for worker in (server, second_worker):
        assert await until_refused(http, worker, tokens[0]) < 1
        assert await answer(http, worker, tokens[0]) == (401, "revoked")
        assert await answer(http, worker, tokens[1]) == (200, None)


async def test_suspended_client_gets_no_token(
    http: httpx.AsyncClient, server: Server, register: Registrar, admin: AsyncEngine
) -> None:
    caller = await register.with_secret()
    await registrations.move(admin, caller.client_id, ClientState.SUSPENDED)

    refused = await http.post("/oauth/token", data=caller.form, auth=caller.basic())
    guessed = await http.post("/oauth/token", data=caller.form, auth=(caller.client_id, "wrong"))
    await registrations.move(admin, caller.client_id, ClientState.ACTIVE)

    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
    assert (guessed.status_code, guessed.json()["error"]) == (401, "invalid_client")
    assert await token_of(http, caller, server.issuer)


async def test_tokens_of_before_a_suspension_do_not_come_back(
    http: httpx.AsyncClient, server: Server, register: Registrar, admin: AsyncEngine
) -> None:
    caller = await register.with_secret()
    old = await token_of(http, caller, server.issuer)
    for state in (ClientState.SUSPENDED, ClientState.ACTIVE):
        await registrations.move(admin, caller.client_id, state)
    new = await token_of(http, caller, server.issuer)

    assert await until_refused(http, server, old) < 1
    assert await answer(http, server, new) == (200, None)


async def test_rotation_of_a_secret_ends_the_old_one_and_its_tokens(
    http: httpx.AsyncClient, server: Server, register: Registrar, admin: AsyncEngine
) -> None:
    old = await register.with_secret()
    token = await token_of(http, old, server.issuer)
    assert await answer(http, server, token) == (200, None)

    new = Caller(old.client_id, secret=await registrations.new_secret(admin, old.client_id))

    assert await until_refused(http, server, token) < 1
    refused = await http.post("/oauth/token", data=old.form, auth=old.basic())
    assert refused.status_code == 401
    assert await answer(http, server, await token_of(http, new, server.issuer)) == (200, None)


async def test_rotation_of_keys_ends_the_old_ones_and_their_tokens(
    http: httpx.AsyncClient, server: Server, register: Registrar, admin: AsyncEngine
) -> None:
    old, key = await register.with_key(), ECKey.generate_key("P-256")
    token = await token_of(http, old, server.issuer)
    assert await answer(http, server, token) == (200, None)

    await registrations.new_keys(admin, old.client_id, {"keys": [key.as_dict(private=False)]})

    assert await until_refused(http, server, token) < 1
    refused = await http.post("/oauth/token", data=old.signed(server.issuer))
    assert refused.status_code == 401
    new = Caller(old.client_id, key)
    assert await answer(http, server, await token_of(http, new, server.issuer)) == (200, None)


async def test_credentials_of_the_other_kind_are_not_given(
    register: Registrar, admin: AsyncEngine
) -> None:
    with_key, with_secret = await register.with_key(), await register.with_secret()
    jwks = {"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}

    with pytest.raises(Invalid, match="private_key_jwt"):
        await registrations.new_secret(admin, with_key.client_id)
    with pytest.raises(Invalid, match="client_secret_basic"):
        await registrations.new_keys(admin, with_secret.client_id, jwks)


async def test_suspension_holds_when_the_listener_was_cut_off(
    http: httpx.AsyncClient,
    server: Server,
    register: Registrar,
    admin: AsyncEngine,
    database: Database,
) -> None:
    """The notice is lost on purpose: it is sent while no worker listens."""
    caller = await register.with_secret()
    token = await token_of(http, caller, server.issuer)
    assert await answer(http, server, token) == (200, None)
    owner = await asyncpg.connect(plain_url(database.owner_url))
    app = await asyncpg.connect(plain_url(database.app_url))
    try:
        await owner.execute("ALTER TABLE identity.client DISABLE TRIGGER tell_of_client")
        await registrations.move(admin, caller.client_id, ClientState.SUSPENDED)
        assert await answer(http, server, token) == (200, None)

        await app.execute(CUT)
    finally:
        await owner.execute("ALTER TABLE identity.client ENABLE TRIGGER tell_of_client")
        await owner.close()
        await app.close()

    assert await until_refused(http, server, token) < 1


async def test_nothing_is_remembered_from_a_cut_until_it_listens_again(
    app_url: str, signing_keys: SigningKeys
) -> None:
    nobody = Proofs("https://hub.example", Nonces(signing_keys.secrets), _always)
    verifier = Verifier(signing_keys, "https://hub.example", _always, nobody)
    async with Listener(app_url, verifier, signing_keys).running():
        assert verifier.remembering
        app = await asyncpg.connect(plain_url(app_url))
        try:
            await app.execute(CUT)
        finally:
            await app.close()

        await _until(lambda: not verifier.remembering, seconds=0.4)
        await _until(lambda: verifier.remembering, seconds=5)
    assert not verifier.remembering


async def _always(*_: object) -> bool:
    return True


async def _until(holds: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  # nothing tells when it begins to hold
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("path", "legal"),
    [
        ([ClientState.SUSPENDED, ClientState.ACTIVE], True),
        ([ClientState.SUSPENDED, ClientState.REVOKED], True),
        ([ClientState.ACTIVE], False),
        ([ClientState.REVOKED], False),
        ([ClientState.SUSPENDED, ClientState.REVOKED, ClientState.ACTIVE], False),
    ],
)
async def test_only_legal_moves_are_made(
    register: Registrar, admin: AsyncEngine, path: list[ClientState], legal: bool
) -> None:
    caller = await register.public()
    for state in path[:-1]:
        await registrations.move(admin, caller.client_id, state)

    if legal:
        await registrations.move(admin, caller.client_id, path[-1])
    else:
        with pytest.raises(IllegalTransition):
            await registrations.move(admin, caller.client_id, path[-1])

    there = await registrations.find(admin, caller.client_id)
    assert there is not None
    assert (there.state == path[-1]) is legal or path == [ClientState.ACTIVE]


async def test_client_that_does_not_exist_cannot_be_changed(admin: AsyncEngine) -> None:
    with pytest.raises(BadUserInput, match="no client nobody"):
        await registrations.move(admin, "nobody", ClientState.SUSPENDED)
    with pytest.raises(BadUserInput, match="no client nobody"):
        await registrations.new_secret(admin, "nobody")


async def test_name_is_taken_once(register: Registrar) -> None:
    caller = await register.public()

    with pytest.raises(BadUserInput, match="already"):
        await register.public(client_id=caller.client_id)
