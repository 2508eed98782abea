"""Who takes part in the stories of clients."""

from __future__ import annotations

import pytest

from tests.town import Caller, Enter


@pytest.fixture
async def administrator(enter: Enter) -> Caller:
    """Who holds admin:clients and nothing else."""
    return await enter("ADMIN", "admin:clients")
