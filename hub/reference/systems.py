"""The systems that the document names, as a page: what serves each, and what proves it.

A system without an entry in `served_systems.yaml` is open; one that is served in part says what of
it is open.
"""

from __future__ import annotations

from hub.reference.files import read
from hub.reference.table import Row

HEAD = (
    "| # | 系统 · system | status and exact words | served by | proved by |\n|---|---|---|---|---|"
)
STATUS = {
    "IN_FORCE": "reported · 已有",
    "COMMITTED": "promised · 承诺",
    "NONE": "framing · 表述",
}
NOTHING_STORED = "proposing-deputy"
"""A natural person, of whom nothing is kept, so that nothing is left to be served."""


def page() -> str:
    """The rows as Markdown."""
    served = {record["key"]: record for record in read("served_systems")["served"]}
    rows = [_row(system, served.get(system["key"])) for system in read("seed_systems")["systems"]]
    return "\n".join([HEAD, *rows])


def standing() -> dict[str, int]:
    """How many rows are served, in part, or open."""
    served = {record["key"]: record for record in read("served_systems")["served"]}
    counts = {"served": 0, "in part": 0, "open": 0}
    for system in read("seed_systems")["systems"]:
        counts[_how_far(system, served.get(system["key"]))] += 1
    return counts


def _how_far(system: Row, record: Row | None) -> str:
    if record is None:
        return "served" if system["key"] == NOTHING_STORED else "open"
    return "in part" if record.get("open") else "served"


def _row(system: Row, record: Row | None) -> str:
    words = "<br>".join(
        f"{STATUS[statement['status']]} {statement['section']}: “{statement['quote_zh']}”"
        for statement in system["statements"]
    )
    cells = [
        str(system["row"]),
        f"{system['name_zh']}<br>{system['name_en']}",
        words,
        _operations(system, record),
        _tests(record),
    ]
    return "| " + " | ".join(cells) + " |"


def _operations(system: Row, record: Row | None) -> str:
    match _how_far(system, record):
        case "open":
            return "**open · 待建**"
        case "served" if record is None:
            return "nothing is kept · 不存储"
    assert record is not None
    names = ", ".join(f"`{name}`" for name in record["operations"])
    missing = record.get("open")
    return f"{names}<br>**open · 待建**: {missing}" if missing else names


def _tests(record: Row | None) -> str:
    if record is None:
        return ""
    return "<br>".join(
        f"[`{name.partition('::')[2]}`](../../{name.partition('::')[0]})"
        for name in record["tests"]
    )
