"""What stands in the rooms: every declaration, in an order that no import can change.

A room is a package; its modules are read by name, and of each module only what is declared in it,
so that it does not matter who imports whom first. What is declared outside of all rooms, such as
the clients of `hub.identity`, belongs to the room that imports it.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import re
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as data_field
from pathlib import Path
from types import ModuleType
from typing import Any

from hub.kit.errors import DeclarationError, HubError
from hub.model.access import rule
from hub.model.action import Action, action
from hub.model.count import Count, counts
from hub.model.declared import refuse
from hub.model.entity import Entity
from hub.model.field import Source, computed, derived, edge, edges, field
from hub.model.job import Job, job
from hub.model.operation import Extension, FactSource, Read, extend, fact, read

WORDS = (action, computed, counts, derived, edge, edges, extend, fact, field, job, read, rule)


@dataclass
class Declared:
    """Declarations by name, in the order of rooms, modules and lines."""

    rooms: list[str] = data_field(default_factory=list)
    entities: dict[str, type[Entity]] = data_field(default_factory=dict)
    reads: dict[str, Read] = data_field(default_factory=dict)
    facts: dict[str, FactSource] = data_field(default_factory=dict)
    actions: dict[str, Action] = data_field(default_factory=dict)
    jobs: dict[str, Job] = data_field(default_factory=dict)
    counts: dict[str, Count] = data_field(default_factory=dict)
    extensions: list[Extension] = data_field(default_factory=list)

    def add(self, value: Any) -> None:
        """Take in a declaration; refuses a second one of the same name."""
        match value:
            case type() if issubclass(value, Entity):
                first = self.entities.setdefault(value.__name__, value)
                refuse(first is not value, value.declared, f"{value.__name__} is declared twice")
            case Read():
                other = self.reads.setdefault(value.target, value)
                refuse(
                    other is not value,
                    value.source,
                    f"{value.target} has a read already, at {other.source}",
                    "give that one the arguments of both",
                )
            case FactSource():
                self._refuse_foreign("fact", value.name, value.source)
                self.facts[value.name] = value
            case Count():
                self._refuse_foreign("count", value.metric, value.source)
                refuse(
                    self.counts.setdefault(value.metric, value) is not value,
                    value.source,
                    f"there is another count of {value.metric}",
                )
            case Action():
                refuse(
                    self.actions.setdefault(value.name, value) is not value,
                    value.source,
                    f"there is another action {value.name}",
                )
            case Job():
                refuse(
                    self.jobs.setdefault(value.name, value) is not value,
                    value.source,
                    f"there is another job {value.name}",
                )
            case Extension():
                self.extensions.append(value)

    def _refuse_foreign(self, kind: str, name: str, source: Source) -> None:
        """Refuse what bears another room's name."""
        room = self.rooms[-1]
        refuse(
            name.split(".", maxsplit=1)[0] != room,
            source,
            f"the {kind} {name} is declared in the room {room}",
            f"call it {room}.{name.rsplit('.', maxsplit=1)[-1]}",
        )


def collect(rooms: Iterable[ModuleType]) -> Declared:
    """Everything that these packages declare."""
    found = Declared()
    for room in rooms:
        found.rooms.append(room.__name__.rsplit(".", 1)[-1])
        for module in modules_of(room):
            for value in vars(module).values():
                if _belongs(module, room, value):
                    found.add(value)
    return found


def modules_of(package: ModuleType) -> Iterable[ModuleType]:
    """The package itself and every module in it, imported."""
    yield package
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        yield imported(info.name)


def rooms_of(package: ModuleType) -> list[ModuleType]:
    """Every room under a package of rooms, by name."""
    for folder in map(Path, package.__path__):
        for inner in sorted(folder.iterdir()):
            modules = sorted(inner.glob("*.py")) if inner.is_dir() else []
            refuse(
                bool(modules) and not (inner / "__init__.py").exists(),
                Source(str(inner), 1),
                f"the room {inner.name} is no package, so nobody finds it",
                f"add {inner / '__init__.py'} with a docstring that says what the room holds",
            )
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    return [imported(f"{package.__name__}.{name}") for name in names]


def imported(name: str) -> ModuleType:
    """The module; what goes wrong in it is told with its file and line.

    Raises DeclarationError: an option that there is not, a missing word, a type that SQLAlchemy
    cannot store all come up as exceptions of other libraries while the module is read.
    """
    try:
        return importlib.import_module(name)
    except HubError:
        raise
    except Exception as error:
        room = name.rsplit(".", 1)[0].replace(".", "/") if "." in name else name
        raise DeclarationError(
            f"{_place(error, room)}: {_first_line(error)}", next_step=_suggestion(error)
        ) from error


def _belongs(module: ModuleType, room: ModuleType, value: Any) -> bool:
    if isinstance(value, type):
        sibling = value.__module__.startswith(f"{room.__name__}.")
        own = value.__module__ == module.__name__ or not sibling
        return own and issubclass(value, Entity) and value is not Entity
    kinds = (Read, FactSource, Action, Count, Job, Extension)
    return isinstance(value, kinds) and value.source.file == module.__file__


def _place(error: BaseException, room: str) -> str:
    """The innermost line of the traceback that stands in the room."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if room in frame.filename
    ]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else room


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _suggestion(error: BaseException) -> str:
    """The nearest word of the model to one that the message quotes, or what it is mostly about."""
    text = str(error)
    if "SQLAlchemy Core type" in text:
        return "Use str, int, bool, Fen, Json, Decimal, date, datetime, UUID or a Choice."
    for word in re.findall(r"'(\w+)'", text):
        if near := difflib.get_close_matches(word, _vocabulary() - {word}, 1):
            return f"Did you mean {near[0]}?"
    if "required keyword-only argument" in text:
        return "Write it: people read every noun, field and action in both languages."
    return "Correct it there."


def _vocabulary() -> set[str]:
    """What a room is written in: the model's functions and their options."""
    options = {name for word in WORDS for name in inspect.signature(word).parameters}
    return options | {word.__name__ for word in WORDS}
