"""Enclaves, working groups, chains: what sides do together."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.make.cooperation import Cooperation
from tests.make.maker import STAMP, Row

NANTONG = "320600"


class Together(Cooperation):
    """Factories of enclaves and their results, working groups and matters, industry chains."""

    async def placement(self, *, agreement: Row, division: Row | None = None, **values: Any) -> Row:
        place = division or await self.some_division()
        return await self.noun(
            "cooperation.agreement_placement",
            **{
                "kind": "TEAM",
                "title_zh": self.named("团队"),
                "agreement_id": agreement["id"],
                "division_code": place["code"],
                **values,
            },
        )

    async def enclave(self, *, partner: Row, agreement: Row | None = None, **values: Any) -> Row:
        """An enclave of Nantong in the partner city that is at work."""
        await self.some_division(NANTONG)
        return await self.noun(
            "cooperation.enclave",
            **{
                "name_zh": self.named("飞地"),
                "partner_code": partner["code"],
                "host_code": partner["code"],
                "home_code": NANTONG,
                "proposed_by_code": NANTONG,
                "agreement_id": agreement and agreement["id"],
                "state": "ACTIVE",
                **values,
            },
        )

    async def result(self, *, enclave: Row, **values: Any) -> Row:
        """A result that Nantong reported and nobody confirmed."""
        return await self.noun(
            "cooperation.enclave_result",
            **{
                "kind": "PROJECT",
                "amount": 1,
                "achieved_on": date(2026, 1, 2),
                "enclave_id": enclave["id"],
                "partner_code": enclave["partner_code"],
                "reported_by_code": NANTONG,
                **values,
            },
        )

    async def share(self, *, result: Row, city: str = NANTONG, **values: Any) -> Row:
        about = {"result_id": result["id"], "partner_code": result["partner_code"]}
        given = {**about, "city_code": city, "share": 1, **values}
        return await self.noun("cooperation.enclave_share", **given)

    async def working_group(self, **values: Any) -> Row:
        names = {"name_zh": self.named("工作组"), "name_en": self.named("group")}
        return await self.noun(
            "cooperation.working_group", **{"key": self.named("group"), **names, **values}
        )

    async def member(self, *, group: Row, organisation: Row, **values: Any) -> Row:
        about = {"working_group_key": group["key"], "organisation_key": organisation["key"]}
        return await self.noun("cooperation.working_group_member", **{**about, **values})

    async def matter(self, *, group: Row, asked_by: Row, assigned_to: Row, **values: Any) -> Row:
        """A matter that waits for its answer."""
        return await self.noun(
            "cooperation.matter",
            **{
                "question": self.named("事项"),
                "asked_at": STAMP,
                "working_group_key": group["key"],
                "asked_by_key": asked_by["key"],
                "assigned_to_key": assigned_to["key"],
                **values,
            },
        )

    async def chain(self, **values: Any) -> Row:
        names = {"key": self.named("chain"), "name_zh": self.named("产业链")}
        return await self.noun("cooperation.industry_chain", **{**names, **values})

    async def chain_role(self, *, chain: Row, organisation: Row, part: str = "MEMBER") -> Row:
        about = {"chain_key": chain["key"], "organisation_id": organisation["id"], "part": part}
        return await self.noun("cooperation.chain_role", **about)
