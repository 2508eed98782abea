"""How large an operation may be, checked before any work is done for it (stories X2 and X3)."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from hub.kit.errors import BadUserInput, QueryTooCostly

INTROSPECTION = {"__schema", "__type"}
INTROSPECTIONS = 2


@dataclass(frozen=True)
class Size:
    """What a selection adds up to with its fragments written out."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0

    def beside(self, other: Size) -> Size:
        return Size(
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            max(self.depth, other.depth),
        )


@dataclass(frozen=True)
class Limits:
    """The limits of a request; each is a setting of the hub and stated in its documentation.

    `nodes` bounds the product of page sizes along every path, added up over the operation;
    `overlaps` the pairs of fields with one response key in one place, since validation compares
    each pair (GraphQL specification, 5.3.2); `sources` the lists, edges and look-ups, each a
    subquery of the statement that has to be written and planned; `comparisons` those of all
    filters, in the document or in variables; `changes` the root fields of a mutation, each a
    transaction. Introspection takes `__schema` or `__type` at most `INTROSPECTIONS` times and no
    aliases below them: those would multiply the one answer that graphql-core makes.
    """

    tokens: int = 10_000
    depth: int = 16
    aliases: int = 200
    directives: int = 100
    fields: int = 2000
    overlaps: int = 1000
    sources: int = 60
    comparisons: int = 100
    nodes: int = 50_000
    page: int = 100
    changes: int = 20
    hide_suggestions: bool = False

    def check(
        self, definition: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
    ) -> None:
        """Raise QueryTooCostly; BadUserInput for fragments that spread one another in a circle."""
        known: dict[str, Size] = {}
        size = _measure(definition.selection_set, fragments, known, ())
        size = size.beside(Size(directives=len(definition.directives or ())))
        for name, zh in (
            ("depth", "层数"),
            ("aliases", "别名数"),
            ("directives", "指令数"),
            ("fields", "字段数"),
        ):
            if getattr(size, name) > getattr(self, name):
                raise QueryTooCostly(
                    f"The operation has a {name} count of {min(getattr(size, name), 10**9)}; "
                    f"at most {getattr(self, name)} is allowed.",
                    zh=f"查询的{zh}超过上限 {getattr(self, name)}",
                    limit=name,
                    maximum=getattr(self, name),
                )

        self._check_introspection(definition, fragments)
        overlaps = _overlaps([definition.selection_set], fragments, self.overlaps)
        if overlaps > self.overlaps:
            raise QueryTooCostly(
                f"Too many fields of the operation repeat one another; at most {self.overlaps} "
                "pairs are compared.",
                zh=f"查询中重复字段过多,最多比较 {self.overlaps} 对",
                limit="overlaps",
                maximum=self.overlaps,
            )

    def _check_introspection(
        self, definition: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
    ) -> None:
        found: dict[str, list[FieldNode]] = {}
        _gather(definition.selection_set, fragments, found, set())
        asked = [n for nodes in found.values() for n in nodes if n.name.value in INTROSPECTION]
        below = [_measure(n.selection_set, fragments, {}, ()) for n in asked if n.selection_set]
        if len(asked) > INTROSPECTIONS or any(size.aliases for size in below):
            raise QueryTooCostly(
                f"Introspection takes __schema or __type at most {INTROSPECTIONS} times, and no "
                "aliases below them.",
                zh=f"内省字段最多 {INTROSPECTIONS} 个,且其下不得使用别名",
                limit="introspection",
                maximum=INTROSPECTIONS,
            )

    def check_changes(self, changes: int) -> None:
        """Refuse a mutation of too many root fields, which are carried out one after another."""
        if changes > self.changes:
            raise QueryTooCostly(
                f"The mutation has {changes} root fields; at most {self.changes} is allowed.",
                zh=f"一次请求最多包含 {self.changes} 个变更操作",
                limit="changes",
                maximum=self.changes,
            )

    def check_plan(self, nodes: int, sources: int, comparisons: int) -> None:
        """Refuse what is known only with the variables: nodes that pages can hold, row sources,
        comparisons of filters."""
        if comparisons > self.comparisons:
            raise QueryTooCostly(
                f"The filters have {comparisons} comparisons; "
                f"at most {self.comparisons} is allowed.",
                zh=f"筛选条件总数超过上限 {self.comparisons}",
                next_step="Name several values in one comparison: `codeIn: [...]`.",
                limit="comparisons",
                maximum=self.comparisons,
            )
        if sources > self.sources:
            raise QueryTooCostly(
                f"The operation reads {sources} lists, edges and look-ups; "
                f"at most {self.sources} is allowed.",
                zh=f"查询的列表、关联与标识查询总数超过上限 {self.sources}",
                limit="sources",
                maximum=self.sources,
            )
        if nodes > self.nodes:
            raise QueryTooCostly(
                f"The pages asked for can hold {nodes} nodes; at most {self.nodes} is allowed.",
                zh=f"查询可能返回的节点数超过上限 {self.nodes}",
                limit="nodes",
                maximum=self.nodes,
            )


def _measure(
    selections: SelectionSetNode,
    fragments: dict[str, FragmentDefinitionNode],
    known: dict[str, Size],
    within: tuple[str, ...],
) -> Size:
    """Each fragment is measured once, so that spreads that double at each level cost nothing."""
    total = Size()
    for node in selections.selections:
        total = total.beside(Size(directives=len(node.directives or ())))
        if isinstance(node, FieldNode):
            total = total.beside(Size(fields=1, aliases=int(node.alias is not None), depth=1))
            if node.selection_set:
                inner = _measure(node.selection_set, fragments, known, within)
                total = total.beside(
                    Size(inner.fields, inner.aliases, inner.directives, inner.depth + 1)
                )
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name in within:
                raise BadUserInput(
                    f"The fragment {name} spreads itself.", zh=f"片段 {name} 循环引用自身"
                )
            if name not in known and name in fragments:
                known[name] = _measure(
                    fragments[name].selection_set, fragments, known, (*within, name)
                )
            total = total.beside(known.get(name, Size()))
        elif isinstance(node, InlineFragmentNode):
            total = total.beside(_measure(node.selection_set, fragments, known, within))
    return total


def _overlaps(
    sets: list[SelectionSetNode], fragments: dict[str, FragmentDefinitionNode], maximum: int
) -> int:
    """Pairs of fields that share a response key, here and below; stops beyond the maximum."""
    found: dict[str, list[FieldNode]] = {}
    spread: set[str] = set()
    for selections in sets:
        _gather(selections, fragments, found, spread)
    pairs = sum(len(nodes) * (len(nodes) - 1) // 2 for nodes in found.values())
    for nodes in found.values():
        below = [node.selection_set for node in nodes if node.selection_set]
        if below and pairs <= maximum:
            pairs += _overlaps(below, fragments, maximum - pairs)
    return pairs


def _gather(
    selections: SelectionSetNode,
    fragments: dict[str, FragmentDefinitionNode],
    found: dict[str, list[FieldNode]],
    spread: set[str],
) -> None:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            found.setdefault((node.alias or node.name).value, []).append(node)
        elif isinstance(node, InlineFragmentNode):
            _gather(node.selection_set, fragments, found, spread)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
            spread.add(node.name.value)
            if node.name.value in fragments:
                _gather(fragments[node.name.value].selection_set, fragments, found, spread)
