"""The table as text, a file for each room, and as cells that can be compared one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent

LEGEND = """\
# Who sees what of the room {room}. 房间 {room}:谁能看到什么。
#
# Answers of the engine to queries over rows with every field filled, written down by
#   ./run test tests/access/test_table.py --regenerate
# and compared with the answers cell by cell in every test run. Never edited by hand: a change here
# is a change of who sees what. 由测试按实际应答生成并逐格核对;此处的变更即访问权限的变更。
#
# A line for each entity (may the row be known of at all?), for other rows of it (+), and for each
# of its fields and edges. 每个实体一行,其后 + 为他人或未公开的数据行,再后为各字段与关联。
#
#   yes  shown 显示
#   msk  shown, but not as it is shown to departments 以掩码形式显示
#   -    not there, and nothing is said of it 不存在,且不作任何说明
#   401  refused: no access token 拒绝:无令牌
#   403  refused: the scope is missing 拒绝:缺少权限范围
# Withheld, and the answer says why 未提供并说明原因:
#   agr  no agreement in force that covers it 无有效协议
#   con  no consent of the person 无本人同意
#   pur  no purpose that allows it 无相应目的
#   bou  not within the token's bounds 超出令牌范围
#   vis  never meant for this caller 不对此类调用方开放
# A person is withheld so from who asks for her by id, alike whether or not she exists; a list
# leaves her out. 按标识查询个人时,无论其是否存在,答复相同;列表则不含该行。
#
# Last on a line: the scopes that it takes, and no fewer. Each other scope alone is a 403.
# 行末为所需的全部权限范围;其他任一权限单独持有均为 403。
#
{heads}
"""

HEADS = (
    "# Columns; callers whose cells are all alike share one. 列(各格均相同的调用方合并为一列):\n"
)

WIDTH, CELL = 46, 4


class Line(NamedTuple):
    """What a line is about, a cell for each caller, and the scopes that it takes.

    The label is empty for the entity, `.phone` for a field and ` + ...` for other rows.
    """

    noun: str
    label: str
    cells: tuple[str, ...]
    scopes: str

    @property
    def name(self) -> str:
        return self.noun + self.label


@dataclass(frozen=True)
class Table:
    """The lines of a room; `callers` says in words who asks."""

    room: str
    callers: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.room}.txt"

    def text(self) -> str:
        columns = self._columns()
        written = [LEGEND.format(room=self.room, heads=HEADS).rstrip()]
        for number, places in enumerate(columns, 1):
            heads = (f"{number:>{CELL}}", *("" for _ in places[1:]))
            written += [
                f"# {head:>{CELL}}  {self.callers[place]}"
                for head, place in zip(heads, places, strict=True)
            ]
        heading = "".join(f"{number:>{CELL}}" for number in range(1, len(columns) + 1))
        for noun, lines in groupby(self.lines, key=lambda line: line.noun):
            written += ["", f"#{'':{WIDTH - 1}}{heading}"]
            for line in lines:
                label = f"  {line.label.strip(' .')}" if line.label else noun
                cells = "".join(f"{line.cells[places[0]]:>{CELL}}" for places in columns)
                written.append(f"{label:{WIDTH}}{cells}  {line.scopes}".rstrip())
        return "\n".join(written) + "\n"

    def _columns(self) -> list[list[int]]:
        """The places of callers whose cells are alike, in the order of the first of each."""
        alike: dict[tuple[str, ...], list[int]] = {}
        for place in range(len(self.callers)):
            alike.setdefault(tuple(line.cells[place] for line in self.lines), []).append(place)
        return list(alike.values())


def read(file: Path, room: str) -> Table:
    """The table in a file; one that is not there has neither callers nor lines."""
    if not file.exists():
        return Table(room, (), ())
    legend, *blocks = file.read_text("utf-8").split("\n\n")
    _, _, heads = legend.partition(HEADS)
    column_of: dict[str, int] = {}
    for head in heads.splitlines():
        number, words = head[1 : CELL + 2].strip(), head[CELL + 2 :].strip()
        column_of[words] = int(number or max(column_of.values()))
    lines: list[Line] = []
    for text in (text for block in blocks for text in block.splitlines()[1:]):
        lines.append(_line(text, lines[-1].noun if lines else "", column_of))
    return Table(room, tuple(column_of), tuple(lines))


def _line(text: str, noun: str, column_of: dict[str, int]) -> Line:
    label, rest = text[:WIDTH].rstrip(), text[WIDTH:].split()
    if not label.startswith(" "):
        noun, label = label, ""
    elif label.startswith("  + "):
        label = label[1:]
    else:
        label = f".{label.strip()}"
    columns = max(column_of.values())
    cells = tuple(rest[column - 1] for column in column_of.values())
    return Line(noun, label, cells, " ".join(rest[columns:]))


def differences(written: Table, found: Table) -> Iterator[str]:
    """What the table says otherwise than the answers do, a sentence for each cell."""
    before = {line.name: line for line in written.lines}
    after = {line.name: line for line in found.lines}
    for who in found.callers:
        if who not in written.callers:
            yield f"{who}: not in the table"
    for name in before.keys() - after.keys():
        yield f"{name}: in the table, but there is no such thing"
    for name, line in after.items():
        if name not in before:
            yield f"{name}: not in the table"
            continue
        said = dict(zip(written.callers, before[name].cells, strict=True))
        for who, cell in zip(found.callers, line.cells, strict=True):
            if said.get(who, cell) != cell:
                yield f"{name} for {who}: the table says {said[who]}, the answer {cell}"
        if before[name].scopes != line.scopes:
            yield f"{name}: the table asks for {before[name].scopes}, the engine for {line.scopes}"
