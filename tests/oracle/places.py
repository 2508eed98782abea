"""What the rooms compute and ask: free seats, periods, who holds a workspace when; ids of parks."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.oracle.memory import Memory, Row

OCCUPYING = ("HELD", "CONFIRMED", "CHECKED_IN")


def occupies(reservation: Row) -> bool:
    """Whether it takes seats: a hold does so until it runs out."""
    if reservation["state"] not in OCCUPYING:
        return False
    expires = reservation["hold_expires_at"]
    return reservation["state"] != "HELD" or expires is None or expires > _now()


def overlaps(reservation: Row, since: datetime, until: datetime) -> bool:
    """Whether two half-open periods share an instant; one that runs backwards has none."""
    period = reservation["period"]
    return bool(since < until and period.lower < until and since < period.upper)


def unreserved_seats(memory: Memory, workspace: Row) -> int | None:
    """Seats that nobody holds now; unknown unless the workspace is available."""
    if workspace["state"] != "AVAILABLE":
        return None
    now = _now()
    here = memory.where("Reservation", "workspace_id", workspace["id"])
    current = (r for r in here if r["period"].lower <= now < r["period"].upper)
    taken: list[int] = [r["seats"] for r in current if occupies(r)]
    if workspace["whole_space"] and taken:
        return 0
    seats: int = workspace["seats"]
    return max(seats - sum(taken), 0)


def free_seats(memory: Memory, workspace: Row) -> int | None:
    """What was observed, but no more than nobody holds; unknown when that is stale or unsaid."""
    unreserved = unreserved_seats(memory, workspace)
    match free_seats_source(memory, workspace):
        case None:
            return None
        case "RESERVATIONS":
            return unreserved
    assert unreserved is not None
    observed: int = workspace["observed_free_seats"]
    return min(observed, unreserved)


def free_seats_source(_: Memory, workspace: Row) -> str | None:
    """Reservations, unless the workspace was ever observed."""
    if workspace["state"] != "AVAILABLE":
        return None
    if workspace["observed_at"] is None:
        return "RESERVATIONS"
    if workspace["observed_free_seats"] is None or workspace["stale_after"] <= _now():
        return None
    source: str = workspace["observed_source"]
    return source


def park_ids(_: Memory, client: Row) -> list[str]:
    """Parks that a client may change, as ids."""
    return [f"Park:{park}" for park in client["parks"]]


def city_linked(_: Memory, person: Row) -> bool:
    """Whether a person may sign in by the city's own provider."""
    return person["city_subject"] is not None


def second_factor(_: Memory, person: Row) -> bool:
    """Whether a person has one."""
    return person["totp_secret"] is not None


def unreserved_seat_hours(_: Memory, month: Row) -> str:
    """What nobody reserved of the month, which is never less than nothing."""
    left: Decimal = month["seat_hours"] - month["reserved_seat_hours"]
    return str(max(left, Decimal("0.00")))


def reserved_share(_: Memory, month: Row) -> str | None:
    """Four digits, half of the last one counting up; nothing of nothing."""
    if not month["seat_hours"]:
        return None
    share = min(month["reserved_seat_hours"] / month["seat_hours"], Decimal(1))
    return str(share.quantize(Decimal("0.0001"), ROUND_HALF_UP))


COMPUTED = {
    ("Client", "parkIds"): park_ids,
    ("Person", "cityLinked"): city_linked,
    ("Person", "parkIds"): park_ids,
    ("Person", "secondFactor"): second_factor,
    ("Utilisation", "unreservedSeatHours"): unreserved_seat_hours,
    ("Utilisation", "reservedShare"): reserved_share,
    ("Workspace", "freeSeats"): free_seats,
    ("Workspace", "freeSeatsSource"): free_seats_source,
    ("Workspace", "unreservedSeats"): unreserved_seats,
}


def workspaces(memory: Memory, row: Row, arguments: dict[str, Any]) -> bool:
    """The arguments `during` and `freeOfCharge` of the list of workspaces."""
    during, free = arguments.get("during"), arguments.get("freeOfCharge")
    if free is not None and (row["price_fen"] == 0) is not free:
        return False
    if during is None:
        return True
    since, until = _instants(during)
    return row["state"] == "AVAILABLE" and not any(
        occupies(reservation) and overlaps(reservation, since, until)
        for reservation in memory.where("Reservation", "workspace_id", row["id"])
    )


def reservations(_: Memory, row: Row, arguments: dict[str, Any]) -> bool:
    """The argument `during` of the list of reservations."""
    during = arguments.get("during")
    return during is None or overlaps(row, *_instants(during))


def _instants(during: dict[str, str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(during["from"]), datetime.fromisoformat(during["until"])


def _now() -> datetime:
    """The database's own clock; the world has no period that begins or ends near it."""
    return datetime.now(UTC)
