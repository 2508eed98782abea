"""How much of everything goes with so many talents."""

from __future__ import annotations

from dataclasses import dataclass

MOST_TALENTS = 1_000_000


@dataclass(frozen=True)
class Scale:
    """Numbers of rows to make."""

    talents: int
    organisations: int
    parks: int
    workspaces: int
    projects: int

    @classmethod
    def of(cls, talents: int) -> Scale:
        """2,000 talents: 1,200 workspaces and 400 projects; from 100,000 on 20,000 of each."""
        return cls(
            talents=talents,
            organisations=min(2_000, max(60, talents // 10)),
            parks=60,
            workspaces=min(20_000, max(120, talents * 3 // 5)),
            projects=min(20_000, max(40, talents // 5)),
        )
