"""What is asked of the claims of every access token, whoever issued it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub.identity.tokens import jose
from hub.identity.tokens.standing import Standing
from hub.kit.errors import Unauthenticated
from hub.model.access import Grant

LEEWAY = 10
"""Seconds by which another machine's clock may be ahead of ours; an `exp` gets none."""


@dataclass(frozen=True, slots=True)
class Held:
    """A token that is in order: what it grants, and how long that may be remembered.

    `thumbprint` is the key to which it is bound, if it is (RFC 9449, 6.1). `standing` is what it
    rests on here; None where another server keeps the clients.
    """

    grant: Grant
    until: float
    thumbprint: str | None
    standing: Standing | None = None


def refused(reason: str, message: str) -> Unauthenticated:
    """What is wrong with a token, to be raised; `reason` is for programs."""
    return Unauthenticated(message, reason=reason)


def check_times(claims: dict[str, Any], now: float) -> None:
    """That the token is in force now (RFC 7519, 4.1.4 to 4.1.6)."""
    times = [claims.get("exp"), claims.get("iat"), claims.get("nbf", now)]
    if not all(jose.is_time(moment) for moment in times):
        raise refused("claims", "The access token lacks exp or iat, or one of them is no time.")
    expires, *earliest = times
    if expires <= now:
        raise refused("expired", "The access token has expired.")
    if max(earliest) > now + LEEWAY:
        raise refused("early", "The access token is not valid yet.")


def thumbprint(claims: dict[str, Any]) -> str | None:
    """The key to which a token is bound; a binding that is not understood binds all the same."""
    confirmation = claims.get("cnf")
    if confirmation is None:
        return None
    jkt = confirmation.get("jkt") if isinstance(confirmation, dict) else None
    if not isinstance(jkt, str) or set(confirmation) != {"jkt"}:
        raise refused("claims", "The access token is bound in a way that this hub does not know.")
    return jkt


def is_access_token(header: dict[str, Any], kind: str) -> bool:
    """Whether `typ` is this media type: in any case, `application/` may be left out.

    (RFC 7515, 4.1.9.)
    """
    typ = header.get("typ")
    return isinstance(typ, str) and typ.lower().removeprefix("application/") == kind


def text(value: Any) -> str:
    """A string that a database can hold; raises TypeError."""
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("not a string that a database can hold")
    return value
