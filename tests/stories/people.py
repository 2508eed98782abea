"""What the stories of people have in common: documents, who is added, how it is sent."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.town import Caller, key

INPUTS = {"addPerson": "AddPersonInput", "changePerson": "ChangePersonInput"}
LINKS = ("addPerson", "invitePerson", "resetPerson")


def someone(**changes: Any) -> dict[str, Any]:
    """The input of addPerson for an auditor, who needs no bound."""
    name = f"auditor-{uuid4().hex[:12]}"
    return {"username": name, "role": "AUDITOR", "idempotencyKey": key(), **changes}


async def added(caller: Caller, given: dict[str, Any]) -> Any:
    """The payload of addPerson."""
    return await caller.ask(document("addPerson"), input=given)


async def on_person(caller: Caller, name: str, person: dict[str, Any], **more: Any) -> Any:
    """The payload of another mutation, in the version that the caller was shown."""
    given = {"id": person["id"], "expectedVersion": person["version"], **more}
    return await caller.ask(document(name), input=given)


def document(name: str) -> str:
    """A mutation of a person with all that its payload has."""
    return f"""
    mutation ($input: {INPUTS.get(name, "PersonInput")}!) {{
      {name}(input: $input) {{
        person {{ id version username role state departments purposes parkIds secondFactor
          availableTransitions }}
        {"invitationPath" if name in LINKS else ""}
        userErrors {{ code message messageZh field nextStep details }}
      }}
    }}
    """
