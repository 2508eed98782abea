"""The arguments of a connection become a `Page` (Relay cursor connections, with bounds).

`first` or `last` from 1 to 100 is required; the order always ends with the id, so that a cursor
names one place; a cursor made under another order is refused.
"""

from __future__ import annotations

from hub.engine.arguments import Slot, Tree
from hub.engine.limits import Limits
from hub.engine.plan import Combination, Cursor, Page, Predicate, Term
from hub.kit.errors import BadUserInput
from hub.kit.ids import decode_cursor, order_fingerprint
from hub.model.filters import filters, orders
from hub.model.registry import Noun

_PAGE = ("first", "last", "after", "before", "filter", "orderBy")
_KINDS = {"and": "all", "or": "any", "not": "none"}


def plan_page(
    noun: Noun, arguments: dict[str, Tree], limits: Limits, where: str, *, root: bool
) -> Page:
    """Raises BadUserInput with the place (`where`) when the arguments are not a page."""
    size, backward = page_size(arguments, limits, where)
    order = _order(noun, arguments.get("orderBy") or [])
    extra = tuple((k, v) for k, v in arguments.items() if k not in _PAGE)
    return Page(
        where=_filter(noun, arguments.get("filter") or {}),
        arguments=extra if root else (),
        order=order,
        size=size,
        backward=backward,
        cursors=tuple(
            _cursor(noun, order, arguments[name], name, where)
            for name in ("after", "before")
            if arguments.get(name) is not None
        ),
    )


def page_size(arguments: dict[str, Tree], limits: Limits, where: str) -> tuple[int, bool]:
    """How many rows, and whether from the end."""
    first, last = arguments.get("first"), arguments.get("last")
    if (first is None) == (last is None):
        raise BadUserInput(
            f"{where}: give either first or last, from 1 to {limits.page}.",
            zh=f"{where}:必须给出 first 或 last 之一(1 到 {limits.page})",
        )
    size = first.now if first is not None else last.now  # type: ignore[union-attr]  # one is given
    if not 1 <= size <= limits.page:
        raise BadUserInput(
            f"{where}: a page has 1 to {limits.page} rows; {size} were asked for.",
            zh=f"{where}:每页行数须为 1 到 {limits.page}",
            maximum=limits.page,
        )
    return size, last is not None


def _order(noun: Noun, values: list[Slot]) -> tuple[Term, ...]:
    """The order asked for, without repetitions, ended by the id."""
    offered = orders(noun)
    terms: list[Term] = []
    for value in values:
        if value is None:
            raise BadUserInput("orderBy holds a null.", zh="orderBy 不能含空值")
        spec, descending = offered[value.now]
        if all(term.spec is not spec for term in terms):
            terms.append(Term(spec, descending))
    identity, _ = offered["ID_ASC"]
    if all(term.spec is not identity for term in terms):
        terms.append(Term(identity, terms[-1].descending if terms else False))
    while terms[-1].spec is not identity:
        terms.pop()  # nothing after the id can decide anything
    return tuple(terms)


def fingerprint(noun: Noun, order: tuple[Term, ...]) -> str:
    """The order's name inside cursors."""
    return order_fingerprint([noun.name, *(f"{t.spec.name}{t.descending}" for t in order)])


def _cursor(noun: Noun, order: tuple[Term, ...], slot: Slot, name: str, where: str) -> Cursor:
    decoded = decode_cursor(slot.now)
    if (
        decoded is None
        or decoded[0] != fingerprint(noun, order)
        or len(decoded[1]) != len(order)
        or any(k is None and not t.spec.nullable for k, t in zip(decoded[1], order, strict=True))
    ):
        raise BadUserInput(
            f"{where}: the cursor in {name} was not made for this list and order.",
            zh=f"{where}:游标 {name} 与当前列表或排序不符",
            next_step="Begin again without a cursor, or use one from the same list and order.",
        )
    return Cursor(slot, tuple(key is None for key in decoded[1]), after=name == "after")


def _filter(noun: Noun, tree: dict[str, Tree]) -> Combination:
    """The filter as one conjunction; null for a filter is no condition at all."""
    offered = filters(noun)
    parts: list[Predicate | Combination] = []
    for name, value in tree.items():
        if value is None:
            continue
        if name in _KINDS:
            inner = tuple(_filter(noun, part) for part in value if part is not None)
            parts.append(Combination(_KINDS[name], inner))
        else:
            chosen = offered[name]
            parts.append(Predicate(chosen.spec, chosen.comparison.name, value))
    return Combination("all", tuple(parts))
