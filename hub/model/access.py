"""Who may see what, as values that yield SQL.

A rule is written once, beside the noun it protects, and is called when a statement is *planned*: it
sees the row's columns and the shape of the caller (audience, which bounds the token has), never a
value. What it returns is woven into the statement by `hub.engine.guard`, so that a withdrawn
consent or a suspended agreement counts from the next statement on.

The decision of the handbook, 2.5: scope, bound, agreement in force, purpose, live consent or
another lawful basis, visibility. Whatever no rule allows is denied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    true,
)

from hub.model.codes import PurposeCode
from hub.model.types import Choice

if TYPE_CHECKING:
    from hub.model.registry import Registry


class Audience(StrEnum):
    """For whom a client acts; every token has exactly one (handbook, section 1)."""

    PARTNER = "PARTNER"  # a partner city's system
    OPERATOR = "OPERATOR"  # a park operator or a park's system
    INTERNAL = "INTERNAL"  # an internal app of the city
    DEPARTMENT = "DEPARTMENT"  # a department of the city under its statutory duty
    TALENT = "TALENT"  # the talent herself
    ADMIN = "ADMIN"  # the hub's administrators and auditors


class Reason(StrEnum):
    """Why a value was withheld (`extensions.access.withheld[].reason`)."""

    SCOPE = "SCOPE"
    BOUND = "BOUND"
    AGREEMENT = "AGREEMENT"
    PURPOSE = "PURPOSE"
    CONSENT = "CONSENT"
    VISIBILITY = "VISIBILITY"


@dataclass(frozen=True)
class Grant:
    """What a verified token allows: the values behind a `Caller`.

    `purpose` is the one that applies to this request: picked by the `Hub-Purpose` header out of
    `purposes`, or the sole one; None when neither decides.
    """

    client: str
    audience: Audience
    scopes: frozenset[str]
    sub: str = ""
    talent: UUID | None = None
    partner: str | None = None
    parks: tuple[UUID, ...] = ()
    departments: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    purpose: str | None = None
    token_id: str = ""

    @classmethod
    def nobody(cls) -> Grant:
        """Who sends no token: no scope, no bound, so that nothing is allowed."""
        return cls(client="", audience=Audience.PARTNER, scopes=frozenset())

    @cached_property
    def bounds(self) -> frozenset[str]:
        """Names of the bounds that have a value: they are part of a plan's key, the values not.

        Statistics are no purpose for which a person may be read: "no result may point to one".
        """
        held = {
            name
            for name in ("talent", "partner", "parks", "departments", "purpose")
            if getattr(self, name)
        }
        return frozenset(held - {"purpose"} if self.purpose == PurposeCode.STATISTICS else held)


class Row:
    """The columns of one row in a statement, as attributes: `row.park_id`.

    `row.subject` is the column that holds the id of the person whom the row is about.
    """

    def __init__(self, table: FromClause, subject: str | None = None) -> None:
        self.table = table
        self._subject = subject

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        return self.table.c[name]

    def said(self, argument: str) -> ColumnElement[Any] | None:  # noqa: ARG002  # of a plain row
        """An argument of the read whose list the row was found in; None by any other way."""
        return None

    @property
    def is_subject(self) -> bool:
        """Whether the row is the person's own record."""
        return self._subject == "id"

    @property
    def subject(self) -> ColumnElement[UUID]:
        assert self._subject is not None, f"{self.table} has no subject"
        return self.table.c[self._subject]


class Fact:
    """Something about the caller that a statement establishes once, such as the agreement in force.

    It is a CTE of at most one row; `fact.field_groups` is that row's value (null without a row).
    The value is written as text, since a rule asks for it again and again and SQLAlchemy takes a
    third of a millisecond for each subquery; `Caller.with_facts` puts the CTE into the statement.
    """

    def __init__(self, name: str, query: Select[Any]) -> None:
        self.cte = query.cte(name)

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        table, column = self.cte.name, self.cte.c[name]
        return literal_column(f"(SELECT {table}.{column.name} FROM {table})", column.type)


def caller_parameter(name: str, type_: Any) -> BindParameter[Any]:
    """A bind parameter that the engine fills from the grant: `caller_<name>`."""
    return bindparam(f"caller_{name}", type_=type_, required=True)


@lru_cache(maxsize=256)
def aliased(table: FromClause, name: str) -> FromClause:
    """The table under another name; kept, since each new one has all of its columns made anew."""
    return table.alias(name)


class Said:
    """What a token says, as parameters that are filled in from the grant at each run."""

    client: ColumnElement[str] = caller_parameter("client", Text())
    partner: ColumnElement[str] = caller_parameter("partner", Text())
    talent: ColumnElement[UUID] = caller_parameter("talent", Uuid())
    parks: ColumnElement[list[UUID]] = caller_parameter("parks", ARRAY(Uuid()))
    departments: ColumnElement[list[str]] = caller_parameter("departments", ARRAY(Text()))
    purpose: ColumnElement[str] = caller_parameter("purpose", Text())
    now: ColumnElement[Any] = caller_parameter("now", DateTime(timezone=True))
    today: ColumnElement[Any] = cast(func.timezone(literal_column("'Asia/Shanghai'"), now), Date())


