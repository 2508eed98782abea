"""What becomes of a registered client: approved, activated, suspended, resumed, revoked.

A move that was made already is made again without harm, whatever the version. A client that stops,
stops at every worker within a second, and its tokens do not come back with it.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from hub.identity.clients import changes
from hub.identity.clients.client import Client, ClientState
from hub.model.access import everyone
from hub.model.action import Ctx, ExpectedVersion, Payload, action
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.platform.rules import Scope


class ClientInput(Input):
    """Which client. 指定应用"""

    id: Annotated[UUID, Ref("Client"), Doc("The client.", "应用")]
    expected_version: ExpectedVersion


class ClientPayload(Payload):
    """The client as it stands now. 应用的当前状态"""

    client: Annotated[UUID, Ref("Client"), Doc("The client.", "应用")]


@action("Client", scope=Scope.admin_clients, zh="批准应用")
async def approve_client(ctx: Ctx, request: ClientInput) -> ClientPayload:
    """Approve a registered client; it is switched on by activateClient."""
    return await _moved(ctx, request, ClientState.APPROVED, "approveClient")


@action("Client", scope=Scope.admin_clients, zh="启用应用")
async def activate_client(ctx: Ctx, request: ClientInput) -> ClientPayload:
    """Switch an approved client on: from now on it gets tokens."""
    return await _moved(ctx, request, ClientState.ACTIVE, "activateClient")


@action("Client", scope=Scope.admin_clients, zh="暂停应用")
async def suspend_client(ctx: Ctx, request: ClientInput) -> ClientPayload:
    """Stop a client for now; its tokens end within a second."""
    return await _moved(ctx, request, ClientState.SUSPENDED, "suspendClient")


@action("Client", scope=Scope.admin_clients, zh="恢复应用")
async def resume_client(ctx: Ctx, request: ClientInput) -> ClientPayload:
    """Let a suspended client in again; it needs new tokens."""
    return await _moved(ctx, request, ClientState.ACTIVE, "resumeClient")


@action("Client", scope=Scope.admin_clients, zh="吊销应用")
async def revoke_client(ctx: Ctx, request: ClientInput) -> ClientPayload:
    """Stop a suspended client for good."""
    return await _moved(ctx, request, ClientState.REVOKED, "revokeClient")


async def _moved(ctx: Ctx, request: ClientInput, to: ClientState, called: str) -> ClientPayload:
    row = await ctx.locked(
        Client,
        request.id,
        *changes.COLUMNS,
        within=everyone,
        expected_version=request.expected_version,
        already={"state": to},
        shows="client",
    )
    if row["state"] != to:
        await changes.move(ctx, row, to, called)
    return ClientPayload(client=row["id"])
