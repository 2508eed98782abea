"""The legal moves of every state machine, as the handbook writes them (2.6).

That of a person, whom the handbook leaves open, is written in its manner.
"""

from __future__ import annotations

import re

HANDBOOK = {
    "Workspace": "DRAFT→AVAILABLE; AVAILABLE⇄OUT_OF_SERVICE; AVAILABLE|OUT_OF_SERVICE→RETIRED",
    "Reservation": "HELD→CONFIRMED→CHECKED_IN→COMPLETED; HELD→EXPIRED|CANCELLED; "
    "CONFIRMED→CANCELLED|NO_SHOW",
    "Block": "SET→LIFTED",
    "ReservationSeries": "HELD→CONFIRMED→CANCELLED; HELD→CANCELLED|EXPIRED",
    "FeeRelief": "GRANTED→REVOKED",
    "Park": "PROPOSED→APPROVED→OPEN⇄SUSPENDED; OPEN|SUSPENDED→CLOSED; PROPOSED→REJECTED",
    "Consent": "REQUESTED→GRANTED→WITHDRAWN|EXPIRED; REQUESTED→DECLINED",
    "Contact": "MET→CONSENTED→IN_TOUCH→INTERESTED→ARRIVED; "
    "MET|CONSENTED|IN_TOUCH|INTERESTED|ARRIVED→DORMANT; "
    "MET|CONSENTED|IN_TOUCH|INTERESTED|ARRIVED|DORMANT→FORGOTTEN",
    "Event": "PLANNED→ANNOUNCED→HELD→REPORTED; PLANNED|ANNOUNCED→CANCELLED",
    "Agreement": "DRAFT→SIGNED→IN_FORCE⇄SUSPENDED; IN_FORCE|SUSPENDED→EXPIRED|TERMINATED",
    "Enclave": "PROPOSED→AGREED→ACTIVE⇄PAUSED→CLOSED",
    "EnclaveResult": "PENDING→CONFIRMED|DISPUTED; DISPUTED→PENDING",
    "Matter": "OPEN→ANSWERED",
    "PolicyVersion": "DRAFT→PUBLISHED→SUPERSEDED|REPEALED",
    "Client": "REGISTERED→APPROVED→ACTIVE⇄SUSPENDED→REVOKED",
    "PartnerSuspension": "SUSPENDED→REVOKED|LIFTED; REVOKED→LIFTED",
    "Person": "INVITED→ACTIVE⇄SUSPENDED→CLOSED; INVITED→CLOSED",
}


def moves(line: str) -> dict[str, set[str]]:
    """State -> states that may follow it."""
    found: dict[str, set[str]] = {}
    for chain in line.split("; "):
        parts = re.split("([→⇄])", chain)
        for left, arrow, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
            for source in left.split("|"):
                found.setdefault(source, set()).update(right.split("|"))
            if arrow == "⇄":
                for target in right.split("|"):
                    found.setdefault(target, set()).update(left.split("|"))
    return found


MOVES = {noun: moves(line) for noun, line in HANDBOOK.items()}
