"""Which access tokens hold: each row of the table is one fault beside a token that has none."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from joserfc.jwk import ECKey, OctKey

from hub.identity.clients.client import Client, ClientAudience
from hub.identity.grants.granted import Granted
from hub.identity.tokens.binding import Proofs
from hub.identity.tokens.challenge import challenges
from hub.identity.tokens.keys import SigningKeys
from hub.identity.tokens.mint import Mint, resource
from hub.identity.tokens.nonces import Nonces
from hub.identity.tokens.standing import Standing
from hub.identity.tokens.verify import Verifier
from hub.kit.errors import (
    Forbidden,
    HubError,
    PurposeNotAllowed,
    SetupError,
    Unauthenticated,
)
from hub.model.access import Audience, Grant
from tests.identity.conftest import sign

ISSUER = "https://hub.example"
PARK = UUID("01890000-0000-7000-8000-0000000000a1")
TALENT = UUID("01890000-0000-7000-8000-0000000000b2")
KEYS = SigningKeys([ECKey.generate_key("P-256")])


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = time.time()

    def __call__(self) -> float:
        return self.time


async def _never(*_: object) -> bool:
    raise AssertionError("no token here is bound to a key")


NO_PROOFS = Proofs(ISSUER, Nonces(lambda: [b""]), _never)


class Register:
    """Who is in good standing, and how often that was asked."""

    def __init__(self) -> None:
        self.good, self.asked = True, 0

    async def __call__(self, _: Standing) -> bool:
        self.asked += 1
        return self.good


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def verifier(clock: Clock, register: Register) -> Verifier:
    made = Verifier(KEYS, ISSUER, register, NO_PROOFS, clock=clock, size=3)
    made.remembering = True
    return made


def client(**changes: Any) -> Client:
    values: dict[str, Any] = {
        "client_id": "sz-hub",
        "audience": ClientAudience.PARTNER,
        "partner": "320500",
        "parks": [],
        "departments": [],
        "talent": None,
        "generation": 1,
        **changes,
    }
    return Client(**values)


def token(*purposes: str, keys: SigningKeys = KEYS, issuer: str = ISSUER, **changes: Any) -> str:
    caller = client(**changes)
    bounds = caller.bounds() | {"purposes": list(purposes)}
    granted = Granted(("park:read",), bounds, resource(issuer))
    return "Bearer " + Mint(keys, issuer).access_token(caller, granted).text


def claims(**changes: Any) -> dict[str, Any]:
    """Claims of a token that holds, and then the changes; None leaves a claim out."""
    now = int(time.time())
    whole = {
        "iss": ISSUER,
        "aud": f"{ISSUER}/graphql",
        "sub": "sz-hub",
        "client_id": "sz-hub",
        "iat": now,
        "exp": now + 600,
        "jti": "1",
        "scope": "park:read",
        "hub_audience": "PARTNER",
        "hub_bounds": {"partner": "320500"},
        "hub_generation": 1,
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def signed(header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token of ours with other claims or another header."""
    whole = {"typ": "at+jwt", "kid": KEYS.kid, **(header or {})}
    return as_bearer(sign(KEYS.signing, "ES256", claims(**changes), **whole))


def as_bearer(text: str) -> str:
    return "Bearer " + text


async def test_grant_carries_what_the_token_says(verifier: Verifier) -> None:
    text = token("JOB_MATCHING", parks=[PARK], departments=["nt-rsj"], talent=TALENT)

    grant = await verifier.grant(text)

    assert grant is not None
    assert grant == Grant(
        client="sz-hub",
        audience=Audience.PARTNER,
        scopes=frozenset({"park:read"}),
        sub="sz-hub",
        talent=TALENT,
        partner="320500",
        parks=(PARK,),
        departments=("nt-rsj",),
        purposes=("JOB_MATCHING",),
        purpose="JOB_MATCHING",
        token_id=grant.token_id,
    )


async def test_no_token_is_no_grant(verifier: Verifier) -> None:
    assert await verifier.grant(None) is None


def test_audiences_of_clients_and_of_grants_are_the_same() -> None:
    assert ClientAudience.values() == [audience.value for audience in Audience]


@pytest.mark.parametrize(
    ("purposes", "header", "applies"),
    [
        ((), None, None),
        (("JOB_MATCHING",), None, "JOB_MATCHING"),
        (("JOB_MATCHING",), "JOB_MATCHING", "JOB_MATCHING"),
        (("JOB_MATCHING", "STATISTICS"), None, None),
        (("JOB_MATCHING", "STATISTICS"), "STATISTICS", "STATISTICS"),
    ],
)
async def test_purpose_is_the_sole_one_or_the_one_picked(
    verifier: Verifier, purposes: tuple[str, ...], header: str | None, applies: str | None
) -> None:
    text = token(*purposes)

    for _ in ("cold", "warm"):
        grant = await verifier.grant(text, header)
        assert grant is not None
        assert (grant.purpose, grant.purposes) == (applies, purposes)


