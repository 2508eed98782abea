"""What the token endpoint gives, and to whom: RFC 6749, RFC 7523, RFC 9068."""

from __future__ import annotations

import asyncio
import time
import warnings
from uuid import UUID

import asyncpg
import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from hub.identity.clients.enrol import Bounds
from hub.kit.db import plain_url
from hub.model.codes import PurposeCode
from tests.identity.conftest import (
    KEYS,
    Caller,
    Registrar,
    Server,
    bearer,
    claims_for,
    token_of,
)

with warnings.catch_warnings():
    # Authlib prefers httpx2 and says so where only httpx is there.
    warnings.simplefilter("ignore")
    from authlib.integrations.httpx_client import AsyncOAuth2Client
    from authlib.oauth2.rfc7523 import PrivateKeyJWT

PARK = UUID("01890000-0000-7000-8000-0000000000a1")


async def test_token_of_a_secret_carries_what_rfc_9068_asks_for(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    caller = await register.with_secret(
        bounds=Bounds(partner="320500", parks=[PARK], purposes=[PurposeCode.JOB_MATCHING])
    )

    answer = await http.post("/oauth/token", data=caller.form, auth=caller.basic())

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 600, "park:read")
    keys = KeySet.import_key_set((await http.get("/oauth/jwks")).json())
    token = jwt.decode(body["access_token"], keys, algorithms=["ES256"])
    assert token.header == {"alg": "ES256", "typ": "at+jwt", "kid": server.keys.kid}
    claims = token.claims
    assert claims.pop("exp") - claims.pop("iat") == 600
    assert len(claims.pop("jti")) >= 16
    assert claims == {
        "iss": server.issuer,
        "aud": f"{server.issuer}/graphql",
        "sub": caller.client_id,
        "client_id": caller.client_id,
        "scope": "park:read",
        "hub_audience": "PARTNER",
        "hub_bounds": {"partner": "320500", "parks": [str(PARK)], "purposes": ["JOB_MATCHING"]},
        "hub_generation": 1,
    }


@pytest.mark.parametrize("algorithm", KEYS)
async def test_token_of_a_signed_assertion(
    http: httpx.AsyncClient, server: Server, register: Registrar, algorithm: str
) -> None:
    caller = await register.with_key(algorithm)

    token = await token_of(http, caller, server.issuer)

    grant = (await http.get("/whoami", headers=bearer(token))).json()
    assert (grant["client"], grant["scopes"]) == (caller.client_id, ["park:read"])


async def test_authlib_gets_a_token_with_a_secret(server: Server, register: Registrar) -> None:
    caller = await register.with_secret()

    async with AsyncOAuth2Client(caller.client_id, caller.secret, scope="park:read") as client:
        token = await client.fetch_token(f"{server.url}/oauth/token")

    assert token["scope"] == "park:read"


async def test_authlib_gets_a_token_with_a_key(server: Server, register: Registrar) -> None:
    caller = await register.with_key()
    # Authlib signs for the endpoint's URL and for an hour unless told otherwise.
    claims = {"exp": claims_for(caller.client_id, server.issuer)["exp"]}
    method = PrivateKeyJWT(server.issuer, claims=claims, alg="ES256")

    async with AsyncOAuth2Client(
        caller.client_id,
        caller.key,
        token_endpoint_auth_method="private_key_jwt",
        scope="park:read",
    ) as client:
        client.register_client_auth_method(method)
        token = await client.fetch_token(f"{server.url}/oauth/token")

    assert token["token_type"] == "Bearer"


async def test_secret_with_reserved_characters_is_form_encoded_first(
    http: httpx.AsyncClient, register: Registrar
) -> None:
    caller = await register.with_secret("p%ss:w+rd /?&=")

    plain = await http.post("/oauth/token", data=caller.form, auth=caller.basic())
    encoded = await http.post(
        "/oauth/token", data=caller.form, auth=(caller.client_id, "p%25ss%3Aw%2Brd+%2F%3F%26%3D")
    )

    assert (plain.status_code, encoded.status_code) == (401, 200)


