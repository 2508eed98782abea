"""What a park and a department keep on record: workspaces, carriers, homes, fee reliefs."""

from __future__ import annotations

from typing import Any

import asyncpg

from tests.make import Make, Row
from tests.make.park import AGES_AGO, FAR_AHEAD
from tests.stories.bookings import codes
from tests.town import Caller, Enter, key, the_id

UPSERT = """
mutation ($input: UpsertWorkspaceInput!) {
  upsertWorkspace(input: $input) {
    workspace { id version state seats priceFen availableTransitions }
    userErrors { code field messageZh details }
  }
}
"""
NOBODY = "00000000-0000-0000-0000-000000000001"


def document(name: str, payload: str, fields: str) -> str:
    kind = name[0].upper() + name[1:]
    return f"""
    mutation ($input: {kind}Input!) {{
      {name}(input: $input) {{
        {payload} {{ id version {fields} }} userErrors {{ code field messageZh nextStep }}
      }}
    }}
    """


def refusals(answer: Any) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["field"]) for error in answer["userErrors"]]


async def operator(enter: Enter, *parks: Row) -> Caller:
    return await enter(
        "OPERATOR",
        *("park:read", "park:write", "park:read.relief", "park:write.relief", "reference:read"),
        "policy:read",
        parks=parks,
    )


async def department(enter: Enter, *scopes: str) -> Caller:
    given = ("park:read", "park:write", "park:read.relief", "reference:read")
    return await enter("DEPARTMENT", *given, *scopes)


# Workspaces


def desk(park: Row, **values: Any) -> dict[str, Any]:
    return {
        "parkId": the_id("Park", park),
        "code": "01-01",
        "kind": "DESK",
        "seats": 6,
        "areaCm2": 200_000,
        "bookingUnit": "DAY",
        "priceFen": "0",
        "wholeSpace": False,
        "idempotencyKey": key(),
        **values,
    }


async def test_a_workspace_is_made_in_draft_then_changed(make: Make, enter: Enter) -> None:
    park = await make.park()
    own = await operator(enter, park)
    asked = desk(park)
    made = await own.ask(UPSERT, input=asked)
    assert made["userErrors"] == []
    assert made["workspace"]["state"] == "DRAFT"
    assert await own.ask(UPSERT, input=asked) == made

    blind = await own.ask(UPSERT, input=desk(park, seats=8))
    assert codes(blind) == ["CONFLICT"]
    assert blind["userErrors"][0]["details"] == {"currentVersion": 1}
    changed = await own.ask(UPSERT, input=desk(park, seats=8, priceFen="100", expectedVersion=1))
    workspace = changed["workspace"]
    assert (workspace["version"], workspace["seats"], workspace["priceFen"]) == (2, 8, "100")
    absent = await own.ask(UPSERT, input=desk(park, code="99", expectedVersion=1))
    assert refusals(absent) == [("CONFLICT", ["expectedVersion"])]


async def test_what_reservations_rest_on_does_not_change_under_them(
    make: Make, enter: Enter
) -> None:
    park = await make.park()
    space = await make.workspace(park=park, seats=6, code="01-01")
    await make.reservation(workspace=space, seats=2)
    own = await operator(enter, park)
    for change in ({"seats": 5}, {"wholeSpace": True}, {"bookingUnit": "HOUR"}):
        refused = await own.ask(UPSERT, input=desk(park, expectedVersion=1, **change))
        assert codes(refused) == ["HAS_RESERVATIONS"]
    observed = await make.workspace(
        park=park,
        seats=6,
        code="02-02",
        observed_free_seats=5,
        observed_source="OPERATOR",
        observed_at=AGES_AGO,
        stale_after=FAR_AHEAD,
    )
    fewer = await own.ask(UPSERT, input=desk(park, code="02-02", seats=3, expectedVersion=1))
    assert fewer["workspace"]["id"] == the_id("Workspace", observed)
    grown = await own.ask(UPSERT, input=desk(park, expectedVersion=1, seats=7, priceFen="5"))
    assert grown["userErrors"] == []


