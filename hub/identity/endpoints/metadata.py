"""What clients can find out by themselves: RFC 8414 and RFC 9728 documents.

Everything is made of the configured issuer, never of a request's Host, so that nobody can have a
client sent elsewhere by asking under another name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from hub.identity.clients.client import AuthMethod, GrantType
from hub.identity.clients.client_keys import ALGORITHMS
from hub.identity.tokens.mint import resource
from hub.kit.errors import SetupError

AUTHORIZATION_PATH = "/oauth/authorize"
TOKEN_PATH = "/oauth/token"
PAR_PATH = "/oauth/par"
JWKS_PATH = "/oauth/jwks"
REVOCATION_PATH = "/oauth/revoke"
INTROSPECTION_PATH = "/oauth/introspect"


def checked_issuer(issuer: str) -> str:
    """The issuer, if it is one that RFC 8414, 2 allows (http only for the machine itself)."""
    parts = urlsplit(issuer)
    at_home = parts.hostname in ("127.0.0.1", "localhost", "::1")
    private = parts.scheme == "https" or (parts.scheme == "http" and at_home)
    if private and parts.hostname and not (parts.query or parts.fragment or issuer.endswith("/")):
        return issuer
    raise SetupError(
        f"HUB_ISSUER {issuer!r} cannot be an issuer.",
        next_step="Give an https URL without query, fragment and trailing slash; http is for "
        "127.0.0.1 and localhost only.",
    )


def authorization_server(
    issuer: str, scopes: Sequence[str], resources: Sequence[str]
) -> dict[str, Any]:
    """Authorization server metadata (RFC 8414, 2; RFC 9126, 5; RFC 9207, 3; RFC 9449, 5.1)."""
    proofs = {
        f"{endpoint}_endpoint_auth_{what}": value
        for endpoint, methods in (
            ("token", tuple(AuthMethod)),
            ("revocation", tuple(AuthMethod)),
            ("introspection", (AuthMethod.PRIVATE_KEY_JWT, AuthMethod.CLIENT_SECRET_BASIC)),
        )
        for what, value in (
            ("methods_supported", [method.registered for method in methods]),
            ("signing_alg_values_supported", list(ALGORITHMS)),
        )
    }
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + AUTHORIZATION_PATH,
        "token_endpoint": issuer + TOKEN_PATH,
        "pushed_authorization_request_endpoint": issuer + PAR_PATH,
        "require_pushed_authorization_requests": False,
        "revocation_endpoint": issuer + REVOCATION_PATH,
        "introspection_endpoint": issuer + INTROSPECTION_PATH,
        "jwks_uri": issuer + JWKS_PATH,
        "scopes_supported": list(scopes),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [grant.registered for grant in GrantType],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        **proofs,
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "ui_locales_supported": ["zh", "en"],
        "protected_resources": list(resources),
    }


def protected_resource(
    issuer: str, scopes: Sequence[str], trusted: Sequence[str] = ()
) -> dict[str, Any]:
    """Protected resource metadata (RFC 9728, 2): tokens in the Authorization header alone.

    `trusted` are the other authorization servers whose tokens are taken.
    """
    return {
        "resource": resource(issuer),
        "authorization_servers": [issuer, *trusted],
        "scopes_supported": list(scopes),
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "dpop_bound_access_tokens_required": False,
        "resource_name": "Regional talent data hub",
        "resource_name#zh": "区域人才数据枢纽",
    }


def authorization_server_path(issuer: str) -> str:
    """Where that stands: the well-known part goes before the issuer's path (RFC 8414, 3)."""
    return "/.well-known/oauth-authorization-server" + urlsplit(issuer).path


def protected_resource_path(issuer: str) -> str:
    """The same for the API (RFC 9728, 3.1)."""
    return "/.well-known/oauth-protected-resource" + urlsplit(resource(issuer)).path


def protected_resource_url(issuer: str) -> str:
    """What the challenge of a 401 points to."""
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}{protected_resource_path(issuer)}"
