"""What `hub doctor` finds: a fact, how bad it is, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of the report; without a `mend` all is well, and a `note` needs no mending now."""

    subject: str
    fact: str
    mend: str | None = None
    note: bool = False

    @property
    def fault(self) -> bool:
        return self.mend is not None and not self.note
