"""What was refused, and what people did, is in the audit; who only guesses names leaves nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity import trail
from hub.identity.errors import InvalidGrant
from hub.identity.people.registry import PAGES
from hub.identity.trail import Trail
from tests.identity.browsing import operator, public_app, visitor
from tests.identity.conftest import Registrar, Server

_ENTRIES = text("""
    SELECT action, entity, mutation, refused ->> 'code' AS code, client, sub FROM ledger.audit_entry
    WHERE client = :name OR sub = :name ORDER BY at
""")


async def entries(admin: AsyncEngine, name: str, many: int) -> list[dict[str, Any]]:
    """The entries that name a client or person, once there are so many: some follow the answer."""
    found: list[dict[str, Any]] = []
    for _ in range(100):
        async with admin.connect() as connection:
            rows = (await connection.execute(_ENTRIES, {"name": name})).all()
        found = [dict(row._mapping) for row in rows]
        if len(found) >= many:
            break
        await asyncio.sleep(0.02)
    return found


async def test_refused_requests_that_name_a_client_are_recorded(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    caller = await register.with_secret()
    app = await public_app(register, server.issuer)
    await http.post("/oauth/token", data=caller.form, auth=(caller.client_id, "wrong"))
    await http.post("/oauth/token", data={**caller.form, "scope": "x:y"}, auth=caller.basic())
    await http.post("/oauth/token", data=caller.form, auth=("no-such-client", "wrong"))
    await http.post("/oauth/token", data=app.exchange("unknown"))
    async with visitor(server.url) as browser:
        await browser.open(app.address(scope="admin:clients"))

    found = await entries(admin, caller.client_id, 2)
    assert sorted((one["mutation"], one["code"]) for one in found) == [
        ("oauth/token", "invalid_client"),
        ("oauth/token", "invalid_scope"),
    ]
    assert {(one["action"], one["entity"]) for one in found} == {("REFUSAL", "Client")}
    told = [(one["mutation"], one["code"]) for one in await entries(admin, app.caller.client_id, 2)]
    assert sorted(told) == [
        ("oauth/authorize", "invalid_scope"),
        ("oauth/token", "invalid_grant"),
    ]
    assert await entries(admin, "no-such-client", 0) == []


async def test_sign_ins_and_approvals_are_recorded(
    server: Server, register: Registrar, admin: AsyncEngine
) -> None:
    app = await public_app(register, server.issuer)
    person = await operator(admin)
    async with visitor(server.url) as browser:
        asked = await browser.open(app.address())
        await browser.send(app.address(), asked, username=person.username, password="not hers")
        await browser.approve(app.address(), person.username)

    found = await entries(admin, person.sub, 3)

    assert sorted((one["action"], one["mutation"], one["code"]) for one in found) == [
        ("CHANGE", "approve", None),
        ("CHANGE", "signIn", None),
        ("REFUSAL", "signIn", "password"),
    ]
    assert {one["client"] for one in found} == {PAGES, app.caller.client_id}


async def test_nobody_fills_the_audit(
    server: Server, register: Registrar, admin: AsyncEngine
) -> None:
    caller = await register.with_secret()
    error = InvalidGrant("The code is not known.")
    error.client_id = caller.client_id
    writer = Trail(admin, clock=lambda: 0)

    for _ in range(trail.MOST + 5):
        await writer.refused("oauth/token", error)

    assert len(await entries(admin, caller.client_id, trail.MOST)) == trail.MOST
