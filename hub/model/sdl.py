"""Registry -> strawberry types -> GraphQL schema and its SDL.

The classes are made afresh for each schema, since strawberry keeps state on them. No resolver made
here is ever called: operations are compiled by the engine, which uses the schema to parse,
validate, coerce and introspect.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, get_type_hints

import strawberry
import strawberry.federation as federation
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig

from hub.model.field import ComputedSpec, EdgeSpec, FieldSpec
from hub.model.filters import Comparison, filters
from hub.model.operation import Doc, Input
from hub.model.registry import Noun, Registry
from hub.model.scalars import ANNOTATIONS, SCALARS
from hub.model.sdl_mutations import mutation_type, part_type
from hub.model.strawberry_types import (
    append,
    attribute,
    describe,
    enum_type,
    input_type,
    object_type,
    order_type,
    resolver,
)
from hub.model.types import Choice, camel, listed, optional, words_of


class SchemaBuilder:
    """Builds the types of one schema; `types` fills up as they are asked for."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.types: dict[str, Any] = {}
        self.node = strawberry.interface(
            type(
                "Node",
                (),
                {
                    "__annotations__": {"id": strawberry.ID},
                    "id": strawberry.field(
                        description=describe(
                            "Opaque and stable for ever.", "不透明且永久稳定的标识"
                        )
                    ),
                },
            ),
            description=describe("Anything that has an id of its own.", "具有唯一标识的对象"),
        )
        self.page_info = object_type(
            "PageInfo",
            {
                "hasNextPage": (bool, describe("Whether rows follow this page.", "是否有下一页")),
                "hasPreviousPage": (
                    bool,
                    describe("Whether rows precede this page.", "是否有上一页"),
                ),
                "startCursor": (str | None, describe("Cursor of the first row.", "首行游标")),
                "endCursor": (str | None, describe("Cursor of the last row.", "末行游标")),
            },
            describe("Where a page stands in its list (Relay).", "分页信息"),
        )

    def build(self) -> strawberry.Schema:
        """The merged schema: all rooms, one query type."""
        nouns = self.registry.nouns.values()
        for noun in nouns:
            self._noun(noun)
        for noun in nouns:
            self._connection(noun)
        for noun in nouns:
            for name, edge in noun.edges.items():
                self._edge(noun, name, edge)
            for name, computed in noun.computed.items():
                self._computed(noun, name, computed)
        query = self._query()
        with warnings.catch_warnings():
            # The merged schema publishes scopes as @requiresScopes without being a subgraph.
            warnings.filterwarnings("ignore", "Federation directive found", UserWarning)
            return self._schema(query, mutation_type(self))

    def _schema(self, query: Any, mutation: Any) -> strawberry.Schema:
        return strawberry.Schema(
            query=query,
            mutation=mutation,
            types=[self.types[name] for name in sorted(self.registry.nouns)],
            config=StrawberryConfig(
                auto_camel_case=False,
                scalar_map={ANNOTATIONS[s.python_type]: s.definition() for s in SCALARS},
            ),
        )

    def _noun(self, noun: Noun) -> None:
        """The object type with the fields that hold values; edges follow when all types exist."""
        namespace: dict[str, Any] = {"__annotations__": {}}
        for name, spec in noun.fields.items():
            kind = strawberry.ID if name == "id" else self.scalar(spec.python_type)
            kind = list[kind] if spec.many else kind  # type: ignore[valid-type]  # made at run time
            python_name = attribute(name)
            namespace["__annotations__"][python_name] = kind | None if spec.nullable else kind
            namespace[python_name] = federation.field(
                name=name,
                description=describe(spec.doc, spec.zh),
                **self._directives(noun, spec),
            )
        self.types[noun.name] = federation.type(
            type(noun.name, (self.node,), namespace),
            name=noun.name,
            description=describe(noun.entity.__doc__ or "", noun.entity.zh),
            requires_scopes=[[noun.scope]],
        )

    def _edge(self, noun: Noun, name: str, spec: EdgeSpec) -> None:
        target = self.registry.target(spec)
        kind = self.types[target.name + ("Connection" if spec.many else "")]
        compiled = resolver(
            name,
            self._page_arguments(target) if spec.many else {},
            kind | None if spec.nullable else kind,
        )
        field = federation.field(
            resolver=compiled,
            description=describe(spec.doc, spec.zh),
            **self._directives(noun, spec),
        )
        append(self.types[noun.name], name, field)

    def _computed(self, noun: Noun, name: str, spec: ComputedSpec) -> None:
        arguments = {camel(key): self._argument(hint) for key, hint in spec.arguments.items()}
        arguments["first"] = (int, describe("How many at most, 1 to 100.", "最多返回的数量"))
        kind = part_type(self, spec.part)
        compiled = resolver(name, arguments, list[kind])  # type: ignore[valid-type]  # at run time
        field = federation.field(resolver=compiled, description=describe(spec.doc, spec.zh))
        append(self.types[noun.name], name, field)

    def _directives(self, noun: Noun, spec: FieldSpec | EdgeSpec) -> dict[str, Any]:
        scope = noun.scopes_of(spec)
        shown: dict[str, Any] = {"tags": list(spec.tags)} if spec.tags else {}
        return shown if scope == noun.scope else {**shown, "requires_scopes": [[scope]]}

    def _connection(self, noun: Noun) -> None:
        edge: Any = object_type(
            f"{noun.name}Edge",
            {
                "node": (self.types[noun.name], describe("The row.", "数据行")),
                "cursor": (
                    str,
                    describe("Where the row stands; pass it as after or before.", "游标"),
                ),
            },
            describe(f"A {noun.name} and its place in the list.", "列表中的一项"),
        )
        self.types[f"{noun.name}Connection"] = object_type(
            f"{noun.name}Connection",
            {
                "edges": (list[edge], describe("The rows of this page.", "本页数据")),
                "pageInfo": (self.page_info, describe("Where this page stands.", "分页信息")),
                "totalCount": (
                    int,
                    describe("How many rows the caller may see in all.", "可见总数"),
                ),
            },
            describe(f"A page of {noun.name} (Relay).", f"{noun.entity.zh}分页列表"),
        )

    def scalar(self, python_type: Any) -> Any:
        """The strawberry type of a Python type."""
        if python_type in ANNOTATIONS:
            return ANNOTATIONS[python_type]
        if isinstance(python_type, type) and issubclass(python_type, Choice):
            return self.once(python_type.__name__, lambda: enum_type(python_type))
        if isinstance(python_type, type) and issubclass(python_type, Input):
            return self.once(python_type.__name__, lambda: self._input(python_type))
        raise TypeError(f"no GraphQL form for {python_type}")

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """The type of this name, made when it is asked for first."""
        if name not in self.types:
            self.types[name] = make()
        return self.types[name]

    def _input(self, cls: type[Input]) -> Any:
        hints = get_type_hints(cls, include_extras=True)
        return input_type(
            cls.__name__,
            {camel(n.rstrip("_")): self._argument(h) for n, h in hints.items()},
            describe(*words_of(cls)),
        )

    def _argument(self, hint: Any) -> tuple[Any, str]:
        """An annotation -> (strawberry type, description)."""
        words = next(
            (m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Doc)), Doc("", "")
        )
        kind, nullable = optional(getattr(hint, "__origin__", hint) if words.doc else hint)
        kind, many = listed(kind)
        inner = self.scalar(kind)
        shown = list[inner] if many else inner  # type: ignore[valid-type]  # built at run time
        return (shown | None if nullable else shown), describe(words.doc, words.zh)

    def _filter(self, noun: Noun) -> Any:
        """`<Noun>Filter`, or None where nothing can be filtered on."""
        offered = filters(noun)
        if not offered:
            return None
        name = f"{noun.name}Filter"
        if name in self.types:
            return self.types[name]
        fields: dict[str, tuple[Any, str]] = {}
        for f in offered.values():
            if f.comparison is Comparison.IS_NULL:
                kind: Any = bool
            elif isinstance(f.spec, EdgeSpec):
                kind = strawberry.ID if f.spec.by == "id" else str
            else:
                kind = strawberry.ID if f.spec.name == "id" else self.scalar(f.spec.python_type)
            kind = list[kind] if f.comparison is Comparison.IN else kind
            fields[f.name] = (kind | None, describe(f.doc, f.zh))
        cls = input_type(name, fields, f"Narrows a list of {noun.name}.\n\n筛选条件")
        for word, doc, zh in (
            ("and", "All of these hold.", "全部满足"),
            ("or", "At least one of these holds.", "至少满足其一"),
            ("not", "None of these holds.", "均不满足"),
        ):
            field = strawberry.field(
                name=word, description=describe(doc, zh), default=strawberry.UNSET
            )
            many = list[cls] | None  # type: ignore[valid-type]  # built at run time
            field.type_annotation = StrawberryAnnotation(many)
            append(cls, attribute(word), field)
        self.types[name] = cls
        return cls

    def _page_arguments(self, noun: Noun) -> dict[str, tuple[Any, str]]:
        arguments: dict[str, tuple[Any, str]] = {
            "first": (
                int | None,
                describe("How many rows from the start, 1 to 100.", "从头取的行数"),
            ),
            "after": (str | None, describe("Only rows after this cursor.", "该游标之后")),
            "last": (int | None, describe("How many rows from the end, 1 to 100.", "从尾取的行数")),
            "before": (str | None, describe("Only rows before this cursor.", "该游标之前")),
        }
        if (narrowed := self._filter(noun)) is not None:
            arguments["filter"] = (narrowed | None, describe("Which rows.", "筛选条件"))
        order: Any = self.once(f"{noun.name}Order", lambda: order_type(noun))
        arguments["orderBy"] = (
            list[order] | None,
            describe("In which order; the id decides between equals.", "排序"),
        )
        return arguments

    def _query(self) -> Any:
        namespace: dict[str, Any] = {}
        for noun in self.registry.nouns.values():
            scopes: dict[str, Any] = {"requires_scopes": [[noun.scope]]}
            lookup = {name: self._key(noun, key) for name, key in noun.key_arguments.items()}
            namespace[noun.singular] = federation.field(
                resolver=resolver(noun.singular, lookup, self.types[noun.name] | None),
                description=describe(
                    f"One {noun.name} by exactly one of its keys.", f"按标识查询{noun.entity.zh}"
                ),
                **scopes,
            )
            if noun.plural is None:
                continue
            arguments = self._page_arguments(noun)
            if noun.read:
                for name, hint in noun.read.arguments().items():
                    arguments[camel(name)] = self._argument(hint)
            doc = noun.read.condition.__doc__ if noun.read else None
            namespace[noun.plural] = federation.field(
                resolver=resolver(
                    noun.plural, arguments, self.types[f"{noun.name}Connection"] | None
                ),
                description=describe(doc or f"A list of {noun.name}.", f"{noun.entity.zh}列表"),
                **scopes,
            )
        opaque = describe("An opaque id.", "不透明标识")
        namespace["node"] = strawberry.field(
            resolver=resolver("node", {"id": (strawberry.ID, opaque)}, self.node | None),
            description=describe("Anything by its id.", "按标识查询任意对象"),
        )
        many = describe("Opaque ids, at most 100.", "不透明标识,最多 100 个")
        found: Any = list[self.node | None]  # type: ignore[name-defined]  # made at run time
        namespace["nodes"] = strawberry.field(
            resolver=resolver("nodes", {"ids": (list[strawberry.ID], many)}, found | None),
            description=describe("Many by their ids, in that order.", "按标识批量查询,保持顺序"),
        )
        return strawberry.type(
            type("Query", (), namespace), description=describe("What can be read.", "查询")
        )

    @staticmethod
    def _key(noun: Noun, key: str) -> tuple[Any, str]:
        spec = noun.fields[camel(key)]
        return (strawberry.ID if key == "id" else str) | None, describe(spec.doc, spec.zh)


def merged_schema(registry: Registry) -> strawberry.Schema:
    """The schema of `/graphql`."""
    return SchemaBuilder(registry).build()
