"""A server of key sets over real HTTP, which can be told to misbehave."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import Key

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class KeyServer:
    """What it answers, how often it was asked, and what was asked."""

    port: int = 0
    scheme: str = "http"
    answer: Answer = field(default_factory=lambda: sending(b""))
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/jwks.json"

    @property
    def asked(self) -> int:
        return len(self.requests)

    def publish(self, *keys: Key, **headers: str) -> None:
        """Answer with the public part of these keys from now on."""
        self.answer = document({"keys": [key.as_dict(private=False) for key in keys]}, **headers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            await self.answer(writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # whoever asked has gone
        finally:
            writer.close()


@asynccontextmanager
async def key_server(*keys: Key, tls: ssl.SSLContext | None = None) -> AsyncIterator[KeyServer]:
    """A server on a free port of this machine."""
    serving = KeyServer(scheme="https" if tls else "http")
    serving.publish(*keys)
    server = await asyncio.start_server(serving.serve, "127.0.0.1", 0, ssl=tls)
    serving.port = server.sockets[0].getsockname()[1]
    async with server:
        yield serving


def document(content: Any, **headers: str) -> Answer:
    return sending(response(json.dumps(content).encode(), **headers))


def response(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    given = {"content-length": str(len(body)), "content-type": "application/json"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in given.items() if value)]
    return "\r\n".join([*lines, "", ""]).encode() + body


def sending(raw: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    return answer


async def silence(_: asyncio.StreamWriter) -> None:
    """Take the request and never answer."""
    await asyncio.sleep(60)


async def drip(writer: asyncio.StreamWriter) -> None:
    """A header without end, a little at a time: each read succeeds, the answer never comes."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"x-more: x\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)
