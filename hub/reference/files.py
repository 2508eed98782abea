"""The files of `data`, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hub.kit.errors import SetupError

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class CatalogueEntry:
    """One scope of the catalogue: the room that declares it, who normally holds it, what it allows.

    `holders` are PC partner city, PO park operator, IA internal app, DE department, TA the talent
    herself, AD administrator; `sensitivity` is the most sensitive class it can touch, P0 to P4.
    """

    scope: str
    room: str
    holders: tuple[str, ...]
    sensitivity: str
    en: str
    zh: str


@cache
def read(name: str) -> dict[str, Any]:
    """The content of `data/<name>.yaml`."""
    file = DATA / f"{name}.yaml"
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SetupError(
            f"The reference data {file} cannot be read: {error}",
            next_step="Restore the file from the repository.",
        ) from error
    if not isinstance(content, dict):
        raise SetupError(f"The reference data {file} is no mapping.")
    return content


@cache
def scopes() -> dict[str, CatalogueEntry]:
    """The scope catalogue by scope."""
    entries = (
        CatalogueEntry(**{**entry, "holders": tuple(entry["holders"])})
        for entry in read("scopes")["scopes"]
    )
    return {entry.scope: entry for entry in entries}
