"""A client's secret is shown once: in one answer, and in nothing that is stored or logged."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.conftest import DATA_KEY, Database
from tests.serving import free_port
from tests.stories.administration import act, active, registration, token_asked, versions_of
from tests.stories.bookings import codes
from tests.town import Caller, Enter


@pytest.mark.parametrize("name", ["registerClient", "rotateClientSecret"])
async def test_secret_is_shown_once_and_stored_nowhere(
    name: str, administrator: Caller, owner: asyncpg.Connection, hub_url: str
) -> None:
    client, secret = await active(administrator)
    if name == "rotateClientSecret":
        old, given = secret, {"id": client["id"], "expectedVersion": client["version"]}
        first = await act(administrator, name, given)
        secret = first["clientSecret"]
        again = await act(administrator, name, given)
        assert token_asked(hub_url, client["clientId"], old, "park:read").status_code == 401
        assert (codes(again), again["clientSecret"]) == (["CONFLICT"], None)
    else:
        given = registration()
        first = await act(administrator, name, given)
        again = await act(administrator, name, given)
        client, secret = first["client"], first["clientSecret"]
        assert again == first | {"clientSecret": None}
    assert len(secret) == 43
    kept = await owner.fetchval(
        "SELECT secret_hash FROM identity.client WHERE client_id = $1", client["clientId"]
    )
    assert kept.startswith("$argon2id$")
    assert secret not in await everything(owner)


async def everything(owner: asyncpg.Connection) -> str:
    """Every row of the ledger, of identity and of the keys that requests were given."""
    tables = ("identity.client", "ledger.audit_entry", "ledger.change", "ledger.idempotency")
    parts = [f"SELECT to_jsonb(t)::text AS row FROM {table} t" for table in tables]
    return "\n".join(row["row"] for row in await owner.fetch(" UNION ALL ".join(parts)))


async def test_twenty_times_the_same_request_show_one_secret(
    administrator: Caller, owner: asyncpg.Connection
) -> None:
    given = registration()
    answers = await asyncio.gather(
        *(act(administrator, "registerClient", given) for _ in range(20))
    )

    assert len({answer["client"]["id"] for answer in answers}) == 1
    shown = [answer["clientSecret"] for answer in answers if answer["clientSecret"]]
    assert len(shown) == 1
    assert await versions_of(owner, answers[0]["client"]) == [1]


async def test_no_secret_is_logged(town: Database, tmp_path: Path) -> None:
    with free_port() as bound:
        port = bound.getsockname()[1]
    variables = {
        "HUB_HOME": str(tmp_path),
        "HUB_DATABASE_URL": town.owner_url,
        "HUB_APP_DATABASE_URL": town.app_url,
        "HUB_DATA_KEY": DATA_KEY,
        "HUB_PORT": str(port),
        "HUB_LOG_LEVEL": "debug",
    }
    log = tmp_path / "log"
    with log.open("w") as out:
        hub = subprocess.Popen(
            [sys.executable, "-m", "hub", "serve"],
            env={**os.environ, **variables},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            await answering(url)
            enter = Enter(town, url)
            client, first = await active(administrator := await enter("ADMIN", "admin:clients"))
            given = {"id": client["id"], "expectedVersion": client["version"]}
            second = (await act(administrator, "rotateClientSecret", given))["clientSecret"]
            assert token_asked(url, client["clientId"], second, "park:read").status_code == 200
            await enter.close()
        finally:
            hub.terminate()
            hub.wait(20)
    text = log.read_text("utf-8")
    assert client["clientId"] in text, "requests are logged with their client"
    assert (first in text, second in text) == (False, False)


async def answering(url: str) -> None:
    async with httpx.AsyncClient() as http, asyncio.timeout(60):
        while True:
            with suppress(httpx.TransportError):
                if (await http.get(f"{url}/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.1)
