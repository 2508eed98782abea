"""What `seal()` refuses: each message has file, line and what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any, get_type_hints

from hub.kit.errors import DeclarationError
from hub.model.action import Action, Once, Part
from hub.model.field import Source
from hub.model.operation import Doc, Input, Ref
from hub.model.states import States
from hub.model.types import Choice, listed, optional, words_of

SCOPE_GRAMMAR = re.compile(r"^[a-z]+:[a-z]+(\.[a-z]+)?$")


def check_action(action: Action, nouns: Mapping[str, Any]) -> None:
    """Refuse an action on no known noun, or one with a word of input or payload left unsaid."""
    where = f"the action {action.name}"
    described(action.doc, action.zh, action.source, where)
    scope_named(action.scope, action.source)
    known(action.on, nouns, action.source, f"{where} changes")
    for kind in (action.input, action.payload):
        _check_words(kind, nouns, action.source)
    _check_once(action)


def check_life(life: States[Any], noun: str, columns: Mapping[str, Any], source: Source) -> None:
    """Refuse a state machine that knows other states than its column, or a state without a way."""
    known(life.column, columns, source, f"{noun} has a life, but no column")
    for code in life.codes:
        refuse(
            code not in life.mentioned,
            source,
            f"the life of {noun} does not say how {code} is reached or left",
            "name it among the moves",
        )
    stored = getattr(columns[life.column].info.get("hub"), "name", None)
    refuse(stored is None, source, f"{noun}.{life.column} has a life, but is no field")


def _check_words(kind: type[Any], nouns: Mapping[str, Any], source: Source) -> None:
    worded(kind, source)
    for name, hint in get_type_hints(kind, include_extras=True).items():
        notes = getattr(hint, "__metadata__", ())
        refuse(
            not notes,
            source,
            f"{kind.__name__}.{name} says nothing of itself",
            "annotate it Annotated[..., Doc(english, chinese)], with `| None` inside",
        )
        words = next((note for note in notes if isinstance(note, Doc)), Doc("", ""))
        described(words.doc, words.zh, source, f"{kind.__name__}.{name}")
        for note in notes:
            if isinstance(note, Ref):
                known(note.target, nouns, source, f"{kind.__name__}.{name} refers to")
        inner, _ = listed(optional(hint.__origin__)[0])
        if isinstance(inner, type) and issubclass(inner, Input | Part):
            _check_words(inner, nouns, source)
        if isinstance(inner, type) and issubclass(inner, Choice):
            check_choice(inner, source)


def _check_once(action: Action) -> None:
    """Refuse `Once` where it would not be heeded, or where its absence has no form."""
    for name, hint in get_type_hints(action.payload, include_extras=True).items():
        where = f"{action.payload.__name__}.{name}"
        notes = getattr(hint, "__metadata__", ())
        refuse(
            Once() in notes and not optional(hint.__origin__)[1],
            action.source,
            f"{where} is shown once, but cannot be null afterwards",
            "annotate it Annotated[... | None, Once(), Doc(...)]",
        )
        inner, _ = listed(optional(hint.__origin__)[0])
        if isinstance(inner, type) and issubclass(inner, Part):
            for part, more in get_type_hints(inner, include_extras=True).items():
                refuse(
                    Once() in getattr(more, "__metadata__", ()),
                    action.source,
                    f"{inner.__name__}.{part} is shown once, but stands inside {where}",
                    f"put it into {action.payload.__name__} itself",
                )


def check_choice(choice: type[Choice], source: Source) -> None:
    """Refuse a closed list that does not say what it and its codes mean."""
    worded(choice, source)
    for member in choice:
        described(member.doc, member.zh, source, f"{choice.__name__}.{member}")


def worded(kind: type[Any], source: Source) -> None:
    """Refuse a class whose docstring lacks one of the languages."""
    for language, words in zip(("English", "Chinese"), words_of(kind), strict=True):
        refuse(
            not words,
            source,
            f"the docstring of {kind.__name__} has no {language}",
            'write both: """Kind of park. 园区类型"""',
        )


def described(doc: str, zh: str, source: Source, what: str) -> None:
    """Refuse what people read and has no words in one of the languages."""
    refuse(not doc.strip(), source, f"{what} has no English description", "add doc=")
    refuse(not zh.strip(), source, f"{what} has no Chinese description", "add zh=")


def scope_named(scope: str, source: Source) -> None:
    """Refuse a scope that does not follow the grammar of the handbook, 2.5."""
    refuse(
        not SCOPE_GRAMMAR.match(scope),
        source,
        f"the scope {scope!r} does not follow resource:action or resource:action.group",
    )


def known(name: str, among: Any, source: Source, what: str) -> Any:
    """`among[name]`, or a refusal that offers the nearest name."""
    if name in among:
        return among[name] if hasattr(among, "keys") else name
    near = difflib.get_close_matches(name, list(map(str, among)), 1)
    raise DeclarationError(
        f"{source}: {what} {name}, which does not exist",
        next_step=f"Did you mean {near[0]}?" if near else "Check the spelling.",
    )


def refuse(condition: bool, source: Source, message: str, suggestion: str = "") -> None:
    """Raise DeclarationError when the condition holds."""
    if condition:
        raise DeclarationError(f"{source}: {message}", next_step=suggestion or "Correct it there.")
