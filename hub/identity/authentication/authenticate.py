"""Which client is asking: exactly one way of authentication in each request (RFC 6749, 2.3).

What a request presents is read first, without looking anything up; then it is checked. An unknown
client, a wrong secret and a foreign signature get the same answer after the same work.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.authentication import assertion
from hub.identity.authentication.replay import UsedIds
from hub.identity.authentication.throttle import Throttle
from hub.identity.clients import registrations
from hub.identity.clients.client import AuthMethod, Client
from hub.identity.clients.secret import SecretCheck
from hub.identity.errors import InvalidClient, InvalidRequest, about
from hub.identity.tokens import key_set
from hub.identity.tokens.fetch import Unfetched
from hub.identity.tokens.remote_keys import RemoteKeys

_PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Secret:
    """A client id and the secret presented with it."""

    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Named:
    """A client id alone: enough for a client that is registered without credentials."""

    client_id: str


Presented = Secret | Named | assertion.Assertion


def presented(authorization: str | None, form: Mapping[str, str], issuer: str) -> Presented:
    """What a request presents as proof, read and not yet checked."""
    signed = "client_assertion" in form or "client_assertion_type" in form
    if (authorization is not None) + signed + ("client_secret" in form) > 1:
        raise InvalidRequest("Authenticate in one way only.")
    if "client_secret" in form:
        raise InvalidClient("Send the secret in the Authorization header (client_secret_basic).")
    if authorization is not None:
        return _basic(authorization)
    if not signed and "client_id" in form:
        return Named(form["client_id"])
    if not signed:
        raise InvalidClient("The request carries no client authentication.")
    if form.get("client_assertion_type") != assertion.TYPE:
        raise InvalidRequest(f"client_assertion_type must be {assertion.TYPE}.")
    return assertion.read(form.get("client_assertion", ""), issuer)


def _basic(authorization: str) -> Secret:
    """HTTP Basic whose two halves are form-encoded first (RFC 6749, 2.3.1)."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("The Authorization header must use Basic.")
    try:
        pair = b64decode(encoded.strip(), validate=True).decode("ascii")
        name, colon, secret = pair.partition(":")
        client_id = unquote_plus(name, errors="strict")
        password = unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        raise InvalidClient("The Basic credentials cannot be decoded.") from None
    if not (colon and _PRINTABLE.fullmatch(client_id) and _PRINTABLE.fullmatch(password)):
        raise InvalidClient("The Basic credentials cannot be decoded.")
    return Secret(client_id, password)


class Authenticator:
    """Checks what was presented against what is registered."""

    def __init__(self, engine: AsyncEngine, issuer: str, used: UsedIds, remote: RemoteKeys) -> None:
        self._engine, self._issuer, self._used, self._remote = engine, issuer, used, remote
        self._secrets, self._throttle = SecretCheck(), Throttle()

    async def client(
        self, authorization: str | None, form: Mapping[str, str], address: str
    ) -> Client:
        """The client that proved itself; its state is for the grant to judge."""
        proof = presented(authorization, form, self._issuer)
        with about(proof.client_id):
            if form.get("client_id", proof.client_id) != proof.client_id:
                raise InvalidRequest("client_id is not that of the client that authenticates.")
            if isinstance(proof, Secret):
                return await self._by_secret(proof, address)
            if isinstance(proof, Named):
                return await self._by_name(proof)
            return await self._by_assertion(proof)

    async def _by_name(self, proof: Named) -> Client:
        """A public client (RFC 6749, 3.2.1); PKCE and rotation protect what it gets."""
        client = await registrations.find(self._engine, proof.client_id)
        if client is None or client.token_endpoint_auth_method != AuthMethod.NONE:
            raise InvalidClient("The request carries no client authentication.")
        return client

    async def _by_secret(self, proof: Secret, address: str) -> Client:
        self._throttle.admit(proof.client_id, address)
        client = await registrations.find(self._engine, proof.client_id)
        fits = client and client.token_endpoint_auth_method == AuthMethod.CLIENT_SECRET_BASIC
        kept = client.secret_hash if client and fits else None
        if not await self._secrets.holds(proof.secret, kept) or client is None:
            self._throttle.failed(proof.client_id, address)
            raise InvalidClient
        self._throttle.succeeded(proof.client_id, address)
        return client

    async def _by_assertion(self, proof: assertion.Assertion) -> Client:
        client = await registrations.find(self._engine, proof.client_id)
        if not await self._signed(proof, client) or client is None:
            raise InvalidClient
        if not await self._used.consume(client.client_id, proof.jti, proof.expires):
            raise InvalidClient("The jti of the client assertion was used before.")
        return client

    async def _signed(self, proof: assertion.Assertion, client: Client | None) -> bool:
        """Whether the client's key signed it; keys that are fetched may have changed meanwhile."""
        if client is None or client.jwks_uri is None:
            return proof.signed_by(key_set.read(client.jwks) if client and client.jwks else ())
        try:
            keys = await self._remote.keys(client.jwks_uri)
        except Unfetched:
            return proof.signed_by(())
        if proof.signed_by(keys):
            return True
        newer = await self._remote.newer(client.jwks_uri, keys)
        return newer is not None and proof.signed_by(newer)
