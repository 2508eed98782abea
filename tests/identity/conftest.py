"""An authorization server over real HTTP, clients that register with it, and what they send."""

from __future__ import annotations

import itertools
import json
import secrets
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from hub.app import registry
from hub.cli import _running
from hub.demo import clients
from hub.identity.authentication import assertion
from hub.identity.clients import enrol, registrations, secret
from hub.identity.clients.client import AuthMethod, ClientAudience, GrantType
from hub.identity.clients.enrol import Bounds, Registration
from hub.identity.service import Identity
from hub.identity.tokens.keys import SigningKeys
from hub.identity.tokens.trusted import TrustedIssuer
from hub.kit import db
from hub.kit.crypto import Sealer
from hub.kit.errors import HubError
from hub.web import oauth
from tests.conftest import Database
from tests.serving import free_port, serving
from tests.terminal import Result, typed

Hub = Callable[..., Result]
ADD = (
    *("--name-en", "A test system", "--name-zh", "测试系统"),
    *("--scope", "park:read", "--scope", "park:write"),
)
APP = (
    *("--audience", "operator", "--method", "none"),
    *("--redirect-uri", "https://app.example/back", *ADD),
)
SEALER = Sealer(secrets.token_bytes(32))
SCOPES = ("park:read", "reference:read", "talent:read.basic")
REDIRECT = "https://app.example/back"
BROWSER = (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN)
_number = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """A running authorization server and the keys that it signs with."""

    url: str
    issuer: str
    keys: SigningKeys


@dataclass(frozen=True)
class Caller:
    """A registered client with the credentials that only it has."""

    client_id: str
    key: Key | None = None
    algorithm: str = "ES256"
    secret: str = ""
    form: dict[str, str] = field(
        default_factory=lambda: {"grant_type": "client_credentials", "scope": "park:read"}
    )

    def basic(self) -> tuple[str, str]:
        """For httpx's `auth`."""
        return self.client_id, self.secret

    def signed(self, issuer: str, **changes: Any) -> dict[str, str]:
        """The form with an assertion; a change of None leaves the claim out."""
        assert self.key is not None
        text = sign(self.key, self.algorithm, claims_for(self.client_id, issuer, **changes))
        return self.form | {"client_assertion_type": assertion.TYPE, "client_assertion": text}


def claims_for(client_id: str, issuer: str, **changes: Any) -> dict[str, Any]:
    """What a well-behaved client says in its assertion, and then the changes."""
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "iat": now,
        "exp": now + 60,
        "jti": secrets.token_urlsafe(12),
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def sign(key: Key, algorithm: str, claims: dict[str, Any], **header: Any) -> str:
    """Sign as a client does, or as an attacker would."""
    with warnings.catch_warnings():
        # joserfc warns of `none`, rightly, and of the name EdDSA, which FAPI 2.0 still uses.
        warnings.simplefilter("ignore")
        return jws.serialize_compact(
            {"alg": algorithm, **header}, json.dumps(claims), key, algorithms=[algorithm]
        )


KEYS: dict[str, Callable[[], Key]] = {
    "ES256": lambda: ECKey.generate_key("P-256"),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
    "Ed25519": lambda: OKPKey.generate_key("Ed25519"),
    "PS256": lambda: RSAKey.generate_key(2048),
}


