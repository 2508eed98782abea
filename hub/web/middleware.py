"""What surrounds every answer: pure ASGI classes that take `app`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count
from os import urandom
from time import perf_counter, time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.web.journal import Entry, journal
from hub.web.logs import request_id
from hub.web.reply import Header, Refusals

CLIENT_GONE = 499
"""The status logged when nobody was there to be answered; it is never sent."""

NO_COST = (0, 0)

FOREIGN_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class Observed:
    """Names each request, measures it, counts it and logs it in one line.

    The name is the client's `X-Request-Id` where it sent a plain one, and goes back in the answer.
    A path that is none of `routes` is counted and logged as "other": it may hold anything.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[str]) -> None:
        self.app = app
        self.routes = frozenset(routes)
        self._prefix = urandom(4).hex()
        self._numbers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        name = self._name(scope["headers"])
        request_id.set(name)
        status = CLIENT_GONE

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", name.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_named)
        finally:
            self._note(scope, name, status, perf_counter() - started)

    def _name(self, headers: Iterable[Header]) -> str:
        for name, value in headers:
            if name == b"x-request-id" and FOREIGN_ID.fullmatch(value):
                return value.decode("ascii")
        return f"{self._prefix}-{next(self._numbers):x}"

    def _note(self, scope: Scope, name: str, status: int, seconds: float) -> None:
        path = scope["path"]
        statements, second_layer = scope.get("hub.cost", NO_COST)
        journal.note(
            Entry(
                name,
                scope["method"],
                path if path in self.routes else "other",
                status,
                seconds,
                scope.get("hub.client"),
                statements,
                second_layer,
                time(),
            )
        )


class SecurityHeaders:
    """Headers that keep an answer from being used for what it is not meant for.

    Only what an application did not set itself is added: a page has its own policy. `no-store` is
    the default, so that no cache keeps an answer that a token opened (RFC 9111, 5.2.2.5).
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.defaults: list[Header] = [
            (b"cache-control", b"no-store"),
            (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
            (b"referrer-policy", b"no-referrer"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if https:  # RFC 6797, 7.2: never over plain HTTP
            self.defaults.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(header for header in self.defaults if header[0] not in present),
                ]
            await send(message)

        await self.app(scope, receive, send_guarded)


class Masked:
    """Turns whatever a route raises into a clear refusal, or into INTERNAL with an id alone."""

    def __init__(self, app: ASGIApp, refusals: Refusals) -> None:
        self.app = app
        self.refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception as error:  # noqa: BLE001  # nothing may reach the server's own log
            reply = self.refusals.reply(error)
            if not started and scope["type"] == "http":
                await reply.send(send)
