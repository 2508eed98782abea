"""What a client that proved itself gets: one function for each grant type.

A grant reads the form, decides which scopes and purposes the token carries, and refuses the rest.
Nothing is given that was not asked for by name: without `scope` there is no token (RFC 6749, 3.3
leaves a default or an error to the server; a default would hand every script all that its client
holds).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hub.identity.clients.client import AuthMethod, Client, ClientState
from hub.identity.errors import InvalidScope, UnauthorizedClient

_LIST = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")


@dataclass(frozen=True, slots=True)
class Granted:
    """What the token will carry."""

    scopes: tuple[str, ...]
    purposes: tuple[str, ...]


def client_credentials(client: Client, form: Mapping[str, str]) -> Granted:
    """A system asks in its own name (RFC 6749, 4.4).

    Beside `scope` the parameter `purpose` narrows the purposes that the token lists; without it
    the token lists all that the client has, since a request picks one by `Hub-Purpose` anyway.
    """
    if client.token_endpoint_auth_method == AuthMethod.NONE:
        raise UnauthorizedClient("A client without credentials cannot use client_credentials.")
    if client.state != ClientState.ACTIVE:
        raise UnauthorizedClient(f"The client is {client.state}.")
    if "scope" not in form:
        raise InvalidScope("Name the scopes that the token is to carry: there is no default.")
    purposes: tuple[str, ...] = tuple(client.purposes)
    if "purpose" in form:
        purposes = _held("purpose", form["purpose"], client.purposes)
    return Granted(_held("scope", form["scope"], client.scopes), purposes)


def _held(what: str, asked: str, held: Sequence[str]) -> tuple[str, ...]:
    """The words of a space-separated list, each once, all of them held by the client."""
    if not _LIST.fullmatch(asked):
        raise InvalidScope(f"{what} must be a list of words with one space between them.")
    words = tuple(dict.fromkeys(asked.split(" ")))
    if missing := [word for word in words if word not in held]:
        raise InvalidScope(f"The client does not hold the {what} {' '.join(missing)}.")
    return words


GrantType = Callable[[Client, Mapping[str, str]], Granted]

GRANTS: dict[str, GrantType] = {"client_credentials": client_credentials}
"""The grant types that the token endpoint serves, and the metadata names."""
