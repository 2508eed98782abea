"""What of this room counts for the commitments of the city."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Date, Integer, Text, cast, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from hub.model.access import Row, constant
from hub.model.count import Tally, counts
from hub.subgraphs.cooperation.enclave_result import EnclaveShare
from hub.subgraphs.cooperation.matter import minutes_between
from hub.subgraphs.cooperation.rules import (
    NANTONG,
    AgreementKind,
    AgreementState,
    MatterState,
    ResultState,
)

AGREED = (AgreementState.SIGNED, AgreementState.IN_FORCE)


@counts("cooperation.university_agreements", "Agreement")
def university_agreements(row: Row) -> Tally:
    """Agreements with universities that are signed or in force, from the later signature on."""
    signed = func.greatest(row.own_signed_on, row.other_signed_on)
    return Tally(
        where=(row.kind == constant(AgreementKind.UNIVERSITY))
        & row.state.in_(map(constant, AGREED)),
        since=func.coalesce(row.from_, signed),
        until=row.until,
    )


@counts("cooperation.working_groups_formed", "WorkingGroup")
def working_groups(row: Row) -> Tally:
    """Working groups, from the day on which they were formed."""
    return Tally(where=row.formed_on.is_not(None), since=row.formed_on, until=row.dissolved_on)


@counts("cooperation.matters_answered", "Matter")
def matters_answered(row: Row) -> Tally:
    """Matters that were answered, by the day of the answer, each by the minutes that it took."""
    answered = _city_day(row.answered_at)
    return Tally(
        where=row.state == constant(MatterState.ANSWERED),
        since=answered,
        until=answered + 1,
        amount=minutes_between(row.asked_at, row.answered_at),
    )


@counts("cooperation.enclave_results", "EnclaveResult")
def enclave_results(row: Row) -> Tally:
    """Results that both cities stand by and Nantong has a share in: once, however large it is."""
    own, other = EnclaveShare.__table__.alias(), EnclaveShare.__table__.alias()
    nantongs = exists().where(own.c.result_id == row.id, own.c.city_code == NANTONG)
    cities = func.array_agg(
        aggregate_order_by(other.c.city_code, other.c.city_code), type_=ARRAY(Text())
    )
    shared_with = (
        select(func.coalesce(cities, cast([], ARRAY(Text()))))
        .where(other.c.result_id == row.id, other.c.city_code != NANTONG)
        .correlate_except(other)
        .scalar_subquery()
    )
    return Tally(
        where=(row.state == constant(ResultState.CONFIRMED)) & nantongs,
        since=row.achieved_on,
        until=row.achieved_on + cast(1, Integer()),
        amount=row.amount,
        member=row.kind,
        shared_with=shared_with,
    )


def _city_day(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(func.timezone("Asia/Shanghai", moment), Date())
