"""Taking a second factor: a secret is offered, and kept once a code shows that an app has it.

The offer stands in the form, sealed for the very person, so that nothing is stored of offers that
nobody takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from hub.identity.people import totp
from hub.identity.people.person import Person
from hub.kit.crypto import Sealer, SealError


@dataclass(frozen=True)
class Offer:
    """What the page shows of a secret: as a picture, as a link, to type in, and sealed."""

    secret: str
    link: str
    picture: Markup
    sealed: str


class Enrolment:
    """Offers secrets, and keeps those that were taken."""

    def __init__(self, sealer: Sealer, issuer: str) -> None:
        self._sealer = sealer
        self._issuer = urlsplit(issuer).netloc

    def offer(self, person: Person) -> Offer:
        """A new secret for a person."""
        secret = totp.new_secret()
        link = totp.link(secret, person.username, self._issuer)
        sealed = self._sealer.seal(secret, _context(person))
        return Offer(secret, link, Markup(totp.picture(link)), sealed)

    def taken(self, person: Person, form: Mapping[str, str]) -> dict[str, Any] | None:
        """What is to be kept of a person whose code fits the secret offered to her, else None."""
        try:
            secret = self._sealer.open(form.get("totp", ""), _context(person))
        except SealError:
            return None
        step = totp.used_step(secret, form.get("code", ""), None)
        if step is None:
            return None
        return {"totp_secret": self._sealer.seal(secret, totp.CONTEXT), "totp_step": step}


def _context(person: Person) -> str:
    return f"{totp.CONTEXT} offered to {person.id}"
