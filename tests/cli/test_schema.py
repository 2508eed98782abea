"""The published contract is what the rooms declare."""

from __future__ import annotations

from graphql import build_schema

from hub.cli.schema import CONTRACT, drift
from tests.terminal import typed


def test_committed_contract_is_what_the_rooms_declare() -> None:
    assert drift(CONTRACT) == [], "run: ./run hub schema write"


def test_contract_publishes_the_scope_of_each_root_field() -> None:
    sdl = build_schema(CONTRACT.read_text("utf-8"), assume_valid_sdl=True)
    assert sdl.query_type is not None
    unscoped = {
        name
        for name, field in sdl.query_type.fields.items()
        if field.ast_node and not field.ast_node.directives
    }
    assert unscoped == {"node", "nodes"}


def test_every_type_field_and_argument_is_described_in_both_languages() -> None:
    sdl = build_schema(CONTRACT.read_text("utf-8"), assume_valid_sdl=True)
    bare = []
    for name, kind in sdl.type_map.items():
        if name.startswith("__") or name in BUILT_IN:
            continue
        described = [(name, kind.description)]
        for field, definition in getattr(kind, "fields", {}).items():
            described.append((f"{name}.{field}", definition.description))
            for argument, given in getattr(definition, "args", {}).items():
                described.append((f"{name}.{field}({argument})", given.description))
        for value, definition in getattr(kind, "values", {}).items():
            described.append((f"{name}.{value}", definition.description))
        bare += [where for where, text in described if not in_both(text)]
    assert bare == []


def test_access_shows_whole_scopes_however_narrow_the_terminal() -> None:
    shown = typed("schema", "access", COLUMNS="40")
    row = next(line.split() for line in shown.stdout.splitlines() if " identityNumber " in line)
    assert row[:4] == ["Talent", "identityNumber", "talent:read.identity", "IDENTITY"]


BUILT_IN = {"ID", "String", "Int", "Float", "Boolean", "federation__Scope"}


def in_both(text: str | None) -> bool:
    """Whether a description has Chinese and Latin letters."""
    given = text or ""
    return any("一" <= c <= "鿿" for c in given) and any("a" <= c <= "z" for c in given)
