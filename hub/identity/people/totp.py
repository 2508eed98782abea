"""The second factor: codes of six digits that change every half minute (RFC 6238).

Any authenticator app takes the secret, as a QR code, a link on the phone itself, or typed in. A
code is good once: the time step whose code was used is kept, and only a later one is accepted.
"""

from __future__ import annotations

import secrets
import time
from base64 import b32decode, b32encode
from collections.abc import Callable
from hmac import compare_digest

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS, STEP = 6, 30
DRIFT = 1
"""Steps that the clock of a phone may be off, either way."""

CONTEXT = "identity.totp"
"""What the secret is sealed for."""


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps read them."""
    return b32encode(secrets.token_bytes(20)).decode()


def used_step(
    secret: str, code: str, last: int | None, clock: Callable[[], float] = time.time
) -> int | None:
    """The time step whose code this is, if it is later than the last one used; else None."""
    now = int(clock()) // STEP
    hotp = HOTP(b32decode(secret), DIGITS, SHA1())  # RFC 6238 and every app use it
    given = code.strip().replace(" ", "").encode()
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if compare_digest(hotp.generate(step), given) and (last is None or step > last):
            found = step
    return found


def link(secret: str, username: str, issuer: str) -> str:
    """`otpauth://` for the app on the same phone."""
    totp = TOTP(b32decode(secret), DIGITS, SHA1(), STEP)
    return totp.get_provisioning_uri(username, issuer)


def picture(uri: str) -> str:
    """The link as a QR code: an SVG element to stand in a page."""
    return segno.make(uri, error="m").svg_inline(scale=4, border=2, light="white", omitsize=False)
