"""The question, the statement, the answer, side by side in `cases/<room>/`.

A case's first lines say who asks (`as`), with which bounds beyond the usual (`with`), without which
scope (`without`) and with which variables. Read the SQL as prose when it changes; `--regenerate`
writes statements and answers anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from hub.engine import Answer, Engine, Question
from hub.engine.text import SEAL
from hub.model.access import Audience, Grant
from tests.engine.conftest import ALL, as_department, as_operator, as_partner

CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.rglob("*.graphql"))

ASKERS: dict[str, Grant] = {
    "department": as_department(),
    "purposeless": as_department(purpose=None),
    "partner": as_partner("320500"),
    "cloud": Grant("cloud-platform", Audience.INTERNAL, ALL),
    "operator": as_operator(),
    "talent": Grant("talent", Audience.TALENT, ALL),
    "auditor": Grant("auditor", Audience.ADMIN, ALL),
}

KEYWORDS = "SELECT|FROM|WHERE|LEFT OUTER JOIN|ORDER BY|UNION ALL|RETURNING"


def read(file: Path) -> tuple[Question, Grant]:
    text = file.read_text("utf-8")
    said = dict(re.findall(r"^# (\w+): (.*)$", text, re.MULTILINE))
    variables = json.loads(said.get("variables", "{}"))
    asker = ASKERS[said["as"]]
    bounds = {
        name: BOUNDS[name](value) for name, value in json.loads(said.get("with", "{}")).items()
    }
    asker = replace(asker, scopes=asker.scopes - {said.get("without", "")}, **bounds)
    return Question(text, None, variables), asker


BOUNDS: dict[str, Callable[[Any], Any]] = {
    "parks": lambda parks: tuple(map(UUID, parks)),
    "talent": UUID,
}


async def run(engine: Engine, file: Path) -> tuple[Answer, str]:
    """The answer, and the statement that made it."""
    question, grant = read(file)
    answer = await engine.answer(question, grant)
    operation = engine.operation(question)
    variables = engine.variables(operation, question.variables)
    return answer, engine.compiled(operation, variables, grant).statement.sql


def prose(sql: str) -> str:
    """The statement with a line for each clause."""
    return re.sub(rf"\s+(?=(?:{KEYWORDS})\b)", "\n", sql).strip().replace(SEAL, "<SEAL>") + "\n"


def shown(answer: Answer) -> dict[str, Any]:
    """The answer without what differs from run to run."""
    whole: dict[str, Any] = orjson.loads(answer.body)
    whole.get("extensions", {}).get("access", {}).pop("auditId", None)
    return whole


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(CASES).with_suffix("")))
async def test_golden_case(engine: Engine, file: Path, request: pytest.FixtureRequest) -> None:
    answer, sql = await run(engine, file)
    statement, json_file = file.with_suffix(".sql"), file.with_suffix(".json")
    pretty = json.dumps(shown(answer), ensure_ascii=False, indent=2) + "\n"
    if request.config.getoption("--regenerate"):
        statement.write_text(prose(sql), "utf-8")
        json_file.write_text(pretty, "utf-8")
        return
    assert prose(sql) == statement.read_text("utf-8")
    assert pretty == json_file.read_text("utf-8")
    assert (answer.statements, answer.second_layer) == (int(bool(sql)), 0)


@pytest.mark.parametrize("size", [1, 50])
async def test_one_row_and_fifty_cost_one_statement(engine: Engine, size: int) -> None:
    document = "query ($n: Int!) { talents(first: $n) { edges { node { displayName } } } }"
    answer = await engine.answer(Question(document, None, {"n": size}), as_department())
    assert answer.statements == 1
    assert answer.second_layer == 0


async def test_introspection_is_the_second_layer_beside_a_statement(engine: Engine) -> None:
    document = '{ zones(first: 1) { totalCount } __type(name: "Zone") { name } }'
    answer = await engine.answer(Question(document), as_department())
    assert (answer.statements, answer.second_layer) == (1, 1)
    assert list(orjson.loads(answer.body)["data"]) == ["zones", "__type"]
