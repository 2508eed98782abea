"""Errors of a whole request: several at once, each with its place in the document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from graphql import GraphQLError

from hub.kit.errors import Refusal


class RequestErrors(Refusal):
    """The document does not parse, does not validate, or its variables do not fit.

    `errors` are formatted GraphQL errors (message, locations, extensions), ready for the answer.
    """

    code, status = "BAD_USER_INPUT", 400

    def __init__(self, errors: list[dict[str, Any]], status: int = 400) -> None:
        super().__init__(errors[0]["message"] if errors else "The request is refused.")
        self.errors = errors
        self.status = status

    @classmethod
    def of(cls, errors: Sequence[GraphQLError], code: str, zh: str) -> RequestErrors:
        """Give graphql-core's errors the hub's code, Chinese sentence and next step."""
        extensions = {"code": code, "messageZh": zh, "nextStep": cls.steps[code]}
        return cls([{**_located(error), "extensions": extensions} for error in errors])

    steps: ClassVar[dict[str, str]] = {
        "GRAPHQL_PARSE_FAILED": "Correct the document at the place named in `locations`.",
        "GRAPHQL_VALIDATION_FAILED": "Compare the document with the published schema.",
        "BAD_USER_INPUT": "Correct the variables as the message says.",
    }


def _located(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": error.message}
    if error.locations:
        shown["locations"] = [{"line": p.line, "column": p.column} for p in error.locations]
    return shown
