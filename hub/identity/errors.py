"""Refusals of the token endpoint, in the words of RFC 6749, 5.2.

    OAuthError
    ├── InvalidRequest        400  malformed, duplicated or too many ways of authentication
    ├── InvalidClient         401  who the client is was not proved
    ├── UnauthorizedClient    400  it is who it says, and may not do this
    ├── UnsupportedGrantType  400
    ├── InvalidGrant          400  a code or refresh token does not serve
    ├── InvalidScope          400
    ├── InvalidTarget         400  no such resource (RFC 8707, 2)
    ├── AccessDenied          400  the person said no, or may not (RFC 6749, 4.1.2.1)
    ├── UnsupportedResponseType 400
    ├── RequestNotSupported   400  a request object (RFC 9101)
    ├── InvalidDpopProof      400  a DPoP proof is missing or not in order (RFC 9449, 5)
    ├── UseDpopNonce          400  it needs the nonce that comes with this answer (RFC 9449, 8)
    └── Busy                  429, 503  too many failures, or no room: try again later

They are apart from `hub.kit.errors`, because OAuth clients read another shape: `error` and
`error_description` at the top of a JSON object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

_FORBIDDEN = re.compile(r'[^\x20-\x7e]|["\\]')


class OAuthError(Exception):
    """A refusal with its registered code; the description helps whoever writes the client."""

    error: ClassVar[str]
    status = 400
    client_id: str | None = None
    """The client that the refused request named, for the audit; the answer does not say it."""

    def __init__(self, description: str) -> None:
        # RFC 6749, 5.2: printable ASCII without the double quote and the backslash.
        self.description = _FORBIDDEN.sub("?", description)
        super().__init__(self.description)

    def body(self) -> dict[str, str]:
        return {"error": self.error, "error_description": self.description}

    def headers(self) -> dict[str, str]:
        return {}


@contextmanager
def about(client_id: str) -> Iterator[None]:
    """Whatever is refused inside is refused to a request that names this client."""
    try:
        yield
    except OAuthError as error:
        error.client_id = client_id
        raise


class InvalidRequest(OAuthError):
    error = "invalid_request"


class InvalidClient(OAuthError):
    """One answer for an unknown client, a wrong secret and a wrong signature alike."""

    error = "invalid_client"
    status = 401

    def __init__(self, description: str = "Client authentication failed.") -> None:
        super().__init__(description)

    def headers(self) -> dict[str, str]:
        # RFC 9110, 15.5.2 wants a challenge with every 401.
        return {"WWW-Authenticate": 'Basic realm="hub", charset="UTF-8"'}


class UnauthorizedClient(OAuthError):
    error = "unauthorized_client"


class UnsupportedGrantType(OAuthError):
    error = "unsupported_grant_type"


class InvalidGrant(OAuthError):
    error = "invalid_grant"


class InvalidScope(OAuthError):
    error = "invalid_scope"


class InvalidTarget(OAuthError):
    error = "invalid_target"


class AccessDenied(OAuthError):
    error = "access_denied"


class UnsupportedResponseType(OAuthError):
    error = "unsupported_response_type"


class RequestNotSupported(OAuthError):
    error = "request_not_supported"


class InvalidDpopProof(OAuthError):
    error = "invalid_dpop_proof"


class UseDpopNonce(OAuthError):
    """Not a failure: a client takes the nonce, makes another proof and asks again."""

    error = "use_dpop_nonce"

    def __init__(self, nonce: str) -> None:
        super().__init__("Make the proof again with the nonce in the DPoP-Nonce header.")
        self.nonce = nonce

    def headers(self) -> dict[str, str]:
        return {"DPoP-Nonce": self.nonce}


class Busy(OAuthError):
    """RFC 6749 has no word for it at this endpoint; its `temporarily_unavailable` is understood."""

    error = "temporarily_unavailable"

    def __init__(self, description: str, *, status: int, retry_after: int) -> None:
        super().__init__(description)
        self.status = status
        self.retry_after = retry_after

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}
