"""No sequence of requests yields a token with more than client and person were given.

Seeded sequences mix clients, people and grants, ask for too much now and then, and carry codes and
refresh tokens from one client to another. What each was given is written down here, once more.
"""

from __future__ import annotations

import json
import random
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.clients.client import ClientAudience, GrantType
from hub.identity.clients.enrol import Bounds
from hub.identity.people.person import Person
from hub.identity.people.roles import OPERATOR
from hub.model.codes import PurposeCode
from tests.identity.browsing import App, operator, public_app, visitor
from tests.identity.conftest import BROWSER, REDIRECT, Registrar, Server

P1, P2 = (f"0199b0de-0000-7000-8000-0000000000a{number}" for number in (1, 2))
SCOPES = ("park:read", "workspace:reserve", "park:approve", "reference:read", "admin:clients")
PURPOSES = tuple(str(one) for one in (PurposeCode.PARK_SETTLEMENT, PurposeCode.JOB_MATCHING))
STEPS = 40


@dataclass
class World:
    """Who there is, what each was given, and what they got so far."""

    server: Server
    http: httpx.AsyncClient
    dice: random.Random
    apps: dict[str, tuple[App, set[str], set[str], set[str]]] = field(default_factory=dict)
    people: list[tuple[Person, set[str], set[str]]] = field(default_factory=list)
    codes: list[tuple[str, App]] = field(default_factory=list)
    refresh_tokens: list[tuple[str, App]] = field(default_factory=list)
    issued: int = 0
    refused: int = 0

    def some(self, of: tuple[str, ...]) -> str:
        return " ".join(self.dice.sample(of, self.dice.randint(1, len(of))))

    def app(self) -> App:
        return self.dice.choice(list(self.apps.values()))[0]

    def asked(self, app: App) -> dict[str, str]:
        """What an app might ask for; now and then more than it holds."""
        _, scopes, _, purposes = self.apps[app.caller.client_id]
        greedy = self.dice.random() < 0.25
        asked = {"scope": self.some(SCOPES if greedy else tuple(sorted(scopes)))}
        if self.dice.random() < 0.3 and (greedy or purposes):
            asked["purpose"] = self.some(PURPOSES if greedy else tuple(sorted(purposes)))
        if self.dice.random() < 0.3:
            own = f"{self.server.issuer}/graphql"
            asked["resource"] = "https://elsewhere.example" if greedy else own
        return asked

    async def sign_in(self) -> None:
        app, (person, _, _) = self.app(), self.dice.choice(self.people)
        asked = self.asked(app)
        address = app.address(**asked)
        if app.caller.secret:
            form = {name: value for name, value in app.push(**asked).items() if name != "client_id"}
            pushed = await self.http.post("/oauth/par", data=form, auth=app.caller.basic())
            if pushed.status_code != 201:
                self.refused += 1
                return
            uri = pushed.json()["request_uri"]
            address = f"/oauth/authorize?client_id={app.caller.client_id}&request_uri={uri}"
        async with visitor(self.server.url) as browser:
            if "password" not in (await browser.open(address)).fields:
                self.refused += 1  # the app was told of an error
                return
            consent = await browser.sign_in(address, person.username)
            if "approve" in consent.fields:
                answer = (await browser.send(address, consent, approve="yes")).answer
                self.codes.append((answer["code"], app))

    async def exchange(self) -> None:
        if self.codes:
            code, owner = self.dice.choice(self.codes)
            app = owner if self.dice.random() < 0.8 else self.app()
            await self.token(app, app.exchange(code, **self._perhaps(app)))

    async def refresh(self) -> None:
        if self.refresh_tokens:
            token, owner = self.dice.choice(self.refresh_tokens)
            app = owner if self.dice.random() < 0.8 else self.app()
            await self.token(app, app.refresh(token, **self._perhaps(app)))

    async def own_name(self) -> None:
        app = self.app()
        await self.token(app, {"grant_type": "client_credentials", **self.asked(app)})

    def _perhaps(self, app: App) -> dict[str, str]:
        return self.asked(app) if self.dice.random() < 0.3 else {}

    async def token(self, app: App, form: dict[str, str]) -> None:
        secret = app.caller.secret
        auth = httpx.BasicAuth(*app.caller.basic()) if secret else httpx.USE_CLIENT_DEFAULT
        if secret:
            form = {name: value for name, value in form.items() if name != "client_id"}
        answer = await self.http.post("/oauth/token", data=form, auth=auth)
        if answer.status_code != 200:
            assert answer.status_code in (400, 401), answer.text
            self.refused += 1
            return
        self.issued += 1
        if "refresh_token" in answer.json():
            self.refresh_tokens.append((answer.json()["refresh_token"], app))
        self.check(app, form, claims_of(answer.json()["access_token"]))

    def check(self, app: App, form: dict[str, str], claims: dict[str, Any]) -> None:
        _, scopes, parks, purposes = self.apps[app.caller.client_id]
        has, bounds = set(claims["scope"].split()), claims["hub_bounds"]
        assert has
        assert has <= scopes
        assert claims["client_id"] == app.caller.client_id
        assert claims["aud"] == f"{self.server.issuer}/graphql"
        assert claims["hub_audience"] == "OPERATOR"
        assert set(bounds["purposes"]) <= purposes
        if "scope" in form and form["grant_type"] != "authorization_code":
            assert has <= set(form["scope"].split())
        if claims["sub"] == app.caller.client_id:
            assert form["grant_type"] == "client_credentials"
            assert set(bounds.get("parks", ())) <= parks
            return
        [(her_parks, her_purposes)] = [
            found for person, *found in self.people if person.sub == claims["sub"]
        ]
        assert has <= set(OPERATOR)
        assert set(bounds.get("parks", ())) <= her_parks & (parks or her_parks)
        assert set(bounds["purposes"]) <= her_purposes
        assert "departments" not in bounds
        assert "talent" not in bounds
        assert "partner" not in bounds


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_is_ever_widened(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine, seed: int
) -> None:
    world = World(server, http, random.Random(seed))
    given: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
        (SCOPES[:2], (), PURPOSES[:1]),
        (SCOPES[:4], (P1,), PURPOSES),
        (SCOPES[1:4], (P2,), ()),
    )
    for scopes, parks, purposes in given:
        values: dict[str, Any] = {
            "audience": ClientAudience.OPERATOR,
            "scopes": scopes,
            "bounds": Bounds(parks=parks, purposes=purposes),  # type: ignore[arg-type]  # texts serve
            "redirect_uris": (REDIRECT,),
        }
        both = (GrantType.CLIENT_CREDENTIALS, *BROWSER)
        for app in (
            await public_app(register, server.issuer, **values),
            App(await register.with_secret(grant_types=both, **values), server.issuer),
        ):
            world.apps[app.caller.client_id] = (app, set(scopes), set(parks), set(purposes))
    for hers, her_purposes in (((P1,), PURPOSES[:1]), ((P1, P2), PURPOSES)):
        person = await operator(admin, parks=hers, purposes=her_purposes)
        world.people.append((person, set(hers), set(her_purposes)))

    steps = (world.sign_in, world.exchange, world.exchange, world.refresh, world.own_name)
    for _ in range(STEPS):
        await world.dice.choice(steps)()

    assert world.issued > 3
    assert world.refused > 3
