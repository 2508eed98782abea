"""What Prometheus may read at `/metrics`; the names are listed in README.md.

With several workers each answers for itself, unless `PROMETHEUS_MULTIPROC_DIR` names a directory
that all of them share: then whichever is asked answers for all.
"""

from __future__ import annotations

import os

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)

disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped

REQUESTS = Counter("hub_requests", "Requests by route and status.", ["route", "status"])
SECONDS = Histogram(
    "hub_request_seconds",
    "Time from a request's head to the end of its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STATEMENTS = Counter("hub_statements", "SQL statements that GraphQL operations ran.")
SECOND_LAYER = Counter("hub_second_layer", "GraphQL operations that graphql-core executed.")
REFUSED = Counter("hub_refused", "Requests refused because too many were waiting.")
WAITING = Gauge("hub_waiting", "Requests that wait for their turn.", multiprocess_mode="livesum")

_children: dict[tuple[str, int], tuple[Counter, Histogram]] = {}


def observe_request(
    route: str, status: int, seconds: float, statements: int, second_layer: int
) -> None:
    """Count one request. The label is a route, never a raw path, so there are few of them."""
    children = _children.get((route, status))
    if children is None:
        children = REQUESTS.labels(route, str(status)), SECONDS.labels(route)
        _children[route, status] = children
    children[0].inc()
    children[1].observe(seconds)
    if statements:
        STATEMENTS.inc(statements)
    if second_layer:
        SECOND_LAYER.inc(second_layer)


def exposition() -> bytes:
    """What Prometheus reads: counts only, of this worker or of all that share a directory."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # as above
    return generate_latest(registry)
