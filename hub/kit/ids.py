"""Opaque ids and cursors.

An id is `Type:uuid`: stable for ever because partners store it, not signed, since a forged one
shows nothing that the access rules would not show. A cursor is the hex of `["<order>", key, ...]`:
hex, because PostgreSQL's base64 breaks lines at 76 characters.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto

MAX_CURSOR = 4096

_Uuid: type[UUID] = pgproto.UUID
"""The driver's own kind of UUID, ten times quicker to read."""


def uuid7() -> UUID:
    """A time-ordered id (RFC 9562, 5.7) for what is named before it reaches the database."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    number = milliseconds << 80 | 7 << 76 | (random >> 68 & 0xFFF) << 64
    number |= 0b10 << 62 | random & (1 << 62) - 1
    return _Uuid(number.to_bytes(16))  # type: ignore[arg-type]  # this kind takes bytes too


def encode_id(type_name: str, key: UUID | str) -> str:
    """`("Park", uuid)` -> `Park:uuid`."""
    return f"{type_name}:{key}"


def type_of(value: Any) -> str:
    """The type part of an id; empty when it has none."""
    name, separator, _ = str(value).partition(":")
    return name if separator else ""


def decode_id(type_name: str, value: Any) -> UUID | None:
    """The key of an id of this type; None for another type's id or a forged one."""
    name, _, key = str(value).partition(":")
    if name != type_name or len(key) != 36:
        return None
    try:
        return _Uuid(key)
    except ValueError:
        return None


def order_fingerprint(terms: Sequence[str]) -> str:
    """Short name of an order: a cursor made under another order is refused."""
    return hashlib.sha256("|".join(terms).encode()).hexdigest()[:8]


def decode_cursor(value: Any) -> tuple[str, list[Any]] | None:
    """(fingerprint, keys), or None when this is not a cursor of ours."""
    if not isinstance(value, str) or len(value) > MAX_CURSOR:
        return None
    try:
        parts = json.loads(bytes.fromhex(value).decode(), parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parts, list) or len(parts) < 2 or not isinstance(parts[0], str):
        return None
    return parts[0], parts[1:]


def cursor_shape(value: Any) -> Hashable:
    """What a plan depends on in a cursor: its order and which of its keys are null."""
    decoded = decode_cursor(value)
    if decoded is None:
        return "malformed"
    return decoded[0], tuple(key is None for key in decoded[1])
