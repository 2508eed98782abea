"""Invented degrees, mostly from abroad: one to three for each talent, one and a half on average."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from hub.demo.ids import new_ids
from hub.demo.people import RANKS, Batch, Person

COLUMNS = (
    "id",
    "talent_id",
    "level",
    "awarded_on",
    "institution_name",
    "institution_territory",
    "discipline",
    "isced_field",
    "certification_state",
    "certified_on",
    "synthetic",
)

_INSTITUTIONS = (
    ("Harwick University", "GB"),
    ("University of Eastmere", "GB"),
    ("Lakeshore Institute of Technology", "US"),
    ("Redwood State University", "US"),
    ("Granite Valley College", "US"),
    ("Technische Hochschule Neuwald", "DE"),
    ("Universität Sankt Albrecht", "DE"),
    ("École supérieure du Val-Clair", "FR"),
    ("Straits Institute of Science", "SG"),
    ("Aoyama Bay University 青湾大学", "JP"),
    ("Hangang Institute of Technology", "KR"),
    ("University of Port Sorrel", "AU"),
    ("Maple Harbour University", "CA"),
    ("Fragrant Bay University 香湾大学", "HK"),
    ("示例江海大学", "CN"),
    ("示例长三角理工大学", "CN"),
)
# Discipline by GB/T 13745 and field by ISCED-F 2013, kept beside each other.
_FIELDS = (
    ("110", "0541"),
    ("120", "0612"),
    ("140", "0533"),
    ("150", "0531"),
    ("180", "0511"),
    ("320", "0912"),
    ("350", "0916"),
    ("430", "0722"),
    ("460", "0715"),
    ("470", "0713"),
    ("510", "0714"),
    ("520", "0613"),
    ("530", "0711"),
    ("560", "0732"),
    ("610", "0521"),
    ("630", "0413"),
    ("790", "0311"),
)
_STATES = ("NONE", "NONE", "APPLIED", "CERTIFIED", "CERTIFIED", "CERTIFIED", "REJECTED")


def degrees(batch: Batch, people: list[Person], today: date) -> Iterator[tuple[Any, ...]]:
    """The degrees of the batch's people, the highest first."""
    random = batch.random("degrees")
    new_id = new_ids(random)
    number = batch.first * 3
    for person in people:
        field = random.choice(_FIELDS)
        for step in range(min(person.rank, random.choices((1, 2, 3), (30, 45, 25))[0])):
            awarded = person.graduated_on - timedelta(days=900 * step)
            if awarded > today:
                continue
            yield (
                new_id(number),
                person.id,
                RANKS[person.rank - step],
                awarded,
                *random.choice(_INSTITUTIONS),
                *field,
                *_certification(random, awarded, today),
                True,
            )
            number += 1


def _certification(random: Random, awarded: date, today: date) -> tuple[str, date | None]:
    """Where the certification of a degree stands, which takes some months after the award."""
    state = random.choice(_STATES)
    certified = awarded + timedelta(days=random.randrange(60, 400))
    if state == "CERTIFIED" and certified > today:
        return "APPLIED", None
    return state, certified if state == "CERTIFIED" else None
