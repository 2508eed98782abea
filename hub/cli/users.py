"""`hub users`: the people who sign in."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.cli import _database, _running, _token
from hub.cli._screen import columns, remark, screen
from hub.identity.clients import bounds
from hub.identity.clients.bounds import Named
from hub.identity.clients.enrol import Bounds
from hub.identity.desk import desk
from hub.identity.people import changes, invitations, registry
from hub.identity.people.new_person import NewPerson
from hub.identity.people.person import PersonState
from hub.identity.people.roles import Role
from hub.kit.errors import BadUserInput
from hub.model.codes import PurposeCode
from hub.settings import settings

app = typer.Typer(help="People: who may sign in, and as what.", no_args_is_help=True)

NewName = Annotated[str, typer.Argument(help="The name that she signs in with.")]
Name = Annotated[str, typer.Argument(help="The name that she signs in with.")]


@app.command()
def add(
    name: NewName,
    role: Annotated[Role, typer.Option(case_sensitive=False, help="What she is to the hub.")],
    park: Annotated[list[str] | None, typer.Option(help="Id of a park that she runs.")] = None,
    department: Annotated[list[str] | None, typer.Option(help="Key of her department.")] = None,
    purpose: Annotated[
        list[PurposeCode] | None, typer.Option(case_sensitive=False, help="A purpose.")
    ] = None,
    talent: Annotated[str | None, typer.Option(help="Id of the talent that she is.")] = None,
    city_subject: Annotated[
        str | None,
        typer.Option(help="What the city's own provider calls her."),
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option(help="Read her password from standard input, instead of inviting her.")
    ] = False,
) -> None:
    """Let somebody sign in: by a link at which she chooses a password, or with a password."""
    plain = _password() if password_stdin else None
    limits = Named(None, park or (), department or (), purpose or (), talent)

    async def added(engine: AsyncEngine) -> str | None:
        meant = await _meant(engine, limits)
        wanted = NewPerson(name, role, meant, city_subject=city_subject)
        await registry.add(engine, wanted, plain)
        return await registry.invite(engine, name) if plain is None else None

    secret = _database.as_owner(added)
    if secret is None:
        remark(f"{name} can sign in.")
    else:
        _show_link(name, secret)


@app.command("list")
def list_() -> None:
    """List all people."""
    rows = [("NAME", "ROLE", "STATE", "SECOND FACTOR", "LAST SIGN-IN")]
    for person in _database.as_owner(registry.everyone):
        factor = "yes" if person.totp_secret else "no"
        last = f"{person.signed_in_at:%Y-%m-%d %H:%M}" if person.signed_in_at else "never"
        rows.append((person.username, person.role, person.state, factor, last))
    columns(rows)


@app.command()
def show(name: Name) -> None:
    """Show a person with her bounds, as JSON."""
    person = _database.as_owner(lambda engine: registry.existing(engine, name))
    shown = {
        "username": person.username,
        "sub": person.sub,
        "role": person.role,
        "state": person.state,
        "bounds": person.bounds(),
        "scope": " ".join(Role(person.role).rights.scopes),
        "second_factor": person.totp_secret is not None,
        "signed_in_at": person.signed_in_at.isoformat() if person.signed_in_at else None,
        "synthetic": person.synthetic,
    }
    screen.print_json(json.dumps(shown, ensure_ascii=False))


@app.command()
def invite(name: Name) -> None:
    """Print a new one-time link: for a password that was forgotten, or a link that was lost."""

    _show_link(name, _database.as_owner(lambda engine: registry.invite(engine, name)))


@app.command()
def change(
    name: Name,
    role: Annotated[
        Role | None, typer.Option(case_sensitive=False, help="What she is to the hub from now on.")
    ] = None,
    park: Annotated[list[str] | None, typer.Option(help="Ids of all parks that she runs.")] = None,
    department: Annotated[
        list[str] | None, typer.Option(help="Keys of all her departments.")
    ] = None,
    purpose: Annotated[
        list[PurposeCode] | None, typer.Option(case_sensitive=False, help="All her purposes.")
    ] = None,
    talent: Annotated[str | None, typer.Option(help="Id of the talent that she is.")] = None,
    city_subject: Annotated[
        str | None,
        typer.Option(help="What the city's own provider calls her; an empty text unlinks her."),
    ] = None,
) -> None:
    """Give a person another role or other bounds; what is left out stays.

    Her sessions and tokens end when something is taken away.
    """
    limits = Named(None, park or (), department or (), purpose or (), talent)

    async def changed(engine: AsyncEngine) -> bool:
        meant = (await _meant(engine, limits)).columns()
        said = {"parks": park, "departments": department, "purposes": purpose, "talent": talent}
        wanted: dict[str, Any] = {one: meant[one] for one, value in said.items() if value}
        if role:
            wanted["role"] = role
        if city_subject is not None:
            wanted["city_subject"] = city_subject or None
        async with registry.of(engine, name, "changePerson") as (work, row):
            return await changes.alter(work, row, wanted)

    done = _database.as_owner(changed)
    remark(f"{name} {'was changed' if done else 'is as before'}.")


@app.command()
def suspend(name: Name) -> None:
    """Stop a person for now; her sessions and tokens end within a second."""
    _move(name, PersonState.SUSPENDED)


@app.command()
def resume(name: Name) -> None:
    """Let a suspended person in again; she has to sign in anew."""
    _move(name, PersonState.ACTIVE)


@app.command()
def close(name: Name) -> None:
    """Stop a suspended or invited person for good."""
    _move(name, PersonState.CLOSED)


@app.command()
def reset(name: Name) -> None:
    """Take a lost second factor and the password away; print a link for new ones."""
    _show_link(name, _database.as_owner(lambda engine: registry.reset(engine, name)))


async def _meant(engine: AsyncEngine, limits: Named) -> Bounds:
    async with desk(engine, "changePerson", registry.COMMAND) as work:
        return await bounds.checked(work, limits)


def _move(name: str, state: PersonState) -> None:
    async def moved(engine: AsyncEngine) -> None:
        await registry.move(engine, name, state)

    _database.as_owner(moved)
    remark(f"{name} is {state}.")


def _password() -> str:
    """One line of standard input, so that the password is in no command line and no history."""
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise BadUserInput(
            "There is no password on standard input.",
            next_step="`hub users add NAME --role ROLE --password-stdin < file`.",
        )
    return line


def _show_link(name: str, secret: str) -> None:
    """The link to standard output and the warning beside it, so that it can be piped."""
    remark(f"A link for {name}, good once and for {invitations.LIFE}; hand it over privately:")
    screen.print(_issuer() + invitations.PATH + secret, markup=False)


def _issuer() -> str:
    """The name that the running hub goes by; while none runs, what the settings say."""
    given = settings()
    return _token.hub_of(given)[1] if _running.running(given.home) else given.issuer
