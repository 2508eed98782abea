"""Tokens of issuers elsewhere: each by the rules of its own issuer, and never more than listed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc.jwk import ECKey, Key, OctKey, RSAKey

from hub.identity.tokens import external
from hub.identity.tokens.external import External, check_claims, check_header, grant_of
from hub.identity.tokens.remote_keys import RemoteKeys
from hub.identity.tokens.trusted import TrustedIssuer
from hub.identity.tokens.verify import Verifier
from hub.kit.errors import PurposeNotAllowed, Unauthenticated
from hub.model.access import Audience, Grant
from tests.identity.conftest import sign
from tests.identity.guards import guards_of, without
from tests.identity.test_verify import ISSUER, KEYS, NO_PROOFS, Register, token

THEIRS = "https://login.suzhou.example"
API = f"{ISSUER}/graphql"
KEY = ECKey.generate_key("P-256", {"kid": "one"})
PARK = "01890000-0000-7000-8000-0000000000a1"


def issuer(**changes: Any) -> TrustedIssuer:
    given: dict[str, Any] = {
        "name": "suzhou",
        "issuer": THEIRS,
        "jwks": {"keys": [KEY.as_dict(private=False)]},
        "audience": API,
        "algorithms": ["ES256"],
        "required_claims": {"tenant": ["nantong", "suzhou"], "acr": []},
        "hub_audience": "PARTNER",
        "scopes": {
            "claim": "scope",
            "gives": {"parks": ["park:read"], "all": ["park:read", "talent:read.basic"]},
        },
        "purposes": {"claim": ["realm", "purposes"], "gives": {"jobs": "JOB_MATCHING"}},
        "partner": 320500,
        **changes,
    }
    return TrustedIssuer.model_validate(given)


def claims(**changes: Any) -> dict[str, Any]:
    """Claims of a token that holds, and then the changes; None leaves a claim out."""
    now = int(time.time())
    whole = {
        "iss": THEIRS,
        "aud": API,
        "sub": "officer-7",
        "client_id": "app",
        "iat": now,
        "exp": now + 600,
        "jti": uuid4().hex,
        "scope": "parks",
        "tenant": "nantong",
        "acr": "2",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def made(
    key: Key = KEY, algorithm: str = "ES256", header: dict[str, Any] | None = None, **changes: Any
) -> str:
    whole = {"typ": "at+jwt", "kid": "one", **(header or {})}
    whole = {name: value for name, value in whole.items() if value is not None}
    return "Bearer " + sign(key, algorithm, claims(**changes), **whole)


async def every_city(_partner: str) -> bool:
    """No city is kept out."""
    return True


def verifier(*issuers: TrustedIssuer, remote: RemoteKeys | None = None, **more: Any) -> Verifier:
    """One that takes the hub's own tokens too, whose clients all stand well."""
    admits = more.pop("admits", every_city)
    trusted = {one.issuer: External(one, remote or RemoteKeys(), admits) for one in issuers}
    found = Verifier(KEYS, ISSUER, more.pop("standing", Register()), NO_PROOFS, trusted=trusted)
    found.remembering = True
    return found


async def grant(authorization: str, **changes: Any) -> Grant:
    found = await verifier(issuer(**changes)).grant(authorization)
    assert found is not None
    return found


