"""The server's configuration, written anew at every start.

The two files are ours, not the operator's, and lie outside the data directory: what runs is what
this page says, also after the hub was upgraded, and root writes nothing into a directory that
belongs to `nobody`.
"""

from __future__ import annotations

from pathlib import Path

HOST = "127.0.0.1"

# Only the loopback address, only with a password, for every database and role.
HBA = f"host all all {HOST}/32 scram-sha-256\n"

SETTINGS: dict[str, str] = {
    "listen_addresses": HOST,
    # A socket's path may have 107 bytes, a home's path more; TCP alone has no such limit.
    "unix_socket_directories": "",
    "max_connections": "200",
    "password_encryption": "scram-sha-256",
    # Sized for a machine that also runs the hub: the page cache does the rest.
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    # Statements are short and prepared: compiling them costs more than it saves.
    "jit": "off",
    # Solid-state disks and a warm cache: an index page is hardly dearer than the next page.
    "random_page_cost": "1.1",
    # Answers are made of text: its form must not depend on the machine.
    "TimeZone": "Asia/Shanghai",
    "DateStyle": "ISO, YMD",
    "lc_messages": "C",
    "default_text_search_config": "pg_catalog.simple",
    "log_timezone": "Asia/Shanghai",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_lock_waits": "on",
}

# For tests: data that nobody wants back need not survive a power cut.
NOT_DURABLE: dict[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
}


def write(root: Path, *, durable: bool) -> None:
    """Write `postgresql.conf` and `pg_hba.conf`; neither holds a secret."""
    hba = root / "pg_hba.conf"
    settings = {"hba_file": str(hba), **SETTINGS, **({} if durable else NOT_DURABLE)}
    lines = (f"{name} = {quoted(value)}\n" for name, value in settings.items())
    for path, text in ((hba, HBA), (root / "postgresql.conf", "".join(lines))):
        path.write_text("# Written by the hub at every start; changes here are lost.\n" + text)
        path.chmod(0o644)


def command(postgres: Path, root: Path, port: int) -> list[str | Path]:
    """The server's command line."""
    config = root / "postgresql.conf"
    return [postgres, "-D", root / "data", "-c", f"config_file={config}", "-c", f"port={port}"]


def quoted(value: str) -> str:
    """A value in quotes, as `postgresql.conf` wants it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
