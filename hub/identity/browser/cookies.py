"""The one cookie, and the token in each form that shows that a page of ours sent it.

Over https the cookie has the prefix `__Host-`: it is for this host alone, and no neighbour under
the same domain can plant one (RFC 6265bis, 4.1.3.2). Over plain http, which is for the machine
itself, clients do not send such a cookie back, and it goes without.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from hub.identity.people.sessions import new_cookie

FORM_TOKEN = "form_token"


class Cookies:
    """Reads and sets the cookie; `secrets` are what all workers share, the newest first."""

    def __init__(self, issuer: str, secrets: Callable[[], Sequence[bytes]]) -> None:
        self.secure = issuer.startswith("https:")
        self.name = "__Host-hub-session" if self.secure else "hub-session"
        self._secrets = secrets

    def of(self, request: Request) -> str | None:
        """The cookie that a browser sent."""
        return request.cookies.get(self.name) or None

    def ensured(self, request: Request) -> str:
        """The browser's cookie, or a new one that nobody is signed in with."""
        return self.of(request) or new_cookie()

    def set(self, response: Response, cookie: str) -> None:
        """Have the browser keep it until it is closed; the hub forgets it before (`sessions`)."""
        response.set_cookie(
            self.name, cookie, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def clear(self, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(
            self.name, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def form_token(self, cookie: str) -> str:
        """What a form carries: only who can read our page for this browser knows it."""
        return _token(self._secrets()[0], cookie)

    def sent_by_us(self, request: Request, form_token: str | None) -> bool:
        """Whether a form was on a page of ours in this browser, and was sent from there."""
        cookie = self.of(request)
        if cookie is None or form_token is None:
            return False
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        given = form_token.encode()
        return any(
            hmac.compare_digest(_token(secret, cookie).encode(), given)
            for secret in self._secrets()
        )


def _token(secret: bytes, cookie: str) -> str:
    digest = hmac.digest(secret, b"form " + cookie.encode("utf-8", "replace"), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
