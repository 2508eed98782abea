"""What may be registered: from what an administrator says to a `Client`, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hub.identity.clients import client_keys, secret
from hub.identity.clients.client import (
    AuthMethod,
    Client,
    ClientAudience,
    ClientState,
    GrantType,
)
from hub.identity.clients.redirects import check_redirect
from hub.kit.errors import BadUserInput
from hub.model.codes import PurposeCode
from hub.model.types import Json, Visibility

NAME = re.compile(r"[a-z][a-z0-9-]{1,62}")
SCOPE = re.compile(r"[a-z]+:[a-z]+(\.[a-z]+)?")


@dataclass(frozen=True)
class Bounds:
    """Whose data a client may touch, beside what its scopes say (handbook 2.5)."""

    partner: str | None = None
    parks: Sequence[UUID] = ()
    departments: Sequence[str] = ()
    purposes: Sequence[PurposeCode] = ()
    talent: UUID | None = None

    def columns(self) -> dict[str, Any]:
        """As `Client` has them."""
        return {
            "partner": self.partner,
            "parks": list(self.parks),
            "departments": list(self.departments),
            "purposes": list(self.purposes),
            "talent": self.talent,
        }


@dataclass(frozen=True)
class Registration:
    """What an administrator says about a new client."""

    client_id: str
    name_en: str
    name_zh: str
    audience: ClientAudience
    method: AuthMethod
    scopes: Sequence[str]
    bounds: Bounds = field(default_factory=Bounds)
    grant_types: Sequence[GrantType] = (GrantType.CLIENT_CREDENTIALS,)
    redirect_uris: Sequence[str] = ()
    pushed_requests: bool = False
    dpop_bound: bool = False
    resource_server: bool = False
    synthetic: bool = False


def client(
    wanted: Registration,
    *,
    jwks: Any = None,
    jwks_uri: str | None = None,
    plain_secret: str | None = None,
) -> Client:
    """The client to file, active at once: who may use the command line is the one who approves."""
    _check(wanted, (jwks is not None) + (jwks_uri is not None), plain_secret)
    return Client(
        client_id=wanted.client_id,
        name_en=wanted.name_en,
        name_zh=wanted.name_zh,
        audience=wanted.audience,
        state=ClientState.ACTIVE,
        token_endpoint_auth_method=wanted.method,
        scopes=list(wanted.scopes),
        **wanted.bounds.columns(),
        grant_types=list(wanted.grant_types),
        redirect_uris=list(wanted.redirect_uris),
        pushed_requests=wanted.pushed_requests or _must_push(wanted),
        dpop_bound=wanted.dpop_bound,
        resource_server=wanted.resource_server,
        jwks=Json(client_keys.checked(jwks)) if jwks is not None else None,
        jwks_uri=client_keys.checked_url(jwks_uri) if jwks_uri is not None else None,
        secret_hash=secret.hashed(plain_secret) if plain_secret is not None else None,
        synthetic=wanted.synthetic,
        visibility=Visibility.P2,
    )


def _check(wanted: Registration, key_sets: int, plain_secret: str | None) -> None:
    if not NAME.fullmatch(wanted.client_id):
        raise BadUserInput(
            f"{wanted.client_id!r} cannot be a client's name.",
            next_step="Use 2 to 63 lower-case letters, digits and hyphens, a letter first.",
        )
    if wrong := [scope for scope in wanted.scopes if not SCOPE.fullmatch(scope)]:
        raise BadUserInput(f"No scope is called {wrong[0]!r}: they read resource:action[.group].")
    needed = {
        ClientAudience.PARTNER: ("partner", wanted.bounds.partner),
        ClientAudience.TALENT: ("talent", wanted.bounds.talent or not _for_itself(wanted)),
    }
    bound, value = needed.get(wanted.audience, ("", True))
    if not value:
        raise BadUserInput(f"A client of the audience {wanted.audience} needs the bound {bound}.")
    if key_sets != (wanted.method == AuthMethod.PRIVATE_KEY_JWT):
        raise BadUserInput(
            "Public keys are needed for private_key_jwt, and for nothing else: the keys "
            "themselves, or the URL where they are."
        )
    if (wanted.method == AuthMethod.CLIENT_SECRET_BASIC) != (plain_secret is not None):
        raise BadUserInput("A secret is needed for client_secret_basic, and for nothing else.")
    _check_grants(wanted)


def _check_grants(wanted: Registration) -> None:
    for uri in wanted.redirect_uris:
        check_redirect(uri)
    browser = GrantType.AUTHORIZATION_CODE in wanted.grant_types
    if not wanted.grant_types:
        raise BadUserInput("A client needs a grant type: client_credentials, authorization_code.")
    if browser != bool(wanted.redirect_uris):
        raise BadUserInput(
            "Redirect URIs are needed for the authorization code, and for nothing else."
        )
    if GrantType.REFRESH_TOKEN in wanted.grant_types and not browser:
        raise BadUserInput("Refresh tokens come with the authorization code only.")
    if _for_itself(wanted) and wanted.method == AuthMethod.NONE:
        raise BadUserInput(
            "A client without credentials cannot use client_credentials.",
            next_step="Register it for authorization_code, with its redirect URIs.",
        )


def _for_itself(wanted: Registration) -> bool:
    return GrantType.CLIENT_CREDENTIALS in wanted.grant_types


def _must_push(wanted: Registration) -> bool:
    """FAPI 2.0, 5.3.2.2: what a confidential client asks for does not travel through a browser."""
    return GrantType.AUTHORIZATION_CODE in wanted.grant_types and wanted.method != AuthMethod.NONE
