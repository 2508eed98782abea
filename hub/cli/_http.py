"""Asking the hub of this machine over HTTP, straight and past every proxy.

Its address is 127.0.0.1 or one of this machine's own. A proxy that HTTP_PROXY names is meant for
the world outside: it would look for the hub on itself, and be shown the client's credentials.
"""

from __future__ import annotations

from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from hub.settings import Settings


class _Stay(HTTPRedirectHandler):
    """Follows nothing, so that a redirect is an answer like others."""

    def redirect_request(self, *_: Any) -> None:
        return None


_straight = build_opener(ProxyHandler({}))
_staying = build_opener(ProxyHandler({}), _Stay())


def asked(request: Request | str, *, seconds: float = 10, follow: bool = True) -> HTTPResponse:
    """The answer; URLError, of which HTTPError is one, HTTPException or OSError without one.

    Where redirects are not to be followed, one is an HTTPError.
    """
    opener = _straight if follow else _staying
    answer: HTTPResponse = opener.open(request, timeout=seconds)
    return answer


def answers(url: str) -> bool:
    """Whether the hub there says that it is ready to serve."""
    try:
        with asked(f"{url}/readyz", seconds=5) as answer:
            return answer.status == 200
    except (URLError, HTTPException, OSError):
        return False


def local_url(settings: Settings) -> str:
    """Where this machine reaches the hub, whatever its public name is."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}"
