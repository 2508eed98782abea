"""Makes a case that differs smaller, a part of its document at a time, as long as it differs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

from tests.oracle.compare import Case

REMOVABLE = (
    "field",
    "inline_fragment",
    "fragment_spread",
    "directive",
    "argument",
    "object_field",
)

Differs = Callable[[Case], Awaitable[bool]]


async def shrunk(case: Case, schema: GraphQLSchema, differs: Differs, tries: int = 300) -> Case:
    """The smallest case found with so many tries; each try puts a case to the comparison."""
    progress = True
    while progress:
        progress = False
        for smaller in _smaller(case, schema):
            tries -= 1
            if tries < 0:
                return case
            if await differs(smaller):
                case, progress = smaller, True
                break
    return case


def _smaller(case: Case, schema: GraphQLSchema) -> Iterator[Case]:
    """The case with one selection, directive or argument less, where it stays valid."""
    document = parse(case.document)
    for target in _parts(document):
        remaining = _tidy(visit(document, _Without(target)))
        if remaining is None or validate(schema, remaining):
            continue
        names = {
            definition.variable.name.value
            for operation in remaining.definitions
            if isinstance(operation, OperationDefinitionNode)
            for definition in operation.variable_definitions or ()
        }
        values = {name: value for name, value in case.variables.items() if name in names}
        yield replace(case, document=print_ast(remaining), variables=values)


def _parts(document: DocumentNode) -> list[Node]:
    """What might go, the largest first."""
    found: list[Node] = []

    class Collect(Visitor):
        def enter(self, node: Node, *_: Any) -> None:
            if node.kind in REMOVABLE:
                found.append(node)

    visit(document, Collect())
    return sorted(found, key=lambda node: -len(print_ast(node)))


class _Without(Visitor):
    """Takes one node out, and selection sets that it leaves empty."""

    def __init__(self, target: Node) -> None:
        super().__init__()
        self.target = target

    def enter(self, node: Node, *_: Any) -> Any:
        return self.REMOVE if node is self.target else None

    def leave(self, node: Node, *_: Any) -> Any:
        emptied = getattr(node, "selection_set", None)
        if isinstance(emptied, SelectionSetNode) and not emptied.selections:
            return None if isinstance(node, OperationDefinitionNode) else self.REMOVE
        return None


def _tidy(document: DocumentNode) -> DocumentNode | None:
    """Without fragments and variables that nothing uses any longer."""
    while True:
        spread, used = _mentions(document)
        kept = tuple(
            _without_unused(definition, used)
            for definition in document.definitions
            if not isinstance(definition, FragmentDefinitionNode) or definition.name.value in spread
        )
        if not any(isinstance(definition, OperationDefinitionNode) for definition in kept):
            return None
        if len(kept) == len(document.definitions):
            return DocumentNode(definitions=kept)
        document = DocumentNode(definitions=kept)


def _mentions(document: DocumentNode) -> tuple[set[str], set[str]]:
    """Names of the fragments that are spread and of the variables that are used."""
    spread: set[str] = set()
    used: set[str] = set()

    class Collect(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
            spread.add(node.name.value)

        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            used.add(node.name.value)

        def enter_variable_definition(self, _node: VariableDefinitionNode, *_: Any) -> Any:
            return self.SKIP

    visit(document, Collect())
    return spread, used


def _without_unused(definition: Any, used: set[str]) -> Any:
    if not isinstance(definition, OperationDefinitionNode):
        return definition
    return OperationDefinitionNode(
        operation=definition.operation,
        name=definition.name,
        variable_definitions=tuple(
            v for v in definition.variable_definitions or () if v.variable.name.value in used
        ),
        directives=definition.directives,
        selection_set=definition.selection_set,
    )
