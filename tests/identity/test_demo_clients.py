"""The demo clients: one for each kind of caller, with no more than the handbook gives it."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.app import registry
from hub.demo import clients
from hub.demo.client_list import CLIENTS
from hub.identity.clients import registrations
from hub.identity.clients.client import ClientAudience, ClientState
from hub.kit.errors import SetupError
from hub.reference import scopes
from tests.identity.conftest import Caller, Server, bearer, token_of

SCOPES = registry().scopes
HOLDERS = {
    ClientAudience.PARTNER: "PC",
    ClientAudience.OPERATOR: "PO",
    ClientAudience.INTERNAL: "IA",
    ClientAudience.DEPARTMENT: "DE",
    ClientAudience.TALENT: "TA",
    ClientAudience.ADMIN: "AD",
}


@pytest.mark.parametrize("short", CLIENTS)
def test_scopes_are_those_normally_held(short: str) -> None:
    client = CLIENTS[short]
    holder = HOLDERS[client.audience]

    assert [one for one in client.scopes if holder not in scopes()[one].holders] == []
    assert len(set(client.scopes)) == len(client.scopes)


async def test_file_and_database_agree_and_stay_as_they_are(
    owner_url: str, tmp_path: Path, admin: AsyncEngine
) -> None:
    await clients.ensure(owner_url, tmp_path, SCOPES)
    file = clients.file_of(tmp_path)
    first = file.read_bytes()
    versions = {one.client_id: one.version for one in await registrations.everyone(admin)}

    await clients.ensure(owner_url, tmp_path, SCOPES)

    assert file.read_bytes() == first
    assert versions == {one.client_id: one.version for one in await registrations.everyone(admin)}
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert clients.read(tmp_path).keys() == CLIENTS.keys()


async def test_entries_have_the_shape_that_others_rely_on(owner_url: str, tmp_path: Path) -> None:
    await clients.ensure(owner_url, tmp_path, SCOPES)

    known = clients.read(tmp_path)

    suzhou, operator, talent = known["suzhou"], known["park-operator"], known["talent"]
    assert (suzhou["client_id"], suzhou["bounds"]) == (
        "sz-hub",
        {"partner": "320500", "purposes": ["JOB_MATCHING"]},
    )
    assert known["shanghai"]["client_id"] == "sh-hub"
    assert suzhou["token_endpoint_auth_method"] == "private_key_jwt"
    assert suzhou["private_jwk"].keys() >= {"kty", "crv", "x", "y", "d", "kid"}
    assert operator["token_endpoint_auth_method"] == "client_secret_basic"
    assert len(operator["client_secret"]) == 43
    assert talent["token_endpoint_auth_method"] == "none"
    assert talent.keys() >= {"client_id", "scope", "bounds", "username", "password"}


async def test_credentials_of_the_file_get_tokens(
    http: httpx.AsyncClient, server: Server, owner_url: str, tmp_path: Path
) -> None:
    await clients.ensure(owner_url, tmp_path, SCOPES)

    for short, entry in clients.read(tmp_path).items():
        if "username" in entry:
            continue  # hers are used by `hub clients token`: see test_demo_cli
        key = ECKey.import_key(entry["private_jwk"]) if "private_jwk" in entry else None
        caller = Caller(entry["client_id"], key, secret=entry.get("client_secret", ""))
        token = await token_of(http, caller, server.issuer, scope=entry["scope"])
        grant = (await http.get("/whoami", headers=bearer(token))).json()
        assert grant["audience"] == CLIENTS[short].audience
        assert grant["scopes"] == sorted(entry["scope"].split())
        assert grant["purpose"] == entry["bounds"]["purposes"][0]


async def test_lost_file_and_lost_database_are_mended(
    http: httpx.AsyncClient, server: Server, owner_url: str, tmp_path: Path, admin: AsyncEngine
) -> None:
    async def works() -> bool:
        entry = clients.read(tmp_path)["park-operator"]
        caller = Caller(entry["client_id"], secret=entry["client_secret"])
        return bool(await token_of(http, caller, server.issuer))

    await clients.ensure(owner_url, tmp_path, SCOPES)
    clients.file_of(tmp_path).unlink()
    await clients.ensure(owner_url, tmp_path, SCOPES)
    assert await works()

    async with admin.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM identity.client WHERE synthetic")
    await clients.ensure(owner_url, tmp_path, SCOPES)
    assert await works()


async def test_suspended_demo_client_stays_suspended_and_gets_its_scopes_back(
    owner_url: str, tmp_path: Path, admin: AsyncEngine
) -> None:
    await clients.ensure(owner_url, tmp_path, SCOPES)
    await registrations.move(admin, "cloud-platform", ClientState.SUSPENDED)
    await registrations.change(admin, "cloud-platform", scopes=["park:read"])
    kept = json.dumps(clients.read(tmp_path))

    await clients.ensure(owner_url, tmp_path, SCOPES)

    there = await registrations.existing(admin, "cloud-platform")
    assert there.state == ClientState.SUSPENDED
    assert there.scopes == [one for one in CLIENTS["cloud-platform"].scopes if one in SCOPES]
    assert json.dumps(clients.read(tmp_path)) == kept
    await registrations.move(admin, "cloud-platform", ClientState.ACTIVE)


async def test_scopes_are_those_of_the_rooms_that_there_are_and_join_with_their_room(
    owner_url: str, tmp_path: Path, admin: AsyncEngine
) -> None:
    async def held() -> tuple[list[str], str]:
        client = await registrations.existing(admin, "sz-hub")
        return client.scopes, clients.read(tmp_path)["suzhou"]["scope"]

    await clients.ensure(owner_url, tmp_path, SCOPES - {"park:read"})
    before = await held()
    await clients.ensure(owner_url, tmp_path, SCOPES)
    after = await held()

    assert set(CLIENTS["suzhou"].scopes) - SCOPES != set()
    assert set(after[0]) == set(CLIENTS["suzhou"].scopes) & SCOPES
    assert set(before[0]) == set(after[0]) - {"park:read"}
    assert [" ".join(scopes) for scopes, _ in (before, after)] == [before[1], after[1]]


async def test_damaged_file_is_told_and_deleting_it_mends(owner_url: str, tmp_path: Path) -> None:
    await clients.ensure(owner_url, tmp_path, SCOPES)
    file = clients.file_of(tmp_path)
    whole = file.read_text()
    known = json.loads(whole)
    without_key = {**known, "suzhou": {**known["suzhou"], "private_jwk": {"kty": "EC"}}}
    for damaged in (whole[:40], "[]", '{"suzhou": 1}', json.dumps(without_key)):
        file.write_text(damaged)
        with pytest.raises(SetupError, match="is damaged") as told:
            clients.read(tmp_path)
        assert "Delete it" in told.value.next_step
    file.unlink()
    await clients.ensure(owner_url, tmp_path, SCOPES)
    assert clients.read(tmp_path).keys() == CLIENTS.keys()
