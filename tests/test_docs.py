"""What the READMEs list is what there is; `--regenerate` writes the tables anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.app import registry
from hub.cli import assemble
from hub.engine.errors import RequestErrors
from hub.kit import errors, user_errors
from hub.reference import systems
from hub.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def settings_table() -> str:
    rows = ["| variable | meaning | default |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = "" if field.default_factory or default is None else f"`{default}`"
        if isinstance(default, Path):
            shown = "`.hub`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {field.description} | {shown} |")
    return "\n".join(rows)


def errors_table() -> str:
    rows = ["| code | HTTP | meaning | 说明 | next step |", "|---|---|---|---|---|"]
    for kind in kinds(errors.HubError):
        meaning = " ".join((kind.__doc__ or "").split())
        rows.append(f"| `{kind.code}` | {kind.status} | {meaning} | {kind.zh} | {kind.next_step} |")
    for code, step in RequestErrors.steps.items():
        if code.startswith("GRAPHQL"):
            meaning = (
                "The document does not parse." if "PARSE" in code else "The document is not valid."
            )
            rows.append(f"| `{code}` | 400 | {meaning} | 查询文档有误 | {step} |")
    return "\n".join(rows)


def user_errors_table() -> str:
    rows = ["| code | meaning | 说明 | next step |", "|---|---|---|---|"]
    for kind in user_errors.kinds():
        meaning = " ".join((kind.__doc__ or "").split())
        rows.append(f"| `{kind.code}` | {meaning} | {kind.zh} | {kind.next_step} |")
    return "\n".join(rows)


def states_section() -> str:
    """Every state machine: a diagram, and what each state means."""
    parts = []
    for noun in sorted(registry().nouns.values(), key=lambda noun: noun.name):
        if (life := noun.entity.life) is None:
            continue
        parts += [
            f"### {noun.name} · {noun.entity.zh}",
            "",
            "```mermaid",
            life.diagram(),
            "```",
            "",
        ]
        parts += ["| state | meaning | 含义 |", "|---|---|---|"]
        parts += [f"| `{code}` | {code.doc} | {code.zh} |" for code in life.codes]
        parts.append("")
    return "\n".join(parts).rstrip()


def kinds(base: type[errors.HubError]) -> list[type[errors.HubError]]:
    """The errors that callers are told, each code once, in the order of the tree."""
    found = {errors.HubError.code: errors.HubError}
    for kind in (errors.Refusal, errors.Unavailable, errors.Timeout):
        for child in [*([] if kind is errors.Refusal else [kind]), *below(kind)]:
            if child.__module__ == errors.__name__:
                found.setdefault(child.code, child)
    return [found[code] for code in sorted(found)]


def below(kind: type[errors.HubError]) -> list[type[errors.HubError]]:
    return [k for child in kind.__subclasses__() for k in (child, *below(child))]


@pytest.mark.parametrize(
    ("name", "table", "file"),
    [
        ("settings", settings_table, README),
        ("errors", errors_table, README),
        ("user errors", user_errors_table, README),
        ("states", states_section, ROOT / "hub/subgraphs/README.md"),
        ("systems", systems.page, ROOT / "hub/reference/SYSTEMS.md"),
    ],
)
def test_table_in_readme_is_what_the_code_says(
    name: str, table: Callable[[], str], file: Path, request: pytest.FixtureRequest
) -> None:
    text = file.read_text("utf-8")
    block = re.compile(rf"(<!-- {name} -->\n)(.*?)(<!-- /{name} -->)", re.DOTALL)
    written = block.search(text)
    assert written is not None
    if request.config.getoption("--regenerate"):
        file.write_text(block.sub(lambda m: f"{m[1]}{table()}\n{m[3]}", text), "utf-8")
        return
    assert written[2].strip() == table(), "run: ./run test tests/test_docs.py --regenerate"


def test_every_command_is_in_the_readme() -> None:
    text = README.read_text("utf-8")
    desk = assemble()
    names = [c.name or "" for c in desk.registered_commands]
    names += [g.name or "" for g in desk.registered_groups]
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []


def test_links_in_readmes_lead_somewhere() -> None:
    files = [README, *(ROOT / "hub").rglob("*.md"), *(ROOT / "tests").glob("*/README.md")]
    dead = [
        f"{file.relative_to(ROOT)}: {target}"
        for file in files
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", file.read_text("utf-8"))
        if not (file.parent / target).exists()
    ]
    assert dead == []
