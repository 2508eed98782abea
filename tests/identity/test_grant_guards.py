"""Each check of the grants has a row that only it refuses: without it the row passes.

Rows are calls that must be refused, beside one that must pass; `guards` takes one check out at a
time. The statements that use a code or a refresh token up are weakened and raced.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.authorization import asked
from hub.identity.authorization.asked import Reader
from hub.identity.clients import redirects
from hub.identity.clients.client import AuthMethod, Client, ClientAudience, ClientState, GrantType
from hub.identity.errors import OAuthError
from hub.identity.grants import authorization_code, families, granted, refresh_token
from hub.identity.grants.authorization_code import challenge_of
from hub.identity.grants.families import Family
from hub.identity.grants.granted import TokenRequest
from hub.kit.errors import BadUserInput
from tests.identity.browsing import operator, public_app, visitor
from tests.identity.conftest import Registrar, Server
from tests.identity.guards import guards_of, without

API, OTHER_API = "https://hub.example/graphql", "https://other.example/"
BACK = "https://app.example/back"
VERIFIER = "v" * 43
KEY, OTHER_KEY = "k" * 43, "o" * 43


def client(**changes: Any) -> Client:
    values: dict[str, Any] = {
        "client_id": "an-app",
        "audience": ClientAudience.OPERATOR,
        "state": ClientState.ACTIVE,
        "token_endpoint_auth_method": AuthMethod.NONE,
        "grant_types": [GrantType.AUTHORIZATION_CODE],
        "redirect_uris": [BACK],
        "scopes": ["park:read"],
        "purposes": [],
        **changes,
    }
    return Client(**values)


FORM: Mapping[str, str] = {
    "response_type": "code",
    "redirect_uri": BACK,
    "scope": "park:read",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}


def form(**changes: str | None) -> dict[str, str]:
    return {name: value for name, value in {**FORM, **changes}.items() if value is not None}


FAMILY = Family(
    id=UUID(int=1),
    client_id="an-app",
    client_generation=1,
    person_id=UUID(int=2),
    person_generation=1,
    scopes=["park:read"],
    purposes=[],
    resource=API,
    redirect_uri=BACK,
    challenge=challenge_of(VERIFIER),
    thumbprint=KEY,
    expires_at=datetime.now(UTC) + timedelta(minutes=1),
    fresh=True,
    used=False,
)


def token_request(thumbprint: str | None = KEY, **changes: str) -> TokenRequest:
    values = {"redirect_uri": BACK, "code_verifier": VERIFIER, **changes}
    return TokenRequest(client(), values, thumbprint)


READER = Reader([API, OTHER_API])
BOTH = [API, OTHER_API]
Row = tuple[Any, ...]

GUARDED: dict[Callable[..., Any], tuple[Row, list[Row]]] = {
    Reader.read: (
        (READER, client(), form()),
        [
            (READER, client(state=ClientState.SUSPENDED), form()),
            (READER, client(grant_types=[GrantType.CLIENT_CREDENTIALS]), form()),
            (READER, client(), form(request="a.b.c")),
            (READER, client(), form(response_type=None)),
            (READER, client(), form(response_type="token")),
            (READER, client(), form(response_mode="fragment")),
            (READER, client(), form(state="s" * 513)),
        ],
    ),
    asked.redirect_of: (
        (client(), form()),
        [
            (client(), form(redirect_uri=None)),
            (client(), form(redirect_uri=BACK + "/")),
        ],
    ),
    asked._challenge: (
        (form(),),
        [
            (form(code_challenge=None),),
            (form(code_challenge_method="plain"),),
            (form(code_challenge="short"),),
        ],
    ),
    asked._bound_to: (
        (form(dpop_jkt=KEY), KEY),
        [
            (form(dpop_jkt="short"), None),
            (form(dpop_jkt=OTHER_KEY), KEY),
        ],
    ),
    authorization_code._compare: (
        (FAMILY, token_request(), BOTH),
        [
            (FAMILY, token_request(redirect_uri=BACK + "/"), BOTH),
            (FAMILY, token_request(code_verifier="w" * 43), BOTH),
            (FAMILY, token_request(OTHER_KEY), BOTH),
            (FAMILY, token_request(resource=OTHER_API), BOTH),
        ],
    ),
    refresh_token._compare: (
        (FAMILY, token_request(), BOTH),
        [
            (FAMILY, token_request(None), BOTH),
            (FAMILY, token_request(resource=OTHER_API), BOTH),
        ],
    ),
    granted.may_use: (
        (client(), GrantType.AUTHORIZATION_CODE),
        [
            (client(state=ClientState.SUSPENDED), GrantType.AUTHORIZATION_CODE),
            (client(), GrantType.REFRESH_TOKEN),
        ],
    ),
    granted.held: (
        ("scope", "park:read", ["park:read"]),
        [
            ("scope", "", [""]),
            ("scope", "park:read admin:clients", ["park:read"]),
        ],
    ),
    granted.resource_asked: (
        ({"resource": OTHER_API}, BOTH),
        [({"resource": "https://elsewhere.example"}, BOTH)],
    ),
    redirects.check_redirect: (
        (BACK,),
        [(BACK + "#here",), ("//no-scheme.example",), ("ftp://app.example/back",)],
    ),
}


def refuses(function: Callable[..., Any], row: Row) -> bool:
    try:
        function(*row)
    except (OAuthError, BadUserInput):
        return True
    except KeyError:
        return False  # it went on and missed what the check was there for
    return False


@pytest.mark.parametrize("function", GUARDED, ids=lambda one: one.__qualname__)
def test_each_check_is_missed_when_it_is_taken_out(function: Callable[..., Any]) -> None:
    good, bad = GUARDED[function]
    assert not refuses(function, good)
    assert [row for row in bad if not refuses(function, row)] == []

    for condition in guards_of(function):
        weak = without(function, condition)
        assert [row for row in bad if not refuses(weak, row)], condition


def test_family_without_a_key_asks_for_none() -> None:
    free = replace(FAMILY, thumbprint=None)

    authorization_code._compare(free, token_request(None), BOTH)
    refresh_token._compare(free, token_request(OTHER_KEY), BOTH)


@pytest.mark.parametrize(
    ("statement", "predicate"),
    [("_USE_CODE", "AND code_used_at IS NULL"), ("_ROTATE", "AND used_at IS NULL")],
)
async def test_race_is_lost_without_the_predicate_that_uses_up(
    server: Server,
    second_worker: Server,
    http: httpx.AsyncClient,
    register: Registrar,
    admin: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    predicate: str,
) -> None:
    whole = str(getattr(families, statement))
    assert predicate in whole
    monkeypatch.setattr(families, statement, text(whole.replace(predicate, "")))
    app = await public_app(register, server.issuer)
    person = await operator(admin)

    async with httpx.AsyncClient(base_url=second_worker.url, timeout=30) as there:
        for _ in range(8):
            async with visitor(server.url) as browser:
                code = (await browser.approve(app.address(), person.username))["code"]
            wanted = app.exchange(code)
            if statement == "_ROTATE":
                first = (await http.post("/oauth/token", data=wanted)).json()
                wanted = app.refresh(first["refresh_token"])
            answers = await asyncio.gather(
                *(
                    side.post("/oauth/token", data=wanted)
                    for _ in range(10)
                    for side in (http, there)
                )
            )
            if sum(answer.status_code == 200 for answer in answers) > 1:
                return
    pytest.fail("the weakened statement was never lost")