async def test_what_no_workspace_can_be(make: Make, enter: Enter) -> None:
    park, foreign = await make.park(), await make.park()
    own = await operator(enter, park)
    wrong: dict[str, Any] = {
        "code": "",
        "seats": 0,
        "areaCm2": 0,
        "priceFen": "-1",
        "freeMonths": -1,
    }
    for name, value in wrong.items():
        answer = await own.ask(UPSERT, input=desk(park, **{name: value}))
        assert refusals(answer) == [("INVALID", [name])]
    assert codes(await own.ask(UPSERT, input=desk(foreign))) == ["OUT_OF_BOUNDS"]
    assert codes(await own.ask(UPSERT, input=desk({"id": NOBODY}))) == ["NOT_FOUND"]


# Carriers

REGISTER_CARRIER = document("registerCarrier", "carrier", "kind level places nameZh")
UPDATE_CARRIER = document("updateCarrier", "carrier", "kind level places nameZh")


async def test_carriers_are_registered_by_a_department_and_read_by_partners(
    make: Make, enter: Enter, suzhou: Caller
) -> None:
    bureau, host = await department(enter), await make.organisation()
    wanted = {
        "nameZh": "博士后科研工作站",
        "kind": "POSTDOC",
        "level": "PROVINCIAL",
        "hostOrganisationId": the_id("Organisation", host),
        "places": 4,
        "idempotencyKey": key(),
    }
    made = (await bureau.ask(REGISTER_CARRIER, input=wanted))["carrier"]
    told = {"id": made["id"], "expectedVersion": 1, "level": "NATIONAL"}
    changed = (await bureau.ask(UPDATE_CARRIER, input=told))["carrier"]
    assert changed == {**made, "version": 2, "level": "NATIONAL"}
    assert codes(await bureau.ask(UPDATE_CARRIER, input=told)) == ["CONFLICT"]
    listed = """
    query ($host: ID!) {
      carriers(first: 5, filter: { kind: POSTDOC, hostOrganisation: $host }) {
        totalCount edges { node { level hostOrganisation { carriers(first: 5) { totalCount } } } }
      }
    }
    """
    found = await suzhou.ask(listed, host=the_id("Organisation", host))
    assert found == {
        "totalCount": 1,
        "edges": [
            {"node": {"level": "NATIONAL", "hostOrganisation": {"carriers": {"totalCount": 1}}}}
        ],
    }
    own = await operator(enter, await make.park())
    assert codes(await own.ask(REGISTER_CARRIER, input={**wanted, "idempotencyKey": key()})) == [
        "OUT_OF_BOUNDS"
    ]
    assert codes(await own.ask(UPDATE_CARRIER, input=told)) == ["OUT_OF_BOUNDS"]
    for change, field in (
        ({"places": -1}, "places"),
        ({"nameZh": ""}, "nameZh"),
        ({"hostOrganisationId": f"Organisation:{NOBODY}"}, "hostOrganisationId"),
    ):
        fresh = {**wanted, "idempotencyKey": key(), **change}
        [(_, path)] = refusals(await bureau.ask(REGISTER_CARRIER, input=fresh))
        assert path == [field]


# Homes for returnees

REGISTER_HOME = document("registerReturneeHome", "returneeHome", "nameZh hours contactRoles")
UPDATE_HOME = document("updateReturneeHome", "returneeHome", "nameZh hours contactRoles")


async def test_a_home_is_kept_by_its_park(make: Make, enter: Enter, suzhou: Caller) -> None:
    park, foreign = await make.park(), await make.park()
    own = await operator(enter, park)
    wanted = {
        "parkId": the_id("Park", park),
        "nameZh": "归国人才之家",
        "contactRoles": ["服务专员"],
        "idempotencyKey": key(),
    }
    made = (await own.ask(REGISTER_HOME, input=wanted))["returneeHome"]
    told = {"id": made["id"], "expectedVersion": 1, "hours": "工作日 9:00-17:00"}
    changed = (await own.ask(UPDATE_HOME, input=told))["returneeHome"]
    assert changed == {**made, "version": 2, "hours": "工作日 9:00-17:00"}
    seen = "query ($id: ID!) { park(id: $id) { returneeHomes(first: 2) { totalCount } } }"
    assert (await suzhou.ask(seen, id=the_id("Park", park)))["returneeHomes"]["totalCount"] == 1

    async def told_of(**values: Any) -> list[tuple[str, list[str]]]:
        fresh = {**wanted, "idempotencyKey": key(), **values}
        return refusals(await own.ask(REGISTER_HOME, input=fresh))

    assert await told_of(parkId=the_id("Park", foreign)) == [("OUT_OF_BOUNDS", ["parkId"])]
    assert await told_of(nameZh=" ") == [("INVALID", ["nameZh"])]
    assert await told_of(contactRoles=["x"] * 21) == [("INVALID", ["contactRoles"])]


