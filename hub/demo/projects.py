"""Invented projects: what they are about is put together from words, and leads to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from hub.demo.ids import new_ids, random_for

COLUMNS = (
    "id",
    "title_zh",
    "title_en",
    "summary",
    "industry",
    "stage",
    "seeking",
    "fiscal_year",
    "state",
    "programme_id",
    "lead_organisation_id",
    "park_id",
    "synthetic",
)
_HOW = (
    ("低成本", "Low-cost"),
    ("智能", "Intelligent"),
    ("高可靠", "Reliable"),
    ("柔性", "Flexible"),
    ("微型", "Miniature"),
    ("绿色", "Green"),
)
_WHAT = (
    ("海上风电运维机器人", "robots for offshore wind farms", "C3491"),
    ("固态电池材料", "solid-state battery materials", "C3985"),
    ("病理影像分析平台", "pathology image analysis", "I6513"),
    ("船用碳捕集装置", "carbon capture for ships", "C3735"),
    ("抗体药物工艺", "antibody production process", "C2761"),
    ("工业视觉检测系统", "machine vision for inspection", "I6531"),
    ("功率半导体封装", "packaging of power semiconductors", "C3972"),
    ("港口数字孪生", "digital twin of a port", "I6540"),
    ("可降解纤维", "degradable fibres", "C2832"),
    ("水产疫病快检试剂", "rapid tests for fish diseases", "C2770"),
)
_STAGES = ("IDEA", "PROTOTYPE", "PILOT", "GROWTH", "SCALE")
_SEEKING = ("FUNDING", "TALENT", "PARTNER", "SPACE", "MARKET", "TECHNOLOGY")


def projects(
    seed: int, count: int, programmes: list[UUID], organisations: list[UUID], parks: list[UUID]
) -> Iterator[tuple[Any, ...]]:
    """Projects under the real programmes; most are published."""
    random = random_for(seed, "projects")
    new_id = new_ids(random)
    for number in range(count):
        how_zh, how_en = random.choice(_HOW)
        what_zh, what_en, industry = random.choice(_WHAT)
        yield (
            new_id(number),
            f"{how_zh}{what_zh}(示例{number + 1})",
            f"{how_en} {what_en} (example {number + 1})",
            f"示例项目:面向长三角的{how_zh}{what_zh},寻求合作与落地。",
            industry,
            random.choice(_STAGES),
            sorted(random.sample(_SEEKING, random.randrange(1, 4))),
            random.choice((None, 2023, 2024, 2025, 2026)),
            random.choices(("PUBLISHED", "CLOSED", "DRAFT", "WITHDRAWN"), (85, 7, 6, 2))[0],
            random.choice(programmes) if random.random() < 0.9 else None,
            random.choice(organisations) if random.random() < 0.95 else None,
            random.choice(parks) if random.random() < 0.8 else None,
            True,
        )
