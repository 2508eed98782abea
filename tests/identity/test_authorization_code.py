"""A person signs in at an app and allows it: codes, and the tokens that they are exchanged for."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.clients import registrations
from hub.identity.clients.client import ClientAudience, ClientState
from hub.identity.people import registry
from hub.identity.people.person import PersonState
from tests.identity.browsing import (
    PARK,
    App,
    keyed_app,
    operator,
    public_app,
    visitor,
)
from tests.identity.conftest import Registrar, Server, bearer


async def test_code_is_exchanged_for_what_both_hold(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app = await public_app(register, server.issuer)
    person = await operator(admin)
    async with visitor(server.url) as browser:
        answer = await browser.approve(app.address(), person.username)

    assert (answer["state"], answer["iss"]) == ("a state", server.issuer)
    token = (await http.post("/oauth/token", data=app.exchange(answer["code"]))).json()
    assert (token["token_type"], token["scope"]) == ("Bearer", "park:read workspace:reserve")
    grant = (await http.get("/whoami", headers=bearer(token["access_token"]))).json()
    assert (grant["sub"], grant["client"]) == (person.sub, app.caller.client_id)
    assert (grant["audience"], grant["parks"]) == ("OPERATOR", [PARK])
    assert grant["purposes"] == ["PARK_SETTLEMENT"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "park:read admin:clients"}, "invalid_scope"),
        ({"purpose": "STATISTICS"}, "invalid_scope"),
        ({"resource": "https://elsewhere.example/"}, "invalid_target"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"dpop_jkt": "short"}, "invalid_request"),
        ({"state": "x" * 513}, "invalid_request"),
    ],
)
async def test_app_is_told_what_is_wrong_with_its_request(
    server: Server, register: Registrar, changes: dict[str, str | None], error: str
) -> None:
    app = await public_app(register, server.issuer)
    async with visitor(server.url) as browser:
        refused = await browser.open(app.address(**changes))
        in_order = await browser.open(app.address())

    assert refused.status == 303
    assert refused.location is not None
    assert refused.location.startswith(app.redirect_uri + "?")
    assert (refused.answer["error"], refused.answer["iss"]) == (error, server.issuer)
    assert in_order.status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "nobody-knows-it"},
        {"redirect_uri": None},
        {"redirect_uri": "https://app.example/bac"},
        {"redirect_uri": "https://app.example/back/"},
        {"redirect_uri": "https://app.example/back?"},
        {"redirect_uri": "https://app.example:443/back"},
        {"redirect_uri": "https://APP.example/back"},
        {"redirect_uri": "http://app.example/back"},
        {"redirect_uri": "https://app.example.evil.example/back"},
        {"redirect_uri": "https://app.example@evil.example/back"},
        {"redirect_uri": "https://app.example/back#here"},
        {"request_uri": "urn:ietf:params:oauth:request_uri:unknown"},
        {"client_id": ""},
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_the_apps(
    server: Server, register: Registrar, changes: dict[str, str | None]
) -> None:
    app = await public_app(register, server.issuer)
    async with visitor(server.url) as browser:
        refused = await browser.open(app.address(**changes))

    assert (refused.status, refused.location) == (400, None)


async def test_parameter_given_twice_goes_nowhere(server: Server, register: Registrar) -> None:
    app = await public_app(register, server.issuer)
    async with visitor(server.url) as browser:
        refused = await browser.open(app.address() + "&redirect_uri=https%3A%2F%2Fevil.example")

    assert (refused.status, refused.location) == (400, None)


async def test_app_on_the_persons_machine_listens_on_any_port(
    server: Server, register: Registrar
) -> None:
    app = await public_app(register, server.issuer, redirect_uris=("http://127.0.0.1/back",))
    async with visitor(server.url) as browser:
        found = [
            (await browser.open(app.address(redirect_uri=uri))).status
            for uri in (
                "http://127.0.0.1/back",
                "http://127.0.0.1:51004/back",
                "http://127.0.0.1:51004/other",
                "http://localhost:51004/back",
                "http://127.0.0.1.evil.example:51004/back",
                "http://127.0.0.1:51004@evil.example/back",
                "https://127.0.0.1:51004/back",
            )
        ]

    assert found == [200, 200, 400, 400, 400, 400, 400]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "a" * 43}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": "https://app.example/bac"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"code": "unknown"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"resource": "https://elsewhere.example/"}, "invalid_target"),
        ({"client_id": None}, "invalid_client"),
    ],
)
async def test_slip_at_the_exchange_is_told_and_loses_nothing(
    server: Server,
    http: httpx.AsyncClient,
    register: Registrar,
    admin: AsyncEngine,
    changes: dict[str, str | None],
    error: str,
) -> None:
    app = await public_app(register, server.issuer)
    code = await _code(server, app, admin)

    refused = await http.post("/oauth/token", data=app.exchange(code, **changes))
    exchanged = await http.post("/oauth/token", data=app.exchange(code))

    assert refused.json()["error"] == error
    assert refused.headers["cache-control"] == "no-store"
    assert exchanged.status_code == 200, exchanged.text


async def test_code_serves_no_other_client(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app, other = [await public_app(register, server.issuer) for _ in range(2)]
    code = await _code(server, app, admin)
    other.verifier = app.verifier

    refused = await http.post("/oauth/token", data=other.exchange(code))

    assert refused.json()["error"] == "invalid_grant"
    assert (await http.post("/oauth/token", data=app.exchange(code))).status_code == 200


async def test_code_that_comes_twice_ends_what_came_of_it(
    server: Server,
    second_worker: Server,
    http: httpx.AsyncClient,
    register: Registrar,
    admin: AsyncEngine,
) -> None:
    app = await public_app(register, server.issuer)
    code = await _code(server, app, admin)
    token = (await http.post("/oauth/token", data=app.exchange(code))).json()
    before = await http.get("/whoami", headers=bearer(token["access_token"]))

    async with httpx.AsyncClient(base_url=second_worker.url) as there:
        again = await there.post("/oauth/token", data=app.exchange(code))

    assert before.status_code == 200
    assert again.json()["error"] == "invalid_grant"
    assert await _until_refused(http, token["access_token"])
    refreshed = await http.post("/oauth/token", data=app.refresh(token["refresh_token"]))
    assert refreshed.json()["error"] == "invalid_grant"


async def test_of_twenty_at_once_one_gets_a_token_and_it_ends(
    server: Server,
    second_worker: Server,
    http: httpx.AsyncClient,
    register: Registrar,
    admin: AsyncEngine,
) -> None:
    app = await public_app(register, server.issuer)
    code = await _code(server, app, admin)

    async with httpx.AsyncClient(base_url=second_worker.url, timeout=30) as there:
        answers = await asyncio.gather(
            *(
                side.post("/oauth/token", data=app.exchange(code))
                for _ in range(10)
                for side in (http, there)
            )
        )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 19}
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    assert await _until_refused(http, won["access_token"])


async def test_code_ends_after_a_minute(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app = await public_app(register, server.issuer)
    code = await _code(server, app, admin)
    async with admin.begin() as connection:
        ends = await connection.exec_driver_sql(
            "UPDATE identity.token_family SET expires_at = expires_at - interval '60 seconds' "
            "WHERE client_id = $1 RETURNING expires_at <= now()",
            (app.caller.client_id,),
        )
        assert ends.scalar() is True

    refused = await http.post("/oauth/token", data=app.exchange(code))

    assert refused.json()["error"] == "invalid_grant"


async def test_person_says_no(server: Server, register: Registrar, admin: AsyncEngine) -> None:
    app = await public_app(register, server.issuer)
    person = await operator(admin)
    async with visitor(server.url) as browser:
        consent = await browser.sign_in(app.address(), person.username)
        denied = await browser.send(app.address(), consent, deny="yes")

    assert denied.status == 303
    assert (denied.answer["error"], denied.answer["iss"]) == ("access_denied", server.issuer)
    assert denied.answer["state"] == "a state"


async def test_scope_that_her_role_lacks_is_shown_and_left_out(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app = await public_app(
        register, server.issuer, scopes=("park:read", "park:approve", "talent:read.basic")
    )
    person = await operator(admin)
    address = app.address(scope="park:read park:approve")
    async with visitor(server.url) as browser:
        consent = await browser.sign_in(address, person.username)
        answer = (await browser.send(address, consent, approve="yes")).answer

    assert "park:approve" in consent.text
    token = (await http.post("/oauth/token", data=app.exchange(answer["code"]))).json()
    assert token["scope"] == "park:read"


async def test_app_for_others_is_of_no_use_to_her(
    server: Server, register: Registrar, admin: AsyncEngine
) -> None:
    app = await public_app(register, server.issuer, audience=ClientAudience.DEPARTMENT)
    person = await operator(admin)
    async with visitor(server.url) as browser:
        page = await browser.sign_in(app.address(), person.username)
        forced = await browser.send(app.address(), page, approve="yes")

    assert (page.status, "approve" in page.fields) == (403, False)
    assert (forced.status, forced.location) == (403, None)


async def test_form_that_no_page_of_ours_sent_does_nothing(
    server: Server, register: Registrar, admin: AsyncEngine
) -> None:
    app = await public_app(register, server.issuer)
    person = await operator(admin)
    async with visitor(server.url) as browser, visitor(server.url) as attacker:
        await browser.sign_in(app.address(), person.username)
        foreign = await attacker.open(app.address())
        forged = await browser.send(app.address(), foreign, approve="yes")
        token = {"form_token": (await browser.open(app.address())).fields["form_token"]}
        crossed = await browser.http.post(
            app.address(),
            data={**token, "approve": "yes"},
            headers={"Sec-Fetch-Site": "cross-site"},
        )
        approved = await browser.send(
            app.address(), await browser.open(app.address()), approve="yes"
        )

    assert (forged.status, crossed.status_code, approved.status) == (403, 403, 303)


async def test_client_with_a_key_must_push(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app = await keyed_app(register, server.issuer)
    person = await operator(admin)
    pushed = await http.post("/oauth/par", data=app.push())
    assert pushed.status_code == 201, pushed.text
    address = _pushed(app, pushed)

    async with visitor(server.url) as browser, visitor(server.url) as other:
        unpushed = await browser.open(app.address())
        answer = await browser.approve(address, person.username)
        again = await other.open(address)

    assert unpushed.answer["error"] == "invalid_request"
    assert 0 < pushed.json()["expires_in"] < 600
    assert (again.status, again.location) == (400, None)
    token = await http.post("/oauth/token", data=app.exchange(answer["code"]))
    assert token.status_code == 200, token.text


async def test_pushed_request_is_answered_once_by_two_at_once(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app = await keyed_app(register, server.issuer)
    person = await operator(admin)
    address = _pushed(app, await http.post("/oauth/par", data=app.push()))
    async with visitor(server.url) as browser:
        consent = await browser.sign_in(address, person.username)
        answers = await asyncio.gather(
            *(browser.send(address, consent, approve="yes") for _ in range(8))
        )

    assert Counter(answer.status for answer in answers) == {303: 1, 400: 7}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": "https://app.example/bac"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"scope": "admin:clients"}, "invalid_scope"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
    ],
)
async def test_push_that_is_not_in_order_is_refused(
    server: Server,
    http: httpx.AsyncClient,
    register: Registrar,
    changes: dict[str, str | None],
    error: str,
) -> None:
    app = await keyed_app(register, server.issuer)

    refused = await http.post("/oauth/par", data=app.push(**changes))

    assert (refused.status_code, refused.json()["error"]) == (400, error)


async def test_pushed_name_serves_its_own_client_only(
    server: Server, http: httpx.AsyncClient, register: Registrar
) -> None:
    app, other = [await keyed_app(register, server.issuer) for _ in range(2)]
    pushed = await http.post("/oauth/par", data=app.push())
    async with visitor(server.url) as browser:
        right, wrong = [await browser.open(_pushed(one, pushed)) for one in (app, other)]

    assert (right.status, wrong.status) == (200, 400)


@pytest.mark.parametrize("what", ["client", "person"])
async def test_code_ends_with_client_and_person(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine, what: str
) -> None:
    app = await public_app(register, server.issuer)
    person = await operator(admin)
    async with visitor(server.url) as browser:
        code = (await browser.approve(app.address(), person.username))["code"]
    if what == "client":
        await registrations.move(admin, app.caller.client_id, ClientState.SUSPENDED)
        await registrations.move(admin, app.caller.client_id, ClientState.ACTIVE)
    else:
        await registry.move(admin, person.username, PersonState.SUSPENDED)
        await registry.move(admin, person.username, PersonState.ACTIVE)

    refused = await http.post("/oauth/token", data=app.exchange(code))

    assert refused.json()["error"] == "invalid_grant"


async def _code(server: Server, app: App, admin: AsyncEngine) -> str:
    person = await operator(admin)
    async with visitor(server.url) as browser:
        return (await browser.approve(app.address(), person.username))["code"]


def _pushed(app: App, pushed: httpx.Response) -> str:
    uri = pushed.json()["request_uri"]
    return f"/oauth/authorize?client_id={app.caller.client_id}&request_uri={uri}"


async def _until_refused(http: httpx.AsyncClient, token: str) -> bool:
    """Whether a token is refused within a second."""
    for _ in range(50):
        if (await http.get("/whoami", headers=bearer(token))).status_code == 401:
            return True
        await asyncio.sleep(0.02)
    return False
