"""The people: talents, degrees, consents. Sealed columns hold `sealed-...`, which no key opens."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.make.cooperation import Cooperation
from tests.make.maker import STAMP, Row


class Talents(Cooperation):
    """Factories of the talent room."""

    async def talent(self, *, residence: Row | None = None, **values: Any) -> Row:
        """A person of whom nothing but a name is known."""
        return await self.noun(
            "talent.talent",
            **{
                "display_name": self.named("人才"),
                "residence_division_code": residence and residence["code"],
                **values,
            },
        )

    async def known_talent(self, **values: Any) -> Row:
        """A person whose contact and identity are known as well."""
        mark = self.named("sealed")
        return await self.talent(
            **{
                "phone": f"{mark}-phone",
                "phone_blind": f"{mark}-phone-blind",
                "email": f"{mark}-email",
                "email_blind": f"{mark}-email-blind",
                "identity_type": "PASSPORT",
                "identity_territory": "SG",
                "identity_last4": "7654",
                "identity_number": f"{mark}-number",
                "identity_hash": f"{mark}-hash",
                **values,
            }
        )

    async def degree(self, *, talent: Row, **values: Any) -> Row:
        return await self.noun(
            "talent.degree",
            **{
                "level": "MASTER",
                "awarded_on": date(2024, 6, 30),
                "institution_name": self.named("University"),
                "institution_territory": "SG",
                "talent_id": talent["id"],
                **values,
            },
        )

    async def consent(self, *, talent: Row, recipient: str, **values: Any) -> Row:
        """A consent in force for the whole of 2026, to every group that may be shared."""
        withdrawn = STAMP if values.get("state") == "WITHDRAWN" else None
        return await self.noun(
            "talent.consent",
            **{
                "recipient": recipient,
                "purpose": "JOB_MATCHING",
                "field_groups": ["BASIC", "DEGREE", "CONTACT"],
                "valid_from": date(2026, 1, 1),
                "valid_until": date(2027, 1, 1),
                "evidence": "signed at the window",
                "state": "GRANTED",
                "withdrawn_at": withdrawn,
                "talent_id": talent["id"],
                **values,
            },
        )

    async def talent_statistic(self, **values: Any) -> Row:
        """How many masters there are."""
        figure = {"dimension": "DEGREE", "value": "MASTER", "people": 40, "suppressed": False}
        return await self.noun("talent.talent_statistic", **{**figure, **values})
