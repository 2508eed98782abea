"""Invented organisations: operators of parks and enterprises.

Names begin with 示例 (example); unified social credit codes have right check characters over a
division that does not exist, so that they are valid in form and nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hub.demo.ids import new_ids, random_for
from hub.demo.well_known import OPERATOR_P1_ID
from hub.kit.checks import organisation_check, uscc_check

COLUMNS = (
    "id",
    "uscc",
    "name_zh",
    "name_en",
    "kind",
    "division_code",
    "is_key_unit",
    "synthetic",
)
OPERATORS = 15
UNASSIGNED = "320699"
"""A county that was never assigned (unverified)."""

_NAMES = [
    "启航",
    "江海",
    "通达",
    "汇智",
    "新桥",
    "蓝岸",
    "远帆",
    "星辰",
    "云汉",
    "青禾",
    "百川",
    "长风",
    "恒信",
    "创源",
    "海纳",
    "华章",
    "瑞景",
    "博雅",
]
_TRADES = (
    ("生物科技", "Biotech"),
    ("新材料", "Materials"),
    ("智能制造", "Smart Manufacturing"),
    ("海洋工程", "Offshore Engineering"),
    ("信息技术", "Information Technology"),
    ("新能源", "New Energy"),
    ("医疗器械", "Medical Devices"),
    ("半导体", "Semiconductors"),
    ("现代物流", "Logistics"),
    ("节能环保", "Environmental Technology"),
)


def uscc(number: int) -> str:
    """An enterprise's code, another for each number."""
    body = f"{number:08d}"
    head = f"91{UNASSIGNED}{body}{organisation_check(body)}"
    return head + uscc_check(head)


def organisations(seed: int, count: int, divisions: list[str]) -> Iterator[tuple[Any, ...]]:
    """Operators first, then enterprises."""
    random = random_for(seed, "organisations")
    new_id = new_ids(random)
    for number in range(count):
        name = random.choice(_NAMES)
        trade_zh, trade_en = random.choice(_TRADES)
        operator = number < OPERATORS
        yield (
            OPERATOR_P1_ID if number == 0 else new_id(number),
            uscc(number + 1),
            f"示例{name}园区运营有限公司" if operator else f"示例{name}{trade_zh}有限公司",
            f"Example {'Park Operation' if operator else trade_en} Co., Ltd. No. {number + 1}",
            "OPERATOR" if operator else "ENTERPRISE",
            random.choice(divisions),
            not operator and random.random() < 0.1,
            True,
        )
