"""The feed of what cities and departments do together, proved by replay as that of the parks is.

A copy that reads again only what the feed names equals what is read afresh, after each action.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest

from hub.app import registry
from hub.ledger import feed
from tests.make import Make
from tests.stories.cooperation import PROPOSAL, SHOWN, done, enclave_at_work, finding, sides
from tests.stories.test_agreements import in_force, proposal
from tests.stories.test_matters import SCOPES as MATTERS
from tests.stories.test_matters import answer, assign
from tests.stories.test_registers import chain_of, group_of, on_group, register, set_role, update
from tests.stories.test_registers import send as send_on
from tests.town import Caller, Enter

FIELDS = {
    "Agreement": SHOWN["agreement"],
    "AgreementPlacement": "id version titleZh",
    "ChainRole": "id version part",
    "Enclave": SHOWN["enclave"],
    "EnclaveResult": "id version state dispute amount confirmedBy { code } availableTransitions",
    "EnclaveShare": "id version share",
    "IndustryChain": "id version key nameZh nameEn",
    "Matter": "id version state question answer availableTransitions",
    "Organisation": "id version nameZh nameEn uscc isKeyUnit",
    "WorkingGroup": "id version key nameZh formedOn dissolvedOn",
    "WorkingGroupMember": "id version since",
}
PLURALS = {name: registry().nouns[name].plural for name in FIELDS}
CITIES = iter(f"33{number:02d}00" for number in range(3, 99))
OFFICE = {"signatory": "办公室"}


@dataclass
class Scene:
    """Nantong and a partner city of the test's own."""

    nantong: Caller
    partner: Caller
    make: Make
    code: str
    given: dict[str, Any] = field(default_factory=dict)


Act = Callable[[Scene], Awaitable[Any]]


async def nothing(_: Scene) -> Any:
    return None


async def drafted(scene: Scene) -> Any:
    return await done(scene.nantong, "proposeAgreement", **proposal(scene.code))


async def signed(scene: Scene) -> Any:
    half = await done(scene.nantong, "signAgreement", await drafted(scene), **OFFICE)
    return await done(scene.partner, "signAgreement", half, **OFFICE)


async def forced(scene: Scene) -> Any:
    return await in_force(scene.nantong, scene.partner, scene.code)


async def suspended(scene: Scene) -> Any:
    return await done(scene.nantong, "suspendAgreement", await forced(scene))


async def lapsed(scene: Scene) -> Any:
    past = {"from": "2020-01-01", "until": "2021-01-01"}
    return await in_force(scene.nantong, scene.partner, scene.code, **past)


async def proposed(scene: Scene) -> Any:
    about = {"partner": scene.code, "host": scene.code, **PROPOSAL}
    return await done(scene.nantong, "proposeEnclave", **about)


async def agreed(scene: Scene) -> Any:
    return await done(scene.partner, "acceptEnclave", await proposed(scene))


async def active(scene: Scene) -> Any:
    return await enclave_at_work(scene.nantong, scene.partner, scene.code)


async def paused(scene: Scene) -> Any:
    return await done(scene.nantong, "pauseEnclave", await active(scene))


async def reported(scene: Scene) -> Any:
    found = finding(await active(scene), scene.code)
    return await done(scene.nantong, "reportEnclaveResult", **found)


async def disputed(scene: Scene) -> Any:
    return await done(scene.partner, "disputeResult", await reported(scene), reason="No.")


async def grouped(scene: Scene) -> Any:
    make = scene.make
    group = await make.working_group()
    for name in ("nt-rsj", "nt-czj"):
        row = await make.connection.fetchrow(
            "SELECT * FROM cooperation.organisation WHERE key = $1", name
        )
        await make.member(group=group, organisation=row)
    return group


async def asked(scene: Scene) -> Any:
    return (await assign(scene.nantong, await grouped(scene), "nt-rsj"))["matter"]


PLACE = """
    mutation ($input: RegisterPlacementInput!) {
      registerPlacement(input: $input) { placement { id } userErrors { code } } }
"""


async def place(scene: Scene, agreement: Any) -> Any:
    await scene.make.some_division("320600")
    given = {"agreementId": agreement["id"], "kind": "TEAM", "titleZh": "团队"}
    placed = {**given, "division": "320600", "idempotencyKey": "placed"}
    return await scene.nantong.ask(PLACE, input=placed)


async def registered(scene: Scene) -> Any:
    abroad = {"kind": "UNIVERSITY", "nameZh": "示例大学", "territory": "SG"}
    return (await register(scene.nantong, **abroad))["organisation"]


async def chained(scene: Scene) -> Any:
    return await chain_of(scene.nantong)


async def led(scene: Scene) -> Any:
    """A chain with a leader, and who is to be the next."""
    chain, team = await chained(scene), await scene.make.organisation()
    scene.given["next"] = await scene.make.organisation()
    return (await set_role(scene.nantong, chain, team, "LEADER"))["industryChain"]


async def joined(scene: Scene) -> Any:
    return (await join(scene, await group_of(scene.nantong)))["workingGroup"]


async def lead(scene: Scene, chain: Any) -> Any:
    """Another organisation takes the lead."""
    return await set_role(scene.nantong, chain, scene.given["next"], "LEADER")


async def rename(scene: Scene, chain: Any) -> Any:
    told = {"id": chain["id"], "expectedVersion": chain["version"], "nameEn": "Renamed"}
    return await send_on(scene.nantong, "updateIndustryChain", "industryChain", "id", **told)


