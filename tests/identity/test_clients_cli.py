"""`hub clients`, as an administrator types it."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from hub.__main__ import main
from hub.cli import _running
from hub.demo import clients
from hub.demo.well_known import PARK_P1_ID, TALENT_ID
from hub.settings import settings
from tests.conftest import Database
from tests.identity.conftest import Server, bearer


@dataclass(frozen=True)
class Result:
    """How a command ended and what it printed where."""

    returncode: int
    stdout: str
    stderr: str


Hub = Callable[..., Result]

ADD = (
    *("--name-en", "A test system", "--name-zh", "测试系统"),
    *("--scope", "park:read", "--scope", "park:write"),
)


@pytest.fixture
def hub(tmp_path: Path, database: Database, server: Server, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Run `hub clients ...` for a home of its own, on the test database."""
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("HUB_APP_DATABASE_URL", database.app_url)
    monkeypatch.setenv("HUB_SIGNING_KEY", json.dumps(server.keys.signing.as_dict(private=True)))

    def run(*arguments: str) -> Result:
        # In a thread of its own: commands open an event loop, and tests run in one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(typed, "clients", *arguments).result()

    return run


def typed(*arguments: str) -> Result:
    """Run the command line with these arguments, in this process."""
    settings.cache_clear()
    out, err, code = StringIO(), StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "argv", ["hub", *arguments]):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    settings.cache_clear()
    return Result(code, out.getvalue(), err.getvalue())


@pytest.fixture
def name() -> str:
    return f"system-{secrets.token_hex(4)}"


def test_client_with_a_secret_from_registration_to_the_end(
    hub: Hub, name: str, server: Server
) -> None:
    def ask(secret: str) -> httpx.Response:
        form = {"grant_type": "client_credentials", "scope": "park:write"}
        return httpx.post(f"{server.url}/oauth/token", data=form, auth=(name, secret))

    audience = ("--audience", "operator", "--method", "client_secret_basic")
    added = hub("add", name, *audience, *ADD, "--park", f"Park:{PARK_P1_ID}")
    assert added.returncode == 0, added.stderr
    first = added.stdout.strip()
    assert ask(first).status_code == 200

    shown = json.loads(hub("show", name).stdout)
    assert (shown["state"], shown["scope"]) == ("ACTIVE", "park:read park:write")
    assert shown["bounds"] == {"parks": [str(PARK_P1_ID)]}
    assert first not in json.dumps(shown)
    assert "hash" not in json.dumps(shown)
    assert name in hub("list").stdout

    second = hub("rotate", name).stdout.strip()
    assert [ask(secret).status_code for secret in (first, second)] == [401, 200]

    assert hub("suspend", name).returncode == 0
    assert ask(second).json()["error"] == "unauthorized_client"
    assert hub("resume", name).returncode == 0
    assert ask(second).status_code == 200
    assert hub("suspend", name).returncode == 0
    assert hub("revoke", name).returncode == 0
    refused = hub("resume", name)
    assert (refused.returncode, "REVOKED" in refused.stderr) == (1, True)


def test_client_with_keys_hands_over_the_public_part_only(
    hub: Hub, name: str, tmp_path: Path
) -> None:
    key = ECKey.generate_key("P-256")
    private, public = tmp_path / "private.json", tmp_path / "public.json"
    private.write_text(json.dumps({"keys": [key.as_dict(private=True)]}))
    public.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    partner = ("--audience", "partner", "--method", "private_key_jwt", "--partner", "320500")

    refused = hub("add", name, *partner, *ADD, "--jwks", str(private))
    added = hub("add", name, *partner, *ADD, "--jwks", str(public))

    assert (refused.returncode, "private key" in refused.stderr) == (1, True)
    assert (added.returncode, added.stdout) == (0, "")
    assert json.loads(hub("show", name).stdout)["jwks"]["keys"][0]["x"] == key.as_dict()["x"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--scope", "park:fly"), "No scope is called 'park:fly'"),
        (("--park", "P1"), "is not the id of a Park"),
        (("--audience", "partner"), "needs the bound partner"),
        (("--method", "private_key_jwt"), "Public keys are needed"),
    ],
)
def test_what_cannot_be_registered_is_told(
    hub: Hub, name: str, arguments: tuple[str, ...], says: str
) -> None:
    usual = ("--audience", "operator", "--method", "client_secret_basic")

    refused = hub("add", name, *usual, *ADD, *arguments)

    assert refused.returncode == 1
    assert says in refused.stderr
    assert "Next:" in refused.stderr


@pytest.fixture
async def demo(tmp_path: Path, database: Database, server: Server) -> AsyncIterator[None]:
    """A home with demo clients, and a hub that runs for it."""
    await clients.ensure(database.owner_url, tmp_path)
    with _running.holding(tmp_path, server.url):
        yield


@pytest.mark.parametrize("short", ["suzhou", "park-operator", "talent", "hr"])
@pytest.mark.usefixtures("demo")
async def test_token_of_a_demo_client(
    hub: Hub, http: httpx.AsyncClient, server: Server, short: str
) -> None:
    printed = hub("token", short)

    assert printed.returncode == 0, printed.stderr
    token = printed.stdout.split()[-1]  # the server logs in this process too
    keys = KeySet.import_key_set((await http.get("/oauth/jwks")).json())
    assert jwt.decode(token, keys, algorithms=["ES256"]).claims["iss"] == server.issuer
    grant = (await http.get("/whoami", headers=bearer(token))).json()
    assert "park:read" in grant["scopes"]
    assert (grant["talent"] == str(TALENT_ID)) is (short == "talent")


@pytest.mark.usefixtures("demo")
async def test_token_carries_what_was_asked_for(hub: Hub, http: httpx.AsyncClient) -> None:
    asked = ("--scope", "talent:read.basic", "--scope", "park:read", "--purpose", "STATISTICS")
    token = hub("token", "hr", *asked).stdout.split()[-1]
    beyond = [hub("token", short, "--scope", "audit:read.all") for short in ("hr", "suzhou")]

    grant = (await http.get("/whoami", headers=bearer(token))).json()
    assert grant["scopes"] == ["park:read", "talent:read.basic"]
    assert (grant["purpose"], grant["departments"]) == ("STATISTICS", ["nt-rsj"])
    assert [result.returncode for result in beyond] == [1, 1]
    assert all("audit:read.all" in result.stderr for result in beyond)


def test_token_without_demo_clients_or_hub_is_told(hub: Hub) -> None:
    refused = hub("token", "suzhou")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "There are no demo clients" in refused.stderr
