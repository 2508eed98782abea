"""One small JSON document of another server: within five seconds, 64 KiB, and no redirect.

asyncio connects and checks the certificate, h11 (which uvicorn brings) reads the answer. Nothing
else of HTTP is wanted: no proxy, no cookies, no compression, no connection that is kept. What is
fetched stands in the hub's own registers, written there by its administrators. Names are looked up
by the system, in a few threads: a name server that is silent delays other look-ups too.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

import h11

SECONDS = 5.0
"""For all of it: name, connection, handshake, answer."""

SIZE_LIMIT = 64 * 1024

_URL = re.compile(r"[\x21-\x7e]{1,2048}")
_SECONDS = re.compile(r'"?([0-9]{1,9})"?')
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Unfetched(Exception):
    """The document could not be had; the message says why, and is for the log."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document, and for how many seconds it may be kept, where the server says so."""

    content: Any
    max_age: int | None = None


def is_fetchable(url: str) -> bool:
    """Whether it is an https URL, or http of this machine itself, without user and fragment."""
    try:
        parts = urlsplit(url)
        private = parts.scheme == "https" or (
            parts.scheme == "http" and parts.hostname in _LOOPBACK
        )
        plain = not (parts.fragment or parts.username or parts.password) and parts.port != 0
    except ValueError:
        return False
    return bool(_URL.fullmatch(url) and private and parts.hostname and plain)


async def fetch(url: str) -> Document:
    """The document at a URL that `is_fetchable`; raises Unfetched."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _fetched(urlsplit(url))
    except TimeoutError:
        raise Unfetched(f"no whole answer within {SECONDS:.0f} seconds") from None
    except (OSError, ssl.SSLError, h11.ProtocolError, ValueError, RecursionError) as error:
        raise Unfetched(f"{type(error).__name__}: {error}") from None


async def _fetched(url: SplitResult) -> Document:
    secure = url.scheme == "https"
    trust = await asyncio.to_thread(_trust) if secure else None
    port = url.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(url.hostname, port, ssl=trust)
    try:
        connection = h11.Connection(our_role=h11.CLIENT)
        for event in (_request(url), h11.EndOfMessage()):
            writer.write(connection.send(event) or b"")
        return await _answer(connection, reader)
    finally:
        writer.transport.abort()


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader) -> Document:
    headers: dict[bytes, bytes] = {}
    body = bytearray()
    while True:
        match connection.next_event():
            case h11.NEED_DATA:
                connection.receive_data(await reader.read(16 * 1024))
            case h11.Response() as response:
                headers = dict(response.headers)
                if response.status_code != 200:
                    raise Unfetched(f"the server answers {response.status_code}")
                if headers.get(b"content-encoding", b"identity") != b"identity":
                    raise Unfetched("the answer is compressed, which was not asked for")
            case h11.Data() as part:
                body += part.data
                if len(body) > SIZE_LIMIT:
                    raise Unfetched(f"the answer is longer than {SIZE_LIMIT} bytes")
            case h11.EndOfMessage():
                return Document(json.loads(body.decode("utf-8")), max_age(headers))
            case h11.InformationalResponse():
                continue
            case h11.ConnectionClosed() | h11.PAUSED:
                raise Unfetched("the server closed the connection")


def _request(url: SplitResult) -> h11.Request:
    return h11.Request(
        method="GET",
        target=(url.path or "/") + (f"?{url.query}" if url.query else ""),
        headers=[
            ("Host", url.netloc),
            ("Accept", "application/jwk-set+json, application/json"),
            ("Accept-Encoding", "identity"),
            ("User-Agent", "regional-talent-data-hub"),
            ("Connection", "close"),
        ],
    )


def max_age(headers: dict[bytes, bytes]) -> int | None:
    """Seconds for which an answer may still be kept (RFC 9111, 4.2); None where nothing is said."""
    found = None
    for directive in headers.get(b"cache-control", b"").decode("latin-1").lower().split(","):
        name, _, value = directive.strip().partition("=")
        if name in ("no-store", "no-cache"):
            return 0
        if name == "max-age" and (seconds := _SECONDS.fullmatch(value)):
            found = int(seconds[1])
    age = _SECONDS.fullmatch(headers.get(b"age", b"").decode("latin-1"))
    return found if found is None or age is None else max(0, found - int(age[1]))


@cache
def _trust() -> ssl.SSLContext:
    """This machine's authorities, read once; a city's own is named by SSL_CERT_FILE."""
    return ssl.create_default_context()
