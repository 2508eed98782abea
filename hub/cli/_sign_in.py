"""How `hub clients token` gets a person's token: through the pages, as her browser would.

Of a demo client that signs people in the file has her user name and password. The command is the
app and the browser in one: it follows the forms, and ends with the code.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from html.parser import HTMLParser
from http.client import HTTPResponse
from http.cookies import SimpleCookie
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request

from hub.cli import _http
from hub.identity.browser.cookies import FORM_TOKEN
from hub.identity.endpoints.metadata import AUTHORIZATION_PATH
from hub.kit.errors import BadUserInput

MOST_STEPS = 6


class Refused(Exception):
    """The hub sent the app an error instead of a code."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")


def code_for(url: str, entry: dict[str, Any], asked: dict[str, str]) -> dict[str, str]:
    """What the token endpoint wants to see after the person of a demo client signed in and agreed.

    `url` is where the hub is reached. Refused, or BadUserInput when she cannot sign in.
    """
    verifier = secrets.token_urlsafe(32)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    redirect_uri = entry["redirect_uris"][0]
    query = {
        "response_type": "code",
        "client_id": entry["client_id"],
        "redirect_uri": redirect_uri,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **asked,
    }
    answer = _walked(f"{url}{AUTHORIZATION_PATH}?{urlencode(query)}", redirect_uri, entry)
    if "code" not in answer:
        raise Refused(answer.get("error", ""), answer.get("error_description", ""))
    return {"code": answer["code"], "redirect_uri": redirect_uri, "code_verifier": verifier}


def _walked(page: str, redirect_uri: str, entry: dict[str, Any]) -> dict[str, str]:
    """Follow the pages from the first one to the redirect; its parameters."""
    browser = _Browser()
    form: dict[str, str] | None = None
    for _ in range(MOST_STEPS):
        status, location, body = browser.opened(page, form)
        if location is not None and location.startswith(redirect_uri):
            return {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}
        if location is not None:
            form = None
            continue
        fields = _Fields.of(body)
        if FORM_TOKEN not in fields or (status != 200 and "deny" not in fields):
            break
        token = {FORM_TOKEN: fields[FORM_TOKEN]}
        if "password" in fields:
            form = token | {"username": entry["username"], "password": entry["password"]}
        elif "approve" in fields or "deny" in fields:
            form = token | {"approve" if "approve" in fields else "deny": "yes"}
        else:
            break
    raise BadUserInput(
        f"Nobody could be signed in as {entry['username']}.",
        next_step=f"`hub users show {entry['username']}` shows where she stands; "
        f"`hub clients rotate {entry['client_id']}` gives her a new password.",
    )


class _Fields(HTMLParser):
    """Names and values of a page's inputs and buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    @classmethod
    def of(cls, page: str) -> dict[str, str]:
        parser = cls()
        parser.feed(page)
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in ("input", "button") and (name := named.get("name")):
            self.found[name] = named.get("value") or ""


class _Browser:
    """Keeps cookies and follows nothing: the last redirect leads to an app that is not there."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}

    def opened(self, where: str, form: dict[str, str] | None) -> tuple[int, str | None, str]:
        """Status, where it leads, and the page."""
        body = urlencode(form).encode() if form is not None else None
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        request = Request(where, body, {"Cookie": cookies} if cookies else {})
        try:
            answer: HTTPResponse | HTTPError = _http.asked(request, follow=False)
        except HTTPError as error:
            answer = error
        with answer:
            for header in answer.headers.get_all("Set-Cookie", []):
                self._cookies.update(
                    {name: one.value for name, one in SimpleCookie(header).items()}
                )
            return answer.status or 0, answer.headers.get("Location"), answer.read().decode()
