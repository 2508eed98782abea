"""Passwords: what is accepted as one, and how it is kept (NIST SP 800-63B, 3.1.1; RFC 9106).

Length is what counts; kinds of characters are not prescribed, and nothing expires by itself. A text
is normalised (NFKC), so that the same keys on a phone and a desktop give the same password.
"""

from __future__ import annotations

import unicodedata

from hub.identity.clients import secret
from hub.kit.user_errors import Invalid

SHORTEST, LONGEST = 12, 256
FEWEST_KINDS = 5
"""Different characters: `aaaaaaaaaaaa` is long, and the first thing that is tried."""


def normalised(password: str) -> str:
    """The one form in which a password is hashed and compared."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str, username: str) -> str:
    """What is kept of a new password; Invalid when it is too easy."""
    text = normalised(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise Invalid(
            f"The password must have {SHORTEST} to {LONGEST} characters.",
            zh=f"密码长度须为 {SHORTEST} 至 {LONGEST} 个字符。",
            next_step="A few words that only you would put together are easy to remember.",
        )
    if username.lower() in text.lower() or len(set(text)) < FEWEST_KINDS:
        raise Invalid(
            "The password is too easy to guess.",
            zh="密码过于简单,容易被猜到。",
            next_step="Leave out the user name, and do not repeat the same few characters.",
        )
    return secret.hashed(text)
