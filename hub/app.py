"""Assembly: finds the rooms, seals the registry, joins the engine to its doors."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

import hub.subgraphs
from hub.model.registry import Registry, seal


def load_rooms() -> list[ModuleType]:
    """Every package under `hub.subgraphs`, imported with its nouns, by name."""
    names = sorted(info.name for info in pkgutil.iter_modules(hub.subgraphs.__path__))
    return [importlib.import_module(f"hub.subgraphs.{name}") for name in names]


@cache
def registry() -> Registry:
    """The sealed registry of this process."""
    return seal(load_rooms())
