"""Ids on their way up: of an empty page there is nothing, not an empty text among others."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import Text, literal_column, select, text

from hub.engine.ids import IDS, as_array, as_text, gathered
from hub.kit.sql import DIALECT

ONE, TWO = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        (["{}", f"{{{ONE}}}"], [ONE]),
        (["{}", "{}"], None),
        ([f"{{{ONE}}}", "{}", f"{{{TWO}}}"], [ONE, TWO]),
    ],
)
async def test_pages_of_several_lengths_are_gathered(
    pool: asyncpg.Pool, pages: list[str], found: list[str] | None
) -> None:
    rows = ", ".join(f"('{page}'::uuid[])" for page in pages)
    pages_there = text(f"(VALUES {rows}) AS pages (page)")
    listed = gathered(literal_column("page", IDS)).label("listed")
    inner = select(listed).select_from(pages_there).subquery()
    whole = select(as_array(literal_column("listed", Text()))).select_from(inner)

    ids = await pool.fetchval(str(whole.compile(dialect=DIALECT)))

    assert (ids and [str(each) for each in ids]) == found


async def test_text_of_an_empty_array_is_null(pool: asyncpg.Pool) -> None:
    empty = select(as_text(literal_column("'{}'::uuid[]", IDS)))
    assert await pool.fetchval(str(empty.compile(dialect=DIALECT))) is None
