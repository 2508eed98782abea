"""Scopes, closed lists and row rules of the policy room."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement

from hub.model.access import Audience, Caller, Reason, Row, constant, rule
from hub.model.types import Choice


class Scope(StrEnum):
    """`resource:action`; no scope implies another."""

    benefit_apply = "benefit:apply"
    benefit_decide = "benefit:decide"
    benefit_pay = "benefit:pay"
    policy_read = "policy:read"
    policy_write = "policy:write"


class Basis(Choice):
    """On what a rule rests. 规则依据"""

    FROM_TEXT = "FROM_TEXT", "The document says so.", "出自文件"
    DESIGN_ASSUMPTION = (
        "DESIGN_ASSUMPTION",
        "An assumption of the hub where the document is silent; a department may switch it off.",
        "平台假设(文件未规定,可关闭)",
    )


class ClauseKind(Choice):
    """What a clause does. 条款类型"""

    CONDITION = "CONDITION", "Must hold for whoever is to benefit.", "条件"
    TIER = "TIER", "An amount and for whom; the highest that holds applies.", "档次"
    CAP = "CAP", "No amount may be above it.", "上限"
    FLOOR = "FLOOR", "The city promises no less; it limits no award.", "下限"
    BENEFIT = "BENEFIT", "Something that is given besides money.", "服务"
    RULE = "RULE", "A rule on how the others apply.", "适用规则"


class VersionState(Choice):
    """Life of a version's record; apart from whether the measure is in force or promised.

    版本状态
    """

    DRAFT = "DRAFT", "Being drawn up.", "起草"
    PUBLISHED = "PUBLISHED", "Published.", "已发布"
    SUPERSEDED = "SUPERSEDED", "Another version came after it.", "已被替代"
    REPEALED = "REPEALED", "Repealed.", "已废止"


@rule(Reason.VISIBILITY, "a token of a department")
def published_version(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """A version that is being drawn up exists for the departments only."""
    if caller.audience in (Audience.DEPARTMENT, Audience.ADMIN):
        return True
    return row.state != constant(VersionState.DRAFT)


@rule(Reason.VISIBILITY, "a token of a department")
def published_clause(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """A clause is seen with its version."""
    if caller.audience in (Audience.DEPARTMENT, Audience.ADMIN):
        return True
    versions = caller.registry.nouns["PolicyVersion"].table
    version = caller.look_up("version", versions, lambda version: version.key == row.version_key)
    return version.state != constant(VersionState.DRAFT)
