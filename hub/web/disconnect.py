"""A client that goes away takes its statement with it.

ASGI tells of a disconnect only to somebody who waits in `receive()`, and a task that waits costs
more than all the rest of the door. So nobody waits at first: a timer is set, which most requests
cancel before it is due (0.8 microseconds), and only a request that takes longer is watched. The
answering task is then cancelled at its `await`, wherever that is: asyncpg asks PostgreSQL to cancel
the statement, the turnstile forgets a waiter.
"""

from __future__ import annotations

import asyncio
from types import TracebackType

from starlette.types import Receive

WATCH_AFTER_SECONDS = 0.05


class ClientGoneError(Exception):
    """Nobody is there to be answered."""


class WhileConnected:
    """Run the body of a `with` for as long as the client is there; else raise `ClientGoneError`.

    The request's body must have been received before.
    """

    __slots__ = ("_gone", "_receive", "_task", "_timer", "_watcher")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._watcher: asyncio.Task[None] | None = None
        self._gone = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None, "a request is answered in a task"
        self._task = task
        self._timer = task.get_loop().call_later(WATCH_AFTER_SECONDS, self._begin)

    def _begin(self) -> None:
        self._watcher = self._task.get_loop().create_task(self._watch())

    async def _watch(self) -> None:
        # A server may still hand out the empty end of the body before it has to wait.
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._task.cancel()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        # Another may have cancelled too, such as a server that shuts down: then that one stands.
        if self._gone and self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise ClientGoneError from None
