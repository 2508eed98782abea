"""A state machine, declared once beside its noun.

    LIFE = States(
        {
            WorkspaceState.DRAFT: [WorkspaceState.AVAILABLE],
            WorkspaceState.AVAILABLE: [WorkspaceState.OUT_OF_SERVICE, WorkspaceState.RETIRED],
            ...
        }
    )

    class Workspace(Entity, life=LIFE, ...):

From it come the field `availableTransitions`, the refusal that names the legal moves, and the
diagram in the documentation (handbook 2.6: only these moves are legal).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Text, case, literal_column

from hub.kit.user_errors import IllegalTransition
from hub.model.access import Row, constant
from hub.model.field import Derived, derived
from hub.model.types import Choice

S = TypeVar("S", bound=Choice)


class States(Generic[S]):
    """The legal moves between the codes of a closed list; a code that is not a key is an end.

    Moves are told in the order of the list.
    """

    def __init__(self, moves: Mapping[S, Sequence[S]], *, column: str = "state") -> None:
        codes = list(type(next(iter(moves))))
        self.moves: dict[S, tuple[S, ...]] = {
            state: tuple(sorted(targets, key=codes.index)) for state, targets in moves.items()
        }
        self.column = column

    @property
    def codes(self) -> type[S]:
        """The closed list."""
        return type(next(iter(self.moves)))

    @property
    def mentioned(self) -> set[S]:
        """The codes that the machine knows."""
        return {*self.moves, *(target for targets in self.moves.values() for target in targets)}

    def after(self, state: str) -> tuple[S, ...]:
        """Where one may go from a state."""
        return self.moves.get(self.codes(state), ())

    def before(self, state: S) -> tuple[S, ...]:
        """From where one may come to a state."""
        return tuple(source for source, targets in self.moves.items() if state in targets)

    def may(self, state: str, to: S) -> bool:
        """Whether the move is legal."""
        return to in self.after(state)

    def refusal(self, state: str, to: S, **more: Any) -> IllegalTransition:
        """The refusal of a move that is not, with those that are."""
        legal = self.after(state)
        english = ", ".join(legal) or "none, it is at its end"
        chinese = "、".join(move.zh for move in legal) or "无"
        return IllegalTransition(
            f"It is {state} and cannot become {to}; legal moves: {english}.",
            zh=f"当前状态为“{self.codes(state).zh}”,不能变为“{to.zh}”;可选:{chinese}",
            state=str(state),
            available=[str(move) for move in legal],
            **more,
        )

    def field(self) -> Derived:
        """`availableTransitions`: the legal moves from the row's state."""
        found: Derived = derived(
            self._available, doc="States that it may be moved to next.", zh="可转换到的状态"
        )
        return found

    def _available(self, row: Row) -> ColumnElement[Any]:
        state = getattr(row, self.column)
        whens = [(state == constant(source), _array(to)) for source, to in self.moves.items()]
        return case(*whens, else_=_array(()))

    def diagram(self) -> str:
        """A Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        starts = [code for code in self.moves if not self.before(code)]
        lines += [f"    [*] --> {code}" for code in starts]
        lines += [f"    {code} --> {to}" for code, targets in self.moves.items() for to in targets]
        ends = [code for code in self.codes if code in self.mentioned and not self.after(code)]
        return "\n".join([*lines, *(f"    {code} --> [*]" for code in ends)])


def _array(codes: Sequence[Choice]) -> ColumnElement[Any]:
    """The codes as SQL text; they are ours, so that no parameter is needed."""
    return literal_column(f"'{{{','.join(codes)}}}'::text[]", ARRAY(Text()))
