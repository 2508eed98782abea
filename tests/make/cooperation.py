"""Who works together: divisions, organisations, partner cities, agreements."""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.model.codes import PurposeCode
from tests.make.codes import uscc
from tests.make.maker import Maker, Row


class Cooperation(Maker):
    """Factories of the cooperation room."""

    async def division(self, code: str, *, parent: Row | None = None, **values: Any) -> Row:
        return await self.noun(
            "cooperation.division",
            **{
                "code": code,
                "name_zh": f"区划{code}",
                "level": "COUNTY",
                "municipality": False,
                "statistical_only": False,
                "source": "made for a test",
                "parent_code": parent and parent["code"],
                **values,
            },
        )

    async def some_division(self, code: str = "320600") -> Row:
        """The division of this code, made when it is not there."""
        found: Row | None = await self.connection.fetchrow(
            "SELECT * FROM cooperation.division WHERE code = $1", code
        )
        return found or await self.division(code, level="PREFECTURE")

    async def territory(self, alpha2: str, **values: Any) -> Row:
        labels = {"label_zh": f"地区{alpha2}", "label_en": alpha2, "source": "made for a test"}
        return await self.noun("cooperation.territory", alpha2=alpha2, **{**labels, **values})

    async def code_item(self, code_list: str, code: str, rank: int = 0, **values: Any) -> Row:
        about = {"basis": "OWN", "source": "made for a test"}
        item = {"code_list": code_list, "code": code, "rank": rank, **about, **values}
        return await self.noun("cooperation.code_item", **item)

    async def purpose(self, code: str, **values: Any) -> Row:
        texts = dict.fromkeys(("name_zh", "name_en", "covers_zh", "covers_en", "source"), code)
        return await self.noun("cooperation.purpose", code=code, **{**texts, **values})

    async def organisation(self, *, division: Row | None = None, **values: Any) -> Row:
        return await self.noun(
            "cooperation.organisation",
            **{
                "name_zh": self.named("机构"),
                "kind": "ENTERPRISE",
                "division_code": division and division["code"],
                **values,
            },
        )

    def uscc(self, number: int) -> str:
        """A valid unified social credit code of an unassigned division."""
        return uscc(number)

    async def partner(self, code: str, **values: Any) -> Row:
        """A partner city for every purpose, with its division where that is not there yet."""
        await self.some_division(code)
        names = {"name_zh": f"城市{code}", "name_en": f"City {code}"}
        purposes = [purpose.value for purpose in PurposeCode]
        city = {"code": code, "division_code": code, **names, "purposes": purposes, **values}
        return await self.noun("cooperation.partner", **city)

    async def agreement(
        self, *, partner: Row | None = None, organisation: Row | None = None, **values: Any
    ) -> Row:
        """An agreement of any kind; `sharing` makes one that shares personal data."""
        return await self.noun(
            "cooperation.agreement",
            **{
                "kind": "OTHER",
                "title_zh": self.named("协议"),
                "partner_code": partner and partner["code"],
                "organisation_id": organisation and organisation["id"],
                **values,
            },
        )

    async def sharing(self, *, partner: Row, **values: Any) -> Row:
        """A data-sharing agreement in force, by consent, for every group that may be shared."""
        return await self.agreement(
            partner=partner,
            **{
                "kind": "DATA_SHARING",
                "state": "IN_FORCE",
                "purposes": ["JOB_MATCHING"],
                "field_groups": ["BASIC", "DEGREE", "CONTACT"],
                "lawful_basis": "CONSENT",
                "retention_days": 30,
                "own_signed_on": date(2025, 12, 1),
                "other_signed_on": date(2025, 12, 2),
                "valid_from": date(2026, 1, 1),
                **values,
            },
        )
