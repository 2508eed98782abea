"""`/oauth/authorize`: who are you, and do you allow this? (RFC 6749, 4.1.1; RFC 9207)

    GET   nobody signed in: the sign-in page; somebody: the consent page
    POST  the forms of those pages; `approve` and `deny` send the browser back to the app

One address serves all of it, and each request reads what is asked anew, so that no step can be left
out or carried over to another request. Every redirect after a form is a 303 (RFC 9700, 4.12).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.identity.authorization import pushed
from hub.identity.authorization.asked import AuthorizationRequest, Reader, redirect_of, refusal
from hub.identity.browser.forms import problem, sent, shown
from hub.identity.browser.pages import language_of, page
from hub.identity.browser.sign_in import SignIn
from hub.identity.clients import registrations
from hub.identity.clients.client import Client
from hub.identity.clients.redirects import origin
from hub.identity.errors import AccessDenied, InvalidRequest, OAuthError, UnauthorizedClient
from hub.identity.grants import families
from hub.identity.grants.reach import Reach, reach
from hub.identity.people.person import Person
from hub.identity.people.roles import Role
from hub.identity.trail import Trail
from hub.kit.db import translated
from hub.model.codes import PurposeCode

MOST_PARAMETERS = 32
Words = Mapping[str, tuple[str, str]]
"""Scope -> what it allows, in English and Chinese."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Asking:
    """A request that may be shown to a person: by whom, for what, and its pushed name if any."""

    client: Client
    request: AuthorizationRequest
    pushed_as: str | None


class Refused(Exception):
    """The app is to be told of an error, at an address that is known to be its own."""

    def __init__(self, redirect_uri: str, state: str | None, error: OAuthError) -> None:
        super().__init__(str(error))
        self.redirect_uri, self.state, self.error = redirect_uri, state, error


class AuthorizationEndpoint:
    """Shows requests to people and sends their answers back."""

    def __init__(
        self,
        engine: AsyncEngine,
        issuer: str,
        reader: Reader,
        sign_in: SignIn,
        words: Words,
        trail: Trail,
    ) -> None:
        self._engine, self._issuer, self._reader = engine, issuer, reader
        self._sign_in, self._words, self._trail = sign_in, words, trail

    async def answer(self, request: Request) -> Response:
        """Either method."""
        return await shown(request, self._answered(request))

    async def _answered(self, request: Request) -> Response:
        try:
            asking = await self._asked(request)
        except Refused as refused:
            log.info("authorize.refused", error=refused.error.error)
            await self._trail.refused("oauth/authorize", refused.error)
            where = refusal(self._issuer, refused.redirect_uri, refused.state, refused.error)
            return RedirectResponse(where, 303)
        if asking is None:
            return problem(request, "answered_already", status=400)
        app = _name(asking.client, request)
        form = await sent(request, self._sign_in.cookies) if request.method == "POST" else {}
        if form and (answer := await self._sign_in.answered(request, form, app=app)):
            return answer
        person = await self._sign_in.person(request)
        if person is None:
            return await self._sign_in.ask(request, app=app)
        reached = reach(asking.client, person)
        if "deny" in form:
            return await self._denied(request, asking, person)
        if "approve" in form and reached is not None:
            return await self._approved(request, asking, person, reached)
        return self._consent(request, asking, person, reached)

    async def _asked(self, request: Request) -> Asking | None:
        """What the address asks for; None when a pushed request is over."""
        query = _query(request)
        if "client_id" not in query:
            raise InvalidRequest("client_id is missing.")
        client = await registrations.find(self._engine, query["client_id"])
        if client is None:
            raise InvalidRequest("There is no such client.")
        if "request_uri" in query:
            uri = query["request_uri"]
            found = await pushed.look(self._engine, uri, client.client_id)
            if why := client.halted:
                raise UnauthorizedClient(why)
            return None if found is None else Asking(client, found, uri)
        redirect_uri = redirect_of(client, query)
        try:
            if client.pushed_requests:
                raise InvalidRequest("This client must push its requests (RFC 9126).")
            return Asking(client, self._reader.read(client, query), None)
        except OAuthError as error:
            error.client_id = client.client_id
            raise Refused(redirect_uri, query.get("state"), error) from None

    def _consent(
        self, request: Request, asking: Asking, person: Person, reached: Reach | None
    ) -> Response:
        chinese = language_of(request) == "zh"
        cookie = self._sign_in.cookies.ensured(request)
        asked = asking.request
        scopes = [scope for scope in asked.scopes if reached and scope in reached.scopes]
        common: dict[str, Any] = {
            "app": _name(asking.client, request),
            "form_token": self._sign_in.cookies.form_token(cookie),
            "leads_to": origin(asked.redirect_uri),
        }
        if reached is None or not scopes:
            role = Role(person.role)
            who = f"{person.username} ({role.zh if chinese else role.doc.rstrip('.')})"
            return page(request, "not_for_you.html", status=403, username=who, **common)
        purposes = [PurposeCode(one) for one in asked.purposes if one in reached.purposes]
        return page(
            request,
            "consent.html",
            username=person.username,
            scopes=[(one, self._words.get(one, (one, one))[chinese]) for one in scopes],
            purposes=[one.zh if chinese else one.doc for one in purposes],
            left_out=[scope for scope in asked.scopes if scope not in scopes],
            destination=origin(asked.redirect_uri),
            **common,
        )

    async def _approved(
        self, request: Request, asking: Asking, person: Person, reached: Reach
    ) -> Response:
        asked = asking.request
        scopes = [scope for scope in asked.scopes if scope in reached.scopes]
        if not scopes:
            return self._consent(request, asking, person, reached)
        with translated():
            async with self._engine.begin() as connection:
                if asking.pushed_as and not await pushed.use(connection, asking.pushed_as):
                    return problem(request, "answered_already", status=400)
                code = await families.begin(
                    connection,
                    client_id=asking.client.client_id,
                    client_generation=asking.client.generation,
                    person_id=person.id,
                    person_generation=person.generation,
                    scopes=scopes,
                    purposes=[one for one in asked.purposes if one in reached.purposes],
                    resource=asked.resource,
                    redirect_uri=asked.redirect_uri,
                    challenge=asked.challenge,
                    thumbprint=asked.thumbprint,
                )
        log.info("authorize.approved", client=asked.client_id, sub=person.sub)
        await self._trail.person("approve", person, client=asked.client_id)
        return RedirectResponse(asked.answer(self._issuer, code=code), 303)

    async def _denied(self, request: Request, asking: Asking, person: Person) -> Response:
        if asking.pushed_as:
            with translated():
                async with self._engine.begin() as connection:
                    if not await pushed.use(connection, asking.pushed_as):
                        return problem(request, "answered_already", status=400)
        asked = asking.request
        log.info("authorize.denied", client=asked.client_id, sub=person.sub)
        await self._trail.person("approve", person, client=asked.client_id, refused="denied")
        error = AccessDenied("The person did not allow it.")
        where = refusal(self._issuer, asked.redirect_uri, asked.state, error)
        return RedirectResponse(where, 303)


def _query(request: Request) -> dict[str, str]:
    """The parameters of the address, each at most once; an empty one counts as left out."""
    try:
        pairs = parse_qsl(
            request.url.query,
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        raise InvalidRequest("The query is not a form in UTF-8.") from None
    query = dict(pairs)
    if len(query) != len(pairs):
        raise InvalidRequest("A parameter is given more than once.")
    return {name: value for name, value in query.items() if value}


def _name(client: Client, request: Request) -> str:
    return client.name_zh if language_of(request) == "zh" else client.name_en
