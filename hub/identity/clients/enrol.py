"""What may be registered: from what an administrator says to a `Client`, or what is wrong with it.

Whoever asks is told in the same words: a mutation in its `userErrors`, the command line as a
sentence, an import as a line for each fault.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
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
from hub.identity.clients.granting import about, for_itself, must_push, unfit
from hub.kit.user_errors import Invalid
from hub.model.codes import PurposeCode
from hub.model.types import Json, Visibility

NAME = re.compile(r"[a-z][a-z0-9-]{1,62}")
SCOPE = re.compile(r"[a-z]+:[a-z]+(\.[a-z]+)?")
WORDS = re.compile(r"\S(.{0,198}\S)?")
"""A name for people: 1 to 200 characters of one line."""


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
    pushed_requests: bool | None = None
    dpop_bound: bool = False
    resource_server: bool = False
    synthetic: bool = False

    def columns(self) -> dict[str, Any]:
        """As `Client` has them."""
        return {
            "client_id": self.client_id,
            "name_en": self.name_en,
            "name_zh": self.name_zh,
            "audience": self.audience,
            "token_endpoint_auth_method": self.method,
            "scopes": list(dict.fromkeys(self.scopes)),
            **self.bounds.columns(),
            "grant_types": list(dict.fromkeys(self.grant_types)),
            "redirect_uris": list(dict.fromkeys(self.redirect_uris)),
            "pushed_requests": bool(self.pushed_requests)
            or must_push(self.method, self.grant_types),
            "dpop_bound": self.dpop_bound,
            "resource_server": self.resource_server,
        }


def client(
    wanted: Registration,
    *,
    jwks: Any = None,
    jwks_uri: str | None = None,
    plain_secret: str | None = None,
    served: Collection[str] | None = None,
    state: ClientState = ClientState.ACTIVE,
) -> Client:
    """The client to file; raises Invalid for the first thing that is wrong with it.

    It is active at once unless told otherwise: whoever may use the command line is the one who
    approves.
    """
    has_secret = plain_secret is not None
    for fault in faults(wanted, jwks=jwks, jwks_uri=jwks_uri, has_secret=has_secret, served=served):
        raise fault
    return Client(
        **wanted.columns(),
        **key_columns(jwks, jwks_uri),
        state=state,
        generation=1,
        secret_hash=secret.hashed(plain_secret) if plain_secret is not None else None,
        synthetic=wanted.synthetic,
        visibility=Visibility.P2,
    )


def faults(
    wanted: Registration,
    *,
    jwks: Any,
    jwks_uri: str | None = None,
    has_secret: bool,
    served: Collection[str] | None,
) -> Iterator[Invalid]:
    """All that is wrong with a registration in itself, whatever the database has."""
    if not NAME.fullmatch(wanted.client_id):
        yield Invalid(
            f"{wanted.client_id!r} cannot be a client's name.",
            zh=f"{wanted.client_id!r} 不能作为应用标识",
            next_step="Use 2 to 63 lower-case letters, digits and hyphens, a letter first.",
            field=("clientId",),
        )
    yield from unworded(wanted.name_en, wanted.name_zh)
    yield from unserved(wanted.scopes, served)
    yield from unbound(
        wanted.audience, wanted.bounds.partner, wanted.bounds.talent, wanted.grant_types
    )
    yield from _unproved(wanted.method, jwks, jwks_uri, has_secret=has_secret)
    yield from unfit(
        wanted.method, wanted.grant_types, wanted.redirect_uris, pushed=wanted.pushed_requests
    )


def unworded(name_en: str, name_zh: str) -> Iterator[Invalid]:
    """Names that nobody could read in a list."""
    for which, name in (("nameEn", name_en), ("nameZh", name_zh)):
        if not WORDS.fullmatch(name) or not name.isprintable():
            yield Invalid(
                "A name has 1 to 200 characters, on one line.",
                zh="名称须为单行,1 至 200 个字符",
                field=(which,),
            )


def unserved(scopes: Collection[str], served: Collection[str] | None) -> Iterator[Invalid]:
    """Scopes that nothing in the hub asks for: a token with one would promise what nobody serves.

    `served` are those of the rooms that there are; None where they are not known, and only the
    form can be looked at.
    """
    for scope in scopes:
        if scope in served if served is not None else SCOPE.fullmatch(scope):
            continue
        near = [str(one) for one in difflib.get_close_matches(scope, sorted(served or ()), 3)]
        yield Invalid(
            f"No scope is called {scope!r}: none of the rooms has it.",
            zh=f"现有模块没有名为 {scope!r} 的权限范围",
            next_step=f"Did you mean {' or '.join(near)}?"
            if near
            else "Choose one of `scopes_supported` in the authorization server's metadata.",
            field=("scopes",),
            nearest=near,
        )


def unbound(
    audience: ClientAudience,
    partner: str | None,
    talent: Any,
    grant_types: Collection[GrantType],
) -> Iterator[Invalid]:
    """The bound without which a client of this audience could do nothing at all.

    Where people sign in at an app, the talent is whoever does.
    """
    needed = {
        ClientAudience.PARTNER: ("partner", "合作城市", partner),
        ClientAudience.TALENT: ("talentId", "人才", talent or not for_itself(grant_types)),
    }
    bound, zh, value = needed.get(audience, ("", "", True))
    if not value:
        yield Invalid(
            f"A client of the audience {audience} needs the bound {bound.removesuffix('Id')}.",
            zh=f"{audience.zh}类应用须指定管辖范围:{zh}",
            field=("bounds", bound),
        )


def key_columns(jwks: Any, jwks_uri: str | None) -> dict[str, Any]:
    """`jwks` and `jwks_uri` as they are to be kept; raises Invalid for what cannot serve."""
    with about("jwks"):
        keys = Json(client_keys.checked(jwks)) if jwks is not None else None
    with about("jwksUri"):
        url = client_keys.checked_url(jwks_uri) if jwks_uri is not None else None
    return {"jwks": keys, "jwks_uri": url}


def new_keys(jwks: Any, jwks_uri: str | None) -> dict[str, Any]:
    """The same for a client that has keys already: others, or the URL where they are."""
    for fault in _unproved(AuthMethod.PRIVATE_KEY_JWT, jwks, jwks_uri, has_secret=False):
        raise fault
    return key_columns(jwks, jwks_uri)


def _unproved(
    method: AuthMethod, jwks: Any, jwks_uri: str | None, *, has_secret: bool
) -> Iterator[Invalid]:
    sets = (jwks is not None) + (jwks_uri is not None)
    if sets != (method == AuthMethod.PRIVATE_KEY_JWT):
        yield Invalid(
            "Public keys are needed for private_key_jwt, and for nothing else: the keys "
            "themselves, or the URL where they are.",
            zh="仅 private_key_jwt 方式需要且必须提供公钥:公钥集或其地址,二者取一",
            field=("jwks",) if jwks is not None or jwks_uri is None else ("jwksUri",),
        )
    elif sets:
        try:
            key_columns(jwks, jwks_uri)
        except Invalid as fault:
            yield fault
    if (method == AuthMethod.CLIENT_SECRET_BASIC) != has_secret:
        yield Invalid(
            "A secret is needed for client_secret_basic, and for nothing else.",
            zh="仅 client_secret_basic 方式需要且必须有密钥",
            field=("clientSecret",),
        )
