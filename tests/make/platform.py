"""What all rooms share: clients, people and audit entries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.make.maker import STAMP, Maker, Row


class Platform(Maker):
    """Factories of the platform room."""

    async def client(self, client_id: str, **values: Any) -> Row:
        """An active client of a department, which can prove nothing."""
        return await self.noun(
            "identity.client",
            **{
                "client_id": client_id,
                "name_zh": f"应用{client_id}",
                "name_en": client_id,
                "audience": "DEPARTMENT",
                "state": "ACTIVE",
                "token_endpoint_auth_method": "NONE",
                **values,
            },
        )

    async def partner_suspension(self, partner: str, **values: Any) -> Row:
        """A city that is kept out."""
        return await self.noun("identity.partner_suspension", partner=partner, **values)

    async def person(self, username: str, **values: Any) -> Row:
        """An officer of a department, who can prove nothing."""
        return await self.noun(
            "identity.person",
            **{"username": username, "role": "OFFICER", "state": "ACTIVE", **values},
        )

    async def audit_entry(self, **values: Any) -> Row:
        """The release of one person's basic data."""
        return await self.insert(
            "ledger.audit_entry",
            **{
                "operation": UUID(int=1),
                "at": STAMP,
                "entity": "Talent",
                "subjects": [UUID(int=2)],
                "field_groups": ["BASIC"],
                "client": "somebody",
                "audience": "DEPARTMENT",
                "document_hash": "0" * 64,
                **values,
            },
        )