class Registrar:
    """Registers clients as an administrator does."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def with_key(self, algorithm: str = "ES256", **changes: Any) -> Caller:
        key = KEYS[algorithm]()
        wanted = registration(AuthMethod.PRIVATE_KEY_JWT, **changes)
        jwks = {"keys": [key.as_dict(private=False)]}
        await registrations.add(self.engine, enrol.client(wanted, jwks=jwks))
        return Caller(wanted.client_id, key, algorithm)

    async def with_secret(self, plain: str | None = None, **changes: Any) -> Caller:
        plain = plain or secret.new_secret()
        wanted = registration(AuthMethod.CLIENT_SECRET_BASIC, **changes)
        await registrations.add(self.engine, enrol.client(wanted, plain_secret=plain))
        return Caller(wanted.client_id, secret=plain)

    async def public(self, **changes: Any) -> Caller:
        wanted = registration(
            AuthMethod.NONE, **{"grant_types": BROWSER, "redirect_uris": (REDIRECT,), **changes}
        )
        await registrations.add(self.engine, enrol.client(wanted))
        return Caller(wanted.client_id)


def registration(method: AuthMethod, **changes: Any) -> Registration:
    values: dict[str, Any] = {
        "client_id": f"client-{next(_number)}-{secrets.token_hex(4)}",
        "name_en": "A test client",
        "name_zh": "测试应用",
        "audience": ClientAudience.PARTNER,
        "method": method,
        "scopes": SCOPES,
        "bounds": Bounds(partner="320500"),
        **changes,
    }
    return Registration(**values)


@contextmanager
def authorization_server(
    url: str,
    keys: SigningKeys,
    issuer: str | None = None,
    trusted: Sequence[TrustedIssuer] = (),
) -> Iterator[Server]:
    """Serve identity's routes, and `/whoami` which answers with the caller's grant."""
    with free_port() as bound:
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        issuer = issuer or address
        identity = Identity(
            url=url, issuer=issuer, keys=keys, scopes=SCOPES, sealer=SEALER, trusted=trusted
        )

        async def whoami(request: Request) -> JSONResponse:
            headers = request.headers
            try:
                grant = await identity.verifier.grant(
                    headers.get("authorization"),
                    headers.get("hub-purpose"),
                    method=request.method,
                    proofs=headers.getlist("dpop"),
                )
            except HubError as error:
                body = {"message": error.message, **error.extensions()}
                return JSONResponse(body, status_code=error.status)
            return JSONResponse(_plain(asdict(grant)) if grant else None)

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with identity.running():
                yield

        app = Starlette(
            routes=[*oauth.routes(identity), Route("/whoami", whoami, methods=["GET", "POST"])],
            lifespan=lifespan,
        )
        with serving(app, bound):
            yield Server(address, issuer, keys)


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case tuple() | frozenset() | list():
            return sorted(str(item) for item in value)
        case None:
            return None
        case _:
            return str(value)


@pytest.fixture(scope="session")
def signing_keys() -> SigningKeys:
    return SigningKeys([ECKey.generate_key("P-256")])


@pytest.fixture(scope="session")
def server(app_url: str, signing_keys: SigningKeys) -> Iterator[Server]:
    """One server for the tests of a worker, as the role that the app has."""
    with authorization_server(app_url, signing_keys) as running:
        yield running


@pytest.fixture
def second_worker(app_url: str, server: Server) -> Iterator[Server]:
    """Another process of the same hub: same issuer, same keys, same database."""
    with authorization_server(app_url, server.keys, server.issuer) as running:
        yield running


@pytest.fixture
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client


@pytest.fixture
async def admin(owner_url: str) -> AsyncIterator[AsyncEngine]:
    """The database as the administrator's command line has it."""
    engine = db.engine(owner_url, pooled=False)
    yield engine
    await engine.dispose()


@pytest.fixture
def register(admin: AsyncEngine) -> Registrar:
    return Registrar(admin)


@pytest.fixture
def hub(tmp_path: Path, database: Database, server: Server, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Run `hub clients ...` for a home of its own, on the test database."""
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("HUB_APP_DATABASE_URL", database.app_url)
    monkeypatch.setenv("HUB_SIGNING_KEY", json.dumps(server.keys.signing.as_dict(private=True)))
    return lambda *arguments: typed("clients", *arguments)


@pytest.fixture
def name() -> str:
    """An id for a client that nobody else has."""
    return f"system-{secrets.token_hex(4)}"


@pytest.fixture
async def demo(tmp_path: Path, database: Database, server: Server) -> AsyncIterator[None]:
    """A home with demo clients, and a hub that runs for it."""
    await clients.ensure(database.owner_url, tmp_path, registry().scopes)
    with _running.holding(tmp_path, server.url):
        yield


async def token_of(http: httpx.AsyncClient, caller: Caller, issuer: str, **form: str) -> str:
    """A token got in the ordinary way."""
    if caller.key is None:
        answer = await http.post("/oauth/token", data=caller.form | form, auth=caller.basic())
    else:
        answer = await http.post("/oauth/token", data=caller.signed(issuer) | form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
