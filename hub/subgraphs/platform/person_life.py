"""What becomes of a person who signs in: suspended, resumed, closed, invited again, reset.

Whoever stops is out at every worker within a second: her sessions, and what apps hold for her. A
move that was made already is made again without harm, whatever the version.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from hub.identity.people import changes, invitations
from hub.identity.people.person import Person, PersonState
from hub.model.access import everyone
from hub.model.action import Ctx, ExpectedVersion, Record, action
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.platform.people import PersonPayload, PersonWithLinkPayload
from hub.subgraphs.platform.rules import Scope


class PersonInput(Input):
    """Which person. 指定人员"""

    id: Annotated[UUID, Ref("Person"), Doc("The person.", "人员")]
    expected_version: ExpectedVersion


@action("Person", scope=Scope.admin_clients, zh="暂停登录人员")
async def suspend_person(ctx: Ctx, request: PersonInput) -> PersonPayload:
    """Stop a person for now; her sessions and tokens end within a second."""
    return await _moved(ctx, request, PersonState.SUSPENDED, "suspendPerson")


@action("Person", scope=Scope.admin_clients, zh="恢复登录人员")
async def resume_person(ctx: Ctx, request: PersonInput) -> PersonPayload:
    """Let a suspended person in again; she has to sign in anew."""
    return await _moved(ctx, request, PersonState.ACTIVE, "resumePerson")


@action("Person", scope=Scope.admin_clients, zh="注销登录人员")
async def close_person(ctx: Ctx, request: PersonInput) -> PersonPayload:
    """Stop a suspended or invited person for good."""
    return await _moved(ctx, request, PersonState.CLOSED, "closePerson")


@action("Person", scope=Scope.admin_clients, zh="重新邀请登录人员")
async def invite_person(ctx: Ctx, request: PersonInput) -> PersonWithLinkPayload:
    """Make a new one-time link: for a link that was lost, or a password that was forgotten."""
    row = await _locked(ctx, request)
    changes.require_signing_in(row)
    link = await invitations.make(ctx, row["id"])
    return PersonWithLinkPayload(person=row["id"], invitation_path=invitations.PATH + link)


@action("Person", scope=Scope.admin_clients, zh="重置登录人员")
async def reset_person(ctx: Ctx, request: PersonInput) -> PersonWithLinkPayload:
    """Take password and second factor away, end what she has open, and make a link for new ones."""
    row = await _locked(ctx, request)
    await changes.reset(ctx, row)
    link = await invitations.make(ctx, row["id"])
    return PersonWithLinkPayload(person=row["id"], invitation_path=invitations.PATH + link)


async def _moved(ctx: Ctx, request: PersonInput, to: PersonState, called: str) -> PersonPayload:
    row = await _locked(ctx, request, already={"state": to})
    if row["state"] != to:
        await changes.move(ctx, row, to, called)
    return PersonPayload(person=row["id"])


async def _locked(ctx: Ctx, request: PersonInput, already: dict[str, Any] | None = None) -> Record:
    row = await ctx.locked(
        Person,
        request.id,
        *changes.COLUMNS,
        within=everyone,
        expected_version=request.expected_version,
        already=already,
        shows="person",
    )
    if row["talent"]:
        ctx.concerns(row["talent"])
    return row
