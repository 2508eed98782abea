"""What machines ask every few seconds: `/healthz`, `/readyz` and `/metrics`.

A supervisor restarts what does not live; a load balancer passes by what is not ready. The first
must therefore depend on nothing but the process itself.
"""

from __future__ import annotations

import asyncio

import asyncpg
import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.kit.migrations import Chain, Standing
from hub.web.journal import journal
from hub.web.metrics import exposition

CHECK_SECONDS = 2.0

log = structlog.get_logger("hub.web")


async def healthz(_: Request) -> Response:
    """The process lives and its event loop turns."""
    return JSONResponse({"status": "ok"})


async def metrics(_: Request) -> Response:
    """Counts for Prometheus, with those of the last moment; they need no token."""
    journal.tell()
    return Response(exposition(), media_type=CONTENT_TYPE_LATEST)


class Readiness:
    """The database answers within two seconds and its migrations are those of this code.

    Neither `behind` nor `ahead` is ready: tables that lack what is read, or that mean something
    else by now, are not to be asked.
    """

    def __init__(self, pool: asyncpg.Pool, chain: Chain) -> None:
        self.pool = pool
        self.chain = chain

    async def readyz(self, _: Request) -> Response:
        checks = await self._checks()
        ready = all(state == "ok" for state in checks.values())
        return JSONResponse(
            {"status": "ready" if ready else "not ready", "checks": checks},
            status_code=200 if ready else 503,
        )

    async def _checks(self) -> dict[str, str]:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                applied = await self.pool.fetchval("SELECT version_num FROM alembic_version")
        except asyncpg.UndefinedTableError:
            return {"database": "ok", "migrations": Standing.NONE}
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("not_ready", kind=type(error).__name__)
            return {"database": "away", "migrations": "unknown"}
        return {"database": "ok", "migrations": self.chain.standing(applied)}
