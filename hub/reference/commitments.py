"""What the city promised and what it reported, as rows: two tables that never meet."""

from __future__ import annotations

from collections.abc import Iterator

from hub.reference.files import read
from hub.reference.policies import DIRECTIONS, cited
from hub.reference.table import Row, Table


def tables() -> Iterator[Table]:
    """Commitments and reported figures."""
    yield Table("cooperation.commitment", ("key",), tuple(_commitments()))
    yield Table("cooperation.reported_fact", ("key",), tuple(_facts()))


def _commitments() -> Iterator[Row]:
    file = read("commitments")
    always = ("key", "section", "kind", "period", "metric", "title_zh", "title_en", "quote_zh")
    at_times = ("target", "gap_zh", "gap_en", "assumption_zh", "assumption_en", "lifecycle")
    for record in file["commitments"]:
        yield {
            **{name: record[name] for name in (*always, "unit_zh", "unit_en")},
            **{name: record.get(name) for name in at_times},
            "valued_by": record["value"],
            "rights_direction": DIRECTIONS.get(record["section"]),
            "policy_key": record.get("policy"),
            "source": cited(file, record),
        }


def _facts() -> Iterator[Row]:
    file = read("reported_facts")
    always = ("key", "section", "value", "title_zh", "title_en", "quote_zh", "unit_zh", "unit_en")
    at_times = ("period", "precision_zh", "precision_en", "gap_zh", "gap_en")
    for record in file["facts"]:
        yield {
            **{name: record[name] for name in always},
            **{name: record.get(name) for name in at_times},
            "relation": record["op"],
            "source": cited(file, record),
        }
