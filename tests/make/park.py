"""The places: zones, parks, workspaces, reservations."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import asyncpg

from tests.make.cooperation import Cooperation
from tests.make.maker import Row

AGES_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2090, 1, 1, tzinfo=UTC)


class Parks(Cooperation):
    """Factories of the park room."""

    async def zone(self, *, division: Row | None = None, **values: Any) -> Row:
        return await self.noun(
            "park.zone",
            **{
                "key": self.named("zone"),
                "name_zh": self.named("开发区"),
                "source": "made for a test",
                "division_code": division and division["code"],
                **values,
            },
        )

    async def park(
        self,
        *,
        zone: Row | None = None,
        division: Row | None = None,
        operator: Row | None = None,
        **values: Any,
    ) -> Row:
        """A park that is open and of no special kind."""
        division = division or await self.some_division()
        operator = operator or await self.organisation(kind="OPERATOR")
        return await self.noun(
            "park.park",
            **{
                "code": self.named("P"),
                "name_zh": self.named("园区"),
                "kind": "OTHER",
                "state": "OPEN",
                "zone_id": zone and zone["id"],
                "division_code": division["code"],
                "operator_id": operator["id"],
                **values,
            },
        )

    async def workspace(self, *, park: Row | None = None, seats: int = 1, **values: Any) -> Row:
        """A workspace that is available, let out by the seat and free of charge."""
        park = park or await self.park()
        return await self.noun(
            "park.workspace",
            **{
                "code": self.named("W"),
                "kind": "DESK",
                "seats": seats,
                "area_cm2": 40_000,
                "booking_unit": "DAY",
                "price_fen": 0,
                "whole_space": False,
                "state": "AVAILABLE",
                "park_id": park["id"],
                **values,
            },
        )

    async def reservation_series(
        self,
        *,
        workspace: Row | None = None,
        partner: Row | None = None,
        talent: Row | None = None,
        organisation: Row | None = None,
        **values: Any,
    ) -> Row:
        """A confirmed series of five days, without its reservations."""
        workspace = workspace or await self.workspace()
        if talent is None and organisation is None:
            organisation = await self.organisation()
        cancelled = values.get("state") == "CANCELLED"
        return await self.noun(
            "park.reservation_series",
            **{
                "cancel_reason": "HOLDER" if cancelled else None,
                "first_period": asyncpg.Range(AGES_AGO, FAR_AHEAD),
                "rrule": "FREQ=DAILY;INTERVAL=1;COUNT=5",
                "occurrences": 5,
                "seats": 1,
                "requested_by": "somebody",
                "hold_expires_at": AGES_AGO,
                "state": "CONFIRMED",
                "workspace_id": workspace["id"],
                "park_id": workspace["park_id"],
                "partner_code": partner and partner["code"],
                "holder_talent_id": talent and talent["id"],
                "holder_organisation_id": organisation and organisation["id"],
                **values,
            },
        )

    async def carrier(self, *, host: Row | None = None, **values: Any) -> Row:
        """A post-doctoral carrier of the province."""
        host = host or await self.organisation()
        return await self.noun(
            "park.carrier",
            **{
                "name_zh": self.named("载体"),
                "kind": "POSTDOC",
                "level": "PROVINCIAL",
                "host_organisation_id": host["id"],
                **values,
            },
        )

    async def returnee_home(self, *, park: Row | None = None, **values: Any) -> Row:
        park = park or await self.park()
        return await self.noun(
            "park.returnee_home",
            **{"name_zh": self.named("归国人才之家"), "park_id": park["id"], **values},
        )

    async def fee_relief(
        self,
        *,
        park: Row | None = None,
        talent: Row | None = None,
        organisation: Row | None = None,
        **values: Any,
    ) -> Row:
        """A waiver without an end."""
        park = park or await self.park()
        if talent is None and organisation is None:
            organisation = await self.organisation()
        return await self.noun(
            "park.fee_relief",
            **{
                "kind": "WAIVER",
                "rate": Decimal(1),
                "starts_on": date(2026, 1, 1),
                "park_id": park["id"],
                "holder_talent_id": talent and talent["id"],
                "holder_organisation_id": organisation and organisation["id"],
                **values,
            },
        )

    async def opening_hours(
        self, workspace: Row, *weekdays: str, opens: str = "08:00", closes: str = "18:00"
    ) -> list[Row]:
        """Hours on these weekdays, `MO` and so on; the workspace keeps them from now on."""
        await self.connection.execute(
            "UPDATE park.workspace SET keeps_hours = true WHERE id = $1", workspace["id"]
        )
        return [
            await self.noun(
                "park.availability_rule",
                workspace_id=workspace["id"],
                weekday=weekday,
                opens_at=opens,
                closes_at=closes,
            )
            for weekday in weekdays
        ]

    async def block(
        self,
        *,
        workspace: Row,
        since: datetime = AGES_AGO,
        until: datetime = FAR_AHEAD,
        **values: Any,
    ) -> Row:
        """Closed for maintenance, for long; it must be made after the reservations in it."""
        return await self.noun(
            "park.block",
            **{
                "workspace_id": workspace["id"],
                "park_id": workspace["park_id"],
                "period": asyncpg.Range(since, until),
                "reason": "MAINTENANCE",
                **values,
            },
        )

    async def utilisation(self, *, park: Row, **values: Any) -> Row:
        """Figures of a month in which nothing was reserved."""
        return await self.noun(
            "park.utilisation",
            **{
                "park_id": park["id"],
                "month": date(2026, 6, 1),
                "workspaces": 1,
                "seats": 2,
                "free_of_charge_seats": 2,
                "seat_hours": Decimal("1440.00"),
                "reserved_seat_hours": Decimal("0.00"),
                "used_seat_hours": Decimal("0.00"),
                "free_of_charge_seat_hours": Decimal("1440.00"),
                "free_of_charge_reserved_seat_hours": Decimal("0.00"),
                "reservations": 0,
                "no_shows": 0,
                **values,
            },
        )

    async def observation(self, *, workspace: Row, **values: Any) -> Row:
        """A report of an operator that no seat is free, from long ago and good for long."""
        return await self.insert(
            "park.observation",
            **{
                "free_seats": 0,
                "observed_at": AGES_AGO,
                "stale_after": FAR_AHEAD,
                "source": "OPERATOR",
                "reported_by": "somebody",
                "workspace_id": workspace["id"],
                "park_id": workspace["park_id"],
                **values,
            },
        )

    async def reservation(
        self,
        *,
        workspace: Row | None = None,
        partner: Row | None = None,
        talent: Row | None = None,
        organisation: Row | None = None,
        since: datetime = AGES_AGO,
        until: datetime = FAR_AHEAD,
        **values: Any,
    ) -> Row:
        """A confirmed reservation of one seat from long ago for a long time to come.

        An organisation holds it unless a talent does.
        """
        workspace = workspace or await self.workspace()
        if talent is None and organisation is None:
            organisation = await self.organisation()
        cancelled = values.get("state") == "CANCELLED"
        return await self.noun(
            "park.reservation",
            **{
                "cancel_reason": "HOLDER" if cancelled else None,
                "period": asyncpg.Range(since, until),
                "whole_space": workspace["whole_space"],
                "seats": 1,
                "requested_by": "somebody",
                "state": "CONFIRMED",
                "workspace_id": workspace["id"],
                "park_id": workspace["park_id"],
                "partner_code": partner and partner["code"],
                "holder_talent_id": talent and talent["id"],
                "holder_organisation_id": organisation and organisation["id"],
                **values,
            },
        )
