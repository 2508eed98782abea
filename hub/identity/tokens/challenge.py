"""The `WWW-Authenticate` of the API's refusals (RFC 6750, 3; RFC 9728, 5.1).

Without a token the challenge names no error, so that a client learns nothing but where to look;
`resource_metadata` leads it from there to the authorization server.
"""

from __future__ import annotations

from hub.identity.endpoints.metadata import protected_resource_url
from hub.kit.errors import Forbidden, HubError, Unauthenticated


def challenge(issuer: str, error: HubError | None = None) -> str:
    """The header's value: for no token at all, for a token that fails, for a missing scope."""
    parts = ['realm="hub"', f'resource_metadata="{protected_resource_url(issuer)}"']
    match error:
        case Unauthenticated(details={"reason": _}):
            parts += ['error="invalid_token"', f'error_description="{error.message}"']
        case Forbidden():
            parts.append('error="insufficient_scope"')
            if needs := error.details.get("needs"):
                parts.append(f'scope="{needs}"')
        case _:
            pass
    return "Bearer " + ", ".join(parts)
