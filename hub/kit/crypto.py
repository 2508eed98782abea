"""Short texts sealed at rest, and blind indexes that find a sealed text without opening any.

A sealed text is `v1.` and the base64url of nonce and AES-256-GCM ciphertext. What it is, such as
`talent.phone`, goes in as additional data, so that a sealed phone number does not open as an e-mail
address. The blind index is HMAC-SHA256 over the same name and the text, under a key of its own.

    $HUB_HOME/keys/data.key     32 random bytes as base64url, mode 0600, directory 0700

Where no file may be kept, the setting HUB_DATA_KEY holds the same text. Who loses the key loses
every sealed value: it belongs in the backup, apart from the database's.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from hub.kit.errors import HubError, SetupError

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = "v1."
FILE = "data.key"


class SealError(HubError):
    """A sealed value does not open: another key, another context, or it was changed."""

    code = "SEAL"


class Sealer:
    """Seals and opens short texts with keys derived from one data key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise SetupError(
                f"The data key has {len(key)} bytes instead of {KEY_BYTES}.",
                next_step="Restore data.key from a backup, or correct HUB_DATA_KEY.",
            )
        self._cipher = AESGCM(_derive(key, b"hub seal v1"))
        self._blinding = _derive(key, b"hub blind v1")

    def seal(self, text: str, context: str) -> str:
        """The text sealed for this context; each time another value."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), context.encode())
        return VERSION + _encode(sealed)

    def open(self, sealed: str, context: str) -> str:
        """The text that was sealed for this context; SealError when it was not."""
        try:
            if not sealed.startswith(VERSION):
                raise ValueError(f"it does not begin with {VERSION}")
            raw = _decode(sealed[len(VERSION) :])
            nonce, ciphertext = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, ciphertext, context.encode()).decode()
        except (ValueError, InvalidTag) as error:
            raise SealError(
                f"A sealed {context} does not open.",
                next_step="Check that the data key is the one that the database was filled with.",
            ) from error

    @property
    def fingerprint(self) -> str:
        """The same for the same key, and telling nothing of it."""
        return self.blind("", "data key")

    def blind(self, text: str, context: str) -> str:
        """The same for the same text and context, and telling nothing without the key."""
        name = context.encode()
        message = len(name).to_bytes(2, "big") + name + text.encode()
        return _encode(hmac.digest(self._blinding, message, "sha256"))


def load(directory: Path, data_key: str | None = None) -> Sealer:
    """A sealer with the setting's key where it is given, else with the directory's.

    Raises SetupError without a key; `hub.kit.data_key` says when one may be made.
    """
    if data_key:
        return Sealer(_read(data_key, "HUB_DATA_KEY"))
    file = directory / FILE
    if not file.exists():
        raise SetupError(
            f"The data key {file} is missing; without it no sealed field can be opened.",
            next_step="Restore it from a backup of this hub, or set HUB_DATA_KEY.",
        )
    if file.stat().st_mode & 0o077:
        raise SetupError(
            f"{file} can be read by others (mode {file.stat().st_mode & 0o777:o}).",
            next_step=f"chmod 600 '{file}'",
        )
    return Sealer(_read(file.read_text(encoding="ascii"), str(file)))


def make(directory: Path) -> None:
    """Make a key unless there is one.

    It is written whole under another name, then linked: of several starters one wins.
    """
    file = directory / FILE
    if file.exists():
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=".new")
    with os.fdopen(handle, "w", encoding="ascii") as written:
        written.write(_encode(secrets.token_bytes(KEY_BYTES)) + "\n")
        written.flush()
        os.fsync(written.fileno())
    try:
        file.hardlink_to(name)
    except FileExistsError:
        pass  # another process made the key first: its key serves
    finally:
        Path(name).unlink()


def _read(text: str, where: str) -> bytes:
    try:
        return _decode(text.strip())
    except ValueError:
        raise SetupError(
            f"{where} does not hold a data key.",
            next_step="Restore it from a backup: 32 bytes as base64url.",
        ) from None


def _derive(key: bytes, purpose: bytes) -> bytes:
    """A key for one purpose out of the data key, which is random already (RFC 5869, 3.3)."""
    return HKDFExpand(SHA256(), KEY_BYTES, purpose).derive(key)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    """Bytes of base64url without padding; ValueError for any other text."""
    padded = text + "=" * (-len(text) % 4)
    try:
        return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("it is no base64url") from error
