"""Signing in, on whichever page needs somebody: the password, then a code, if she has a factor.

A wrong name, a wrong password and a suspended account get the same answer after the same work.
Attempts are slowed down for each name and address.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.identity.authentication.throttle import Throttle
from hub.identity.browser.cookies import Cookies
from hub.identity.browser.pages import language_of, page
from hub.identity.browser.texts import TEXTS
from hub.identity.city.login import PATH as CITY_PATH
from hub.identity.city.provider import CityProvider
from hub.identity.clients.secret import SecretCheck
from hub.identity.people import registry, sessions, totp
from hub.identity.people.password import normalised
from hub.identity.people.person import Person, PersonState
from hub.identity.trail import Trail
from hub.kit.crypto import Sealer

log = structlog.get_logger(__name__)


class SignIn:
    """Knows who is signed in, and shows and reads the forms by which one does."""

    def __init__(
        self,
        engine: AsyncEngine,
        cookies: Cookies,
        sealer: Sealer,
        trail: Trail,
        city: CityProvider | None = None,
    ) -> None:
        self._engine, self.cookies, self._sealer, self.trail = engine, cookies, sealer, trail
        self._city = city
        self.passwords = SecretCheck(size=0)
        self._throttle = Throttle()

    async def person(self, request: Request) -> Person | None:
        """Who is signed in with the browser's cookie."""
        found = await sessions.person_of(self._engine, self.cookies.of(request))
        return await registry.by_id(self._engine, found) if found is not None else None

    async def ask(
        self,
        request: Request,
        *,
        app: str | None = None,
        problem: str | None = None,
        status: int = 200,
        username: str = "",
    ) -> Response:
        """The page that asks for the password, or for the code when that has been given."""
        cookie = self.cookies.ensured(request)
        half = await sessions.person_of(self._engine, self.cookies.of(request), half_open=True)
        answer = page(
            request,
            "sign_in.html" if half is None else "code.html",
            status=status,
            form_token=self.cookies.form_token(cookie),
            app=app,
            problem=TEXTS[language_of(request)][problem] if problem else None,
            username=username,
            city=self._city,
            city_address=f"{CITY_PATH}?{urlencode({'to': _again(request)})}",
        )
        self.cookies.set(answer, cookie)
        return answer

    async def answered(
        self, request: Request, form: Mapping[str, str], *, app: str | None = None
    ) -> Response | None:
        """What becomes of a form of these pages; None when it is another page's."""
        if "sign_out" in form:
            return await self.out(request, RedirectResponse(_again(request), 303))
        if "username" in form and "password" in form:
            return await self._password(request, form, app)
        if "code" in form and await self.person(request) is None:
            return await self._code(request, form["code"], app)
        return None

    async def out(self, request: Request, answer: Response) -> Response:
        """Sign out of this browser, with this answer."""
        if cookie := self.cookies.of(request):
            await sessions.end(self._engine, cookie)
        self.cookies.clear(answer)
        return answer

    async def into(
        self, person_id: UUID, generation: int, request: Request, half_open: bool = False
    ) -> str:
        """The cookie of a new session; the one that the browser had before ends."""
        if before := self.cookies.of(request):
            await sessions.end(self._engine, before)
        return await sessions.begin(self._engine, person_id, generation, half_open=half_open)

    async def holds(self, request: Request, person: Person, password: str) -> bool:
        """Whether this is her password; slowed down as at sign-in."""
        address = request.client.host if request.client else ""
        self._throttle.admit(person.username, address)
        good = await self.passwords.holds(normalised(password), person.password_hash)
        (self._throttle.succeeded if good else self._throttle.failed)(person.username, address)
        return good

    async def _password(
        self, request: Request, form: Mapping[str, str], app: str | None
    ) -> Response:
        username = form["username"].strip().lower()
        address = request.client.host if request.client else ""
        self._throttle.admit(username, address)
        person = await registry.find(self._engine, username)
        active = person is not None and person.state == PersonState.ACTIVE
        kept = person.password_hash if person is not None and active else None
        if not await self.passwords.holds(normalised(form["password"]), kept) or person is None:
            self._throttle.failed(username, address)
            log.info("sign_in.refused")
            answer = await self.ask(
                request, app=app, problem="wrong", status=403, username=username
            )
            if person is not None:  # after the answer, which must take as long for an unknown name
                answer.background = BackgroundTask(
                    self.trail.person, "signIn", person, refused="password"
                )
            return answer
        half_open = person.totp_secret is not None
        if not half_open:
            self._throttle.succeeded(username, address)
        cookie = await self.into(person.id, person.generation, request, half_open)
        log.info("sign_in.password", sub=person.sub, half_open=half_open)
        if not half_open:
            await self.trail.person("signIn", person)
        return self._go_on(request, cookie)

    async def _code(self, request: Request, code: str, app: str | None) -> Response:
        cookie = self.cookies.of(request)
        found = await sessions.person_of(self._engine, cookie, half_open=True)
        person = await registry.by_id(self._engine, found) if found is not None else None
        if cookie is None or person is None or person.totp_secret is None:
            return await self.ask(request, app=app, problem="stale_form", status=403)
        secret = self._sealer.open(person.totp_secret, totp.CONTEXT)
        step = totp.used_step(secret, code, person.totp_step)
        if step is None or not await registry.use_step(self._engine, person.id, step):
            await sessions.wrong_code(self._engine, cookie)
            log.info("sign_in.code.refused", sub=person.sub)
            await self.trail.person("signIn", person, refused="code")
            return await self.ask(request, app=app, problem="wrong_code", status=403)
        log.info("sign_in.code", sub=person.sub)
        await self.trail.person("signIn", person)
        return self._go_on(request, await self.into(person.id, person.generation, request))

    def _go_on(self, request: Request, cookie: str) -> Response:
        """Back to the page that asked, by GET: a password is never sent again by a reload."""
        answer = RedirectResponse(_again(request), 303)
        self.cookies.set(answer, cookie)
        return answer


def _again(request: Request) -> str:
    """The very page, path and query alone: never another host's."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
