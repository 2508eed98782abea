"""How far a person reaches through a client: never further than either of the two.

scopes     of the client and of her role
purposes   of the client and hers
bounds     hers; where the client has a bound too, what both have
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.identity.clients.client import Client
from hub.identity.people.person import Person
from hub.identity.people.roles import Role


@dataclass(frozen=True, slots=True)
class Reach:
    """What a token of this person and this client may carry at most."""

    scopes: tuple[str, ...]
    purposes: tuple[str, ...]
    bounds: dict[str, Any]


def reach(client: Client, person: Person) -> Reach | None:
    """The reach of a person through a client; None when the client is not for such people."""
    rights = Role(person.role).rights
    if client.audience != rights.audience or client.talent not in (None, person.talent):
        return None
    hers, its = person.bounds(), client.bounds()
    bounds = {
        "partner": its.get("partner"),
        "talent": hers.get("talent"),
        **{name: _common(hers, its, name) for name in ("parks", "departments")},
    }
    return Reach(
        tuple(scope for scope in client.scopes if scope in rights.scopes),
        tuple(purpose for purpose in client.purposes if purpose in person.purposes),
        {name: value for name, value in bounds.items() if value},
    )


def _common(hers: dict[str, Any], its: dict[str, Any], name: str) -> Sequence[str]:
    """What she has of a bound; a client without one of its own does not narrow it."""
    held = hers.get(name, ())
    return [one for one in held if one in its[name]] if name in its else list(held)
