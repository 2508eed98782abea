"""An administrator registers, moves and changes clients through the API."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.make import Make
from tests.stories.administration import (
    act,
    active,
    document,
    entries_of,
    key_set,
    on,
    registration,
    token_asked,
    versions_of,
)
from tests.stories.bookings import codes
from tests.town import SHANGHAI, SUZHOU, Caller, Enter, key, the_id

BACK = "https://app.example/back"


async def test_client_from_registration_to_the_end(
    administrator: Caller, owner: asyncpg.Connection, hub_url: str
) -> None:
    filed = await act(administrator, "registerClient", registration())
    client, secret = filed["client"], filed["clientSecret"]

    def status(scope: str = "park:read") -> int:
        return token_asked(hub_url, client["clientId"], secret, scope).status_code

    assert (client["state"], client["availableTransitions"]) == ("REGISTERED", ["APPROVED"])
    assert status() == 400
    client = (await on(administrator, "approveClient", client))["client"]
    assert (client["state"], status()) == ("APPROVED", 400)
    client = (await on(administrator, "activateClient", client))["client"]
    assert (client["state"], status(), status("park:write")) == ("ACTIVE", 200, 400)
    client = (await on(administrator, "suspendClient", client))["client"]
    assert (client["state"], status()) == ("SUSPENDED", 400)
    client = (await on(administrator, "resumeClient", client))["client"]
    assert (client["state"], status()) == ("ACTIVE", 200)
    client = (await on(administrator, "suspendClient", client))["client"]
    client = (await on(administrator, "revokeClient", client))["client"]
    assert (client["state"], client["availableTransitions"], status()) == ("REVOKED", [], 400)

    names = ["register", "approve", "activate", "suspend", "resume", "suspend", "revoke"]
    expected = [("CHANGE", f"{name}Client", None) for name in names]
    assert await entries_of(owner, client) == expected
    assert await versions_of(owner, client) == list(range(1, 8))


async def test_suspension_ends_a_token_within_a_second(administrator: Caller, enter: Enter) -> None:
    other = await enter("INTERNAL", "park:read")
    found = await administrator.ask(
        "query ($name: String!) { client(clientId: $name) { id version } }", name=other.client_id
    )
    question = {"query": "{ parks(first: 1) { totalCount } }"}
    assert (await other.http.post("/graphql", json=question)).status_code == 200

    await on(administrator, "suspendClient", found)

    until = time.monotonic() + 1
    while (await other.http.post("/graphql", json=question)).status_code != 401:
        assert time.monotonic() < until
        await asyncio.sleep(0.02)


async def test_keys_are_replaced_and_a_private_one_is_refused(administrator: Caller) -> None:
    filed = await act(administrator, "registerClient", registration(jwks=key_set()))
    assert (filed["userErrors"], filed["clientSecret"]) == ([], None)
    client = filed["client"]
    private = {"keys": [{**key_set()["keys"][0], "d": "AAAA"}]}

    refused = await on(administrator, "rotateClientKeys", client, jwks=private)
    other = await on(administrator, "rotateClientSecret", client)
    done = await on(administrator, "rotateClientKeys", client, jwks=(new := key_set()))

    [error] = refused["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID", ["jwks"])
    assert "私钥" in error["messageZh"]
    assert "make a new key pair" in error["nextStep"]
    assert (codes(other), other["clientSecret"]) == (["INVALID"], None)
    assert done["client"]["version"] == client["version"] + 1
    shown = "query ($id: ID!) { client(id: $id) { jwks } }"
    assert (await administrator.ask(shown, id=client["id"]))["jwks"] == new


@pytest.mark.parametrize(
    ("changes", "field", "hint"),
    [
        ({"clientId": "Suzhou"}, ["clientId"], "lower-case letters"),
        ({"nameZh": ""}, ["nameZh"], "Correct"),
        ({"nameEn": "two\nlines"}, ["nameEn"], "Correct"),
        ({"scopes": ["park:reed"]}, ["scopes"], "Did you mean park:read"),
        ({"scopes": ["export:run"]}, ["scopes"], "scopes_supported"),
        ({"audience": "PARTNER"}, ["bounds", "partner"], "Correct"),
        ({"bounds": {"partner": "32050"}}, ["bounds", "partner"], "320500 苏州市"),
        ({"bounds": {"departments": ["nt-rs"]}}, ["bounds", "departments"], "nt-rsj"),
        ({"bounds": {"parkIds": [f"Park:{uuid4()}"]}}, ["bounds", "parkIds"], ""),
        ({"bounds": {"talentId": f"Talent:{uuid4()}"}}, ["bounds", "talentId"], "Check the id"),
        ({"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT"}, ["jwks"], "Correct"),
        ({"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT", "jwks": {"keys": []}}, ["jwks"], "Correct"),
        ({"jwks": key_set(), "tokenEndpointAuthMethod": "NONE"}, ["jwks"], "Correct"),
        ({"jwks": key_set(), "jwksUri": "https://keys.example/"}, ["jwks"], "Correct"),
        ({"jwksUri": "https://keys.example/"}, ["jwksUri"], "Correct"),
        (
            {"tokenEndpointAuthMethod": "PRIVATE_KEY_JWT", "jwksUri": "http://keys.example/"},
            ["jwksUri"],
            "https URL",
        ),
        ({"audience": "TALENT"}, ["bounds", "talentId"], "Correct"),
        ({"tokenEndpointAuthMethod": "NONE"}, ["grantTypes"], "authorization_code"),
        ({"grantTypes": []}, ["grantTypes"], "client_credentials"),
        ({"grantTypes": ["CLIENT_CREDENTIALS", "REFRESH_TOKEN"]}, ["grantTypes"], "leave refresh"),
        ({"grantTypes": ["AUTHORIZATION_CODE"]}, ["redirectUris"], "https://app.example/back"),
        ({"redirectUris": ["http://app.example/back"]}, ["redirectUris"], "127.0.0.1"),
        ({"redirectUris": ["https://app.example/#x"]}, ["redirectUris"], "without a fragment"),
        (
            {"redirectUris": [BACK], "grantTypes": ["CLIENT_CREDENTIALS"]},
            ["redirectUris"],
            "Leave them out",
        ),
        ({"redirectUris": [BACK], "pushedRequests": False}, ["pushedRequests"], "RFC 9126"),
    ],
)
async def test_what_cannot_be_registered_is_refused_with_the_next_step(
    changes: dict[str, Any],
    field: list[str],
    hint: str,
    administrator: Caller,
    owner: asyncpg.Connection,
) -> None:
    given = registration(**changes)

    refused = await act(administrator, "registerClient", given)

    error = refused["userErrors"][0]
    assert (error["code"], error["field"]) == ("INVALID", field)
    assert hint in error["nextStep"]
    assert error["messageZh"] not in ("", "取值无效")
    assert (refused["client"], refused["clientSecret"]) == (None, None)
    there = "SELECT EXISTS (SELECT FROM identity.client WHERE client_id = $1)"
    assert not await owner.fetchval(there, given["clientId"])
    recorded = (
        "SELECT refused FROM ledger.audit_entry WHERE client = $1 AND mutation = 'registerClient'"
    )
    assert json.loads(await owner.fetchval(recorded, administrator.client_id)) == {
        "code": "INVALID"
    }


async def test_app_at_which_people_sign_in(administrator: Caller) -> None:
    """No talent is bound: whoever signs in is the one. With credentials it must push."""
    given = registration(audience="TALENT", redirectUris=[BACK])
    shows = "query ($id: ID!) { client(id: $id) { grantTypes redirectUris pushedRequests } }"

    async def shown(client: dict[str, Any]) -> Any:
        return await administrator.ask(shows, id=client["id"])

    filed = (await act(administrator, "registerClient", given))["client"]
    assert await shown(filed) == {
        "grantTypes": ["AUTHORIZATION_CODE"],
        "redirectUris": [BACK],
        "pushedRequests": True,
    }
    for change, field in (
        ({"redirectUris": []}, ["redirectUris"]),
        ({"redirectUris": ["http://app.example/back"]}, ["redirectUris"]),
        ({"pushedRequests": False}, ["pushedRequests"]),
        ({"grantTypes": ["AUTHORIZATION_CODE", "CLIENT_CREDENTIALS"]}, ["bounds", "talentId"]),
    ):
        refused = await on(administrator, "changeClient", filed, **change)
        assert refused["userErrors"][0]["field"] == field

    grants = ["AUTHORIZATION_CODE", "REFRESH_TOKEN"]
    wider = {"grantTypes": grants, "redirectUris": [BACK, f"{BACK}/2", BACK]}
    changed = (await on(administrator, "changeClient", filed, **wider))["client"]
    assert await shown(changed) == {
        "grantTypes": grants,
        "redirectUris": [BACK, f"{BACK}/2"],
        "pushedRequests": True,
    }


async def test_system_that_becomes_an_app_must_push(administrator: Caller) -> None:
    filed = (await act(administrator, "registerClient", registration()))["client"]
    both = {"grantTypes": ["CLIENT_CREDENTIALS", "AUTHORIZATION_CODE"], "redirectUris": [BACK]}

    changed = (await on(administrator, "changeClient", filed, **both))["client"]

    shown = "query ($id: ID!) { client(id: $id) { pushedRequests } }"
    assert (await administrator.ask(shown, id=changed["id"]))["pushedRequests"]


async def test_keys_are_moved_to_a_url_and_back(administrator: Caller) -> None:
    url, keys = "https://keys.example/jwks.json", key_set()
    given = registration(jwksUri=url, tokenEndpointAuthMethod="PRIVATE_KEY_JWT")
    client = (await act(administrator, "registerClient", given))["client"]
    shows = "query ($id: ID!) { client(id: $id) { jwks jwksUri } }"
    for rotation, expected in (
        ({"jwks": keys}, {"jwks": keys, "jwksUri": None}),
        ({"jwksUri": url}, {"jwks": None, "jwksUri": url}),
    ):
        client = (await on(administrator, "rotateClientKeys", client, **rotation))["client"]
        assert await administrator.ask(shows, id=client["id"]) == expected

    for wrong in ({}, {"jwks": keys, "jwksUri": url}):
        refused = await on(administrator, "rotateClientKeys", client, **wrong)
        assert refused["userErrors"][0]["field"] == ["jwks"]


async def test_name_is_taken_once(administrator: Caller) -> None:
    given = registration()
    await act(administrator, "registerClient", given)

    again = await act(administrator, "registerClient", given | {"idempotencyKey": key()})

    assert again["userErrors"][0]["field"] == ["clientId"]


async def test_bounds_and_scopes_are_changed_and_what_is_left_out_stays(
    administrator: Caller, make: Make
) -> None:
    park = await make.park()
    filed = await act(
        administrator,
        "registerClient",
        registration(audience="PARTNER", bounds={"partner": SUZHOU, "purposes": ["JOB_MATCHING"]}),
    )

    wanted = {"parkIds": [the_id("Park", park)], "purposes": []}
    bound = await on(
        administrator,
        "changeClient",
        filed["client"],
        bounds=wanted,
        scopes=["park:read", "reference:read"],
        nameEn="Another name",
    )
    unbound = await on(administrator, "changeClient", bound["client"], bounds={"partner": ""})
    same = await on(
        administrator, "changeClient", bound["client"], scopes=["park:read", "reference:read"]
    )

    client = bound["client"]
    assert (client["partner"], client["parkIds"]) == (SUZHOU, [the_id("Park", park)])
    assert (client["nameEn"], client["scopes"]) == ("Another name", ["park:read", "reference:read"])
    assert unbound["userErrors"][0]["field"] == ["bounds", "partner"]
    assert same["client"]["version"] == client["version"], "nothing was another"


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({"nameEn": "Another name"}, True),
        ({"scopes": ["park:read", "reference:read"]}, True),
        ({"scopes": ["reference:read"]}, False),
        ({"bounds": {"partner": SHANGHAI}}, False),
        ({"bounds": {"purposes": []}}, False),
        ({"dpopBound": True}, False),
        (
            {"grantTypes": ["CLIENT_CREDENTIALS", "AUTHORIZATION_CODE"], "redirectUris": [BACK]},
            True,
        ),
        ({"grantTypes": ["AUTHORIZATION_CODE"], "redirectUris": [BACK]}, False),
    ],
)
async def test_tokens_end_when_something_is_taken_away(
    change: dict[str, Any], holds: bool, administrator: Caller, hub_url: str
) -> None:
    client, secret = await active(
        administrator, bounds={"partner": SUZHOU, "purposes": ["JOB_MATCHING"]}
    )
    answer = token_asked(hub_url, client["clientId"], secret, "park:read")
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def status() -> int:
        asked = {"query": "{ parks(first: 1) { totalCount } }"}
        return httpx.post(f"{hub_url}/graphql", json=asked, headers=headers).status_code

    assert status() == 200
    assert codes(await on(administrator, "changeClient", client, **change)) == []
    await asyncio.sleep(0.5)
    assert (status() == 200) is holds


@pytest.mark.parametrize(
    ("state", "name", "hint"),
    [
        ("REGISTERED", "activateClient", "must be APPROVED first"),
        ("REGISTERED", "revokeClient", "legal moves"),
        ("ACTIVE", "approveClient", "legal moves"),
        ("SUSPENDED", "activateClient", "resumeClient"),
        ("APPROVED", "resumeClient", "activateClient"),
        ("ACTIVE", "revokeClient", "must be SUSPENDED first"),
        ("REVOKED", "resumeClient", "Register another client"),
        ("REVOKED", "changeClient", "Register another client"),
        ("REVOKED", "rotateClientSecret", "Register another client"),
    ],
)
async def test_illegal_move_names_the_way(
    state: str, name: str, hint: str, administrator: Caller, owner: asyncpg.Connection
) -> None:
    client = (await act(administrator, "registerClient", registration()))["client"]
    await owner.execute(
        "UPDATE identity.client SET state = $2 WHERE client_id = $1", client["clientId"], state
    )

    refused = await on(administrator, name, client)

    [error] = refused["userErrors"]
    assert error["code"] == "ILLEGAL_TRANSITION"
    assert hint in error["nextStep"]
    assert error["details"]["state"] == state
    assert ("REFUSAL", name, "ILLEGAL_TRANSITION") in await entries_of(owner, client)


async def test_without_the_scope_nothing_is_done_and_the_attempt_is_recorded(
    enter: Enter, owner: asyncpg.Connection
) -> None:
    other = await enter("INTERNAL", "park:read")
    given = registration()

    answer = await other.http.post(
        "/graphql",
        json={"query": document("registerClient"), "variables": {"input": given}},
        headers={"Accept": "application/graphql-response+json"},
    )

    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    recorded = "SELECT refused FROM ledger.audit_entry WHERE client = $1 AND action = 'REFUSAL'"
    assert json.loads(await owner.fetchval(recorded, other.client_id)) == {"code": "FORBIDDEN"}
    there = "SELECT EXISTS (SELECT FROM identity.client WHERE client_id = $1)"
    assert not await owner.fetchval(there, given["clientId"])
