"""The published schema with resolvers that hand over to the `Rehearsal` or `Performance` at hand.

The schema is printed and read again, so that nothing of strawberry or of the hub is left in it:
types, names and nullability are the published ones, everything else is graphql-core's.
"""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    print_schema,
)

from tests.oracle.notes import Entry, Info, Listed
from tests.oracle.rehearsal import invented
from tests.oracle.shapes import NOUNS

Edge = tuple[Listed, Entry]
PAGE_FLAGS = {"hasNextPage": "has_next", "hasPreviousPage": "has_previous"}


def executable(published: GraphQLSchema) -> GraphQLSchema:
    """A schema of its own, with plain resolvers."""
    schema = build_schema(print_schema(published))
    assert schema.query_type is not None
    for name, field in schema.query_type.fields.items():
        field.resolve = _root(name, field)
    node = schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    node.resolve_type = lambda entry, _info, _kind: entry.noun
    for noun in NOUNS:
        for field in _object(schema, noun).fields.values():
            field.resolve = _of_row(field)
        connection = _object(schema, f"{noun}Connection").fields
        connection["edges"].resolve = _edges
        connection["pageInfo"].resolve = lambda listed, _info: listed
        connection["totalCount"].resolve = _total
        edge = _object(schema, f"{noun}Edge").fields
        edge["node"].resolve = lambda edge, info: info.context.shown(edge[1])
        edge["cursor"].resolve = _cursor
    for name, field in _object(schema, "PageInfo").fields.items():
        field.resolve = _page_info(name)
    return schema


def _object(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return kind


def _root(name: str, field: GraphQLField) -> Any:
    kind = get_named_type(field.type).name
    if kind == "Node" and is_list_type(get_nullable_type(field.type)):
        return lambda _root, info, ids: info.context.nodes(info, ids)
    if kind == "Node":
        return lambda _root, info, id: info.context.node(info, id)  # noqa: A006  # its GraphQL name
    if kind.endswith("Connection"):
        noun = kind.removesuffix("Connection")
        return lambda _root, info, **arguments: info.context.list_root(noun, info, arguments)
    return lambda _root, info, **keys: info.context.look_up(kind, info, keys)


def _of_row(field: GraphQLField) -> Any:
    kind = get_named_type(field.type)
    if is_leaf_type(kind):
        return lambda entry, info: info.context.value(entry, info)
    if kind.name.endswith("Connection"):
        return lambda entry, info, **arguments: info.context.to_many(entry, info, arguments)
    return lambda entry, info: info.context.to_one(entry, info)


def _edges(listed: Listed, info: Info) -> list[Edge]:
    return [(listed, info.context.shown(entry)) for entry in listed.entries]


def _total(listed: Listed, info: Info) -> int:
    for entry in listed.few:
        info.context.shown(entry)
    return listed.page.total if listed.page else 0


def _cursor(edge: Edge, _info: Info) -> str:
    listed, entry = edge
    return listed.page.order.cursor(entry.row) if listed.page else ""


def _page_info(name: str) -> Any:
    def resolve(listed: Listed, info: Info) -> Any:
        page = listed.page
        # Whether there are more rows behind the page is seen by reading it; before it, otherwise.
        if name not in PAGE_FLAGS or page is None or (name == "hasPreviousPage") == page.backward:
            _edges(listed, info)
        if name in PAGE_FLAGS:
            return getattr(page, PAGE_FLAGS[name]) if page else invented(info.return_type)
        if not listed.entries:
            return None
        end = listed.entries[0 if name == "startCursor" else -1]
        return _cursor((listed, end), info)

    return resolve
