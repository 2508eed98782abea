"""The demo clients as data: names, audiences, scopes and bounds, and nothing secret."""

from __future__ import annotations

from hub.demo.well_known import PARK_P1_ID, TALENT_ID
from hub.identity.clients.client import AuthMethod, ClientAudience
from hub.identity.clients.enrol import Bounds, Registration
from hub.model.codes import PurposeCode

EVERYBODY = (
    "reference:read",
    "opportunity:read",
    "event:read",
    "project:read.public",
    "park:read",
    "policy:read",
    "commitment:read",
)
"""What partner, operator, internal app, department and talent alike normally hold."""

PARTNER = (
    *EVERYBODY,
    "talent:read.basic",
    "talent:read.degree",
    "talent:read.contact",
    "event:write",
    "workspace:reserve",
    "service:read",
    "cooperation:read",
    "cooperation:write",
    "sync:pull",
)

OPERATOR = (
    *EVERYBODY,
    "park:read.relief",
    "park:write",
    "park:write.relief",
    "park:write.availability",
    "workspace:reserve",
)

INTERNAL = (
    *EVERYBODY,
    "talent:read.basic",
    "talent:read.degree",
    "talent:read.contact",
    "talent:write",
    "contact:read",
    "contact:write",
    "opportunity:write",
    "placement:read",
    "placement:write",
    "event:read.internal",
    "event:write",
    "workspace:reserve",
    "service:read",
    "service:write",
    "cooperation:read",
    "sync:pull",
    "export:run",
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

_JOBS = (PurposeCode.JOB_MATCHING,)
_SERVICE = (PurposeCode.SERVICE_HANDLING,)

CLIENTS = {
    "suzhou": Registration(
        "sz-hub",
        "Suzhou talent data platform",
        "苏州市人才数据平台",
        ClientAudience.PARTNER,
        AuthMethod.PRIVATE_KEY_JWT,
        PARTNER,
        Bounds(partner="320500", purposes=_JOBS),
        synthetic=True,
    ),
    "shanghai": Registration(
        "sh-hub",
        "Shanghai talent data platform",
        "上海市人才数据平台",
        ClientAudience.PARTNER,
        AuthMethod.PRIVATE_KEY_JWT,
        PARTNER,
        Bounds(partner="310000", purposes=_JOBS),
        synthetic=True,
    ),
    "park-operator": Registration(
        "park-operator",
        "System of the operator of park P1",
        "园区P1运营方系统",
        ClientAudience.OPERATOR,
        AuthMethod.CLIENT_SECRET_BASIC,
        OPERATOR,
        Bounds(parks=(PARK_P1_ID,), purposes=(PurposeCode.PARK_SETTLEMENT,)),
        synthetic=True,
    ),
    "cloud-platform": Registration(
        "cloud-platform",
        "Nantong Talent Introduction Cloud Platform",
        "南通人才引进云平台",
        ClientAudience.INTERNAL,
        AuthMethod.PRIVATE_KEY_JWT,
        INTERNAL,
        Bounds(purposes=_JOBS),
        synthetic=True,
    ),
    "archive-window": Registration(
        "archive-window",
        "Returnee Archive Window",
        "归国人才档案专窗",
        ClientAudience.DEPARTMENT,
        AuthMethod.PRIVATE_KEY_JWT,
        ARCHIVE,
        Bounds(departments=("nt-rsj",), purposes=_SERVICE),
        synthetic=True,
    ),
    "hr": Registration(
        "hr",
        "Officer of the Human Resources and Social Security Bureau",
        "市人社局经办人员",
        ClientAudience.DEPARTMENT,
        AuthMethod.NONE,
        HUMAN_RESOURCES,
        Bounds(departments=("nt-rsj",), purposes=(*_SERVICE, PurposeCode.STATISTICS)),
        synthetic=True,
    ),
    "finance": Registration(
        "finance",
        "Officer of the Finance Bureau",
        "市财政局经办人员",
        ClientAudience.DEPARTMENT,
        AuthMethod.NONE,
        FINANCE,
        Bounds(departments=("nt-czj",), purposes=_SERVICE),
        synthetic=True,
    ),
    "talent": Registration(
        "talent",
        "A talent in her own app",
        "人才本人",
        ClientAudience.TALENT,
        AuthMethod.NONE,
        TALENT,
        Bounds(talent=TALENT_ID),
        synthetic=True,
    ),
    "auditor": Registration(
        "auditor",
        "Auditor of the hub",
        "平台审计员",
        ClientAudience.ADMIN,
        AuthMethod.NONE,
        ("audit:read.all", "access:explain"),
        synthetic=True,
    ),
    "admin": Registration(
        "admin",
        "Administrator of the hub",
        "平台管理员",
        ClientAudience.ADMIN,
        AuthMethod.NONE,
        ("admin:clients", "access:explain"),
        synthetic=True,
    ),
}
