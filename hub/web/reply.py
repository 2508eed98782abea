"""An answer as it goes out: status, headers, bytes; and errors made into one.

Every error that the hub shows has the shape of a GraphQL response, on every path:
`{"errors": [{"message", "extensions": {"code", "messageZh", "nextStep", ...}}]}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

import orjson
import structlog
from starlette.types import Send

from hub.engine import RequestErrors
from hub.identity.tokens.challenge import challenges
from hub.kit.db import translate
from hub.kit.errors import (
    Forbidden,
    HubError,
    MethodNotAllowed,
    QueryTooCostly,
    Refusal,
    Timeout,
    TooSlow,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from hub.web.logs import place
from hub.web.negotiate import JSON, Media

RETRY_AFTER_SECONDS = 2

Header = tuple[bytes, bytes]

log = structlog.get_logger("hub.web")


class Reply(NamedTuple):
    """One whole answer."""

    status: int
    body: bytes
    headers: Sequence[Header] = ()
    media: Media = JSON

    async def send(self, send: Send) -> None:
        headers = [
            (b"content-type", self.media.content_type),
            (b"content-length", b"%d" % len(self.body)),
            (b"cache-control", b"no-store"),
            (b"vary", b"Accept, Hub-Purpose"),
            (b"x-content-type-options", b"nosniff"),
            *self.headers,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class Refusals:
    """Makes a reply of whatever was raised; what is not ours to tell becomes INTERNAL."""

    def __init__(self, issuer: str, *, log_messages: bool) -> None:
        self.issuer = issuer
        self.log_messages = log_messages

    def reply(self, error: Exception, media: Media = JSON, *, well_formed: bool = False) -> Reply:
        """The reply to a request that ended in `error`.

        `well_formed` says that the request was handed to the engine: what a legacy client is then
        told about its operation goes out with 200 (see `Media`).
        """
        told = self._told(error)
        errors = (
            told.errors
            if isinstance(told, RequestErrors)
            else [{"message": told.message, "extensions": told.extensions()}]
        )
        status, headers = told.status, list(_headers(told))
        if status in {401, 403}:
            headers += self.challenges(told)
        if well_formed and media.legacy and status in {400, 403}:
            status = 200
        return Reply(status, orjson.dumps({"errors": errors}), headers, media)

    def answered(self, status: int, body: bytes) -> list[Header]:
        """The challenges of an answer whose every root field was refused."""
        if status != 403:
            return self.challenges(Unauthenticated("No token was sent."))
        errors = orjson.loads(body).get("errors", [])
        needs = sorted({scope for error in errors for scope in _scopes(error)})
        return self.challenges(Forbidden("The token lacks a scope.", needs=" ".join(needs)))

    def challenges(self, error: HubError) -> list[Header]:
        return [
            (name.lower().encode(), value.encode("ascii", "replace"))
            for name, value in challenges(self.issuer, error)
        ]

    def _told(self, error: Exception) -> HubError:
        """The error that the caller is told."""
        if isinstance(error, Refusal | Unavailable | Timeout):
            return error
        if isinstance(error, RecursionError):
            return QueryTooCostly("The request is nested too deeply.")
        if (known := translate(error)) is not None:
            log.warning("database", code=known.code, kind=type(error).__name__)
            return known
        return self._masked(error)

    def _masked(self, error: Exception) -> HubError:
        """Log a fault of ours under an id, and tell no more than that id.

        The log has the place, not the sentence: that may quote somebody's data. In demo mode,
        where all persons are made up, it has both.
        """
        error_id = uuid4().hex[:12]
        sentence = {"sentence": str(error)} if self.log_messages else {}
        log.error("fault", error_id=error_id, **place(error), **sentence)
        return HubError("The hub failed to answer.", errorId=error_id)


def _headers(error: HubError) -> Iterable[Header]:
    """Headers that belong to a status (RFC 9110)."""
    match error:
        case Unavailable():
            yield b"retry-after", b"%d" % RETRY_AFTER_SECONDS
        case MethodNotAllowed():
            yield b"allow", ", ".join(error.details.get("allow", ["POST"])).encode()
        case UnsupportedMedia():
            yield b"accept", JSON.name.encode()
            yield b"accept-encoding", b"identity"
        case TooSlow():
            yield b"connection", b"close"


SCOPE_TOKEN = re.compile(r"[a-z]+:[a-z]+(?:\.[a-z]+)?")


def _scopes(error: dict[str, Any]) -> list[str]:
    """The scopes among what a GraphQL error says is needed."""
    return SCOPE_TOKEN.findall(str(error.get("extensions", {}).get("needs", "")))
