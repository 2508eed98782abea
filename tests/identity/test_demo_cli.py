"""`hub clients` and the demo clients: either name, their tokens, their credentials in the file."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.demo import clients
from hub.demo.well_known import TALENT_ID
from hub.identity.clients import registrations
from tests.identity.conftest import APP, Hub, Server, bearer


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


def test_token_from_a_damaged_file_is_told(hub: Hub, tmp_path: Path) -> None:
    file = clients.file_of(tmp_path)
    file.parent.mkdir()
    file.write_text("{")

    refused = hub("token", "suzhou")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"{file} is damaged" in refused.stderr
    assert "Delete it" in refused.stderr


@pytest.mark.usefixtures("demo")
async def test_either_name_of_a_demo_client_will_do(hub: Hub) -> None:
    shown = [hub("show", name).stdout for name in ("suzhou", "sz-hub")]
    assert shown[0] == shown[1]
    assert "sz-hub" in shown[0]
    assert "(demo: suzhou)" in hub("list").stdout
    assert hub("token", "sz-hub").returncode == 0

    assert hub("suspend", "suzhou").returncode == 0
    assert hub("resume", "sz-hub").returncode == 0
    assert hub("rotate", "sz-hub").returncode == 0
    assert hub("token", "suzhou").returncode == 0

    taken = hub("add", "suzhou", *APP)
    assert (taken.returncode, "is the demo client sz-hub" in taken.stderr) == (1, True)


@pytest.mark.usefixtures("demo")
async def test_id_of_a_client_goes_before_a_short_name(hub: Hub, admin: AsyncEngine) -> None:
    """Where the demo was never loaded, a real client may be called as a demo client is."""
    async with admin.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM identity.client WHERE client_id = 'sh-hub'")
    added = hub("add", "shanghai", *APP)
    try:
        assert added.returncode == 0, added.stderr
        assert json.loads(hub("show", "shanghai").stdout)["client_id"] == "shanghai"
        assert hub("suspend", "shanghai").returncode == 0
        assert "There is no client sh-hub" in hub("show", "sh-hub").stderr
    finally:
        async with admin.begin() as connection:
            await connection.exec_driver_sql(
                "DELETE FROM identity.client WHERE client_id = 'shanghai'"
            )


@pytest.mark.parametrize("name", ["suzhou", "sz-hub", "park-operator"])
@pytest.mark.usefixtures("demo")
async def test_demo_client_works_on_with_its_new_credentials(
    hub: Hub, name: str, tmp_path: Path, http: httpx.AsyncClient
) -> None:
    before = clients.read(tmp_path)
    old = hub("token", name).stdout.split()[-1]

    rotated = hub("rotate", name)

    assert rotated.returncode == 0, rotated.stderr
    assert str(clients.file_of(tmp_path)) in rotated.stderr
    after = clients.read(tmp_path)
    changed = [short for short, entry in after.items() if entry != before[short]]
    assert changed == ["park-operator" if name == "park-operator" else "suzhou"]
    assert after[changed[0]].get("client_secret", "") == rotated.stdout.strip()
    new = hub("token", name).stdout.split()[-1]
    answers = [(await http.get("/whoami", headers=bearer(one))).status_code for one in (old, new)]
    assert answers == [401, 200]


@pytest.mark.usefixtures("demo")
async def test_keys_of_a_demo_client_are_not_taken_from_elsewhere(hub: Hub, tmp_path: Path) -> None:
    public = tmp_path / "public.json"
    key = ECKey.generate_key("P-256").as_dict(private=False)
    public.write_text(json.dumps({"keys": [key]}))

    refused = hub("rotate", "suzhou", "--jwks", str(public))

    assert refused.returncode == 1
    assert "are made here" in refused.stderr
    assert hub("token", "suzhou").returncode == 0


@pytest.mark.usefixtures("demo")
async def test_person_of_a_demo_client_gets_a_new_password(hub: Hub, tmp_path: Path) -> None:
    before = clients.read(tmp_path)["hr"]["password"]

    rotated = hub("rotate", "hr")

    assert rotated.returncode == 0, rotated.stderr
    assert rotated.stdout.strip() == clients.read(tmp_path)["hr"]["password"] != before
    assert hub("token", "hr").returncode == 0


@pytest.mark.parametrize("name", ["suzhou", "sz-hub", "hr"])
@pytest.mark.usefixtures("demo")
async def test_token_of_a_suspended_client_says_how_to_resume_it(hub: Hub, name: str) -> None:
    hub("suspend", name)
    refused = hub("token", name)
    hub("resume", name)

    assert refused.returncode == 1
    assert "SUSPENDED" in refused.stderr
    assert f"`hub clients resume {name}`" in refused.stderr


@pytest.mark.usefixtures("demo")
async def test_token_is_asked_for_past_a_proxy(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert hub("token", "suzhou").returncode == 0


@pytest.mark.usefixtures("demo")
async def test_stale_credentials_say_how_to_get_new_ones(hub: Hub, admin: AsyncEngine) -> None:
    await registrations.new_secret(admin, "park-operator")
    refused = hub("token", "park-operator")

    assert "invalid_client" in refused.stderr
    assert "`hub clients rotate park-operator`" in refused.stderr
    assert hub("rotate", "park-operator").returncode == 0
    assert hub("token", "park-operator").returncode == 0
