"""Scopes, closed lists and row rules of the park room."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement, any_, or_

from hub.model.access import Audience, Caller, Reason, Row, constant, rule
from hub.model.types import Choice


class Scope(StrEnum):
    """`resource:action` or `resource:action.group`; no scope implies another."""

    park_approve = "park:approve"
    park_read = "park:read"
    park_read_relief = "park:read.relief"
    park_write = "park:write"
    park_write_availability = "park:write.availability"
    park_write_relief = "park:write.relief"
    workspace_reserve = "workspace:reserve"


class ZoneKind(Choice):
    """Standing of a development zone. 开发区类型"""

    NATIONAL_ETDZ = (
        "NATIONAL_ETDZ",
        "National economic and technological development zone.",
        "国家级经济技术开发区",
    )
    HIGH_TECH = "HIGH_TECH", "High-tech industrial development zone.", "高新技术产业开发区"
    PROVINCIAL = "PROVINCIAL", "Development zone of the province.", "省级开发区"
    OTHER = "OTHER", "Anything else.", "其他"


class ParkKind(Choice):
    """What a park is for. 园区类型"""

    RETURNEE_PARK = "RETURNEE_PARK", "Park for returned talent.", "归国人才园区"
    INCUBATOR = "INCUBATOR", "Incubator.", "孵化器"
    ENCLAVE = "ENCLAVE", "Enclave of or in another city.", "飞地"
    OTHER = "OTHER", "Anything else.", "其他"


class ParkState(Choice):
    """Life of a park: PROPOSED, APPROVED or REJECTED, OPEN and back from SUSPENDED, CLOSED.

    园区状态
    """

    PROPOSED = "PROPOSED", "Proposed by its operator.", "申报"
    APPROVED = "APPROVED", "Approved, not open yet.", "已批准"
    OPEN = "OPEN", "Open.", "开放"
    SUSPENDED = "SUSPENDED", "Suspended.", "暂停"
    CLOSED = "CLOSED", "Closed.", "关闭"
    REJECTED = "REJECTED", "Rejected.", "未批准"


class CoordinateSystem(Choice):
    """In which system a coordinate is given; Chinese maps use GCJ02. 坐标系"""

    GCJ02 = "GCJ02", "The system of Chinese maps.", "国测局坐标系"
    WGS84 = "WGS84", "The system of satellite navigation.", "世界大地坐标系"
    CGCS2000 = "CGCS2000", "China Geodetic Coordinate System 2000.", "2000 国家大地坐标系"


class WorkspaceKind(Choice):
    """What a workspace is. 场地类型"""

    DESK = "DESK", "A single desk.", "工位"
    OFFICE = "OFFICE", "Office.", "办公室"
    MEETING_ROOM = "MEETING_ROOM", "Meeting room.", "会议室"
    LAB = "LAB", "Laboratory.", "实验室"
    BENCH = "BENCH", "Bench in a shared laboratory.", "实验台"


class BookingUnit(Choice):
    """For how long a workspace is let out at least, and what its price is for. 预订单位"""

    HOUR = "HOUR", "An hour.", "小时"
    DAY = "DAY", "A day.", "天"
    MONTH = "MONTH", "A month.", "月"


class WorkspaceState(Choice):
    """Life of a workspace: DRAFT, AVAILABLE and back from OUT_OF_SERVICE, RETIRED. 场地状态"""

    DRAFT = "DRAFT", "Not offered yet.", "草稿"
    AVAILABLE = "AVAILABLE", "Offered.", "可预订"
    OUT_OF_SERVICE = "OUT_OF_SERVICE", "Out of service for a time.", "停用"
    RETIRED = "RETIRED", "No longer offered.", "退出"


class ReservationState(Choice):
    """Life of a reservation; HELD, CONFIRMED and CHECKED_IN occupy the space. 预订状态"""

    HELD = "HELD", "Held until a moment, to be confirmed.", "预留"
    CONFIRMED = "CONFIRMED", "Confirmed.", "已确认"
    CHECKED_IN = "CHECKED_IN", "The holder is there.", "已入驻"
    COMPLETED = "COMPLETED", "Over.", "已结束"
    EXPIRED = "EXPIRED", "The hold ran out.", "预留失效"
    CANCELLED = "CANCELLED", "Cancelled.", "已取消"
    NO_SHOW = "NO_SHOW", "The holder did not come.", "未到场"


class SeriesState(Choice):
    """Life of a series of reservations, each of which has a life of its own. 周期预订状态"""

    HELD = "HELD", "Held until a moment, to be confirmed.", "预留"
    CONFIRMED = "CONFIRMED", "Confirmed.", "已确认"
    CANCELLED = "CANCELLED", "Cancelled, as far as it lay ahead.", "已取消"
    EXPIRED = "EXPIRED", "The holds ran out.", "预留失效"


class ObservationSource(Choice):
    """From where a number of free seats is known. 空闲数据来源"""

    RESERVATIONS = "RESERVATIONS", "Counted from the hub's own reservations.", "由预订推算"
    OPERATOR = "OPERATOR", "Reported by the park's operator.", "运营方上报"
    SENSOR = "SENSOR", "Reported by a sensor.", "传感器上报"


class CancelReason(Choice):
    """Why a reservation was cancelled. 取消原因"""

    HOLDER = "HOLDER", "By who asked for it, or who holds it.", "申请方或持有人取消"
    OPERATOR = "OPERATOR", "By the park's operator.", "运营方取消"
    OUT_OF_SERVICE = "OUT_OF_SERVICE", "The workspace went out of service.", "场地停用"
    RETIRED = "RETIRED", "The workspace is no longer offered.", "场地退出"
    CLOSED = "CLOSED", "The workspace is closed at that time.", "该时段场地关闭"
    PARK_CLOSED = "PARK_CLOSED", "The park was closed.", "园区关闭"


class Weekday(Choice):
    """A day of the week, as iCalendar writes it (RFC 5545, 3.3.10). 星期"""

    MO = "MO", "Monday.", "星期一"
    TU = "TU", "Tuesday.", "星期二"
    WE = "WE", "Wednesday.", "星期三"
    TH = "TH", "Thursday.", "星期四"
    FR = "FR", "Friday.", "星期五"
    SA = "SA", "Saturday.", "星期六"
    SU = "SU", "Sunday.", "星期日"


class BlockReason(Choice):
    """Why a workspace is closed for a time. 关闭原因"""

    MAINTENANCE = "MAINTENANCE", "Maintenance or repair.", "维护维修"
    EVENT = "EVENT", "An event takes the place.", "活动占用"
    HOLIDAY = "HOLIDAY", "A holiday.", "节假日"
    OTHER = "OTHER", "Anything else.", "其他"


class BlockState(Choice):
    """Life of a block. 关闭时段状态"""

    SET = "SET", "The workspace is closed for the period.", "生效"
    LIFTED = "LIFTED", "Taken back; it closes nothing.", "已解除"


class CarrierKind(Choice):
    """What a carrier is. 载体类型"""

    POSTDOC = "POSTDOC", "Post-doctoral station, workstation or practice base.", "博士后载体"
    DEMONSTRATION_BASE = (
        "DEMONSTRATION_BASE",
        "Demonstration base for the innovation of returned talent.",
        "留学回国创新创业示范基地",
    )


class CarrierLevel(Choice):
    """By whom a carrier is recognised. 载体级别"""

    NATIONAL = "NATIONAL", "By the state.", "国家级"
    PROVINCIAL = "PROVINCIAL", "By the province.", "省级"
    MUNICIPAL = "MUNICIPAL", "By the city.", "市级"


class ReliefKind(Choice):
    """Whether a fee is reduced or waived. 减免方式"""

    REDUCTION = "REDUCTION", "A part of it is not taken.", "减收"
    WAIVER = "WAIVER", "None of it is taken.", "免收"


class ReliefState(Choice):
    """Life of a fee relief. 减免状态"""

    GRANTED = "GRANTED", "Granted.", "已办理"
    REVOKED = "REVOKED", "Taken back.", "已撤销"


OCCUPYING = (ReservationState.HELD, ReservationState.CONFIRMED, ReservationState.CHECKED_IN)
UNPUBLISHED = (ParkState.PROPOSED, ParkState.REJECTED)


@rule(Reason.VISIBILITY, "a token of its operator or of a department")
def published_park(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """A park that is proposed or rejected exists for its operator and the departments only."""
    return _seen_by_its_own(caller, row.id, row.state.not_in(map(constant, UNPUBLISHED)))


@rule(Reason.VISIBILITY, "a token of its operator or of a department")
def offered_workspace(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """A workspace in draft exists for the park's operator and the departments only."""
    return _seen_by_its_own(caller, row.park_id, row.state != constant(WorkspaceState.DRAFT))


