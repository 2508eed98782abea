"""DPoP (RFC 9449): which proofs hold, and what a bound token is good for."""

from __future__ import annotations

import asyncio
import json
import time
import warnings
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from hub.identity.tokens import dpop
from hub.identity.tokens.dpop import InvalidProof
from tests.identity.conftest import Caller, Registrar, Server, bearer, sign
from tests.identity.guards import guards_of, without

URL = "https://hub.example/graphql"
KEY = ECKey.generate_key("P-256")
NOW = 1_800_000_000
TOKEN = "a.b.c"


def claims(**changes: Any) -> dict[str, Any]:
    found = {"htm": "POST", "htu": URL, "iat": NOW, "jti": uuid4().hex, "ath": dpop.hash_of(TOKEN)}
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


def proof(
    said: dict[str, Any] | None = None, key: Key = KEY, algorithm: str = "ES256", **header: Any
) -> str:
    jwk = key.as_dict(private=False)
    found = {"typ": "dpop+jwt", "jwk": jwk, **header}
    header = {name: value for name, value in found.items() if value is not None}
    return sign(key, algorithm, claims() if said is None else said, **header)


def short_rsa_key() -> Key:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # joserfc warns of it, rightly
        return RSAKey.generate_key(1024)


def read(*headers: str, using: Callable[..., Any] = dpop.read, **more: Any) -> dpop.Proof:
    given: dict[str, Any] = {"token": TOKEN, "clock": lambda: NOW, **more}
    found: dpop.Proof = using(headers, "POST", URL, **given)
    return found


REFUSED: dict[str, tuple[str, ...]] = {
    "two proofs": (proof(), proof()),
    "another type": (proof(typ="JWT"),),
    "another key's signature": (proof(jwk=ECKey.generate_key("P-256").as_dict(private=False)),),
    "another method": (proof(claims(htm="GET")),),
    "method in small letters": (proof(claims(htm="post")),),
    "another path": (proof(claims(htu="https://hub.example/graphq")),),
    "another host": (proof(claims(htu="https://hub.example.org/graphql")),),
    "another scheme": (proof(claims(htu="http://hub.example/graphql")),),
    "another port": (proof(claims(htu="https://hub.example:8443/graphql")),),
    "no address": (proof(claims(htu=None)),),
    "an address that is none": (proof(claims(htu="https://[hub/graphql")),),
    "another token": (proof(claims(ath=dpop.hash_of("d.e.f"))),),
    "no token": (proof(claims(ath=None)),),
    "no id": (proof(claims(jti=None)),),
    "an id that is too long": (proof(claims(jti="x" * 256)),),
    "a nonce that is no string": (proof(claims(nonce=7)),),
    "no time": (proof(claims(iat=None)),),
    "a minute old": (proof(claims(iat=NOW - 60)),),
    "a minute ahead": (proof(claims(iat=NOW + 60)),),
    "no proof": (),
    "no JWT": ("not a JWT",),
    "no key": (proof(jwk=None),),
    "a private key": (proof(jwk=KEY.as_dict(private=True)),),
    "a short RSA key": (proof(key=short_rsa_key(), algorithm="PS256"),),
    "a critical header": (proof(crit=["b64"], b64=True),),
}
"""Each is refused. The last ones are refused by what `read` calls, which has tables of its own."""

