"""From an Authorization header to a `Grant`: the strict reader of RFC 9068, 4.

The issuer that a token names decides by whose rules it is checked, and by no others: the hub's own,
which are here, or those of an issuer that is trusted (`external`). A token of the hub that is new
costs one ES256 check (about 100 us) and one look at its client's row. What held is remembered until
it expires, so that the warm path is a hash, a look-up and a comparison of times.

What is remembered must be forgotten when a client is suspended. `hub.identity.tokens.revocation`
hears of that and calls `forget`; while it hears nothing, `remembering` is off and every request is
checked in full, so that a lost connection can delay nothing but answers.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn
from uuid import UUID

from hub.identity.tokens import dpop, jose
from hub.identity.tokens.binding import NonceNeeded, Proofs
from hub.identity.tokens.claims import (
    Held,
    check_times,
    is_access_token,
    refused,
    text,
    thumbprint,
)
from hub.identity.tokens.external import External
from hub.identity.tokens.keys import ALGORITHM, SigningKeys
from hub.identity.tokens.mint import TYPE, resource
from hub.identity.tokens.standing import Standing
from hub.kit.errors import PurposeNotAllowed, Unauthenticated
from hub.model.access import Audience, Grant

PARTNER = "partner:"
"""How a notification about a city as a whole begins (see `tokens.revocation`)."""

Holds = Callable[[Standing], Awaitable[bool]]
"""Whether what a token rests on still stands: asked of the database."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A token that is good only with a proof of this key (RFC 9449, 6.1)."""

    token: str
    thumbprint: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """A token that held: until when, on what it rests, and its grant for each purpose it lists."""

    until: float
    standing: Standing | None
    grants: dict[str | None, Grant]
    bound: Bound | None = None

    def ends_with(self, what: str) -> bool:
        """Whether a notification is about this token; of an issuer elsewhere's, about its city."""
        if what.startswith(PARTNER):
            return self.grants[None].partner == what.removeprefix(PARTNER)
        return self.standing is not None and self.standing.ends_with(what)


