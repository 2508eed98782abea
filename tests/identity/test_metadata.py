"""What clients can find out by themselves: RFC 8414, RFC 9728."""

from __future__ import annotations

import httpx
import pytest

from hub.identity.endpoints import metadata
from hub.kit.errors import SetupError
from tests.identity.conftest import SCOPES, Server

METHODS, PUBLIC = ["private_key_jwt", "client_secret_basic"], ["none"]
ALGORITHMS = ["ES256", "EdDSA", "Ed25519", "PS256"]


async def test_authorization_server_metadata(http: httpx.AsyncClient, server: Server) -> None:
    answer = await http.get("/.well-known/oauth-authorization-server")

    assert answer.json() == {
        "issuer": server.issuer,
        "authorization_endpoint": f"{server.issuer}/oauth/authorize",
        "token_endpoint": f"{server.issuer}/oauth/token",
        "pushed_authorization_request_endpoint": f"{server.issuer}/oauth/par",
        "require_pushed_authorization_requests": False,
        "jwks_uri": f"{server.issuer}/oauth/jwks",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["client_credentials", "authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "ui_locales_supported": ["zh", "en"],
        **{
            f"{name}_endpoint_auth_methods_supported": [*METHODS, *public]
            for name, public in (("token", PUBLIC), ("revocation", PUBLIC), ("introspection", []))
        },
        **{
            f"{name}_endpoint_auth_signing_alg_values_supported": ALGORITHMS
            for name in ("token", "revocation", "introspection")
        },
        "revocation_endpoint": f"{server.issuer}/oauth/revoke",
        "introspection_endpoint": f"{server.issuer}/oauth/introspect",
        "dpop_signing_alg_values_supported": ALGORITHMS,
        "protected_resources": [f"{server.issuer}/graphql"],
    }


@pytest.mark.parametrize("suffix", ["", "/graphql"])
async def test_protected_resource_metadata(
    http: httpx.AsyncClient, server: Server, suffix: str
) -> None:
    answer = await http.get(f"/.well-known/oauth-protected-resource{suffix}")

    assert answer.json() == {
        "resource": f"{server.issuer}/graphql",
        "authorization_servers": [server.issuer],
        "scopes_supported": list(SCOPES),
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": ALGORITHMS,
        "dpop_bound_access_tokens_required": False,
        "resource_name": "Regional talent data hub",
        "resource_name#zh": "区域人才数据枢纽",
    }


async def test_host_header_changes_nothing(http: httpx.AsyncClient) -> None:
    path = "/.well-known/oauth-authorization-server"

    plain, forged = await http.get(path), await http.get(path, headers={"Host": "evil.example"})

    assert forged.json() == plain.json()


async def test_keys_may_be_cached(http: httpx.AsyncClient, server: Server) -> None:
    answer = await http.get("/oauth/jwks")

    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.json() == server.keys.jwks()


def test_well_known_part_goes_before_the_path_of_an_issuer() -> None:
    issuer = "https://talent.example/hub"

    assert (
        metadata.authorization_server_path(issuer) == "/.well-known/oauth-authorization-server/hub"
    )
    assert (
        metadata.protected_resource_url(issuer)
        == "https://talent.example/.well-known/oauth-protected-resource/hub/graphql"
    )


@pytest.mark.parametrize("issuer", ["https://hub.example", "http://127.0.0.1:8000"])
def test_issuer_is_accepted(issuer: str) -> None:
    assert metadata.checked_issuer(issuer) == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "hub.example",
        "ftp://hub.example",
        "http://hub.example",
        "https://",
        "https://hub.example/",
        "https://hub.example?x=1",
        "https://hub.example#x",
    ],
)
def test_issuer_is_refused(issuer: str) -> None:
    with pytest.raises(SetupError):
        metadata.checked_issuer(issuer)
