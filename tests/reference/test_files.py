"""The files agree with what the code says about the same things."""

from __future__ import annotations

import importlib
from enum import StrEnum

import pytest

import hub.subgraphs
from hub import reference
from hub.app import registry
from hub.model.codes import DegreeRank, PurposeCode, SkillLevel, TitleLevel
from hub.model.collect import rooms_of
from hub.model.declared import SCOPE_GRAMMAR
from hub.model.types import Choice
from hub.reference.files import read
from hub.subgraphs.cooperation.rules import DivisionLevel
from hub.subgraphs.talent.rules import IdentityType

ROOMS = [room.__name__ for room in rooms_of(hub.subgraphs)]


@pytest.mark.parametrize("room", ROOMS)
def test_scopes_of_a_room_are_those_of_the_catalogue(room: str) -> None:
    declared: type[StrEnum] = importlib.import_module(f"{room}.rules").Scope
    name = room.rpartition(".")[2]
    catalogue = {scope for scope, entry in reference.scopes().items() if entry.room == name}
    assert {member.value for member in declared} == catalogue
    assert [member.value for member in declared] == sorted(catalogue)


def test_catalogue_follows_its_grammar_and_speaks_both_languages() -> None:
    for entry in reference.scopes().values():
        assert SCOPE_GRAMMAR.match(entry.scope)
        assert entry.en
        assert entry.zh
        assert set(entry.holders) <= {"PC", "PO", "IA", "DE", "TA", "AD"}
        assert entry.sensitivity in {"P0", "P1", "P2", "P3", "P4"}


def test_every_scope_asked_for_is_in_the_catalogue() -> None:
    asked: set[str] = set()
    for noun in registry().nouns.values():
        asked.add(noun.scope)
        asked |= {noun.scopes_of(spec) for spec in noun.fields.values()}
        asked |= {noun.scopes_of(spec) for spec in noun.edges.values()}
    assert asked <= set(reference.scopes())


def test_purposes_are_the_closed_list() -> None:
    records = {record["code"]: record["name_zh"] for record in read("purposes")["purposes"]}
    assert records == {purpose.value: purpose.zh for purpose in PurposeCode}


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("degree_rank", DegreeRank),
        ("title_level", TitleLevel),
        ("skill_level", SkillLevel),
        ("identity_document_type", IdentityType),
    ],
)
def test_code_list_is_the_enumeration_in_the_same_order(name: str, codes: type[Choice]) -> None:
    items = [(item["code"], item["zh"]) for item in read("codelists")[name]["items"]]
    assert items == [(code.value, code.zh) for code in codes]


def test_divisions_lie_in_one_another() -> None:
    divisions = {record["code"]: record for record in read("divisions")["divisions"]}
    assert len(divisions) == 38
    for code, record in divisions.items():
        assert record["level"] in DivisionLevel.values()
        parent = record.get("parent")
        assert parent is None or (parent in divisions and code[:2] == parent[:2])


def test_zones_name_divisions_that_exist() -> None:
    divisions = {record["code"] for record in read("divisions")["divisions"]}
    zones = read("zones")["zones"]
    assert len(zones) == 15
    assert {zone["division"] for zone in zones} - {None} <= divisions


def test_sections_that_records_cite_exist() -> None:
    source = read("source")
    keys = {section["key"] for section in source["sections"]}
    assert "S2.2" in keys
    assert read("actors")["source"] == source["document"]["key"]
