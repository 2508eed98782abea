"""Phase three: the plan passes the guard, and comes out with every `access` decided.

Default deny: what the guard has not stamped, emit refuses. A field whose scope is missing, or whose
rule can never hold for a caller of this shape, is replaced by `Withheld`; a rule that depends on
the row stays in the plan and becomes SQL. Filters and orders may only look at what the caller may
read: the permission of a filtered field stands beside the comparison, outside any negation.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from hub.engine.plan import (
    OPEN,
    Access,
    Combination,
    Computed,
    CursorText,
    Edge,
    Item,
    Lookup,
    Lookups,
    Many,
    Node,
    One,
    PageInfo,
    Path,
    Plan,
    Predicate,
    Refused,
    Root,
    Selection,
    TotalCount,
    Typename,
    Value,
    Withheld,
)
from hub.kit.errors import Forbidden
from hub.model.access import Audience, Caller, Check, Reason, Row, Rule, everyone
from hub.model.field import EdgeSpec, FieldSpec
from hub.model.registry import Noun, Registry
from hub.model.types import camel


def weave(plan: Plan, caller: Caller) -> Plan:
    """The plan with access; raises Forbidden for a filter or order by what she may not read."""
    guard = Guard(caller)
    return replace(plan, roots=tuple(guard.root(root) for root in plan.roots))


class Guard:
    """Decides, for one caller's shape, every node of a plan."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def root(self, root: Root) -> Root:
        """A root field: refused with an error when its scope is missing."""
        if isinstance(root, Many):
            if root.noun.scope not in self.caller.scopes:
                return Refused(root.key, root.noun.scope, root.noun, root.location)
            return self._many(root, root.noun)
        if isinstance(root, Lookup):
            noun = root.selection.noun
            if noun.scope not in self.caller.scopes:
                return Refused(root.key, noun.scope, noun, root.location, root.slot)
            selection = self._selection(root.selection, root.key)
            if isinstance(selection, Withheld):
                return replace(selection, noun=noun, slot=root.slot)
            return replace(root, selection=selection)
        if isinstance(root, Lookups):
            missing = [s for s in root.selections if s.noun.scope not in self.caller.scopes]
            if missing:
                noun = missing[0].noun
                return Refused(root.key, noun.scope, noun, root.location, root.slot)
            stamped = [(s.noun, self._selection(s, root.key)) for s in root.selections]
            return replace(
                root,
                selections=tuple(s for _, s in stamped if isinstance(s, Selection)),
                withheld=tuple(
                    replace(s, noun=noun, slot=root.slot)
                    for noun, s in stamped
                    if isinstance(s, Withheld)
                ),
            )
        return root

    def _selection(self, selection: Selection, key: str) -> Selection | Withheld:
        noun = selection.noun
        access = self._access(noun, noun.rows, noun.scope, noun.group.name if noun.group else None)
        if isinstance(access, Check):
            return Withheld(key, selection.path, access.reason, access.needs)
        items = tuple(self._item(noun, item) for item in selection.items)
        return replace(selection, items=items, access=access)

    def _item(self, noun: Noun, item: Item) -> Item:
        decided = self._decided(noun, item)
        if isinstance(decided, Withheld) and isinstance(item, Value | One | Many):
            group = item.spec.group if item.spec is not None else None
            return replace(decided, path=item.path, group=group.name if group else None)
        return decided

    def _decided(self, noun: Noun, item: Item) -> Item:
        if isinstance(item, Many):
            return self._many(item, noun)
        if isinstance(item, Computed):  # the row's own scope, which holds already, is all it takes
            items = tuple(
                replace(i, access=OPEN) if isinstance(i, Value) else i for i in item.items
            )
            return replace(item, items=items, access=OPEN)
        if not isinstance(item, Value | One):
            return item
        access = self._of_field(noun, item.spec)
        if isinstance(access, Check):
            return Withheld(item.key, item.path, access.reason, access.needs)
        if isinstance(item, Value):
            return replace(item, access=access)
        selection = self._selection(item.selection, item.key)
        if isinstance(selection, Withheld):
            return selection
        return replace(item, selection=selection, access=access)

    def _many(self, many: Many, owner: Noun) -> Many | Withheld:
        access: Access | Check = OPEN
        if many.spec is not None:
            access = self._of_field(owner, many.spec)
        noun = many.noun
        rule = noun.entity.rows if self._implies_release(owner, many) else noun.rows
        rows = self._access(noun, rule, noun.scope, noun.group.name if noun.group else None)
        for decided in (access, rows):
            if isinstance(decided, Check):
                return Withheld(many.key, many.path, decided.reason, decided.needs)
        assert isinstance(access, Access)
        assert isinstance(rows, Access)
        parts = tuple(self._part(part) for part in many.parts)
        where = self._combination(noun, many.page.where, many.path)
        for term in many.page.order:
            if isinstance(decided := self._of_field(noun, term.spec), Check):
                raise _refused("an order by", "排序", term.spec, decided, many.path)
        return replace(
            many, parts=parts, rows=rows, access=access, page=replace(many.page, where=where)
        )

    def _implies_release(self, owner: Noun, many: Many) -> bool:
        """Whether the edge itself is released as its rows would be: one group of one person."""
        if many.spec is None or many.spec.group is None or many.spec.group is not many.noun.group:
            return False
        back = many.noun.edges[camel(many.spec.by)]
        return owner.subject == "id" == back.by and back.column == many.noun.subject

    def _part(
        self, part: Edge | PageInfo | TotalCount | Typename
    ) -> Edge | PageInfo | TotalCount | Typename:
        if not isinstance(part, Edge):
            return part
        return replace(part, items=tuple(self._edge_item(item) for item in part.items))

    def _edge_item(self, item: Typename | CursorText | Node) -> Typename | CursorText | Node:
        if not isinstance(item, Node):
            return item
        selection = self._selection(item.selection, item.key)
        # The rule of the rows was decided for the connection already and did not withhold it all.
        assert isinstance(selection, Selection)
        return replace(item, selection=selection)

    def _combination(self, noun: Noun, where: Combination, path: Path) -> Combination:
        parts: list[Predicate | Combination] = []
        for part in where.parts:
            if isinstance(part, Combination):
                parts.append(self._combination(noun, part, path))
                continue
            access, rows = self._of_field(noun, part.spec), self._behind(noun, part.spec)
            for decided in (access, rows):
                if isinstance(decided, Check):
                    raise _refused("a filter on", "筛选", part.spec, decided, path)
            assert isinstance(access, Access)
            assert isinstance(rows, Access)
            parts.append(replace(part, access=access, rows=rows))
        return replace(where, parts=tuple(parts))

    # Decisions

    def _behind(self, noun: Noun, spec: FieldSpec | EdgeSpec) -> Access | Check:
        """What it takes to find rows by an edge, beyond what reading the edge's own field takes.

        The key of an edge is a value of the row like any other, and needs no scope of the target's.
        But where the row behind it may be hidden, it would tell that one is there which reading the
        edge does not show; and who may not read persons finds nothing by one.
        """
        if isinstance(spec, FieldSpec):
            return OPEN
        target = self.caller.registry.target(spec)
        if not target.may_hide_rows:
            return OPEN
        if target.group is None:
            return self._access(target, target.rows, noun.scopes_of(spec), None)
        return self._access(target, target.rows, target.scope, target.group.name)

    def _of_field(self, noun: Noun, spec: FieldSpec | EdgeSpec) -> Access | Check:
        """What reading `spec` takes beyond what reading a row of `noun` takes already."""
        group = spec.group if spec.group is not noun.group else None
        rule = group.release if group else everyone
        if isinstance(spec, FieldSpec) and spec.release:
            rule = rule & spec.release
        name = spec.group.name if spec.group else None
        return self._access(noun, rule, noun.scopes_of(spec), name)

    def _access(self, noun: Noun, rule: Rule, scope: str, group: str | None) -> Access | Check:
        """A stamp, or the check that can never hold for this caller."""
        if scope not in self.caller.scopes:
            return Check(Reason.SCOPE, holds=False, needs=scope)
        caller = self.caller
        shape = caller.audience, caller.scopes, caller.bounds
        found = _decided(caller.registry, noun, rule, *shape)
        return found if isinstance(found, Check) else Access(rule if found else None, group)


@lru_cache(maxsize=4096)
def _decided(
    registry: Registry,
    noun: Noun,
    rule: Rule,
    audience: Audience,
    scopes: frozenset[str],
    bounds: frozenset[str],
) -> Check | bool:
    """The check of a rule that can never hold for a caller of this shape, or whether one remains.

    The same for every plan, and kept, since a rule makes a good deal of SQL to say no more.
    """
    caller = Caller(audience, scopes, bounds, registry)
    checks = rule(Row(noun.table, noun.subject), caller)
    return next((check for check in checks if check.holds is False), bool(checks))


def _refused(what: str, zh: str, spec: FieldSpec | EdgeSpec, check: Check, path: Path) -> Forbidden:
    return Forbidden(
        f"{'.'.join(path)}: {what} {spec.name} needs {check.needs}.",
        zh=f"按该字段{zh}需要权限:{check.needs}",
        needs=check.needs,
        reason=check.reason.value,
    )
