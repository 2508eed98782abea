"""How `hub clients token` gets one: by asking the running hub as the client itself would.

Demo clients only: their credentials are in `$HUB_HOME/demo/clients.json`, and those of the people
who sign in at them.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64encode
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlencode
from urllib.request import Request

from joserfc import jwt
from joserfc.jwk import ECKey

from hub.cli import _http, _running, _sign_in
from hub.demo import clients
from hub.identity.authentication import assertion
from hub.identity.endpoints.metadata import TOKEN_PATH, authorization_server_path
from hub.kit.errors import BadUserInput, SetupError
from hub.settings import Settings


def demo_client(home: Path, name: str) -> dict[str, Any]:
    """What the file says about a demo client, by its short name or its id."""
    try:
        known = clients.read(home)
    except (FileNotFoundError, NotADirectoryError):
        raise SetupError(
            f"There are no demo clients: {clients.file_of(home)} does not exist.",
            next_step="Start the hub in demo mode with `hub up`, or name its --home.",
        ) from None
    by_id = {entry["client_id"]: entry for entry in known.values()}
    entry: dict[str, Any] | None = known.get(name) or by_id.get(name)
    if entry is None:
        names = ", ".join(known)
        raise BadUserInput(
            f"No demo client is called {name!r}.",
            next_step=f"There are: {names}. Other clients ask the token endpoint themselves.",
        )
    return entry


def for_system(settings: Settings, name: str, entry: dict[str, Any], asked: dict[str, str]) -> str:
    """A token from the running hub's token endpoint (RFC 6749, 4.4)."""
    url, issuer = hub_of(settings)
    form = {"grant_type": "client_credentials", **asked}
    headers = {}
    if "client_secret" in entry:
        pair = f"{quote_plus(entry['client_id'])}:{quote_plus(entry['client_secret'])}"
        headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
    else:
        form["client_assertion_type"] = assertion.TYPE
        form["client_assertion"] = signed(entry["client_id"], entry["private_jwk"], issuer)
    body = urlencode(form).encode()
    return str(_sent(Request(url + TOKEN_PATH, body, headers), name)["access_token"])


def for_person(settings: Settings, name: str, entry: dict[str, Any], asked: dict[str, str]) -> str:
    """A token for whom a demo client acts, who signs in and agrees (RFC 6749, 4.1)."""
    if entry.get("dpop_bound_access_tokens"):
        raise BadUserInput(
            f"Tokens of {entry['client_id']} are bound to a key; printed, one would serve nobody.",
            next_step="An OAuth library that knows DPoP signs in with the credentials in "
            f"{clients.file_of(settings.home)}.",
        )
    url, _ = hub_of(settings)
    try:
        answer = _sign_in.code_for(url, entry, asked)
    except _sign_in.Refused as refused:
        raise BadUserInput(
            f"The hub refused: {refused}", next_step=_mend(str(refused), name)
        ) from None
    form = {"grant_type": "authorization_code", "client_id": entry["client_id"], **answer}
    return str(_sent(Request(url + TOKEN_PATH, urlencode(form).encode()), name)["access_token"])


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


def hub_of(settings: Settings) -> tuple[str, str]:
    """Where the running hub is reached, and the issuer that it goes by.

    Its public name may lead to a proxy elsewhere, and the settings of another terminal may differ.
    """
    running = _running.running(settings.home)
    if running is None:
        raise SetupError(
            f"No hub runs for {settings.home}.", next_step="Start it with `hub up`, then ask again."
        )
    document = authorization_server_path(settings.issuer)
    return running.url, str(_sent(Request(running.url + document))["issuer"])


def _sent(request: Request, name: str = "") -> dict[str, Any]:
    """The JSON that the hub answers; its refusals of the client of this name as ours."""
    try:
        with _http.asked(request) as answer:
            body: dict[str, Any] = json.load(answer)
            return body
    except HTTPError as error:
        try:
            told = json.load(error)
            code, reason = told["error"], told.get("error_description", "")
        except (ValueError, LookupError, TypeError):
            code, reason = f"HTTP {error.code}", ""
        raise BadUserInput(
            f"The hub refused: {code}: {reason}".rstrip(": "),
            next_step=_mend(f"{code} {reason}", name),
        ) from None
    except (OSError, HTTPException, ValueError) as error:
        raise SetupError(
            f"The hub does not answer at {request.full_url}: {error}",
            next_step="Look at `hub status`.",
        ) from None


def _mend(refusal: str, name: str) -> str:
    """What to do about a refusal of the token endpoint, by its code and what it says."""
    steps = {
        "SUSPENDED": f"`hub clients resume {name}` lets it in again.",
        "REVOKED": "That is for good; `hub clients list` shows the others.",
        "invalid_client": f"`hub clients rotate {name}` gives it new credentials.",
        "invalid_scope": f"`hub clients show {name}` lists what it may ask for.",
    }
    found = (step for mark, step in steps.items() if mark in refusal)
    return next(found, f"`hub clients show {name}` shows the client, `hub status` the hub.")
