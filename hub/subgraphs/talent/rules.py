"""Scopes, closed lists and row rules of the talent room; `release` has its field groups."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement

from hub.model.access import Audience, Caller, Evidence, Reason, Row, constant, rule
from hub.model.codes import LawfulBasis
from hub.model.types import Choice


class Scope(StrEnum):
    """`resource:action` or `resource:action.group`; no scope implies another."""

    consent_read = "consent:read"
    consent_write = "consent:write"
    contact_read = "contact:read"
    contact_write = "contact:write"
    talent_read_basic = "talent:read.basic"
    talent_read_contact = "talent:read.contact"
    talent_read_degree = "talent:read.degree"
    talent_read_identity = "talent:read.identity"
    talent_write = "talent:write"


class ReturneeStatus(Choice):
    """Whether a person counts as a returnee. 归国人才认定情况"""

    DECLARED = "DECLARED", "The person says so.", "本人申报"
    RECOGNISED = "RECOGNISED", "A department recognised it.", "已认定"
    LAPSED = "LAPSED", "Recognised once, no longer.", "已失效"


class TalentLevel(Choice):
    """Level of a talent; what HIGH_LEVEL means is set by a department. 人才层次"""

    GENERAL = "GENERAL", "General.", "一般"
    HIGH_LEVEL = "HIGH_LEVEL", "High-level.", "高层次"


class IdentityType(Choice):
    """Kind of identity document. 证件类型"""

    RIC = "RIC", "Resident identity card.", "居民身份证"
    PASSPORT = "PASSPORT", "Passport.", "护照"
    HK_MO_PERMIT = (
        "HK_MO_PERMIT",
        "Mainland travel permit for Hong Kong and Macao residents.",
        "港澳居民来往内地通行证",
    )
    TW_PERMIT = (
        "TW_PERMIT",
        "Mainland travel permit for Taiwan residents.",
        "台湾居民来往大陆通行证",
    )
    HMT_RESIDENCE = (
        "HMT_RESIDENCE",
        "Residence permit for Hong Kong, Macao and Taiwan residents.",
        "港澳台居民居住证",
    )
    FOREIGN_PR = (
        "FOREIGN_PR",
        "Foreign permanent resident identity card.",
        "外国人永久居留身份证",
    )


class CertificationState(Choice):
    """Certification of an overseas degree; it takes time and is apart from having the degree.

    国(境)外学历学位认证状态
    """

    NONE = "NONE", "Not applied for.", "未申请"
    APPLIED = "APPLIED", "Applied for.", "已申请"
    CERTIFIED = "CERTIFIED", "Certified.", "已认证"
    REJECTED = "REJECTED", "Rejected.", "未通过"


class ConsentState(Choice):
    """Life of a consent: REQUESTED, GRANTED or DECLINED; GRANTED until WITHDRAWN or EXPIRED.

    同意状态
    """

    REQUESTED = "REQUESTED", "Asked for, not answered.", "待同意"
    GRANTED = "GRANTED", "Granted.", "已同意"
    DECLINED = "DECLINED", "Declined.", "已拒绝"
    WITHDRAWN = "WITHDRAWN", "Withdrawn by the person.", "已撤回"
    EXPIRED = "EXPIRED", "Ended by time.", "已到期"


@rule(Reason.BOUND, "a token of the person herself, or of a department")
def own_or_department(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """Departments see all rows, a talent her own; nobody else sees any."""
    match caller.audience:
        case Audience.DEPARTMENT:
            return True
        case Audience.TALENT if caller.has("talent"):
            return row.subject == caller.talent
        case _:
            return False


@rule(Reason.BOUND, "a token of the person herself")
def own(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """A talent's own rows."""
    return row.subject == caller.talent if caller.has("talent") else False


NEEDS_PURPOSE = (
    "a purpose: the header Hub-Purpose, one of the token's purposes, and not STATISTICS, "
    "which releases no person"
)


@rule(Reason.PURPOSE, NEEDS_PURPOSE)
def own_or_for_a_purpose(row: Row, caller: Caller) -> bool:  # noqa: ARG001  # the form of a rule
    """Departments read what concerns persons for a purpose; a talent needs none for her own."""
    return caller.audience is not Audience.DEPARTMENT or caller.has("purpose")


def duty(caller: Caller) -> Evidence:
    """Departments and the city's apps read under their statutory duty; the person needs none."""
    if caller.audience in (Audience.DEPARTMENT, Audience.INTERNAL):
        return Evidence(constant(LawfulBasis.STATUTORY_DUTY))
    return Evidence()
