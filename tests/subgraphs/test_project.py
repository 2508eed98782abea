"""Projects: the public face, and the ways to it from other rooms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from hub.model.access import Grant
from tests.make import Make
from tests.subgraphs.conftest import SUZHOU, Ask, department, nodes, operator, partner

TITLES = "{projects(first: 9, orderBy: [ID_ASC]){totalCount edges{node{titleZh}}}}"


async def test_drafts_and_withdrawn_projects_are_for_departments(make: Make, ask: Ask) -> None:
    for state in ("DRAFT", "PUBLISHED", "CLOSED", "WITHDRAWN"):
        await make.project(title_zh=state, state=state)
    for grant in (partner(SUZHOU), operator()):
        seen = (await ask(grant, TITLES))["projects"]
        assert nodes(seen, "titleZh") == ["PUBLISHED", "CLOSED"]
        assert seen["totalCount"] == 2
    assert (await ask(department(), TITLES))["projects"]["totalCount"] == 4


async def test_project_is_reached_from_park_organisation_and_programme(
    make: Make, ask: Ask
) -> None:
    park, lead = await make.park(code="P-here"), await make.organisation(name_zh="牵头")
    programme = await make.programme(key="made")
    await make.project(title_zh="这里", park=park, lead=lead, programme=programme)
    await make.project(title_zh="别处")
    document = """
        query($lead: ID!) {
          park(code: "P-here") { ...p }  organisation(id: $lead) { ...o }
          programme(key: "made") { ...g }
        }
        fragment p on Park { projects(first: 9) { edges { node {
          titleZh park { code } leadOrganisation { nameZh } programme { key } } } } }
        fragment o on Organisation { projects(first: 9) { edges { node { titleZh } } } }
        fragment g on Programme { projects(first: 9) { edges { node { titleZh } } } }
    """
    data = await ask(partner(SUZHOU), document, lead=f"Organisation:{lead['id']}")
    assert data["park"]["projects"]["edges"][0]["node"] == {
        "titleZh": "这里",
        "park": {"code": "P-here"},
        "leadOrganisation": {"nameZh": "牵头"},
        "programme": {"key": "made"},
    }
    assert nodes(data["organisation"]["projects"], "titleZh") == ["这里"]
    assert nodes(data["programme"]["projects"], "titleZh") == ["这里"]


async def test_park_of_a_project_that_is_not_published_is_null(make: Make, ask: Ask) -> None:
    await make.project(park=await make.park(state="PROPOSED"))
    document = "{projects(first: 9){edges{node{park{code}}}}}"
    assert nodes((await ask(partner(SUZHOU), document))["projects"], "park") == [None]


async def test_filter_does_not_tell_of_a_park_that_is_not_published(make: Make, ask: Ask) -> None:
    """Where a project shows no park, no filter tells that there is one."""
    proposed = await make.park(state="PROPOSED")
    await make.project(park=proposed, title_zh="在建园区")
    await make.project(title_zh="无园区")
    document = """query ($f: ProjectFilter) {
        projects(first: 9, filter: $f) { totalCount edges { node { titleZh } } }
    }"""

    async def found(asker: Grant, **narrowed: Any) -> list[str]:
        seen = (await ask(asker, document, f=narrowed))["projects"]
        titles = nodes(seen, "titleZh")
        assert seen["totalCount"] == len(titles)
        return titles

    there = {"park": f"Park:{proposed['id']}"}
    for asker, expected in ((partner(SUZHOU), []), (department(), ["在建园区"])):
        assert await found(asker, **there) == expected
        assert await found(asker, parkIsNull=False) == expected
        assert await found(asker, parkIsNull=True) == ["无园区"]
        assert await found(asker, **{"not": [there]}) == ["无园区"]


async def test_filter_on_parks_needs_no_scope_of_theirs(make: Make, ask: Ask) -> None:
    """The key stands in the project itself; but no more is told by it than with their scope."""
    asker = replace(partner(SUZHOU), scopes=frozenset({"project:read.public"}))
    for state in ("OPEN", "PROPOSED"):
        await make.project(park=await make.park(state=state), title_zh=state)
    document = "{projects(first: 9, filter: {parkIsNull: false}){edges{node{titleZh}}}}"
    assert nodes((await ask(asker, document))["projects"], "titleZh") == ["OPEN"]


@pytest.mark.parametrize("industry", ["Z1", "c39", "C39000", ""])
async def test_industry_follows_its_standard(make: Make, industry: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="industry_form"):
        await make.project(industry=industry)


async def test_projects_are_found_by_what_they_seek(make: Make, ask: Ask) -> None:
    await make.project(title_zh="找钱", seeking=["FUNDING", "SPACE"])
    await make.project(title_zh="找人", seeking=["TALENT"])
    document = "{projects(first: 9, filter: {seekingHas: FUNDING}){edges{node{titleZh seeking}}}}"
    found = (await ask(partner(SUZHOU), document))["projects"]
    assert [edge["node"] for edge in found["edges"]] == [
        {"titleZh": "找钱", "seeking": ["FUNDING", "SPACE"]}
    ]
