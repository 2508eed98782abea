"""Phase two: every decision about an operation, made once per shape of variables and grant.

The rules are those of the GraphQL specification, 6.3: fields with one response key are merged,
fragments apply where their type does, `@skip` and `@include` decide by their Boolean (which is part
of the plan's key). Access is not decided here but by `hub.engine.guard`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionSetNode,
    get_location,
)

from hub.engine.arguments import Slot, Tree, read, read_arguments
from hub.engine.limits import Limits
from hub.engine.operation import Operation
from hub.engine.pages import page_size, plan_page
from hub.engine.plan import (
    Computed,
    CursorText,
    Edge,
    Interpreted,
    Item,
    Location,
    Lookup,
    Lookups,
    Many,
    Node,
    Nothing,
    One,
    PageInfo,
    Path,
    Plan,
    Root,
    Selection,
    TotalCount,
    Typename,
    Value,
)
from hub.kit.errors import BadUserInput
from hub.kit.ids import type_of
from hub.model.field import EdgeSpec
from hub.model.registry import Noun, Registry

MAX_IDS = 100

Fields = dict[str, list[FieldNode]]


class Planner:
    """Plans one operation; `variables` are looked at for their shape only."""

    def __init__(
        self,
        operation: Operation,
        variables: Mapping[str, Any],
        *,
        schema: GraphQLSchema,
        registry: Registry,
        limits: Limits,
    ) -> None:
        self.operation = operation
        self.variables = variables
        self.schema = schema
        self.registry = registry
        self.limits = limits
        self.nodes = 0
        self.sources = 0
        self.comparisons = 0

    def plan(self) -> Plan:
        """The plan without access; raises BadUserInput or QueryTooCostly."""
        fields = self._collect([self.operation.definition.selection_set], "Query")
        roots = tuple(self._root(key, nodes) for key, nodes in fields.items())
        self.limits.check_plan(self.nodes, self.sources, self.comparisons)
        return Plan(roots, self.nodes)

    # What a selection set comes to for one type (6.3.2 CollectFields)

    def _collect(self, sets: Sequence[SelectionSetNode], type_name: str) -> Fields:
        fields: Fields = {}
        spread: set[str] = set()
        for selections in sets:
            self._collect_into(fields, spread, selections, type_name)
        return fields

    def _collect_into(
        self, fields: Fields, spread: set[str], selections: SelectionSetNode, type_name: str
    ) -> None:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = (node.alias or node.name).value
                fields.setdefault(key, []).append(node)
                continue
            if isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name in spread:
                    continue
                spread.add(name)
                fragment = self.operation.fragments[name]
                condition: NamedTypeNode | None = fragment.type_condition
                inner = fragment.selection_set
            else:
                assert isinstance(node, InlineFragmentNode)
                condition, inner = node.type_condition, node.selection_set
            if condition is None or self._applies(condition.name.value, type_name):
                self._collect_into(fields, spread, inner, type_name)

    @staticmethod
    def _applies(condition: str, type_name: str) -> bool:
        return condition == type_name or (condition == "Node" and type_name != "Query")

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name not in ("skip", "include"):
                continue
            definition = self.schema.get_directive(name)
            assert definition is not None
            condition = read(
                directive.arguments[0].value,
                definition.args["if"].type,
                self.variables,
                f"argument 'if' of @{name}",
            )
            if condition.now is (name == "skip"):
                return False
        return True

    @staticmethod
    def _below(nodes: list[FieldNode]) -> list[SelectionSetNode]:
        return [node.selection_set for node in nodes if node.selection_set]

    # Root fields

    def _root(self, key: str, nodes: list[FieldNode]) -> Root:
        name = nodes[0].name.value
        if name == "__typename":
            return Typename(key, "Query")
        if name.startswith("__"):
            return Interpreted(key, tuple(nodes))
        arguments = self._arguments("Query", nodes[0])
        if name == "node":
            return self._node(key, nodes, arguments["id"])
        if name == "nodes":
            return self._nodes(key, nodes, arguments["ids"])
        if noun := self.registry.plurals.get(name):
            return self._many(key, nodes, noun, None, (key,), arguments, 1)
        noun = self.registry.singulars[name]
        by, slot = self._key(noun, name, arguments)
        return self._lookup(key, nodes, noun, by, slot)

    def _key(self, noun: Noun, name: str, arguments: dict[str, Tree]) -> tuple[str, Slot]:
        given = [(k, v) for k, v in arguments.items() if v is not None]
        if len(given) != 1:
            keys = ", ".join(noun.key_arguments)
            raise BadUserInput(
                f"Give exactly one of the arguments {keys} to {name}.",
                zh=f"{name} 必须且只能给出一个标识参数:{keys}",
            )
        return noun.key_arguments[given[0][0]], given[0][1]

    def _lookup(self, key: str, nodes: list[FieldNode], noun: Noun, by: str, slot: Slot) -> Lookup:
        self._count(1, source=True)
        selection = self._selection(noun, nodes, (key,), 1)
        return Lookup(key, (key,), by, slot, selection, located(nodes[0]))

    def _node(self, key: str, nodes: list[FieldNode], slot: Slot) -> Root:
        noun = self.registry.nouns.get(type_of(slot.now))
        return self._lookup(key, nodes, noun, "id", slot) if noun else Nothing(key)

    def _nodes(self, key: str, nodes: list[FieldNode], slot: Slot) -> Root:
        if len(slot.now) > MAX_IDS:
            raise BadUserInput(
                f"nodes takes at most {MAX_IDS} ids; {len(slot.now)} were given.",
                zh=f"nodes 一次最多查询 {MAX_IDS} 个标识",
            )
        self._count(len(slot.now))
        path = (key, "*")
        types = sorted({type_of(i) for i in slot.now} & self.registry.nouns.keys())
        return Lookups(
            key,
            (key,),
            slot,
            tuple(
                self._selection(self.registry.nouns[t], nodes, path, len(slot.now)) for t in types
            ),
            located(nodes[0]),
        )

    # Rows

    def _selection(self, noun: Noun, nodes: list[FieldNode], path: Path, times: int) -> Selection:
        fields = self._collect(self._below(nodes), noun.name)
        items = tuple(
            self._item(noun, key, found, (*path, key), times) for key, found in fields.items()
        )
        return Selection(noun, path, items)

    def _item(self, noun: Noun, key: str, nodes: list[FieldNode], path: Path, times: int) -> Item:
        name = nodes[0].name.value
        if name == "__typename":
            return Typename(key, noun.name)
        if name in noun.fields:
            return Value(key, path, noun.fields[name])
        if name in noun.computed:
            return self._computed(noun, key, nodes, path, times)
        spec = noun.edges[name]
        target = self.registry.target(spec)
        if not spec.many:
            self._count(times, source=True)
            return One(key, path, spec, self._selection(target, nodes, path, times))
        arguments = self._arguments(noun.name, nodes[0])
        return self._many(key, nodes, target, spec, path, arguments, times)

    def _computed(
        self, noun: Noun, key: str, nodes: list[FieldNode], path: Path, times: int
    ) -> Computed:
        spec = noun.computed[nodes[0].name.value]
        arguments = self._arguments(noun.name, nodes[0])
        size, _ = page_size(arguments, self.limits, ".".join(path))
        del arguments["first"]
        self._count(times * size, source=True)
        fields = self._collect(self._below(nodes), spec.part.__name__)
        items: list[Value | Typename] = []
        for shown, found in fields.items():
            name = found[0].name.value
            if name == "__typename":
                items.append(Typename(shown, spec.part.__name__))
            else:
                items.append(Value(shown, (*path, "*", shown), spec.fields[name]))
        return Computed(key, path, spec, tuple(arguments.items()), size, tuple(items))

    def _many(
        self,
        key: str,
        nodes: list[FieldNode],
        noun: Noun,
        spec: EdgeSpec | None,
        path: Path,
        arguments: dict[str, Tree],
        times: int,
    ) -> Many:
        self._count(0, source=True)
        page = plan_page(noun, arguments, self.limits, ".".join(path), root=spec is None)
        self.comparisons += page.where.comparisons
        fields = self._collect(self._below(nodes), f"{noun.name}Connection")
        parts = tuple(
            self._part(noun, k, found, (*path, k), times * page.size) for k, found in fields.items()
        )
        return Many(key, path, noun, spec, page, parts, location=located(nodes[0]))

    def _part(
        self, noun: Noun, key: str, nodes: list[FieldNode], path: Path, times: int
    ) -> Edge | PageInfo | TotalCount | Typename:
        name = nodes[0].name.value
        if name == "__typename":
            return Typename(key, f"{noun.name}Connection")
        if name == "totalCount":
            return TotalCount(key)
        if name == "pageInfo":
            fields = self._collect(self._below(nodes), "PageInfo")
            return PageInfo(key, tuple((k, n[0].name.value) for k, n in fields.items()))
        self._count(times)
        fields = self._collect(self._below(nodes), f"{noun.name}Edge")
        return Edge(
            key,
            tuple(
                self._edge_item(noun, k, found, (*path, "*", k), times)
                for k, found in fields.items()
            ),
        )

    def _edge_item(
        self, noun: Noun, key: str, nodes: list[FieldNode], path: Path, times: int
    ) -> Typename | CursorText | Node:
        name = nodes[0].name.value
        if name == "__typename":
            return Typename(key, f"{noun.name}Edge")
        if name == "cursor":
            return CursorText(key)
        return Node(key, self._selection(noun, nodes, path, times))

    def _arguments(self, type_name: str, node: FieldNode) -> dict[str, Tree]:
        field = self.schema.type_map[type_name].fields[node.name.value]  # type: ignore[attr-defined]  # an object
        return read_arguments(node, field.args, self.variables)

    def _count(self, nodes: int, *, source: bool = False) -> None:
        self.nodes += nodes
        self.sources += source


def located(node: FieldNode) -> Location:
    """Line and column of a field in the document."""
    assert node.loc is not None
    place = get_location(node.loc.source, node.loc.start)
    return {"line": place.line, "column": place.column}
