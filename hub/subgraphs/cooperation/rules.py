"""Scopes, closed lists and row rules of the cooperation room."""

from __future__ import annotations

import re
from enum import StrEnum

from sqlalchemy import ColumnElement, any_

from hub.kit.user_errors import Invalid
from hub.model.access import Audience, Caller, Reason, Row, rule
from hub.model.types import Choice


class Scope(StrEnum):
    """`resource:action`, as in the catalogue; no scope implies another."""

    commitment_read = "commitment:read"
    cooperation_read = "cooperation:read"
    cooperation_write = "cooperation:write"
    matter_read = "matter:read"
    matter_write = "matter:write"
    reference_read = "reference:read"


class DivisionLevel(Choice):
    """Level of a division by GB/T 2260. 行政区划级别"""

    PROVINCE = "PROVINCE", "Province or municipality.", "省级"
    PREFECTURE = "PREFECTURE", "Prefecture-level city.", "地级"
    COUNTY = "COUNTY", "District, county or county-level city.", "县级"


class OrganisationKind(Choice):
    """What an organisation is. 机构类型"""

    DEPARTMENT = "DEPARTMENT", "Department of the government.", "政府部门"
    PARTY_ORGAN = "PARTY_ORGAN", "Organ of the Party or a mass organisation.", "党群机关"
    UNIVERSITY = "UNIVERSITY", "University or college.", "高等院校"
    ENTERPRISE = "ENTERPRISE", "Enterprise.", "企业"
    PUBLIC_INSTITUTION = "PUBLIC_INSTITUTION", "Public institution.", "事业单位"
    OPERATOR = "OPERATOR", "Operator of parks.", "园区运营机构"
    OTHER = "OTHER", "Anything else.", "其他"


class AgreementKind(Choice):
    """What an agreement is about. 协议类型"""

    UNIVERSITY = "UNIVERSITY", "Strategic cooperation with a university.", "校地合作"
    CITY = "CITY", "Cooperation between cities.", "城市合作"
    DATA_SHARING = "DATA_SHARING", "Sharing personal data with a partner city.", "数据共享"
    OTHER = "OTHER", "Anything else.", "其他"


class AgreementState(Choice):
    """Life of an agreement: DRAFT, SIGNED, IN_FORCE and back from SUSPENDED, then an end.

    协议状态
    """

    DRAFT = "DRAFT", "Being drawn up.", "起草"
    SIGNED = "SIGNED", "Signed by both sides, not yet in force.", "已签署"
    IN_FORCE = "IN_FORCE", "In force.", "生效"
    SUSPENDED = "SUSPENDED", "Suspended; nothing is released under it.", "中止"
    EXPIRED = "EXPIRED", "Ended by time.", "到期"
    TERMINATED = "TERMINATED", "Ended by one of the sides.", "终止"


class Side(Choice):
    """One of the two sides of what is agreed. 合作方"""

    OWN = "OWN", "Nantong.", "我方"
    OTHER = "OTHER", "The other side.", "对方"


class PlacementKind(Choice):
    """What a university places in Nantong. 落地内容"""

    DISCIPLINE = "DISCIPLINE", "A discipline.", "学科"
    TEAM = "TEAM", "A research team.", "研究团队"
    RESULT = "RESULT", "A research result.", "科研成果"


class EnclaveState(Choice):
    """Life of an enclave: PROPOSED, AGREED by both, ACTIVE and back from PAUSED, CLOSED.

    飞地状态
    """

    PROPOSED = "PROPOSED", "Proposed by one city.", "已提议"
    AGREED = "AGREED", "Accepted by the other city.", "已达成"
    ACTIVE = "ACTIVE", "At work.", "运行"
    PAUSED = "PAUSED", "Paused.", "暂停"
    CLOSED = "CLOSED", "Closed.", "关闭"


class ResultState(Choice):
    """Life of a result of an enclave; it counts when it is CONFIRMED. 成果状态"""

    PENDING = "PENDING", "Reported by one city, not yet looked at by the other.", "待确认"
    CONFIRMED = "CONFIRMED", "Confirmed by the other city.", "已确认"
    DISPUTED = "DISPUTED", "Disputed by the other city.", "有异议"


class ResultKind(Choice):
    """What an enclave brought about. 成果类型"""

    TALENT = "TALENT", "People who came.", "引进人才"
    PROJECT = "PROJECT", "Projects incubated.", "孵化项目"
    EVENT = "EVENT", "Events held together.", "联合活动"
    POST = "POST", "Posts developed.", "开发岗位"


class ChainPart(Choice):
    """Part of an organisation in an industry chain. 链上角色"""

    LEADER = "LEADER", "Leads the chain.", "链主"
    MEMBER = "MEMBER", "Belongs to the chain.", "链上企业"


class MatterState(Choice):
    """Life of a matter of the working group. 事项状态"""

    OPEN = "OPEN", "Assigned, not answered.", "待答复"
    ANSWERED = "ANSWERED", "Answered.", "已答复"


NANTONG = "320600"

PARTY = "a token of a department, or of the partner city that is a party to it"


@rule(Reason.BOUND, PARTY)
def party(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """What two sides agree on is changed by each of them: departments for Nantong."""
    match caller.audience:
        case Audience.DEPARTMENT:
            return True
        case Audience.PARTNER if caller.has("partner"):
            return row.partner_code == caller.partner
        case _:
            return False


@rule(Reason.BOUND, "a token of a department")
def department(row: Row, caller: Caller) -> bool:  # noqa: ARG001  # the form of a condition
    """Some moves are for departments alone."""
    return caller.audience is Audience.DEPARTMENT


@rule(Reason.BOUND, "a token of a department")
def inside(row: Row, caller: Caller) -> bool:  # noqa: ARG001  # the form of a condition
    """What departments settle among themselves exists for them and the administrators only."""
    return caller.audience in (Audience.DEPARTMENT, Audience.ADMIN)


@rule(Reason.BOUND, "a token of the department that it is assigned to")
def assigned(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """A matter is answered by the department that it was given to."""
    if caller.audience is not Audience.DEPARTMENT or not caller.has("departments"):
        return False
    return row.assigned_to_key == any_(caller.departments)


@rule(Reason.BOUND, "a token of the partner city that is a party to it")
def own_placement(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """What was placed under an agreement is seen by who sees the agreement."""
    match caller.audience:
        case Audience.PARTNER if caller.has("partner"):
            agreements = caller.registry.nouns["Agreement"].table
            agreement = caller.look_up(
                "agreement", agreements, lambda agreement: agreement.id == row.agreement_id
            )
            return agreement.partner_code == caller.partner
        case Audience.DEPARTMENT | Audience.INTERNAL | Audience.ADMIN:
            return True
        case _:
            return False


@rule(Reason.BOUND, "a token of the partner city that is a party to it")
def own_agreement(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """A partner city sees the agreements that it is a party to, the city's own apps see all."""
    match caller.audience:
        case Audience.PARTNER if caller.has("partner"):
            return row.partner_code == caller.partner
        case Audience.DEPARTMENT | Audience.INTERNAL | Audience.ADMIN:
            return True
        case _:
            return False


def check_key(key: str) -> None:
    """Raise Invalid for what is no short key, as people write it into queries."""
    if re.fullmatch("[a-z0-9-]{1,40}", key) is None:
        raise Invalid(
            "A key has 1 to 40 small letters, digits and hyphens.",
            zh="标识须为 1 至 40 个小写字母、数字或连字符",
            field=("key",),
        )
