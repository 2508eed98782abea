"""What the stories of reservations have in common: documents, periods, requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.make import Row
from tests.town import Caller, key, the_id

HOLD = """
mutation ($input: HoldWorkspaceInput!) {
  holdWorkspace(input: $input) {
    reservation { id version state seats from until holdExpiresAt availableTransitions }
    userErrors { code messageZh field nextStep details }
  }
}
"""
TOMORROW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)


def move_document(name: str) -> str:
    kind = "CancelReservationInput" if name == "cancelReservation" else "ReservationInput"
    return f"""
    mutation ($input: {kind}!) {{
      {name}(input: $input) {{
        reservation {{ id version state cancelReason cancelNote availableTransitions }}
        userErrors {{ code message messageZh field details }}
      }}
    }}
    """


def at(hour: float) -> datetime:
    """Hours counted from this hour of tomorrow."""
    return TOMORROW + timedelta(hours=hour)


def request(
    workspace: Row, team_of: Row, first: float, last: float, **values: Any
) -> dict[str, Any]:
    """A hold for an organisation, by hours."""
    return {
        "workspaceId": the_id("Workspace", workspace),
        "from": at(first).isoformat(),
        "to": at(last).isoformat(),
        "seats": 1,
        "holder": {"organisationId": the_id("Organisation", team_of)},
        "idempotencyKey": key(),
        **values,
    }


async def hold(
    caller: Caller, workspace: Row, team_of: Row, first: float, last: float, **values: Any
) -> Any:
    return await caller.ask(HOLD, input=request(workspace, team_of, first, last, **values))


async def move(caller: Caller, name: str, reservation: dict[str, Any], **values: Any) -> Any:
    """A transition by its mutation, in the version that the caller was shown."""
    given = {"id": reservation["id"], "expectedVersion": reservation["version"], **values}
    return await caller.ask(move_document(name), input=given)


def codes(payload: Any) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]