ACCEPTED = {
    "as it should be": proof(),
    "without a token": proof(claims(ath=None)),
    "Ed25519": proof(key=OKPKey.generate_key("Ed25519"), algorithm="EdDSA"),
    "PS256": proof(key=RSAKey.generate_key(2048), algorithm="PS256"),
    "ten seconds slow": proof(claims(iat=NOW - 10)),
    "nine seconds fast": proof(claims(iat=NOW + 9)),
    "with a query": proof(claims(htu=URL + "?query=x#y")),
    "with capitals and the port": proof(claims(htu="HTTPS://HUB.example:443/graphql")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_proof_is_refused(name: str) -> None:
    with pytest.raises(InvalidProof):
        read(*REFUSED[name])


@pytest.mark.parametrize("name", ACCEPTED)
def test_proof_is_accepted(name: str) -> None:
    found = read(ACCEPTED[name], token=None if "without" in name else TOKEN)
    assert found.expires > NOW


@pytest.mark.parametrize("guard", guards_of(dpop.read))
def test_each_check_is_missed_by_some_row_when_it_is_off(guard: str) -> None:
    careless = without(dpop.read, guard)

    def passes(headers: tuple[str, ...]) -> bool:
        try:
            read(*headers, using=careless)
        except InvalidProof:
            return False
        except IndexError:  # without a header there is nothing to be read
            return True
        return True

    assert any(passes(headers) for headers in REFUSED.values())


# Over HTTP


class Client:
    """A client with a DPoP key; makes proofs with the last nonce that it was given."""

    def __init__(self, http: httpx.AsyncClient, server: Server, caller: Caller) -> None:
        self.http, self.server, self.caller = http, server, caller
        self.key = ECKey.generate_key("P-256")
        self.nonce: str | None = None

    def proof(self, method: str, url: str, token: str | None = None, **changes: Any) -> str:
        said = claims(
            **{
                "htm": method,
                "htu": url,
                "iat": int(time.time()),
                "ath": dpop.hash_of(token) if token else None,
                "nonce": self.nonce,
                **changes,
            }
        )
        return proof(said, self.key)

    async def ask(self, **changes: Any) -> httpx.Response:
        """A request for a token; asked again with the nonce where one is wanted."""
        for _ in range(2):
            answer = await self.http.post(
                "/oauth/token",
                data=self.caller.form,
                auth=self.caller.basic(),
                headers={
                    "DPoP": self.proof("POST", f"{self.server.issuer}/oauth/token", **changes)
                },
            )
            self.nonce = answer.headers.get("dpop-nonce", self.nonce)
            if answer.status_code == 200 or answer.json()["error"] != "use_dpop_nonce":
                break
        return answer

    async def token(self) -> str:
        answer = await self.ask()
        assert answer.status_code == 200, answer.text
        assert answer.json()["token_type"] == "DPoP"
        return str(answer.json()["access_token"])

    async def use(
        self,
        token: str,
        *,
        at: httpx.AsyncClient | None = None,
        sent: str | None = None,
        scheme: str = "DPoP",
        **more: Any,
    ) -> httpx.Response:
        """A request with the token."""
        sent = sent or self.proof("GET", f"{self.server.issuer}/graphql", token, **more)
        headers = {"Authorization": f"{scheme} {token}", "DPoP": sent}
        return await (at or self.http).get("/whoami", headers=headers)


@pytest.fixture
async def client(http: httpx.AsyncClient, server: Server, register: Registrar) -> Client:
    return Client(http, server, await register.with_secret())


async def test_bound_token_is_good_with_its_key(client: Client) -> None:
    token = await client.token()

    answer = await client.use(token)

    assert answer.status_code == 200
    assert answer.json()["client"] == client.caller.client_id


async def test_bound_token_is_bound_to_the_key_of_the_request(client: Client) -> None:
    token = await client.token()
    payload = json.loads(_decoded(token.split(".")[1]))
    assert payload["cnf"] == {"jkt": client.key.thumbprint()}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"scheme": "Bearer"}, "scheme"),
        ({"nonce": None}, "nonce"),
        ({"nonce": "bm90IG91cnM"}, "nonce"),
        ({"ath": dpop.hash_of("another")}, "proof"),
        ({"htm": "POST"}, "proof"),
        ({"iat": 1}, "proof"),
    ],
)
async def test_bound_token_is_good_in_no_other_way(
    client: Client, changes: dict[str, Any], reason: str
) -> None:
    answer = await client.use(await client.token(), **changes)
    assert (answer.status_code, answer.json()["reason"]) == (401, reason)


async def test_bound_token_is_good_with_no_other_key(client: Client) -> None:
    token = await client.token()
    client.key = ECKey.generate_key("P-256")
    answer = await client.use(token)
    assert (answer.status_code, answer.json()["reason"]) == (401, "proof")


async def test_bound_token_without_a_proof_is_refused(client: Client) -> None:
    token = await client.token()
    answer = await client.http.get("/whoami", headers={"Authorization": f"DPoP {token}"})
    assert (answer.status_code, answer.json()["reason"]) == (401, "proof")


async def test_bearer_token_is_not_taken_as_a_bound_one(client: Client) -> None:
    answer = await client.http.post(
        "/oauth/token", data=client.caller.form, auth=client.caller.basic()
    )
    token = answer.json()["access_token"]
    assert (await client.http.get("/whoami", headers=bearer(token))).status_code == 200
    assert (await client.use(token)).json()["reason"] == "scheme"


async def test_proof_is_good_once_at_whichever_worker(
    client: Client, second_worker: Server
) -> None:
    token = await client.token()
    sent = client.proof("GET", f"{client.server.issuer}/graphql", token)
    async with httpx.AsyncClient(base_url=second_worker.url) as other:
        answers = await asyncio.gather(
            *(client.use(token, sent=sent, at=at) for at in [client.http, other] * 10)
        )
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19


async def test_token_request_without_a_nonce_is_asked_for_one(client: Client) -> None:
    sent = client.proof("POST", f"{client.server.issuer}/oauth/token")
    answer = await client.http.post(
        "/oauth/token",
        data=client.caller.form,
        auth=client.caller.basic(),
        headers={"DPoP": sent},
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "use_dpop_nonce")
    assert answer.headers["dpop-nonce"]
    assert answer.headers["cache-control"] == "no-store"


async def test_token_request_with_a_proof_for_another_address_is_refused(client: Client) -> None:
    answer = await client.ask(htu=f"{client.server.issuer}/graphql")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")


async def test_client_whose_tokens_must_be_bound_gets_no_other(
    http: httpx.AsyncClient, server: Server, register: Registrar
) -> None:
    caller = await register.with_secret(dpop_bound=True)
    answer = await http.post("/oauth/token", data=caller.form, auth=caller.basic())
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
    assert await Client(http, server, caller).token()


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
