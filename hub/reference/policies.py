"""Policy documents and measures as rows: a version for each measure, its clauses in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hub.reference.files import read
from hub.reference.table import IdOf, Row, Table

DIRECTIONS = {
    "S2.1": "POSTS",
    "S2.2": "INTERNSHIP_RETENTION",
    "S2.3": "SUBSIDY_COST",
    "S2.4": "SERVICE_CHANNEL",
}
"""The four directions of rights are the sub-headings of the second section."""


def tables() -> Iterator[Table]:
    """Documents, their areas, measures, their versions, the clauses of these."""
    file = read("policies")
    yield Table("policy.policy_document", ("key",), tuple(_documents(file)))
    yield Table("policy.policy_area", ("document_key", "position"), tuple(_areas(file)))
    yield Table("policy.policy", ("key",), tuple(_policies(file)))
    yield Table("policy.policy_version", ("key",), tuple(_versions(file)))
    yield Table("policy.clause", ("version_key", "key"), tuple(_clauses(file)))


def cited(file: Row, record: Row) -> str:
    """Where a record comes from: the document and the section."""
    return f"{file['source']} {record['section']}"


def _documents(file: Row) -> Iterator[Row]:
    for record in file["documents"]:
        issuer = record.get("issuer")
        yield {
            **{name: record[name] for name in ("key", "title_zh", "title_en", "section")},
            "quote_zh": record["quote_zh"],
            "issued_on": record.get("issued_on"),
            "published_on": record.get("published_on"),
            "areas_total": record.get("areas_total"),
            "issuer_id": issuer and IdOf("cooperation.organisation", issuer),
            "implements_key": record.get("implements"),
            "source": cited(file, record),
        }


def _areas(file: Row) -> Iterator[Row]:
    """As many as the document counts; those that it does not name have no name."""
    for record in file["documents"]:
        named = record.get("areas", [])
        for position in range(1, record.get("areas_total", 0) + 1):
            area = named[position - 1] if position <= len(named) else {}
            yield {
                "document_key": record["key"],
                "position": position,
                "name_zh": area.get("name_zh"),
                "name_en": area.get("name_en"),
                "source": cited(file, record),
            }


def _policies(file: Row) -> Iterator[Row]:
    for record in file["policies"]:
        reported = record.get("also_reported", {})
        yield {
            **{name: record[name] for name in ("key", "title_zh", "title_en", "status", "section")},
            "quote_zh": record["quote_zh"],
            "text_en": record["text_en"],
            "also_reported_section": reported.get("section"),
            "also_reported_quote_zh": reported.get("quote_zh"),
            "rights_direction": DIRECTIONS.get(record["section"]),
            "lifecycle": record.get("lifecycle"),
            "owners_zh": record.get("owners_zh", []),
            "owners_basis": record.get("owners_basis"),
            "gaps": [
                {"text": gap["en"], "textZh": gap["zh"], "affects": "NOTE"}
                for gap in record["gaps"]
            ],
            "source": cited(file, record),
        }


def _versions(file: Row) -> Iterator[Row]:
    """One version of each measure: the document gives neither a beginning nor an end."""
    for record in file["policies"]:
        yield {
            "key": version_key(record),
            "no": 1,
            "policy_key": record["key"],
            "status": record["status"],
            "document_key": record.get("document", file["source"]),
            "parameters": record.get("parameters", {}),
            "state": "PUBLISHED",
            "source": cited(file, record),
        }


def version_key(record: Row) -> str:
    """Key of the only version of a measure so far."""
    return f"{record['key']}/1"


def _clauses(file: Row) -> Iterator[Row]:
    for record in file["policies"]:
        for position, clause in enumerate(_of_measure(record), 1):
            yield {
                "version_key": version_key(record),
                "position": position,
                "basis": "FROM_TEXT",
                "predicate": None,
                "amount_fen": None,
                **clause,
                "source": cited(file, record),
            }


def _of_measure(record: Row) -> Iterator[Row]:
    for clause in record.get("conditions", ()):
        yield {**_words(clause, "CONDITION"), "predicate": predicate(clause)}
    for clause in record.get("tiers", ()):
        amount = clause["amount_fen"]
        yield {**_words(clause, "TIER"), "predicate": predicate(clause), "amount_fen": amount}
    for clause in record.get("floors", ()):
        yield {**_words(clause, "FLOOR"), "amount_fen": clause["amount_fen"]}
    for clause in record.get("caps", ()):
        facts = [
            {"fact": f"application.{name}", "op": "EQ", "value": clause[name]}
            for name in ("category", "applicant")
        ]
        yield {
            **_words(clause, "CAP"),
            "predicate": {"all": facts},
            "amount_fen": clause["max_fen"],
        }
    for clause in record.get("benefits", ()):
        yield _words(clause, "BENEFIT")
    for clause in record.get("rules", ()):
        yield {**_words(clause, "RULE"), "basis": clause["basis"]}


def _words(clause: Row, kind: str) -> Row:
    quote = clause.get("text_zh")
    return {
        "key": clause["key"],
        "kind": kind,
        "text_zh": quote or clause["zh"],
        "text_en": clause["text_en"],
        "quote_zh": quote,
    }


def predicate(clause: Row) -> dict[str, Any]:
    """The condition as a tree: a comparison, or any of several."""
    if "any_of" in clause:
        return {"any": [predicate(each) for each in clause["any_of"]]}
    found = {name: clause[name] for name in ("fact", "op", "value")}
    if "unknown_if" in clause:
        found["unknownIf"] = clause["unknown_if"]
    return found | ({"until": clause["until"]} if "until" in clause else {})
