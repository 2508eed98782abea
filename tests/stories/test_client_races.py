"""Several administrators at once: no change is lost, and a client is in one legal state."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.conftest import Database
from tests.stories.administration import act, active, on, registration, token_asked, versions_of
from tests.stories.bookings import codes
from tests.stories.test_races import TRIES, scene_of
from tests.town import Caller, Enter


async def race_for_a_version(one: Caller, another: Caller) -> tuple[dict[str, Any], list[Any]]:
    """A client of which twenty changes of one version are sent at once; what each came to."""
    client = (await act(one, "registerClient", registration()))["client"]
    answers = await asyncio.gather(
        *(
            on((one, another)[number % 2], "changeClient", client, nameEn=f"No. {number}")
            for number in range(20)
        )
    )
    return client, answers


async def test_of_twenty_changes_at_once_one_is_made_and_none_lost(
    administrator: Caller, enter: Enter, owner: asyncpg.Connection
) -> None:
    another = await enter("ADMIN", "admin:clients")

    client, answers = await race_for_a_version(administrator, another)

    made = [answer["client"]["nameEn"] for answer in answers if not codes(answer)]
    assert [code for answer in answers for code in codes(answer)] == ["CONFLICT"] * 19
    kept = await owner.fetchrow(
        "SELECT name_en, version FROM identity.client WHERE client_id = $1", client["clientId"]
    )
    assert (made, 2) == ([kept["name_en"]], kept["version"])
    assert await versions_of(owner, client) == [1, 2]


async def test_without_the_lock_changes_are_lost(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        one, another = [await scene.enter("ADMIN", "admin:clients") for _ in range(2)]
        for _ in range(TRIES):
            _, answers = await race_for_a_version(one, another)
            if sum(not codes(answer) for answer in answers) > 1:
                return
    pytest.fail("no change was lost")


async def test_of_two_secrets_made_at_once_the_one_shown_is_the_one_that_holds(
    administrator: Caller, hub_url: str
) -> None:
    client, _ = await active(administrator)
    answers = await asyncio.gather(
        *(on(administrator, "rotateClientSecret", client) for _ in range(4))
    )

    shown = [answer["clientSecret"] for answer in answers if answer["clientSecret"]]
    assert len(shown) == 1
    assert token_asked(hub_url, client["clientId"], shown[0], "park:read").status_code == 200


@pytest.mark.parametrize(
    ("state", "one", "other", "ends"),
    [
        ("REGISTERED", "approveClient", "revokeClient", {"APPROVED"}),
        ("SUSPENDED", "resumeClient", "revokeClient", {"ACTIVE", "REVOKED"}),
    ],
)
async def test_two_moves_at_once_leave_one_legal_state(
    state: str,
    one: str,
    other: str,
    ends: set[str],
    administrator: Caller,
    owner: asyncpg.Connection,
) -> None:
    for _ in range(5):
        client = (await act(administrator, "registerClient", registration()))["client"]
        await owner.execute(
            "UPDATE identity.client SET state = $2 WHERE client_id = $1", client["clientId"], state
        )

        answers = await asyncio.gather(*(on(administrator, name, client) for name in (one, other)))

        assert sorted(bool(codes(answer)) for answer in answers) == [False, True]
        left = await owner.fetchval(
            "SELECT state FROM identity.client WHERE client_id = $1", client["clientId"]
        )
        assert left in ends
        assert await versions_of(owner, client) == [1, 2]
