"""Documents, measures, versions and clauses."""

from __future__ import annotations

import json
from typing import Any

from tests.make.cooperation import Cooperation
from tests.make.maker import Row


class Policies(Cooperation):
    """Factories of the policy room."""

    async def policy_document(self, *, issuer: Row | None = None, **values: Any) -> Row:
        return await self.noun(
            "policy.policy_document",
            **{
                "key": self.named("document"),
                "title_zh": self.named("文件"),
                "title_en": self.named("document"),
                "section": "S1.1",
                "quote_zh": "made for a test",
                "source": "made for a test",
                "issuer_id": issuer and issuer["id"],
                **values,
            },
        )

    async def policy_area(self, *, document: Row, position: int = 1, **values: Any) -> Row:
        place = {"document_key": document["key"], "position": position}
        return await self.noun(
            "policy.policy_area", **{**place, "source": "made for a test", **values}
        )

    async def policy(self, **values: Any) -> Row:
        """A measure that is promised, in words of its own."""
        return await self.noun(
            "policy.policy",
            **{
                "key": self.named("policy"),
                "title_zh": self.named("政策"),
                "title_en": self.named("policy"),
                "status": "COMMITTED",
                "section": "S2.3",
                "quote_zh": "made for a test",
                "text_en": "made for a test",
                "source": "made for a test",
                **values,
            },
        )

    async def policy_version(
        self, *, policy: Row, document: Row | None = None, no: int = 1, **values: Any
    ) -> Row:
        """A version that is published, without a beginning and an end."""
        document = document or await self.policy_document()
        return await self.noun(
            "policy.policy_version",
            **{
                "key": f"{policy['key']}/{no}",
                "no": no,
                "status": policy["status"],
                "state": "PUBLISHED",
                "policy_key": policy["key"],
                "document_key": document["key"],
                "source": "made for a test",
                **values,
            },
        )

    async def clause(self, *, policy_version: Row, position: int = 1, **values: Any) -> Row:
        """A condition that the document states."""
        comparison = {"fact": "talent.level", "op": "EQ", "value": "HIGH_LEVEL"}
        return await self.noun(
            "policy.clause",
            **{
                "key": f"clause-{position}",
                "position": position,
                "kind": "CONDITION",
                "basis": "FROM_TEXT",
                "text_zh": "条件",
                "text_en": "a condition",
                "quote_zh": "made for a test",
                "predicate": json.dumps(comparison),
                "version_key": policy_version["key"],
                "source": "made for a test",
                **values,
            },
        )
