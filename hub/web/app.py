"""The doors put together: which path leads where, and what surrounds it all.

Observed                     name, measure, count, log every request
└── Doors
    ├── /graphql             the API: straight to its door, no router on the way
    └── SecurityHeaders
        └── Starlette        /oauth/*, /.well-known/*, /, /schema.graphql, health, metrics
            └── Masked
"""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

import asyncpg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.engine import Engine
from hub.identity.tokens.verify import Verifier
from hub.kit import migrations
from hub.kit.errors import BadUserInput, HubError, MethodNotAllowed, NotFound, TooLarge
from hub.settings import Settings
from hub.web.graphql import GraphQLDoor
from hub.web.health import Readiness, healthz, metrics
from hub.web.journal import journal
from hub.web.metrics import WAITING
from hub.web.middleware import Masked, Observed, SecurityHeaders
from hub.web.portal import Portal, SchemaFile
from hub.web.reply import Refusals
from hub.web.turnstile import Turnstile

GRAPHQL = "/graphql"

GC_THRESHOLD = 20_000
"""Objects made since the last look for cycles. A plan that is made for a new operation takes some
ten thousand; Python's own 700 would look a dozen times meanwhile, a fifth of what a plan costs."""


class Doors:
    """Sends the API's requests straight to its door, past the router that all others take."""

    def __init__(self, graphql: ASGIApp, others: ASGIApp) -> None:
        self.graphql = graphql
        self.others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == GRAPHQL:
            await self.graphql(scope, receive, send)
        else:
            await self.others(scope, receive, send)


def build(
    engine: Engine,
    verifier: Verifier,
    settings: Settings,
    oauth_routes: Sequence[BaseRoute],
    sdl: str,
    pool: asyncpg.Pool,
) -> ASGIApp:
    """The hub's doors over rooms that are open already."""
    refusals = Refusals(settings.issuer, log_messages=settings.demo)
    patience = settings.statement_timeout_ms / 1000
    turnstile = Turnstile(settings.pool_size, settings.queue_length, patience)
    journal.also = lambda: WAITING.set(turnstile.waiting)
    door = GraphQLDoor(
        engine,
        verifier,
        turnstile,
        refusals,
        body_limit=settings.body_limit_bytes,
        expose_counters=settings.demo,
    )
    routes = [
        Route("/", Portal(settings).page),
        Route("/schema.graphql", SchemaFile(sdl, verifier, settings.introspection_open).file),
        Route("/healthz", healthz),
        Route("/readyz", Readiness(pool, migrations.chain()).readyz),
        Route("/metrics", metrics),
        *oauth_routes,
    ]
    others = Starlette(
        routes=routes,
        middleware=[Middleware(Masked, refusals=refusals)],
        exception_handlers={HTTPException: _refuse},
        max_body_size=settings.body_limit_bytes,
    )
    guarded = SecurityHeaders(others, https=settings.issuer.startswith("https:"))
    paths = [GRAPHQL, *(route.path for route in routes if isinstance(route, Route))]
    return Observed(Doors(door, guarded), paths)


async def _refuse(_: Request, error: Exception) -> Response:
    """Starlette's own refusals, told as ours; `Masked` makes the reply."""
    assert isinstance(error, HTTPException)
    match error.status_code:
        case 404:
            raise NotFound("Nothing is served at this path.") from None
        case 405:
            allow = (error.headers or {}).get("Allow", "GET").split(", ")
            raise MethodNotAllowed("This path does not know the method.", allow=allow) from None
        case 413:
            raise TooLarge("The request's body is too long.") from None
        case _:
            raise BadUserInput(error.detail) from None


class Served:
    """The ASGI application of one worker: its rooms open at startup and close at shutdown.

    `opening` yields the application that `build` made. When it fails, the server is told why in
    one sentence and does not start.
    """

    def __init__(self, opening: Callable[[], AbstractAsyncContextManager[ASGIApp]]) -> None:
        self.opening = opening
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            assert self.app is not None, "the server must run with lifespan on"
            await self.app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """The ASGI lifespan protocol, over an asynchronous context manager."""
        await receive()
        try:
            async with self.opening() as self.app:
                gc.collect()
                gc.freeze()  # what lives as long as the process is not looked through again
                gc.set_threshold(GC_THRESHOLD)
                await send({"type": "lifespan.startup.complete"})
                await receive()
                journal.tell()
        except Exception as error:  # noqa: BLE001  # whatever it is, the server must be told
            phase = "startup" if self.app is None else "shutdown"
            await send({"type": f"lifespan.{phase}.failed", "message": _sentence(error)})
        else:
            await send({"type": "lifespan.shutdown.complete"})


def _sentence(error: Exception) -> str:
    if isinstance(error, HubError):
        return f"{error.message} {error.next_step}"
    return "".join(traceback.format_exception(error))
