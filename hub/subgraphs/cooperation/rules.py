"""Scopes, closed lists and row rules of the cooperation room."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement

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
