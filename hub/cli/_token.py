"""How `hub clients token` gets one: by asking the running hub as the client itself would.

Demo clients only: their credentials are in `$HUB_HOME/demo/clients.json`. Those who sign in as a
person have none; for them, and for synthetic clients alone, the token is made with the hub's own
key.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote_plus, urlencode
from urllib.request import Request, urlopen

from joserfc import jwt
from joserfc.jwk import ECKey

from hub.cli import _running
from hub.demo import clients
from hub.identity.authentication import assertion
from hub.identity.clients.client import Client, ClientState
from hub.identity.endpoints.metadata import TOKEN_PATH, authorization_server_path
from hub.identity.tokens import keys
from hub.identity.tokens.mint import Mint
from hub.kit.errors import BadUserInput, SetupError
from hub.settings import Settings


def demo_client(home: Path, name: str) -> dict[str, Any]:
    """What the file says about a demo client."""
    try:
        known = clients.read(home)
    except FileNotFoundError:
        raise SetupError(
            f"There are no demo clients: {clients.file_of(home)} does not exist.",
            next_step="Start the hub in demo mode with `hub up`, or name its --home.",
        ) from None
    if name not in known:
        names = ", ".join(known)
        raise BadUserInput(f"No demo client is called {name!r}.", next_step=f"There are: {names}")
    entry: dict[str, Any] = known[name]
    return entry


def for_system(settings: Settings, entry: dict[str, Any], asked: dict[str, str]) -> str:
    """A token from the running hub's token endpoint (RFC 6749, 4.4)."""
    running = _running.running(settings.home)
    if running is None:
        raise SetupError(
            f"No hub runs for {settings.home}.", next_step="Start it with `hub up`, then ask again."
        )
    # On this machine the hub is reached past whatever proxy its public name leads to.
    document = authorization_server_path(settings.issuer)
    issuer = _sent(Request(running.url + document))["issuer"]
    form = {"grant_type": "client_credentials", **asked}
    headers = {}
    if "client_secret" in entry:
        pair = f"{quote_plus(entry['client_id'])}:{quote_plus(entry['client_secret'])}"
        headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
    else:
        form["client_assertion_type"] = assertion.TYPE
        form["client_assertion"] = signed(entry["client_id"], entry["private_jwk"], issuer)
    body = urlencode(form).encode()
    return str(_sent(Request(running.url + TOKEN_PATH, body, headers))["access_token"])


def for_person(settings: Settings, client: Client, asked: dict[str, str]) -> str:
    """A token made here, for a synthetic client whose grant needs a browser."""
    if not client.synthetic or client.state != ClientState.ACTIVE:
        raise BadUserInput(f"{client.client_id} is not an active demo client.")
    scopes = asked["scope"].split()
    purposes = asked["purpose"].split() if "purpose" in asked else list(client.purposes)
    if beyond := {*scopes, *purposes} - {*client.scopes, *client.purposes}:
        raise BadUserInput(f"{client.client_id} does not hold {', '.join(sorted(beyond))}.")
    mint = Mint(keys.load(settings.home / "keys", settings.signing_key), _issuer(settings))
    return mint.access_token(client, scopes, purposes).text


def signed(client_id: str, private_jwk: dict[str, Any], issuer: str) -> str:
    """A client assertion as `hub.identity.authentication.assertion` wants it (RFC 7523)."""
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "iat": now,
        "exp": now + 60,
        "jti": secrets.token_urlsafe(16),
    }
    key = ECKey.import_key(private_jwk)
    return jwt.encode({"alg": "ES256", "kid": key.kid or key.thumbprint()}, claims, key)


def _issuer(settings: Settings) -> str:
    """The issuer that the running hub goes by; the settings of another terminal may differ."""
    running = _running.running(settings.home)
    if running is None:
        return settings.issuer
    document = authorization_server_path(settings.issuer)
    return str(_sent(Request(running.url + document))["issuer"])


def _sent(request: Request) -> dict[str, Any]:
    """The JSON that the hub answers; its refusals as ours."""
    try:
        with urlopen(request, timeout=10) as answer:
            body: dict[str, Any] = json.load(answer)
            return body
    except HTTPError as error:
        try:
            told = json.load(error)
            reason = f"{told['error']}: {told.get('error_description', '')}"
        except (ValueError, KeyError):
            reason = f"HTTP {error.code}"
        raise BadUserInput(f"The hub refused: {reason}") from None
    except (URLError, OSError) as error:
        raise SetupError(
            f"The hub does not answer at {request.full_url}: {error}",
            next_step="Look at `hub status`.",
        ) from None
