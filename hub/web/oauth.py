"""The routes of the authorization server and of the documents that lead to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from hub.identity.browser import account
from hub.identity.city import login
from hub.identity.endpoints import metadata
from hub.identity.people import invitations
from hub.identity.service import Identity
from hub.identity.tokens.keys import CACHED

PUBLIC = {"Cache-Control": f"public, max-age={CACHED}", "Access-Control-Allow-Origin": "*"}


def routes(identity: Identity) -> list[Route]:
    """The endpoints, the pages for people, the keys, and both well-known documents.

    The resource's document is served at its own path (RFC 9728, 3.1) and, for clients that know
    the host alone, without it.
    """
    issuer = identity.issuer
    bare = "/.well-known/oauth-protected-resource"
    documents: dict[str, Callable[[], dict[str, Any]]] = {
        metadata.JWKS_PATH: identity.keys.jwks,
        metadata.authorization_server_path(issuer): identity.authorization_server,
        metadata.protected_resource_path(issuer): identity.protected_resource,
        bare: identity.protected_resource,
    }
    endpoints = {
        metadata.TOKEN_PATH: identity.token.answer,
        metadata.PAR_PATH: identity.par.answer,
        metadata.REVOCATION_PATH: identity.revocation.answer,
        metadata.INTROSPECTION_PATH: identity.introspection.answer,
    }
    pages = {
        metadata.AUTHORIZATION_PATH: identity.authorization.answer,
        account.PATH: identity.account.answer,
        invitations.PATH + "{link}": identity.invitation.answer,
    }
    city = {login.PATH: identity.city.begin, login.BACK: identity.city.back}
    return [
        *(Route(path, answer, methods=["GET"]) for path, answer in city.items()),
        *(Route(path, answer, methods=["GET", "POST"]) for path, answer in pages.items()),
        *(Route(path, answer, methods=["POST"]) for path, answer in endpoints.items()),
        *(Route(path, _document(make), methods=["GET"]) for path, make in documents.items()),
    ]


def _document(make: Callable[[], dict[str, Any]]) -> Callable[[Request], JSONResponse]:
    """A route that answers with a public document."""

    def answer(_: Request) -> JSONResponse:
        return JSONResponse(make(), headers=PUBLIC)

    return answer
