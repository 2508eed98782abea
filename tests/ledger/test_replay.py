"""The feed is proved by replay: an old answer and the changes since give the new answer.

A client that keeps a copy reads every object once, then only what the feed names. For each action
of the API its copy must equal what it would read afresh. What is computed for the moment of asking
(free seats) is no part of a copy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub.app import registry
from hub.ledger import feed
from tests.make import Make, Row
from tests.stories.administration import act, key_set, registration
from tests.stories.bookings import HOLD, at, move, request
from tests.stories.partners import kept_out, on_city
from tests.stories.people import added, on_person, someone
from tests.stories.test_availability import SET, report
from tests.stories.test_hours import BLOCK, LIFT
from tests.stories.test_hours import SET as SET_HOURS
from tests.stories.test_move import MOVE
from tests.stories.test_parks import MOVE as MOVE_PARK
from tests.stories.test_parks import to
from tests.stories.test_records import GRANT, REGISTER_HOME, REVOKE, UPDATE_HOME, UPSERT, relief
from tests.stories.test_records import desk as desk_input
from tests.stories.test_series import CANCEL, CONFIRM, HOLD_SERIES, wanted
from tests.town import SUZHOU, Caller, Enter, key, the_id

FIELDS = {
    "Workspace": "version updatedAt code seats state observedAt staleAfter availableTransitions"
    " park { id }",
    "Reservation": "version updatedAt seats from until state requestedBy holdExpiresAt cancelReason"
    " cancelNote availableTransitions workspace { id } park { id }",
}
FIELDS |= {
    "ReservationSeries": "version updatedAt rrule seats state cancelReason cancelNote",
    "Block": "version updatedAt from until reason note state workspace { id }",
    "FeeRelief": "version updatedAt kind rate state revokeNote",
    "ReturneeHome": "version updatedAt nameZh hours contactRoles",
}
PLURALS = {
    "Workspace": "workspaces",
    "Reservation": "reservations",
    "Client": "clients",
    "PartnerSuspension": "partnerSuspensions",
    "Person": "people",
    "ReservationSeries": "reservationSeriesList",
    "Block": "blocks",
    "FeeRelief": "feeReliefs",
    "ReturneeHome": "returneeHomes",
    "Contact": "contacts",
    "FollowUp": "followUps",
    "Talent": "talents",
}
SCOPES = (
    *("park:read", "park:write", "park:write.availability", "workspace:reserve"),
    *("park:read.relief", "park:write.relief"),
)


CLIENT_FIELDS = {
    "Client": "version updatedAt clientId nameEn nameZh audience state tokenEndpointAuthMethod"
    " scopes partner departments purposes dpopBound resourceServer jwks parkIds"
    " availableTransitions",
}


ALL_TOLD = """
    SELECT coalesce(max(xid) < pg_snapshot_xmin(pg_current_snapshot()), true) FROM ledger.change
