"""Who takes part in the stories, and what guards them, to be taken away."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Select

from hub.kit.postgres import ClusterInfo
from tests.conftest import Database, clone, execute
from tests.town import Caller, Enter


@pytest.fixture
async def administrator(enter: Enter) -> Caller:
    """Who holds admin:clients and nothing else."""
    return await enter("ADMIN", "admin:clients")


@pytest.fixture
async def scratch(cluster: ClusterInfo, template: str, worker_id: str) -> AsyncIterator[Database]:
    database = await clone(cluster, template, f"{worker_id}_race")
    yield database
    await execute(cluster, f"DROP DATABASE {database.name} WITH (FORCE)")


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the lock on rows that actions begin with."""
    monkeypatch.setattr(Select, "with_for_update", lambda self, **_: self)
