"""Functions with one of their guards taken out, to show that a test would notice.

A guard is `if ...: raise ...`. What a negative table is worth is seen when each guard that is
missing lets one of its rows through.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any


def guards_of(function: Callable[..., Any]) -> list[str]:
    """The conditions of a function's guards, in order."""
    return [ast.unparse(node.test) for node in _guards(_tree(function))]


def without(function: Callable[..., Any], condition: str) -> Callable[..., Any]:
    """The function without the guard of this condition."""
    tree = _tree(function)
    for node in _guards(tree):
        if ast.unparse(node.test) == condition:
            node.test = ast.Constant(value=False)
    space: dict[str, Any] = dict(inspect.unwrap(function).__globals__)
    code = compile(ast.fix_missing_locations(tree), "<without a guard>", "exec")
    exec(code, space)  # noqa: S102  # our own source, a condition of it changed
    made: Callable[..., Any] = space[function.__name__]
    return made


def _tree(function: Callable[..., Any]) -> ast.Module:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef)
    definition.decorator_list = []
    return tree


def _guards(tree: ast.Module) -> list[ast.If]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise)
    ]
