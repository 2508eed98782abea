"""How the hub logs: one JSON object per line on stderr, each with the request that it belongs to.

No line holds personal data, a token, a query string, an address or a document: paths are logged as
routes, clients by their client id, errors by their place in the code. On a terminal the lines are
laid out for a reader.
"""

from __future__ import annotations

import logging
import sys
import traceback
from contextvars import ContextVar
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from hub.web.journal import journal

FRAMES = 12

request_id: ContextVar[str] = ContextVar("request_id")


def configure_logging(level: str) -> None:
    """Set up structlog, and bring the standard library's loggers (uvicorn's) into the same form."""
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
        _place_of_error,
    ]
    number = logging.getLevelNamesMapping()[level.upper()]
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[*shared, structlog.dev.ConsoleRenderer() if terminal else _json],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr)
        if terminal
        else structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    journal.stream = None if terminal else sys.stderr.buffer
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer() if terminal else _json_text,
            ],
        )
    )
    logging.basicConfig(level=number, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # these bring handlers of their own
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def place(error: BaseException) -> dict[str, Any]:
    """What is logged of an error: its kind and place. Its sentence may quote somebody's data."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return {
        "kind": f"{type(error).__module__}.{type(error).__qualname__}",
        "sqlstate": getattr(error, "sqlstate", None),
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _add_request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if (current := request_id.get("")) != "":
        event["request_id"] = current
    return event


def _place_of_error(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Instead of a traceback with its sentence and values."""
    given = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        event.update(place(given))
    return event


def _json(_: WrappedLogger, __: str, event: EventDict) -> bytes:
    return orjson.dumps(event, default=str)


def _json_text(_: WrappedLogger, __: str, event: EventDict) -> str:
    return orjson.dumps(event, default=str).decode()
