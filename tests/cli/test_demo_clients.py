"""`hub up` with its demonstration, at two workers: what strict clients and an auditor do with it.

The clients and people are those of `$HUB_HOME/demo/clients.json`, the acts those of the command
line; nothing is prepared beside.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from hub.demo import clients
from hub.identity.tokens import jose
from hub.kit.postgres import process
from tests import npm
from tests.cli.serving import Up, hub, up
from tests.identity.browsing import visitor

# One worker runs them all, since they share a hub whose data takes seconds to load.
pytestmark = pytest.mark.xdist_group("demo")

QUESTION = {"query": "{ parks(first: 1) { totalCount } }"}
LIBRARIES = ["oauth4webapi", "openid-client"]


@pytest.fixture(scope="module")
def serving(module_home: Any) -> Iterator[Up]:
    with up(module_home, process.free_port(None), "--workers", "2") as running:
        yield running


def entry(serving: Up, name: str) -> dict[str, Any]:
    """What the file has of a demo client, as strict clients are configured with it."""
    found: dict[str, Any] = clients.read(serving.home)[name]
    return {"issuer": serving.url, "private_jwk": None, **found}


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_system_gets_a_bound_token_and_asks(serving: Up, library: str) -> None:
    told = json.loads(await npm.run(f"{library}.js", json.dumps(entry(serving, "suzhou"))))
    assert (told["type"].lower(), told["scope"]) == ("dpop", "park:read")
    assert told["answer"]["data"]["parks"]["totalCount"] > 0


@pytest.mark.parametrize("name", ["officer-desk", "park-app"])
@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_person_signs_in_pushed_bound_and_refreshed(
    serving: Up, library: str, name: str
) -> None:
    """`officer-desk` proves itself by a key, `park-app` has nothing but PKCE."""
    known = entry(serving, name)
    asked = {**known, "redirect_uri": known["redirect_uris"][0], "scope": "park:read"}
    async with npm.talking(f"{library}-person.js", json.dumps(asked)) as script:
        assert script.stdin is not None
        assert script.stdout is not None
        address = (await script.stdout.readline()).decode().strip()
        if address:  # else it ended, and what it said is shown
            async with visitor(serving.url) as browser:
                consent = await browser.sign_in(address, known["username"], known["password"])
                back = (await browser.send(address, consent, approve="yes")).location
            script.stdin.write(f"{back}\n".encode())
            told = json.loads(await script.stdout.read())
    assert (told["type"].lower(), told["scope"]) == ("dpop", "park:read")
    assert told["answer"]["data"]["parks"]["totalCount"] > 0
    assert (told["rotated"], told["ended"]) == (name == "park-app", "invalid_grant")


# Revocation


@dataclass
class Watch:
    """Requests with one token, each by a connection of its own, to whichever worker takes it."""

    last_answered: float = 0.0
    first_refused: float | None = None
    answered: int = 0
    others: list[int] = field(default_factory=list)

    async def ask(self, url: str, token: str) -> None:
        limits = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=url, timeout=30, limits=limits) as http:
            while self.first_refused is None or time.monotonic() < self.first_refused + 1:
                sent = time.monotonic()
                answer = await http.post(
                    "/graphql", json=QUESTION, headers={"Authorization": f"Bearer {token}"}
                )
                if answer.status_code == 200:
                    self.last_answered = max(self.last_answered, sent)
                    self.answered += 1
                elif answer.status_code == 401:
                    self.first_refused = self.first_refused or sent
                else:
                    self.others.append(answer.status_code)


@asynccontextmanager
async def watched(serving: Up, token: str) -> AsyncIterator[Watch]:
    """Four at once ask while the block runs, and until all of them were refused for a second."""
    watch = Watch()
    asking = [asyncio.create_task(watch.ask(serving.url, token)) for _ in range(4)]
    try:
        while watch.answered < 40:
            assert not any(task.done() for task in asking), "it was refused from the start"
            await asyncio.sleep(0.05)
        yield watch
        await asyncio.wait_for(asyncio.gather(*asking), timeout=20)
    finally:
        for task in asking:
            task.cancel()


def run(serving: Up, *arguments: str) -> str:
    """What a subcommand prints; it must end well."""
    said = hub("--home", serving.home, *arguments)
    assert said.returncode == 0, said.stderr + said.stdout
    return said.stdout.strip()


ACTS = {
    "client": ("archive-window", ["clients", "suspend", "archive-window"]),
    "person": ("finance", ["users", "suspend", "cz-officer"]),
    "partner": ("shanghai", ["partners", "suspend", "310000"]),
}


@pytest.mark.parametrize("kind", ["token", *ACTS, "key"])
async def test_what_is_revoked_holds_at_no_worker_a_second_later(
    serving: Up, kind: str, record_property: Any
) -> None:
    """Measured from the moment at which the act has been acknowledged."""
    name, act = ACTS.get(kind, ("park-operator", []))
    token = await asyncio.to_thread(run, serving, "clients", "token", name)
    bystander = await asyncio.to_thread(run, serving, "clients", "token", "cloud-platform")
    if kind == "key":  # the next tokens are another key's, and go on
        kid = str(jose.read(token).kid)
        await asyncio.to_thread(run, serving, "keys", "rotate", "--now")
        act = ["keys", "revoke", kid]
    async with watched(serving, token) as watch:
        if kind == "token":
            await revoke(serving, name, token)
        else:
            await asyncio.to_thread(run, serving, *act)
        done = time.monotonic()
    seconds = max(0.0, watch.last_answered - done)
    record_property("seconds", round(seconds, 3))
    assert watch.others == []
    assert seconds < 1
    async with httpx.AsyncClient(base_url=serving.url, timeout=30) as http:
        other = await http.post(
            "/graphql", json=QUESTION, headers={"Authorization": f"Bearer {bystander}"}
        )
    assert other.status_code == (401 if kind == "key" else 200)


async def revoke(serving: Up, name: str, token: str) -> None:
    """RFC 7009, by the client whose token it is."""
    known = entry(serving, name)
    proof = (known["client_id"], known["client_secret"])
    async with httpx.AsyncClient(base_url=serving.url, timeout=30) as http:
        answer = await http.post("/oauth/revoke", data={"token": token}, auth=proof)
    assert answer.status_code == 200, answer.text
