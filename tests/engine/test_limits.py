"""What is too large is refused before anything runs (handbook, stories X2 and X3)."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import get_introspection_query

from hub.engine import Engine, Question
from hub.engine.conditions import division_range
from hub.engine.errors import RequestErrors
from hub.kit.errors import BadUserInput, HubError, QueryTooCostly
from tests.engine.conftest import as_department


async def refusal(engine: Engine, document: str, **variables: Any) -> HubError:
    with pytest.raises(HubError) as refused:
        await engine.answer(Question(document, None, variables), as_department())
    assert len(engine.plans) == 0
    return refused.value


async def passes(engine: Engine, document: str, **variables: Any) -> None:
    answer = await engine.answer(Question(document, None, variables), as_department())
    assert b'"errors"' not in answer.body
    engine.plans = type(engine.plans)(engine.plans.capacity)


async def test_query_deeper_than_the_limit_is_refused_before_execution(engine: Engine) -> None:
    document = '{ division(code: "320600") { ' + "parent { " * 16 + "id" + " }" * 17 + " }"
    refused = await refusal(engine, document)
    assert isinstance(refused, QueryTooCostly)
    assert refused.details == {"limit": "depth", "maximum": 16}


async def test_aliases_multiplied_through_fragments_are_refused(engine: Engine) -> None:
    doubled = " ".join(
        f"fragment F{n} on Query {{ a{n}: __typename ...F{n + 1} b{n}: __typename ...F{n + 1} }}"
        for n in range(20)
    )
    refused = await refusal(
        engine, "{ ...F0 } " + doubled + " fragment F20 on Query { x: __typename }"
    )
    assert isinstance(refused, QueryTooCostly)
    assert refused.details["limit"] == "aliases"


async def test_pages_within_pages_are_refused_by_their_product(engine: Engine) -> None:
    document = """{ zones(first: 100) { edges { node { parks(first: 100) { edges { node {
        workspaces(first: 100) { edges { node { id } } } } } } } } } }"""
    refused = await refusal(engine, document)
    assert refused.details == {"limit": "nodes", "maximum": 50_000}


async def test_too_many_lists_are_refused(engine: Engine) -> None:
    roots = " ".join(f"a{n}: zones(first: 1) {{ totalCount }}" for n in range(61))
    refused = await refusal(engine, f"{{ {roots} }}")
    assert refused.details["limit"] == "sources"


async def test_fields_repeated_in_one_place_are_refused_before_validation(engine: Engine) -> None:
    refused = await refusal(engine, "{ " + "zones(first: 1) { totalCount } " * 100 + "}")
    assert refused.details["limit"] == "overlaps"


async def test_too_many_tokens_are_refused(engine: Engine) -> None:
    refused = await refusal(engine, "{ " + "__typename " * 10_001 + "}")
    assert isinstance(refused, QueryTooCostly)


async def test_too_many_directives_are_refused(engine: Engine) -> None:
    refused = await refusal(engine, "{ __typename " + "@skip(if: false) " * 101 + "}")
    assert refused.details["limit"] == "directives"


async def test_fragments_in_a_circle_are_refused(engine: Engine) -> None:
    document = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
    assert isinstance(await refusal(engine, document), BadUserInput)


@pytest.mark.parametrize("page", ["first: 1000", "first: 0", "last: 101", "first: 1, last: 1", ""])
async def test_page_outside_1_to_100_is_bad_input(engine: Engine, page: str) -> None:
    arguments = f"({page})" if page else ""
    refused = await refusal(engine, f"{{ zones{arguments} {{ totalCount }} }}")
    assert refused.code == "BAD_USER_INPUT"
    assert "100" in refused.message


async def test_cursor_of_another_list_is_bad_input(engine: Engine) -> None:
    question = Question("{ zones(first: 1) { pageInfo { endCursor } } }")
    answer = await engine.answer(question, as_department())
    cursor = answer.body.decode().split('"endCursor":"')[1].split('"')[0]
    with pytest.raises(BadUserInput):
        await engine.answer(
            Question(f'{{ parks(first: 1, after: "{cursor}") {{ totalCount }} }}'), as_department()
        )


async def test_errors_of_a_document_carry_code_place_and_next_step(engine: Engine) -> None:
    refused = await refusal(engine, "{ zones(first: 1) { nothing } }")
    assert isinstance(refused, RequestErrors)
    [error] = refused.errors
    assert error["locations"] == [{"line": 1, "column": 21}]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert error["extensions"]["nextStep"]


WIDE = "query ($filter: ParkFilter) { parks(first: 1, filter: $filter) { totalCount } }"


async def test_filters_that_are_too_wide_are_refused_wherever_they_stand(engine: Engine) -> None:
    wide = {"or": [{"code": "a"}] * 100}
    await passes(engine, WIDE, filter=wide)

    refused = await refusal(engine, WIDE, filter={"or": [{"code": "a"}] * 101})
    assert refused.details == {"limit": "comparisons", "maximum": 100}
    lists = " ".join(f"a{n}: parks(first: 1, filter: $filter) {{ totalCount }}" for n in range(2))
    refused = await refusal(engine, f"query ($filter: ParkFilter) {{ {lists} }}", filter=wide)
    assert refused.details["limit"] == "comparisons"


async def test_introspection_cannot_be_multiplied(engine: Engine) -> None:
    await passes(engine, get_introspection_query())
    for document in (
        '{ __schema { description } a: __type(name: "A") { name } b: __type(name: "B") { name } }',
        "{ __schema { types { a: name b: name } } }",
        "{ ...F } fragment F on Query { __schema { ...G } } fragment G on __Schema { a: types }",
    ):
        refused = await refusal(engine, document)
        assert refused.details["limit"] == "introspection"


async def test_a_text_to_look_for_is_no_longer_than_a_name(engine: Engine) -> None:
    document = """query ($text: String!) {
        parks(first: 1, filter: { nameZhContains: $text }) { totalCount } }"""
    await passes(engine, document, text="区" * 100)
    with pytest.raises(BadUserInput) as refused:
        await engine.answer(Question(document, None, {"text": "区" * 101}), as_department())
    assert refused.value.details == {"maximum": 100}


@pytest.mark.parametrize(
    ("code", "low"),
    [
        ("320600", "3206"), ("320000", "32"), ("320613", "320613"), ("000000", "00"),
        ("0", "0"), ("000", "0"), ("3200001", "3200001"), ("0" * 999_999, "0"),
    ],
)  # fmt: skip
def test_a_division_is_the_start_of_all_codes_below_it(code: str, low: str) -> None:
    assert division_range(code) == (low, low + "~")


def test_no_code_is_no_division() -> None:
    assert division_range("") == ("", "")