"""


class Copy:
    """What a system keeps: of one park, or of whatever `narrowed` says, with these fields."""

    def __init__(
        self,
        caller: Caller,
        owner: asyncpg.Connection,
        narrowed: dict[str, str],
        fields: dict[str, str] = FIELDS,
    ) -> None:
        self.caller, self.owner = caller, owner
        self.narrowed, self.fields = narrowed, fields
        self.objects: dict[str, Any] = {}
        self.place = feed.BEGINNING

    async def snapshot(self) -> None:
        """Everything there is, and from where on the feed tells of changes.

        It waits until the feed has told of all that was done before, which other transactions on
        the server may hold back.
        """
        async with asyncio.timeout(20):
            while not await self.owner.fetchval(ALL_TOLD):  # noqa: ASYNC110  # polls
                await asyncio.sleep(0.05)
        self.place = await self._end()
        self.objects = await self.afresh()

    async def afresh(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for noun, fields in self.fields.items():
            document = f"""query ($narrowed: {noun}Filter) {{
              {PLURALS[noun]}(first: 100, filter: $narrowed) {{
                edges {{ node {{ id {fields} }} }} }} }}"""
            page = await self.caller.ask(document, narrowed=self.narrowed)
            found |= {edge["node"]["id"]: edge["node"] for edge in page["edges"]}
        return found

    async def follow(self) -> set[str]:
        """Read again what the feed names; the ids."""
        async with asyncio.timeout(20):  # transactions elsewhere on the server hold the feed back
            while not (changes := [change async for change in self._changes()]):  # noqa: ASYNC110  # polls
                await asyncio.sleep(0.05)
        named = {f"{change.entity}:{change.object}" for change in changes}
        for noun, fields in self.fields.items():
            document = (
                f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on {noun} {{ {fields} }} }} }}"
            )
            ids = sorted(name for name in named if name.startswith(f"{noun}:"))
            for node in await self.caller.ask(document, ids=ids):
                self.objects[node["id"]] = node
        return named

    async def _changes(self) -> Any:
        while batch := await feed.after(self.owner, self.place, limit=2):
            for change in batch:
                yield change
            self.place = batch[-1].place

    async def _end(self) -> feed.Place:
        place = feed.BEGINNING
        while batch := await feed.after(self.owner, place):
            place = batch[-1].place
        return place


class Scene:
    """A park with a desk, and reservations of it that an action begins with."""

    def __init__(self, make: Make, operator: Caller, desk: Row, team: Row) -> None:
        self.make, self.operator, self.desk, self.team = make, operator, desk, team
        self.booked: list[dict[str, Any]] = []

    async def book(self, *states: str) -> None:
        for state in states:
            expires = at(100) if state == "HELD" else None
            row = await self.make.reservation(
                workspace=self.desk, state=state, hold_expires_at=expires
            )
            self.booked.append({"id": the_id("Reservation", row), "version": 1})


Act = Callable[[Scene], Awaitable[Any]]


def moves(name: str) -> Act:
    return lambda scene: move(scene.operator, name, scene.booked[0])


async def hold(scene: Scene) -> Any:
    return await scene.operator.ask(HOLD, input=request(scene.desk, scene.team, 0, 2))


async def observe(scene: Scene) -> Any:
    row = report(scene.desk, 1, at=datetime.now(UTC), state="OUT_OF_SERVICE")
    return await scene.operator.ask(SET, input={"idempotencyKey": "once", "rows": [row]})


async def retire(scene: Scene) -> Any:
    order = {"id": the_id("Workspace", scene.desk), "to": "RETIRED", "expectedVersion": 1}
    return await scene.operator.ask(MOVE, input={**order, "force": True})


async def hold_series(scene: Scene) -> Any:
    return await scene.operator.ask(HOLD_SERIES, input=wanted(scene.desk, scene.team))


def with_series(document: str) -> Act:
    async def act(scene: Scene) -> Any:
        row = await scene.make.reservation_series(
            workspace=scene.desk, state="HELD", hold_expires_at=at(100)
        )
        order = {"id": the_id("ReservationSeries", row), "expectedVersion": 1}
        return await scene.operator.ask(document, input=order)

    return act


def of_desk(document: str, **more: Any) -> Act:
    async def act(scene: Scene) -> Any:
        order = {"workspaceId": the_id("Workspace", scene.desk), **more}
        return await scene.operator.ask(document, input=order)

    return act


async def lift(scene: Scene) -> Any:
    row = await scene.make.block(workspace=scene.desk)
    order = {"id": the_id("Block", row), "expectedVersion": 1}
    return await scene.operator.ask(LIFT, input=order)


async def upsert(scene: Scene) -> Any:
    park = {"id": scene.desk["park_id"]}
    return await scene.operator.ask(UPSERT, input=desk_input(park))


async def close(scene: Scene) -> Any:
    park = {"id": scene.desk["park_id"]}
    return await scene.operator.ask(MOVE_PARK, input=to("CLOSED", park, force=True))


async def grant(scene: Scene) -> Any:
    park = {"id": scene.desk["park_id"]}
    return await scene.operator.ask(GRANT, input=await relief(scene.make, park))


async def revoke(scene: Scene) -> Any:
    row = await scene.make.fee_relief(park={"id": scene.desk["park_id"]})
    order = {"id": the_id("FeeRelief", row), "expectedVersion": 1}
    return await scene.operator.ask(REVOKE, input=order)


async def found_home(scene: Scene) -> Any:
    park = the_id("Park", {"id": scene.desk["park_id"]})
    order = {"parkId": park, "nameZh": "之家", "idempotencyKey": key()}
    return await scene.operator.ask(REGISTER_HOME, input=order)


async def change_home(scene: Scene) -> Any:
    row = await scene.make.returnee_home(park={"id": scene.desk["park_id"]})
    order = {"id": the_id("ReturneeHome", row), "expectedVersion": 1, "hours": "9-5"}
    return await scene.operator.ask(UPDATE_HOME, input=order)


MONDAY = {"weekday": "MO", "opensAt": "00:00", "closesAt": "24:00"}
ACTIONS: dict[str, tuple[tuple[str, ...], Act]] = {
    "holdWorkspace": ((), hold),
    "confirmReservation": (("HELD",), moves("confirmReservation")),
    "cancelReservation": (("CONFIRMED",), moves("cancelReservation")),
    "checkIn": (("CONFIRMED",), moves("checkIn")),
    "checkOut": (("CHECKED_IN",), moves("checkOut")),
    "markNoShow": (("CONFIRMED",), moves("markNoShow")),
    "moveWorkspace": (("HELD", "CONFIRMED", "CHECKED_IN"), retire),
    "setAvailability": ((), observe),
    "holdSeries": ((), hold_series),
    "confirmSeries": ((), with_series(CONFIRM)),
    "cancelSeries": ((), with_series(CANCEL)),
    "setOpeningHours": (
        ("CONFIRMED",),
        of_desk(SET_HOURS, hours=[MONDAY], expectedVersion=1, force=True),
    ),
    "blockWorkspace": (
        ("CONFIRMED",),
        of_desk(
            BLOCK,
            **{"from": at(0).isoformat(), "to": at(9).isoformat()},
            reason="OTHER",
            force=True,
            idempotencyKey="once",
        ),
    ),
    "liftBlock": ((), lift),
    "upsertWorkspace": ((), upsert),
    "movePark": (("HELD", "CONFIRMED", "CHECKED_IN"), close),
    "grantFeeRelief": ((), grant),
    "revokeFeeRelief": ((), revoke),
    "registerReturneeHome": ((), found_home),
    "updateReturneeHome": ((), change_home),
}
"""Action -> states of the reservations that are there before it, and the action itself."""


CLIENT_ACTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "registerClient": ("", {}),
    "approveClient": ("REGISTERED", {}),
    "activateClient": ("APPROVED", {}),
    "suspendClient": ("ACTIVE", {}),
    "resumeClient": ("SUSPENDED", {}),
    "revokeClient": ("SUSPENDED", {}),
    "changeClient": ("ACTIVE", {"nameEn": "Another name", "bounds": {"partner": SUZHOU}}),
    "rotateClientSecret": ("ACTIVE", {}),
    "rotateClientKeys": ("ACTIVE", {"jwks": key_set()}),
}
"""Action -> state of the client that is there before it, and what the action is given besides."""

CITY = "310118"
PARTNER_ACTIONS = {"suspendPartner": None, "resumePartner": "REVOKED", "revokePartner": "SUSPENDED"}
"""Action -> state of the suspension of the city that is there before it."""
PARTNER_FIELDS = {
    "PartnerSuspension": "version updatedAt partner state reason availableTransitions"
}

PERSON_ACTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "addPerson": ("", {}),
    "suspendPerson": ("ACTIVE", {}),
    "resumePerson": ("SUSPENDED", {}),
    "closePerson": ("SUSPENDED", {}),
    "changePerson": ("ACTIVE", {"bounds": {"purposes": ["SERVICE_HANDLING"]}}),
    "resetPerson": ("ACTIVE", {}),
}
"""Action -> state of the person who is there before it, and what the action is given besides."""
UNSEEN = {"invitePerson"}
"""What changes nothing that anybody can read."""
PERSON_FIELDS = {
    "Person": "version updatedAt username role state departments purposes parkIds secondFactor"
    " availableTransitions",
}

ELSEWHERE = {"registerPark", "updatePark", "approvePark", "registerCarrier", "updateCarrier"}
"""What changes a park itself or stands in none: no part of the copy of what is in a park."""


def test_every_action_of_parks_and_clients_is_replayed() -> None:
    nouns = registry().nouns
    here = {
        name
        for name, act in registry().actions.items()
        if nouns[act.on].room in ("park", "platform")
    }
    replayed = (
        ACTIONS.keys() | CLIENT_ACTIONS.keys() | PARTNER_ACTIONS.keys() | PERSON_ACTIONS.keys()
    )
    assert replayed | ELSEWHERE | UNSEEN == here


@pytest.mark.parametrize("name", ACTIONS)
async def test_old_answer_and_changes_give_the_new_answer(
    name: str, make: Make, enter: Enter, owner: asyncpg.Connection
) -> None:
    park = await make.park()
    desk, team = await make.workspace(park=park, seats=20), await make.organisation()
    await make.workspace(park=park)
    states, act = ACTIONS[name]
    scene = Scene(make, await enter("OPERATOR", *SCOPES, parks=[park]), desk, team)
    await scene.book(*states)
    copy = Copy(scene.operator, owner, {"park": the_id("Park", park)})
    await copy.snapshot()
    before = dict(copy.objects)

    done = await act(scene)

    assert done["userErrors"] == []
    await copy.follow()
    assert copy.objects == await copy.afresh()
    assert copy.objects != before


@pytest.mark.parametrize("name", CLIENT_ACTIONS)
async def test_copy_of_a_client_follows_each_change_of_it(
    name: str, enter: Enter, owner: asyncpg.Connection
) -> None:
    administrator = await enter("ADMIN", "admin:clients")
    state, more = CLIENT_ACTIONS[name]
    wanted = registration(jwks=key_set() if name == "rotateClientKeys" else None)
    given = {"expectedVersion": 1, **more}
    if state:
        filed = (await act(administrator, "registerClient", wanted))["client"]
        key = UUID(filed["id"].removeprefix("Client:"))
        await owner.execute("UPDATE identity.client SET state = $2 WHERE id = $1", key, state)
        given["id"] = filed["id"]
    copy = Copy(administrator, owner, {"clientId": wanted["clientId"]}, CLIENT_FIELDS)
    await copy.snapshot()
    before = dict(copy.objects)

    done = await act(administrator, name, given if state else wanted)

    assert done["userErrors"] == []
    await copy.follow()
    assert copy.objects == await copy.afresh()
    assert copy.objects != before


@pytest.mark.parametrize("name", PARTNER_ACTIONS)
async def test_copy_of_a_city_kept_out_follows_each_change_of_it(
    name: str, enter: Enter, owner: asyncpg.Connection
) -> None:
    administrator = await enter("ADMIN", "admin:clients")
    await enter("PARTNER", "park:read", partner=CITY)
    copies = [
        Copy(administrator, owner, {"partner": CITY}, fields)
        for fields in (PARTNER_FIELDS, CLIENT_FIELDS)
    ]
    try:
        there = None
        if state := PARTNER_ACTIONS[name]:
            there = (await kept_out(administrator, CITY))["partnerSuspension"]
            if state == "REVOKED":
                there = (await on_city(administrator, "revokePartner", there))["partnerSuspension"]
        for copy in copies:
            await copy.snapshot()
        before = [dict(copy.objects) for copy in copies]

        act = on_city(administrator, name, there) if there else kept_out(administrator, CITY)
        done = await act

        assert done["userErrors"] == []
        for copy, old in zip(copies, before, strict=True):
            if copy.fields is PARTNER_FIELDS or name != "resumePartner":
                await copy.follow()
                assert copy.objects != old
            assert copy.objects == await copy.afresh()
    finally:
        await owner.execute("DELETE FROM identity.partner_suspension WHERE partner = $1", CITY)


@pytest.mark.parametrize("name", PERSON_ACTIONS)
async def test_copy_of_a_person_follows_each_change_of_her(
    name: str, enter: Enter, owner: asyncpg.Connection
) -> None:
    administrator = await enter("ADMIN", "admin:clients")
    state, more = PERSON_ACTIONS[name]
    wanted = someone()
    there = None
    if state:
        there = (await added(administrator, wanted))["person"]
        await owner.execute(
            "UPDATE identity.person SET state = $2 WHERE username = $1", wanted["username"], state
        )
    copy = Copy(administrator, owner, {"username": wanted["username"]}, PERSON_FIELDS)
    await copy.snapshot()
    before = dict(copy.objects)

    act = on_person(administrator, name, there, **more) if there else added(administrator, wanted)
    done = await act

    assert done["userErrors"] == []
    await copy.follow()
    assert copy.objects == await copy.afresh()
    assert copy.objects != before
