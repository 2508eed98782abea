"""The server of the hand-written routes: Starlette and asyncpg, and nothing that could slow them.

They check no token and count no field; what that costs is what the hub is measured by. The pool is
the hub's own, whose connections are not reset and keep their prepared statements.

    python -m tests.bench.handwritten expert 8123 1
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.kit.crypto import load
from hub.kit.db import connect_pool
from hub.settings import Settings, settings
from tests.bench.reads import READS
from tests.bench.row import Desk, Row
from tests.bench.writes import WRITES

CONTENDER = "BENCH_CONTENDER"
"""Workers are new processes, which are told by the environment which contender they are."""


def application(contender: str, given: Settings) -> Starlette:
    """All rows' routes of one contender."""
    desks: list[Desk] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        assert given.app_database_url is not None
        pool = await connect_pool(
            given.app_database_url,
            size=given.pool_size,
            statement_timeout_ms=given.statement_timeout_ms,
            application_name=f"bench-{contender}",
        )
        desks.append(Desk(pool, load(given.home / "keys", given.data_key)))
        yield
        await pool.close()

    def route(row: Row) -> Route:
        answer = row.routes[contender].answer

        async def endpoint(request: Request) -> Response:
            values = request.path_params or request.query_params
            if row.renew is not None:
                values = orjson.loads(await request.body())
            return Response(await answer(desks[0], values), media_type="application/json")

        methods = ["GET"] if row.renew is None else ["POST"]
        return Route(row.path.partition("?")[0], endpoint, methods=methods)

    return Starlette(routes=[route(row) for row in (*READS, *WRITES)], lifespan=lifespan)


def made() -> Starlette:
    """The application of one worker."""
    return application(os.environ[CONTENDER], settings())


def main() -> None:
    os.environ[CONTENDER], port, workers = sys.argv[1:]
    uvicorn.run(
        "tests.bench.handwritten:made",
        factory=True,
        workers=int(workers),
        port=int(port),
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
