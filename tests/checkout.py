"""A copy of the checkout on a database of its own, to be changed as a developer would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from hub.settings import CHECKOUT
from tests.conftest import DATA_KEY, Database

PARTS = ("hub", "migrations", "schema", "tests")
FILES = ("pyproject.toml", "README.md")
MADE = shutil.ignore_patterns("__pycache__", "node_modules", ".*_cache")


class Copy:
    """What is added to it is not in this checkout."""

    def __init__(self, root: Path, database: Database) -> None:
        self.root, self.database = root, database
        for part in PARTS:
            shutil.copytree(CHECKOUT / part, root / part, ignore=MADE)
        for file in FILES:
            shutil.copy(CHECKOUT / file, root)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def insert(self, path: str, before: str, text: str) -> None:
        """Put a text before one that stands in the file once."""
        whole = (self.root / path).read_text(encoding="utf-8")
        assert whole.count(before) == 1, before
        self.write(path, whole.replace(before, text + before))

    def differing(self) -> set[str]:
        """Files that differ from this checkout's, or are not there; as far as they are code."""
        found = set()
        for part in PARTS:
            for file in (self.root / part).rglob("*"):
                name = str(file.relative_to(self.root))
                if file.suffix in {".pyc", ".md5"} or not file.is_file() or "_cache" in name:
                    continue
                there = CHECKOUT / name
                if not there.exists() or there.read_bytes() != file.read_bytes():
                    found.add(name)
        return found

    def run(self, *command: str) -> str:
        """What a Python command prints; it must succeed."""
        mine = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.root,
            env={
                **mine,
                "PYTHONPATH": str(self.root),
                "HUB_HOME": str(self.root / "home"),
                "HUB_DATABASE_URL": self.database.owner_url,
                "HUB_APP_DATABASE_URL": self.database.app_url,
                "HUB_DATA_KEY": DATA_KEY,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def revise(self, room: str, what: str) -> str:
        """The text of the migration that `hub db revision` writes."""
        before = set(self.versions.iterdir())
        self.run("-m", "hub", "db", "revision", room, what)
        [written] = [file for file in set(self.versions.iterdir()) - before if file.suffix == ".py"]
        return written.read_text(encoding="utf-8")

    @property
    def versions(self) -> Path:
        return self.root / "migrations" / "versions"
