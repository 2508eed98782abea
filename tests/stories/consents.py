"""What the stories of consents have in common: documents, who asks whom, what a partner reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hub.model.types import CITY_TIME
from tests.make import Make, Row
from tests.town import SUZHOU, Caller, Enter, city, key, the_id

TODAY = datetime.now(CITY_TIME).date()
OWN = ("consent:write", "consent:read", "talent:read.basic", "audit:read.self")
READS = ("talent:read.basic", "talent:read.degree", "talent:read.contact")
INPUTS = {"grantConsent": "GrantConsentInput", "requestConsent": "RequestConsentInput"}


def document(name: str) -> str:
    return f"""
    mutation ($input: {INPUTS.get(name, "ConsentInput")}!) {{ {name}(input: $input) {{
        consent {{ id version state recipient purpose fieldGroups from until evidence textZh textEn
            requestedBy withdrawnAt withdrawalEvidence availableTransitions talent {{ id }} }}
        userErrors {{ code message messageZh field nextStep details }} }} }}
    """


def terms(**changes: Any) -> dict[str, Any]:
    """Basic data and degrees for Suzhou, to find a post, for a year."""
    return {
        "recipient": SUZHOU,
        "purpose": "JOB_MATCHING",
        "groups": ["BASIC", "DEGREE"],
        "until": (TODAY + timedelta(days=365)).isoformat(),
        "idempotencyKey": key(),
        **changes,
    }


async def ask(caller: Caller, name: str, **given: Any) -> Any:
    """The payload of a mutation that makes a consent."""
    return await caller.ask(document(name), input=given)


async def answer(caller: Caller, name: str, consent: Any, **more: Any) -> Any:
    """The payload of one about a consent, in the version that the caller was shown."""
    given = {"id": consent["id"], "expectedVersion": consent["version"], **more}
    return await caller.ask(document(name), input=given)


async def herself(enter: Enter, talent: Row) -> Caller:
    return await enter("TALENT", *OWN, talent=talent)


async def agreed(make: Make, code: str = SUZHOU, **terms: Any) -> Row:
    """The city is a partner, with a data-sharing agreement in force."""
    await city(make, code)
    live: Row | None = await make.connection.fetchrow(
        "SELECT * FROM cooperation.agreement WHERE partner_code = $1"
        " AND kind = 'DATA_SHARING' AND state = 'IN_FORCE'",
        code,
    )
    if live is not None:
        return live
    partner = await make.connection.fetchrow(
        "SELECT * FROM cooperation.partner WHERE code = $1", code
    )
    assert partner is not None
    return await make.sharing(partner=partner, **terms)


async def looked_up(caller: Caller, talent: Any, fields: str = "id displayName") -> Any:
    """What a caller gets of a person: the node, and what the answer says was withheld."""
    asked = f'{{ talent(id: "{the_id("Talent", talent)}") {{ {fields} }} }}'
    found = await caller.whole(asked)
    assert "errors" not in found, found
    withheld = found.get("extensions", {}).get("access", {}).get("withheld", [])
    return found["data"]["talent"], withheld
