"""A compiled operation: all that is known about it before it runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from hub.engine.operation import Operation
from hub.engine.plan import Interpreted, Nothing, Plan, Refused, Typename, Withheld
from hub.engine.statement import Statement
from hub.kit.errors import Forbidden


@dataclass(frozen=True)
class Compiled:
    """Plan and statement of one operation for one shape of variables and grant."""

    operation: Operation | None
    plan: Plan
    statement: Statement

    def needs_no_token(self, introspection_open: bool) -> bool:
        """`__typename` is for everybody, introspection where the setting opens it."""
        free = (Typename, Interpreted) if introspection_open else (Typename,)
        return all(isinstance(root, free) for root in self.plan.roots)

    @property
    def weight(self) -> int:
        """About how many bytes it takes in the cache."""
        return 4 * len(self.statement.sql) + 8000

    @cached_property
    def keys(self) -> tuple[bytes, ...]:
        """`"key":` of each root field, with the comma that goes before it."""
        return tuple(
            b'%s"%s":' % (b"," if place else b"", root.key.encode())
            for place, root in enumerate(self.plan.roots)
        )

    @cached_property
    def constants(self) -> dict[int, bytes]:
        """JSON of the root fields that need no data, by their place."""
        return {
            place: b'"Query"' if isinstance(root, Typename) else b"null"
            for place, root in enumerate(self.plan.roots)
            if isinstance(root, Typename | Withheld | Nothing | Refused)
        }

    @cached_property
    def errors(self) -> bytes:
        """The errors of refused root fields, as a JSON array; empty when there are none."""
        refused = [root for root in self.plan.roots if isinstance(root, Refused)]
        return orjson.dumps([_error(root) for root in refused]) if refused else b""

    @cached_property
    def status(self) -> int:
        """403 when every root field is refused, else 200."""
        refused = [isinstance(root, Refused) for root in self.plan.roots]
        return 403 if refused and all(refused) else 200

    @cached_property
    def withheld(self) -> tuple[dict[str, Any], ...]:
        """What was withheld before running, for `extensions.access`.

        Objects of several types in one list may be withheld for the same: that is said once.
        """
        told = dict.fromkeys(
            (each.path, each.reason, each.needs) for each in self.statement.withheld
        )
        return tuple(
            {"path": list(path), "reason": reason.value, "needs": needs}
            for path, reason, needs in told
        )


def lacks_scope(scope: str) -> Forbidden:
    """The refusal of a root field whose scope the token lacks."""
    return Forbidden(
        f"The token lacks the scope {scope}.",
        zh=f"令牌缺少权限 {scope}",
        needs=scope,
        reason="SCOPE",
    )


def _error(root: Refused) -> dict[str, Any]:
    error = lacks_scope(root.scope)
    return {
        "message": error.message,
        "locations": [root.location],
        "path": [root.key],
        "extensions": error.extensions(),
    }
