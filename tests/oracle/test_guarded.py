"""No plan leaves a column or an entity unguarded, whoever asks whatever.

The plans of generated operations are walked as data. What the guard let through is held against the
oracle's rules: nothing that its rules never allow is in a plan, and whatever they allow row by row
carries a rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from random import Random
from typing import Any

import pytest

from hub.engine import Question, statement
from hub.engine.compiled import Compiled
from hub.engine.plan import Access, Many, One, Plan, Predicate, Selection, Value
from hub.kit.errors import HubError
from hub.model.access import Caller, Grant
from hub.model.field import EdgeSpec, FieldSpec
from hub.model.types import camel
from tests.oracle.compare import Comparison
from tests.oracle.generate import Generator
from tests.oracle.grants import some_grant
from tests.oracle.rules import Rule, Rules
from tests.oracle.shapes import HIDING, LINKS

STAMPS = ("access", "rows")
RELEASED_BY_EDGE = {("Talent", "degrees")}
"""Edges from a person to rows about her in the edge's own group: what releases it releases them."""


@dataclass(frozen=True)
class Planned:
    """A plan that passed the guard, and for whom."""

    compiled: Compiled
    grant: Grant


def planned(comparison: Comparison, seed: int, number: int) -> Iterator[Planned]:
    """Plans of generated operations for generated callers."""
    dice, engine, memory = Random(seed), comparison.engine, comparison.oracle.memory
    generator = Generator(comparison.oracle.schema, memory, dice)
    for _ in range(number):
        operation = generator.operation(sets=1)
        grant = some_grant(dice, memory) or Grant.nobody()
        question = Question(operation.document, None, operation.variables[0])
        try:
            parsed = engine.operation(question)
            variables = engine.variables(parsed, question.variables)
            yield Planned(engine.compiled(parsed, variables, grant), grant)
        except HubError:
            continue  # refused before there was a plan


async def test_every_stamp_is_there_and_says_what_the_rules_say(comparison: Comparison) -> None:
    looked_at = 0
    for found in planned(comparison, seed=1, number=400):
        rules = Rules(found.grant, comparison.oracle.memory, comparison.oracle.today)
        for owner, node in nodes(found.compiled.plan):
            for name, wanted in expected(rules, owner, node):
                looked_at += 1
                stamp = getattr(node, name)
                assert isinstance(stamp, Access), f"{node} has not passed the guard"
                assert rules.never(wanted) is None, f"{node} is never allowed"
                assert bool(wanted) == (stamp.rule is not None), f"{node} lost its rule"
    assert looked_at > 4000


@pytest.mark.parametrize("seed", [2, 3])
async def test_plan_with_one_stamp_missing_is_refused(comparison: Comparison, seed: int) -> None:
    registry, removed = comparison.engine.registry, 0
    for found in planned(comparison, seed, number=16):
        grant = found.grant
        for plan in with_one_stamp_less(found.compiled.plan):
            caller = Caller.of(grant, registry)
            with pytest.raises(RuntimeError, match="has not passed the guard"):
                statement.write(plan, caller, registry)
            removed += 1
    assert removed > 50


def nodes(plan: Plan) -> Iterator[tuple[str, Any]]:
    """Every node that the guard stamps, with the noun whose row it belongs to."""
    for root in plan.roots:
        yield from _below(root, "Query")


def _below(part: Any, owner: str) -> Iterator[tuple[str, Any]]:
    if isinstance(part, tuple):
        for one in part:
            yield from _below(one, owner)
    elif is_dataclass(part) and not isinstance(part, FieldSpec | EdgeSpec):
        if isinstance(part, Value | One | Many | Selection | Predicate):
            yield owner, part
        if isinstance(part, Many | Selection):
            owner = part.noun.name
        for field in fields(part):
            if field.name not in ("noun", "spec", *STAMPS):
                yield from _below(getattr(part, field.name), owner)


def expected(rules: Rules, owner: str, node: Any) -> Iterator[tuple[str, list[Rule]]]:
    """The stamps that a node must have, and the rules that they stand for."""
    if isinstance(node, Selection):
        yield "access", rules.of_rows(node.noun.name)
        return
    if isinstance(node, Many):
        released = node.spec is not None and (owner, _graphql(node.spec)) in RELEASED_BY_EDGE
        noun = node.noun.name
        yield "rows", rules.own(noun) if released else rules.of_rows(noun)
    if isinstance(node, Predicate):
        link = LINKS.get((owner, _graphql(node.spec)))
        yield "rows", rules.of_rows(link.target) if link and link.target in HIDING else []
    if node.spec is not None:
        yield "access", rules.of_field(owner, _graphql(node.spec))
    elif isinstance(node, Many):
        yield "access", []


def _graphql(spec: FieldSpec | EdgeSpec) -> str:
    return camel(spec.name)


def with_one_stamp_less(plan: Plan) -> Iterator[Plan]:
    """The plan as often as it has stamps, each time without another one."""
    for roots in _each_less(plan.roots):
        yield replace(plan, roots=roots)


def _each_less(part: Any) -> Iterator[Any]:
    if isinstance(part, tuple):
        for place, one in enumerate(part):
            for less in _each_less(one):
                yield (*part[:place], less, *part[place + 1 :])
        return
    if not is_dataclass(part) or isinstance(part, type | FieldSpec | EdgeSpec):
        return
    for field in fields(part):
        value = getattr(part, field.name)
        if field.name in STAMPS and isinstance(value, Access):
            root_list = isinstance(part, Many) and part.spec is None and field.name == "access"
            if not root_list:  # no field leads to it: its rows alone are guarded
                yield replace(part, **{field.name: None})
        elif field.name not in ("noun", "spec"):
            for less in _each_less(value):
                yield replace(part, **{field.name: less})
