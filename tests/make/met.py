"""Events, who was met at them, and what was done since. Sealed columns hold `sealed-...`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tests.make.cooperation import Cooperation
from tests.make.maker import Row

LONG_AHEAD = date(2090, 1, 1)


class Met(Cooperation):
    """Factories of events and contacts."""

    async def event(self, *, division: Row | None = None, **values: Any) -> Row:
        """A matching event that was held and that everybody may know of."""
        return await self.noun(
            "opportunity.event",
            **{
                "kind": "MATCHING",
                "title_zh": self.named("活动"),
                "starts_at": datetime(2026, 3, 1, 1, tzinfo=UTC),
                "ends_at": datetime(2026, 3, 1, 9, tzinfo=UTC),
                "mode": "ONSITE",
                "territory": "CN",
                "public": True,
                "state": "HELD",
                "division_code": division and division["code"],
                **values,
            },
        )

    async def contact(
        self,
        *,
        event: Row | None = None,
        owner: Row | None = None,
        talent: Row | None = None,
        **values: Any,
    ) -> Row:
        """Somebody who consented when met, and of whom nothing else is known."""
        met_at = event or await self.event()
        department = owner or await self.organisation(key=self.named("department"))
        return await self.noun(
            "talent.contact",
            **{
                "territory": "SG",
                "lawful_basis": "CONSENT",
                "consent_evidence": "signed at the desk",
                "retention_until": LONG_AHEAD,
                "state": "CONSENTED",
                "event_id": met_at["id"],
                "owner_org_key": department["key"],
                "talent_id": talent and talent["id"],
                **values,
            },
        )

    async def follow_up(self, *, contact: Row, **values: Any) -> Row:
        return await self.noun(
            "talent.follow_up",
            **{
                "at": datetime(2026, 4, 1, tzinfo=UTC),
                "channel": "PHONE",
                "contact_id": contact["id"],
                "by_org_key": contact["owner_org_key"],
                **values,
            },
        )
