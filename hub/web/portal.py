"""The start page `/` for developers, and the schema as a file at `/schema.graphql`.

The page is made on the server, in Chinese or English, without a script and without anything from
elsewhere: a city's intranet has nothing else. Its policy allows its own style sheet, by hash.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from hub.identity.tokens.verify import Verifier
from hub.kit.errors import Unauthenticated
from hub.kit.language import preferred
from hub.settings import Settings
from hub.web.texts import CHINESE, ENDPOINTS, ENGLISH

PAGE = Template((Path(__file__).parent / "portal.html").read_text(encoding="utf-8"))

STYLE = """
:root { color-scheme: light dark; --line: #8884; --link: light-dark(#0b57d0, #8ab4f8) }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1.5rem }
h1 { font-size: 1.7rem; margin: .2rem 0 } h2 { font-size: 1.15rem; margin: 2rem 0 .3rem }
.lead { font-size: 1.05rem } .other { float: right; margin: 0 } a { color: var(--link) }
pre { border: 1px solid var(--line); border-radius: .4rem; padding: .8rem; overflow-x: auto }
code { font: .9rem/1.5 ui-monospace, monospace }
dt { margin-top: .6rem } dd { margin: 0 0 0 1rem }
"""

STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class Portal:
    """`/`: what the hub is, how to get a token, a first query, what else is served."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._rendered = cache(self._render)

    async def page(self, request: Request) -> Response:
        language = request.query_params.get("lang")
        if language not in {"en", "zh"}:
            language = preferred(request.headers.get("accept-language", ""))
        return HTMLResponse(
            self._rendered(language),
            headers={
                "Content-Language": language,
                "Content-Security-Policy": POLICY,
                "Vary": "Accept-Language",
            },
        )

    def _render(self, language: str) -> str:
        texts = CHINESE if language == "zh" else ENGLISH
        shown = {name: escape(text) for name, text in texts.items()}
        if self.settings.demo:
            command = "<pre><code>TOKEN=$(./run hub clients token suzhou)</code></pre>"
            shown["token_demo"] = f"<p>{shown['token_demo']}</p>\n{command}"
        else:
            shown["token_demo"] = ""
        return PAGE.substitute(
            shown,
            style=STYLE,
            issuer=escape(self.settings.issuer),
            endpoints="\n".join(
                _endpoint(path, linked, zh if language == "zh" else en)
                for path, linked, en, zh in ENDPOINTS
            ),
        )


def _endpoint(path: str, linked: bool, text: str) -> str:
    shown = f'<a href="{path}"><code>{path}</code></a>' if linked else f"<code>{path}</code>"
    return f"<dt>{shown}</dt>\n<dd>{escape(text)}</dd>"


class SchemaFile:
    """`/schema.graphql`: open to whom introspection is open (`HUB_INTROSPECTION_OPEN`)."""

    def __init__(self, sdl: str, verifier: Verifier, is_open: bool) -> None:
        self.sdl = sdl
        self.verifier = verifier
        self.is_open = is_open

    async def file(self, request: Request) -> Response:
        if not self.is_open:
            grant = await self.verifier.grant(request.headers.get("authorization"))
            if grant is None:
                raise Unauthenticated("The schema is shown to registered clients only.")
        return PlainTextResponse(self.sdl, media_type="application/graphql")
