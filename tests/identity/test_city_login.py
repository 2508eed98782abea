"""Signing in by the city's own provider: each fault of an answer beside one that has none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from hub.identity.city import provider
from hub.identity.city.login import BACK, Away, CityLogin, Failed
from hub.identity.city.provider import CityProvider
from hub.identity.tokens.remote_keys import RemoteKeys
from hub.kit.crypto import Sealer
from hub.kit.errors import SetupError
from tests.identity.faulty_provider import CLIENT, FORGED, SECRET, FaultyProvider, faulty_provider
from tests.identity.guards import guards_of, without

ISSUER = "https://hub.example"
SEALER = Sealer(b"k" * 32)


@pytest.fixture(scope="module")
def serving() -> Iterator[FaultyProvider]:
    with faulty_provider() as running:
        yield running


@pytest.fixture
def city(serving: FaultyProvider) -> Iterator[FaultyProvider]:
    """The provider, good again after each test."""
    yield serving
    mend(serving)


def mend(city: FaultyProvider) -> None:
    city.metadata, city.answer, city.tokens, city.claims = {}, {}, {}, {}
    city.algorithm, city.forged_with = "ES256", None


def login(city: FaultyProvider, issuer: str = ISSUER) -> CityLogin:
    given = {"issuer": city.url, "client_id": CLIENT, "client_secret": SECRET, "acr": ["mfa"]}
    known = CityProvider.model_validate({**given, "name_en": "City", "name_zh": "城市"})
    return CityLogin(known, issuer, SEALER, RemoteKeys())


async def outcome(city: FaultyProvider) -> str:
    """Whom the provider says the person is, or why not."""
    trying = login(city)
    try:
        address, cookie = await trying.begin("/account", "zh")
        async with httpx.AsyncClient() as browser:
            sent = await browser.get(address)
        back = urlsplit(sent.headers["location"])
        assert f"{back.scheme}://{back.netloc}{back.path}" == ISSUER + BACK
        return await trying.finish(trying.begun(cookie), dict(parse_qsl(back.query)))
    except (Away, Failed) as error:
        return f"{type(error).__name__}: {error}"
    except (KeyError, NameError, TypeError, AttributeError) as error:
        return f"a guard was missing: {type(error).__name__}"


SOON = int(time.time()) + 3600
FAULTS: dict[str, dict[str, Any]] = {
    "metadata of another issuer": {"metadata": {"issuer": "https://other.example"}},
    "no token endpoint": {"metadata": {"token_endpoint": None}},
    "keys over plain http": {"metadata": {"jwks_uri": "http://keys.example/jwks"}},
    "another state": {"answer": {"state": "another"}},
    "no state": {"answer": {"state": None}},
    "another issuer's answer": {"answer": {"iss": "https://other.example"}},
    "no iss in the answer": {"answer": {"iss": None}},
    "an error": {"answer": {"code": None, "error": "access_denied"}},
    "a code of its own making": {"answer": {"code": "never-given"}},
    "no ID token": {"tokens": {"id_token": None}},
    "an ID token that is none": {"tokens": {"id_token": "a.b.c"}},
    **FORGED,
    "another iss": {"claims": {"iss": "https://other.example"}},
    "another aud": {"claims": {"aud": "another-app"}},
    "no aud": {"claims": {"aud": None}},
    "expired": {"claims": {"exp": SOON - 7200}},
    "issued in the future": {"claims": {"iat": SOON}},
    "another nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "another access token's hash": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "signed in less firmly": {"claims": {"acr": "pwd"}},
    "no sub": {"claims": {"sub": None}},
    "sub is a number": {"claims": {"sub": 7}},
    "sub is endless": {"claims": {"sub": "x" * 256}},
}


async def with_fault(city: FaultyProvider, fault: str) -> str:
    mend(city)
    for member, value in FAULTS[fault].items():
        setattr(city, member, value)
    return await outcome(city)


@pytest.mark.parametrize("fault", FAULTS)
async def test_answer_with_a_fault_signs_nobody_in(city: FaultyProvider, fault: str) -> None:
    assert await outcome(city) == "a-person"
    said = await with_fault(city, fault)
    assert said.startswith(("Failed: ", "Away: ")), said


STRICT: list[str] = []
"""What is said of each fault with all checks on; found out once."""


@pytest.mark.parametrize(
    ("name", "guard"),
    [
        (name, guard)
        for name in ("finish", "_about", "_claims", "_named")
        for guard in guards_of(getattr(CityLogin, name))
    ],
)
async def test_each_check_is_missed_when_it_is_off(
    city: FaultyProvider, name: str, guard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then somebody is signed in, or it is refused later and for another reason."""
    if not STRICT:
        STRICT.extend([await with_fault(city, fault) for fault in FAULTS])
    monkeypatch.setattr(CityLogin, name, without(getattr(CityLogin, name), guard))
    for fault, said in zip(FAULTS, STRICT, strict=True):
        if await with_fault(city, fault) != said:
            return
    pytest.fail("no row needs this check")


async def test_it_is_finished_in_the_browser_that_began_it_and_in_time(
    city: FaultyProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = login(city)
    _, cookie = await mine.begin("/account", "en")
    assert mine.begun(cookie).to == "/account"
    for other in (None, "", "garbage", Sealer(b"o" * 32).seal("{}", "identity.city")):
        with pytest.raises(Failed, match="began no sign-in"):
            mine.begun(other)
    later = time.time() + 601
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(Failed, match="too long"):
        mine.begun(cookie)


async def test_a_provider_that_is_away_is_told_apart(city: FaultyProvider) -> None:
    gone = CityProvider(
        issuer="http://127.0.0.1:1", client_id=CLIENT, name_en="City", name_zh="城市"
    )
    with pytest.raises(Away):
        await CityLogin(gone, ISSUER, SEALER, RemoteKeys()).begin("/account", "en")


# Configuration

GOOD = "issuer: https://id.example\nclient_id: hub\nname_en: City\nname_zh: 城市\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("issuer: http://id.example\n" + GOOD.partition("\n")[2], "issuer must be an https URL"),
        (GOOD + "algorithms: [HS256]\n", "HS256"),
        (GOOD + "algorithms: []\n", "an empty list"),
        (GOOD + "scopes: [profile]\n", "openid"),
        (GOOD + "client_secret: short\n", "client_secret"),
        (GOOD + "unknown: yes\n", "unknown"),
        (GOOD.replace("https://id.example", ISSUER), "this hub itself"),
        ("{", "neither YAML nor JSON"),
    ],
)
def test_a_file_that_is_not_in_order_is_told(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "city.yaml"
    file.write_text(GOOD, encoding="utf-8")
    read: Callable[[], CityProvider | None] = lambda: provider.load(file, ISSUER)  # noqa: E731
    assert read() is not None
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SetupError, match="HUB_CITY_LOGIN") as refused:
        read()
    assert said in refused.value.message


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    assert provider.load(None, ISSUER) is None
    with pytest.raises(SetupError, match="cannot be read"):
        provider.load(tmp_path / "nowhere.yaml", ISSUER)
