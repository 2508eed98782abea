"""`setAvailability`: what is free now, for up to five hundred workspaces in one call.

Each row stands for itself: what is wrong with one does not hold up the others. All rows are locked
by one statement, in the order of their ids so that two calls cannot wait for each other, judged in
Python, and written by one statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    Text,
    Uuid,
    any_,
    exists,
    false,
    func,
    insert,
    select,
    update,
)

from hub.kit.user_errors import Invalid
from hub.model.action import Ctx, IdempotencyKey, Part, Payload, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.park.observation import FRESH_FOR, Observation
from hub.subgraphs.park.report import (
    APPLIED,
    OUT,
    TWICE,
    AvailabilityRow,
    RowResult,
    Verdict,
    judge,
)
from hub.subgraphs.park.reservation import Reservation, not_over
from hub.subgraphs.park.rules import ObservationSource, Scope, operated
from hub.subgraphs.park.workspace import Workspace

MAX_ROWS = 500
WORKSPACE, OBSERVATION = Workspace.__table__, Observation.__table__


class SetAvailabilityInput(Input):
    """What is free, workspace by workspace. 上报空闲情况"""

    rows: Annotated[list[AvailabilityRow], Doc("At most 500 workspaces, each once.", "最多 500 行")]
    idempotency_key: IdempotencyKey


class AvailabilityResult(Part):
    """What came of one row. 单行结果"""

    workspace_id: Annotated[UUID, Ref("Workspace"), Doc("The workspace.", "工位或场地")]
    result: Annotated[RowResult, Doc("What came of it.", "结果")]
    version: Annotated[
        int | None, Doc("The workspace's version now; null when it was not found.", "当前版本号")
    ]
    message: Annotated[str | None, Doc("Why, when it was not stored.", "未保存的原因(英文)")]
    message_zh: Annotated[str | None, Doc("The same in Chinese.", "未保存的原因(中文)")]


class SetAvailabilityPayload(Payload):
    """What came of it, row by row in the order sent. 逐行结果"""

    rows: Annotated[list[AvailabilityResult], Doc("One result for each row.", "逐行结果")]
    workspaces: Annotated[
        list[UUID],
        Ref("Workspace"),
        Doc("The workspaces in the same order; null where there is none.", "对应的场地"),
    ]


_row = WORKSPACE.c
_IDS = given("workspaces", ARRAY(Uuid()))
_BUSY = select(_row.id).where(
    _row.id == any_(_IDS),
    exists().where(not_over(Reservation.__table__.c, _row.id)),
)
_MOMENT = DateTime(timezone=True)
_sent = (
    func.unnest(
        _IDS,
        given("parks", ARRAY(Uuid())),
        given("free", ARRAY(Integer())),
        given("observed", ARRAY(_MOMENT)),
        given("stale", ARRAY(_MOMENT)),
        given("sources", ARRAY(Text())),
        given("states", ARRAY(Text())),
    )
    .table_valued("workspace", "park", "free", "observed", "stale", "source", "state")
    .render_derived(name="sent")
)
_OBSERVE = insert(OBSERVATION).from_select(
    [
        *("workspace_id", "park_id", "free_seats", "observed_at", "stale_after", "source"),
        "reported_by",
    ],
    select(
        *(_sent.c.workspace, _sent.c.park, _sent.c.free, _sent.c.observed, _sent.c.stale),
        *(_sent.c.source, given("client", Text())),
    ),
    include_defaults=False,
)
_SET = (
    update(WORKSPACE)
    .values(
        observed_free_seats=_sent.c.free,
        observed_at=_sent.c.observed,
        stale_after=_sent.c.stale,
        observation_stale=false(),
        observed_source=_sent.c.source,
        state=_sent.c.state,
    )
    .where(_row.id == _sent.c.workspace)
    .add_cte(_OBSERVE.cte("observed"))
)
"""The latest report onto the workspace, and by the same statement into the history of reports."""


@action("Workspace", scope=Scope.park_write_availability, zh="上报空闲情况")
async def set_availability(ctx: Ctx, request: SetAvailabilityInput) -> SetAvailabilityPayload:
    """Report what is free now, for many workspaces at once."""
    if not 1 <= len(request.rows) <= MAX_ROWS:
        raise Invalid(
            f"A call has 1 to {MAX_ROWS} rows; {len(request.rows)} were sent.",
            zh=f"每次须包含 1 至 {MAX_ROWS} 行",
            field=("rows",),
            maximum=MAX_ROWS,
        )
    ids = [row.workspace_id for row in request.rows]
    columns = ("seats", "state", "observed_at", "park_id")
    locked = await ctx.locked_all(Workspace, ids, *columns, within=operated)
    known = {row["id"]: row for row in locked}
    leaving = [row.workspace_id for row in request.rows if row.state == OUT]
    busy = {row["id"] for row in await ctx.rows(_BUSY, workspaces=leaving)} if leaving else set()
    verdicts: dict[UUID, Verdict] = {}
    results = []
    for row in request.rows:
        if row.workspace_id in verdicts and row.workspace_id in known:
            verdict = TWICE
        else:
            busy_now = row.workspace_id in busy
            verdict = judge(row, known.get(row.workspace_id), busy_now, ctx.now)
            verdicts[row.workspace_id] = verdict
        results.append((row, verdict))
    applied = [row for row, verdict in results if verdict is APPLIED]
    versions = {key: row["version"] for key, row in known.items()}
    versions |= await _store(ctx, applied, known)
    return SetAvailabilityPayload(
        rows=[
            AvailabilityResult(
                workspace_id=row.workspace_id,
                result=verdict.result,
                version=versions.get(row.workspace_id),
                message=verdict.message,
                message_zh=verdict.zh,
            )
            for row, verdict in results
        ],
        workspaces=ids,
    )


async def _store(
    ctx: Ctx, rows: Sequence[AvailabilityRow], known: Mapping[UUID, Record]
) -> dict[UUID, int]:
    """Write what is to be written; the new versions by workspace."""
    if not rows:
        return {}
    sources = [row.source or ObservationSource.OPERATOR for row in rows]
    sent = {
        "workspaces": [row.workspace_id for row in rows],
        "parks": [known[row.workspace_id]["park_id"] for row in rows],
        "free": [row.free_seats for row in rows],
        "observed": [row.observed_at for row in rows],
        "stale": [
            row.stale_after or row.observed_at + FRESH_FOR[source]
            for row, source in zip(rows, sources, strict=True)
        ],
        "sources": [source.value for source in sources],
        "states": [str(row.state or known[row.workspace_id]["state"]) for row in rows],
    }
    written = await ctx.change(_SET, **sent, client=ctx.grant.client)
    return {row["id"]: row["version"] for row in written}