class Verifier:
    """Turns the tokens of the hub, and of the issuers that it trusts, into grants."""

    def __init__(
        self,
        keys: SigningKeys,
        issuer: str,
        holds: Holds,
        proofs: Proofs,
        *,
        trusted: Mapping[str, External] | None = None,
        size: int = 4096,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys, self._issuer, self._holds, self._proofs = keys, issuer, holds, proofs
        self._trusted = trusted or {}
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
        if known is None or known.until <= self._clock():
            self._remembered.pop(digest, None)
            known = await self._check(authorization, digest)
        else:
            self._remembered.move_to_end(digest)
        if known.bound is not None:
            await self._prove(known.bound, method, proofs)
        grant = known.grants.get(purpose_header)
        return grant if grant is not None else _not_a_purpose(known, purpose_header)

    def forget(self, what: str | None = None) -> None:
        """Forget what rests on a client, token, family, person or partner city, or all of it."""
        self._forgotten += 1
        if what is None:
            self._remembered.clear()
            return
        for digest, known in list(self._remembered.items()):
            if known.ends_with(what):
                del self._remembered[digest]

    def claims(self, text: str) -> dict[str, Any] | None:
        """The claims of a token of this hub that is in force, its standing aside, or None."""
        try:
            return self._signed(jose.read(text)).claims
        except (jose.Malformed, Unauthenticated):
            return None

    async def in_force(self, text: str) -> dict[str, Any] | None:
        """The claims of a token that holds right now, or None: asked of the database."""
        try:
            held = self._own(token := jose.read(text))
        except (jose.Malformed, Unauthenticated):
            return None
        return token.claims if await self._stands(held) else None

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
            raise refused("proof", f"The DPoP proof does not hold: {error}.") from None

    async def _check(self, authorization: str, digest: bytes) -> Remembered:
        """The cold path: signature, claims, the client's standing."""
        forgotten = self._forgotten
        scheme, text = _credentials(authorization)
        held = await self._held(text)
        if (scheme == "dpop") != (held.thumbprint is not None):
            used = "Bearer" if held.thumbprint is None else "DPoP"
            raise refused("scheme", f"This access token is to be sent as {used} only.")
        if not await self._stands(held):
            raise refused("revoked", "This access token was revoked, or its client is not active.")
        grant = held.grant
        purposes: tuple[str | None, ...] = (None, *grant.purposes)
        known = Remembered(
            held.until,
            held.standing,
            {purpose: replace(grant, purpose=purpose or grant.purpose) for purpose in purposes},
            Bound(text, held.thumbprint) if held.thumbprint is not None else None,
        )
        # Had the client been suspended while we waited, nobody would tell us again.
        if self._remembering and forgotten == self._forgotten:
            self._remembered[digest] = known
            if len(self._remembered) > self._size:
                self._remembered.popitem(last=False)
        return known

    async def _held(self, text: str) -> Held:
        """What a token grants by the rules of the issuer that it names."""
        try:
            token = jose.read(text)
        except jose.Malformed as error:
            raise refused("malformed", f"The access token cannot be read: {error}.") from None
        issuer = token.claims.get("iss")
        external = self._trusted.get(issuer) if isinstance(issuer, str) else None
        return self._own(token) if external is None else await external.held(token)

    def _own(self, token: jose.Unverified) -> Held:
        """What a token of this hub grants, its standing aside."""
        claims = self._signed(token).claims
        grant, standing = _grant_of(claims, str(token.kid))
        return Held(grant, claims["exp"], thumbprint(claims), standing)

    async def _stands(self, held: Held) -> bool:
        """Whether what it rests on still stands, as far as that is known here."""
        return held.standing is None or await self._holds(held.standing)

    def _signed(self, token: jose.Unverified) -> jose.Unverified:
        """A token of ours for this API that is in force now: verified, its standing aside."""
        if token.algorithm != ALGORITHM:
            raise refused("algorithm", f"The access token is not signed with {ALGORITHM}.")
        if not is_access_token(token.header, TYPE):
            raise refused("type", f"The token is not an access token: its typ is not {TYPE}.")
        if (key := self._keys.public(token.kid)) is None:
            raise refused(
                "key", "The access token names a signing key that this hub does not have."
            )
        if not jose.holds(token, key, (ALGORITHM,)):
            raise refused("signature", "The signature of the access token is wrong.")
        claims = token.claims
        if claims.get("iss") != self._issuer:
            raise refused("issuer", "The access token was issued by somebody else.")
        # One audience, as a string or as a list of one.
        if claims.get("aud") not in (resource(self._issuer), [resource(self._issuer)]):
            raise refused("audience", "The access token is meant for another audience.")
        check_times(claims, self._clock())
        return token


def _credentials(authorization: str) -> tuple[str, str]:
    """Scheme and token of an Authorization header (RFC 6750, 2.1; RFC 9449, 7.1).

    No other place is looked at.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() not in ("bearer", "dpop"):
        raise refused(
            "scheme", "The Authorization header carries neither a Bearer nor a DPoP token."
        )
    return scheme.lower(), token.strip(" ")


def _grant_of(claims: dict[str, Any], kid: str) -> tuple[Grant, Standing]:
    """Claims of a token that we signed -> grant, and on what it rests; RFC 9068, 2.2 says which."""
    bounds = claims.get("hub_bounds", {})
    try:
        purposes = tuple(bounds.get("purposes", ()))
        grant = Grant(
            client=text(claims["client_id"]),
            sub=text(claims["sub"]),
            token_id=text(claims["jti"]),
            audience=Audience(claims["hub_audience"]),
            scopes=frozenset(text(claims.get("scope", "")).split()),
            talent=UUID(bounds["talent"]) if "talent" in bounds else None,
            partner=bounds.get("partner"),
            parks=tuple(UUID(park) for park in bounds.get("parks", ())),
            departments=tuple(bounds.get("departments", ())),
            purposes=purposes,
            purpose=purposes[0] if len(purposes) == 1 else None,
        )
        return grant, Standing(
            grant.client,
            _generation(claims["hub_generation"]),
            grant.token_id,
            kid,
            grant.sub,
            str(UUID(claims["hub_family"])) if "hub_family" in claims else "",
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise refused(
            "claims", "The access token lacks a claim that this hub needs, or it is misshaped."
        ) from None


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
