"""Invented enclaves, matters and industry chains, so that each has something to show.

No enclave, date or chain is named in the document: all of them say `synthetic`, and their names
begin with 示例 (example).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hub.demo.ids import new_ids
from hub.demo.well_known import SHANGHAI, SUZHOU, SUZHOU_AGREEMENT_ID

NANTONG = "320600"
GROUP = "returnee-group"
DEPARTMENTS = ("nt-rsj", "nt-zzb", "nt-czj", "nt-zjj", "nt-tsw")
CHAINS = (("marine", "海洋工程", "Offshore engineering"), ("biotech", "生物医药", "Biomedicine"))

Rows = list[tuple[Any, ...]]

ENCLAVE_COLUMNS = (
    "id",
    "name_zh",
    "name_en",
    "seats",
    "office",
    "agreed_on",
    "state",
    "partner_code",
    "host_code",
    "home_code",
    "proposed_by_code",
    "agreement_id",
    "synthetic",
)
RESULT_COLUMNS = (
    "id",
    "kind",
    "amount",
    "achieved_on",
    "state",
    "enclave_id",
    "partner_code",
    "reported_by_code",
    "confirmed_by_code",
    "synthetic",
)
SHARE_COLUMNS = ("share", "result_id", "city_code", "partner_code", "synthetic")
GROUP_COLUMNS = ("key", "name_zh", "name_en", "formed_on", "synthetic")
MEMBER_COLUMNS = ("working_group_key", "organisation_key", "since", "synthetic")
MATTER_COLUMNS = (
    "question",
    "asked_at",
    "answer",
    "answered_at",
    "state",
    "working_group_key",
    "asked_by_key",
    "assigned_to_key",
    "synthetic",
)
CHAIN_COLUMNS = ("key", "name_zh", "name_en", "synthetic")
ROLE_COLUMNS = ("part", "chain_key", "organisation_id", "synthetic")


def tables(now: datetime, firms: list[UUID]) -> Iterator[tuple[str, tuple[str, ...], Rows]]:
    """Table, its columns and rows, in the order in which they refer to each other."""
    new_id = new_ids(Random("together"))
    day = now.date()
    enclaves = [
        ("苏州", "Suzhou", SUZHOU, SUZHOU, NANTONG, "ACTIVE", SUZHOU_AGREEMENT_ID),
        ("上海", "Shanghai", SHANGHAI, SHANGHAI, NANTONG, "ACTIVE", None),
        ("苏州", "Suzhou", SUZHOU, NANTONG, SUZHOU, "PROPOSED", None),
    ]
    made: Rows = []
    for number, (zh, en, partner, host, home, state, agreement) in enumerate(enclaves):
        made.append(
            (
                new_id(number),
                f"示例{zh}人才飞地{number + 1}号",
                f"Example enclave with {en} No. {number + 1}",
                12 + 4 * number,
                f"示例地址{number + 1}号",
                None if state == "PROPOSED" else day - timedelta(days=300),
                state,
                partner,
                host,
                home,
                home,
                agreement,
                True,
            )
        )
    yield "cooperation.enclave", ENCLAVE_COLUMNS, made
    yield from _results(new_id, made, now)
    yield from _group(now)
    chains = [(key, f"示例{zh}产业链", f"Example {en}", True) for key, zh, en in CHAINS]
    yield "cooperation.industry_chain", CHAIN_COLUMNS, chains
    roles: Rows = []
    for number, (key, _, _) in enumerate(CHAINS):
        for place, firm in enumerate(firms[20 + 5 * number : 25 + 5 * number]):
            roles.append(("MEMBER" if place else "LEADER", key, firm, True))
    yield "cooperation.chain_role", ROLE_COLUMNS, roles


def _results(
    new_id: Any, enclaves: Rows, now: datetime
) -> Iterator[tuple[str, tuple[str, ...], Rows]]:
    """For each enclave at work a result that both confirmed, one that waits, one in dispute."""
    results: Rows = []
    shares: Rows = []
    for number, enclave in enumerate(enclaves[:2]):
        partner = enclave[7]
        for place, (kind, state) in enumerate(
            (("TALENT", "CONFIRMED"), ("PROJECT", "PENDING"), ("EVENT", "DISPUTED"))
        ):
            result = new_id(10 + 3 * number + place)
            day = now.date() - timedelta(days=20 * (place + 1))
            confirmed = partner if state == "CONFIRMED" else None
            about = (result, kind, 2 + number, day, state, enclave[0], partner)
            results.append((*about, NANTONG, confirmed, True))
            for city, share in ((NANTONG, "0.5"), (partner, "0.5")):
                shares.append((share, result, city, partner, True))
    yield "cooperation.enclave_result", RESULT_COLUMNS, results
    yield "cooperation.enclave_share", SHARE_COLUMNS, shares


def _group(now: datetime) -> Iterator[tuple[str, tuple[str, ...], Rows]]:
    """The working group as if it were formed, with matters answered and open."""
    day = now.date() - timedelta(days=90)
    names = ("示例归国人才专项工作组", "Example working group on returned talent")
    yield "cooperation.working_group", GROUP_COLUMNS, [(GROUP, *names, day, True)]
    members: Rows = [(GROUP, key, day, True) for key in DEPARTMENTS]
    yield "cooperation.working_group_member", MEMBER_COLUMNS, members
    matters: Rows = []
    for number, hours in enumerate((3, 30, 7, None, 52)):
        asked = now - timedelta(days=9 * (number + 1))
        answered = None if hours is None else asked + timedelta(hours=hours)
        pair = (DEPARTMENTS[number], DEPARTMENTS[(number + 2) % len(DEPARTMENTS)])
        answer = None if answered is None else "示例答复"
        state = "OPEN" if answered is None else "ANSWERED"
        asking = (f"示例事项{number + 1}", asked, answer, answered, state)
        matters.append((*asking, GROUP, *pair, True))
    yield "cooperation.matter", MATTER_COLUMNS, matters
