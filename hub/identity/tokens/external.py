"""Tokens of an issuer elsewhere, checked by the rules that are written for this issuer alone.

A partner city that is kept out (`clients.partners`) is kept out here too. What cannot be done: the
hub does not hear when such a token is revoked, or its client stopped.
It ends when it expires, or when its key is no longer published, whichever comes first; therefore
its life is bounded, and it is remembered no longer than the set of keys is fresh.
"""

from __future__ import annotations

import hashlib
import time
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from hub.identity.tokens import jose, key_set
from hub.identity.tokens.claims import (
    Held,
    check_times,
    is_access_token,
    refused,
    text,
    thumbprint,
)
from hub.identity.tokens.fetch import Unfetched
from hub.identity.tokens.key_set import PublicKey
from hub.identity.tokens.mint import TYPE
from hub.identity.tokens.remote_keys import RemoteKeys
from hub.identity.tokens.trusted import Given, TrustedIssuer
from hub.kit.errors import Unavailable
from hub.model.access import Audience, Grant

Admits = Callable[[str], Awaitable[bool]]
"""Whether the partner city of a code is let in just now: asked of the database."""


class External:
    """Turns the tokens of one trusted issuer into grants."""

    def __init__(
        self,
        issuer: TrustedIssuer,
        remote: RemoteKeys,
        admits: Admits,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._issuer, self._remote, self._admits, self._clock = issuer, remote, admits, clock
        self._static = issuer.static_keys()

    async def held(self, token: jose.Unverified) -> Held:
        """What the token grants; raises what is wrong with it.

        Raises Unavailable where the issuer's keys cannot be had: the token may be good.
        """
        check_header(token, self._issuer)
        await self._check_signature(token)
        now = self._clock()
        check_claims(token.claims, self._issuer, now)
        grant = grant_of(token, self._issuer)
        if grant.partner is not None and not await self._admits(grant.partner):
            raise refused("revoked", "The partner city of this access token is suspended.")
        return Held(
            grant,
            until=min(token.claims["exp"], now + self._fresh_for()),
            thumbprint=thumbprint(token.claims),
        )

    async def _check_signature(self, token: jose.Unverified) -> None:
        """By a key of this issuer; fetched anew, once in a while, where none made it."""
        if (url := self._issuer.jwks_uri) is None:
            signed = self._signed(token, self._static)
        else:
            try:
                keys = await self._remote.keys(url)
            except Unfetched:
                raise Unavailable(
                    "The keys of the access token's issuer cannot be fetched at the moment.",
                    next_step="Try again in half a minute.",
                ) from None
            signed = self._signed(token, keys)
            if not signed and (newer := await self._remote.newer(url, keys)) is not None:
                signed = self._signed(token, newer)
        if not signed:
            raise refused("signature", "No key of its issuer made the access token's signature.")

    def _signed(self, token: jose.Unverified, keys: tuple[PublicKey, ...]) -> bool:
        fitting = key_set.fitting(token, keys, self._issuer.algorithms)
        return any(jose.holds(token, key, (token.algorithm,)) for key in fitting)

    def _fresh_for(self) -> float:
        url = self._issuer.jwks_uri
        return float("inf") if url is None else self._remote.fresh_for(url)


def check_header(token: jose.Unverified, issuer: TrustedIssuer) -> None:
    """An algorithm that this issuer may use, and a kind of token that is for APIs."""
    if token.algorithm not in issuer.algorithms:
        raise refused("algorithm", "The access token's issuer does not use its algorithm.")
    plain = not issuer.at_jwt and token.header.get("typ", "JWT") == "JWT"
    if not (plain or is_access_token(token.header, TYPE)):
        raise refused("type", f"The token is not an access token: its typ is not {TYPE}.")


def check_claims(claims: dict[str, Any], issuer: TrustedIssuer, now: float) -> None:
    """For this hub, in force, not for too long, with the claims that are required."""
    audiences = claims.get("aud")
    if issuer.audience not in (audiences if isinstance(audiences, list) else [audiences]):
        raise refused("audience", "The access token is meant for another audience.")
    check_times(claims, now)
    # Its whole life, from its issue on; `iat` may be ahead of us by no more than the leeway.
    if claims["exp"] > claims["iat"] + issuer.longest_life:
        raise refused("claims", "The access token is good for longer than its issuer may make it.")
    for name, allowed in issuer.required_claims.items():
        values = claims.get(name)
        found = values if isinstance(values, list) else [values]
        if values is None or (allowed and not any(value in allowed for value in found)):
            raise refused("claims", f"The access token lacks the claim {name} or its value.")


def grant_of(token: jose.Unverified, issuer: TrustedIssuer) -> Grant:
    """What the file gives a token with these claims; names of ours cannot be taken by others'."""
    claims = token.claims
    audience = Audience(_one("hub_audience", issuer.hub_audience, claims))
    partners = issuer.partner.of(claims)
    if len(partners) > 1 or (audience is Audience.PARTNER and not partners):
        raise refused("claims", "The access token does not say for which one partner it acts.")
    purposes = issuer.purposes.of(claims)
    return Grant(
        client=_named(issuer, claims.get(issuer.client_claim)),
        sub=_named(issuer, claims.get("sub")),
        token_id=_named(issuer, claims.get("jti", _digest(token.text))),
        audience=audience,
        scopes=frozenset(issuer.scopes.of(claims)),
        partner=partners[0] if partners else None,
        parks=tuple(UUID(park) for park in issuer.parks.of(claims)),
        departments=issuer.departments.of(claims),
        purposes=purposes,
        purpose=purposes[0] if len(purposes) == 1 else None,
    )


def _one(what: str, given: Given, claims: dict[str, Any]) -> str:
    values = given.of(claims)
    if len(values) != 1:
        raise refused("claims", f"The access token does not say which one {what} it has.")
    return values[0]


def _named(issuer: TrustedIssuer, value: Any) -> str:
    """A name of the issuer's, which cannot be one of ours: those have no colon."""
    try:
        name = text(value)
    except TypeError:
        name = ""
    if not 0 < len(name) <= 255:
        raise refused("claims", "The access token lacks a claim that this hub needs.")
    return f"{issuer.name}:{name}"


def _digest(token: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode()[:22]
