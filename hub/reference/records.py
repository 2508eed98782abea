"""Records of the files as rows, table by table, in the order in which they refer to each other."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid5

from hub.reference import commitments, policies
from hub.reference.files import read
from hub.reference.table import IdOf, Row, Table

AGREEMENTS = UUID("5f0f5a0e-6f0b-5c57-9d53-5a1c4f3c2f0e")
"""Namespace of the ids of agreements, which have no natural key."""


def tables() -> Iterator[Table]:
    """All reference data."""
    yield Table("cooperation.division", ("code",), tuple(_divisions()))
    yield Table("cooperation.territory", ("alpha2",), tuple(_territories()))
    yield Table("cooperation.code_item", ("code_list", "code"), tuple(_code_items()))
    yield Table("cooperation.purpose", ("code",), tuple(_purposes()))
    yield Table("cooperation.organisation", ("key",), tuple(_organisations()))
    yield Table("cooperation.partner", ("code",), tuple(_partners()))
    yield Table("cooperation.agreement", ("id",), tuple(_agreements()))
    yield Table("park.zone", ("key",), tuple(_zones()))
    yield Table("project.programme", ("key",), tuple(_programmes()))
    yield from policies.tables()
    yield from commitments.tables()


def _divisions() -> Iterator[Row]:
    file = read("divisions")
    for record in file["divisions"]:
        yield {
            "code": record["code"],
            "name_zh": record["name_zh"],
            "level": record["level"],
            "parent_code": record.get("parent"),
            "municipality": record.get("municipality", False),
            "statistical_only": record.get("statistical_only", False),
            "source": file["source"],
        }


def _territories() -> Iterator[Row]:
    file = read("codelists")["key_territories"]
    for record in file["items"]:
        yield {
            "alpha2": record["code"],
            "label_zh": record["zh"],
            "label_en": record["en"],
            "source": file["source"],
        }


def _code_items() -> Iterator[Row]:
    for name, file in read("codelists").items():
        if name == "key_territories":
            continue
        items = file["items"]
        if isinstance(items, dict):
            items = [{"code": code, "zh": label} for code, label in items.items()]
        yield from _items(name, items, file["basis"], file["source"])
    actors = read("actors")
    kinds = [{"code": kind["key"], "zh": kind["zh"]} for kind in actors["event_kinds"]]
    yield from _items("event_kind", kinds, "OWN", actors["source"])


def _items(name: str, items: list[Row], basis: str, source: str) -> Iterator[Row]:
    for rank, item in enumerate(items):
        yield {
            "code_list": name,
            "code": item["code"],
            "rank": rank,
            "label_zh": item.get("zh"),
            "label_en": item.get("en"),
            "basis": basis,
            "source": source,
        }


def _purposes() -> Iterator[Row]:
    file = read("purposes")
    for record in file["purposes"]:
        yield {**record, "source": file["source"]}


def _organisations() -> Iterator[Row]:
    file = read("actors")
    for record in file["organisations"]:
        yield {
            "key": record["key"],
            "kind": record["kind"],
            "name_zh": record["name_zh"],
            "short_name_zh": record.get("short_zh"),
            "name_en": record["name_en"],
            "in_working_group": record.get("in_working_group", False),
            "source": file["source"],
        }


def _partners() -> Iterator[Row]:
    file = read("actors")
    for record in file["partner_cities"]:
        yield {
            "code": record["division"],
            "division_code": record["division"],
            "name_zh": record["name_zh"],
            "name_en": record["name_en"],
            "purposes": record["purposes"],
            "source": file["source"],
        }


def _agreements() -> Iterator[Row]:
    """Strategic cooperation with universities; the document says signed and gives no date."""
    file = read("actors")
    for record in file["organisations"]:
        if state := record.get("agreement_status"):
            yield {
                "id": str(uuid5(AGREEMENTS, record["key"])),
                "kind": "UNIVERSITY",
                "title_zh": "战略合作协议",
                "title_en": "Strategic cooperation agreement",
                "organisation_id": IdOf("cooperation.organisation", record["key"]),
                "state": state,
                "source": f"{file['source']} S2.2",
            }


def _zones() -> Iterator[Row]:
    file = read("zones")
    for record in file["zones"]:
        yield {
            "key": record["key"],
            "name_zh": record["name_zh"],
            "name_en": record["name_en"],
            "kind": record["kind"],
            "division_code": record["division"],
            "external_codes": record["external_codes"],
            "note": record.get("note"),
            "source": file["source"],
        }


def _programmes() -> Iterator[Row]:
    file = read("actors")
    for record in file["programmes"]:
        yield {
            "key": record["key"],
            "name_zh": record["name_zh"],
            "name_en": record["name_en"],
            "brand_line": record.get("kind") == "BRAND_LINE",
            "edition_named": record.get("edition_named"),
            "basis_zh": record.get("basis_zh"),
            "source": file["source"],
        }
