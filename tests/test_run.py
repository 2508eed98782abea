"""The script of a bare machine, in a checkout of its own with locks that name no package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# One worker runs them all, since they share an environment that takes seconds to make.
pytestmark = pytest.mark.xdist_group("run")


@dataclass(frozen=True)
class Checkout:
    """A folder with `run`, empty locks and a hub that only repeats what it was asked."""

    folder: Path
    first: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    folder = tmp_path_factory.mktemp("check out")
    shutil.copy(ROOT / "run", folder)
    (folder / "requirements.lock").write_text("")
    (folder / "requirements-test.lock").write_text("")
    (folder / "hub").mkdir()
    (folder / "hub/__init__.py").write_text("")
    (folder / "hub/__main__.py").write_text(
        "import os, sys; print('hub', *sys.argv[1:])\n"
        "if 'typed' in sys.argv: print(os.environ['TYPED_AS'])\n"
    )
    return Checkout(folder, run(folder, "up", "--port", "8100"))


def run(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, checkout / "run", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={**os.environ, **environment},
    )


def test_the_first_run_says_that_it_sets_up_and_hands_arguments_on(checkout: Checkout) -> None:
    assert checkout.first.stdout == "hub up --port 8100\n"
    assert checkout.first.stderr == "Setting up .venv from requirements.lock (once) ...\n"


def test_the_hub_is_told_how_it_was_typed(checkout: Checkout) -> None:
    by_path = run(checkout.folder, "hub", "typed")
    by_python = subprocess.run(
        [sys.executable, "run", "hub", "typed"],
        capture_output=True,
        text=True,
        check=True,
        cwd=checkout.folder,
    )
    python = Path(sys.executable).name
    assert by_path.stdout == f"hub typed\n'{checkout.folder / 'run'}'\n"
    assert by_python.stdout == f"hub typed\n{python} run\n"


def test_a_second_run_needs_neither_work_nor_network(checkout: Checkout) -> None:
    ran = run(checkout.folder, "hub", "again", PIP_INDEX_URL="http://127.0.0.1:1/")
    assert (ran.stdout, ran.stderr) == ("hub again\n", "")


def test_an_interrupted_set_up_is_begun_anew(checkout: Checkout) -> None:
    (checkout.folder / ".venv/requirements.lock.done").unlink()
    (checkout.folder / ".venv/bin/python").unlink()
    assert run(checkout.folder, "hub", "mended").stdout == "hub mended\n"


def test_a_changed_lock_is_installed_once_for_two_runs_at_once(checkout: Checkout) -> None:
    (checkout.folder / "requirements.lock").write_text("# changed\n")
    with ThreadPoolExecutor() as threads:
        both = list(threads.map(lambda _: run(checkout.folder, "hub", "both"), range(2)))
    assert [ran.stdout for ran in both] == ["hub both\n", "hub both\n"]
    assert sorted(len(ran.stderr.splitlines()) for ran in both) == [0, 1]


def test_a_package_that_cannot_be_had_is_told(checkout: Checkout) -> None:
    lock = checkout.folder / "requirements-test.lock"
    lock.write_text("no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n")
    ran = run(checkout.folder, "check", PIP_NO_INDEX="1")
    assert ran.returncode == 1
    assert "run the same command again" in ran.stderr


def test_an_unknown_command_is_told(checkout: Checkout) -> None:
    ran = run(checkout.folder, "upp")
    assert ran.returncode == 1
    assert "There is no './run upp'" in ran.stderr


def test_help_needs_no_environment(tmp_path: Path) -> None:
    shutil.copy(ROOT / "run", tmp_path)
    assert "./run up" in run(tmp_path).stdout
    assert not (tmp_path / ".venv").exists()
