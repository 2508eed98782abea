"""From an HTTP request to a question (GraphQL over HTTP, section "Request").

Whatever is not a well-formed request is refused here, before a token is looked at or a word of the
document is read.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from hub.engine import Question
from hub.kit.errors import BadUserInput, TooLarge, TooSlow, UriTooLong
from hub.web.disconnect import ClientGoneError
from hub.web.negotiate import refuse_unreadable

BODY_SECONDS = 30.0
"""How long the hub waits for the rest of a body whose beginning it has."""

NUL_ESCAPE = re.compile(r"\\u(?:0000|\{0+\})")
PARAMETERS = ("query", "operationName", "variables", "extensions")

Headers = dict[bytes, bytes]


def headers_of(scope: Scope) -> Headers:
    """The request's headers by name; lines of one name are joined (RFC 9110, 5.3).

    Two of `Authorization` are refused: RFC 6750, 2 allows one token in one place.
    """
    lines: list[tuple[bytes, bytes]] = scope["headers"]
    headers = dict(lines)
    if len(headers) != len(lines):
        headers = {}
        for name, value in lines:
            if name == b"authorization" and name in headers:
                raise BadUserInput("The request has more than one Authorization header.")
            headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


async def posted(headers: Headers, receive: Receive, limit: int) -> Question:
    """The question of a POST request."""
    refuse_unreadable(headers.get(b"content-type"), headers.get(b"content-encoding"))
    body = await read_body(headers, receive, limit)
    sent = _json(body, "The request's body")
    if isinstance(sent, list):
        raise BadUserInput(
            "Batching is off: the body must be one request, not a list of requests.",
            next_step="Send the requests one by one, or select several root fields in one.",
        )
    if not isinstance(sent, dict):
        raise BadUserInput("The request's body must be a JSON object with the key `query`.")
    if b"\\u" in body:  # the only way in which JSON can write the character NUL
        _refuse_nul(sent)
    return _question(sent, read_only=False)


def asked(query_string: bytes, limit: int) -> Question:
    """The question of a GET request, in its query string; an empty parameter counts as absent."""
    if len(query_string) > limit:
        raise UriTooLong(f"The query string is longer than {limit} bytes.")
    sent: dict[str, Any] = {}
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise BadUserInput("The query string is not percent-encoded UTF-8.") from None
    for name, value in pairs:
        if name in PARAMETERS:
            if name in sent:
                raise BadUserInput(f"The parameter `{name}` is given more than once.")
            sent[name] = value or None
    for name in ("variables", "extensions"):
        if sent.get(name) is not None:
            sent[name] = _json(sent[name].encode(), f"The parameter `{name}`")
    _refuse_nul(sent)
    return _question(sent, read_only=True)


async def read_body(headers: Headers, receive: Receive, limit: int) -> bytes:
    """The whole body, refused as soon as it is known to be longer than `limit`."""
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    body: bytes = message.get("body", b"")
    if message.get("more_body", False):
        body = await _read_rest(body, receive, limit)
    if len(body) > limit:
        raise _too_large(limit)
    return body


async def _read_rest(first: bytes, receive: Receive, limit: int) -> bytes:
    chunks, size = [first], len(first)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while size <= limit:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGoneError
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        raise TooSlow(f"The body did not arrive within {BODY_SECONDS:.0f} seconds.") from None
    return b"".join(chunks)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The request's body is longer than {limit} bytes.", limit=limit)


def _json(text: bytes, what: str) -> Any:
    """Strict JSON: orjson refuses lone surrogates, NaN, control characters and endless nesting."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}" if text else "it is empty"
        raise BadUserInput(f"{what} is not valid JSON ({place}).") from None


def _question(sent: dict[str, Any], *, read_only: bool) -> Question:
    """The parameters with their types checked; unknown ones are ignored, null counts as absent."""
    document = sent.get("query")
    if not isinstance(document, str):
        raise BadUserInput("The parameter `query` must be a string: the GraphQL document.")
    operation_name = sent.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise BadUserInput("The parameter `operationName` must be a string.")
    return Question(
        document=document,
        operation_name=operation_name,
        variables=_object(sent, "variables"),
        extensions=_object(sent, "extensions"),
        read_only=read_only,
    )


def _object(sent: dict[str, Any], name: str) -> dict[str, Any]:
    value = sent.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadUserInput(f"The parameter `{name}` must be a JSON object.")
    return value


def _refuse_nul(sent: dict[str, Any]) -> None:
    """Refuse the character NUL anywhere, and its escape in the document: PostgreSQL has none."""
    document = sent.get("query")
    if isinstance(document, str) and NUL_ESCAPE.search(document):
        raise _nul()
    pending: list[Any] = [sent]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            if "\0" in value:
                raise _nul()
        elif isinstance(value, dict):
            pending += value
            pending += value.values()
        elif isinstance(value, list):
            pending += value


def _nul() -> BadUserInput:
    return BadUserInput("A string contains the character NUL (U+0000), which cannot be stored.")
