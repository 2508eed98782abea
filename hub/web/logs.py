"""How the hub logs: one JSON object per line on stderr, each with the request that it belongs to.

No line holds personal data, a token, a query string, an address or a document: paths are logged as
routes, clients by their client id, faults by their place in the code.
"""

from __future__ import annotations

import logging
import sys
from contextvars import ContextVar

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

request_id: ContextVar[str] = ContextVar("request_id")


def configure_logging(level: str) -> None:
    """Set up structlog, and the standard library's loggers (uvicorn's) in the same form."""
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
    ]
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_bytes)],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(file=sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.dict_tracebacks,
                structlog.processors.JSONRenderer(serializer=_text),
            ],
        )
    )
    logging.basicConfig(level=number, handlers=[handler], force=True)


def _add_request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if (current := request_id.get("")) != "":
        event["request_id"] = current
    return event


def _bytes(event: EventDict, **_: object) -> bytes:
    return orjson.dumps(event, default=str)


def _text(event: EventDict, **_: object) -> str:
    return _bytes(event).decode()
