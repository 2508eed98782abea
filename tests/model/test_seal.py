"""`seal()` refuses what a room declares wrongly, and says where and what to do.

The mistakes are sealed in a process of their own: a declaration, even a wrong one, becomes part of
the process's metadata.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from hub.kit.errors import DeclarationError
from hub.model.collect import rooms_of
from hub.settings import CHECKOUT

HEAD = """\
from __future__ import annotations
from sqlalchemy.orm import Mapped
from hub.model.access import Group, everyone
from hub.model.entity import Entity
from hub.model.field import derived, edge, edges, field
from hub.model.operation import extend, fact, read
from hub.model.types import Choice
PERSONAL = Group("BASIC", "desk:read.basic", everyone)
"""

SEAL = """
import importlib, json, sys
sys.path[:0] = [{mistakes!r}, {checkout!r}]
from hub.kit.errors import DeclarationError
from hub.model.collect import imported
from hub.model.seal import seal
told = {{}}
for name in {names!r}:
    try:
        seal([imported(name)])
        told[name] = None
    except DeclarationError as error:
        told[name] = [str(error), error.next_step]
print(json.dumps(told))
"""


@dataclass(frozen=True)
class Mistake:
    """Source of a room's one file, and what is said: the line holds the words after `# here`."""

    source: str
    message: str
    next_step: str


WORDS = "Write it: people read every noun, field and action in both languages."
TYPES = "Use str, int, bool, Fen, Json, Decimal, date, datetime, UUID or a Choice."

ACTION = """
from typing import Annotated
from uuid import UUID
from hub.model.action import Ctx, Once, Part, Payload, action
from hub.model.operation import Doc, Input, Ref

class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''

class Sit(Input):
    '''How to sit. 坐法'''
    how: Annotated[str, Doc("How.", "方式")]

class Sat(Payload):
    '''Who sits. 结果'''
    chair: Annotated[UUID, Ref("Chair"), Doc("The chair.", "椅")]
"""

MISTAKES = {
    "action_on_nothing": Mistake(
        ACTION
        + """
@action("Chiar", scope="desk:write", zh="坐")  # here
async def sit(ctx: Ctx, request: Sit) -> Sat:
    '''Sit down.'''
""",
        "the action sit changes Chiar, which does not exist",
        "Did you mean Chair?",
    ),
    "action_without_words": Mistake(
        ACTION
        + """
@action("Chair", scope="desk:write", zh="坐")  # here
async def sit(ctx: Ctx, request: Sit) -> Sat:
    pass
""",
        "the action sit has no English description",
        "add doc=",
    ),
    "action_with_a_silent_input": Mistake(
        ACTION
        + """
class Mute(Input):
    '''Says nothing of its field. 无说明'''
    how: str

@action("Chair", scope="desk:write", zh="坐")  # here
async def sit(ctx: Ctx, request: Mute) -> Sat:
    '''Sit down.'''
""",
        "Mute.how says nothing of itself",
        "annotate it Annotated[..., Doc(english, chinese)], with `| None` inside",
    ),
    "action_that_refers_to_nothing": Mistake(
        ACTION
        + """
class Astray(Input):
    '''Names a noun that there is not. 无此对象'''
    stool: Annotated[UUID, Ref("Stool"), Doc("A stool.", "凳")]

@action("Chair", scope="desk:write", zh="坐")  # here
async def sit(ctx: Ctx, request: Astray) -> Sat:
    '''Sit down.'''
""",
        "Astray.stool refers to Stool, which does not exist",
        "Check the spelling.",
    ),
    "action_that_shows_once_what_cannot_be_null": Mistake(
        ACTION
        + """
class Told(Payload):
    '''A word that is told once. 一次性口令'''
    word: Annotated[str, Once(), Doc("The word.", "口令")]

@action("Chair", scope="desk:write", zh="坐")  # here
async def sit(ctx: Ctx, request: Sit) -> Told:
    '''Sit down.'''
""",
        "Told.word is shown once, but cannot be null afterwards",
        "annotate it Annotated[... | None, Once(), Doc(...)]",
    ),
    "action_that_shows_once_what_stands_inside": Mistake(
        ACTION
        + """
class Row(Part):
    '''One of many. 一行'''
    word: Annotated[str | None, Once(), Doc("The word.", "口令")]

class Told(Payload):
    '''Words that are told once. 一次性口令'''
    rows: Annotated[list[Row], Doc("The words.", "口令")]

@action("Chair", scope="desk:write", zh="坐")  # here
async def sit(ctx: Ctx, request: Sit) -> Told:
    '''Sit down.'''
""",
        "Row.word is shown once, but stands inside Told.rows",
        "put it into Told itself",
    ),
    "life_that_forgets_a_state": Mistake(
        """
from hub.model.states import States

class Stand(Choice):
    '''Where a chair stands. 状态'''
    NEW = "NEW", "New.", "新"
    OLD = "OLD", "Old.", "旧"
    LOST = "LOST", "Lost.", "失"

class Chair(Entity, scope="desk:read", zh="椅", life=States({Stand.NEW: [Stand.OLD]})):  # here
    '''A chair.'''
    state: Mapped[Stand] = field(doc="Where it stands.", zh="状态")
""",
        "the life of Chair does not say how LOST is reached or left",
        "name it among the moves",
    ),
    "no_description": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    legs: Mapped[int] = field(doc="", zh="腿数")  # here
""",
        "Chair.legs has no English description",
        "add doc=",
    ),
    "no_chinese": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    legs: Mapped[int] = field(doc="Legs.", zh=" ")  # here
""",
        "Chair.legs has no Chinese description",
        "add zh=",
    ),
    "no_docstring": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):  # here
    legs: Mapped[int] = field(doc="Legs.", zh="腿数")
