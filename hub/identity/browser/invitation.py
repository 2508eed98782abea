"""`/account/invitation/<link>`: a person chooses her password, and takes a second factor.

The link is good until it is used: a wrong code or a password that is too easy loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response

from hub.identity.browser.enrolment import Enrolment
from hub.identity.browser.forms import problem, sent, shown
from hub.identity.browser.pages import language_of, page
from hub.identity.browser.sign_in import SignIn
from hub.identity.browser.texts import TEXTS
from hub.identity.people import changes, invitations, registry
from hub.identity.people import password as passwords
from hub.identity.people.person import Person
from hub.identity.people.roles import Role
from hub.kit.user_errors import Invalid

log = structlog.get_logger(__name__)


class InvitationPage:
    """Serves one-time links."""

    def __init__(self, engine: AsyncEngine, sign_in: SignIn, enrolment: Enrolment) -> None:
        self._engine, self._sign_in, self._enrolment = engine, sign_in, enrolment

    async def answer(self, request: Request) -> Response:
        """Either method."""
        return await shown(request, self._answered(request))

    async def _answered(self, request: Request) -> Response:
        link = request.path_params["link"]
        found = await invitations.person_of(self._engine, link)
        person = await registry.by_id(self._engine, found) if found is not None else None
        if person is None:
            return problem(request, "link_over", status=404)
        if request.method != "POST":
            return self._page(request, person)
        form = await sent(request, self._sign_in.cookies)
        return await self._chosen(request, person, link, form)

    async def _chosen(
        self, request: Request, person: Person, link: str, form: Mapping[str, str]
    ) -> Response:
        texts = TEXTS[language_of(request)]
        if form.get("password", "") != form.get("again"):
            return self._page(request, person, texts["not_the_same"])
        values = {}
        if _enrols(person):
            factor = self._enrolment.taken(person, form)
            if factor is None:
                return self._page(request, person, texts["wrong_code"])
            values = factor
        try:
            kept = passwords.hashed(form["password"], person.username)
            async with registry.herself(self._engine, person, "choosePassword") as (work, row):
                if await invitations.use(work, link) is None:
                    return problem(request, "link_over", status=404)
                if not await changes.choose_password(work, row, kept, **values):
                    return problem(request, "link_over", status=404)
        except Invalid as error:
            message = error.zh if language_of(request) == "zh" else error.message
            return self._page(request, person, message)
        log.info("invitation.used", sub=person.sub)
        return page(
            request,
            "done.html",
            title=texts["password_set"],
            sentence=texts["password_set_text"],
            link="/account",
            link_text=texts["to_account"],
        )

    def _page(self, request: Request, person: Person, problem: str | None = None) -> Response:
        cookie = self._sign_in.cookies.ensured(request)
        answer = page(
            request,
            "invitation.html",
            status=200 if problem is None else 400,
            form_token=self._sign_in.cookies.form_token(cookie),
            username=person.username,
            problem=problem,
            enrol=self._enrolment.offer(person) if _enrols(person) else None,
        )
        self._sign_in.cookies.set(answer, cookie)
        return answer


def _enrols(person: Person) -> bool:
    """Whether a password alone is not enough: a factor that she has already stays."""
    return Role(person.role).rights.second_factor and person.totp_secret is None
