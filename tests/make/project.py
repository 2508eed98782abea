"""Programmes and the public face of projects."""

from __future__ import annotations

from typing import Any

from tests.make.maker import Maker, Row


class Projects(Maker):
    """Factories of the project room."""

    async def programme(self, *, parent: Row | None = None, **values: Any) -> Row:
        return await self.noun(
            "project.programme",
            **{
                "key": self.named("programme"),
                "name_zh": self.named("计划"),
                "source": "made for a test",
                "parent_key": parent and parent["key"],
                **values,
            },
        )

    async def project(
        self,
        *,
        programme: Row | None = None,
        lead: Row | None = None,
        park: Row | None = None,
        **values: Any,
    ) -> Row:
        """A published project that stands by itself."""
        return await self.noun(
            "project.project",
            **{
                "title_zh": self.named("项目"),
                "summary": "made for a test",
                "industry": "C39",
                "stage": "PILOT",
                "state": "PUBLISHED",
                "programme_id": programme and programme["id"],
                "lead_organisation_id": lead and lead["id"],
                "park_id": park and park["id"],
                **values,
            },
        )
