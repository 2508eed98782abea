"""Closed lists and row rules of contacts: who may know of them, and who looks after which."""

from __future__ import annotations

from sqlalchemy import ColumnElement, any_

from hub.model.access import Audience, Caller, Reason, Row, rule
from hub.model.types import Choice
from hub.subgraphs.talent.rules import NEEDS_PURPOSE


class ContactState(Choice):
    """Life of a contact: MET, CONSENTED, IN_TOUCH, INTERESTED, ARRIVED; DORMANT and FORGOTTEN.

    接触人才状态
    """

    MET = "MET", "Met; kept on another basis than consent.", "已接触"
    CONSENTED = "CONSENTED", "Consented to be followed up.", "已同意跟踪"
    IN_TOUCH = "IN_TOUCH", "In touch with the city.", "联系中"
    INTERESTED = "INTERESTED", "Interested in coming.", "有意向"
    ARRIVED = "ARRIVED", "Arrived: a talent of the city.", "已落地"
    DORMANT = "DORMANT", "Not followed up any more.", "已搁置"
    FORGOTTEN = "FORGOTTEN", "Everything personal was erased; the row counts.", "已删除个人信息"


class FollowUpChannel(Choice):
    """How somebody was followed up. 跟踪方式"""

    PHONE = "PHONE", "By phone.", "电话"
    EMAIL = "EMAIL", "By e-mail.", "电子邮件"
    MESSAGE = "MESSAGE", "By a message.", "即时消息"
    MEETING = "MEETING", "In a meeting.", "面谈"
    EVENT = "EVENT", "At another event.", "活动"
    OTHER = "OTHER", "Another way.", "其他"


CITY = (Audience.DEPARTMENT, Audience.INTERNAL)


@rule(Reason.BOUND, "a token of a department or of an app of the city")
def city_only(row: Row, caller: Caller) -> bool:  # noqa: ARG001  # the form of a condition
    """Contacts exist for departments and the city's apps; nobody else hears of any."""
    return caller.audience in CITY


@rule(Reason.PURPOSE, NEEDS_PURPOSE)
def for_a_purpose(row: Row, caller: Caller) -> bool:  # noqa: ARG001  # the form of a condition
    """Who reads what concerns a person says what for."""
    return caller.audience not in CITY or caller.has("purpose")


@rule(Reason.BOUND, "a token of the department that looks after the contact, or of an app of all")
def looks_after(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """A contact is followed up by its owner; an app that is bound to no department acts for all."""
    if caller.audience not in CITY:
        return False
    if caller.has("departments"):
        return row.owner_org_key == any_(caller.departments)
    return caller.audience is Audience.INTERNAL
