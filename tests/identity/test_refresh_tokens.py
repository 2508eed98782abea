"""Refresh tokens: exchanged or kept, never widened, and ended with all that they belong to."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.clients import registrations
from hub.identity.clients.client import ClientState, GrantType
from hub.identity.people import registry
from hub.identity.people.person import Person, PersonState
from tests.identity.browsing import App, keyed_app, operator, public_app, visitor
from tests.identity.conftest import BROWSER, REDIRECT, Registrar, Server, bearer


async def tokens(
    server: Server, http: httpx.AsyncClient, app: App, person: Person, **asked: str
) -> dict[str, Any]:
    """The first tokens of an app at which a person signed in and agreed."""
    address = app.address(**asked)
    if app.caller.key is not None:
        pushed = (await http.post("/oauth/par", data=app.push(**asked))).json()
        client_id = app.caller.client_id
        address = f"/oauth/authorize?client_id={client_id}&request_uri={pushed['request_uri']}"
    async with visitor(server.url) as browser:
        code = (await browser.approve(address, person.username))["code"]
    answer = await http.post("/oauth/token", data=app.exchange(code))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def refreshed(http: httpx.AsyncClient, app: App, token: str, **asked: str) -> httpx.Response:
    return await http.post("/oauth/token", data=app.refresh(token, **asked))


async def test_public_clients_token_is_exchanged_and_its_copy_ends_all(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app = await public_app(register, server.issuer)
    first = await tokens(server, http, app, await operator(admin))

    second = (await refreshed(http, app, first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert (await http.get("/whoami", headers=bearer(second["access_token"]))).status_code == 200

    copied = await refreshed(http, app, first["refresh_token"])
    rightful = await refreshed(http, app, second["refresh_token"])

    assert [answer.json()["error"] for answer in (copied, rightful)] == ["invalid_grant"] * 2
    assert await _refused(http, second["access_token"])


async def test_of_ten_at_once_one_gets_the_next(
    server: Server,
    second_worker: Server,
    http: httpx.AsyncClient,
    register: Registrar,
    admin: AsyncEngine,
) -> None:
    app = await public_app(register, server.issuer)
    token = (await tokens(server, http, app, await operator(admin)))["refresh_token"]

    async with httpx.AsyncClient(base_url=second_worker.url, timeout=30) as there:
        answers = await asyncio.gather(
            *(refreshed(side, app, token) for _ in range(5) for side in (http, there))
        )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 9}


async def test_confidential_clients_token_stays_so_that_a_retry_works(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app = await keyed_app(register, server.issuer)
    first = await tokens(server, http, app, await operator(admin))

    answers = await asyncio.gather(
        *(refreshed(http, app, first["refresh_token"]) for _ in range(5))
    )

    assert [answer.status_code for answer in answers] == [200] * 5
    assert {answer.json()["refresh_token"] for answer in answers} == {first["refresh_token"]}


async def test_refresh_narrows_and_never_widens(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app = await keyed_app(register, server.issuer)
    first = await tokens(server, http, app, await operator(admin))
    token = first["refresh_token"]

    narrow = (await refreshed(http, app, token, scope="park:read")).json()
    whole = (await refreshed(http, app, token)).json()
    wide = await refreshed(http, app, token, scope="park:read reference:read")
    elsewhere = await refreshed(http, app, token, resource="https://elsewhere.example")
    for_more = await refreshed(http, app, token, purpose="STATISTICS")

    assert (narrow["scope"], whole["scope"]) == ("park:read", first["scope"])
    errors = [answer.json()["error"] for answer in (wide, elsewhere, for_more)]
    assert errors == ["invalid_scope", "invalid_target", "invalid_scope"]


async def test_what_the_client_no_longer_holds_is_left_out(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app = await keyed_app(register, server.issuer)
    first = await tokens(server, http, app, await operator(admin))
    async with admin.begin() as connection:  # not as an administrator would: that ends the tokens
        narrowed = "UPDATE identity.client SET scopes = '{park:read}' WHERE client_id = :name"
        await connection.execute(text(narrowed), {"name": app.caller.client_id})

    later = (await refreshed(http, app, first["refresh_token"])).json()

    assert (first["scope"], later["scope"]) == ("park:read workspace:reserve", "park:read")


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({"scopes": ["park:read"]}, False),
        ({"grant_types": ["AUTHORIZATION_CODE"]}, False),
        ({"redirect_uris": ["https://app.example/other"]}, False),
        ({"redirect_uris": [REDIRECT, "https://app.example/other"]}, True),
        ({"grant_types": [*BROWSER, "CLIENT_CREDENTIALS"]}, True),
    ],
)
async def test_tokens_of_people_end_when_something_is_taken_from_the_client(
    server: Server,
    http: httpx.AsyncClient,
    register: Registrar,
    admin: AsyncEngine,
    change: dict[str, Any],
    holds: bool,
) -> None:
    app = await keyed_app(register, server.issuer)
    first = await tokens(server, http, app, await operator(admin))

    await registrations.change(admin, app.caller.client_id, **change)

    later = await refreshed(http, app, first["refresh_token"])
    assert (later.status_code == 200) is holds


@pytest.mark.parametrize("what", ["client", "person", "password"])
async def test_tokens_end_with_client_and_person_within_a_second(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine, what: str
) -> None:
    app = await public_app(register, server.issuer)
    person = await operator(admin)
    first = await tokens(server, http, app, person)
    held = await http.get("/whoami", headers=bearer(first["access_token"]))
    if what == "client":
        await registrations.move(admin, app.caller.client_id, ClientState.SUSPENDED)
        await registrations.move(admin, app.caller.client_id, ClientState.ACTIVE)
    elif what == "person":
        await registry.move(admin, person.username, PersonState.SUSPENDED)
        await registry.move(admin, person.username, PersonState.ACTIVE)
    else:
        await registry.set_password(admin, person.username, "five loud cranes fly")

    assert held.status_code == 200
    assert await _refused(http, first["access_token"])
    answer = await refreshed(http, app, first["refresh_token"])
    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("table", "column"), [("refresh_token", "expires_at"), ("token_family", "expires_at")]
)
async def test_unused_tokens_end(
    server: Server,
    http: httpx.AsyncClient,
    register: Registrar,
    admin: AsyncEngine,
    table: str,
    column: str,
) -> None:
    app = await keyed_app(register, server.issuer)
    first = await tokens(server, http, app, await operator(admin))
    assert (await refreshed(http, app, first["refresh_token"])).status_code == 200
    own = "SELECT id FROM identity.token_family WHERE client_id = $1"
    where = f"family_id IN ({own})" if table == "refresh_token" else f"id IN ({own})"
    async with admin.begin() as connection:
        await connection.exec_driver_sql(
            f"UPDATE identity.{table} SET {column} = now() WHERE {where}",
            (app.caller.client_id,),
        )

    answer = await refreshed(http, app, first["refresh_token"])

    assert answer.json()["error"] == "invalid_grant"


async def test_token_serves_no_other_client(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app, other = [await public_app(register, server.issuer) for _ in range(2)]
    token = (await tokens(server, http, app, await operator(admin)))["refresh_token"]

    refused = await refreshed(http, other, token)

    assert refused.json()["error"] == "invalid_grant"
    assert (await refreshed(http, app, token)).status_code == 200


async def test_client_that_may_not_refresh_gets_none(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app = await public_app(register, server.issuer, grant_types=(GrantType.AUTHORIZATION_CODE,))

    assert "refresh_token" not in await tokens(server, http, app, await operator(admin))


async def test_revoking_the_refresh_token_ends_the_family(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app, other = [await public_app(register, server.issuer) for _ in range(2)]
    first = await tokens(server, http, app, await operator(admin))
    form = {"token": first["refresh_token"]}

    foreign = await http.post("/oauth/revoke", data={**form, "client_id": other.caller.client_id})
    still = await http.get("/whoami", headers=bearer(first["access_token"]))
    own = await http.post("/oauth/revoke", data={**form, "client_id": app.caller.client_id})

    assert (foreign.status_code, still.status_code, own.status_code) == (400, 200, 200)
    assert await _refused(http, first["access_token"])
    answer = await refreshed(http, app, first["refresh_token"])
    assert answer.json()["error"] == "invalid_grant"


async def _refused(http: httpx.AsyncClient, token: str) -> bool:
    """Whether a token is refused within a second."""
    for _ in range(50):
        if (await http.get("/whoami", headers=bearer(token))).status_code == 401:
            return True
        await asyncio.sleep(0.02)
    return False
