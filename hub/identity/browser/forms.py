"""How a page's form is read: strictly, and only when a page of ours sent it."""

from __future__ import annotations

from collections.abc import Awaitable

import structlog
from starlette.requests import Request
from starlette.responses import Response

from hub.identity.browser.cookies import FORM_TOKEN, Cookies
from hub.identity.browser.pages import language_of, page
from hub.identity.browser.texts import TEXTS
from hub.identity.endpoints.form import read_form
from hub.identity.errors import Busy, OAuthError
from hub.kit.errors import HubError

log = structlog.get_logger(__name__)


class Stale(Exception):
    """The form is not from a page that this browser was shown."""


async def sent(request: Request, cookies: Cookies) -> dict[str, str]:
    """The fields of a form that a page of ours sent; Stale when it was not."""
    form = await read_form(request, query=True)
    if not cookies.sent_by_us(request, form.pop(FORM_TOKEN, None)):
        raise Stale
    return form


async def shown(request: Request, work: Awaitable[Response]) -> Response:
    """What the work answers, or a page that says why it cannot go on."""
    try:
        return await work
    except Stale:
        return problem(request, "stale_form", status=403, next_step="bad_request_next")
    except Busy as error:
        text = "too_many" if error.status == 429 else "busy"
        answer = problem(request, text, status=error.status, next_step="unavailable_next")
        answer.headers.update(error.headers())
        return answer
    except OAuthError as error:
        log.info("page.refused", error=error.error, description=error.description)
        return problem(request, "bad_request", status=400, detail=str(error))
    except HubError as error:
        log.warning("page.unavailable", error=error.message)
        return problem(request, "unavailable", status=503)


def problem(
    request: Request,
    name: str,
    *,
    status: int,
    next_step: str | None = None,
    detail: str | None = None,
) -> Response:
    """A page that says what went wrong and what to do; never a redirect."""
    texts = TEXTS[language_of(request)]
    return page(
        request,
        "problem.html",
        status=status,
        title=texts["cannot_go_on"],
        sentence=texts[name],
        next_step=texts[next_step or f"{name}_next"],
        detail=detail,
    )
