"""What is served beside the API: start page, schema, health, metrics; and what is not."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import asyncpg
import httpx
import pytest
from graphql import build_schema

from hub import web as doors
from hub.kit.language import preferred
from tests.web.conftest import Hub, Start


class Links(HTMLParser):
    """Collects where a page leads and which elements it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.targets: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.targets += [value or "" for name, value in attrs if name in {"href", "src"}]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("fr", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh;q=0.1,en;q=0.2", "en"),
        ("en;q=x", "zh"),
    ],
)
def test_language_follows_the_header(header: str, language: str) -> None:
    assert preferred(header) == language


async def test_start_page_speaks_both_languages(http: httpx.AsyncClient) -> None:
    chinese = await http.get("/")
    english = await http.get("/", headers={"Accept-Language": "en"})
    asked = await http.get("/?lang=en")

    assert "区域人才数据枢纽" in chinese.text
    assert "Regional talent data hub" in english.text
    assert asked.text == english.text
    assert english.headers["content-language"] == "en"
    assert english.headers["vary"] == "Accept-Language"


async def test_start_page_needs_nothing_from_elsewhere(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    links = Links(page.text)

    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not links.elements & {"script", "link", "img", "iframe"}
    for target in links.targets:
        assert target.startswith("/")
        assert (await http.get(target)).status_code == 200, target


async def test_schema_is_served_as_text(http: httpx.AsyncClient) -> None:
    response = await http.get("/schema.graphql")

    assert response.headers["content-type"].startswith("application/graphql")
    assert "type Query" in response.text
    assert build_schema(response.text, assume_valid_sdl=True).query_type is not None


async def test_schema_needs_a_token_where_introspection_does(start: Start) -> None:
    with start(introspection_open=False) as hub:
        async with httpx.AsyncClient(base_url=hub.url) as http:
            refused = await http.get("/schema.graphql")
            shown = await http.get("/schema.graphql", headers=hub.headers)

    assert refused.status_code == 401
    assert "resource_metadata" in refused.headers["www-authenticate"]
    assert shown.status_code == 200


async def test_ready_when_the_database_is_current(
    http: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    ready = await http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"status": "ready", "checks": {"database": "ok", "migrations": "ok"}}


@pytest.mark.parametrize(
    ("revision", "standing"), [("0001_database", "behind"), ("9999_tomorrow", "ahead")]
)
async def test_not_ready_when_the_database_is_of_another_version(
    http: httpx.AsyncClient, owner: asyncpg.Connection, revision: str, standing: str
) -> None:
    current = await owner.fetchval("SELECT version_num FROM alembic_version")
    await owner.execute("UPDATE alembic_version SET version_num = $1", revision)
    try:
        told = await http.get("/readyz")
    finally:
        await owner.execute("UPDATE alembic_version SET version_num = $1", current)

    assert told.status_code == 503
    assert told.json()["checks"] == {"database": "ok", "migrations": standing}


async def test_metrics_count_by_route_and_never_by_raw_path(http: httpx.AsyncClient) -> None:
    await http.get("/graphql", params={"query": "{ __typename }"})
    await http.get("/somebody@example.com")

    text = (await http.get("/metrics")).text

    assert re.search(r'hub_requests_total\{route="/graphql",status="200"\} \d', text)
    assert re.search(r'hub_requests_total\{route="other",status="404"\} \d', text)
    assert "hub_request_seconds_bucket" in text
    assert "somebody" not in text


async def test_other_paths_and_methods_are_refused_as_everywhere(http: httpx.AsyncClient) -> None:
    nowhere = await http.get("/nowhere")
    posted = await http.post("/healthz")

    assert nowhere.status_code == 404
    assert nowhere.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert posted.status_code == 405
    assert set(posted.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert posted.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


async def test_every_answer_carries_its_name_and_guards(hub: Hub, http: httpx.AsyncClient) -> None:
    given = await http.get("/healthz", headers={"X-Request-Id": "partner-17"})
    odd = await http.get("/healthz", headers={"X-Request-Id": "a b;c"})

    assert given.headers["x-request-id"] == "partner-17"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]+", odd.headers["x-request-id"])
    assert given.headers["cache-control"] == "no-store"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["referrer-policy"] == "no-referrer"
    assert given.headers["content-security-policy"].startswith("default-src 'none'")


async def test_metrics_are_those_that_the_readme_lists(http: httpx.AsyncClient) -> None:
    text = (await http.get("/metrics")).text
    served = set(re.findall(r"^# TYPE (hub_\w+)", text, re.MULTILINE))

    readme = Path(doors.__file__).with_name("README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(hub_\w+)", readme, re.MULTILINE))

    assert served == listed


async def test_first_query_of_the_start_page_works(hub: Hub, http: httpx.AsyncClient) -> None:
    page = unescape((await http.get("/")).text)
    [body] = re.findall(r"-d '(\{.*\})'", page)

    response = await http.post("/graphql", json=json.loads(body), headers=hub.headers)

    assert response.json()["data"]["parks"]["edges"] == []
