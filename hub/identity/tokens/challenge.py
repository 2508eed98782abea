"""The `WWW-Authenticate` of the API's refusals (RFC 6750, 3; RFC 9728, 5.1; RFC 9449, 7.1).

Without a token the challenge names no error, so that a client learns nothing but where to look;
`resource_metadata` leads it from there to the authorization server.
"""

from __future__ import annotations

from hub.identity.endpoints.metadata import protected_resource_url
from hub.identity.tokens import dpop
from hub.kit.errors import Forbidden, HubError, Unauthenticated


def challenges(issuer: str, error: HubError | None = None) -> list[tuple[str, str]]:
    """The headers: for no token at all, for a token or a proof that fails, for a missing scope.

    Who sends no token is told of both schemes; what is wrong with a proof is told of DPoP alone.
    """
    common = ['realm="hub"', f'resource_metadata="{protected_resource_url(issuer)}"']
    algorithms = f'algs="{" ".join(dpop.ALGORITHMS)}"'
    match error:
        case Unauthenticated(details={"reason": "nonce", "nonce": nonce}):
            parts = [*common, 'error="use_dpop_nonce"', _described(error), algorithms]
            return [_header("DPoP", parts), ("DPoP-Nonce", str(nonce))]
        case Unauthenticated(details={"reason": "proof"}):
            parts = [*common, 'error="invalid_dpop_proof"', _described(error), algorithms]
            return [_header("DPoP", parts)]
        case Unauthenticated(details={"reason": _}):
            found = ['error="invalid_token"', _described(error)]
        case Forbidden():
            needs = error.details.get("needs")
            found = ['error="insufficient_scope"', *([f'scope="{needs}"'] if needs else [])]
        case _:
            found = []
    return [_header("Bearer", [*common, *found]), _header("DPoP", [*common, *found, algorithms])]


def _header(scheme: str, parts: list[str]) -> tuple[str, str]:
    return "WWW-Authenticate", f"{scheme} {', '.join(parts)}"


def _described(error: HubError) -> str:
    return f'error_description="{error.message}"'
