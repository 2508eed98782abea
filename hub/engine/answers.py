"""Last phase: the row that came back becomes the bytes of the response.

`data` is passed through as PostgreSQL built it, sealed values being opened on the way. Root fields
that graphql-core answers (introspection, the second layer) are put in their places.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson
from asyncpg import Record
from graphql import (
    DocumentNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
)

from hub.engine.compiled import Compiled
from hub.engine.errors import RequestErrors
from hub.engine.operation import Operation
from hub.engine.parameters import Run
from hub.engine.plan import Interpreted
from hub.engine.text import SEAL
from hub.kit.ids import encode_id

MAX_IDS = 20
MARK = SEAL.encode()


class Answer(NamedTuple):
    """The complete JSON response with its HTTP status and the operation's counters.

    `statements` counts the SQL statements of the read, `second_layer` the root fields that
    graphql-core executed.
    """

    body: bytes
    status: int = 200
    statements: int = 0
    second_layer: int = 0
    audit_id: str | None = None


def interpreted(
    compiled: Compiled, operation: Operation, schema: GraphQLSchema, variables: Mapping[str, Any]
) -> dict[int, bytes]:
    """JSON of the root fields that graphql-core answers, by their place."""
    found: dict[int, bytes] = {}
    for place, root in enumerate(compiled.plan.roots):
        if isinstance(root, Interpreted):
            definition = operation.definition
            alone = OperationDefinitionNode(
                operation=definition.operation,
                variable_definitions=definition.variable_definitions,
                directives=(),
                selection_set=SelectionSetNode(selections=root.nodes),
            )
            document = DocumentNode(definitions=(alone, *operation.fragments.values()))
            result = execute_sync(schema, document, variable_values=dict(variables))
            if result.errors or result.data is None:
                raise RequestErrors.of(result.errors or [], "BAD_USER_INPUT", "内省查询有误")
            found[place] = orjson.dumps(result.data[root.key])
    return found


def assemble(
    compiled: Compiled,
    row: Record | None,
    run: Run,
    second: dict[int, bytes],
    unseal: Callable[[str, str], str],
) -> Answer:
    """The response: data, errors of refused root fields, `extensions.access`."""
    written = compiled.statement
    # Large answers are copied once, when all their pieces are known.
    pieces: list[bytes] = [b"{"]
    if compiled.status != 403:
        # Refused altogether, a response has no data (GraphQL over HTTP: with data it is 2xx).
        pieces.append(b'"data":{')
        for place, key in enumerate(compiled.keys):
            pieces.append(key)
            if (column := written.roots.get(place)) is not None:
                assert row is not None
                value = row[column] or b"null"
                pieces.append(opened(value, unseal) if written.sealed else value)
            else:
                pieces.append(second.get(place) or compiled.constants[place])
        pieces.append(b"}")
    if compiled.errors:
        pieces += (b"," if len(pieces) > 1 else b"", b'"errors":', compiled.errors)
    access: dict[str, Any] = {}
    if written.audited and row is not None and row["entries"]:
        access["auditId"] = str(run.operation)
    if hidden := withheld(compiled, row):
        access["withheld"] = hidden
    if access:
        pieces += (b',"extensions":', orjson.dumps({"access": access}))
    pieces.append(b"}")
    return Answer(
        b"".join(pieces),
        compiled.status,
        statements=int(bool(written.sql)),
        second_layer=len(second),
        audit_id=access.get("auditId"),
    )


def opened(data: bytes, unseal: Callable[[str, str], str]) -> bytes:
    """The text cut at the marks; every second part is a context and what was sealed for it."""
    parts = data.split(MARK)
    for place in range(1, len(parts), 2):
        context, _, sealed = parts[place].decode().partition(":")
        parts[place] = orjson.dumps(unseal(sealed, context))
    return b"".join(parts)


def withheld(compiled: Compiled, row: Record | None) -> list[dict[str, Any]]:
    """What was withheld: what the guard knew before, what rules said row by row.

    For each place, reason and need one entry, with the ids of objects of several types together.
    """
    found: list[dict[str, Any]] = [*compiled.withheld]
    if row is None:
        return found
    counted: dict[tuple[object, ...], dict[str, Any]] = {}
    for denied in compiled.statement.denied:
        ids = row[denied.ids] if denied.ids else None
        which = row[denied.reason] if denied.reason else None
        if not (ids if denied.ids else which):
            continue
        check = denied.lift.common[int(which)] if which is not None else denied.lift.check
        assert check is not None
        entry: dict[str, Any] = {
            "path": list(denied.lift.path),
            "reason": check.reason.value,
            "needs": check.needs,
        }
        if check.per_row and ids:
            keys = list(dict.fromkeys(ids.split(",")))
            entry = counted.setdefault(
                (denied.lift.path, check.reason, check.needs), {**entry, "count": 0, "ids": []}
            )
            entry["count"] += len(keys)
            room = MAX_IDS - len(entry["ids"])
            entry["ids"] += [encode_id(denied.lift.noun.name, key) for key in keys[:room]]
        if entry not in found:
            found.append(entry)
    return found