@pytest.mark.parametrize("header", ["PARK_SETTLEMENT", "", "job_matching"])
async def test_purpose_that_the_token_does_not_list_is_refused(
    verifier: Verifier, header: str
) -> None:
    text = token("JOB_MATCHING", "STATISTICS")

    with pytest.raises(PurposeNotAllowed) as refused:
        await verifier.grant(text, header)

    assert refused.value.extensions()["allowed"] == ["JOB_MATCHING", "STATISTICS"]


def with_wrong_signature() -> str:
    text = token()
    return text[:-4] + ("AAAA" if not text.endswith("AAAA") else "BBBB")


def of_another_key() -> str:
    return as_bearer(
        sign(ECKey.generate_key("P-256"), "ES256", claims(), typ="at+jwt", kid=KEYS.kid)
    )


def confused() -> str:
    """Signed with HS256 and the public key as the secret."""
    secret = OctKey.import_key(str(KEYS.jwks()["keys"][0]))
    return as_bearer(sign(secret, "HS256", claims(), typ="at+jwt", kid=KEYS.kid))


def unsigned() -> str:
    nothing = OctKey.import_key("a secret that nobody knows, of some length")
    return as_bearer(sign(nothing, "none", claims(), typ="at+jwt", kid=KEYS.kid))


def critical() -> str:
    """A header that wants something understood which is not; no library would make it."""
    header = {"alg": "ES256", "typ": "at+jwt", "kid": KEYS.kid, "crit": ["exp"], "exp": 1}
    encoded = urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return as_bearer(encoded + token()[token().index(".") :])


