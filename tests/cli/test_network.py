"""What the command line does with ports and over HTTP."""

from __future__ import annotations

import errno
import os
import socket

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from hub.cli._http import answers
from hub.cli._port import obstacle
from tests.serving import free_port, serving


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_the_hub_is_asked_past_every_proxy(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Starlette(routes=[Route("/readyz", lambda _: PlainTextResponse("ready"))])
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with free_port() as bound, serving(app, bound) as url:
        assert answers(url)


def test_port_that_is_free_is_no_obstacle() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
    assert obstacle("127.0.0.1", port) is None


def test_port_that_is_taken_names_another_and_both_ways_to_say_it() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen()
        port = bound.getsockname()[1]
        told = obstacle("127.0.0.1", port)
    assert told is not None
    assert told.message == f"Port {port} on 127.0.0.1 is in use by another program."
    assert f"--port {port + 1} (or HUB_PORT)" in told.next_step


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "a" * 70 + "."])
def test_host_that_is_not_here_is_told(host: str) -> None:
    told = obstacle(host, 8000)
    assert told is not None
    assert "is no address of this machine" in told.message


def test_port_that_may_not_be_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(socket.socket, "bind", forbidden)
    told = obstacle("127.0.0.1", 80)
    assert told is not None
    assert "may not be opened by this user" in told.message
