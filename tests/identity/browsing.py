"""An app that sends people here, and a browser that signs them in, as the tests of pages share."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.clients.client import ClientAudience
from hub.identity.clients.enrol import Bounds
from hub.identity.people import registry
from hub.identity.people.new_person import NewPerson
from hub.identity.people.person import Person
from hub.identity.people.roles import Role
from hub.model.codes import PurposeCode
from tests.identity.conftest import BROWSER, REDIRECT, Caller, Registrar

PARK = "0199b0de-0000-7000-8000-0000000000a1"
PASSWORD = "four quiet herons wade"
PURPOSES = (PurposeCode.PARK_SETTLEMENT,)


class Page(HTMLParser):
    """What a person sees of a page and can send: the fields of its forms and its buttons."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.location = answer.headers.get("location")
        self.text = answer.text
        self.fields: dict[str, str] = {}
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in ("input", "button") and (name := named.get("name")):
            self.fields[name] = named.get("value") or ""

    @property
    def answer(self) -> dict[str, str]:
        """The parameters of the redirect to the app."""
        assert self.location is not None, self.text
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}


@dataclass
class App:
    """A registered app with a fresh PKCE verifier."""

    caller: Caller
    issuer: str
    redirect_uri: str = REDIRECT
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    def request(self, **changes: str | None) -> dict[str, str]:
        """The parameters of an authorization request; a change of None leaves one out."""
        values: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.caller.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "park:read workspace:reserve",
            "state": "a state",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in values.items() if value is not None}

    def address(self, **changes: str | None) -> str:
        """Where the app sends the browser."""
        return f"/oauth/authorize?{urlencode(self.request(**changes))}"

    def exchange(self, code: str, /, **changes: str | None) -> dict[str, str]:
        """The form with which the app fetches the tokens."""
        values: dict[str, str | None] = {
            **self._proved(),
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
            **changes,
        }
        return {name: value for name, value in values.items() if value is not None}

    def refresh(self, token: str, **changes: str) -> dict[str, str]:
        """The form with which the app fetches further tokens."""
        return {
            **self._proved(),
            "grant_type": "refresh_token",
            "refresh_token": token,
            **changes,
        }

    def push(self, **changes: str | None) -> dict[str, str]:
        """The form with which the app pushes its request."""
        return {**self.request(**changes), **self._proved()}

    def _proved(self) -> dict[str, str]:
        if self.caller.key is None:
            return {"client_id": self.caller.client_id}
        signed = self.caller.signed(self.issuer)
        return {name: signed[name] for name in ("client_assertion_type", "client_assertion")}


class Visitor:
    """A person at a browser: cookies, forms, and no redirect followed unseen."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def open(self, address: str, **headers: str) -> Page:
        return Page(await self.http.get(address, headers=headers))

    async def send(self, address: str, page: Page, **fields: str) -> Page:
        """Send a form of this page with these fields and its token."""
        form = {"form_token": page.fields.get("form_token", ""), **fields}
        return Page(await self.http.post(address, data=form))

    async def sign_in(self, address: str, username: str, password: str = PASSWORD) -> Page:
        """Give name and password; the page that follows."""
        asked = await self.open(address)
        assert "password" in asked.fields, asked.text
        sent = await self.send(address, asked, username=username, password=password)
        assert sent.status == 303, sent.text
        return await self.open(address)

    async def approve(self, address: str, username: str) -> dict[str, str]:
        """Sign in and allow; what the app gets."""
        consent = await self.sign_in(address, username)
        assert "approve" in consent.fields, consent.text
        approved = await self.send(address, consent, approve="yes")
        assert approved.status == 303, approved.text
        return approved.answer


@asynccontextmanager
async def visitor(url: str) -> AsyncIterator[Visitor]:
    """A fresh browser."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        yield Visitor(http)


async def operator(
    engine: AsyncEngine,
    password: str | None = PASSWORD,
    city_subject: str | None = None,
    **changes: Any,
) -> Person:
    """Somebody who runs a park and can sign in; without a password she is only invited."""
    username = f"operator-{secrets.token_hex(4)}"
    values: dict[str, Any] = {"parks": (PARK,), "purposes": PURPOSES, **changes}
    wanted = NewPerson(username, Role.OPERATOR, Bounds(**values), city_subject=city_subject)
    return await registry.add(engine, wanted, password)


async def public_app(register: Registrar, issuer: str, **changes: Any) -> App:
    """An app without credentials for operators."""
    return App(await register.public(**_app(changes)), issuer)


async def keyed_app(register: Registrar, issuer: str, **changes: Any) -> App:
    """An app with a key of its own for operators, which must push its requests."""
    return App(await register.with_key(**_app(changes)), issuer)


def _app(changes: dict[str, Any]) -> dict[str, Any]:
    return {
        "audience": ClientAudience.OPERATOR,
        "scopes": ("park:read", "workspace:reserve", "reference:read"),
        "bounds": Bounds(purposes=PURPOSES),
        "grant_types": BROWSER,
        "redirect_uris": (REDIRECT,),
        **changes,
    }