FAULTS: dict[str, tuple[Callable[[], str], str]] = {
    "another scheme": (lambda: "Basic c3otaHViOg==", "scheme"),
    "no token": (lambda: "Bearer", "malformed"),
    "not a JWT": (lambda: "Bearer abc", "malformed"),
    "garbage": (lambda: "Bearer a.b.c", "malformed"),
    "no ASCII": (lambda: "Bearer ä.ö.ü", "malformed"),
    "oversize": (lambda: signed(scope="x" * 9000), "malformed"),
    "critical header": (critical, "malformed"),
    "alg none": (unsigned, "algorithm"),
    "alg HS256 with the public key": (confused, "algorithm"),
    "typ of an ID token": (lambda: signed({"typ": "JWT"}), "type"),
    "unknown kid": (lambda: signed({"kid": "other"}), "key"),
    "another hub's key": (lambda: token(keys=SigningKeys([ECKey.generate_key("P-256")])), "key"),
    "another key under our kid": (of_another_key, "signature"),
    "changed signature": (with_wrong_signature, "signature"),
    "another issuer": (lambda: token(issuer="https://other.example"), "issuer"),
    "another audience": (lambda: signed(aud="https://other.example/graphql"), "audience"),
    "two audiences": (lambda: signed(aud=[f"{ISSUER}/graphql", "https://b.example"]), "audience"),
    "no audience": (lambda: signed(aud=None), "audience"),
    "expired": (lambda: signed(exp=int(time.time()) - 1), "expired"),
    "issued in the future": (lambda: signed(iat=int(time.time()) + 60), "early"),
    "not yet valid": (lambda: signed(nbf=int(time.time()) + 60), "early"),
    "no exp": (lambda: signed(exp=None), "claims"),
    "exp is text": (lambda: signed(exp="never"), "claims"),
    "exp is true": (lambda: signed(exp=True), "claims"),
    "no iat": (lambda: signed(iat=None), "claims"),
    "no sub": (lambda: signed(sub=None), "claims"),
    "no client_id": (lambda: signed(client_id=None), "claims"),
    "no jti": (lambda: signed(jti=None), "claims"),
    "scope is a list": (lambda: signed(scope=["park:read"]), "claims"),
    "no audience of the hub": (lambda: signed(hub_audience=None), "claims"),
    "unknown audience of the hub": (lambda: signed(hub_audience="ROOT"), "claims"),
    "park that is no id": (lambda: signed(hub_bounds={"parks": ["P1"]}), "claims"),
    "bounds are text": (lambda: signed(hub_bounds="all"), "claims"),
    "no generation": (lambda: signed(hub_generation=None), "claims"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_token_with_a_fault_does_not_hold(verifier: Verifier, fault: str) -> None:
    make, reason = FAULTS[fault]
    assert await verifier.grant(token()) is not None
    assert await verifier.grant(signed()) is not None

    for _ in ("first", "again"):
        with pytest.raises(Unauthenticated) as refused:
            await verifier.grant(make())
        assert refused.value.details == {"reason": reason}


def test_every_reason_has_its_own_sentence() -> None:
    assert len({reason for _, reason in FAULTS.values()}) == 11


OTHER_FORMS: dict[str, Callable[[], str]] = {
    "typ with application/": lambda: signed({"typ": "application/at+jwt"}),
    "typ in capitals": lambda: signed({"typ": "AT+JWT"}),
    "a list of one audience": lambda: signed(aud=[f"{ISSUER}/graphql"]),
    "a clock that is ahead": lambda: signed(iat=int(time.time()) + 8),
    "no scope": lambda: signed(scope=None),
    "a scheme in small letters": lambda: signed().replace("Bearer", "bearer"),
}


@pytest.mark.parametrize("form", OTHER_FORMS)
async def test_other_forms_of_the_same_hold(verifier: Verifier, form: str) -> None:
    assert await verifier.grant(OTHER_FORMS[form]()) is not None


async def test_token_is_remembered_until_it_expires(
    verifier: Verifier, clock: Clock, register: Register
) -> None:
    text = token()
    await verifier.grant(text)
    register.good = False

    clock.time += 598
    assert await verifier.grant(text) is not None
    assert register.asked == 1

    clock.time += 3
    with pytest.raises(Unauthenticated, match="expired"):
        await verifier.grant(text)


async def test_token_of_a_suspended_client_does_not_hold(
    verifier: Verifier, register: Register
) -> None:
    text = token()
    assert await verifier.grant(text) is not None

    register.good = False
    verifier.forget("sz-hub")

    with pytest.raises(Unauthenticated) as refused:
        await verifier.grant(text)
    assert refused.value.details == {"reason": "revoked"}


async def test_forgetting_one_client_keeps_the_others(
    verifier: Verifier, register: Register
) -> None:
    one, other = token(client_id="one"), token(client_id="other")
    for text in (one, other):
        await verifier.grant(text)

    verifier.forget("one")
    for text in (one, other):
        await verifier.grant(text)

    assert register.asked == 3


async def test_nothing_is_remembered_while_nobody_listens(
    verifier: Verifier, register: Register
) -> None:
    text = token()
    verifier.remembering = False

    for _ in range(3):
        await verifier.grant(text)

    assert register.asked == 3


async def test_suspension_during_a_check_is_not_overlooked(clock: Clock) -> None:
    """The database answers "good", then the client is suspended, then we go on."""
    asked = 0

    async def just_before(_: Standing) -> bool:
        nonlocal asked
        asked += 1
        checking.forget("sz-hub")
        return asked == 1

    checking = Verifier(KEYS, ISSUER, just_before, NO_PROOFS, clock=clock)
    checking.remembering = True
    text = token()
    assert await checking.grant(text) is not None

    with pytest.raises(Unauthenticated):
        await checking.grant(text)


async def test_memory_is_bounded_and_drops_what_was_least_used(
    verifier: Verifier, register: Register
) -> None:
    texts = [token() for _ in range(3)]
    for text in texts:
        await verifier.grant(text)
    await verifier.grant(texts[0])
    await verifier.grant(token())
    assert register.asked == 4

    await verifier.grant(texts[0])
    assert register.asked == 4
    await verifier.grant(texts[1])
    assert register.asked == 5


def test_life_of_a_token_has_a_limit() -> None:
    with pytest.raises(SetupError):
        Mint(KEYS, ISSUER, lifetime=601)


def test_challenge_says_where_to_look_and_no_more_without_a_token() -> None:
    document = f"{ISSUER}/.well-known/oauth-protected-resource/graphql"
    where = f'realm="hub", resource_metadata="{document}"'
    algorithms = 'algs="ES256 EdDSA Ed25519 PS256"'

    def told(error: HubError | None = None) -> list[str]:
        return [value for name, value in challenges(ISSUER, error) if name == "WWW-Authenticate"]

    both = [f"Bearer {where}", f"DPoP {where}, {algorithms}"]
    assert told() == told(Unauthenticated("No token was sent.")) == both
    expired = 'error="invalid_token", error_description="It has expired."'
    assert told(Unauthenticated("It has expired.", reason="expired")) == [
        f"Bearer {where}, {expired}",
        f"DPoP {where}, {expired}, {algorithms}",
    ]
    assert told(Forbidden("Not held.", needs="park:write"))[0] == (
        f'Bearer {where}, error="insufficient_scope", scope="park:write"'
    )


def test_challenge_to_a_proof_is_of_dpop_alone_and_brings_the_nonce() -> None:
    [(_, proof)] = challenges(ISSUER, Unauthenticated("It does not hold.", reason="proof"))
    assert proof.startswith("DPoP ")
    assert 'error="invalid_dpop_proof"' in proof
    error = Unauthenticated("A nonce is needed.", reason="nonce", nonce="n-1")
    (_, wanted), nonce = challenges(ISSUER, error)
    assert 'error="use_dpop_nonce"' in wanted
    assert nonce == ("DPoP-Nonce", "n-1")
