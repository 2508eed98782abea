"""Who may change what of a park (handbook 2.7, rule 9): an operator those its token names."""

from __future__ import annotations

from uuid import UUID

from hub.kit.user_errors import OutOfBounds
from hub.model.access import Audience, Grant


def operates(grant: Grant, park: UUID) -> bool:
    """Whether the caller runs the park; a department may act for any."""
    match grant.audience:
        case Audience.DEPARTMENT | Audience.ADMIN:
            return True
        case Audience.OPERATOR:
            return park in grant.parks
        case _:
            return False


def within_bounds(grant: Grant, park: UUID, *field: str) -> None:
    """Raises OutOfBounds for a park that the caller does not run."""
    if not operates(grant, park):
        raise OutOfBounds(
            "The token does not name this park among those that it may change.",
            zh="令牌的管辖范围不包含该园区",
            field=field,
        )
