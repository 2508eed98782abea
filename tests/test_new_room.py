"""A room that somebody adds as the README says: declared, migrated, open to the app, gone again.

It is added to a copy of the checkout, so that nothing of it stays in this one.
"""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from hub.kit import migrations
from tests.checkout import Copy
from tests.conftest import Database

RULES = '''"""Scopes and closed lists of the attic."""

from __future__ import annotations

from enum import StrEnum

from hub.model.types import Choice


class Scope(StrEnum):
    """`resource:action`."""

    attic_read = "attic:read"


class Wood(Choice):
    """Of what it is made. 木材"""

    OAK = "OAK", "Oak.", "橡木"
    ASH = "ASH", "Ash.", "白蜡木"
'''
CHEST = '''"""Chests in an attic."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import edge, field
from hub.model.types import Fen
from hub.subgraphs.attic.rules import Scope, Wood


class Chest(Entity, scope=Scope.attic_read, plural="chests", keys=("code",), zh="箱"):
    """A chest."""

    code: Mapped[str] = field(doc="Code on its lid, unique.", zh="箱号", unique=True)
    wood: Mapped[Wood] = field(doc="Its wood.", zh="木材", filter=True)
    price: Mapped[Fen | None] = field(doc="What it costs.", zh="价格", sort=True)
    label: Mapped[str] = field(doc="What is written on it.", zh="标签", search=True)
    park = edge("park.Park", doc="Where it stands.", zh="所在园区")
'''


@pytest.fixture
def copy(tmp_path: Path, fresh_database: Database) -> Copy:
    made = Copy(tmp_path / "checkout", fresh_database)
    made.write("hub/subgraphs/attic/__init__.py", '"""The attic."""\n')
    made.write("hub/subgraphs/attic/rules.py", RULES)
    made.write("hub/subgraphs/attic/chest.py", CHEST)
    return made


async def test_a_room_needs_its_files_and_one_command(copy: Copy, fresh_database: Database) -> None:
    first = copy.revise("attic", "store chests")
    copy.run("-m", "ruff", "check", "migrations")
    copy.run("-m", "ruff", "format", "--check", "migrations")
    copy.run("-m", "hub", "db", "migrate")

    app = await asyncpg.connect(fresh_database.app_url)
    try:
        assert await app.fetch("SELECT code FROM attic.chest") == []
        with pytest.raises(asyncpg.CheckViolationError):
            await app.execute(
                "INSERT INTO attic.chest (code, wood, label, park_id)"
                " VALUES ('1', 'PINE', '', uuidv7())"
            )
    finally:
        await app.close()
    assert "What is written on it." not in first
    assert "pass" in copy.revise("attic", "find nothing to do")

    copy.run("-m", "hub", "demo", "reset")
    copy.run(
        "-c",
        "import asyncio; from hub.kit import migrations;"
        f"asyncio.run(migrations.downgrade({fresh_database.owner_url!r}, {migrations.head()!r}))",
    )

    owner = await asyncpg.connect(fresh_database.owner_url)
    try:
        assert await owner.fetch("SELECT FROM pg_namespace WHERE nspname = 'attic'") == []
    finally:
        await owner.close()
