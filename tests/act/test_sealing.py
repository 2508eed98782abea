"""How an action seals: for a column that says so, under a key that no room sees."""

from __future__ import annotations

import asyncpg
import pytest

from hub.app import core_schema, registry, schema
from hub.engine import Engine
from hub.engine.jobs import HUB
from hub.engine.parameters import Run
from hub.engine.transaction import Transaction
from hub.kit.crypto import Sealer, SealError
from hub.kit.errors import DeclarationError, SetupError
from hub.model.action import Sealed

SEALER = Sealer(b"s" * 32)
TALENT = registry().nouns["Talent"].table.c
NUMBER = "+8612000000042"


def work(pool: asyncpg.Pool, sealer: Sealer | None = SEALER) -> Transaction:
    """A transaction in which nothing is done but sealing."""
    engine = Engine(registry(), core_schema(schema()), pool, unseal=SEALER.open, sealer=sealer)
    return Transaction(engine.mutations.acting, None, Run({}, HUB, "test", engine.clock()))


async def test_what_was_sealed_opens_as_the_same_field_only(pool: asyncpg.Pool) -> None:
    ctx = work(pool)
    sealed = ctx.seal(TALENT.phone, NUMBER)
    assert ctx.unseal(TALENT.phone, sealed.text) == NUMBER
    assert SEALER.open(sealed.text, "talent.phone") == NUMBER, "as the door opens it"
    with pytest.raises(SealError):
        ctx.unseal(TALENT.email, sealed.text)


async def test_blind_index_finds_the_same_text_of_the_same_field(pool: asyncpg.Pool) -> None:
    ctx = work(pool)
    one, other = ctx.seal(TALENT.phone, NUMBER), ctx.seal(TALENT.phone, NUMBER)
    assert one.text != other.text
    assert one.blind == other.blind == SEALER.blind(NUMBER, "talent.phone")
    assert ctx.seal(TALENT.email, NUMBER).blind != one.blind


@pytest.mark.parametrize(
    ("text", "last4"), [(NUMBER, "0042"), ("12345678", "5678"), ("1234567", ""), ("1234", "")]
)
async def test_last_four_never_are_most_of_it(pool: asyncpg.Pool, text: str, last4: str) -> None:
    assert work(pool).seal(TALENT.identity_number, text).last4 == last4


async def test_nothing_in_what_is_stored_is_the_text(pool: asyncpg.Pool) -> None:
    sealed = work(pool).seal(TALENT.identity_number, NUMBER)
    assert isinstance(sealed, Sealed)
    assert NUMBER[:-4] not in repr(sealed)


async def test_only_a_sealed_column_is_sealed_for(pool: asyncpg.Pool) -> None:
    for column in (TALENT.display_name, TALENT.phone_blind):
        with pytest.raises(DeclarationError, match="not declared with sealed=True"):
            work(pool).seal(column, NUMBER)


async def test_without_a_key_nothing_is_stored_plain_instead(pool: asyncpg.Pool) -> None:
    with pytest.raises(SetupError, match="no data key"):
        work(pool, sealer=None).seal(TALENT.phone, NUMBER)
