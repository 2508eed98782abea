"""How a page is made: on the server, in Chinese or English, without a script.

The policy of each page allows its own style sheet by hash, forms to this hub, and nothing else. A
page whose form ends at an app must name the app's origin too, since browsers hold `form-action`
against the redirect that follows.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from hub.identity.browser.texts import TEXTS
from hub.kit.language import preferred

FOLDER = Path(__file__).parent / "templates"
STYLE = (FOLDER / "style.css").read_text(encoding="utf-8")
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()

_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def language_of(request: Request) -> str:
    """`zh` or `en`: what the address asks for (`ui_locales`, OIDC), else what the browser does."""
    for tag in request.query_params.get("ui_locales", "").split():
        primary = tag.lower().partition("-")[0]
        if primary in TEXTS:
            return primary
    return preferred(request.headers.get("accept-language", ""))


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    leads_to: str | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page from a template; `leads_to` is the origin of an app at which its form may end."""
    language = language_of(request)
    other = "en" if language == "zh" else "zh"
    body = _TEMPLATES.get_template(template).render(
        language=language,
        t=TEXTS[language],
        style=Markup(STYLE),
        here=_here(request),
        elsewhere=_here(request, ui_locales=other),
        other=TEXTS[other]["language"],
        **values,
    )
    targets = "'self'" if leads_to is None else f"'self' {leads_to}"
    return HTMLResponse(
        body,
        status_code=status,
        headers={
            "Content-Language": language,
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; "
            f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'",
            "X-Frame-Options": "DENY",
            "Cache-Control": "no-store",
            "Vary": "Accept-Language, Cookie",
            "Referrer-Policy": "no-referrer",
        },
    )


def _here(request: Request, **changes: str) -> str:
    """The page's own address, path and query, as its form and its language link name it."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name not in changes]
    query = urlencode([*kept, *changes.items()])
    return request.url.path + (f"?{query}" if query else "")
