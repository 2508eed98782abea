"""What a person may be to the hub: the role decides audience, scopes, and which bounds she needs.

The scopes are those that the handbook, 2.5 names as normally held by each kind of caller. A token
carries a scope only when the app asked for it, the app holds it, and the person's role holds it.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.identity.clients.client import ClientAudience
from hub.model.types import Choice

EVERYBODY = (
    "reference:read",
    "opportunity:read",
    "event:read",
    "project:read.public",
    "park:read",
    "policy:read",
    "commitment:read",
)
"""What every kind of caller normally holds."""

OPERATOR = (
    *EVERYBODY,
    "park:read.relief",
    "park:write",
    "park:write.relief",
    "park:write.availability",
    "workspace:reserve",
)

TALENT = (
    *EVERYBODY,
    "talent:read.basic",
    "talent:read.degree",
    "talent:read.contact",
    "talent:read.identity",
    "talent:write",
    "consent:read",
    "consent:write",
    "placement:read",
    "project:apply",
    "workspace:reserve",
    "benefit:apply",
    "service:read",
    "case:write",
    "fastlane:request",
    "archive:read.index",
    "archive:write.transfer",
    "stay:request",
    "apartment:apply",
    "audit:read.self",
)

HUMAN_RESOURCES = (
    *EVERYBODY,
    "talent:read.basic",
    "talent:read.degree",
    "talent:read.contact",
    "talent:read.identity",
    "talent:write",
    "consent:read",
    "contact:read",
    "contact:write",
    "opportunity:write",
    "opportunity:review",
    "placement:read",
    "placement:write",
    "event:read.internal",
    "event:write",
    "project:read.full",
    "project:write",
    "project:review",
    "park:read.relief",
    "park:approve",
    "policy:write",
    "benefit:decide",
    "service:read",
    "service:write",
    "case:handle",
    "stay:manage",
    "cooperation:read",
    "cooperation:write",
    "matter:read",
    "matter:write",
    "export:run",
    "access:explain",
)

FINANCE = (
    *EVERYBODY,
    "project:read.full",
    "project:award",
    "project:disburse",
    "park:read.relief",
    "benefit:pay",
    "cooperation:read",
    "matter:read",
    "matter:write",
    "export:run",
)

ARCHIVE = (
    *EVERYBODY,
    "talent:read.basic",
    "talent:read.identity",
    "service:read",
    "case:handle",
    "archive:read.index",
    "archive:handle.transfer",
)


class Role(Choice):
    """What a person is to the hub. 人员角色"""

    OPERATOR = "OPERATOR", "Runs parks and keeps their availability true.", "园区运营人员"
    OFFICER = "OFFICER", "Officer for human resources of a department.", "部门人才工作经办人员"
    FINANCE_OFFICER = "FINANCE_OFFICER", "Officer for finance of a department.", "财政经办人员"
    ARCHIVE_OFFICER = "ARCHIVE_OFFICER", "Officer of the archive window.", "档案专窗经办人员"
    TALENT = "TALENT", "A talent herself.", "人才本人"
    AUDITOR = "AUDITOR", "Auditor of the hub.", "平台审计员"
    ADMINISTRATOR = "ADMINISTRATOR", "Administrator of the hub.", "平台管理员"

    @property
    def rights(self) -> Rights:
        """What goes with the role."""
        return RIGHTS[self]


@dataclass(frozen=True)
class Rights:
    """What goes with a role.

    `needs` is the bound without which a person of the role would see or change nothing;
    `second_factor` says that a password alone is not enough for somebody who is invited.
    """

    audience: ClientAudience
    scopes: tuple[str, ...]
    needs: str | None = None
    second_factor: bool = True


RIGHTS: dict[Role, Rights] = {
    Role.OPERATOR: Rights(ClientAudience.OPERATOR, OPERATOR, "parks", second_factor=False),
    Role.OFFICER: Rights(ClientAudience.DEPARTMENT, HUMAN_RESOURCES, "departments"),
    Role.FINANCE_OFFICER: Rights(ClientAudience.DEPARTMENT, FINANCE, "departments"),
    Role.ARCHIVE_OFFICER: Rights(ClientAudience.DEPARTMENT, ARCHIVE, "departments"),
    Role.TALENT: Rights(ClientAudience.TALENT, TALENT, "talent", second_factor=False),
    Role.AUDITOR: Rights(ClientAudience.ADMIN, ("audit:read.all", "access:explain")),
    Role.ADMINISTRATOR: Rights(ClientAudience.ADMIN, ("admin:clients", "access:explain")),
}
