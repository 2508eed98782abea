"""What the reference data quotes are the exact words of the document, faults and all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.reference.files import DATA, read

DOCUMENT = (Path(__file__).parent / "document.txt").read_text("utf-8")
"""The document as it was published, but for the name of a person, which is left out."""

QUOTED = {"quote_zh", "text_zh", "short_zh", "functions_zh"}
FILES = sorted(file.stem for file in DATA.glob("*.yaml"))


def quotes(value: Any) -> Iterator[str]:
    """Every text under a key that holds words of the document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in QUOTED:
                yield from [inner] if isinstance(inner, str) else inner
            else:
                yield from quotes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from quotes(inner)


@pytest.mark.parametrize("file", FILES)
def test_quotes_are_in_the_document(file: str) -> None:
    assert [quote for quote in quotes(read(file)) if quote not in DOCUMENT] == []


def test_a_quote_that_drifted_would_be_found() -> None:
    found = list(quotes(read("policies")))
    assert len(found) > 30
    assert all(quote.replace(",", "，", 1) not in DOCUMENT for quote in found if "," in quote)


def test_sections_that_are_cited_exist() -> None:
    sections = {section["key"] for section in read("source")["sections"]}
    cited = {
        record["section"]
        for file in FILES
        for records in read(file).values()
        if isinstance(records, list)
        for record in records
        if isinstance(record, dict) and "section" in record
    }
    assert cited <= sections
    assert len(cited) >= 4
