"""The port to listen on: whether it can be had, and if not, why."""

from __future__ import annotations

import errno
import socket

from hub.kit.errors import SetupError
from hub.kit.postgres.process import wait_until

# Of a hub that was killed, workers need a moment to notice and to let go of the port.
SECONDS = 3


def check_port(host: str, port: int) -> None:
    """Refuse, before anything slow is begun or made, to start where nobody can listen."""
    wait_until(lambda: _error(host, port) != errno.EADDRINUSE, seconds=SECONDS)
    if fault := obstacle(host, port):
        raise fault


def obstacle(host: str, port: int) -> SetupError | None:
    """Why nobody can listen there, or None."""
    match _error(host, port):
        case None:
            return None
        case errno.EADDRINUSE:
            other = port + 1 if port < 65535 else port - 1
            return SetupError(
                f"Port {port} on {host} is in use by another program.",
                next_step=f"Choose another one, for example: --port {other} (or HUB_PORT).",
            )
        case errno.EACCES:
            return SetupError(
                f"Port {port} may not be opened by this user.",
                next_step="Choose one from 1024 on, for example: --port 8000 (or HUB_PORT).",
            )
        case _:
            return SetupError(
                f"{host!r} is no address of this machine.",
                next_step="Choose one that is, for example: --host 127.0.0.1 (or HUB_HOST).",
            )


def _error(host: str, port: int) -> int | None:
    """The number of the error that listening there would meet, None when there is none."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:  # a host that nobody knows is one too
        return error.errno or 0
    except UnicodeError:  # a host that cannot be a name
        return 0
    return None
