"""`/account`: who acts for me, my password, my second factor, signing out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response

from hub.identity.browser.enrolment import Enrolment
from hub.identity.browser.forms import sent, shown
from hub.identity.browser.pages import language_of, page
from hub.identity.browser.sign_in import SignIn
from hub.identity.browser.texts import TEXTS
from hub.identity.grants import families
from hub.identity.people import changes, registry
from hub.identity.people import password as passwords
from hub.identity.people.person import Person
from hub.identity.people.roles import Role
from hub.kit.db import translated
from hub.kit.user_errors import Invalid

PATH = "/account"

log = structlog.get_logger(__name__)


class AccountPage:
    """A person's own page."""

    def __init__(self, engine: AsyncEngine, sign_in: SignIn, enrolment: Enrolment) -> None:
        self._engine, self._sign_in, self._enrolment = engine, sign_in, enrolment

    async def answer(self, request: Request) -> Response:
        """Either method."""
        return await shown(request, self._answered(request))

    async def _answered(self, request: Request) -> Response:
        form = await sent(request, self._sign_in.cookies) if request.method == "POST" else {}
        person = await self._sign_in.person(request)
        if form and ("sign_out" in form and person is not None):
            return await self._signed_out(request, "signed_out_text")
        if form and person is None and (answer := await self._sign_in.answered(request, form)):
            return answer
        if person is None:
            return await self._sign_in.ask(request)
        if "revoke" in form:
            await self._revoke(person, form["revoke"])
            return await self._page(request, person, done="revoked")
        if "change" in form:
            return await self._change_password(request, person, form)
        if "enrol" in form:
            return await self._enrol(request, person, form)
        if "sign_out_everywhere" in form:
            await self._end_all(person)
            return await self._signed_out(request, "signed_out_everywhere")
        return await self._page(request, person)

    async def _page(
        self,
        request: Request,
        person: Person,
        *,
        done: str | None = None,
        problem: str | None = None,
        cookie: str | None = None,
    ) -> Response:
        language = language_of(request)
        texts = TEXTS[language]
        role = Role(person.role)
        cookie = cookie or self._sign_in.cookies.ensured(request)
        answer = page(
            request,
            "account.html",
            status=200 if problem is None else 400,
            form_token=self._sign_in.cookies.form_token(cookie),
            username=person.username,
            role=role.zh if language == "zh" else role.doc.rstrip("."),
            apps=await self._apps(person, language),
            second_factor=person.totp_secret is not None,
            enrol=None if person.totp_secret else self._enrolment.offer(person),
            done=texts[done] if done else None,
            problem=texts.get(problem, problem) if problem else None,
        )
        self._sign_in.cookies.set(answer, cookie)
        return answer

    async def _apps(self, person: Person, language: str) -> list[dict[str, Any]]:
        with translated():
            async with self._engine.connect() as connection:
                return [
                    {
                        "family": app.id,
                        "name": app.name_zh if language == "zh" else app.name_en,
                        "since": f"{app.created_at:%Y-%m-%d}",
                        "scopes": app.scopes,
                    }
                    for app in await families.in_force(connection, person.id)
                ]

    async def _revoke(self, person: Person, family: str) -> None:
        try:
            key = UUID(family)
        except ValueError:
            return
        with translated():
            async with self._engine.begin() as connection:
                await families.revoke(connection, key, of_person=person.id)
        log.info("family.revoked", sub=person.sub, family=str(key))

    async def _change_password(
        self, request: Request, person: Person, form: Mapping[str, str]
    ) -> Response:
        if not await self._sign_in.holds(request, person, form.get("current", "")):
            return await self._page(request, person, problem="wrong_password")
        try:
            kept = passwords.hashed(form.get("password", ""), person.username)
            async with registry.herself(self._engine, person, "changePassword") as (work, row):
                await changes.choose_password(work, row, kept)
        except Invalid as error:
            chinese = language_of(request) == "zh"
            return await self._page(request, person, problem=error.zh if chinese else error.message)
        log.info("password.changed", sub=person.sub)
        cookie = await self._sign_in.into(person.id, person.generation + 1, request)
        fresh = await registry.by_id(self._engine, person.id)
        return await self._page(request, fresh or person, done="password_changed", cookie=cookie)

    async def _enrol(self, request: Request, person: Person, form: Mapping[str, str]) -> Response:
        factor = None if person.totp_secret else self._enrolment.taken(person, form)
        if factor is None:
            return await self._page(request, person, problem="wrong_code")
        async with registry.herself(self._engine, person, "takeSecondFactor") as (work, row):
            await changes.take_factor(work, row, factor)
        log.info("second_factor.added", sub=person.sub)
        fresh = await registry.by_id(self._engine, person.id)
        return await self._page(request, fresh or person, done="second_factor_added")

    async def _end_all(self, person: Person) -> None:
        """Every session and every token ends with the generation."""
        async with registry.herself(self._engine, person, "signOutEverywhere") as (work, row):
            await changes.end_everything(work, row)
        log.info("sign_out.everywhere", sub=person.sub)

    async def _signed_out(self, request: Request, sentence: str) -> Response:
        texts = TEXTS[language_of(request)]
        answer = page(
            request,
            "done.html",
            title=texts["signed_out"],
            sentence=texts[sentence],
            link=PATH,
            link_text=texts["sign_in_again"],
        )
        return await self._sign_in.out(request, answer)