""",
        "Chair has no English description",
        "add doc=",
    ),
    "no_access": Mistake(
        """
class Chair(Entity, zh="椅"):  # here
    '''A chair.'''
""",
        "Chair has neither scope= nor group=, or both",
        "give scope=, or for personal data group=",
    ),
    "odd_scope": Mistake(
        """
class Chair(Entity, scope="Desk.read", zh="椅"):  # here
    '''A chair.'''
""",
        "the scope 'Desk.read' does not follow resource:action or resource:action.group",
        "Correct it there.",
    ),
    "no_subject": Mistake(
        """
class Chair(Entity, group=PERSONAL, zh="椅"):  # here
    '''A chair.'''
""",
        "Chair holds personal data (a group) but names no subject",
        "add subject='<column with the person's id>' so that its reads can be audited",
    ),
    "misspelt_subject": Mistake(
        """
class Chair(Entity, group=PERSONAL, subject="owner_idd", zh="椅"):  # here
    '''A chair.'''
    owner_id: Mapped[str] = field(doc="Owner.", zh="所有人")
""",
        "Chair has no column owner_idd, which does not exist",
        "Did you mean owner_id?",
    ),
    "key_not_unique": Mistake(
        """
class Chair(Entity, scope="desk:read", keys=("code",), zh="椅"):  # here
    '''A chair.'''
    code: Mapped[str] = field(doc="Code.", zh="代码")
""",
        "Chair.code is a key, but two rows may have the same",
        "declare the field with unique=True",
    ),
    "unexplained_choice": Mistake(
        """
class Wood(Choice):
    '''Of what it is made. 木材'''
    OAK = "OAK", "Oak."
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    wood: Mapped[Wood] = field(doc="Wood.", zh="木材")  # here
""",
        "Wood.OAK has no Chinese description",
        "add zh=",
    ),
    "sealed_filter": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    secret: Mapped[str] = field(doc="Secret.", zh="秘密", sealed=True, filter=True)  # here
""",
        "Chair.secret is sealed and cannot be filtered or ordered by",
        "offer a blind index column beside it",
    ),
    "safe_by_word_alone": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    code: Mapped[str] = field(doc="Code.", zh="编号", safe=True)  # here
