"""A field that somebody adds by doing what the README says, in a copy of the checkout."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import asyncpg
import pytest

from tests.checkout import Copy
from tests.conftest import Database
from tests.make import Make

NOUN = "hub/subgraphs/park/workspace.py"
ASK = """
import asyncio, sys
from hub.app import core_schema, registry, schema
from hub.engine import Engine, Question
from hub.kit.db import connect_pool
from hub.model.access import Audience, Grant

async def main():
    pool = await connect_pool(sys.argv[1], size=1)
    engine = Engine(registry(), core_schema(schema()), pool, unseal=lambda text, _: text)
    asked = Question("{ workspaces(first: 9, filter: {floorGte: 2}) { edges { node { floor } } } }")
    someone = Grant("someone", Audience.PARTNER, frozenset({"park:read"}), partner="320500")
    print((await engine.answer(asked, someone)).body.decode())
    await pool.close()

asyncio.run(main())
"""


@pytest.fixture
def copy(tmp_path: Path, fresh_database: Database) -> Copy:
    return Copy(tmp_path / "checkout", fresh_database)


def how_to(copy: Copy) -> tuple[str, list[list[str]]]:
    """The line of code and the commands of the README's section."""
    readme = (copy.root / "README.md").read_text(encoding="utf-8")
    section = readme.partition("### Add a field\n")[2].partition("\n### ")[0]
    [code] = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    [commands] = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return code, [shlex.split(line, comments=True) for line in commands.splitlines()]


@pytest.mark.timeout(300)  # on a machine that is kept busy
async def test_a_field_is_a_line_and_what_is_written_from_it(
    copy: Copy, fresh_database: Database
) -> None:
    code, commands = how_to(copy)
    assert [command[:3] for command in commands] == [
        ["./run", "hub", "db"],
        ["./run", "hub", "schema"],
        ["./run", "test", "tests/access/test_table.py"],
        ["./run", "test"],
        ["./run", "up"],
    ]
    copy.insert(NOUN, "    seats: Mapped[int] = ", f"    {code}")
    copy.insert(
        "tests/make/park.py", '                "seats": seats,\n', 16 * " " + '"floor": 2,\n'
    )

    migration = copy.revise(*commands[0][4:])
    copy.run("-m", *commands[1][1:])
    copy.run("-m", "pytest", "-q", *commands[2][2:])

    assert migration.count("op.add_column(") == 1
    [name] = {file for file in copy.differing() if file.startswith("migrations/")}
    assert copy.differing() == {
        NOUN,
        name,
        "schema/hub.graphql",
        "tests/access/table/park.txt",
        "tests/make/park.py",
    }
    copy.run("-m", "hub", "schema", "check")
    copy.run("-m", "hub", "db", "migrate")
    owner = await asyncpg.connect(fresh_database.owner_url)
    try:
        make = Make(owner)
        for floor in (1, 3):
            await make.workspace(floor=floor)
    finally:
        await owner.close()
    answer = copy.run("-c", ASK, fresh_database.app_url)
    assert answer.strip() == '{"data":{"workspaces":{"edges":[{"node":{"floor":3}}]}}}'
