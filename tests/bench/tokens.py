"""What the check of a token costs: the same question without one, with one, and with a proof.

    python -m tests.bench.tokens

`{ __typename }` needs no token and no database, so that what a request with a token costs more is
its check. Each request with a DPoP proof carries a proof of its own, which is read, held against
its key, and used up in the database.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from typing import Annotated

import httpx
import typer
import uvloop
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey
from rich.table import Table

from hub.identity.clients.client import Client
from hub.identity.grants.granted import Granted
from hub.identity.tokens import dpop, key_files
from hub.identity.tokens.mint import Mint, resource
from tests.bench import home
from tests.bench.__main__ import bars, screen
from tests.bench.contenders import Contender, contender
from tests.bench.home import ISSUER, Home
from tests.bench.load import load
from tests.bench.meter import cpu_seconds
from tests.bench.reads import READS
from tests.bench.run import registered

BODY = b'{"query": "{ __typename }"}'
MOST_US = {"token": 150.0, "proof": 700.0}
"""Microseconds of CPU, server and PostgreSQL together, that a check may cost."""

PROOFS = 1_500
"""For each stretch; one more would be a proof that is used twice."""

CONNECTIONS = 8


class Prover:
    """A client that holds a key: its bound token, and a fresh proof for each request."""

    def __init__(self, ready: Home, client: Client) -> None:
        self._key = ECKey.generate_key("P-256")
        self.token = access_token(ready, client, self._key.thumbprint())
        public = self._key.as_dict(private=False)
        jwk = {name: public[name] for name in ("kty", "crv", "x", "y")}
        self._head = _part({"typ": dpop.TYPE, "alg": "ES256", "jwk": jwk})

    def proof(self, nonce: str = "") -> str:
        claims = {
            "htm": "POST",
            "htu": resource(ISSUER),
            "iat": int(time.time()),
            "jti": secrets.token_urlsafe(12),
            "ath": dpop.hash_of(self.token),
            **({"nonce": nonce} if nonce else {}),
        }
        signed = f"{self._head}.{_part(claims)}"
        private = self._key.private_key
        assert private is not None
        made = private.sign(signed.encode(), ECDSA(SHA256()))
        r, s = decode_dss_signature(made)
        return f"{signed}.{_encoded(r.to_bytes(32) + s.to_bytes(32))}"


def access_token(ready: Home, client: Client, thumbprint: str | None = None) -> str:
    mint = Mint(key_files.load(ready.path / "keys"), ISSUER)
    granted = Granted(tuple(client.scopes), client.bounds(), resource(ISSUER))
    return mint.access_token(client, granted, thumbprint=thumbprint).text


def request(port: int, *headers: str) -> bytes:
    lines = (
        "POST /graphql HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/json",
        "Accept: application/json",
        f"Content-Length: {len(BODY)}",
        *headers,
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + BODY


async def nonce_of(hub: Contender, prover: Prover) -> str:
    """The nonce that the hub wants now."""
    headers = {
        "Authorization": f"DPoP {prover.token}",
        "DPoP": prover.proof(),
        "Content-Type": "application/json",
    }
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{hub.port}") as http:
        answer = await http.post("/graphql", content=BODY, headers=headers)
        return str(answer.headers["DPoP-Nonce"])


async def measured(path: Path, rounds: int) -> bool:
    """Show what each kind of request costs; whether the checks stay within their bounds."""
    async with AsyncExitStack() as stack:
        with bars() as progress:
            ready = await stack.enter_async_context(
                home.opened(20_000, path=path, progress=progress)
            )
            hub = stack.enter_context(contender("hub", ready, None, 1))
            clients = await registered(ready, READS)
            client = next(iter(clients.values()))
            prover, bearer = Prover(ready, client), access_token(ready, client)

            async def with_proofs() -> Sequence[bytes]:
                nonce = await nonce_of(hub, prover)
                bound = f"Authorization: DPoP {prover.token}"
                return [
                    request(hub.port, bound, f"DPoP: {prover.proof(nonce)}") for _ in range(PROOFS)
                ]

            kinds: dict[str, Callable[[], Sequence[bytes]]] = {
                "none": lambda: [request(hub.port)],
                "token": lambda: [request(hub.port, f"Authorization: Bearer {bearer}")],
            }
            costs: dict[str, list[float]] = {"none": [], "token": [], "proof": []}
            for number in range(rounds):
                for kind, found in costs.items():
                    asked = kinds[kind]() if kind in kinds else await with_proofs()
                    found.append(await cost(hub, asked))
                progress("rounds", number + 1, rounds)
    return shown(costs)


async def cost(hub: Contender, asked: Sequence[bytes]) -> float:
    """Microseconds of CPU for each of so many requests, server and PostgreSQL."""
    before = cpu_seconds(hub.pid) + cpu_seconds(hub.home.postmaster)
    tally = await load(
        hub.port, asked, connections=CONNECTIONS, seconds=60, most=PROOFS - CONNECTIONS
    )
    spent = cpu_seconds(hub.pid) + cpu_seconds(hub.home.postmaster) - before
    return spent / tally.requests * 1e6


def shown(costs: dict[str, list[float]]) -> bool:
    """A table of the medians, and whether all is well."""
    table = Table("request", "CPU us", "more than without", "at most")
    good = True
    for kind, found in costs.items():
        more = median(one - bare for one, bare in zip(found, costs["none"], strict=True))
        most = MOST_US.get(kind)
        good &= most is None or more <= most
        table.add_row(kind, f"{median(found):.0f}", f"{more:.0f}", str(most or ""))
    screen.print(table)
    return good


def _part(value: object) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Rounds.")] = 15,
    path: Annotated[Path, typer.Option("--home", help="Where its database lies.")] = home.HOME,
) -> None:
    """Measure what the check of a token costs; exit code 1 when it is too much."""
    raise typer.Exit(0 if uvloop.run(measured(path, rounds)) else 1)


if __name__ == "__main__":
    typer.run(main)