""",
        "Chair.code is said to be safe, but no constraint says how it is written",
        "add CheckConstraint(\"code ~ '^[...]$'\"), or drop safe=True",
    ),
    "order_by_withheld": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    price: Mapped[int] = field(doc="Price.", zh="价格", release=everyone, sort=True)  # here
""",
        "Chair.price is released row by row; an order by it would tell what is withheld",
        "drop sort=True",
    ),
    "key_withheld": Mistake(
        """
class Chair(Entity, scope="desk:read", keys=("badge",), zh="椅"):
    '''A chair.'''
    badge: Mapped[str] = field(doc="Badge.", zh="牌", scope="desk:write", unique=True)  # here
""",
        "Chair.badge asks for more than its row; a look-up by it would tell what is withheld",
        "take 'badge' out of keys=, or let the row's own scope protect it",
    ),
    "misspelt_target": Mistake(
        """
class Table(Entity, scope="desk:read", zh="桌"):
    '''A table.'''
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    table = edge("Tabel", doc="Its table.", zh="桌")  # here
""",
        "Chair.table leads to Tabel, which does not exist",
        "Did you mean Table?",
    ),
    "wrong_room": Mistake(
        """
class Table(Entity, scope="desk:read", zh="桌"):
    '''A table.'''
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    table = edge("kitchen.Table", doc="Its table.", zh="桌")  # here
""",
        "Chair.table: Table lives in wrong_room, not in kitchen",
        "write 'wrong_room.Table'",
    ),
    "no_way_back": Mistake(
        """
class Table(Entity, scope="desk:read", zh="桌"):
    '''A table.'''
    chairs = edges("Chair", by="table", doc="Its chairs.", zh="椅")  # here
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
""",
        "Table.chairs: Chair has no to-one edge table that leads to Table",
        "declare `table = edge('no_way_back.Table', ...)` on Chair",
    ),
    "extended_to_one": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
other = edge("extended_to_one.Chair", doc="Another.", zh="另一把")  # here
more = extend("extended_to_one.Chair", sibling=other)
""",
        "Chair.sibling leads to one row, for which Chair has no column",
        "declare it with edges(...), or on the entity itself",
    ),
    "read_twice": Mistake(
        """
class Chair(Entity, scope="desk:read", plural="chairs", zh="椅"):
    '''A chair.'''
@read("Chair")
def chairs(row, caller): '''Chairs.'''
@read("Chair")  # here
def more_chairs(row, caller): '''Chairs.'''
""",
        "Chair has a read already, at ",
        "give that one the arguments of both",
    ),
    "foreign_fact": Mistake(
        """
@fact("kitchen.warm")  # here
def warm(caller): '''Warm.'''
""",
        "the fact kitchen.warm is declared in the room foreign_fact",
        "call it foreign_fact.warm",
    ),
    "same_root": Mistake(
        """
class Sheep(Entity, scope="desk:read", plural="sheep", zh="羊"):
    '''A sheep.'''
class Lamb(Entity, scope="desk:read", plural="sheep", zh="羊羔"):  # here
    '''A lamb.'''
""",
        "Lamb and Sheep would both be the root field sheep",
        "Correct it there.",
    ),
    "choice_without_chinese": Mistake(
        """
class Wood(Choice):
    '''Of what it is made.'''
    OAK = "OAK", "Oak.", "橡木"
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    wood: Mapped[Wood] = field(doc="Wood.", zh="木材")  # here
""",
        "the docstring of Wood has no Chinese",
        'write both: """Kind of park. 园区类型"""',
    ),
    "option_left_out": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    legs: Mapped[int] = field(doc="Legs.")  # here
""",
        "field() missing 1 required keyword-only argument: 'zh'",
        WORDS,
    ),
    "option_misspelt": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    legs: Mapped[int] = field(doc="Legs.", zh="腿数", filtre=True)  # here
""",
        "Additional arguments should be named <dialectname>_<argument>, got 'filtre'",
        "Did you mean filter?",
    ),
    "class_option_misspelt": Mistake(
        """
class Chair(Entity, scope="desk:read", plurals="chairs", zh="椅"):  # here
    '''A chair.'''
""",
        "Chair is given plurals=, which no entity has",
        "Did you mean plural=?",
    ),
    "not_mapped": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    legs: int = field(doc="Legs.", zh="腿数")  # here
""",
        "Chair.legs is annotated int",
        "write Mapped[int]",
    ),
    "not_annotated": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    legs = field(doc="Legs.", zh="腿数")  # here
