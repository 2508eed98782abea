"""What is a well-formed request, and how one that is not is told (GraphQL over HTTP, "Request")."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.web.conftest import Hub

TYPENAME = "{ __typename }"
ANSWER = {"data": {"__typename": "Query"}}
MODERN = {"Accept": "application/graphql-response+json"}
JSON = {"Content-Type": "application/json"}


def code_of(response: httpx.Response) -> str:
    """The code of the one error, which says in both languages what is wrong and what to do."""
    body = response.json()
    assert list(body) == ["errors"]
    [error] = body["errors"]
    assert error["message"]
    assert error["extensions"]["messageZh"]
    assert error["extensions"]["nextStep"]
    code: str = error["extensions"]["code"]
    return code


async def test_post_and_get_give_the_same_answer(http: httpx.AsyncClient) -> None:
    posted = await http.post("/graphql", json={"query": TYPENAME})
    got = await http.get("/graphql", params={"query": TYPENAME})

    assert posted.json() == got.json() == ANSWER
    assert posted.headers["content-type"] == "application/json; charset=utf-8"
    assert posted.headers["cache-control"] == "no-store"
    assert posted.headers["vary"] == "Accept, Hub-Purpose"
    assert posted.headers["x-content-type-options"] == "nosniff"


async def test_head_has_the_headers_of_get_alone(http: httpx.AsyncClient) -> None:
    response = await http.head("/graphql", params={"query": TYPENAME})

    assert response.status_code == 200
    assert response.content == b""
    assert response.headers["content-length"] == str(len('{"data":{"__typename":"Query"}}'))


async def test_options_names_the_methods(http: httpx.AsyncClient) -> None:
    response = await http.options("/graphql")

    assert response.status_code == 204
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert "content-length" not in response.headers
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "QUERY"])
async def test_other_methods_are_refused(http: httpx.AsyncClient, method: str) -> None:
    response = await http.request(method, "/graphql")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert code_of(response) == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("parameter", ["operationName", "variables", "extensions"])
async def test_null_and_empty_parameters_count_as_absent(
    http: httpx.AsyncClient, parameter: str
) -> None:
    posted = await http.post("/graphql", json={"query": TYPENAME, parameter: None})
    got = await http.get("/graphql", params={"query": TYPENAME, parameter: ""})

    assert posted.json() == got.json() == ANSWER


async def test_unknown_parameters_are_ignored(http: httpx.AsyncClient) -> None:
    posted = await http.post("/graphql", json={"query": TYPENAME, "doc": [1]})
    got = await http.get("/graphql?doc=1&doc=2", params={"query": TYPENAME, "x": "y"})

    assert posted.json() == got.json() == ANSWER


async def test_repeated_keys_of_json_take_the_last(http: httpx.AsyncClient) -> None:
    body = b'{"query": "{ nothing }", "query": "{ __typename }"}'

    assert (await http.post("/graphql", content=body, headers=JSON)).json() == ANSWER


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"query": None},
        {"query": 1},
        {"query": ["{ __typename }"]},
        {"qeury": TYPENAME},
        {"query": TYPENAME, "variables": "{}"},
        {"query": TYPENAME, "variables": []},
        {"query": TYPENAME, "extensions": True},
        {"query": TYPENAME, "operationName": 7},
        "{ __typename }",
        None,
        7,
    ],
)
async def test_wrong_parameters_are_400_in_both_media_types(
    http: httpx.AsyncClient, sent: Any
) -> None:
    for headers in ({}, MODERN):
        response = await http.post(
            "/graphql", content=json.dumps(sent), headers={**JSON, **headers}
        )

        assert response.status_code == 400
        assert code_of(response) == "BAD_USER_INPUT"


@pytest.mark.parametrize("batch", [[], [{"query": TYPENAME}], [{"query": TYPENAME}] * 2])
async def test_batches_are_refused(http: httpx.AsyncClient, batch: list[Any]) -> None:
    response = await http.post("/graphql", json=batch)

    assert response.status_code == 400
    assert code_of(response) == "BAD_USER_INPUT"
    assert "Batching is off" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"query": "{ __typename }"',
        b"\xef\xbb\xbf{}",
        b'{"query": "\xff"}',
        b'{"query": "{ __typename }", "variables": {"x": NaN}}',
        b'{"query": "\\ud800"}',
        b'{"query": "{ __typename }", "variables": {"\\udc00": 1}}',
        b'{"query": "a\x00b"}',
        b"[" * 5000 + b"]" * 5000,
        '{"query": "{ __typename }"}'.encode("utf-16"),
    ],
)
async def test_what_is_not_json_is_400(http: httpx.AsyncClient, body: bytes) -> None:
    response = await http.post("/graphql", content=body, headers=JSON)

    assert response.status_code == 400
    assert code_of(response) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "body",
    [
        r'{"query": "{ \u0000 __typename }"}',
        r'{"query": "{ park(id: \"\\u0000\") { id } }"}',
        r'{"query": "{ park(id: \"\\u{000}\") { id } }"}',
        r'{"query": "{ __typename }", "operationName": "\u0000"}',
        r'{"query": "{ __typename }", "variables": {"a": [{"b": "x\u0000"}]}}',
        r'{"query": "{ __typename }", "variables": {"a\u0000": 1}}',
        r'{"query": "{ __typename }", "extensions": {"a": ["\u0000"]}}',
    ],
)
async def test_the_character_nul_is_refused_anywhere(http: httpx.AsyncClient, body: str) -> None:
    response = await http.post("/graphql", content=body, headers=JSON)

    assert response.status_code == 400
    assert "NUL" in response.json()["errors"][0]["message"]


async def test_a_backslash_before_u0000_is_text_and_no_nul(http: httpx.AsyncClient) -> None:
    body = r'{"query": "{ __typename }", "variables": {"a": "\\u0000"}}'

    assert (await http.post("/graphql", content=body, headers=JSON)).json() == ANSWER


@pytest.mark.parametrize(
    "query",
    [
        "",
        "query=",
        "query=%7B__typename%7D&query=%7B__typename%7D",
        "query=%00",
        "query=%ED%A0%80",
        "query=%FF",
        "query=%7B__typename%7D&variables=%7B",
        "query=%7B__typename%7D&variables=%5B%5D",
        "query=%7B__typename%7D&variables=%7B%22a%22:%22%5Cu0000%22%7D",
        "query=%7B__typename%7D&extensions=1",
        "query=%7B__typename%7D&operationName=%00",
    ],
)
async def test_wrong_query_strings_are_400(http: httpx.AsyncClient, query: str) -> None:
    response = await http.get(f"/graphql?{query}")

    assert response.status_code == 400
    assert code_of(response) == "BAD_USER_INPUT"


async def test_a_body_in_another_media_type_is_415(http: httpx.AsyncClient) -> None:
    form = await http.post("/graphql", data={"query": TYPENAME})
    plain = await http.post(
        "/graphql", content="{}", headers={"Content-Type": "application/json; charset=latin1"}
    )

    assert form.status_code == plain.status_code == 415
    assert form.headers["accept"] == "application/json"
    assert code_of(form) == "UNSUPPORTED_MEDIA_TYPE"


async def test_an_answer_in_another_media_type_is_406(http: httpx.AsyncClient) -> None:
    response = await http.post(
        "/graphql", json={"query": TYPENAME}, headers={"Accept": "text/html"}
    )

    assert response.status_code == 406
    assert code_of(response) == "NOT_ACCEPTABLE"


async def test_a_token_in_query_or_body_is_no_token(http: httpx.AsyncClient, hub: Hub) -> None:
    parks = "{ parks(first: 1) { edges { node { id } } } }"
    token = hub.headers["Authorization"].removeprefix("Bearer ")
    posted = await http.post("/graphql", json={"query": parks, "access_token": token})
    got = await http.get("/graphql", params={"query": parks, "access_token": token})

    assert posted.status_code == got.status_code == 401


async def test_two_authorization_headers_are_refused(http: httpx.AsyncClient, hub: Hub) -> None:
    token = hub.headers["Authorization"]
    response = await http.post(
        "/graphql",
        json={"query": TYPENAME},
        headers=[("Authorization", token), ("Authorization", token)],
    )

    assert response.status_code == 400
    assert code_of(response) == "BAD_USER_INPUT"
