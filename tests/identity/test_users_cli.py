"""`hub users`: who may sign in, typed as an administrator types it."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import asyncpg
import pytest

from hub.cli import _running
from tests.conftest import Database
from tests.identity.browsing import visitor
from tests.identity.conftest import Server
from tests.terminal import typed


@pytest.fixture(autouse=True)
def home(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, on the test database."""
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("HUB_APP_DATABASE_URL", database.app_url)
    return tmp_path


@pytest.fixture
def name() -> str:
    return f"auditor-{secrets.token_hex(4)}"


async def test_link_leads_to_the_running_hub_and_ends_with_the_next(
    server: Server, home: Path, name: str
) -> None:
    with _running.holding(home, server.url):
        added = typed("users", "add", name, "--role", "auditor")
        again = typed("users", "invite", name)

    links = [one.stdout.strip() for one in (added, again)]
    assert all(link.startswith(f"{server.issuer}/account/invitation/") for link in links), links
    async with visitor(server.url) as browser:
        assert [(await browser.open(link)).status for link in links] == [404, 200]


def test_person_is_stopped_and_let_in_again(name: str) -> None:
    assert typed("users", "add", name, "--role", "auditor").returncode == 0
    assert json.loads(typed("users", "show", name).stdout)["state"] == "INVITED"

    refused = typed("users", "suspend", name)
    closed = typed("users", "close", name)

    assert (refused.returncode, "cannot become SUSPENDED" in refused.stderr) == (1, True)
    assert closed.returncode == 0
    assert "That is for good" in typed("users", "invite", name).stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--role", "operator"), "needs the bound parks"),
        (("--role", "officer", "--department", "no-such"), "There is no department"),
    ],
)
def test_slip_is_told(name: str, arguments: tuple[str, ...], says: str) -> None:
    refused = typed("users", "add", name, *arguments)

    assert refused.returncode == 1
    assert says in refused.stderr
    assert "There is nobody called" in typed("users", "show", name).stderr


async def test_person_is_changed_and_reset_and_each_is_in_the_ledger(
    name: str, database: Database
) -> None:
    assert typed("users", "add", name, "--role", "auditor").returncode == 0

    done = [
        typed("users", "change", name, "--role", "officer", "--department", "nt-rsj"),
        typed("users", "change", name, "--role", "officer"),
        typed("users", "change", name, "--role", "operator"),
        typed("users", "reset", name),
    ]

    assert [one.returncode for one in done] == [0, 0, 1, 0]
    assert ("was changed" in done[0].stderr, "as before" in done[1].stderr) == (True, True)
    assert "needs the bound parks" in done[2].stderr
    assert "/account/invitation/" in done[3].stdout
    shown = json.loads(typed("users", "show", name).stdout)
    assert (shown["role"], shown["bounds"]) == ("OFFICER", {"departments": ["nt-rsj"]})
    owner = await asyncpg.connect(database.owner_url)
    try:
        told = await owner.fetch(
            "SELECT entry.mutation, entry.client, entry.sub, change.version"
            " FROM ledger.audit_entry AS entry"
            " JOIN ledger.change AS change USING (operation)"
            " WHERE change.object = (SELECT id FROM identity.person WHERE username = $1)"
            " ORDER BY change.version",
            name,
        )
    finally:
        await owner.close()
    account = told[0]["sub"]
    assert account.startswith("os:")
    assert [tuple(one) for one in told] == [
        (mutation, "hub users", account, version)
        for version, mutation in enumerate(("addPerson", "changePerson", "resetPerson"), 1)
    ]
