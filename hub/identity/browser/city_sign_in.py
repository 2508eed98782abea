"""`/account/city`: signing in by the city's own provider, and back.

    GET /account/city?to=...   sends the browser to the provider
    GET /account/city/back     takes the answer: a session, or the page that says why not

Whoever has a second factor here gives it here as well: the provider's sign-in takes the place of
the password and of nothing else.
"""

from __future__ import annotations

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.identity.browser import account
from hub.identity.browser.forms import problem, shown
from hub.identity.browser.pages import language_of
from hub.identity.browser.sign_in import SignIn
from hub.identity.city.login import BACK, SECONDS, Away, CityLogin, Failed
from hub.identity.endpoints.metadata import AUTHORIZATION_PATH
from hub.identity.people import changes, registry
from hub.identity.people.person import Person, PersonState

COOKIE = "hub-city"

log = structlog.get_logger(__name__)


class CitySignIn:
    """Serves both addresses; without a provider neither is there."""

    def __init__(self, engine: AsyncEngine, sign_in: SignIn, city: CityLogin | None) -> None:
        self._engine, self._sign_in, self._city = engine, sign_in, city

    async def begin(self, request: Request) -> Response:
        """To the provider."""
        return await shown(request, self._begun(request))

    async def back(self, request: Request) -> Response:
        """From the provider."""
        return await shown(request, self._finished(request))

    async def _begun(self, request: Request) -> Response:
        if self._city is None:
            return problem(request, "city_off", status=404)
        to = request.query_params.get("to", account.PATH)
        if not _is_ours(to):
            return problem(request, "city_failed", status=400)
        try:
            address, kept = await self._city.begin(to, language_of(request))
        except Away as error:
            log.warning("city.away", error=str(error))
            return problem(request, "city_away", status=503)
        answer = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
        secure = self._sign_in.cookies.secure
        # Lax: the answer comes by a redirect from the provider's site.
        answer.set_cookie(
            COOKIE, kept, max_age=SECONDS, path=BACK, secure=secure, httponly=True, samesite="lax"
        )
        return answer

    async def _finished(self, request: Request) -> Response:
        if self._city is None:
            return problem(request, "city_off", status=404)
        answer = await self._answered(request, self._city)
        secure = self._sign_in.cookies.secure
        answer.delete_cookie(COOKIE, path=BACK, secure=secure, httponly=True, samesite="lax")
        return answer

    async def _answered(self, request: Request, city: CityLogin) -> Response:
        given = request.query_params.multi_items()
        answer = dict(given)
        try:
            if len(answer) != len(given):
                raise Failed("a parameter is given more than once")
            begun = city.begun(request.cookies.get(COOKIE))
            subject = await city.finish(begun, answer)
        except Failed as error:
            log.info("city.failed", error=str(error))
            return problem(request, "city_failed", status=400)
        except Away as error:
            log.warning("city.away", error=str(error))
            return problem(request, "city_away", status=503)
        person = await registry.by_city_subject(self._engine, subject)
        if person is None or not await self._enters(person):
            log.info("city.unknown")
            return problem(request, "city_unknown", status=403)
        half_open = person.totp_secret is not None
        cookie = await self._sign_in.into(person.id, person.generation, request, half_open)
        log.info("sign_in.city", sub=person.sub, half_open=half_open)
        if not half_open:
            await self._sign_in.trail.person("signIn", person)
        go_on = RedirectResponse(begun.to, 303, headers={"Cache-Control": "no-store"})
        self._sign_in.cookies.set(go_on, cookie)
        return go_on

    async def _enters(self, person: Person) -> bool:
        """Whether she may sign in; her first time is what a password is to others."""
        if person.state != PersonState.INVITED:
            return person.state == PersonState.ACTIVE
        async with registry.herself(self._engine, person, "enterByCity") as (work, row):
            return await changes.enter(work, row)


def _is_ours(to: str) -> bool:
    """Whether it is a page that asks people to sign in: never another host's."""
    return to == account.PATH or to.startswith((account.PATH + "?", AUTHORIZATION_PATH + "?"))
