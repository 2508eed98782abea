"""Fetched key sets: what is taken, how often it is fetched, who waits."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import ssl
import time
import zlib
from collections.abc import AsyncIterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, OKPKey, RSAKey

from hub.identity.tokens import fetch as fetching
from hub.identity.tokens import key_set
from hub.identity.tokens.fetch import SIZE_LIMIT, Unfetched, fetch, is_fetchable, max_age
from hub.identity.tokens.remote_keys import LONGEST, PAUSE, SHORTEST, STALE, USUAL, RemoteKeys
from tests.identity.key_server import (
    Answer,
    KeyServer,
    document,
    drip,
    key_server,
    response,
    sending,
    silence,
)
from tests.identity.test_verify import Clock

KEY = ECKey.generate_key("P-256", {"kid": "one"})
OTHER = ECKey.generate_key("P-256", {"kid": "two"})
SET = {"keys": [KEY.as_dict(private=False)]}
BODY = json.dumps(SET).encode()


@pytest.fixture
async def server() -> AsyncIterator[KeyServer]:
    async with key_server(KEY) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def remote(clock: Clock) -> AsyncIterator[RemoteKeys]:
    made = RemoteKeys(clock=clock)
    yield made
    await made.close()


async def kids(remote: RemoteKeys, server: KeyServer) -> list[str | None]:
    return [key.kid for key in await remote.keys(server.url)]


GOOD: dict[str, Answer] = {
    "as it should be": sending(response(BODY)),
    "without a length": sending(response(BODY, content_length="")),
    "in chunks": sending(
        response(b"", content_length="", transfer_encoding="chunked")
        + b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    ),
    "after a hint": sending(b"HTTP/1.1 103 Early Hints\r\n\r\n" + response(BODY)),
    "just short enough": sending(response(BODY + b" " * (SIZE_LIMIT - len(BODY)))),
}
BAD: dict[str, Answer] = {
    "redirected": sending(response(BODY, "302 Found", location="http://127.0.0.1/")),
    "not found": sending(response(BODY, "404 Not Found")),
    "unchanged": sending(response(b"", "304 Not Modified")),
    "too long": sending(response(BODY + b" " * SIZE_LIMIT)),
    "too long, in chunks": sending(
        response(b"", content_length="", transfer_encoding="chunked")
        + b"ffff\r\n%s\r\n" % (b" " * 0xFFFF) * 3
    ),
    "compressed": sending(response(zlib.compress(BODY), content_encoding="deflate")),
    "cut off": sending(response(BODY, content_length=str(len(BODY) + 1))),
    "no JSON": sending(response(b"<html>")),
    "not in UTF-8": sending(response(b'{"keys": "\xff"}')),
    "nested without end": sending(response(b"[" * 60_000)),
    "a list": document([KEY.as_dict(private=False)]),
    "keys are no list": document({"keys": {}}),
    "a key is no object": document({"keys": [1]}),
    "too many keys": document({"keys": SET["keys"] * 17}),
    "a private key": document({"keys": [KEY.as_dict(private=True)]}),
    "no HTTP": sending(b"SSH-2.0-OpenSSH\r\n"),
    "a header without end": sending(b"HTTP/1.1 200 OK\r\nx: " + b"x" * 200_000),
    "nothing": sending(b""),
}


@pytest.mark.parametrize("name", GOOD)
async def test_set_is_taken(server: KeyServer, remote: RemoteKeys, name: str) -> None:
    server.answer = GOOD[name]

    assert await kids(remote, server) == ["one"]


@pytest.mark.parametrize("name", BAD)
async def test_set_is_not_taken(server: KeyServer, remote: RemoteKeys, name: str) -> None:
    server.answer = BAD[name]

    with pytest.raises(Unfetched):
        await remote.keys(server.url)


@pytest.mark.parametrize("answer", [silence, drip])
async def test_server_that_does_not_finish_is_given_up(
    server: KeyServer, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    server.answer = answer
    begun = time.monotonic()

    with pytest.raises(Unfetched, match="within"):
        await fetch(server.url)

    assert 0.4 < time.monotonic() - begun < 2


async def test_server_that_is_not_there_is_told() -> None:
    async with key_server() as gone:
        url = gone.url
    with pytest.raises(Unfetched, match="Connect"):
        await fetch(url)


async def test_request_carries_nothing_but_the_question(server: KeyServer) -> None:
    await fetch(server.url + "?tenant=1")

    line, *headers = server.requests[0].decode().split("\r\n")
    assert line == "GET /jwks.json?tenant=1 HTTP/1.1"
    names = {header.partition(":")[0].lower() for header in headers if header}
    assert names == {"host", "accept", "accept-encoding", "user-agent", "connection"}


async def test_server_must_show_a_certificate_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate(tmp_path / "own.pem", "127.0.0.1"))
    elsewhere = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    elsewhere.load_cert_chain(certificate(tmp_path / "other.pem", "127.0.0.2"))
    both = tmp_path / "both.pem"
    both.write_bytes(b"".join((tmp_path / f"{name}.pem").read_bytes() for name in ("own", "other")))
    try:
        async with key_server(KEY, tls=tls) as own, key_server(KEY, tls=elsewhere) as other:
            fetching._trust.cache_clear()
            with pytest.raises(Unfetched, match="CERTIFICATE_VERIFY_FAILED"):
                await fetch(own.url)
            monkeypatch.setenv("SSL_CERT_FILE", str(both))
            fetching._trust.cache_clear()
            assert (await fetch(own.url)).content == SET
            with pytest.raises(Unfetched, match="CERTIFICATE_VERIFY_FAILED"):
                await fetch(other.url)
    finally:
        fetching._trust.cache_clear()


def certificate(file: Path, address: str) -> Path:
    """A certificate that signs itself, with its key, for one address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, address)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(address))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.parametrize(
    "url",
    [
        "https://keys.example/jwks",
        "https://keys.example:8443/a?b=c",
        "https://10.0.0.7/",
        "http://127.0.0.1:9/jwks",
        "http://localhost/jwks",
        "http://[::1]:8/jwks",
    ],
)
def test_url_may_be_fetched(url: str) -> None:
    assert is_fetchable(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "keys.example/jwks",
        "http://keys.example/jwks",
        "http://127.0.0.1.keys.example/",
        "ftp://keys.example/jwks",
        "file:///etc/passwd",
        "https:///jwks",
        "https://user@keys.example/",
        "https://user:secret@keys.example/",
        "https://keys.example/#part",
        "https://keys.example:99999/",
        "https://keys.example/ with space",
        "https://keys.example/\r\nHost: x",
        "https://schlüssel.example/",
        "https://keys.example/" + "x" * 2048,
        "https://[keys.example/",
    ],
)
def test_url_may_not_be_fetched(url: str) -> None:
    assert not is_fetchable(url)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({b"cache-control": b"public, max-age=600"}, 600),
        ({b"cache-control": b'Max-Age="600"'}, 600),
        ({b"cache-control": b"max-age=600", b"age": b"500"}, 100),
        ({b"cache-control": b"max-age=600", b"age": b"900"}, 0),
        ({b"cache-control": b"max-age=-1"}, None),
        ({b"cache-control": b"max-age=600, no-cache"}, 0),
        ({b"cache-control": b"no-store"}, 0),
        ({b"cache-control": b"s-maxage=5"}, None),
    ],
)
def test_time_for_which_a_set_may_be_kept(headers: dict[bytes, bytes], seconds: int | None) -> None:
    assert max_age(headers) == seconds


