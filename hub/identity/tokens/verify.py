"""From an Authorization header to a `Grant`: the strict reader of RFC 9068, 4.

An unknown token costs one ES256 check (about 100 us) and one look at its client's row. What held is
remembered until it expires, so that the warm path is a hash, a look-up and a comparison of times.

What is remembered must be forgotten when a client is suspended. `hub.identity.tokens.revocation`
hears of that and calls `forget`; while it hears nothing, `remembering` is off and every request is
checked in full, so that a lost connection can delay nothing but answers.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn
from uuid import UUID

from hub.identity.tokens import dpop, jose
from hub.identity.tokens.binding import NonceNeeded, Proofs
from hub.identity.tokens.keys import ALGORITHM, SigningKeys
from hub.identity.tokens.mint import TYPE, resource
from hub.kit.errors import PurposeNotAllowed, Unauthenticated
from hub.model.access import Audience, Grant

LEEWAY = 10
"""Seconds by which another machine's clock may be ahead of ours; an `exp` gets none."""

Standing = Callable[[str, int, str, str], Awaitable[bool]]
"""Whether a client is active, this is still its generation, and neither this token of its nor the
key that signed it (`kid`) was revoked: asked of the database."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A token that is good only with a proof of this key (RFC 9449, 6.1)."""

    token: str
    thumbprint: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """A token that held: until when, whose it is, who signed, its grant for each purpose listed."""

    expires: float
    client: str
    token_id: str
    kid: str
    grants: dict[str | None, Grant]
    bound: Bound | None = None


