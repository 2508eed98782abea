"""Members of a JSON object, read one by one; what is wrong with each is noted with its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from hub.model.types import Choice

C = TypeVar("C", bound=Choice)

SECRET = re.compile(r"[\x21-\x7e]{22,255}")
"""A shared secret (RFC 6749, A.2): 22 characters of base64 are 128 bits."""


@dataclass(frozen=True)
class Fault:
    """What is wrong at a place of a file, and what to write there."""

    at: str
    message: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.at}: {self.message} {self.next_step}"


class Reader:
    """Reads members of one object and notes what is wrong with them."""

    def __init__(self, at: str, members: Any, name: str, faults: list[Fault] | None = None) -> None:
        self.at, self.name = at, name
        self.faults: list[Fault] = [] if faults is None else faults
        self.members: Mapping[str, Any] = members if isinstance(members, dict) else {}
        if not isinstance(members, dict):
            self.blame("", "Not a JSON object.", "Write {...}.")

    def blame(self, member: str, message: str, next_step: str) -> None:
        path = ".".join(filter(None, (self.at, member)))
        self.faults.append(
            Fault(f"{path} ({self.name})" if self.name else path, message, next_step)
        )

    def refuse_unknown(self, known: tuple[str, ...]) -> None:
        for member in self.members:
            if member not in known:
                near = difflib.get_close_matches(member, known, 1)
                step = f"Did you mean {near[0]}?" if near else "Leave it out."
                self.blame(member, "No member is called so.", step)

    def text(self, member: str, *, needed: bool = False) -> str | None:
        value = self.members.get(member)
        if value is None:
            if needed:
                self.blame(member, "It is missing.", "Write it as a text.")
            return None
        if not isinstance(value, str):
            self.blame(member, "Not a text.", 'Write it in quotation marks: "...".')
            return None
        return value

    def flag(self, member: str) -> bool:
        value = self.members.get(member, False)
        if not isinstance(value, bool):
            self.blame(member, "Neither true nor false.", "Write true or false.")
        return value is True

    def texts(self, member: str) -> list[str]:
        value = self.members.get(member) or []
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return list(dict.fromkeys(value))
        self.blame(member, "Not a list of texts.", 'Write ["...", "..."].')
        return []

    def choice(self, member: str, codes: type[C], default: C | None = None) -> C | None:
        value = self.members.get(member, default)
        found = _code(codes, value)
        if found is None:
            self.blame(
                member,
                "It is missing." if value is None else f"{value!r} is none of the codes.",
                f"Write one of {', '.join(code.lower() for code in codes)}.",
            )
        return found

    def choices(self, member: str, codes: type[C], *, lower: bool = False) -> list[C]:
        known = [code.lower() if lower else str(code) for code in codes]
        found = []
        for value in self.texts(member):
            if (code := _code(codes, value)) is None:
                self.blame(
                    member, f"{value!r} is none of the codes.", f"Write some of {', '.join(known)}."
                )
            else:
                found.append(code)
        return found

    def secret(self) -> str | None:
        """The secret, of which no word is said where it is faulty."""
        value = self.members.get("client_secret")
        if value is not None and not (isinstance(value, str) and SECRET.fullmatch(value)):
            self.blame(
                "client_secret",
                "Not a secret of 22 to 255 printable ASCII characters without spaces.",
                "Have one made: `python3 -c 'import secrets; print(secrets.token_urlsafe(32))'`.",
            )
            return None
        return value


def _code(codes: type[C], value: Any) -> C | None:
    """The code as the list or as IANA writes it."""
    if not isinstance(value, str) or value.upper() not in codes.values():
        return None
    return codes(value.upper())