@pytest.mark.parametrize(
    ("cache_control", "kept"),
    [
        ("", USUAL),
        ("max-age=0", SHORTEST),
        ("max-age=31", 31),
        ("max-age=600", 600),
        ("max-age=86400", LONGEST),
    ],
)
async def test_set_is_fetched_again_when_its_time_is_over(
    server: KeyServer, remote: RemoteKeys, clock: Clock, cache_control: str, kept: int
) -> None:
    server.publish(KEY, cache_control=cache_control)
    assert await kids(remote, server) == ["one"]
    server.publish(OTHER)

    clock.time += kept - 0.5
    assert remote.fresh_for(server.url) == pytest.approx(0.5, abs=0.01)
    assert await kids(remote, server) == ["one"]
    assert server.asked == 1
    clock.time += 1
    assert await kids(remote, server) == ["two"]


async def test_hundred_who_ask_at_once_are_answered_by_one_fetch(
    server: KeyServer, remote: RemoteKeys
) -> None:
    found = await asyncio.gather(*(remote.keys(server.url) for _ in range(100)))

    assert server.asked == 1
    assert all(keys is found[0] for keys in found)


async def test_set_that_did_not_serve_is_fetched_once_in_thirty_seconds(
    server: KeyServer, remote: RemoteKeys, clock: Clock
) -> None:
    used = await remote.keys(server.url)
    server.publish(OTHER)

    assert await remote.newer(server.url, used) is None
    assert server.asked == 1
    clock.time += PAUSE
    found = await asyncio.gather(*(remote.newer(server.url, used) for _ in range(100)))
    assert server.asked == 2
    assert all(keys and keys[0].kid == "two" for keys in found)
    # Who still holds the old set is given the new one, and whoever forges gets no other fetch.
    assert await remote.newer(server.url, used) is found[0]
    for _ in range(10):
        assert await remote.newer(server.url, await remote.keys(server.url)) is None
    clock.time += PAUSE
    assert await remote.newer(server.url, used) is found[0]
    assert server.asked == 2


