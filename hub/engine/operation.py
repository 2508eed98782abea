"""Phase one: a document becomes an `Operation` that is known to be valid and not too large.

Limits come before validation, because validating a hostile document is itself costly; they count
fragments as often as they are spread, in one pass that visits each fragment once. What depends on
the variables (how many nodes the pages add up to) is left to the planner.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    SKIP,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    VariableNode,
    parse,
    specified_rules,
    type_from_ast,
    validate,
)

from hub.engine.coercion import Coercion
from hub.engine.errors import RequestErrors
from hub.engine.limits import Limits
from hub.engine.shape import INPUT, NODE, Shapes
from hub.kit.errors import BadUserInput, MethodNotAllowed, QueryTooCostly
from hub.model.access import Grant
from hub.model.field import EdgeSpec
from hub.model.filters import filters, orders
from hub.model.registry import Noun, Registry

MAX_VALIDATION_ERRORS = 20
MAX_HOLDERS = 100
"""Sets of scopes for which an operation remembers what they come to."""


@dataclass(frozen=True)
class Operation:
    """A parsed, valid operation with what the plan's key needs to know about it."""

    hash: str
    document: DocumentNode
    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    variable_types: dict[str, Any]
    shape: Shapes
    scopes: frozenset[str]
    coercion: Coercion
    _asked: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)

    def asked(self, held: frozenset[str]) -> frozenset[str]:
        """Of the scopes that a caller holds, those that the operation may ask for."""
        found = self._asked.get(held)
        if found is None:
            if len(self._asked) >= MAX_HOLDERS:
                self._asked.clear()
            found = self._asked[held] = held & self.scopes
        return found

    @property
    def changes(self) -> bool:
        """Whether it is a mutation."""
        return self.definition.operation is OperationType.MUTATION

    def plan_key(self, values: dict[str, Any], grant: Grant) -> Hashable:
        """What a plan of this operation depends on; whoever keeps one checks that it is ours."""
        shape, asked = self.shape(values), self.asked(grant.scopes)
        return id(self), shape, grant.audience, grant.bounds, asked


def prepare(
    source: str,
    name: str | None,
    *,
    schema: GraphQLSchema,
    registry: Registry,
    limits: Limits,
    read_only: bool = False,
) -> Operation:
    """Parse, limit, choose and validate; raises `RequestErrors` or a `Refusal`."""
    try:
        document = parse(source, max_tokens=limits.tokens, no_location=False)
    except GraphQLError as error:
        if "token limit" in error.message.lower() or "tokens" in error.message.lower():
            raise QueryTooCostly(
                f"The document has more than {limits.tokens} tokens.",
                zh=f"查询文档超过 {limits.tokens} 个词法单元",
            ) from None
        raise RequestErrors.of([error], "GRAPHQL_PARSE_FAILED", "查询语法有误") from None
    except RecursionError:
        raise QueryTooCostly("The document is nested too deeply.", zh="查询嵌套过深") from None
    fragments = {
        d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
    }
    definition = _choose(document, name)
    if read_only:
        refuse_change(definition)
    limits.check(definition, fragments)
    survey = _Survey(registry, definition)
    errors = validate(
        schema,
        document,
        [*specified_rules, survey.notes()],
        max_errors=MAX_VALIDATION_ERRORS,
        hide_suggestions=limits.hide_suggestions,
    )
    if errors:
        raise RequestErrors.of(errors, "GRAPHQL_VALIDATION_FAILED", "查询未通过校验")
    variable_types = {
        v.variable.name.value: type_from_ast(schema, v.type)
        for v in definition.variable_definitions or ()
    }
    return Operation(
        hash=hashlib.sha256(source.encode()).hexdigest(),
        document=document,
        definition=definition,
        fragments=fragments,
        variable_types=variable_types,
        shape=Shapes(variable_types, {name: frozenset(uses) for name, uses in survey.uses.items()}),
        scopes=frozenset(survey.scopes),
        coercion=Coercion(definition, variable_types),
    )


