"""The oracle is sharp: each fault sown into the engine turns the comparison red."""

from __future__ import annotations

import pytest

from hub.engine import Engine
from tests.make.world import NOW
from tests.oracle.campaign import Campaign
from tests.oracle.compare import GENEROUS, Comparison, unseal
from tests.oracle.faults import FAULTS, Sow

SEED, WITHIN = 5, 2000


@pytest.mark.parametrize("sow", FAULTS.values(), ids=FAULTS)
async def test_fault_is_found(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch, sow: Sow
) -> None:
    sow(monkeypatch)
    mismatch = await Campaign(fresh(comparison), SEED).run(WITHIN)
    await comparison.audits()
    assert mismatch is not None


def fresh(comparison: Comparison) -> Comparison:
    """The same comparison with an engine that has made no plan yet."""
    engine = Engine(
        comparison.engine.registry,
        comparison.engine.schema,
        comparison.engine.pool,
        unseal=unseal,
        limits=GENEROUS,
        clock=lambda: NOW,
    )
    return Comparison(engine, comparison.oracle, comparison.owner)
