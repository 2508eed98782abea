"""Everything of one kind in a plan, wherever it stands, outermost first."""

from __future__ import annotations

from collections.abc import Iterator

from hub.engine.plan import Edge, Lookup, Lookups, Many, Node, One, Root, Selection, Withheld


def selections(roots: tuple[Root, ...]) -> Iterator[Selection]:
    """Every selection of rows in a plan, outermost first."""
    for root in roots:
        if isinstance(root, Many):
            yield from _of_many(root)
        elif isinstance(root, Lookup):
            yield from _of_selection(root.selection)
        elif isinstance(root, Lookups):
            for selection in root.selections:
                yield from _of_selection(selection)


def lists(roots: tuple[Root, ...]) -> Iterator[Many]:
    """Every list in a plan, outermost first."""
    yield from (root for root in roots if isinstance(root, Many))
    for selection in selections(roots):
        yield from (item for item in selection.items if isinstance(item, Many))


def _of_many(many: Many) -> Iterator[Selection]:
    for part in many.parts:
        if isinstance(part, Edge):
            for item in part.items:
                if isinstance(item, Node):
                    yield from _of_selection(item.selection)


def _of_selection(selection: Selection) -> Iterator[Selection]:
    yield selection
    for item in selection.items:
        if isinstance(item, One):
            yield from _of_selection(item.selection)
        elif isinstance(item, Many):
            yield from _of_many(item)


def withheld(roots: tuple[Root, ...]) -> Iterator[Withheld]:
    """What the guard withheld before running, wherever it stands in the plan."""
    for root in roots:
        if isinstance(root, Withheld):
            yield root
        elif isinstance(root, Lookups):
            yield from root.withheld
    for selection in selections(roots):
        for item in selection.items:
            if isinstance(item, Withheld):
                yield item
