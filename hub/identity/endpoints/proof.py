"""The DPoP proof that comes with a request to the authorization server (RFC 9449, 5 and 10.1)."""

from __future__ import annotations

from starlette.requests import Request

from hub.identity.errors import InvalidDpopProof, UseDpopNonce
from hub.identity.tokens import dpop
from hub.identity.tokens.binding import NonceNeeded, Proofs


async def proved_key(request: Request, proofs: Proofs, *, required: bool = False) -> str | None:
    """The thumbprint of the key that is proved; None where there is no proof and none is needed."""
    headers = request.headers.getlist("dpop")
    if not headers and not required:
        return None
    try:
        return await proofs.thumbprint(headers, "POST")
    except NonceNeeded as error:
        raise UseDpopNonce(error.nonce) from None
    except dpop.InvalidProof as error:
        raise InvalidDpopProof(f"The DPoP proof does not hold: {error}.") from None
