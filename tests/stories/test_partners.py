"""A partner city as a whole is kept out by one act, and let in again."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from tests.stories.administration import act, active, on, registration, token_asked
from tests.stories.bookings import codes
from tests.stories.partners import kept_out, on_city
from tests.town import Caller, Enter

CITY, NEIGHBOUR = "310151", "310120"
QUESTION = {"query": "{ parks(first: 1) { totalCount } }"}
PARTNER = {"audience": "PARTNER", "bounds": {"partner": CITY}}


@pytest.fixture(autouse=True)
async def let_in_afterwards(owner: asyncpg.Connection) -> Any:
    yield
    await owner.execute("DELETE FROM identity.partner_suspension WHERE partner = $1", CITY)


async def status(caller: Caller) -> int:
    return (await caller.http.post("/graphql", json=QUESTION)).status_code


async def test_every_token_of_the_city_ends_within_a_second_and_none_of_another(
    administrator: Caller, enter: Enter
) -> None:
    theirs = [await enter("PARTNER", "park:read", partner=CITY) for _ in range(3)]
    other = await enter("PARTNER", "park:read", partner=NEIGHBOUR)
    assert [await status(one) for one in (*theirs, other)] == [200] * 4

    done = await kept_out(administrator, CITY, reason="A key was published.")

    assert done["userErrors"] == []
    until = time.monotonic() + 1
    while [await status(one) for one in theirs] != [401] * 3:
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
    assert await status(other) == 200
    suspension = done["partnerSuspension"]
    assert (suspension["state"], suspension["reason"]) == ("SUSPENDED", "A key was published.")


async def test_no_client_of_the_city_gets_a_token_and_each_comes_back_as_it_was(
    administrator: Caller, hub_url: str
) -> None:
    client, secret = await active(administrator, **PARTNER)
    stopped, its_secret = await active(administrator, **PARTNER)
    await on(administrator, "suspendClient", stopped)

    def asked(of: dict[str, Any], plain: str) -> httpx.Response:
        return token_asked(hub_url, of["clientId"], plain, "park:read")

    old = asked(client, secret).json()["access_token"]
    done = await kept_out(administrator, CITY)
    filed, new_secret = await active(administrator, **PARTNER)  # the act holds for it too
    for one, plain in ((client, secret), (stopped, its_secret), (filed, new_secret)):
        answer = asked(one, plain)
        assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    shows = "query ($id: ID!) { client(id: $id) { state } }"
    assert await administrator.ask(shows, id=client["id"]) == {"state": "ACTIVE"}

    await on_city(administrator, "resumePartner", done["partnerSuspension"])

    answers = [asked(client, secret), asked(stopped, its_secret), asked(filed, new_secret)]
    assert [answer.status_code for answer in answers] == [200, 400, 200]

    def whole(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.post(f"{hub_url}/graphql", json=QUESTION, headers=headers).status_code

    assert (whole(old), whole(answers[0].json()["access_token"])) == (401, 200)


async def test_revocation_ends_its_clients_for_good(administrator: Caller, hub_url: str) -> None:
    client, secret = await active(administrator, **PARTNER)
    waits = (await act(administrator, "registerClient", registration(**PARTNER)))["client"]
    there = (await kept_out(administrator, CITY))["partnerSuspension"]

    revoked = (await on_city(administrator, "revokePartner", there))["partnerSuspension"]
    again = await on_city(administrator, "revokePartner", there)
    resumed = await on_city(administrator, "resumePartner", revoked)
    late = await on_city(administrator, "revokePartner", resumed["partnerSuspension"])

    assert (revoked["state"], revoked["availableTransitions"]) == ("REVOKED", ["LIFTED"])
    assert again["partnerSuspension"] == revoked
    assert codes(late) == ["ILLEGAL_TRANSITION"]
    shows = "query ($id: ID!) { client(id: $id) { state } }"
    states = [(await administrator.ask(shows, id=one["id"]))["state"] for one in (client, waits)]
    assert states == ["REVOKED", "REGISTERED"]
    assert token_asked(hub_url, client["clientId"], secret, "park:read").status_code == 400


async def test_act_is_in_the_ledger_with_each_client_that_it_ends(
    administrator: Caller, owner: asyncpg.Connection
) -> None:
    client, _ = await active(administrator, **PARTNER)
    there = (await kept_out(administrator, CITY))["partnerSuspension"]
    assert codes(await kept_out(administrator, CITY)) == []  # already so: nothing more is done
    await on_city(administrator, "revokePartner", there)

    rows = await owner.fetch(
        "SELECT entity, mutation, objects FROM ledger.audit_entry"
        " WHERE client = $1 AND mutation LIKE '%Partner' AND action = 'CHANGE'"
        " AND objects <> '{}' ORDER BY at, entity",
        administrator.client_id,
    )
    told = {(row["entity"], row["mutation"]): row["objects"] for row in rows}
    the_client, city = (UUID(one["id"].partition(":")[2]) for one in (client, there))
    assert the_client in told["Client", "suspendPartner"]
    assert the_client in told["Client", "revokePartner"]
    assert told["PartnerSuspension", "suspendPartner"] == [city]
    versions = await owner.fetch(
        "SELECT version FROM ledger.change WHERE object = $1 ORDER BY xid, seq", the_client
    )
    # registered, approved, activated; its tokens ended; suspended, then revoked with the city
    assert [row["version"] for row in versions] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("given", "field", "hint"),
    [
        ({"partner": "31015"}, ["partner"], "Did you mean"),
        ({"partner": CITY, "reason": ""}, ["reason"], "Correct"),
        ({"partner": CITY, "reason": "x" * 501}, ["reason"], "Correct"),
    ],
)
async def test_slip_is_refused(
    given: dict[str, Any], field: list[str], hint: str, administrator: Caller
) -> None:
    refused = await kept_out(administrator, given["partner"], **given)

    [error] = refused["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID", field)
    assert hint in error["nextStep"]


async def test_of_twenty_at_once_one_is_made(
    administrator: Caller, owner: asyncpg.Connection
) -> None:
    answers = await asyncio.gather(*(kept_out(administrator, CITY) for _ in range(20)))

    made = {answer["partnerSuspension"]["id"] for answer in answers if not codes(answer)}
    refused = [error["field"] for answer in answers for error in answer["userErrors"]]
    assert len(made) == 1
    assert all(field == ["partner"] for field in refused)
    standing = "SELECT count(*) FROM identity.partner_suspension WHERE partner = $1"
    assert await owner.fetchval(standing, CITY) == 1
