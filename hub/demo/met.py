"""Invented events and who was met at them, so that each has something to show.

The kinds and the names of the series are the document's; that any of these was held is invented,
and every title begins with 示例 (example). Nobody can be reached by what contacts say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hub.demo.ids import new_ids
from hub.demo.names import chinese, overseas
from hub.kit.crypto import Sealer

Rows = list[tuple[Any, ...]]

EVENT_COLUMNS = (
    "id",
    "kind",
    "title_zh",
    "title_en",
    "starts_at",
    "ends_at",
    "time_zone",
    "mode",
    "territory",
    "series_key",
    "edition",
    "public",
    "state",
    "division_code",
    "synthetic",
)
CONTACT_COLUMNS = (
    "id",
    "name",
    "reach",
    "territory",
    "interests",
    "lawful_basis",
    "consent_evidence",
    "retention_until",
    "next_step",
    "state",
    "event_id",
    "owner_org_key",
    "talent_id",
    "synthetic",
)
FOLLOW_UP_COLUMNS = ("at", "channel", "note", "contact_id", "by_org_key", "synthetic")
OWNERS = ("nt-rsj", "nt-zzb")
WEEK, DAY = "jianghai-week", "nantong-talent-day"
NANTONG = "320600"
SHANGHAI_TIME = "Asia/Shanghai"

# Kind, Chinese and English title, days from now, mode, territory, time zone, series and edition,
# whether public.
_EVENTS = (
    ("MATCHING", "归国人才对接会", "Matching event", -60, "ONSITE", "CN", None, None, True),
    ("MATCHING", "归国人才线上对接会", "Matching online", -20, "ONLINE", "CN", None, None, True),
    ("OVERSEAS_FAIR", "新加坡招聘会", "Fair in Singapore", -45, "ONSITE", "SG", None, None, True),
    ("NANTONG_DAY", "南通日(东京)", "Nantong Day Tokyo", -30, "HYBRID", "JP", None, None, True),
    ("ENTREPRENEURSHIP_WEEK", "创业周开幕式", "Week opens", -90, "ONSITE", "CN", WEEK, 1, True),
    ("CLOSED_SEMINAR", "闭门研讨会", "Closed seminar", -15, "ONSITE", "CN", None, None, False),
    ("TALENT_DAY", "人才日活动", "Talent Day", 40, "ONSITE", "CN", DAY, 2, True),
    ("ROADSHOW", "项目路演", "Roadshow", 70, "ONSITE", "CN", None, None, True),
)
_ZONES = {"CN": SHANGHAI_TIME, "SG": "Asia/Singapore", "JP": "Asia/Tokyo"}
_PLANNED = 50
"""An event that is further ahead than this many days is not announced yet."""
_WAY = ("CONSENTED", "CONSENTED", "IN_TOUCH", "IN_TOUCH", "INTERESTED", "DORMANT", "FORGOTTEN")
_INTERESTS = ("创业", "就业", "住房", "子女教育", "项目合作")
_TERRITORIES = ("SG", "JP", "US", "GB", "DE", "AU")


def tables(
    now: datetime, talents: Sequence[UUID], sealer: Sealer
) -> Iterator[tuple[str, tuple[str, ...], Rows]]:
    """Table, its columns and rows, in the order in which they refer to each other."""
    random = Random("met")
    events = [_event(number, now) for number in range(len(_EVENTS))]
    yield "opportunity.event", EVENT_COLUMNS, events
    held = [row[0] for row in events if row[12] in ("HELD", "REPORTED")]
    contacts = [
        _contact(number, random, held[number % len(held)], now, talents, sealer)
        for number in range(4 * len(held))
    ]
    yield "talent.contact", CONTACT_COLUMNS, contacts
    notes: Rows = []
    for row in contacts:
        if row[9] in ("IN_TOUCH", "INTERESTED", "ARRIVED", "FORGOTTEN"):
            note = None if row[9] == "FORGOTTEN" else "示例跟踪记录"
            at = now - timedelta(days=random.randrange(1, 10))
            channel = random.choice(("PHONE", "EMAIL", "MEETING"))
            notes.append((at, channel, note, row[0], row[11], True))
    yield "talent.follow_up", FOLLOW_UP_COLUMNS, notes


def _event(number: int, now: datetime) -> tuple[Any, ...]:
    kind, zh, en, days, mode, territory, series, edition, public = _EVENTS[number]
    day = (now + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)
    state = "REPORTED" if days < -50 else "HELD"
    if days > 0:
        state = "PLANNED" if days > _PLANNED else "ANNOUNCED"
    return (
        new_ids(Random(f"event {number}"))(number),
        kind,
        f"示例{zh}",
        f"Example: {en}",
        day,
        day + timedelta(hours=8),
        _ZONES[territory],
        mode,
        territory,
        series,
        edition,
        public,
        state,
        NANTONG if territory == "CN" and mode == "ONSITE" else None,
        True,
    )


def _contact(
    number: int,
    random: Random,
    event: UUID,
    now: datetime,
    talents: Sequence[UUID],
    sealer: Sealer,
) -> tuple[Any, ...]:
    """Every eleventh became a talent; every seventh is kept on another basis, and only met."""
    name = (overseas if random.random() < 0.4 else chinese)(random).display
    reach = f"+86120{90_000_000 + number}" if number % 2 else f"met.{number}@example.org"
    met = number % 7 == 3
    arrived = number % 11 == 5 and len(talents) > number
    state = "MET" if met else "ARRIVED" if arrived else random.choice(_WAY)
    gone = state == "FORGOTTEN"
    return (
        new_ids(Random(f"contact {number}"))(number),
        None if gone else sealer.seal(name, "contact.name"),
        None if gone else sealer.seal(reach, "contact.reach"),
        random.choice(_TERRITORIES),
        [] if gone else sorted(random.sample(_INTERESTS, random.randrange(3))),
        "STATUTORY_DUTY" if met else "CONSENT",
        None if gone or met else "示例:现场签署",
        (now + timedelta(days=365 + number)).date(),
        None if gone or state == "DORMANT" else "示例:寄送政策手册",
        state,
        event,
        OWNERS[number % len(OWNERS)],
        talents[number] if state == "ARRIVED" else None,
        True,
    )
