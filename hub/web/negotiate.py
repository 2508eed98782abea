"""Which media types a request is written in and wants to be answered in.

The names are those of GraphQL over HTTP, section "Media Types"; the rules of preference are those
of RFC 9110, 12.5.1. Both functions are called for every request with a handful of distinct headers,
so their verdicts are remembered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from hub.kit.errors import NotAcceptable, UnsupportedMedia


@dataclass(frozen=True)
class Media:
    """A media type of an answer.

    `legacy` types cannot be told from an intermediary's answer unless the status is 200, so a
    well-formed request is answered 200 whatever became of its operation.
    """

    name: str
    legacy: bool

    @cached_property
    def content_type(self) -> bytes:
        return f"{self.name}; charset=utf-8".encode()


RESPONSE = Media("application/graphql-response+json", legacy=False)
JSON = Media("application/json", legacy=True)


@lru_cache(maxsize=256)
def answer_media(accept: bytes | None) -> Media:
    """The media type to answer in; who names none, or only wildcards, is taken for a legacy client.

    Of two that are equally welcome, the one that carries its own meaning is preferred.
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = list(_ranges(accept.decode("latin-1")))
    json, _ = _weight(JSON, ranges)
    response, named = _weight(RESPONSE, ranges)
    if json == response == 0:
        raise NotAcceptable(
            "The hub answers in application/graphql-response+json or application/json."
        )
    return RESPONSE if response > json or (response == json and named) else JSON


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Each media range with its weight; a range that is not understood is left out."""
    for element in accept.split(","):
        name, *parameters = (part.strip().lower() for part in element.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                weight = _quality(value.strip())
            elif key.strip() == "charset" and not _is_utf8(value):
                weight = 0.0
        if name:
            yield name, weight


def _quality(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0


def _weight(media: Media, ranges: list[tuple[str, float]]) -> tuple[float, bool]:
    """How welcome a type is, by the most specific range that covers it; and whether by name."""
    for pattern in (media.name, "application/*", "*/*"):
        weights = [weight for name, weight in ranges if name == pattern]
        if weights:
            return max(weights), pattern == media.name
    return 0.0, False


@lru_cache(maxsize=256)
def refuse_unreadable(content_type: bytes | None, content_encoding: bytes | None) -> None:
    """Refuse a body that is not JSON in UTF-8, or is compressed (RFC 9110, 15.5.16).

    Forms and plain text, which a browser sends to any site without asking it first, are among what
    is refused: that closes the door to cross-site requests.
    """
    if content_encoding and content_encoding.strip().lower() != b"identity":
        raise UnsupportedMedia("The hub does not read compressed request bodies.")
    if content_type is None:
        raise UnsupportedMedia("The request names no Content-Type.")
    name, *parameters = (part.strip() for part in content_type.decode("latin-1").split(";"))
    if name.lower() != JSON.name:
        raise UnsupportedMedia("The hub reads request bodies in application/json only.")
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "charset" and not _is_utf8(value):
            raise UnsupportedMedia("The hub reads request bodies in UTF-8 only.")


def _is_utf8(charset: str) -> bool:
    return charset.strip().strip('"').lower() in {"utf-8", "utf8"}
