"""Statuses and headers of answers (GraphQL over HTTP, "Status Codes"; RFC 6750, 3; RFC 9728)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.web.conftest import Hub, Start

PARKS = "{ parks(first: 1) { edges { node { id } } } }"
TALENTS = "{ talents(first: 1) { edges { node { id } } } }"
MODERN = {"Accept": "application/graphql-response+json"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothingOfThisName }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
        ("query($id: ID!) { park(id: $id) { id } }", "BAD_USER_INPUT"),
    ],
)
async def test_a_request_error_is_400_and_for_legacy_clients_200(
    http: httpx.AsyncClient, query: str, code: str
) -> None:
    modern = await http.post("/graphql", json={"query": query}, headers=MODERN)
    legacy = await http.post("/graphql", json={"query": query})

    assert (modern.status_code, legacy.status_code) == (400, 200)
    assert modern.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert modern.json() == legacy.json()
    assert "data" not in modern.json()
    assert modern.json()["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize("operation", ["mutation { __typename }", "subscription { __typename }"])
async def test_get_is_for_queries_alone(http: httpx.AsyncClient, operation: str) -> None:
    response = await http.get("/graphql", params={"query": operation}, headers=MODERN)

    # 400 for as long as the schema has no operation of the kind.
    assert response.status_code in {400, 405}
    assert response.headers.get("allow") == ("POST" if response.status_code == 405 else None)
    assert "data" not in response.json()


async def test_no_token_is_challenged_without_an_error(http: httpx.AsyncClient, hub: Hub) -> None:
    for headers in ({}, MODERN, {"Authorization": "Basic eDp5"}):
        response = await http.post("/graphql", json={"query": PARKS}, headers=headers)

        challenge = response.headers["www-authenticate"]
        assert response.status_code == 401
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert f'resource_metadata="{hub.url}/.well-known/oauth-protected-resource' in challenge
        if "Authorization" not in headers:
            assert "error" not in challenge


async def test_a_bad_token_is_challenged_as_invalid(http: httpx.AsyncClient) -> None:
    for query in (PARKS, "{ __typename }"):
        response = await http.post(
            "/graphql", json={"query": query}, headers={"Authorization": "Bearer forged"}
        )

        assert response.status_code == 401
        assert 'error="invalid_token"' in response.headers["www-authenticate"]


async def test_a_missing_scope_is_challenged_by_name(http: httpx.AsyncClient, hub: Hub) -> None:
    modern = await http.post("/graphql", json={"query": TALENTS}, headers={**hub.headers, **MODERN})
    legacy = await http.post("/graphql", json={"query": TALENTS}, headers=hub.headers)

    assert (modern.status_code, legacy.status_code) == (403, 200)
    assert modern.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    for response in (modern, legacy):
        challenge = response.headers["www-authenticate"]
        assert 'error="insufficient_scope"' in challenge
        assert 'scope="talent:read.basic"' in challenge


async def test_a_refusal_beside_an_answer_is_200(http: httpx.AsyncClient, hub: Hub) -> None:
    both = "{ parks(first: 1) { totalCount } talents(first: 1) { totalCount } }"
    response = await http.post("/graphql", json={"query": both}, headers={**hub.headers, **MODERN})

    assert response.status_code == 200
    assert "www-authenticate" not in response.headers
    assert response.json()["data"]["talents"] is None


async def test_counters_are_told_in_demo_mode_alone(http: httpx.AsyncClient, hub: Hub) -> None:
    response = await http.post("/graphql", json={"query": PARKS}, headers=hub.headers)

    assert response.headers["hub-statements"] == "1"
    assert response.headers["hub-second-layer"] == "0"


async def test_a_body_over_the_limit_is_413_however_it_is_sent(http: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * 65_536

    headers = {"Content-Type": "application/json"}
    announced = await http.post("/graphql", content=b" " * 2**21, headers=headers)
    streamed = await http.post("/graphql", content=endless(), headers=headers)

    for response in (announced, streamed):
        assert response.status_code == 413
        assert response.json()["errors"][0]["extensions"]["code"] == "REQUEST_TOO_LARGE"
    assert (await http.get("/graphql", params={"query": "{ __typename }"})).status_code == 200


async def test_a_query_string_over_the_limit_is_414(start: Start) -> None:
    with start(body_limit_bytes=1024) as hub:
        async with httpx.AsyncClient() as http:
            response = await http.get(f"{hub.graphql}?query=%7B__typename%7D&x={'x' * 1024}")

    assert response.status_code == 414