""",
        "Chair.legs has no type",
        "annotate it Mapped[...]",
    ),
    "no_such_type": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):  # here
    '''A chair.'''
    legs: Mapped[complex] = field(doc="Legs.", zh="腿数")
""",
        "Could not locate SQLAlchemy Core type when resolving for Python type",
        TYPES,
    ),
    "action_without_chinese": Mistake(
        ACTION
        + """
@action("Chair", scope="desk:write")  # here
async def sit(ctx: Ctx, request: Sit) -> Sat:
    '''Sit down.'''
""",
        "action() missing 1 required keyword-only argument: 'zh'",
        WORDS,
    ),
    "action_that_returns_nothing": Mistake(
        ACTION
        + """
@action("Chair", scope="desk:write", zh="坐")  # here
async def sit(ctx: Ctx, request: Sit) -> None:
    '''Sit down.'''
""",
        "the action sit returns no Payload",
        "declare a class of Payload with what the caller is shown",
    ),
    "action_without_input": Mistake(
        ACTION
        + """
@action("Chair", scope="desk:write", zh="坐")  # here
async def sit(ctx: Ctx) -> Sat:
    '''Sit down.'''
""",
        "the action sit takes (ctx), not a Ctx and an Input",
        "declare `async def sit(ctx: Ctx, request: <an Input>)`",
    ),
    "broken_module": Mistake(
        """
class Chair(Entity, scope="desk:read", zh="椅"):
    '''A chair.'''
    legs: Mapped[int] = feild(doc="Legs.", zh="腿数")  # here
""",
        "name 'feild' is not defined",
        "Did you mean field?",
    ),
    "nothing_wrong": Mistake(
        """
class Chair(Entity, scope="desk:read", plural="chairs", zh="椅"):
    '''A chair.'''
    legs: Mapped[int] = field(doc="Legs.", zh="腿数", filter=True)
""",
        "",
        "",
    ),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str] | None]:
    """What `seal()` said about each room: message and next step."""
    folder = tmp_path_factory.mktemp("rooms")
    for name, mistake in MISTAKES.items():
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text('"""A room."""\n', encoding="utf-8")
        (folder / name / "chair.py").write_text(HEAD + mistake.source, encoding="utf-8")
    script = SEAL.format(mistakes=str(folder), checkout=str(CHECKOUT), names=list(MISTAKES))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
    )
    found: dict[str, list[str] | None] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", [name for name in MISTAKES if name != "nothing_wrong"])
def test_mistake_is_told_with_place_and_next_step(
    name: str, told: dict[str, list[str] | None]
) -> None:
    mistake = MISTAKES[name]
    assert told[name] is not None, "the mistake was not noticed"
    message, next_step = told[name] or ("", "")
    lines = (HEAD + mistake.source).splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "# here" in text)
    assert f"{Path(name) / 'chair.py'}:{line}: {mistake.message}" in message
    assert next_step == mistake.next_step


def test_right_declaration_is_sealed(told: dict[str, list[str] | None]) -> None:
    assert told["nothing_wrong"] is None


def test_room_that_is_no_package_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "rooms" / "attic").mkdir(parents=True)
    (tmp_path / "rooms" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "rooms" / "attic" / "chair.py").write_text(HEAD, encoding="utf-8")
    package = ModuleType("rooms")
    package.__path__ = [str(tmp_path / "rooms")]
    with pytest.raises(DeclarationError, match="the room attic is no package"):
        rooms_of(package)


def test_schema_does_not_depend_on_who_imports_whom_first() -> None:
    """Nouns of a room import one another; the contract must not show in which order."""
    script = (
        f"import importlib, pkgutil, sys; sys.path.insert(0, {str(CHECKOUT)!r});"
        "import hub.subgraphs;"
        "rooms = [r.name for r in pkgutil.iter_modules(hub.subgraphs.__path__)];"
        "[importlib.import_module(m.name) for r in reversed(rooms) for m in reversed(list("
        "    pkgutil.iter_modules([hub.subgraphs.__path__[0] + '/' + r], f'hub.subgraphs.{r}.')))];"
        "from hub.app import contract; sys.stdout.write(contract())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert done.stdout == (CHECKOUT / "schema" / "hub.graphql").read_text(encoding="utf-8")
