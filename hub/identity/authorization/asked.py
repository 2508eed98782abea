"""An authorization request, read strictly (RFC 6749, 4.1.1; RFC 7636; RFC 8707; RFC 9449, 10).

Until client and redirect URI are known to fit, a refusal stays here, on a page of ours; from then
on it is the app that is told, by a redirect that names the issuer (RFC 9207).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import urlencode, urlsplit

from hub.identity.clients import redirects
from hub.identity.clients.client import Client, GrantType
from hub.identity.errors import (
    InvalidRequest,
    OAuthError,
    RequestNotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from hub.identity.grants.granted import purposes_asked, resource_asked, scopes_asked

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
THUMBPRINT = CHALLENGE
STATE = re.compile(r"[\x20-\x7e]{1,512}")


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request in order: its client may ask all of this."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    purposes: tuple[str, ...]
    resource: str
    challenge: str
    state: str | None = None
    thumbprint: str | None = None

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> AuthorizationRequest:
        """From that JSON."""
        values = {one.name: stored[one.name] for one in fields(cls)}
        lists = {name: tuple(values[name]) for name in ("scopes", "purposes")}
        return cls(**{**values, **lists})

    def answer(self, issuer: str, **parameters: str) -> str:
        """The address to which the browser is sent back (RFC 6749, 4.1.2; RFC 9207)."""
        return back(self.redirect_uri, issuer, self.state, **parameters)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads requests for the given resources, the hub's own first."""

    resources: Sequence[str]

    def read(
        self, client: Client, form: Mapping[str, str], thumbprint: str | None = None
    ) -> AuthorizationRequest:
        """What is asked, or OAuthError. The redirect URI was looked at by `redirect_of`."""
        if why := client.halted:
            raise UnauthorizedClient(why)
        if GrantType.AUTHORIZATION_CODE not in client.grant_types:
            raise UnauthorizedClient("The client is not registered for authorization_code.")
        if "request" in form:
            raise RequestNotSupported("Push the request instead of signing it (RFC 9126).")
        if "response_type" not in form:
            raise InvalidRequest("response_type is missing.")
        if form["response_type"] != "code":
            raise UnsupportedResponseType("response_type must be code.")
        if form.get("response_mode", "query") != "query":
            raise InvalidRequest("response_mode must be query.")
        if "state" in form and not STATE.fullmatch(form["state"]):
            raise InvalidRequest("state must have at most 512 printable characters.")
        return AuthorizationRequest(
            client.client_id,
            form["redirect_uri"],
            scopes_asked(form, client.scopes),
            purposes_asked(form, client.purposes),
            resource_asked(form, self.resources),
            _challenge(form),
            form.get("state"),
            _bound_to(form, thumbprint),
        )


def redirect_of(client: Client, form: Mapping[str, str]) -> str:
    """The redirect URI, which must be named and be one of the client's, to the character."""
    if "redirect_uri" not in form:
        raise InvalidRequest("redirect_uri is missing.")
    if not redirects.fits(form["redirect_uri"], client.redirect_uris):
        raise InvalidRequest("redirect_uri is not one that the client registered.")
    return form["redirect_uri"]


def refusal(issuer: str, redirect_uri: str, state: str | None, error: OAuthError) -> str:
    """The address at which the app hears of a refusal (RFC 6749, 4.1.2.1)."""
    state = state if state and STATE.fullmatch(state) else None
    return back(redirect_uri, issuer, state, **error.body())


def back(redirect_uri: str, issuer: str, state: str | None, **parameters: str) -> str:
    """A redirect URI with the parameters of an answer; what is in its own query stays."""
    named = {**parameters, **({"state": state} if state is not None else {}), "iss": issuer}
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return f"{redirect_uri.rstrip('?')}{joint}{urlencode(named)}"


def _challenge(form: Mapping[str, str]) -> str:
    """PKCE is for every client, and S256 is its one method (RFC 9700, 2.1.1)."""
    if "code_challenge" not in form:
        raise InvalidRequest("code_challenge is missing: every client uses PKCE.")
    if form.get("code_challenge_method") != "S256":
        raise InvalidRequest("code_challenge_method must be S256.")
    if not CHALLENGE.fullmatch(form["code_challenge"]):
        raise InvalidRequest("code_challenge must be a SHA-256 hash in base64url.")
    return form["code_challenge"]


def _bound_to(form: Mapping[str, str], proved: str | None) -> str | None:
    """The DPoP key that the code is for: proved at the PAR endpoint, or named (RFC 9449, 10)."""
    named = form.get("dpop_jkt")
    if named is not None and not THUMBPRINT.fullmatch(named):
        raise InvalidRequest("dpop_jkt must be the SHA-256 thumbprint of a key.")
    if named is not None and proved is not None and named != proved:
        raise InvalidRequest("dpop_jkt is not the key of the DPoP proof.")
    return proved or named
