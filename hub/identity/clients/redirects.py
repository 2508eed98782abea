"""Where a browser may be sent back to: registered in full, compared as strings (RFC 9700, 2.1).

One exception stands in RFC 8252, 7.3: an app on the person's own machine listens on whatever port
is free. It registers its loopback address without a port, and then any port is right.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from hub.kit.errors import BadUserInput

LOOPBACK = ("127.0.0.1", "::1")
LONGEST = 512


def check_redirect(uri: str) -> None:
    """Refuse an address to which no code should ever travel."""
    parts = _split(uri)
    if parts is None or parts.fragment or "#" in uri or parts.username is not None:
        raise BadUserInput(
            f"{uri!r} cannot be a redirect URI.",
            zh=f"{uri!r} 不能作为回调地址",
            next_step="Give an absolute URI without a fragment, such as https://app.example/back.",
        )
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname in (*LOOPBACK, "localhost"):
        return
    raise BadUserInput(
        f"The redirect URI {uri!r} must use https.",
        zh=f"回调地址 {uri!r} 须使用 https",
        next_step="http is for an app on the person's own machine: http://127.0.0.1/back.",
    )


def fits(asked: str, registered: Iterable[str]) -> bool:
    """Whether a browser may be sent there: character for character, a loopback port aside."""
    return any(asked == one or _on_any_port(asked, one) for one in registered)


def origin(uri: str) -> str:
    """Scheme, host and port, as a Content-Security-Policy names them."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _on_any_port(asked: str, registered: str) -> bool:
    here, there = _split(asked), _split(registered)
    if here is None or there is None or there.hostname not in LOOPBACK or there.scheme != "http":
        return False
    if there.port is not None or here.port is None:
        return False
    host, _, _ = here.netloc.rpartition(":")
    return host == there.netloc and asked.replace(here.netloc, host, 1) == registered


def _split(uri: str) -> SplitResult | None:
    if not uri.isascii() or not uri.isprintable() or " " in uri or len(uri) > LONGEST:
        return None
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts
