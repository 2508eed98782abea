"""Documents of the stories in which a partner city as a whole is kept out."""

from __future__ import annotations

from typing import Any

from tests.town import Caller, key


async def kept_out(caller: Caller, city: str, **more: Any) -> Any:
    """The payload of suspendPartner."""
    given = {"partner": city, "idempotencyKey": key(), **more}
    return await caller.ask(_document("suspendPartner", "SuspendPartnerInput"), input=given)


async def on_city(caller: Caller, name: str, suspension: dict[str, Any]) -> Any:
    """The payload of resumePartner or revokePartner, in the version that the caller was shown."""
    given = {"id": suspension["id"], "expectedVersion": suspension["version"]}
    return await caller.ask(_document(name, "PartnerSuspensionInput"), input=given)


def _document(name: str, given: str) -> str:
    return f"""
    mutation ($input: {given}!) {{
      {name}(input: $input) {{
        partnerSuspension {{ id version partner state reason availableTransitions }}
        userErrors {{ code message messageZh field nextStep details }}
      }}
    }}
    """