def refuse_change(definition: OperationDefinitionNode) -> None:
    """A GET must not change anything (GraphQL over HTTP; RFC 9110, 9.2.1)."""
    if definition.operation is not OperationType.QUERY:
        raise MethodNotAllowed(
            f"A {definition.operation.value} cannot be sent with GET.",
            zh="该操作不能使用 GET 请求",
        )


def _choose(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation to run (GraphQL spec, 6.1 GetOperation)."""
    found = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if name is None and len(found) == 1:
        return found[0]
    chosen = [d for d in found if name and d.name and d.name.value == name]
    if not chosen:
        raise BadUserInput(
            "The document has no operation."
            if not found
            else f"The document has no operation named {name}."
            if name
            else "The document has several operations: say which in operationName.",
            zh="请在 operationName 中指明文档内的操作",
        )
    return chosen[0]


class _Survey:
    """Notes which scopes an operation asks for and what each variable is used for.

    It looks over the validator's shoulder: a walk of its own would cost as much again. Of a
    document with several operations it notes the one to run, and all fragments.
    """

    def __init__(self, registry: Registry, definition: OperationDefinitionNode) -> None:
        self.registry = registry
        self.definition = definition
        self.scopes: set[str] = set()
        self.uses: dict[str, set[str]] = {}

    def notes(self) -> type[ValidationRule]:
        """A rule that every document keeps; what it notes is of use only for a valid one."""
        survey = self

        class Notes(ValidationRule):
            """Visits the document with its types."""

            def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> Any:
                return None if node is survey.definition else SKIP

            def enter_field(self, node: FieldNode, *_: Any) -> None:
                parent = self.context.get_parent_type()
                survey.note_scopes(parent.name if parent else "", node.name.value)

            def enter_variable(self, node: VariableNode, *_: Any) -> None:
                if (argument := self.context.get_argument()) is not None:
                    survey.note_use(node.name.value, argument, self.context)

        return Notes

    def note_use(
        self, variable: str, argument: GraphQLArgument, context: ValidationContext
    ) -> None:
        """The argument that a variable is used for, where it matters to the plan."""
        parent, field = context.get_parent_type(), context.get_field_def()
        use = next((n for n, a in field.args.items() if a is argument), "") if field else ""
        if use in ("id", "ids") and parent is not None and parent.name == "Query":
            use = NODE
        if use == INPUT and (parent is None or parent.name != "Mutation"):
            use = ""
        self.uses.setdefault(variable, set()).add(use)

    def note_scopes(self, parent: str, field: str) -> None:
        """The scopes that reading `parent.field` may ask for."""
        if parent == "Query":
            if noun := self.registry.plurals.get(field):
                self.note_list(noun)
            elif noun := self.registry.singulars.get(field):
                self.scopes.update(noun.row_scopes)
            elif field in ("node", "nodes"):  # the ids say of which noun, and no field needs to
                for noun in self.registry.nouns.values():
                    self.scopes.update(noun.row_scopes)
        elif parent == "Mutation":
            if action := self.registry.actions.get(field):
                self.scopes.add(action.scope)
        elif noun := self.registry.nouns.get(parent):
            self.scopes.update(noun.row_scopes)
            if spec := noun.fields.get(field):
                self.scopes.add(noun.scopes_of(spec))
            elif edge := noun.edges.get(field):
                self.scopes.add(noun.scopes_of(edge))
                self.note_list(self.registry.target(edge))

    def note_list(self, noun: Noun) -> None:
        """The scope of the rows, and of everything that a filter or an order may look at."""
        self.scopes.update(noun.row_scopes)
        self.scopes.update(noun.scopes_of(spec) for spec, _ in orders(noun).values())
        for one in filters(noun).values():
            self.scopes.add(noun.scopes_of(one.spec))
            if isinstance(one.spec, EdgeSpec):
                target = self.registry.target(one.spec)
                self.scopes.update(target.row_scopes - (set() if target.group else {target.scope}))


def spreads(selections: SelectionSetNode) -> list[str]:
    """Names of the fragments spread directly in a selection set."""
    return [s.name.value for s in selections.selections if isinstance(s, FragmentSpreadNode)]