class Verifier:
    """Turns the tokens of one issuer into grants."""

    def __init__(
        self,
        keys: SigningKeys,
        issuer: str,
        standing: Standing,
        proofs: Proofs,
        *,
        size: int = 4096,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys, self._issuer, self._standing, self._proofs = keys, issuer, standing, proofs
        self._size, self._clock = size, clock
        self._remembered: OrderedDict[bytes, Remembered] = OrderedDict()
        self._forgotten = 0
        self._remembering = False

    async def grant(
        self,
        authorization: str | None,
        purpose_header: str | None = None,
        *,
        method: str = "POST",
        proofs: Sequence[str] = (),
    ) -> Grant | None:
        """What the caller may do; None without a token; raises what is wrong with one.

        `proofs` are the request's DPoP headers, needed for a token that is bound to a key.
        """
        if authorization is None:
            return None
        digest = hashlib.sha256(authorization.encode("utf-8", "surrogatepass")).digest()
        known = self._remembered.get(digest)
        if known is None:
            known = await self._check(authorization, digest)
        elif known.expires <= self._clock():
            del self._remembered[digest]
            _refuse("expired", "The access token has expired.")
        else:
            self._remembered.move_to_end(digest)
        if known.bound is not None:
            await self._prove(known.bound, method, proofs)
        grant = known.grants.get(purpose_header)
        return grant if grant is not None else _not_a_purpose(known, purpose_header)

    def forget(self, what: str | None = None) -> None:
        """Forget what was remembered of a client, a token (`token:<jti>`), a key (`key:<kid>`)...

        or, without a name, of all.
        """
        self._forgotten += 1
        if what is None:
            self._remembered.clear()
            return
        for digest, known in list(self._remembered.items()):
            if what in (known.client, f"token:{known.token_id}", f"key:{known.kid}"):
                del self._remembered[digest]

    def claims(self, text: str) -> dict[str, Any] | None:
        """The claims of a token of this hub that is in force, its standing aside, or None."""
        try:
            return self._read(text).claims
        except Unauthenticated:
            return None

    async def in_force(self, text: str) -> dict[str, Any] | None:
        """The claims of a token that holds right now, or None: asked of the database."""
        try:
            token = self._read(text)
            grant, generation = _grant_of(token.claims)
        except Unauthenticated:
            return None
        holds = await self._standing(grant.client, generation, grant.token_id, token.kid)
        return token.claims if holds else None

    @property
    def remembering(self) -> bool:
        """Whether tokens are remembered: only while somebody tells us what to forget."""
        return self._remembering

    @remembering.setter
    def remembering(self, on: bool) -> None:
        self._remembering = on
        self.forget()

    async def _prove(self, bound: Bound, method: str, proofs: Sequence[str]) -> None:
        """Each request proves anew that it holds the key of its token."""
        try:
            await self._proofs.thumbprint(proofs, method, token=bound.token, key=bound.thumbprint)
        except NonceNeeded as error:
            raise Unauthenticated(
                "The DPoP proof needs the nonce in the DPoP-Nonce header.",
                next_step="Make the proof again with that nonce, and send the request again.",
                reason="nonce",
                nonce=error.nonce,
            ) from None
        except dpop.InvalidProof as error:
            _refuse("proof", f"The DPoP proof does not hold: {error}.")

    async def _check(self, authorization: str, digest: bytes) -> Remembered:
        """The cold path: signature, claims, the client's standing."""
        forgotten = self._forgotten
        scheme, text = _credentials(authorization)
        token = self._read(text)
        grant, generation = _grant_of(token.claims)
        thumbprint = _thumbprint(token.claims)
        if (scheme == "dpop") != (thumbprint is not None):
            used = "Bearer" if thumbprint is None else "DPoP"
            _refuse("scheme", f"This access token is to be sent as {used}, and not otherwise.")
        if not await self._standing(grant.client, generation, grant.token_id, token.kid):
            _refuse("revoked", "This access token was revoked, or its client is not active.")
        purposes: tuple[str | None, ...] = (None, *grant.purposes)
        known = Remembered(
            token.claims["exp"],
            grant.client,
            grant.token_id,
            token.kid,
            {purpose: replace(grant, purpose=purpose or grant.purpose) for purpose in purposes},
            Bound(text, thumbprint) if thumbprint is not None else None,
        )
        # Had the client been suspended while we waited, nobody would tell us again.
        if self._remembering and forgotten == self._forgotten:
            self._remembered[digest] = known
            if len(self._remembered) > self._size:
                self._remembered.popitem(last=False)
        return known

    def _read(self, text: str) -> jose.Unverified:
        """A token of ours for this API that is in force now: verified, its standing aside."""
        try:
            token = jose.read(text)
        except jose.Malformed as error:
            _refuse("malformed", f"The access token cannot be read: {error}.")
        if token.algorithm != ALGORITHM:
            _refuse("algorithm", f"The access token is not signed with {ALGORITHM}.")
        kind = token.header.get("typ")
        # A media type: in any case, `application/` may be left out (RFC 7515, 4.1.9).
        if not isinstance(kind, str) or kind.lower().removeprefix("application/") != TYPE:
            _refuse("type", f"The token is not an access token: its typ is not {TYPE}.")
        if (key := self._keys.public(token.kid)) is None:
            _refuse("key", "The access token names a signing key that this hub does not have.")
        if not jose.holds(token, key, (ALGORITHM,)):
            _refuse("signature", "The signature of the access token is wrong.")
        claims = token.claims
        if claims.get("iss") != self._issuer:
            _refuse("issuer", "The access token was issued by somebody else.")
        # One audience, as a string or as a list of one.
        if claims.get("aud") not in (resource(self._issuer), [resource(self._issuer)]):
            _refuse("audience", "The access token is meant for another audience.")
        self._check_times(claims)
        return token

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock()
        times = [claims.get("exp"), claims.get("iat"), claims.get("nbf", now)]
        if not all(jose.is_time(moment) for moment in times):
            _refuse("claims", "The access token lacks exp or iat, or one of them is no time.")
        expires, *earliest = times
        if expires <= now:
            _refuse("expired", "The access token has expired.")
        if max(earliest) > now + LEEWAY:
            _refuse("early", "The access token is not valid yet.")


def _credentials(authorization: str) -> tuple[str, str]:
    """Scheme and token of an Authorization header (RFC 6750, 2.1; RFC 9449, 7.1).

    No other place is looked at.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() not in ("bearer", "dpop"):
        _refuse("scheme", "The Authorization header carries neither a Bearer nor a DPoP token.")
    return scheme.lower(), token.strip(" ")


def _thumbprint(claims: dict[str, Any]) -> str | None:
    """The key to which a token is bound; a binding that is not understood binds all the same."""
    confirmation = claims.get("cnf")
    if confirmation is None:
        return None
    jkt = confirmation.get("jkt") if isinstance(confirmation, dict) else None
    if not isinstance(jkt, str) or set(confirmation) != {"jkt"}:
        _refuse("claims", "The access token is bound in a way that this hub does not know.")
    return jkt


def _grant_of(claims: dict[str, Any]) -> tuple[Grant, int]:
    """Claims of a token that we signed -> grant and generation; RFC 9068, 2.2 says which."""
    bounds = claims.get("hub_bounds", {})
    try:
        purposes = tuple(bounds.get("purposes", ()))
        return Grant(
            client=_text(claims["client_id"]),
            sub=_text(claims["sub"]),
            token_id=_text(claims["jti"]),
            audience=Audience(claims["hub_audience"]),
            scopes=frozenset(_text(claims.get("scope", "")).split()),
            talent=UUID(bounds["talent"]) if "talent" in bounds else None,
            partner=bounds.get("partner"),
            parks=tuple(UUID(park) for park in bounds.get("parks", ())),
            departments=tuple(bounds.get("departments", ())),
            purposes=purposes,
            purpose=purposes[0] if len(purposes) == 1 else None,
        ), _generation(claims["hub_generation"])
    except (KeyError, ValueError, TypeError, AttributeError):
        _refuse("claims", "The access token lacks a claim that this hub needs, or it is misshaped.")


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("not a string that a database can hold")
    return value


def _generation(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
        raise ValueError("not a generation")
    return value


def _not_a_purpose(known: Remembered, purpose: str | None) -> NoReturn:
    allowed = [name for name in known.grants if name is not None]
    raise PurposeNotAllowed(
        f"The token does not list the purpose {purpose!r} that the Hub-Purpose header names.",
        allowed=allowed,
    )


def _refuse(reason: str, message: str) -> NoReturn:
    raise Unauthenticated(message, reason=reason)
