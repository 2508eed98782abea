"""Log lines: JSON, named by their request, free of what errors and requests may quote."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import httpx
from structlog.testing import capture_logs

from tests.web.conftest import CLIENT, Hub

PROGRAM = """
import logging, structlog
from hub.web.logs import configure_logging, place, request_id

configure_logging("info")
request_id.set("r-1")
try:
    raise ValueError("Zhang San, 13800000000")
except ValueError as error:
    structlog.get_logger("hub.web").error("fault", **place(error))
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
structlog.get_logger("hub.web").debug("not logged")
"""
REQUEST = """
import asyncio, sys, structlog
from hub.web.journal import Entry, journal
from hub.web.logs import configure_logging, request_id

async def main():
    configure_logging(sys.argv[1])
    request_id.set("r-1")
    for route in ("/", "/healthz", "/"):
        journal.note(Entry("r-1", "GET", route, 200, 0.0015, None, 1, 0, 0.0))
    await asyncio.sleep(0.3)
    fields = {"method": "GET", "route": "/", "status": 200, "milliseconds": 1.5, "client": None}
    structlog.get_logger("hub.access").info("request", **fields)

asyncio.run(main())
"""


async def test_lines_are_json_with_the_place_of_an_error_and_not_its_sentence() -> None:
    lines = await logged(PROGRAM)
    assert [line["event"] for line in lines] == ["fault", "Exception in ASGI application"]
    for line in lines:
        assert line["level"] == "error"
        assert line["request_id"] == "r-1"
        assert line["kind"] == "builtins.ValueError"
        assert line["frames"] == ["<string>:8 <module>"]
    assert "Zhang" not in json.dumps(lines)


async def logged(program: str, *arguments: str) -> list[dict[str, Any]]:
    """The lines that a program writes, where no terminal is."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *arguments, stderr=asyncio.subprocess.PIPE
    )
    _, written = await process.communicate()
    return [json.loads(line) for line in written.splitlines()]


async def test_the_line_of_a_request_is_like_all_others() -> None:
    first, second, ordinary = await logged(REQUEST, "info")
    assert first.pop("timestamp") == "1970-01-01T00:00:00Z"
    for line in (second, ordinary):
        line.pop("timestamp")
    assert first == second == ordinary
    assert await logged(REQUEST, "warning") == []


async def test_a_request_is_one_line_without_query_address_or_token(
    hub: Hub, http: httpx.AsyncClient
) -> None:
    with capture_logs() as logs:
        await http.get("/graphql", params={"query": "{ __typename }"}, headers=hub.headers)
        await http.get("/people/13800000000")

    lines = [line for line in logs if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in lines] == [
        ("/graphql", 200),
        ("other", 404),
    ]
    assert lines[0]["client"] == CLIENT
    for line in lines:
        assert set(line) == {
            "event", "log_level", "method", "route", "status", "milliseconds", "client",
        }  # fmt: skip
