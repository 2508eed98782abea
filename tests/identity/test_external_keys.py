"""Issuers elsewhere over HTTP: how their keys are fetched, and what is kept of their tokens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import ECKey, Key

from hub.identity.tokens import dpop, jose
from hub.identity.tokens.binding import Proofs
from hub.identity.tokens.external import External
from hub.identity.tokens.keys import SigningKeys
from hub.identity.tokens.nonces import Nonces
from hub.identity.tokens.remote_keys import PAUSE, USUAL, RemoteKeys
from hub.identity.tokens.verify import Verifier
from hub.kit.errors import Unauthenticated, Unavailable
from tests.identity.conftest import SCOPES, Server, authorization_server, bearer
from tests.identity.key_server import KeyServer, key_server, sending
from tests.identity.test_dpop import proof
from tests.identity.test_external import API, KEY, OTHER, THEIRS, every_city, issuer, made
from tests.identity.test_verify import ISSUER, KEYS, NO_PROOFS, Clock, Register, token


@pytest.fixture
async def keys_at() -> AsyncIterator[KeyServer]:
    async with key_server(KEY) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Remote:
    """A verifier whose issuer publishes its keys, on clocks that are moved."""

    def __init__(self, keys_at: KeyServer, clock: Clock) -> None:
        self.register = Register()
        remote = RemoteKeys(clock=clock)
        given = issuer(jwks=None, jwks_uri=keys_at.url)
        trusted = {THEIRS: External(given, remote, every_city, clock)}
        self.verifier = Verifier(
            KEYS, ISSUER, self.register, NO_PROOFS, trusted=trusted, clock=clock
        )
        self.verifier.remembering = True

    async def holds(self, authorization: str) -> bool:
        try:
            return await self.verifier.grant(authorization) is not None
        except Unauthenticated:
            return False


@pytest.fixture
def there(keys_at: KeyServer, clock: Clock) -> Remote:
    return Remote(keys_at, clock)


async def test_keys_are_fetched_once_for_all_who_come(there: Remote, keys_at: KeyServer) -> None:
    tokens = [made() for _ in range(20)]

    assert all(await asyncio.gather(*map(there.holds, tokens)))
    forged = [made(OTHER) for _ in range(20)]
    assert not any(await asyncio.gather(*map(there.holds, forged)))

    assert keys_at.asked == 1
    assert there.register.asked == 0


async def test_new_key_of_theirs_is_learnt_from_its_first_token(
    there: Remote, keys_at: KeyServer, clock: Clock
) -> None:
    assert await there.holds(made())
    keys_at.publish(OTHER)
    clock.time += PAUSE

    assert await there.holds(made(OTHER))
    assert not await there.holds(made())
    assert keys_at.asked == 2


async def test_token_ends_when_its_key_is_no_longer_published(
    there: Remote, keys_at: KeyServer, clock: Clock
) -> None:
    """No later than the set of keys is fresh, though the token itself would go on."""
    text = made()
    assert await there.holds(text)
    keys_at.publish(OTHER)

    clock.time += USUAL - 1
    assert await there.holds(text)
    assert keys_at.asked == 1
    clock.time += 1
    assert not await there.holds(text)
    assert keys_at.asked == 2


async def test_token_is_remembered_no_longer_than_it_is_good(
    there: Remote, keys_at: KeyServer, clock: Clock
) -> None:
    keys_at.publish(KEY, cache_control="max-age=3600")
    text = made()
    assert await there.holds(text)
    clock.time += 599
    assert await there.holds(text)
    clock.time += 2
    with pytest.raises(Unauthenticated, match="expired"):
        await there.verifier.grant(text)


async def test_token_that_is_remembered_is_checked_no_more(
    there: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = made()
    assert await there.holds(text)

    def never(*_: object) -> bool:
        raise AssertionError("checked again")

    monkeypatch.setattr(jose, "holds", never)
    assert await there.holds(text)
    there.verifier.forget()
    with pytest.raises(AssertionError, match="checked again"):
        await there.holds(text)


async def test_keys_that_cannot_be_had_are_no_fault_of_the_token(
    there: Remote, keys_at: KeyServer, clock: Clock
) -> None:
    keys_at.answer = sending(b"")
    with pytest.raises(Unavailable):
        await there.verifier.grant(made())
    assert await there.holds(token()), "the hub's own tokens need nobody else"

    keys_at.publish(KEY)
    with pytest.raises(Unavailable):
        await there.verifier.grant(made())
    clock.time += PAUSE
    assert await there.holds(made())


async def test_bound_token_of_theirs_is_good_with_proofs_alone() -> None:
    key = ECKey.generate_key("P-256")
    used: set[str] = set()

    async def once(_owner: str, jti: str, _expires: float) -> bool:
        fresh = jti not in used
        used.add(jti)
        return fresh

    nonces = Nonces(lambda: [b"secret"])
    trusted = {THEIRS: External(issuer(), RemoteKeys(), every_city)}
    checking = Verifier(
        SigningKeys([ECKey.generate_key("P-256")]),
        ISSUER,
        Register(),
        Proofs(API, nonces, once),
        trusted=trusted,
    )
    text = made(cnf={"jkt": key.thumbprint()}).removeprefix("Bearer ")

    def proved(by: Key, of: str = text) -> str:
        said = {"htm": "POST", "htu": API, "iat": int(time.time()), "jti": uuid4().hex}
        return proof({**said, "ath": dpop.hash_of(of), "nonce": nonces.current()}, by)

    sent = proved(key)
    assert await checking.grant(f"DPoP {text}", proofs=[sent])
    assert await checking.grant(f"DPoP {text}", proofs=[proved(key)])
    for authorization, proofs, reason in [
        (f"DPoP {text}", [sent], "proof"),
        (f"DPoP {text}", [], "proof"),
        (f"DPoP {text}", [proved(OTHER)], "proof"),
        (f"DPoP {text}", [proved(key, "another")], "proof"),
        (f"Bearer {text}", [proved(key)], "scheme"),
        (made().replace("Bearer", "DPoP"), [proved(key)], "scheme"),
    ]:
        with pytest.raises(Unauthenticated) as refused:
            await checking.grant(authorization, proofs=proofs)
        assert refused.value.details == {"reason": reason}


@pytest.fixture
async def serving(
    app_url: str, signing_keys: SigningKeys, keys_at: KeyServer
) -> AsyncIterator[Server]:
    given = issuer(jwks=None, jwks_uri=keys_at.url)
    with authorization_server(app_url, signing_keys, ISSUER, trusted=[given]) as running:
        yield running


async def test_running_hub_takes_their_tokens_and_names_them(
    serving: Server, keys_at: KeyServer
) -> None:
    text = made().removeprefix("Bearer ")
    async with httpx.AsyncClient(base_url=serving.url) as http:
        answers = await asyncio.gather(
            *(http.get("/whoami", headers=bearer(text)) for _ in range(20))
        )
        told = (await http.get("/.well-known/oauth-protected-resource")).json()

    assert {answer.json()["client"] for answer in answers} == {"suzhou:app"}
    assert keys_at.asked == 1
    assert told["authorization_servers"] == [ISSUER, THEIRS]
    assert told["scopes_supported"] == list(SCOPES)
