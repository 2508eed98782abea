"""The hub's signing keys: ES256 keys in files, numbered, made once whoever starts first.

    $HUB_HOME/keys/0001.json      a private JWK (RFC 7517), mode 0600, directory 0700

The highest number signs, all of them verify, so that a rotation overlaps. A number is taken by
`link(2)`, which fails when the name exists: of several workers that start at once one makes the
key and the others read it, without a lock that a killed process could leave behind.

Where no file may be kept, the setting HUB_SIGNING_KEY holds a private JWK, or a JWK Set whose first
key signs.
"""

from __future__ import annotations

import json
import os
import tempfile
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from hub.kit.errors import SetupError

ALGORITHM = "ES256"

_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, JoseError)


class SigningKeys:
    """Private keys, the signing one first. A key's id is its thumbprint (RFC 7638)."""

    def __init__(self, keys: Sequence[ECKey]) -> None:
        if not keys:
            raise SetupError("There is no signing key.")
        self.signing = keys[0]
        self.kid = key_id(self.signing)
        self.secrets = tuple(_secret(key) for key in keys)
        """For what all workers must know and nobody else, such as nonces; a secret for each key."""
        self._public = {key_id(key): ECKey.import_key(key.as_dict(private=False)) for key in keys}

    def public(self, kid: object) -> ECKey | None:
        """The public key with this id, or None."""
        return self._public.get(kid) if isinstance(kid, str) else None

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWK Set (RFC 7517, 5)."""
        return {
            "keys": [
                {
                    **{name: key.as_dict()[name] for name in ("kty", "crv", "x", "y")},
                    "kid": kid,
                    "use": "sig",
                    "alg": ALGORITHM,
                }
                for kid, key in self._public.items()
            ]
        }


def load(directory: Path, private_jwk: str | None = None) -> SigningKeys:
    """The keys of the setting where it is given, else those in the directory, at least one."""
    if private_jwk:
        return SigningKeys(_from_setting(private_jwk))
    if not _files(directory):
        _make(directory, 1)
    return SigningKeys([_read(file) for file in reversed(_files(directory))])


def add(directory: Path) -> Path:
    """Make a key that signs from the next start on; the older ones go on verifying."""
    newest = max((int(file.stem) for file in _files(directory)), default=0)
    return _make(directory, newest + 1)


def _make(directory: Path, number: int) -> Path:
    """The key of this number, made here or by whoever was first.

    The caller has decided on the number before: were it counted here, a worker that comes second
    would make the next key, and sign with one that the first has not read.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ECKey.generate_key("P-256")
    written = _write_aside(directory, json.dumps(key.as_dict(private=True)))
    target = directory / f"{number:04}.json"
    try:
        target.hardlink_to(written)
    except FileExistsError:
        pass  # another process made this number first: its key serves as well
    finally:
        written.unlink()
    return target


def key_id(key: ECKey) -> str:
    """The RFC 7638 thumbprint: the same key has the same id for ever, another key never."""
    return key.thumbprint()


def _secret(key: ECKey) -> bytes:
    """Derived from the private key, and telling nothing of it (RFC 5869)."""
    private = urlsafe_b64decode(str(key.as_dict(private=True)["d"]) + "==")
    return HKDFExpand(SHA256(), 32, b"hub identity v1").derive(private)


def _files(directory: Path) -> list[Path]:
    return sorted(directory.glob("[0-9][0-9][0-9][0-9].json"))


def _write_aside(directory: Path, text: str) -> Path:
    """Write all of it to a file of another name (mode 0600 by mkstemp), and on to the disk."""
    handle, name = tempfile.mkstemp(dir=directory, suffix=".new")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _read(file: Path) -> ECKey:
    mode = file.stat().st_mode
    if mode & 0o077:
        raise SetupError(
            f"{file} can be read by others (mode {mode & 0o777:o}).",
            next_step=f"chmod 600 '{file}', and make a new key if somebody may have read it.",
        )
    try:
        return _private(json.loads(file.read_text(encoding="ascii")))
    except _UNREADABLE as error:
        raise SetupError(
            f"{file} does not hold a private ES256 key: {error}",
            next_step="Restore it from a backup, or move it away: tokens it signed then end.",
        ) from error


def _from_setting(text: str) -> list[ECKey]:
    try:
        value = json.loads(text)
        return [_private(jwk) for jwk in value.get("keys", [value])]
    except _UNREADABLE:
        raise SetupError(
            "HUB_SIGNING_KEY does not hold a private ES256 key.",
            next_step="Give a JWK with kty EC, crv P-256, x, y and d, or a JWK Set of such keys.",
        ) from None


def _private(jwk: Any) -> ECKey:
    if not isinstance(jwk, dict) or jwk.get("crv") != "P-256" or "d" not in jwk:
        raise ValueError("not a private key on P-256")
    return ECKey.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y", "d")})
