"""`hub clients keygen`: a partner makes its key pair, and hands over the public part only."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from hub.cli._screen import remark, screen
from hub.kit.errors import BadUserInput


class Algorithm(StrEnum):
    """What an assertion may be signed with (FAPI 2.0, 5.4.1)."""

    ES256 = "ES256"
    EdDSA = "EdDSA"
    PS256 = "PS256"


_MAKE: dict[Algorithm, Callable[[], Key]] = {
    Algorithm.ES256: lambda: ECKey.generate_key("P-256"),
    Algorithm.EdDSA: lambda: OKPKey.generate_key("Ed25519"),
    Algorithm.PS256: lambda: RSAKey.generate_key(3072),
}


def keygen(
    file: Annotated[Path, typer.Argument(help="Where to write the private key; must be new.")],
    public: Annotated[
        Path | None,
        typer.Option(help="Where to write the public JWK Set. Without: to standard output."),
    ] = None,
    algorithm: Annotated[
        Algorithm, typer.Option("--alg", case_sensitive=False, help="What it signs with.")
    ] = Algorithm.ES256,
) -> None:
    """Make a key pair: the private key into a file of your own, the public part to hand over.

    It needs no hub and no database: whoever runs the client makes the key where it is used.
    """
    private, public_set = pair(algorithm)
    _write(file, private, mode=0o600)
    if public is None:
        screen.print(json.dumps(public_set, indent=2), markup=False)
    else:
        try:
            _write(public, public_set, mode=0o644)
        except BaseException:
            file.unlink()  # half a pair is of no use
            raise
    remark(f"The private key is in {file}: keep it there, and hand over the public part only.")


def pair(algorithm: Algorithm) -> tuple[dict[str, Any], dict[str, Any]]:
    """A private JWK and the JWK Set with its public part; its id is its thumbprint (RFC 7638)."""
    made = _MAKE[algorithm]()
    about = {"kid": made.thumbprint(), "use": "sig", "alg": algorithm.value}
    private = {**made.as_dict(private=True), **about}
    return private, {"keys": [{**made.as_dict(private=False), **about}]}


def _write(file: Path, value: dict[str, Any], *, mode: int) -> None:
    """Write a file that was not there: a key that is overwritten is lost for good."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise BadUserInput(
            f"{file} is there already, and a key is never overwritten.",
            next_step="Name another file, or move that one away.",
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(value, out, indent=2)
        out.write("\n")
