"""The two OAuth clients that Python services use most, through the pages: Authlib and requests."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from authlib.integrations.httpx_client import AsyncOAuth2Client
from requests_oauthlib import OAuth2Session
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.identity.browsing import operator, public_app, visitor
from tests.identity.conftest import Registrar, Server, bearer


async def test_authlib(server: Server, register: Registrar, admin: AsyncEngine) -> None:
    app = await public_app(register, server.issuer)
    person = await operator(admin)
    async with AsyncOAuth2Client(
        app.caller.client_id,
        redirect_uri=app.redirect_uri,
        scope="park:read",
        code_challenge_method="S256",
        token_endpoint_auth_method="none",
    ) as client:
        address, state = client.create_authorization_url(
            f"{server.url}/oauth/authorize", code_verifier=app.verifier
        )
        async with visitor(server.url) as browser:
            consent = await browser.sign_in(address, person.username)
            back = (await browser.send(address, consent, approve="yes")).location
        endpoint = f"{server.url}/oauth/token"
        first = await client.fetch_token(
            endpoint, authorization_response=back, code_verifier=app.verifier, state=state
        )
        second = await client.refresh_token(endpoint, refresh_token=first["refresh_token"])
        whoami = await client.get(f"{server.url}/whoami")

    assert second["access_token"] != first["access_token"]
    assert whoami.json()["sub"] == person.sub


async def test_requests_oauthlib(
    server: Server, register: Registrar, admin: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # http, on this machine only
    app = await public_app(register, server.issuer)
    person = await operator(admin)
    session = OAuth2Session(
        app.caller.client_id, redirect_uri=app.redirect_uri, scope=["park:read"], pkce="S256"
    )
    address, _ = session.authorization_url(f"{server.url}/oauth/authorize")
    async with visitor(server.url) as browser:
        consent = await browser.sign_in(address, person.username)
        back = (await browser.send(address, consent, approve="yes")).location

    def fetched() -> dict[str, Any]:
        token: dict[str, Any] = session.fetch_token(
            f"{server.url}/oauth/token",
            authorization_response=back,
            include_client_id=True,
        )
        return token

    token = await asyncio.to_thread(fetched)
    whoami = await asyncio.to_thread(
        session.get, f"{server.url}/whoami", headers=bearer(token["access_token"])
    )

    assert token["scope"] == ["park:read"]
    assert whoami.json()["sub"] == person.sub
