"""`hub clients`, as an administrator types it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from joserfc.jwk import ECKey

from hub.identity.desk import account
from tests.conftest import Database
from tests.identity.conftest import ADD, APP, Hub, Server
from tests.make import Make, Row


@pytest.fixture
async def park(database: Database) -> AsyncIterator[Row]:
    """A park of the worker's database, for one test."""
    connection = await asyncpg.connect(database.owner_url)
    made = await Make(connection, identify=lambda _: uuid4()).park(code=f"X{secrets.token_hex(4)}")
    yield made
    await connection.execute("DELETE FROM park.park WHERE id = $1", made["id"])
    await connection.close()


async def test_client_with_a_secret_from_registration_to_the_end(
    hub: Hub, name: str, server: Server, park: Row
) -> None:

    def ask(secret: str) -> httpx.Response:
        form = {"grant_type": "client_credentials", "scope": "park:write"}
        return httpx.post(f"{server.url}/oauth/token", data=form, auth=(name, secret))

    audience = ("--audience", "operator", "--method", "client_secret_basic")
    added = hub("add", name, *audience, *ADD, "--park", f"Park:{park['id']}")
    assert added.returncode == 0, added.stderr
    first = added.stdout.strip()
    assert ask(first).status_code == 200

    shown = json.loads(hub("show", name).stdout)
    assert (shown["state"], shown["scope"]) == ("ACTIVE", "park:read park:write")
    assert shown["bounds"] == {"parks": [str(park["id"])]}
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
        (("--scope", "export:run"), "none of the rooms has it"),
        (("--park", "P1"), "There is no park"),
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


@pytest.mark.parametrize(
    ("arguments", "says", "hints"),
    [
        (("--partner", "999999"), "There is no division '999999'", "320500 苏州市"),
        (("--partner", "32050"), "There is no division '32050'", "Did you mean 320500 苏州市"),
        (("--partner", "Suzhou"), "There is no division 'Suzhou'", "Did you mean 320500 苏州市?"),
        (("--department", "nt-rs"), "There is no department 'nt-rs'", "Did you mean nt-rsj"),
        (("--department", "x"), "There is no department 'x'", "There are, for example: nt-czj"),
        (("--park", f"Park:{uuid4()}"), "There is no park", "Next: "),
        (("--talent", f"Talent:{uuid4()}"), "There is no talent", "Check the id"),
        (("--talent", "Somebody"), "is not the id of a talent", "Next: "),
    ],
)
def test_bound_that_does_not_exist_is_refused_with_the_nearest(
    hub: Hub, name: str, arguments: tuple[str, ...], says: str, hints: str
) -> None:
    refused = hub("add", name, *APP, *arguments)

    assert refused.returncode == 1
    assert says in refused.stderr
    assert hints in refused.stderr
    assert "There is no client" in hub("show", name).stderr


async def test_code_of_a_park_is_answered_with_its_id(hub: Hub, name: str, park: Row) -> None:
    refused = hub(
        *(
            "add",
            name,
            *APP,
            "--park",
            park["code"],
        )
    )

    assert f"Did you mean Park:{park['id']} {park['code']}?" in refused.stderr


def test_state_that_cannot_be_reached_at_once_names_the_way(hub: Hub, name: str) -> None:
    hub("add", name, *APP)
    refused = hub("revoke", name)
    assert (refused.returncode, "It must be SUSPENDED first" in refused.stderr) == (1, True)


async def test_registered_client_is_let_in_step_by_step_and_each_is_in_the_ledger(
    hub: Hub, name: str, server: Server, database: Database
) -> None:
    method = ("--audience", "operator", "--method", "client_secret_basic")
    secret = hub("register", name, *method, *ADD).stdout.strip()

    def ask() -> httpx.Response:
        form = {"grant_type": "client_credentials", "scope": "park:write"}
        return httpx.post(f"{server.url}/oauth/token", data=form, auth=(name, secret))

    assert ask().json()["error"] == "unauthorized_client"
    early = hub("activate", name)
    assert (early.returncode, "It must be APPROVED first" in early.stderr) == (1, True)
    assert hub("approve", name).returncode == 0
    assert ask().status_code == 400
    assert hub("activate", name).returncode == 0
    assert ask().status_code == 200
    other = hub("suspend", name), hub("activate", name)
    assert [one.returncode for one in other] == [0, 1]
    assert "hub clients resume" in other[1].stderr
    secret = hub("rotate", name).stdout.strip()

    entries, versions = await told_of(database, name)
    assert [entry["mutation"] for entry in entries] == [
        *("registerClient", "approveClient", "activateClient", "suspendClient"),
        "rotateClientSecret",
    ]
    for entry in entries:
        assert (entry["action"], entry["client"]) == ("CHANGE", "hub clients")
        assert (entry["audience"], entry["sub"]) == ("ADMIN", f"os:{account()}")
    assert versions == [1, 2, 3, 4, 5]


async def told_of(database: Database, name: str) -> tuple[list[asyncpg.Record], list[int]]:
    """The entries of its administration and the change rows of a client, oldest first."""
    owner = await asyncpg.connect(database.owner_url)
    try:
        key = await owner.fetchval("SELECT id FROM identity.client WHERE client_id = $1", name)
        entries = await owner.fetch(
            "SELECT * FROM ledger.audit_entry WHERE $1 = ANY (objects)"
            " AND mutation NOT LIKE 'oauth/%' ORDER BY at",
            key,
        )
        changes = await owner.fetch(
            "SELECT version FROM ledger.change WHERE object = $1 AND operation = ANY ($2)"
            " ORDER BY xid, seq",
            key,
            [entry["operation"] for entry in entries],
        )
        return entries, [row["version"] for row in changes]
    finally:
        await owner.close()


def test_two_commands_at_once_leave_one_legal_state(hub: Hub, name: str) -> None:
    hub("add", name, *APP)
    hub("suspend", name)
    environment = {**os.environ}
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "hub", "clients", command, name],
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        for command in ("resume", "revoke")
    ]
    assert sorted(one.wait(60) for one in both) == [0, 1]
    assert json.loads(hub("show", name).stdout)["version"] == 3
