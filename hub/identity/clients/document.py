"""A client as a JSON object with the names of RFC 7591, as it is exchanged in files.

    {"client_id": "sz-hub", "client_name": "Suzhou", "client_name#zh": "苏州市",
     "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [...]},
     "scope": "park:read talent:read.basic", "dpop_bound_access_tokens": true,
     "audience": "partner", "bounds": {"partner": "320500", "purposes": ["JOB_MATCHING"]}}

`audience`, `bounds` and `resource_server` are the hub's own, and RFC 9126 has
`require_pushed_authorization_requests`. Without `grant_types` it is client_credentials, or
authorization_code where there are `redirect_uris`. A member that nobody knows is a fault and not
passed over: it is most often a slip of the pen, and the right that it was to give or to bound would
silently be missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.identity.clients.bounds import Named
from hub.identity.clients.client import AuthMethod, Client, ClientAudience, GrantType
from hub.identity.clients.enrol import Registration
from hub.identity.clients.granting import usual_grants
from hub.identity.clients.members import Fault, Reader
from hub.kit.user_errors import Invalid
from hub.model.codes import PurposeCode

MEMBERS: Mapping[str, str] = {
    "client_id": "client_id",
    "name_en": "client_name",
    "name_zh": "client_name#zh",
    "audience": "audience",
    "token_endpoint_auth_method": "token_endpoint_auth_method",
    "secret_hash": "client_secret",
    "jwks": "jwks",
    "jwks_uri": "jwks_uri",
    "grant_types": "grant_types",
    "redirect_uris": "redirect_uris",
    "pushed_requests": "require_pushed_authorization_requests",
    "scopes": "scope",
    "dpop_bound": "dpop_bound_access_tokens",
    "resource_server": "resource_server",
    "partner": "bounds.partner",
    "parks": "bounds.parks",
    "departments": "bounds.departments",
    "purposes": "bounds.purposes",
    "talent": "bounds.talent",
}
"""Column of `Client` -> member of the object."""

PUSHED = MEMBERS["pushed_requests"]

_BOUNDS = ("partner", "parks", "departments", "purposes", "talent")
_KNOWN = (*(name for name in MEMBERS.values() if "." not in name), "bounds")
_PASSED_OVER = {
    *("client_uri", "logo_uri", "tos_uri", "policy_uri", "contacts", "response_types"),
    *("software_id", "software_version", "software_statement", "client_id_issued_at"),
    *("state", "city_kept_out", "version", "synthetic", "created_at", "updated_at"),
}
"""What RFC 7591 knows and the hub has no use for, and what `hub clients show` tells besides."""

_INPUT = {
    "clientId": "client_id",
    "nameEn": "client_name",
    "nameZh": "client_name#zh",
    "scopes": "scope",
    "clientSecret": "client_secret",
    "jwksUri": "jwks_uri",
    "grantTypes": "grant_types",
    "redirectUris": "redirect_uris",
    "pushedRequests": "require_pushed_authorization_requests",
    "bounds.parkIds": "bounds.parks",
    "bounds.talentId": "bounds.talent",
}
"""Path below `input` of the API -> member, where they differ."""


@dataclass(frozen=True)
class Entry:
    """One object of a file, as far as it can be read."""

    at: str
    registration: Registration
    bounds: Named
    jwks: Any = None
    jwks_uri: str | None = None
    secret: str | None = None
    faults: list[Fault] = field(default_factory=list)
    readable: bool = True
    """Whether it is an object at all."""

    def place(self, member: str = "") -> str:
        """Where a member stands, with the client's name for who reads it."""
        path = ".".join(filter(None, (self.at, member))) or "the object"
        name = self.registration.client_id
        return f"{path} ({name})" if name else path

    def blame(self, error: Invalid) -> Fault:
        """What a check found, at the member that it is about."""
        path = ".".join(error.field)
        return Fault(self.place(_INPUT.get(path, path)), error.message, error.next_step)


def written(client: Client) -> dict[str, Any]:
    """A client as such an object, without its secret; what it does not have is left out."""
    shown = {
        "client_id": client.client_id,
        "client_name": client.name_en,
        "client_name#zh": client.name_zh,
        "audience": str(client.audience).lower(),
        "token_endpoint_auth_method": AuthMethod(client.token_endpoint_auth_method).registered,
        "jwks": client.jwks,
        "jwks_uri": client.jwks_uri,
        "grant_types": [GrantType(one).registered for one in client.grant_types],
        "redirect_uris": list(client.redirect_uris),
        "require_pushed_authorization_requests": client.pushed_requests,
        "scope": " ".join(client.scopes),
        "dpop_bound_access_tokens": client.dpop_bound,
        "resource_server": client.resource_server,
        "bounds": client.bounds(),
    }
    return {name: value for name, value in shown.items() if value is not None}


