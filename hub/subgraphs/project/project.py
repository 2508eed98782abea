"""Project: the public face of a project."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import edge, edges, field, list_of
from hub.model.operation import extend
from hub.model.types import Visibility
from hub.subgraphs.project.rules import ProjectStage, ProjectState, Scope, Seeking, shown_project


class Project(
    Entity,
    visibility=Visibility.P1,
    scope=Scope.project_read_public,
    rows=shown_project,
    plural="projects",
    zh="项目",
):
    """The public face of a project: what it is, how far it has come and what it looks for.

    It holds no personal data; applications, reviews and budgets are kept apart from it.
    """

    __table_args__ = (
        CheckConstraint("industry ~ '^[A-T][0-9]{0,4}$'", name="industry_form"),
        CheckConstraint("fiscal_year BETWEEN 2000 AND 2100", name="fiscal_year_plausible"),
    )

    title_zh: Mapped[str] = field(doc="Title in Chinese.", zh="中文标题", search=True)
    title_en: Mapped[str | None] = field(doc="Title in English.", zh="英文标题", search=True)
    summary: Mapped[str] = field(doc="What it is about.", zh="简介")
    industry: Mapped[str] = field(
        doc="Industry by GB/T 4754: a section letter and up to four digits.",
        zh="行业(GB/T 4754)",
        filter=True,
        safe=True,
    )
    stage: Mapped[ProjectStage] = field(doc="How far it has come.", zh="发展阶段", filter=True)
    seeking: Mapped[list[Seeking]] = field(
        doc="What it looks for.",
        zh="需求",
        type_=list_of(Seeking),
        filter=True,
        server_default="{}",
    )
    fiscal_year: Mapped[int | None] = field(
        doc="Fiscal year of the programme that it stands in.", zh="财政年度", filter=True, sort=True
    )
    state: Mapped[ProjectState] = field(
        doc="Where its public face stands.", zh="状态", filter=True, server_default="DRAFT"
    )

    programme = edge(
        "Programme",
        required=False,
        filter=True,
        doc="Programme that it stands under.",
        zh="所属计划",
    )
    lead_organisation = edge(
        "cooperation.Organisation",
        required=False,
        filter=True,
        doc="Organisation that leads it.",
        zh="牵头机构",
    )
    park = edge(
        "park.Park", required=False, filter=True, doc="Park that it has settled in.", zh="所在园区"
    )


organisation_projects = extend(
    "cooperation.Organisation",
    projects=edges(
        "project.Project",
        by="lead_organisation",
        scope=Scope.project_read_public,
        doc="Projects that it leads.",
        zh="牵头项目",
    ),
)
park_projects = extend(
    "park.Park",
    projects=edges(
        "project.Project",
        by="park",
        scope=Scope.project_read_public,
        doc="Projects that have settled in it.",
        zh="入驻项目",
    ),
)
