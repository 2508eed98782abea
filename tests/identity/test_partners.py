"""A partner city that is kept out: by whatever its clients were let in, at each worker."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.clients.enrol import Bounds
from tests.conftest import Database
from tests.identity.browsing import PURPOSES, keyed_app, operator, visitor
from tests.identity.conftest import Registrar, Server, token_of
from tests.identity.test_refresh_tokens import refreshed, tokens
from tests.identity.test_revocation import answer, until_refused
from tests.terminal import Result, typed

Run = Callable[..., Awaitable[Result]]
CITY = "310151"
INSERT = "INSERT INTO identity.partner_suspension (partner) VALUES ($1)"


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.owner_url)
    yield connection
    await connection.execute("DELETE FROM identity.partner_suspension")
    await connection.close()


@pytest.fixture
def partners(owner: asyncpg.Connection, database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `hub partners ...` on the test database."""
    monkeypatch.setenv("HUB_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("HUB_APP_DATABASE_URL", database.app_url)

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(typed, "partners", *arguments)

    return run


async def test_row_alone_ends_tokens_whoever_wrote_it(
    http: httpx.AsyncClient,
    server: Server,
    second_worker: Server,
    register: Registrar,
    owner: asyncpg.Connection,
) -> None:
    """Neither a client's state nor its generation is touched here."""
    theirs = await register.with_secret(bounds=Bounds(partner=CITY))
    other = await register.with_secret()
    token, kept = [await token_of(http, one, server.issuer) for one in (theirs, other)]
    for worker in (server, second_worker):
        assert await answer(http, worker, token) == (200, None)
        assert await answer(http, worker, kept) == (200, None)

    await owner.execute(INSERT, CITY)

    for worker in (server, second_worker):
        assert await until_refused(http, worker, token) < 1
        assert await answer(http, worker, token) == (401, "revoked")
        assert await answer(http, worker, kept) == (200, None)
    await owner.execute("UPDATE identity.partner_suspension SET state = 'LIFTED'")
    assert await answer(http, server, token) == (200, None)


async def test_person_at_an_app_of_the_city_is_out_with_it(
    http: httpx.AsyncClient,
    server: Server,
    register: Registrar,
    admin: AsyncEngine,
    partners: Run,
) -> None:
    app = await keyed_app(register, server.issuer, bounds=Bounds(partner=CITY, purposes=PURPOSES))
    person = await operator(admin)
    first = await tokens(server, http, app, person)
    pushed = (await http.post("/oauth/par", data=app.push())).json()
    assert await answer(http, server, first["access_token"]) == (200, None)

    assert (await partners("suspend", CITY)).returncode == 0

    assert await until_refused(http, server, first["access_token"]) < 1
    further = await refreshed(http, app, first["refresh_token"])
    pushed_now = await http.post("/oauth/par", data=app.push())
    for refused in (further, pushed_now):
        assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
    page = f"/oauth/authorize?client_id={app.caller.client_id}&request_uri={pushed['request_uri']}"
    async with visitor(server.url) as browser:
        assert (await browser.open(page)).status == 400
    assert (await partners("resume", CITY)).returncode == 0
    assert (await refreshed(http, app, first["refresh_token"])).json()["error"] == "invalid_grant"
    async with visitor(server.url) as browser:
        assert "password" in (await browser.open(page)).fields


async def test_resource_server_of_the_city_is_told_nothing(
    http: httpx.AsyncClient, server: Server, register: Registrar, owner: asyncpg.Connection
) -> None:
    asks = await register.with_secret(bounds=Bounds(partner=CITY), resource_server=True)
    token = await token_of(http, await register.with_secret(), server.issuer)

    async def active() -> bool:
        told = await http.post("/oauth/introspect", data={"token": token}, auth=asks.basic())
        return bool(told.json()["active"])

    assert await active()
    await owner.execute(INSERT, CITY)
    assert not await active()


async def test_command_line(register: Registrar, owner: asyncpg.Connection, partners: Run) -> None:
    client = await register.with_secret(bounds=Bounds(partner=CITY))
    assert "No partner city" in (await partners("list")).stdout
    reason = f"drill {secrets.token_hex(4)}"
    refused = await partners("revoke", CITY)
    assert (refused.returncode, f"{CITY} is not suspended" in refused.stderr) == (1, True)
    assert "Did you mean" in (await partners("suspend", "31015")).stderr

    done = [
        await partners("suspend", CITY, "--reason", reason),
        await partners("revoke", CITY),
        await partners("resume", CITY),
    ]

    assert [one.returncode for one in done] == [0, 0, 0]
    assert "hub partners resume" in done[0].stderr
    [_, line] = (await partners("list")).stdout.splitlines()
    assert (line.split()[:2], reason in line) == ([CITY, "LIFTED"], True)
    state = "SELECT state FROM identity.client WHERE client_id = $1"
    assert await owner.fetchval(state, client.client_id) == "REVOKED"
    entries = await owner.fetch(
        "SELECT entity, mutation FROM ledger.audit_entry WHERE client = 'hub partners'"
        " ORDER BY at DESC, entity LIMIT 5"
    )
    assert {tuple(entry) for entry in entries} == {
        ("PartnerSuspension", "suspendPartner"),
        ("Client", "suspendPartner"),
        ("PartnerSuspension", "revokePartner"),
        ("Client", "revokePartner"),
        ("PartnerSuspension", "resumePartner"),
    }
