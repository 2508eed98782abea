"""Invented agreements with the partner cities: what they may read, and for how long.

Suzhou may read contacts and use data for two purposes, Shanghai neither: the same query gives the
two cities different answers, and each is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hub.demo.ids import new_ids
from hub.demo.well_known import SHANGHAI, SHANGHAI_AGREEMENT_ID, SUZHOU, SUZHOU_AGREEMENT_ID

COLUMNS = (
    "id",
    "kind",
    "title_zh",
    "title_en",
    "partner_code",
    "own_signed_on",
    "own_signatory",
    "other_signed_on",
    "other_signatory",
    "purposes",
    "field_groups",
    "lawful_basis",
    "valid_from",
    "valid_until",
    "retention_days",
    "people_per_day",
    "state",
    "synthetic",
)
YEAR = timedelta(days=365)

Terms = tuple[list[str], list[str]]

SUZHOU_TERMS: Terms = (["JOB_MATCHING", "PROJECT_MATCHING"], ["BASIC", "DEGREE", "CONTACT"])
SHANGHAI_TERMS: Terms = (["JOB_MATCHING"], ["BASIC", "DEGREE"])


def agreements(today: date) -> Iterator[tuple[Any, ...]]:
    """For each city one agreement in force and the one before it; with Suzhou a new draft too."""
    new_id = new_ids(Random("agreements"))
    start = today - YEAR
    for number, (code, city, terms, known) in enumerate(
        (
            (SUZHOU, "苏州", SUZHOU_TERMS, SUZHOU_AGREEMENT_ID),
            (SHANGHAI, "上海", SHANGHAI_TERMS, SHANGHAI_AGREEMENT_ID),
        )
    ):
        yield _agreement(known, code, city, terms, start, "IN_FORCE")
        yield _agreement(new_id(number), code, city, terms, start - 2 * YEAR, "EXPIRED")
    yield _agreement(new_id(2), SUZHOU, "苏州", SUZHOU_TERMS, today + YEAR, "DRAFT")


def _agreement(
    id_: UUID, code: str, city: str, terms: Terms, start: date, state: str
) -> tuple[Any, ...]:
    signed = None if state == "DRAFT" else start - timedelta(days=20)
    purposes, groups = terms
    return (
        id_,
        "DATA_SHARING",
        f"南通市与{city}市人才数据共享协议(示例)",
        "Agreement on sharing talent data (example)",
        code,
        signed,
        "南通市人力资源和社会保障局",
        signed,
        f"{city}市人力资源和社会保障局",
        purposes,
        groups,
        "CONSENT",
        start,
        start + 2 * YEAR,
        180,
        5_000,
        state,
        True,
    )
