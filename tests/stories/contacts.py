"""What the stories of contacts have in common: documents, callers, and who is met."""

from __future__ import annotations

from typing import Any

from tests.make import Make, Row
from tests.town import Caller, Enter, key, the_id

HR = "nt-rsj"
SCOPES = ("contact:read", "contact:write", "event:read", "event:read.internal", "reference:read")
TALENTS = ("talent:read.basic", "talent:read.contact")
CONTACT = (
    "id version state name reach territory interests lawfulBasis consentEvidence retentionUntil"
    " nextStep availableTransitions talent { id } event { id } ownerOrg { key }"
)
NOTED = "id version at channel note byOrg { key } contact { id }"
SHOWN = {
    "recordContact": ("RecordContactInput", f"contact {{ {CONTACT} }}"),
    "moveContact": ("MoveContactInput", f"contact {{ {CONTACT} }}"),
    "forgetContact": ("ForgetContactInput", f"contact {{ {CONTACT} }}"),
    "followUpContact": (
        "FollowUpContactInput",
        f"followUp {{ {NOTED} }} contact {{ {CONTACT} }}",
    ),
    "convertContact": (
        "ConvertContactInput",
        f"contact {{ {CONTACT} }} talent {{ id displayName phone email }}",
    ),
}
WAY = ("CONSENTED", "IN_TOUCH", "INTERESTED")


def document(name: str) -> str:
    kind, shown = SHOWN[name]
    return f"""
    mutation ($input: {kind}!) {{
      {name}(input: $input) {{
        {shown}
        userErrors {{ code message messageZh field nextStep details }}
      }}
    }}
    """


def met(event: Row, **values: Any) -> dict[str, Any]:
    """Somebody from Singapore who signed at the desk."""
    return {
        "eventId": the_id("Event", event),
        "territory": "SG",
        "consentEvidence": "signed at the desk",
        "retentionUntil": "2090-01-01",
        "idempotencyKey": key(),
        **values,
    }


async def send(caller: Caller, name: str, of: Any = None, /, **values: Any) -> Any:
    """A mutation; on a contact that was shown, in the version that it was shown in."""
    if of is not None:
        values = {"id": of["id"], "expectedVersion": of["version"], **values}
    return await caller.ask(document(name), input=values)


async def done(caller: Caller, name: str, of: Any = None, /, **values: Any) -> Any:
    """The contact of a mutation that must come to pass."""
    payload = await send(caller, name, of, **values)
    assert payload["userErrors"] == [], payload
    return payload["contact"]


async def noted(caller: Caller, contact: Any, **values: Any) -> Any:
    """What `followUpContact` says of a call."""
    about = {"contactId": contact["id"], "channel": "PHONE", "idempotencyKey": key()}
    return await send(caller, "followUpContact", **{**about, **values})


async def interested(caller: Caller, make: Make, **values: Any) -> Any:
    """A contact who may be converted."""
    contact = await done(caller, "recordContact", **met(await make.event(), **values))
    for state in WAY[1:]:
        contact = await done(caller, "moveContact", contact, to=state)
    return contact


async def human_resources(enter: Enter, *more: str, **values: Any) -> Caller:
    """The department that looks after contacts, for a purpose that it has."""
    given: dict[str, Any] = {"departments": [HR], "purposes": ["JOB_MATCHING"], **values}
    return await enter("DEPARTMENT", *SCOPES, *TALENTS, *more, **given)
