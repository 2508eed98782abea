"""The answer to a mutation: its root fields one after another, each a transaction of its own.

`hub.engine.mutation` says what is asked, `hub.engine.act` does it; here the payloads are put
together. A field that fails with an error is null and has its error beside the payloads of the
others; when nothing was done before it, the whole request fails as a query would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from graphql import VariableNode

from hub.engine.act import Acting, Change, Done
from hub.engine.answers import Answer
from hub.engine.arguments import read_arguments
from hub.engine.compiled import lacks_scope
from hub.engine.mutation import Act, MutationPlanner, Object
from hub.engine.operation import Operation
from hub.engine.parameters import Run
from hub.engine.payload import settled, show
from hub.engine.plan import Typename
from hub.engine.shape import INPUT
from hub.kit.errors import HubError, Unauthenticated
from hub.model.access import Grant

if TYPE_CHECKING:
    from hub.engine import Engine


@dataclass(frozen=True)
class Forbids:
    """A root field whose scope the token lacks."""

    act: Act


Root = Change | Forbids | Typename


@dataclass
class _Answering:
    """What has come together so far."""

    parts: list[bytes]
    errors: list[dict[str, Any]]
    withheld: list[dict[str, Any]]
    statements: int = 0
    done: bool = False
    recorded: bool = False


class Mutations:
    """Answers mutations; one for each engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.acting = Acting(engine)

    async def answer(
        self, operation: Operation, variables: dict[str, Any], grant: Grant | None
    ) -> Answer:
        """The complete response; raises a HubError when nothing was done."""
        who = grant or Grant.nobody()
        roots = self.planned(operation, variables, who)
        if grant is None and not all(isinstance(root, Typename) for root in roots):
            raise Unauthenticated("This needs an access token.")
        run = Run(variables, who, operation.hash, self.engine.clock())
        so_far = _Answering([], [], [])
        for root in roots:
            await self._root(root, run, so_far)
        refused = bool(roots) and all(isinstance(root, Forbids) for root in roots)
        body = [] if refused else [b'"data":{' + b",".join(so_far.parts) + b"}"]
        if so_far.errors:
            body.append(b'"errors":' + orjson.dumps(so_far.errors))
        access: dict[str, Any] = {"auditId": str(run.operation)} if so_far.recorded else {}
        if so_far.withheld:
            access["withheld"] = so_far.withheld
        if access:
            body.append(b'"extensions":' + orjson.dumps({"access": access}))
        return Answer(
            b"{" + b",".join(body) + b"}",
            403 if refused else 200,
            statements=so_far.statements,
            audit_id=access.get("auditId"),
        )

    async def _root(self, root: Root, run: Run, so_far: _Answering) -> None:
        key = b'"%s":' % _key(root).encode()
        if isinstance(root, Typename):
            so_far.parts.append(key + b'"%s"' % root.name.encode())
            return
        if isinstance(root, Forbids):
            so_far.done = so_far.recorded = True
            await self.acting.forbidden(root.act, run)
            so_far.parts.append(key + b"null")
            so_far.errors.append(_error(lacks_scope(root.act.action.scope), root.act))
            return
        try:
            done = await self.acting.carry_out(root, self._input(root.act, run.variables), run)
        except HubError as error:
            if not so_far.done:
                raise
            so_far.parts.append(key + b"null")
            so_far.errors.append(_error(error, root.act))
            return
        so_far.done = True
        so_far.recorded |= done.recorded
        so_far.parts.append(key + payload(root.act, done))
        so_far.withheld += done.withheld
        so_far.statements += done.statements

    def planned(self, operation: Operation, variables: dict[str, Any], grant: Grant) -> list[Root]:
        """The root fields for a caller of this shape, remembered like the plans of queries."""
        key = operation.plan_key(variables, grant)
        kept = self.engine.plans.get(key)
        if kept is None or kept[0] is not operation:
            kept = operation, self._plan(operation, variables, grant)
            self.engine.plans.put(key, kept, 20_000)
        roots: list[Root] = kept[1]
        return roots

    def _plan(self, operation: Operation, variables: dict[str, Any], grant: Grant) -> list[Root]:
        planner = MutationPlanner(
            operation,
            variables,
            schema=self.engine.schema,
            registry=self.engine.registry,
            limits=self.engine.limits,
        )
        return [
            act if isinstance(act, Typename) else self._ready(act, grant) for act in planner.acts()
        ]

    def _ready(self, act: Act, grant: Grant) -> Root:
        if act.action.scope not in grant.scopes:
            return Forbids(act)
        return self.acting.ready(act, grant)

    def _input(self, act: Act, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """The argument `input` with its variables; usually it is one variable as a whole."""
        whole = next(a.value for a in act.node.arguments or () if a.name.value == INPUT)
        if isinstance(whole, VariableNode) and variables.get(whole.name.value) is not None:
            found: Mapping[str, Any] = variables[whole.name.value]
            return found
        definition = self.engine.schema.type_map["Mutation"].fields[act.action.name]  # type: ignore[attr-defined]  # an object type
        tree = read_arguments(act.node, definition.args, variables)[INPUT]
        given: Mapping[str, Any] = settled(tree, variables)
        return given


def payload(act: Act, done: Done) -> bytes:
    """The JSON of a payload: keys in the order of the document."""
    objects = iter(done.objects)
    parts = [
        b'"%s":' % part.key.encode()
        + (
            next(objects)
            if isinstance(part, Object)
            else orjson.dumps(part.name)
            if isinstance(part, Typename)
            else orjson.dumps(show(part, done.values))
        )
        for part in act.parts
    ]
    return b"{" + b",".join(parts) + b"}"


def _key(root: Root) -> str:
    return root.key if isinstance(root, Typename) else root.act.key


def _error(error: HubError, act: Act) -> dict[str, Any]:
    return {
        "message": error.message,
        "locations": [act.location],
        "path": [act.key],
        "extensions": error.extensions(),
    }
