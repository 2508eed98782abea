"""The root type Mutation: an input and a payload for each declared action.

A payload has the action's own fields, null when it was refused, and `userErrors`: refusals that the
client can act on. Objects in it are the same types as everywhere, under the same access.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, get_type_hints

import strawberry
import strawberry.federation as federation

from hub.kit import user_errors
from hub.model.action import Action, Part, Payload
from hub.model.operation import Doc, ref_of
from hub.model.strawberry_types import closed_list, describe, object_type, resolver
from hub.model.types import Json, camel, listed, optional, words_of

if TYPE_CHECKING:
    from hub.model.sdl import SchemaBuilder


def mutation_type(builder: SchemaBuilder) -> Any:
    """The strawberry class, or None where no room changes anything."""
    namespace: dict[str, Any] = {}
    for name, action in builder.registry.actions.items():
        what = describe("What is to be done.", "操作内容")
        namespace[name] = federation.field(
            resolver=resolver(
                name, {"input": (builder.scalar(action.input), what)}, _payload(builder, action)
            ),
            description=describe(action.doc, action.zh),
            requires_scopes=[[action.scope]],
        )
    if not namespace:
        return None
    return strawberry.type(
        type("Mutation", (), namespace),
        description=describe("What can be changed; each field is a transaction.", "变更操作"),
    )


def _payload(builder: SchemaBuilder, action: Action) -> Any:
    """The payload's type, which may itself be null when the field fails with an error."""
    return builder.once(action.payload.__name__, lambda: _payload_type(builder, action)) | None


def _payload_type(builder: SchemaBuilder, action: Action) -> Any:
    fields = {
        name: (kind | None, text) for name, (kind, text) in _fields(builder, action.payload).items()
    }
    errors = describe("Why it was refused; empty when it was done.", "被拒绝的原因,成功时为空")
    fields["userErrors"] = (list[_user_error(builder)], errors)  # type: ignore[misc]  # at run time
    return object_type(action.payload.__name__, fields, describe(*words_of(action.payload)))


def _fields(builder: SchemaBuilder, part: type[Part]) -> dict[str, tuple[Any, str]]:
    """GraphQL name -> (type, description) of a payload or a plain object in it."""
    return {
        camel(name.rstrip("_")): _field(builder, hint, objects=issubclass(part, Payload))
        for name, hint in get_type_hints(part, include_extras=True).items()
    }


def _field(builder: SchemaBuilder, hint: Any, *, objects: bool) -> tuple[Any, str]:
    """Type and description; where `objects` are shown an id is one, elsewhere it is an id."""
    words = next(m for m in hint.__metadata__ if isinstance(m, Doc))
    ref = ref_of(hint)
    kind, nullable = optional(hint.__origin__)
    kind, many = listed(kind)
    if ref is not None and objects:
        kind, nullable = builder.types[ref.target], True
    elif isinstance(kind, type) and issubclass(kind, Part):
        kind = part_type(builder, kind)
    else:
        kind = strawberry.ID if ref else builder.scalar(kind)
    if many:  # the caller may not see one of many objects
        kind = list[kind | None] if ref and objects else list[kind]  # type: ignore[valid-type]  # at run time
    return (kind | None if nullable and not many else kind), describe(words.doc, words.zh)


def part_type(builder: SchemaBuilder, part: type[Part]) -> Any:
    """The object type of a plain object."""
    return builder.once(
        part.__name__,
        lambda: object_type(part.__name__, _fields(builder, part), describe(*words_of(part))),
    )


def _user_error(builder: SchemaBuilder) -> Any:
    def make() -> Any:
        codes = {
            kind.code: describe(inspect.getdoc(kind) or "", kind.zh) for kind in user_errors.kinds()
        }
        code = closed_list("UserErrorCode", codes, describe("Why a change is refused.", "拒绝原因"))
        return object_type(
            "UserError",
            {
                "code": (code, describe("Stable code.", "稳定的错误码")),
                "message": (str, describe("A sentence in English.", "英文说明")),
                "messageZh": (str, describe("The same in Chinese.", "中文说明")),
                "field": (
                    list[str],
                    describe(
                        "Path below `input` of the value it is about.", "所涉输入字段(input 之下)"
                    ),
                ),
                "nextStep": (str, describe("What to do next.", "下一步")),
                "details": (builder.scalar(Json), describe("For machines.", "供程序使用的细节")),
            },
            describe("A refusal that the client can act on; nothing was stored.", "可处理的拒绝"),
        )

    return builder.once("UserError", make)
