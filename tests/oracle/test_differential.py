"""The engine answers as graphql-core does over the same rows: 2,000 operations, or 100,000."""

from __future__ import annotations

import pytest

from tests.oracle.campaign import ANSWERED, ASKED, Campaign
from tests.oracle.compare import Case, Comparison, Mismatch
from tests.oracle.shrink import shrunk

SEEDS, EACH, ROUNDS = 4, 500, 3
LONG_SEEDS, LONG_EACH = 100, 1000
EXPECTED = ("answered", "refused", *ASKED, *ANSWERED)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_generated_operations_agree(comparison: Comparison, seed: int) -> None:
    campaign = Campaign(comparison, seed)
    for so_far in range(1, ROUNDS + 1):  # what is rare may take more than one
        await agree(campaign, so_far * EACH)
        rare = [what for what in EXPECTED if not campaign.seen[what]]
        if not rare:
            break
    assert rare == [], "operations that are all alike prove little"


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(SEEDS, SEEDS + LONG_SEEDS))
async def test_many_more_generated_operations_agree(comparison: Comparison, seed: int) -> None:
    await agree(Campaign(comparison, seed), LONG_EACH)


async def agree(campaign: Campaign, operations: int) -> None:
    """Fail with the smallest operation found that the engine answers otherwise."""
    mismatch = await campaign.run(operations)
    if mismatch is not None:
        pytest.fail(f"seed {campaign.seed}: {await explained(campaign.comparison, mismatch)}")


async def explained(comparison: Comparison, mismatch: Mismatch) -> Mismatch:
    """The difference in its smallest form; as it was where it went away when asked for alone.

    A plan that was made for another caller or other values differs only where it was reused.
    """

    async def differs(case: Case) -> bool:
        found = await comparison.check(case)
        return found is not None and found.what == mismatch.what

    if not await differs(mismatch.case):
        return mismatch
    smallest = await shrunk(mismatch.case, comparison.oracle.schema, differs)
    return await comparison.check(smallest) or mismatch
