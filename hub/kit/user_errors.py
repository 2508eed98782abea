"""Refusals of a change that the client can act on: data in the mutation's payload, not errors.

    HubError
    └── UserError               shown in `userErrors`; the change was rolled back whole
        ├── Conflict            the object has another version than the client knows
        ├── IllegalTransition   the state does not allow the move
        ├── Missing             the object does not exist for the caller (NOT_FOUND)
        ├── OutOfBounds         the object lies outside what the token may change
        ├── Invalid             a value breaks a rule that the schema cannot say
        ├── IdempotencyMismatch the key was used for something else
        ├── NotAvailable        the place is not open for reservations
        ├── OutsideHours        the workspace is closed in the period
        ├── SlotTaken           the seats are taken in the period
        ├── HasReservations     reservations stand in the way
        ├── AnotherInForce      an agreement of the kind is in force with this city already
        ├── AlreadyGranted      what is asked for is granted already
        ├── PurposeRefused      for this purpose nothing may be shared with that side
        ├── LawfulBasisRequired a person would be kept without a basis to do so
        └── AlreadyOnRecord     the person is on record under the same identity document

Each has a stable `code`, a sentence in both languages, the path of the input field that it is
about, the next step, and details for machines. Protocol and access faults are in `hub.kit.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.kit.errors import HubError


class UserError(HubError):
    """A change is refused; nothing of it was stored.

    `field` is the path below `input` that it is about; `shows` are fields of the payload to fill
    all the same, such as the object as it stands.
    """

    def __init__(
        self,
        message: str,
        *,
        zh: str,
        field: tuple[str, ...] = (),
        next_step: str | None = None,
        shows: Mapping[str, Any] | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, zh=zh, next_step=next_step, **details)
        self.field = field
        self.shows = shows or {}

    def shown(self) -> dict[str, Any]:
        """As the payload shows it."""
        return {
            "code": self.code,
            "message": self.message,
            "messageZh": self.zh,
            "field": list(self.field),
            "nextStep": self.next_step,
            "details": self.details,
        }


class Conflict(UserError):
    """The object has another version than the one expected: somebody else changed it."""

    code = "CONFLICT"
    zh = "版本冲突:对象已被他人修改"
    next_step = "Read the object again, and send its version if the change is still wanted."


class IllegalTransition(UserError):
    """The state of the object does not allow this move; the legal ones are named."""

    code = "ILLEGAL_TRANSITION"
    zh = "当前状态不允许此操作"
    next_step = "Choose one of the moves in `details.available`."


class Missing(UserError):
    """No such object exists for the caller."""

    code = "NOT_FOUND"
    zh = "对象不存在"
    next_step = "Check the id; an object that the token may not see counts as missing."


class OutOfBounds(UserError):
    """The object lies outside the bounds of the token, which may see it but not change it."""

    code = "OUT_OF_BOUNDS"
    zh = "超出令牌的管辖范围"
    next_step = "Change only what your token's bounds name, or have them widened."


class Invalid(UserError):
    """A value breaks a rule that the schema cannot say."""

    code = "INVALID"
    zh = "取值无效"
    next_step = "Correct the value as the message says."


class IdempotencyMismatch(UserError):
    """The idempotency key was used before for another input."""

    code = "IDEMPOTENCY_MISMATCH"
    zh = "幂等键已用于其他请求"
    next_step = "Take a new key for a new request; repeat a request with its very input."


class NotAvailable(UserError):
    """The workspace or its park takes no reservations just now."""

    code = "NOT_AVAILABLE"
    zh = "该场地当前不接受预订"
    next_step = "Choose a workspace that is AVAILABLE in a park that is OPEN."


class OutsideHours(UserError):
    """The workspace is closed in part of the period; the next free windows are named."""

    code = "OUTSIDE_HOURS"
    zh = "该时间段内场地不开放"
    next_step = "Take one of the windows in `details.nextFree`, or another workspace."


class SlotTaken(UserError):
    """Too few seats are free in the period; the next free windows are named."""

    code = "SLOT_TAKEN"
    zh = "该时间段已被占用"
    next_step = "Take one of the windows in `details.nextFree`, or another workspace."


class HasReservations(UserError):
    """Reservations stand in the way of the move; they are named."""

    code = "HAS_RESERVATIONS"
    zh = "存在未结束的预订"
    next_step = "Move them, or send `force: true` to cancel them."


class LawfulBasisRequired(UserError):
    """Something of a person would be kept without her consent or another lawful basis."""

    code = "LAWFUL_BASIS_REQUIRED"
    zh = "缺少个人同意凭证或其他合法性基础"
    next_step = "Send `consentEvidence`, or the other `lawfulBasis` on which it is kept."


class AlreadyOnRecord(UserError):
    """The person is on record already; who may see the record is told its id."""

    code = "ALREADY_ON_RECORD"
    zh = "该证件已登记"
    next_step = "Use the record in `details.existing`, or have a department look for it."


class AnotherInForce(UserError):
    """With this city another agreement that shares data is in force; there is one at a time."""

    code = "ANOTHER_IN_FORCE"
    zh = "与该城市已有生效的数据共享协议"
    next_step = "End or suspend the other agreement first."


class AlreadyGranted(UserError):
    """What is asked for is granted already; there is one at a time."""

    code = "ALREADY_GRANTED"
    zh = "已授予,不可重复"
    next_step = "Withdraw the one that is granted first, or leave it as it is."


class PurposeRefused(UserError):
    """For this purpose nothing may be shared with that side at all."""

    code = "PURPOSE_NOT_ALLOWED"
    zh = "不允许的用途"
    next_step = "Take one of the purposes in `details.allowed`."


def kinds(base: type[UserError] = UserError) -> list[type[UserError]]:
    """Every refusal that has a code of its own, by code."""
    below = [kind for child in base.__subclasses__() for kind in (child, *kinds(child))]
    return sorted(below, key=lambda kind: kind.code)