async def test_scope_has_no_default(http: httpx.AsyncClient, register: Registrar) -> None:
    caller = await register.with_secret()
    form = {"grant_type": "client_credentials"}

    for scope in ({}, {"scope": ""}):
        answer = await http.post("/oauth/token", data=form | scope, auth=caller.basic())
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "scope", ["park:write", "park:read park:write", "park", "park:read  reference:read", "pärk"]
)
async def test_scope_that_is_not_held_is_refused_and_none_is_given(
    http: httpx.AsyncClient, register: Registrar, scope: str
) -> None:
    caller = await register.with_secret()

    answer = await http.post(
        "/oauth/token", data=caller.form | {"scope": scope}, auth=caller.basic()
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    assert "access_token" not in answer.json()


async def test_purpose_narrows_what_the_token_lists(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    both = [PurposeCode.JOB_MATCHING, PurposeCode.STATISTICS]
    caller = await register.with_secret(bounds=Bounds(partner="320500", purposes=both))

    narrowed = await token_of(http, caller, server.issuer, purpose="STATISTICS")
    refused = await http.post(
        "/oauth/token", data=caller.form | {"purpose": "PARK_SETTLEMENT"}, auth=caller.basic()
    )

    grant = (await http.get("/whoami", headers=bearer(narrowed))).json()
    assert (grant["purposes"], grant["purpose"]) == (["STATISTICS"], "STATISTICS")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


REFUSED_REQUESTS = {
    "no grant type": ({"grant_type": ""}, 400, "invalid_request"),
    "another grant": ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    "somebody else's client_id": ({"client_id": "sz-hub"}, 400, "invalid_request"),
    "secret in the body too": ({"client_secret": "x"}, 400, "invalid_request"),
    "assertion too": ({"client_assertion": "a.b.c"}, 400, "invalid_request"),
}


@pytest.mark.parametrize("name", REFUSED_REQUESTS)
async def test_request_is_refused(http: httpx.AsyncClient, register: Registrar, name: str) -> None:
    caller = await register.with_secret()
    change, status, error = REFUSED_REQUESTS[name]

    good = await http.post("/oauth/token", data=caller.form, auth=caller.basic())
    bad = await http.post("/oauth/token", data=caller.form | change, auth=caller.basic())

    assert good.status_code == 200
    assert (bad.status_code, bad.json()["error"]) == (status, error)
    assert bad.headers["cache-control"] == "no-store"


MISSHAPEN = {
    "duplicate": b"grant_type=client_credentials&scope=park%3Aread&scope=park%3Aread",
    "not a form": b'{"grant_type": "client_credentials"}',
    "not UTF-8": b"grant_type=client_credentials&scope=%ff",
    "raw bytes": b"grant_type=client_credentials&scope=\xff",
    "many parameters": b"&".join(b"p%d=1" % number for number in range(40)),
    "too long": b"grant_type=client_credentials&scope=" + b"x" * 20_000,
    "empty": b"",
}


@pytest.mark.parametrize("name", MISSHAPEN)
async def test_misshapen_body_is_refused(
    http: httpx.AsyncClient, register: Registrar, name: str
) -> None:
    caller = await register.with_secret()
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}

    answer = await http.post(
        "/oauth/token", content=MISSHAPEN[name], headers=form, auth=caller.basic()
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_form_is_taken_from_the_body_alone(
    http: httpx.AsyncClient, register: Registrar
) -> None:
    caller = await register.with_secret()

    in_url = await http.post(
        "/oauth/token", params={"a": "1"}, data=caller.form, auth=caller.basic()
    )
    as_json = await http.post("/oauth/token", json=caller.form, auth=caller.basic())
    got = await http.get("/oauth/token", params=caller.form, auth=caller.basic())

    assert [in_url.json()["error"], as_json.json()["error"]] == ["invalid_request"] * 2
    assert got.status_code == 405


async def test_two_authorization_headers_are_refused(
    server: Server, register: Registrar, http: httpx.AsyncClient
) -> None:
    caller = await register.with_secret()
    header = httpx.BasicAuth(*caller.basic())._auth_header

    answer = await http.post(
        "/oauth/token",
        data=caller.form,
        headers=[("Authorization", header), ("Authorization", header)],
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_unknown_client_and_wrong_secret_are_answered_alike(
    http: httpx.AsyncClient, register: Registrar
) -> None:
    known, keyed = await register.with_secret(), await register.with_key()
    answers = [
        await http.post("/oauth/token", data=known.form, auth=(name, "wrong"))
        for name in (known.client_id, keyed.client_id, "nobody")
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["www-authenticate"] for answer in answers}) == 1


async def test_unknown_client_and_foreign_key_are_answered_alike(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    known, with_secret = await register.with_key(), await register.with_secret()
    stranger = ECKey.generate_key("P-256")
    answers = [
        await http.post("/oauth/token", data=Caller(name, stranger).signed(server.issuer))
        for name in (known.client_id, with_secret.client_id, "nobody")
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


async def test_unknown_client_takes_as_long_as_a_wrong_secret(
    http: httpx.AsyncClient, register: Registrar
) -> None:
    known = await register.with_secret()

    async def fastest(client_id: str) -> float:
        taken = []
        for _ in range(4):
            begun = time.perf_counter()
            await http.post("/oauth/token", data=known.form, auth=(client_id, "wrong"))
            taken.append(time.perf_counter() - begun)
        return min(taken)

    assert 0.4 < await fastest("nobody-at-all") / await fastest(known.client_id) < 2.5


async def test_database_that_was_away_for_a_moment_is_used_at_once(
    http: httpx.AsyncClient, server: Server, register: Registrar, app_url: str
) -> None:
    caller = await register.with_key()
    assert await token_of(http, caller, server.issuer)
    app = await asyncpg.connect(plain_url(app_url))
    try:
        await app.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'hub-orm' AND datname = current_database() "
            "AND usename = current_user"
        )
    finally:
        await app.close()

    assert await token_of(http, caller, server.issuer)


async def test_failures_are_throttled_by_client_and_address(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    guessed, other = await register.with_secret(), await register.with_secret()
    for _ in range(10):
        await http.post("/oauth/token", data=guessed.form, auth=(guessed.client_id, "wrong"))

    answer = await http.post("/oauth/token", data=guessed.form, auth=guessed.basic())

    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 61
    assert await token_of(http, other, server.issuer)


async def test_strangers_do_not_lock_out_a_client_with_a_key(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    caller, stranger = await register.with_key(), ECKey.generate_key("P-256")
    for _ in range(15):
        await http.post(
            "/oauth/token", data=Caller(caller.client_id, stranger).signed(server.issuer)
        )
        await http.post("/oauth/token", data=caller.form, auth=(caller.client_id, "guess"))

    assert await token_of(http, caller, server.issuer)


async def test_public_client_gets_no_token_in_its_own_name(
    http: httpx.AsyncClient, register: Registrar
) -> None:
    caller = await register.public()

    answer = await http.post("/oauth/token", data=caller.form | {"client_id": caller.client_id})

    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


async def test_many_tokens_at_once(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    keyed, secret = await register.with_key(), await register.with_secret()

    tokens = await asyncio.gather(
        *(token_of(http, caller, server.issuer) for caller in (keyed, secret) * 15)
    )

    assert len(set(tokens)) == 30
