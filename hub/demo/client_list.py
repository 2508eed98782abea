"""The demo clients as data: names, audiences, scopes and bounds, and nothing secret."""

from __future__ import annotations

from hub.demo.well_known import PARK_P1_ID, TALENT_ID
from hub.identity.clients.client import AuthMethod, ClientAudience, GrantType
from hub.identity.clients.enrol import Bounds, Registration
from hub.identity.people.new_person import NewPerson
from hub.identity.people.roles import (
    ARCHIVE,
    EVERYBODY,
    FINANCE,
    HUMAN_RESOURCES,
    OPERATOR,
    TALENT,
    Role,
)
from hub.model.codes import PurposeCode

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

_JOBS = (PurposeCode.JOB_MATCHING,)
_SERVICE = (PurposeCode.SERVICE_HANDLING,)

BACK = "http://127.0.0.1/back"
"""Where demo apps are sent back to: this machine, any port (RFC 8252, 7.3)."""

_BROWSER = (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN)

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
        grant_types=_BROWSER,
        redirect_uris=(BACK,),
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
        grant_types=_BROWSER,
        redirect_uris=(BACK,),
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
        grant_types=_BROWSER,
        redirect_uris=(BACK,),
        synthetic=True,
    ),
    "auditor": Registration(
        "auditor",
        "Auditor of the hub",
        "平台审计员",
        ClientAudience.ADMIN,
        AuthMethod.NONE,
        ("audit:read.all", "access:explain"),
        grant_types=_BROWSER,
        redirect_uris=(BACK,),
        synthetic=True,
    ),
    "admin": Registration(
        "admin",
        "Administrator of the hub",
        "平台管理员",
        ClientAudience.ADMIN,
        AuthMethod.NONE,
        ("admin:clients", "access:explain"),
        grant_types=_BROWSER,
        redirect_uris=(BACK,),
        synthetic=True,
    ),
    "park-app": Registration(
        "park-app",
        "App of the operators of parks",
        "园区运营应用",
        ClientAudience.OPERATOR,
        AuthMethod.NONE,
        OPERATOR,
        Bounds(purposes=(PurposeCode.PARK_SETTLEMENT,)),
        grant_types=_BROWSER,
        redirect_uris=(BACK,),
        synthetic=True,
    ),
    "officer-desk": Registration(
        "officer-desk",
        "Desk of the officers of departments",
        "部门经办工作台",
        ClientAudience.DEPARTMENT,
        AuthMethod.PRIVATE_KEY_JWT,
        HUMAN_RESOURCES,
        Bounds(purposes=_SERVICE),
        grant_types=_BROWSER,
        redirect_uris=(BACK,),
        dpop_bound=True,
        synthetic=True,
    ),
}

PEOPLE = {
    "hr": NewPerson(
        "rs-officer",
        Role.OFFICER,
        Bounds(departments=("nt-rsj",), purposes=(*_SERVICE, PurposeCode.STATISTICS)),
        synthetic=True,
    ),
    "officer-desk": NewPerson(
        "desk-officer",
        Role.OFFICER,
        Bounds(departments=("nt-rsj",), purposes=_SERVICE),
        synthetic=True,
    ),
    "finance": NewPerson(
        "cz-officer",
        Role.FINANCE_OFFICER,
        Bounds(departments=("nt-czj",), purposes=_SERVICE),
        synthetic=True,
    ),
    "talent": NewPerson("a-talent", Role.TALENT, Bounds(talent=TALENT_ID), synthetic=True),
    "auditor": NewPerson("an-auditor", Role.AUDITOR, synthetic=True),
    "admin": NewPerson("an-admin", Role.ADMINISTRATOR, synthetic=True),
    "park-app": NewPerson(
        "p1-operator",
        Role.OPERATOR,
        Bounds(parks=(PARK_P1_ID,), purposes=(PurposeCode.PARK_SETTLEMENT,)),
        synthetic=True,
    ),
}
"""Who signs in at the app of that short name."""
