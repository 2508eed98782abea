"""Each check of an access token and of a client's assertion matters: without it a row gets through.

The rows are those of `test_verify.py` and `test_assertion.py`, which show that they are refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey

from hub.identity.authentication import assertion, authenticate, replay
from hub.identity.errors import OAuthError
from hub.identity.tokens import verify
from hub.identity.tokens.verify import Verifier
from hub.kit.errors import Unauthenticated
from tests.identity import test_assertion, test_verify
from tests.identity.conftest import Registrar, Server, claims_for, sign
from tests.identity.guards import guards_of, without

ISSUER = "https://hub.example"
KEY = ECKey.generate_key("P-256")

CHECKS: list[tuple[Any, str]] = [
    (Verifier, "_signed"),
    (verify, "check_times"),
    (verify, "_credentials"),
]


async def in_good_standing(_: object) -> bool:
    return True


def test_token_of_a_revoked_client_is_checked_by_a_guard_too() -> None:
    """The one check that is no claim of the token; `test_revocation.py` shows what it refuses."""
    assert "not await self._stands(held)" in guards_of(Verifier._check)


@pytest.mark.parametrize(
    ("where", "name", "guard"),
    [(where, name, guard) for where, name in CHECKS for guard in guards_of(getattr(where, name))],
    ids=lambda given: given if isinstance(given, str) else given.__name__,
)
async def test_each_check_of_a_token_is_missed_when_it_is_off(
    where: Any, name: str, guard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then some token holds, or is refused later and for another reason."""
    monkeypatch.setattr(where, name, without(getattr(where, name), guard))
    careless = Verifier(test_verify.KEYS, ISSUER, in_good_standing, test_verify.NO_PROOFS)

    async def outcome(make: Callable[[], str]) -> Any:
        try:
            return await careless.grant(make())
        except Unauthenticated as refused:
            return refused.details["reason"]
        except (
            AttributeError,
            KeyError,
            NameError,
            TypeError,
        ) as error:  # it kept us from what comes after
            return error

    rows = test_verify.FAULTS.values()
    assert [await outcome(make) for make, _ in rows] != [reason for _, reason in rows]


# Assertions


def assertions() -> list[str]:
    """Every row of the table, and two that are signed with what is no algorithm of ours."""
    made = []
    for row in test_assertion.CLAIMS.values():
        changes = row.copy()
        for claim, value in row.items():
            if claim in test_assertion.RELATIVE and type(value) is int:
                changes[claim] = int(time.time()) + value
            if claim == "aud" and value:
                changes[claim] = [ISSUER] if isinstance(value, list) else ISSUER + value
        made.append(sign(KEY, "ES256", claims_for("a-client", ISSUER, **changes)))
    secret = OctKey.import_key("a secret that nobody knows, of some length")
    return [
        *made,
        *(sign(secret, name, claims_for("a-client", ISSUER)) for name in ("HS256", "none")),
    ]


def refused(read: Callable[..., Any], *given: Any) -> bool:
    try:
        read(*given)
    except OAuthError:
        return True
    except (KeyError, TypeError):
        return False  # it went on to what the check keeps it from
    return False


@pytest.mark.parametrize(
    ("name", "guard"),
    [
        (name, guard)
        for name in ("read", "_checked_expiry")
        for guard in guards_of(getattr(assertion, name))
    ],
)
def test_each_check_of_an_assertion_is_missed_when_it_is_off(
    name: str, guard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not refused(assertion.read, sign(KEY, "ES256", claims_for("a-client", ISSUER)), ISSUER)
    rows = assertions()
    assert [refused(assertion.read, row, ISSUER) for row in rows] == [True] * len(rows)
    monkeypatch.setattr(assertion, name, without(getattr(assertion, name), guard))
    assert not all(refused(assertion.read, row, ISSUER) for row in rows), guard


SIGNED = {"client_assertion_type": assertion.TYPE, "client_assertion": "e30.e30.e30"}
PROOFS: list[tuple[str | None, dict[str, str]]] = [
    ("Basic czp4", SIGNED),
    ("Basic czp4", {"client_id": "s", "client_secret": "x"}),
    (None, {"client_id": "s", "client_secret": "x"}),
    (None, {}),
    (None, SIGNED | {"client_assertion_type": "urn:another"}),
]


@pytest.mark.parametrize("guard", guards_of(authenticate.presented))
def test_each_check_of_how_a_client_proves_itself_is_missed_when_it_is_off(guard: str) -> None:
    """Then it is refused for another reason, or not at all."""

    def outcome(read: Callable[..., Any], *given: Any) -> Any:
        try:
            return read(*given, ISSUER)
        except (OAuthError, KeyError) as error:
            return str(error)

    strict = [outcome(authenticate.presented, *row) for row in PROOFS]
    assert all(isinstance(said, str) for said in strict)
    careless = without(authenticate.presented, guard)
    assert [outcome(careless, *row) for row in PROOFS] != strict


async def test_an_assertion_is_good_twice_where_its_id_is_not_used_up(
    http: httpx.AsyncClient,
    server: Server,
    second_worker: Server,
    register: Registrar,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The statement finds each id taken or writes it; one that takes all for new is careless."""
    form = (await register.with_key()).signed(server.issuer)
    taken_for_new = replay._CONSUME.replace(
        "DO NOTHING", "(client_id, jti_hash) DO UPDATE SET expires_at = EXCLUDED.expires_at"
    )
    assert taken_for_new != replay._CONSUME
    monkeypatch.setattr(replay, "_CONSUME", taken_for_new)

    answers = [
        await http.post(f"{url}/oauth/token", data=form) for url in (server.url, second_worker.url)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
