"""Media types of questions and answers (GraphQL over HTTP; RFC 9110, 12.5.1 and 15.5.16)."""

from __future__ import annotations

import pytest

from hub.kit.errors import NotAcceptable, UnsupportedMedia
from hub.web.negotiate import JSON, RESPONSE, Media, answer_media, refuse_unreadable


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/graphql-response+json", RESPONSE),
        ("Application/GraphQL-Response+JSON", RESPONSE),
        ("application/graphql-response+json; charset=utf-8", RESPONSE),
        ("application/graphql-response+json, application/json;q=0.9", RESPONSE),
        ("application/json, application/graphql-response+json", RESPONSE),
        ("application/json, application/graphql-response+json;q=0.5", JSON),
        ("application/graphql-response+json, */*", RESPONSE),
        ("application/json, */*;q=0.1", JSON),
        ("application/json;q=0, */*", RESPONSE),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        ("application/graphql-response+json;q=0, application/json;q=0.001", JSON),
    ],
)
def test_accept_chooses_the_most_welcome(accept: str | None, media: Media) -> None:
    assert answer_media(None if accept is None else accept.encode()) is media


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/xml, text/*",
        "application/json;q=0",
        "application/json;q=0, application/graphql-response+json;q=0.0",
        "*/*;q=0",
        "application/json;charset=gbk",
        "application/json;q=none",
        "application/json;q=7",
    ],
)
def test_accept_without_a_type_of_ours_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        answer_media(accept.encode())


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json; charset="UTF-8"',
        "application/json;profile=x",
    ],
)
def test_json_in_utf8_is_read(content_type: str) -> None:
    refuse_unreadable(content_type.encode(), None)


@pytest.mark.parametrize(
    ("content_type", "coding"),
    [
        (None, None),
        ("", None),
        ("text/plain", None),
        ("application/x-www-form-urlencoded", None),
        ("multipart/form-data; boundary=x", None),
        ("application/graphql", None),
        ("application/json; charset=utf-16", None),
        ("application/json; charset=gb18030", None),
        ("application/json", "gzip"),
    ],
)
def test_other_bodies_are_refused(content_type: str | None, coding: str | None) -> None:
    with pytest.raises(UnsupportedMedia):
        refuse_unreadable(
            None if content_type is None else content_type.encode(),
            None if coding is None else coding.encode(),
        )