async def test_set_that_cannot_be_fetched_anew_serves_for_an_hour(
    server: KeyServer, remote: RemoteKeys, clock: Clock
) -> None:
    await remote.keys(server.url)
    server.answer = BAD["not found"]

    for _ in range((USUAL + STALE) // PAUSE - 1):
        clock.time += PAUSE
        assert await kids(remote, server) == ["one"]
        assert await kids(remote, server) == ["one"]
    assert server.asked == 1 + STALE // PAUSE
    clock.time += PAUSE
    with pytest.raises(Unfetched, match="404"):
        await remote.keys(server.url)
    server.publish(OTHER)
    clock.time += PAUSE
    assert await kids(remote, server) == ["two"]


async def test_failed_fetch_is_not_tried_again_at_once(
    server: KeyServer, remote: RemoteKeys, clock: Clock
) -> None:
    server.answer = BAD["not found"]
    for _ in range(5):
        with pytest.raises(Unfetched):
            await remote.keys(server.url)
    assert server.asked == 1

    server.publish(KEY)
    clock.time += PAUSE
    assert await kids(remote, server) == ["one"]


async def test_who_goes_away_does_not_take_the_fetch_along(
    server: KeyServer, remote: RemoteKeys
) -> None:
    async def later(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(response(BODY))

    server.answer = later
    first, second = (asyncio.create_task(remote.keys(server.url)) for _ in range(2))
    await asyncio.sleep(0.02)
    first.cancel()

    assert len(await second) == 1
    assert server.asked == 1


async def test_server_that_does_not_answer_holds_up_no_other_set(
    server: KeyServer, remote: RemoteKeys
) -> None:
    async with key_server() as silent:
        silent.answer = silence
        waiting = [asyncio.create_task(remote.keys(silent.url)) for _ in range(50)]
        await asyncio.sleep(0.05)
        assert await kids(remote, server) == ["one"]
        assert not any(task.done() for task in waiting)
        await remote.close()
        assert all(
            isinstance(end, asyncio.CancelledError)
            for end in await asyncio.gather(*waiting, return_exceptions=True)
        )


RSA = RSAKey.generate_key(2048)
EDWARDS = OKPKey.generate_key("Ed25519")
PUBLIC = KEY.as_dict(private=False)
PASSED_OVER: dict[str, dict[str, Any]] = {
    "a secret's kind": {"kty": "oct"},
    "an unknown kind": {"kty": "AKP", "alg": "ML-DSA-44", "pub": "x"},
    "another curve": ECKey.generate_key("P-521").as_dict(private=False),
    "for encryption": {**PUBLIC, "use": "enc"},
    "of another algorithm": {**PUBLIC, "alg": "ES512"},
    "a number as its id": {**PUBLIC, "kid": 7},
    "a point that is none": {**PUBLIC, "x": PUBLIC["y"]},
    "numbers for text": {**PUBLIC, "x": 7},
    "lists for text": {**PUBLIC, "crv": ["P-256"], "kty": ["EC"]},
    "nothing": {},
    "text that is no base64": {**RSA.as_dict(private=False), "n": "\u00e4"},
    "an RSA key without end": {"kty": "RSA", "e": "AQAB", "n": "_" * 1400},
    "an exponent of nothing": {**RSA.as_dict(private=False), "e": ""},
    "a short Ed25519 key": {**EDWARDS.as_dict(private=False), "x": "AA"},
}


@pytest.mark.parametrize("name", PASSED_OVER)
def test_key_that_does_not_serve_is_passed_over(name: str) -> None:
    found = key_set.read({"keys": [PASSED_OVER[name], KEY.as_dict(private=False)]})

    assert [key.kid for key in found] == ["one"]


@pytest.mark.parametrize(
    ("key", "algorithms"),
    [
        (KEY, ("ES256",)),
        (ECKey.generate_key("P-384"), ("ES384",)),
        (EDWARDS, ("EdDSA", "Ed25519")),
        (RSA, ("PS256", "RS256")),
        (RSAKey.generate_key(2048, {"alg": "RS256"}), ("RS256",)),
    ],
)
def test_kind_of_a_key_says_what_it_is_used_with(key: Any, algorithms: tuple[str, ...]) -> None:
    (found,) = key_set.read({"keys": [key.as_dict(private=False)]})

    assert found.algorithms == algorithms
