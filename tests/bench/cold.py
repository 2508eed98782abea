"""What the first request of a new operation costs more than the next ones.

Everything is new then: the document is parsed and validated, the plan made and guarded, the SQL
written, and PostgreSQL prepares it. An alias that was never used makes a known document new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from statistics import median

from hub.identity.clients.client import Client
from tests.bench.contenders import Contender, access_token
from tests.bench.load import answer
from tests.bench.row import Ask, Row

REPEATS = 4

_numbers = count(1)


def renamed(document: str) -> Iterator[str]:
    """The document with another alias for its first `id`, for ever."""
    for number in _numbers:
        yield document.replace(" id ", f" id{number}: id ", 1)


async def cold_ms(
    hub: Contender, row: Row, asks: Sequence[Ask], clients: dict[str, Client], operations: int
) -> float:
    """Median over some operations of first minus next, in milliseconds, one request at a time."""
    token = access_token(hub.home, clients[row.asker.client_id])
    excess = []
    for document, _ in zip(renamed(row.document), range(operations), strict=False):
        # Of a row that writes each request is another one; a repeat would find its outcome kept.
        found = [row.renew(asks[0]) if row.renew else asks[0] for _ in range(REPEATS + 1)]
        waits = [(await answer(hub.port, hub.posted(document, ask, token)))[1] for ask in found]
        first, *again = waits
        excess.append(first - median(again))
    return median(excess) * 1e3