def _seen_by_its_own(
    caller: Caller, park: ColumnElement[object], public: ColumnElement[bool]
) -> ColumnElement[bool] | bool:
    match caller.audience:
        case Audience.DEPARTMENT | Audience.ADMIN:
            return True
        case Audience.OPERATOR if caller.has("parks"):
            return or_(public, park == any_(caller.parks))
        case _:
            return public


@rule(Reason.BOUND, "a token of the park's operator or of a department")
def operated(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """What belongs to a park is its operator's, and the departments' (handbook 2.7, rule 9)."""
    match caller.audience:
        case Audience.DEPARTMENT | Audience.ADMIN:
            return True
        case Audience.OPERATOR if caller.has("parks"):
            return row.park_id == any_(caller.parks)
        case _:
            return False


@rule(Reason.BOUND, "a token of its operator or of a department")
def own_park(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """The same of the park itself."""
    match caller.audience:
        case Audience.DEPARTMENT | Audience.ADMIN:
            return True
        case Audience.OPERATOR if caller.has("parks"):
            return row.id == any_(caller.parks)
        case _:
            return False


@rule(Reason.BOUND, "a token of a department")
def by_department(row: Row, caller: Caller) -> ColumnElement[bool] | bool:  # noqa: ARG001  # the form of a rule
    """What departments decide, nobody else does."""
    return caller.audience in (Audience.DEPARTMENT, Audience.ADMIN)


@rule(Reason.BOUND, "a token that names its park")
def reservable(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """Whoever may reserve may do so anywhere, a park's operator in her own parks only."""
    if caller.audience is not Audience.OPERATOR:
        return True
    return row.park_id == any_(caller.parks) if caller.has("parks") else False


@rule(Reason.BOUND, "a token of the park's operator, of the holder or of who asked for it")
def own_reservation(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """A reservation exists for the park's operator, its holder, and who asked for it."""
    match caller.audience:
        case Audience.OPERATOR if caller.has("parks"):
            return row.park_id == any_(caller.parks)
        case Audience.PARTNER if caller.has("partner"):
            return row.partner_code == caller.partner
        case Audience.INTERNAL:
            return row.requested_by == caller.client
        case Audience.TALENT if caller.has("talent"):
            return row.holder_talent_id == caller.talent
        case _:
            return False