# Fee reliefs

VERSION = "policyVersion { key policy { key } }"
GRANT = document("grantFeeRelief", "feeRelief", f"kind rate months amountFen state {VERSION}")
REVOKE = document("revokeFeeRelief", "feeRelief", "state revokeNote availableTransitions")


async def relief(make: Make, park: Row, **values: Any) -> dict[str, Any]:
    return {
        "parkId": the_id("Park", park),
        "organisationId": the_id("Organisation", await make.organisation()),
        "kind": "WAIVER",
        "startsOn": "2026-12-01",
        "idempotencyKey": key(),
        **values,
    }


async def test_a_fee_is_waived_or_reduced_and_the_relief_taken_back(
    make: Make, enter: Enter, suzhou: Caller, owner: asyncpg.Connection
) -> None:
    park = await make.park()
    own = await operator(enter, park)
    asked = await relief(make, park, months=12, policyVersionKey="property-fee-relief/1")
    waived = await own.ask(GRANT, input=asked)
    assert waived["userErrors"] == []
    assert waived["feeRelief"]["policyVersion"] == {
        "key": "property-fee-relief/1",
        "policy": {"key": "property-fee-relief"},
    }
    assert (waived["feeRelief"]["rate"], waived["feeRelief"]["months"]) == ("1.0000", 12)
    assert await own.ask(GRANT, input=asked) == waived
    part = await own.ask(GRANT, input=await relief(make, park, kind="REDUCTION", rate="0.25"))
    assert part["feeRelief"]["rate"] == "0.2500"
    sum_ = await relief(make, park, kind="REDUCTION", amountFen="3000000000")
    assert (await own.ask(GRANT, input=sum_))["feeRelief"]["amountFen"] == "3000000000"

    back = {"id": part["feeRelief"]["id"], "expectedVersion": 1, "note": "Moved out."}
    revoked = (await own.ask(REVOKE, input=back))["feeRelief"]
    assert (revoked["state"], revoked["revokeNote"]) == ("REVOKED", "Moved out.")
    assert revoked["availableTransitions"] == []
    assert (await own.ask(REVOKE, input=back))["feeRelief"]["version"] == 2
    changes = "SELECT count(*) FROM ledger.change WHERE object = $1"
    assert await owner.fetchval(changes, revoked["id"].split(":")[1]) == 2

    seen = "{ feeReliefs(first: 5) { totalCount } }"
    assert (await own.ask(seen))["totalCount"] == 3
    refused = await suzhou.whole(seen)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_what_no_relief_can_be(make: Make, enter: Enter) -> None:
    park, foreign = await make.park(), await make.park()
    own = await operator(enter, park)

    async def told(where: Row = park, **values: Any) -> list[tuple[str, list[str]]]:
        return refusals(await own.ask(GRANT, input=await relief(make, where, **values)))

    assert await told(foreign) == [("OUT_OF_BOUNDS", ["parkId"])]
    assert await told(rate="0.5") == [("INVALID", ["rate"])]
    assert await told(kind="REDUCTION") == [("INVALID", ["rate"])]
    for rate in ("0", "1", "1.5", "-0.2", "0.00001"):
        assert await told(kind="REDUCTION", rate=rate) == [("INVALID", ["rate"])]
    assert await told(months=0) == [("INVALID", ["months"])]
    assert await told(amountFen="0") == [("INVALID", ["amountFen"])]
    assert await told(organisationId=None) == [("INVALID", ["organisationId"])]
    nobody = f"Organisation:{NOBODY}"
    assert await told(organisationId=nobody) == [("NOT_FOUND", ["organisationId"])]
    draft = await make.policy_version(policy=await make.policy(), state="DRAFT")
    for version in ("fee-relief/1", draft["key"]):
        assert await told(policyVersionKey=version) == [("NOT_FOUND", ["policyVersionKey"])]
    person = f"Talent:{NOBODY}"
    assert await told(organisationId=None, talentId=person) == [("NOT_FOUND", ["talentId"])]
