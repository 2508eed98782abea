"""The audit suite of npm's `graphql-http`, which checks a server against the specification."""

from __future__ import annotations

import json

from tests import npm
from tests.web.conftest import Hub


async def test_graphql_http_audits_all_pass(hub: Hub) -> None:
    audits = [json.loads(line) for line in (await npm.run("audit.js", hub.graphql)).splitlines()]

    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61