async def say_otherwise(scene: Scene, of: Any) -> Any:
    told = {"id": of["id"], "expectedVersion": of["version"], "nameEn": "Renamed"}
    return await update(scene.nantong, **told)


async def join(scene: Scene, group: Any) -> Any:
    return await on_group(scene.nantong, "addGroupMember", group, department="nt-czj")


async def leave(scene: Scene, group: Any) -> Any:
    return await on_group(scene.nantong, "removeGroupMember", group, department="nt-czj")


async def end(scene: Scene, group: Any) -> Any:
    return await on_group(scene.nantong, "updateWorkingGroup", group, dissolvedOn="2026-12-01")


def by(side: str, name: str, **values: Any) -> Act:
    """A mutation of one side on what was made before."""

    async def act(scene: Scene, before: Any) -> Any:
        return await done(getattr(scene, side), name, before, **values)

    return act  # type: ignore[return-value]  # takes what was made before as well


ONE = {"count": 1, "attribution": [{"city": "320600", "share": "1"}]}
ACTIONS: dict[str, tuple[Act, Any]] = {
    "proposeAgreement": (nothing, lambda scene, _: drafted(scene)),
    "signAgreement": (drafted, by("nantong", "signAgreement", **OFFICE)),
    "bringIntoForce": (signed, by("nantong", "bringIntoForce")),
    "suspendAgreement": (forced, by("partner", "suspendAgreement")),
    "resumeAgreement": (suspended, by("nantong", "resumeAgreement")),
    "terminateAgreement": (forced, by("partner", "terminateAgreement")),
    "expireAgreement": (lapsed, by("nantong", "expireAgreement")),
    "registerPlacement": (drafted, place),
    "proposeEnclave": (nothing, lambda scene, _: proposed(scene)),
    "acceptEnclave": (proposed, by("partner", "acceptEnclave")),
    "activateEnclave": (agreed, by("partner", "activateEnclave")),
    "pauseEnclave": (active, by("partner", "pauseEnclave")),
    "closeEnclave": (paused, by("nantong", "closeEnclave")),
    "reportEnclaveResult": (nothing, lambda scene, _: reported(scene)),
    "confirmResult": (reported, by("partner", "confirmResult")),
    "disputeResult": (reported, by("partner", "disputeResult", reason="No.")),
    "restateResult": (disputed, by("nantong", "restateResult", **ONE)),
    "assignMatter": (grouped, lambda scene, group: assign(scene.nantong, group, "nt-rsj")),
    "registerOrganisation": (nothing, lambda scene, _: registered(scene)),
    "updateOrganisation": (registered, say_otherwise),
    "registerIndustryChain": (nothing, lambda scene, _: chained(scene)),
    "updateIndustryChain": (chained, rename),
    "setChainRole": (led, lead),
    "formWorkingGroup": (nothing, lambda scene, _: group_of(scene.nantong)),
    "updateWorkingGroup": (joined, end),
    "addGroupMember": (lambda scene: group_of(scene.nantong), join),
    "removeGroupMember": (joined, leave),
    "answerMatter": (asked, lambda scene, matter: answer(scene.nantong, matter)),
}
"""Action -> what is there before it, and the action itself."""


def test_every_action_of_the_room_is_replayed() -> None:
    nouns, actions = registry().nouns, registry().actions
    room = {name for name, act in actions.items() if nouns[act.on].room == "cooperation"}
    assert set(ACTIONS) == room


async def afresh(caller: Caller) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for noun, fields in FIELDS.items():
        page_of = f"edges {{ node {{ {fields} }} }}"
        document = f"{{ {PLURALS[noun]}(last: 100, orderBy: [ID_ASC]) {{ {page_of} }} }}"
        page = await caller.ask(document)
        found |= {edge["node"]["id"]: edge["node"] for edge in page["edges"]}
    return found


async def follow(
    caller: Caller, owner: asyncpg.Connection, copy: dict[str, Any], place: feed.Place
) -> None:
    """Read again what the feed names after a place."""
    named: set[str] = set()
    async with asyncio.timeout(20):
        while not named:
            while batch := await feed.after(owner, place, limit=20):
                named |= {f"{change.entity}:{change.object}" for change in batch}
                place = batch[-1].place
            await asyncio.sleep(0.05)
    for noun, fields in FIELDS.items():
        ids = sorted(name for name in named if name.startswith(f"{noun}:"))
        document = (
            f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on {noun} {{ {fields} }} }} }}"
        )
        for key, node in zip(ids, await caller.ask(document, ids=ids), strict=True):
            copy.pop(key, None)
            if node is not None:
                copy[key] = node


@pytest.mark.parametrize("name", ACTIONS)
async def test_old_answer_and_changes_give_the_new_answer(
    name: str, make: Make, enter: Enter, owner: asyncpg.Connection
) -> None:
    code = next(CITIES)
    scene = Scene(*await sides(enter, make, code, *MATTERS[:2]), make, code)
    before, act = ACTIONS[name]
    made = await before(scene)
    place = feed.BEGINNING
    async with asyncio.timeout(20):
        while batch := await feed.after(owner, place):
            place = batch[-1].place
    copy = await afresh(scene.nantong)
    old = dict(copy)

    await act(scene, made)

    await follow(scene.nantong, owner, copy, place)
    now = await afresh(scene.nantong)
    assert {key: copy[key] for key in now} == now
    assert copy != old