def read(at: str, value: Any) -> Entry:
    """The client that an object describes; what is wrong with its members is in `faults`."""
    if not isinstance(value, dict):
        nobody = Registration("", "", "", ClientAudience.ADMIN, AuthMethod.NONE, ())
        fault = Fault(at or "the file", "Not a JSON object.", "Write a client as {...}.")
        return Entry(at, nobody, Named(), faults=[fault], readable=False)
    name = value.get("client_id")
    reader = Reader(at, value, name if isinstance(name, str) else "")
    inner = value.get("bounds") or {}
    bounds = Reader(".".join(filter(None, (at, "bounds"))), inner, reader.name, reader.faults)
    reader.refuse_unknown((*_KNOWN, *_PASSED_OVER, "client_secret_expires_at"))
    bounds.refuse_unknown(_BOUNDS)
    if value.get("client_secret_expires_at"):
        reader.blame("client_secret_expires_at", "Secrets do not expire here.", "Write 0.")
    method = reader.choice("token_endpoint_auth_method", AuthMethod, AuthMethod.CLIENT_SECRET_BASIC)
    registration = Registration(
        client_id=reader.text("client_id", needed=True) or "",
        name_en=reader.text("client_name", needed=True) or "",
        name_zh=reader.text("client_name#zh", needed=True) or "",
        audience=reader.choice("audience", ClientAudience) or ClientAudience.ADMIN,
        method=method or _method_meant(value),
        scopes=(reader.text("scope", needed=True) or "").split(),
        grant_types=_grant_types(reader),
        redirect_uris=reader.texts("redirect_uris"),
        pushed_requests=reader.flag(PUSHED) if PUSHED in value else None,
        dpop_bound=reader.flag("dpop_bound_access_tokens"),
        resource_server=reader.flag("resource_server"),
    )
    named = Named(
        partner=bounds.text("partner"),
        parks=bounds.texts("parks"),
        departments=bounds.texts("departments"),
        purposes=bounds.choices("purposes", PurposeCode),
        talent=bounds.text("talent"),
    )
    keys = value.get("jwks"), reader.text("jwks_uri")
    return Entry(at, registration, named, *keys, reader.secret(), reader.faults)


def _grant_types(reader: Reader) -> list[GrantType]:
    """What stands there; else what the redirect URIs are for, or a system's own name.

    RFC 7591 (2) takes authorization_code for what is left out, which is of no use without a
    redirect URI; most clients are systems that ask in their own name.
    """
    meant = usual_grants(reader.members.get("redirect_uris"))
    if reader.members.get("grant_types") is None:
        return meant
    faults = len(reader.faults)
    found = reader.choices("grant_types", GrantType, lower=True)
    return found if len(reader.faults) == faults else meant


def _method_meant(value: Mapping[str, Any]) -> AuthMethod:
    """What the credentials are for, so that they are not blamed for a method misspelt."""
    if value.get("jwks") is not None or value.get("jwks_uri") is not None:
        return AuthMethod.PRIVATE_KEY_JWT
    return AuthMethod.CLIENT_SECRET_BASIC if value.get("client_secret") else AuthMethod.NONE


def entries(value: Any) -> Iterator[Entry]:
    """The objects of a file: one, an array of them, or an array as `clients`."""
    if isinstance(value, dict) and "clients" in value:
        for member in value:
            if member != "clients":
                yield _stray(member)
        yield from _several("clients", value["clients"])
    elif isinstance(value, list):
        yield from _several("", value)
    else:
        yield read("", value)


def _several(at: str, values: Any) -> Iterator[Entry]:
    if not isinstance(values, list):
        yield read(at, None)
        return
    for number, value in enumerate(values):
        yield read(f"{at}[{number}]", value)


def _stray(member: str) -> Entry:
    entry = read(member, None)
    step = "Leave it out: clients stand in `clients`."
    return Entry(
        member,
        entry.registration,
        entry.bounds,
        faults=[Fault(member, "No member is called so beside `clients`.", step)],
        readable=False,
    )
