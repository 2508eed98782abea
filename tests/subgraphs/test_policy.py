"""Measures, versions and clauses: the document's words and amounts, and nothing beside them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import asyncpg
import pytest

from hub.model.access import Audience
from tests.make import Make
from tests.subgraphs.conftest import SUZHOU, Ask, as_, department, nodes, operator, partner

ONE = """
    query ($key: String!) { policy(key: $key) {
        status section quoteZh rightsDirection lifecycle alsoReportedSection gaps
        versions(first: 9) { edges { node { no state status effectiveFrom parameters
            document { key issuer { key } }
            clauses(first: 99, orderBy: [POSITION_ASC]) { edges { node {
                key kind basis textZh textEn quoteZh predicate amountFen } } } } } } } }
"""


async def version_of(ask: Ask, key: str) -> Any:
    [edge] = (await ask(operator(), ONE, key=key))["policy"]["versions"]["edges"]
    return edge["node"]


async def clauses_of(ask: Ask, key: str) -> dict[str, Any]:
    version = await version_of(ask, key)
    return {edge["node"]["key"]: edge["node"] for edge in version["clauses"]["edges"]}


async def test_every_measure_is_there_with_its_status(ask: Ask) -> None:
    document = "{policies(first: 99, orderBy: [KEY_ASC]){totalCount edges{node{key status}}}}"
    found = (await ask(partner(SUZHOU), document))["policies"]
    assert found["totalCount"] == 10
    in_force = {"youth-3plus2", "returnee-measures-2025", "one-thing"}
    assert {e["node"]["key"] for e in found["edges"] if e["node"]["status"] == "IN_FORCE"} == (
        in_force
    )


async def test_tiers_of_home_purchase_are_those_of_the_text(ask: Ask) -> None:
    clauses = await clauses_of(ask, "home-purchase")
    assert list(clauses)[:5] == [
        "is-returnee",
        "bought-here",
        "self-occupied",
        "tier-30",
        "tier-15",
    ]
    assert clauses["tier-30"]["amountFen"] == "30000000"
    assert clauses["tier-15"]["amountFen"] == "15000000"
    assert clauses["bought-here"]["quoteZh"] == "在我市购房"
    assert clauses["tier-30"]["predicate"] == {
        "any": [
            {"fact": "talent.highestDegree", "op": "GTE", "value": "DOCTOR"},
            {"fact": "talent.titleLevel", "op": "GTE", "value": "FULL_SENIOR"},
            {
                "fact": "talent.skillLevel",
                "op": "EQ",
                "value": "SPECIAL_GRADE_TECHNICIAN",
                "unknownIf": ["CHIEF_TECHNICIAN"],
            },
        ]
    }


async def test_caps_and_floor_of_the_returnee_special(ask: Ask) -> None:
    clauses = await clauses_of(ask, "jianghai-returnee-special")
    assert {key: clause["amountFen"] for key, clause in clauses.items() if clause["amountFen"]} == {
        "annual-allocation": "3000000000",
        "entrepreneurship-individual": "500000000",
        "entrepreneurship-team": "600000000",
        "innovation-individual": "200000000",
        "innovation-team": "300000000",
    }
    assert clauses["annual-allocation"]["kind"] == "FLOOR"
    assert clauses["innovation-team"]["kind"] == "CAP"


async def test_what_nobody_set_is_null(ask: Ask) -> None:
    assert (await version_of(ask, "retention-subsidy"))["parameters"] == {
        "retentionRateThreshold": None,
        "amountFen": None,
    }
    stub = await version_of(ask, "youth-3plus2")
    assert (stub["parameters"], stub["clauses"]["edges"]) == ({}, [])


async def test_assumptions_of_the_hub_are_told_from_the_text(ask: Ask) -> None:
    clauses = (await clauses_of(ask, "youth-station")).values()
    assumed = {c["key"] for c in clauses if c["basis"] == "DESIGN_ASSUMPTION"}
    assert assumed == {"no-overlapping-stay", "bed-not-double-booked"}
    assert all((c["quoteZh"] is None) == (c["key"] in assumed) for c in clauses)


async def test_gaps_speak_both_languages(ask: Ask) -> None:
    [gap] = (await ask(operator(), ONE, key="returnee-measures-2025"))["policy"]["gaps"]
    assert gap == {
        "text": "Four of the nine areas are not named.",
        "textZh": "九大领域中有四个未列名",
        "affects": "NOTE",
    }


async def test_four_of_nine_areas_stay_unnamed(ask: Ask) -> None:
    document = """{policyDocument(key: "returnee-measures-2025"){issuedOn areasTotal
        areas(first: 20, orderBy: [POSITION_ASC]){edges{node{nameZh}}}}}"""
    found = (await ask(partner(SUZHOU), document))["policyDocument"]
    named = ["就业见习", "津补贴", "安居保障", "创业资助", "金融支持"]
    assert nodes(found["areas"], "nameZh") == [*named, None, None, None, None]
    assert (found["issuedOn"], found["areasTotal"]) == (None, 9)


async def test_the_reply_carries_out_the_national_opinions(ask: Ask) -> None:
    document = """{policyDocument(key: "national-opinions"){
        implementedBy(first: 9){edges{node{key issuedOn issuer{key}}}}}}"""
    [edge] = (await ask(operator(), document))["policyDocument"]["implementedBy"]["edges"]
    assert edge["node"] == {
        "key": "NT-RSJ-2025-0078",
        "issuedOn": "2025-08-25",
        "issuer": {"key": "nt-rsj"},
    }


@pytest.mark.parametrize(
    ("narrowed", "keys"),
    [
        ("rightsDirection: INTERNSHIP_RETENTION", ["retention-subsidy"]),
        ("lifecycle: EMPLOY", ["free-workstation", "property-fee-relief"]),
    ],
)
async def test_measures_are_found_by_direction_and_stage(
    ask: Ask, narrowed: str, keys: list[str]
) -> None:
    document = f"""{{policies(first: 99, orderBy: [KEY_ASC], filter: {{{narrowed}}}){{
        edges{{node{{key}}}}}}}}"""
    assert nodes((await ask(operator(), document))["policies"], "key") == keys


DAY = "query ($day: Date!) {versions: policyVersions(asOf: $day, first: 99){edges{node{key}}}}"
POLICIES = "query ($day: Date!) {policies(asOf: $day, first: 99){edges{node{key}}}}"


async def test_the_version_of_a_day(make: Make, ask: Ask) -> None:
    policy = await make.policy(key="changing")
    for no, (since, until) in enumerate(
        [(None, date(2025, 1, 1)), (date(2025, 1, 1), date(2026, 1, 1))], 1
    ):
        await make.policy_version(policy=policy, no=no, effective_from=since, effective_to=until)
    await make.policy_version(policy=policy, no=3, state="REPEALED")

    async def on(day: str) -> list[str]:
        found = (await ask(department(), DAY, day=day))["versions"]
        return [key for key in nodes(found, "key") if key.startswith("changing")]

    assert await on("2024-12-31") == ["changing/1"]
    assert await on("2025-01-01") == ["changing/2"]
    assert await on("2026-01-01") == []
    assert "changing" in nodes(
        (await ask(department(), POLICIES, day="2025-12-31"))["policies"], "key"
    )
    assert "changing" not in nodes(
        (await ask(department(), POLICIES, day="2026-01-01"))["policies"], "key"
    )


async def test_versions_of_one_measure_do_not_overlap(make: Make) -> None:
    policy = await make.policy()
    await make.policy_version(policy=policy, no=1, effective_to=date(2026, 1, 1))
    await make.policy_version(policy=policy, no=2, state="DRAFT")
    with pytest.raises(asyncpg.ExclusionViolationError, match="in_effect_once"):
        await make.policy_version(policy=policy, no=3, effective_from=date(2025, 12, 31))


async def test_a_draft_is_for_departments(make: Make, ask: Ask) -> None:
    policy = await make.policy(key="drafted")
    draft = await make.policy_version(policy=policy, state="DRAFT")
    await make.clause(policy_version=draft, text_zh="尚未发布")
    document = """{policyVersion(key: "drafted/1"){key}
        clauses(first: 9, filter: {policyVersion: "drafted/1"}){totalCount}}"""
    assert await ask(operator(), document) == {
        "policyVersion": None,
        "clauses": {"totalCount": 0},
    }
    assert await ask(department(), document) == {
        "policyVersion": {"key": "drafted/1"},
        "clauses": {"totalCount": 1},
    }


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"kind": "CAP"}, "amount_by_kind"),
        ({"amount_fen": 1}, "amount_by_kind"),
        ({"quote_zh": None}, "quoted_unless_assumed"),
        ({"basis": "DESIGN_ASSUMPTION"}, "quoted_unless_assumed"),
        ({"kind": "TIER", "amount_fen": -1}, "amount_not_negative"),
    ],
)
async def test_wrong_clause_is_refused(make: Make, wrong: dict[str, Any], rule: str) -> None:
    version = await make.policy_version(policy=await make.policy())
    with pytest.raises(asyncpg.CheckViolationError) as raised:
        await make.clause(policy_version=version, **wrong)
    assert raised.value.constraint_name == f"ck_clause_{rule}"


async def test_predicates_name_known_comparisons(connection: asyncpg.Connection) -> None:
    """Whoever evaluates them must know each word."""
    found = await connection.fetch("SELECT predicate FROM policy.clause WHERE predicate <> 'null'")

    def comparisons(tree: dict[str, Any]) -> list[dict[str, Any]]:
        inner = tree.get("any", tree.get("all"))
        return [tree] if inner is None else [one for each in inner for one in comparisons(each)]

    each = [one for row in found for one in comparisons(json.loads(row["predicate"]))]
    assert {one["op"] for one in each} == {"EQ", "IN", "GTE", "UNDER", "WITHIN", "SAME_YEAR"}
    assert all(set(one) <= {"fact", "op", "value", "unknownIf", "until"} for one in each)


async def test_public_to_whoever_reads_policies(ask: Ask) -> None:
    for audience in Audience:
        found = await ask(as_(audience), "{policies(first: 1){totalCount}}")
        assert found["policies"]["totalCount"] == 10
