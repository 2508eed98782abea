"""What the city promised and reported."""

from __future__ import annotations

from typing import Any

from tests.make.maker import Maker, Row

WORDS = ("title_zh", "title_en", "quote_zh", "unit_zh", "unit_en", "source")


class Promises(Maker):
    """Factories of commitments and reported figures."""

    async def commitment(self, metric: str, *, policy: Row | None = None, **values: Any) -> Row:
        """A commitment that something exists, counted by a metric."""
        return await self.noun(
            "cooperation.commitment",
            **{
                "key": self.named("commitment"),
                "section": "S2.1",
                "kind": "PRESENCE",
                "period": "RECURRING",
                "metric": metric,
                "valued_by": "SUM",
                "policy_key": policy and policy["key"],
                **dict.fromkeys(WORDS, "made for a test"),
                **values,
            },
        )

    async def reported_fact(self, **values: Any) -> Row:
        about = {"key": self.named("fact"), "section": "S1.1", "value": 53, "relation": "EQ"}
        words = dict.fromkeys(WORDS, "made for a test")
        return await self.noun("cooperation.reported_fact", **{**about, **words, **values})
