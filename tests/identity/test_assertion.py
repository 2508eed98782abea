"""private_key_jwt: what an assertion must say, and that it is good once (RFC 7523, FAPI 2.0)."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from hub.identity.authentication import assertion
from hub.identity.clients import client_keys
from hub.identity.tokens import key_set
from hub.kit.errors import BadUserInput
from tests.identity.conftest import Caller, Registrar, Server, claims_for, sign


def now() -> int:
    return int(time.time())


ISSUER = "the issuer"  # stands for the server's, which is not known here
CLAIMS: dict[str, dict[str, Any]] = {
    "aud is the token endpoint": {"aud": "/oauth/token"},
    "aud is another server": {"aud": "https://hub.example"},
    "aud is a list": {"aud": [ISSUER]},
    "no aud": {"aud": None},
    "no iss": {"iss": None},
    "no sub": {"sub": None},
    "sub is somebody else": {"sub": "sz-hub"},
    "iss is no string": {"iss": 7, "sub": 7},
    "iss with a NUL": {"iss": "a\0", "sub": "a\0"},
    "iss with a lone surrogate": {"iss": "\ud800", "sub": "\ud800"},
    "no exp": {"exp": None},
    "expired": {"exp": -60},
    "lives too long": {"exp": 3600},
    "exp is text": {"exp": "tomorrow"},
    "exp is true": {"exp": True},
    "iat in the future": {"iat": 60},
    "nbf in the future": {"nbf": 60},
    "no jti": {"jti": None},
    "jti is a number": {"jti": 5},
    "jti is empty": {"jti": ""},
    "jti is endless": {"jti": "x" * 256},
}
RELATIVE = ("exp", "iat", "nbf")


@pytest.mark.parametrize("name", CLAIMS)
async def test_claim_is_refused(
    http: httpx.AsyncClient, server: Server, register: Registrar, name: str
) -> None:
    caller = await register.with_key()
    changes = CLAIMS[name].copy()
    for claim, value in changes.items():
        if claim in RELATIVE and type(value) is int:
            changes[claim] = now() + value
        if claim == "aud" and value:
            changes[claim] = [server.issuer] if isinstance(value, list) else server.issuer + value

    good = await http.post("/oauth/token", data=caller.signed(server.issuer))
    bad = await http.post("/oauth/token", data=caller.signed(server.issuer, **changes))

    assert good.status_code == 200
    assert (bad.status_code, bad.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("claim", "skew", "status"),
    [("iat", 8, 200), ("nbf", 8, 200), ("exp", -8, 200), ("iat", 60, 401), ("exp", -60, 401)],
)
async def test_clocks_may_differ_a_little(
    http: httpx.AsyncClient,
    server: Server,
    register: Registrar,
    claim: str,
    skew: int,
    status: int,
) -> None:
    caller = await register.with_key()

    answer = await http.post(
        "/oauth/token", data=caller.signed(server.issuer, **{claim: now() + skew})
    )

    assert answer.status_code == status


async def test_assertion_is_good_once(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    form = (await register.with_key()).signed(server.issuer)

    first = await http.post("/oauth/token", data=form)
    second = await http.post("/oauth/token", data=form)

    assert (first.status_code, second.status_code) == (200, 401)
    assert "used before" in second.json()["error_description"]


async def test_assertion_is_good_once_of_twenty_at_once_and_at_two_workers(
    http: httpx.AsyncClient, server: Server, second_worker: Server, register: Registrar
) -> None:
    form = (await register.with_key()).signed(server.issuer)

    answers = await asyncio.gather(
        *(
            http.post(f"{url}/oauth/token", data=form)
            for url in (server.url, second_worker.url) * 10
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19


async def test_assertion_is_used_up_even_when_the_grant_is_refused(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    form = (await register.with_key()).signed(server.issuer)

    refused = await http.post("/oauth/token", data=form | {"scope": "park:write"})
    again = await http.post("/oauth/token", data=form)

    assert (refused.json()["error"], again.status_code) == ("invalid_scope", 401)


async def test_two_clients_may_use_the_same_jti(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    for caller in (await register.with_key(), await register.with_key()):
        answer = await http.post("/oauth/token", data=caller.signed(server.issuer, jti="one"))
        assert answer.status_code == 200


async def test_algorithm_is_not_the_tokens_choice(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    caller = await register.with_key()
    assert caller.key is not None
    public = OctKey.import_key(str(caller.key.as_dict(private=False)))
    nothing = OctKey.import_key("a secret that nobody knows, of some length")

    for key, algorithm in ((public, "HS256"), (nothing, "none")):
        text = sign(key, algorithm, claims_for(caller.client_id, server.issuer))
        form = caller.signed(server.issuer) | {"client_assertion": text}
        answer = await http.post("/oauth/token", data=form)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert "signed with one of ES256" in answer.json()["error_description"]


async def test_member_that_is_given_twice_is_refused_even_when_signed(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    caller = await register.with_key()
    assert caller.key is not None
    once = json.dumps(claims_for(caller.client_id, server.issuer))
    texts = [
        jws.serialize_compact({"alg": "ES256"}, payload, caller.key)
        for payload in ('{"aud": "https://other.example", ' + once[1:], once)
    ]

    answers = [
        await http.post(
            "/oauth/token", data=caller.signed(server.issuer) | {"client_assertion": text}
        )
        for text in texts
    ]

    assert [answer.status_code for answer in answers] == [401, 200]


async def test_rsa_key_serves_ps256_alone(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    caller = await register.with_key("PS256")
    assert caller.key is not None

    text = sign(caller.key, "RS256", claims_for(caller.client_id, server.issuer))
    form = caller.signed(server.issuer) | {"client_assertion": text}

    assert (await http.post("/oauth/token", data=form)).status_code == 401


MISSHAPEN = {
    "empty": "",
    "two parts": "e30.e30",
    "no base64": "{}.{}.{}",
    "no JSON": "Zm9v.Zm9v.Zm9v",
    "a list": "W10.W10.e30",
    "critical header": "eyJhbGciOiJFUzI1NiIsImNyaXQiOlsieCJdfQ.e30.e30",
    "duplicate member": "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJhIiwiaXNzIjoiYiJ9.e30",
    "NaN": "eyJhbGciOiJFUzI1NiJ9.eyJleHAiOk5hTn0.e30",
    "oversize": "a" * 9000 + ".e30.e30",
}


@pytest.mark.parametrize("name", MISSHAPEN)
async def test_misshapen_assertion_is_refused(http: httpx.AsyncClient, name: str) -> None:
    form = {
        "grant_type": "client_credentials",
        "scope": "park:read",
        "client_assertion_type": assertion.TYPE,
        "client_assertion": MISSHAPEN[name],
    }

    answer = await http.post("/oauth/token", data=form)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_assertion_type_is_named(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    caller = await register.with_key()
    form = caller.signed(server.issuer)

    for kind in ("", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"):
        answer = await http.post("/oauth/token", data=form | {"client_assertion_type": kind})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_kid_chooses_among_several_keys() -> None:
    one, two = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    jwks = client_keys.checked(
        {"keys": [key.as_dict(private=False, kid=kid) for key, kid in ((one, "1"), (two, "2"))]}
    )

    def held(key: ECKey, **header: Any) -> bool:
        text = sign(key, "ES256", claims_for("a", "https://hub"), **header)
        proof = assertion.read(text, "https://hub")
        return client_keys.signed_by_one_of(proof.token, key_set.read(jwks))

    assert held(two, kid="2")
    assert held(two)
    assert not held(two, kid="1")
    assert not held(two, kid="3")


EC = ECKey.generate_key("P-256")
UNFIT_KEYS: dict[str, Any] = {
    "no set": EC.as_dict(private=False),
    "no keys": {"keys": []},
    "too many": {"keys": [EC.as_dict(private=False)] * 9},
    "a private key": {"keys": [EC.as_dict(private=True)]},
    "a shared secret": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]},
    "another curve": {"keys": [ECKey.generate_key("P-384").as_dict(private=False)]},
    "for encryption": {"keys": [EC.as_dict(private=False, use="enc")]},
    "for another algorithm": {"keys": [EC.as_dict(private=False, alg="ES384")]},
    "a short RSA key": {
        "keys": [
            {
                "kty": "RSA",
                "e": "AQAB",
                "n": RSAKey.generate_key(2048).as_dict(private=False)["n"][:172],  # 1024 bits
            }
        ]
    },
    "no key at all": {"keys": [{"kty": "EC"}]},
    "unknown kind": {"keys": [{"kty": "new"}]},
}


@pytest.mark.parametrize("name", UNFIT_KEYS)
def test_unfit_key_is_not_registered(name: str) -> None:
    assert client_keys.checked({"keys": [EC.as_dict(private=False)]})

    with pytest.raises(BadUserInput):
        client_keys.checked(UNFIT_KEYS[name])


async def test_client_that_uses_a_secret_cannot_sign(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    caller = await register.with_secret()
    signing = Caller(caller.client_id, EC)

    answer = await http.post("/oauth/token", data=signing.signed(server.issuer))

    assert answer.status_code == 401