async def test_grant_is_what_the_file_says(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await grant(made(jti="1", realm={"purposes": ["jobs", "more"]}, scope="all x"))

    assert found == Grant(
        client="suzhou:app",
        sub="suzhou:officer-7",
        token_id="suzhou:1",
        audience=Audience.PARTNER,
        scopes=frozenset({"park:read", "talent:read.basic"}),
        partner="320500",
        purposes=("JOB_MATCHING",),
        purpose="JOB_MATCHING",
    )


@pytest.mark.parametrize(
    "said",
    [
        {"scope": "park:read talent:read.contact admin:clients"},
        {"scope": "ALL"},
        {"scope": ""},
        {"scope": None},
        {"scope": {"all": True}},
        {"scope": 7},
        {"scope": [["all"]]},
        {"scopes": "all", "scope": "x"},
        {"hub_bounds": {"purposes": ["STATISTICS"]}, "scope": "x"},
    ],
)
async def test_what_is_not_listed_gives_nothing(said: dict[str, Any]) -> None:
    assert (await grant(made(scope="parks"))).scopes == {"park:read"}

    found = await grant(made(**said))

    assert (found.scopes, found.purposes) == (frozenset(), ())


async def test_token_of_theirs_cannot_say_what_the_hubs_own_say() -> None:
    found = await grant(
        made(
            hub_audience="ADMIN",
            hub_bounds={"partner": "310000", "parks": [PARK], "talent": PARK},
            hub_generation=1,
            partner="310000",
        )
    )

    assert (found.audience, found.partner) == (Audience.PARTNER, "320500")
    assert (found.parks, found.talent) == ((), None)


async def test_values_may_be_chosen_by_claims() -> None:
    rules = {
        "hub_audience": {"claim": "role", "gives": {"park": "OPERATOR", "city": "PARTNER"}},
        "partner": {"claim": "city", "gives": {"sz": "320500", "sh": "310000"}},
        "parks": {"claim": "role", "gives": {"park": [PARK]}},
        "departments": {"always": "nt-rsj"},
    }

    operator = await grant(made(role="park"), **rules)
    partner = await grant(made(role=["city", "x"], city="sh"), **rules)

    assert (operator.audience, operator.parks) == (Audience.OPERATOR, (UUID(PARK),))
    assert (partner.audience, partner.partner, partner.parks) == (Audience.PARTNER, "310000", ())
    assert operator.departments == partner.departments == ("nt-rsj",)
    for said in ({}, {"role": "mayor"}, {"role": ["park", "city"]}, {"role": "city"}):
        with pytest.raises(Unauthenticated):
            await grant(made(**said), **rules)
    with pytest.raises(Unauthenticated):
        await grant(made(role="city", city=["sz", "sh"]), **rules)


OTHER = ECKey.generate_key("P-256", {"kid": "one"})
SECRET = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
FAULTS: dict[str, tuple[Callable[[], str], str]] = {
    "alg none": (lambda: made(SECRET, "none"), "algorithm"),
    "alg HS256 with the public key": (lambda: made(SECRET, "HS256"), "algorithm"),
    "an algorithm that is not theirs": (
        lambda: made(RSAKey.generate_key(2048), "PS256"),
        "algorithm",
    ),
    "typ of an ID token": (lambda: made(header={"typ": "JWT"}), "type"),
    "no typ": (lambda: made(header={"typ": None}), "type"),
    "a logout token": (lambda: made(header={"typ": "logout+jwt"}), "type"),
    "another key": (lambda: made(OTHER), "signature"),
    "the hub's own key": (lambda: made(KEYS.signing), "signature"),
    "unknown kid": (lambda: made(header={"kid": "two"}), "signature"),
    "a key in its header": (
        lambda: made(OTHER, header={"jwk": OTHER.as_dict(private=False)}),
        "signature",
    ),
    "another audience": (lambda: made(aud="https://other.example"), "audience"),
    "other audiences": (lambda: made(aud=["https://other.example", API + "/"]), "audience"),
    "no audience": (lambda: made(aud=None), "audience"),
    "an audience that is none": (lambda: made(aud={API: 1}), "audience"),
    "expired": (lambda: made(exp=int(time.time()) - 1, iat=int(time.time()) - 60), "expired"),
    "from the future": (lambda: made(iat=int(time.time()) + 60), "early"),
    "not yet valid": (lambda: made(nbf=int(time.time()) + 60), "early"),
    "no exp": (lambda: made(exp=None), "claims"),
    "no iat": (lambda: made(iat=None), "claims"),
    "exp beyond all numbers": (lambda: made(exp=10**400), "claims"),
    "good for too long": (lambda: made(exp=int(time.time()) + 660), "claims"),
    "good for too long since long ago": (lambda: made(iat=int(time.time()) - 60), "claims"),
    "required claim left out": (lambda: made(tenant=None), "claims"),
    "required claim with another value": (lambda: made(tenant="shanghai"), "claims"),
    "required claim in an object": (lambda: made(tenant={"nantong": 1}), "claims"),
    "required claim of any value left out": (lambda: made(acr=None), "claims"),
    "no sub": (lambda: made(sub=None), "claims"),
    "sub is empty": (lambda: made(sub=""), "claims"),
    "sub is endless": (lambda: made(sub="x" * 256), "claims"),
    "sub with a NUL": (lambda: made(sub="a\0"), "claims"),
    "no client": (lambda: made(client_id=None), "claims"),
    "client is a number": (lambda: made(client_id=7), "claims"),
    "jti is a number": (lambda: made(jti=7), "claims"),
    "bound to a certificate": (lambda: made(cnf={"x5t#S256": "x"}), "claims"),
    "bound to nothing": (lambda: made(cnf={}), "claims"),
    "bound to a key, sent as Bearer": (lambda: made(cnf={"jkt": "x"}), "scheme"),
    "of an issuer that is like it": (lambda: made(iss=THEIRS + "/"), "key"),
    "of no issuer": (lambda: made(iss=None), "key"),
    "of a list of issuers": (lambda: made(iss=[THEIRS]), "key"),
    "in the hub's name": (lambda: made(iss=ISSUER), "key"),
    "in the hub's name and kid": (lambda: made(iss=ISSUER, header={"kid": KEYS.kid}), "signature"),
    "the hub's, in theirs": (
        lambda: "Bearer " + sign(KEYS.signing, "ES256", claims(), typ="at+jwt", kid=KEYS.kid),
        "signature",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_token_with_a_fault_does_not_hold(fault: str) -> None:
    make, reason = FAULTS[fault]
    checking = verifier(issuer())
    assert await checking.grant(made()) is not None
    assert await checking.grant(token()) is not None

    for _ in ("first", "again"):
        with pytest.raises(Unauthenticated) as refused:
            await checking.grant(make())
        assert refused.value.details == {"reason": reason}


@pytest.mark.parametrize(
    ("function", "guard"),
    [
        (function, guard)
        for function in (check_header, check_claims, grant_of, external._named)
        for guard in guards_of(function)
    ],
    ids=lambda given: given if isinstance(given, str) else given.__name__,
)
async def test_each_check_is_missed_by_some_row_when_it_is_off(
    function: Callable[..., Any], guard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then some token holds, or is refused later and for another reason."""
    monkeypatch.setattr(external, function.__name__, without(function, guard))
    cities = {"partner": {"claim": "city", "gives": {"sz": "320500", "sh": "310000"}}}

    async def outcome(authorization: str, **changes: Any) -> Any:
        try:
            return await grant(authorization, **changes)
        except Unauthenticated as refused:
            return refused.details["reason"]
        except (KeyError, TypeError) as error:  # the check kept it from what comes after
            return error

    found = [await outcome(make()) for make, _ in FAULTS.values()]
    found += [await outcome(made(city=city), **cities) for city in ([], ["sz", "sh"])]
    assert found != [reason for _, reason in FAULTS.values()] + ["claims"] * 2


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"aud": ["https://other.example", API]}, {}),
        ({"header": {"kid": None}}, {}),
        ({"header": {"typ": "application/AT+JWT"}}, {}),
        ({"header": {"typ": "JWT"}}, {"at_jwt": False}),
        ({"header": {"typ": None}}, {"at_jwt": False}),
        ({"tenant": ["x", "suzhou"]}, {}),
        ({"exp": int(time.time()) + 3600}, {"longest_life": 3600}),
        ({"client_id": None, "azp": "app"}, {"client_claim": "azp"}),
        ({"jti": None}, {}),
        ({"scope": ["parks"]}, {}),
    ],
)
async def test_other_forms_hold_where_the_rules_say_so(
    changes: dict[str, Any], rules: dict[str, Any]
) -> None:
    found = await grant(made(**changes), **rules)

    assert (found.client, found.scopes) == ("suzhou:app", frozenset({"park:read"}))
    assert len(found.token_id) > len("suzhou:")


async def test_rules_of_one_issuer_are_not_those_of_another() -> None:
    """The same key would do at one of them, and the same claims at the other."""
    other_key = ECKey.generate_key("P-256", {"kid": "one"})
    other = issuer(
        name="shanghai",
        issuer="https://login.shanghai.example",
        jwks={"keys": [other_key.as_dict(private=False)]},
        partner="310000",
        scopes=["park:read", "talent:read.basic"],
    )
    checking = verifier(issuer(), other)

    one, two = await checking.grant(made()), await checking.grant(made(other_key, iss=other.issuer))
    assert one
    assert two
    assert (one.partner, two.partner) == ("320500", "310000")
    assert (len(one.scopes), len(two.scopes)) == (1, 2)
    for forged in (made(other_key), made(KEY, iss=other.issuer)):
        with pytest.raises(Unauthenticated) as refused:
            await checking.grant(forged)
        assert refused.value.details == {"reason": "signature"}


async def test_issuer_that_is_not_trusted_is_nobody() -> None:
    with pytest.raises(Unauthenticated) as refused:
        await verifier().grant(made())
    assert refused.value.details == {"reason": "key"}


async def test_purpose_must_be_one_of_those_given() -> None:
    checking = verifier(issuer(purposes=["JOB_MATCHING", "STATISTICS"]))
    found = await checking.grant(made(), "STATISTICS")
    assert found
    assert found.purpose == "STATISTICS"
    with pytest.raises(PurposeNotAllowed):
        await checking.grant(made(), "PARK_SETTLEMENT")


async def test_city_that_is_kept_out_is_kept_out_here_too() -> None:
    out: set[str] = set()

    async def admits(partner: str) -> bool:
        return partner not in out

    elsewhere = "https://login.shanghai.example"
    checking = verifier(
        issuer(), issuer(issuer=elsewhere, name="shanghai", partner="310000"), admits=admits
    )
    theirs, others = made(), made(iss=elsewhere)
    assert await checking.grant(theirs)
    assert await checking.grant(others)

    out |= {"320500", "310000"}
    assert await checking.grant(theirs), "remembered, until a worker is told"
    checking.forget("partner:320500")

    with pytest.raises(Unauthenticated) as refusal:
        await checking.grant(theirs)
    assert refusal.value.details["reason"] == "revoked"
    assert await checking.grant(others), "nobody told that this city is kept out"