@dataclass
class Caller(Said):
    """The caller as a rule sees it: shape as Python values, everything else as bind parameters."""

    audience: Audience
    scopes: frozenset[str]
    bounds: frozenset[str]
    registry: Registry
    facts: dict[str, Fact] = field(default_factory=dict)
    joins: dict[str, tuple[FromClause, ColumnElement[bool]]] = field(default_factory=dict)
    number: Callable[[], int] = field(default=lambda: 0)

    @classmethod
    def of(cls, grant: Grant, registry: Registry) -> Caller:
        """The caller who holds this grant."""
        return cls(grant.audience, grant.scopes, grant.bounds, registry)

    def at_row(self) -> Caller:
        """The same caller before another row: facts are shared, look-ups are not."""
        return Caller(
            self.audience, self.scopes, self.bounds, self.registry, self.facts, {}, self.number
        )

    def has(self, bound: str) -> bool:
        """Whether the token carries this bound at all."""
        return bound in self.bounds

    def fact(self, name: str) -> Fact:
        """The fact `room.name` that a room declared with `@fact`."""
        if name not in self.facts:
            self.facts[name] = Fact(name.replace(".", "_"), self.registry.facts[name](self))
        return self.facts[name]

    def with_facts(self, query: Select[Any]) -> Select[Any]:
        """The statement with the facts that its rules asked for."""
        return query.add_cte(*(fact.cte for fact in self.facts.values()))

    def look_up(
        self, name: str, table: FromClause, on: Callable[[Row], ColumnElement[bool]]
    ) -> Row:
        """Join at most one row of another table to this one, once however often it is asked for.

        The condition must select at most one row (a unique index), or rows would be doubled.
        """
        if name not in self.joins:
            other = aliased(table, f"{name}_{self.number()}")
            self.joins[name] = (other, on(Row(other)))
        return Row(self.joins[name][0])


def constant(code: Choice) -> ColumnElement[str]:
    """A declared code as SQL text instead of a parameter.

    A cached plan uses a partial index only for a condition that it can prove without values.
    """
    return literal_column(f"'{code.value}'", Text())


@dataclass(frozen=True)
class Check:
    """One condition of a release, with the reason to give when it does not hold."""

    reason: Reason
    holds: ColumnElement[bool] | bool
    needs: str
    per_row: bool = True


Condition = Callable[[Row, Caller], ColumnElement[bool] | bool]


@dataclass(frozen=True)
class Rule:
    """A rule yields the checks that must all hold; `a & b` wants both, `a | b` either."""

    checks: Callable[[Row, Caller], tuple[Check, ...]]

    def __call__(self, row: Row, caller: Caller) -> tuple[Check, ...]:
        """The checks that remain; a check that always holds is left out."""
        return tuple(c for c in self.checks(row, caller) if c.holds is not True)

    def __and__(self, other: Rule) -> Rule:
        return _both(self, other)

    def __or__(self, other: Rule) -> Rule:
        def either(row: Row, caller: Caller) -> tuple[Check, ...]:
            left, right = self(row, caller), other(row, caller)
            if not left or not right:
                return ()
            if any(c.holds is False for c in left):
                return right
            if any(c.holds is False for c in right):
                return left
            return (Check(left[0].reason, or_(all_hold(left), all_hold(right)), left[0].needs),)

        return Rule(either)


@lru_cache(maxsize=256)
def _both(first: Rule, second: Rule) -> Rule:
    """One object however often it is asked for, so that what a rule says can be remembered."""
    return Rule(lambda row, caller: first(row, caller) + second(row, caller))


def rule(reason: Reason, needs: str, *, per_row: bool = True) -> Callable[[Condition], Rule]:
    """Make a rule of a function that returns True, False or a SQL condition.

    `per_row=False` says that the condition is the same for all rows of a statement.
    """

    def make(condition: Condition) -> Rule:
        return Rule(
            lambda row, caller: (Check(reason, condition(row, caller), needs, per_row=per_row),)
        )

    return make


def all_hold(checks: Iterable[Check]) -> ColumnElement[bool]:
    """The checks as one condition that is never null."""
    parts = [c.holds if not isinstance(c.holds, bool) else _literal(c.holds) for c in checks]
    return and_(true(), *parts)


def _literal(value: bool) -> ColumnElement[bool]:
    return true() if value else ~true()


everyone = Rule(lambda _row, _caller: ())
"""The rule of rows that scope alone protects."""


@dataclass(frozen=True)
class Evidence:
    """On what a release rests, for the ledger: the lawful basis and the agreement's id."""

    basis: ColumnElement[Any] = field(default_factory=lambda: cast(null(), Text()))
    agreement: ColumnElement[Any] = field(default_factory=lambda: cast(null(), Uuid()))


@dataclass(frozen=True)
class Group:
    """A field group of personal data: released together, consented together, audited together."""

    name: str
    scope: str
    release: Rule
    evidence: Callable[[Caller], Evidence] = lambda _: Evidence()
