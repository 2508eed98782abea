"""What a token request asks for and what it is granted; shared by all grant types.

Nothing is given that was not asked for by name: without `scope` there is no token (RFC 6749, 3.3
leaves a default or an error to the server; a default would hand every script all that its client
holds).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hub.identity.clients.client import Client, GrantType
from hub.identity.errors import InvalidScope, InvalidTarget, UnauthorizedClient

_LIST = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A form sent by a client that proved itself, and the key to which its token is to be bound."""

    client: Client
    form: Mapping[str, str]
    thumbprint: str | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """What the token will carry; of a person's, who she is and from which family it comes."""

    scopes: tuple[str, ...]
    bounds: dict[str, Any]
    resource: str
    subject: str | None = None
    family: UUID | None = None
    refresh_token: str | None = field(default=None, repr=False)


Grant = Callable[[TokenRequest], Awaitable[Granted]]


def may_use(client: Client, grant_type: GrantType) -> None:
    """Refuse a client that is stopped, or is not registered for this way."""
    if why := client.halted:
        raise UnauthorizedClient(why)
    if grant_type not in client.grant_types:
        raise UnauthorizedClient(f"The client is not registered for {grant_type.registered}.")


def held(what: str, asked: str, those: Sequence[str]) -> tuple[str, ...]:
    """The words of a space-separated list, each once, all of them held."""
    if not _LIST.fullmatch(asked):
        raise InvalidScope(f"{what} must be a list of words with one space between them.")
    words = tuple(dict.fromkeys(asked.split(" ")))
    if missing := [word for word in words if word not in those]:
        raise InvalidScope(f"The client does not hold the {what} {' '.join(missing)}.")
    return words


def scopes_asked(form: Mapping[str, str], those: Sequence[str]) -> tuple[str, ...]:
    """The scopes of a request that must name them."""
    if "scope" not in form:
        raise InvalidScope("Name the scopes that the token is to carry: there is no default.")
    return held("scope", form["scope"], those)


def purposes_asked(form: Mapping[str, str], those: Sequence[str]) -> tuple[str, ...]:
    """The purposes that the token will list: those asked for, else all.

    `purpose` is ours, beside `scope`; a request to the API picks one by `Hub-Purpose` anyway.
    """
    return held("purpose", form["purpose"], those) if "purpose" in form else tuple(those)


def resource_asked(form: Mapping[str, str], those: Sequence[str]) -> str:
    """For which API the token is: the one that is named, else the hub's own (RFC 8707, 2)."""
    resource = form.get("resource", those[0])
    if resource not in those:
        raise InvalidTarget(f"resource must be one of {', '.join(those)}.")
    return resource
