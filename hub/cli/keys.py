"""`hub keys`: the keys that sign access tokens, changed while the hub runs."""

from __future__ import annotations

import json
import time
from http.client import HTTPException
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.cli import _database, _http, _running
from hub.cli._screen import columns, remark, screen
from hub.identity.endpoints.metadata import JWKS_PATH
from hub.identity.tokens import key_files, keys, revoked, rotation
from hub.identity.tokens.keys import SigningKey
from hub.identity.tokens.rotation import KEPT, LEAD, State, told
from hub.kit.errors import BadUserInput, SetupError
from hub.settings import settings

app = typer.Typer(help="Keys: what signs the hub's tokens.", no_args_is_help=True)

Kid = Annotated[str, typer.Argument(help="The id of a key, as `hub keys list` shows it.")]


KID_AS_IT_IS = {"ignore_unknown_options": True}
"""A kid is base64url: one in 64 begins with a hyphen, and is no option for that."""


@app.command("list")
def list_() -> None:
    """List the signing keys: which signs, which waits, which may go and when."""
    rows = [("KEY", "STATE", "SIGNS FROM", "MAY GO FROM")]
    if setting := settings().signing_key:
        known = keys.from_setting(setting)
        for key in known.known().values():
            state = State.WAITS if key.signs_from > time.time() else State.VERIFIES
            rows.append((key.kid, State.SIGNS if key.kid == known.kid else state, _from(key), ""))
    else:
        for stage in rotation.stages(_directory(), time.time()):
            gone = stage.until if stage.state in (State.VERIFIES, State.ENDED) else None
            key = stage.file.key
            rows.append((key.kid, stage.state, _from(key), told(gone) if gone else ""))
    columns(rows)


@app.command()
def rotate(
    now: Annotated[
        bool,
        typer.Option(
            "--now",
            help="The new key signs at once: for emergencies. Whoever else checks the hub's "
            "tokens and keeps its keys, as he may for five minutes, refuses them until then.",
        ),
    ] = False,
) -> None:
    """Make a new signing key, published now and signing six minutes later; no request fails.

    Old keys whose tokens have all ended are removed.
    """
    lead = 0 if now else LEAD
    if setting := settings().signing_key:
        _rotated_by_hand(setting, lead)
        return
    made, retired = rotation.rotate(_directory(), lead=lead)
    begins = "now" if now else f"{told(made.signs_from)} on"
    remark(f"{made.kid} is made, and signs from {begins}.")
    _tell_retired(retired)
    _check_published(made.kid)


@app.command()
def retire() -> None:
    """Remove the keys whose tokens have all ended."""
    _refuse_setting("Take out keys that ended at least eleven minutes ago by hand.")
    retired = rotation.retire(_directory())
    _tell_retired(retired)
    if not retired:
        remark("No key may go yet; `hub keys list` says when one may.")


@app.command(context_settings=KID_AS_IT_IS)
def revoke(kid: Kid) -> None:
    """End a key that somebody else may have, and every token that it signed, within a second.

    If it is the one that signs, another signs from now on.
    """
    setting = settings().signing_key
    directory = _directory()
    mine = {file.key.kid: file for file in ([] if setting else key_files.read(directory))}
    known = keys.from_setting(setting).known().keys() if setting else mine.keys()
    if kid not in known:
        raise BadUserInput(
            f"There is no signing key {kid}.", next_step="`hub keys list` shows which there are."
        )

    async def revoked_in(engine: AsyncEngine) -> None:
        if mine:
            rotation.supersede(directory, kid)
        await revoked.revoke_key(engine, kid)

    _database.as_owner(revoked_in)
    if kid in mine:
        key_files.remove(mine[kid])
    remark(f"{kid} is revoked, and all tokens that it signed.")
    if setting:
        remark("Take it out of HUB_SIGNING_KEY, put another in, and restart the hub.")


def _rotated_by_hand(setting: str, lead: float) -> None:
    """The setting's next value, which the operator puts into it at every machine."""
    key = SigningKey.made(signs_from=int(time.time() + lead))
    others = keys.from_setting(setting).known().values()
    whole = {"keys": [one.jwk() for one in (key, *others)]}
    when = f" before {told(key.signs_from)}" if lead else ", all of them at once"
    remark(
        "The signing key comes from HUB_SIGNING_KEY, where nothing can be changed from here. Put "
        f"the following there at every machine and restart each hub{when}; take the old keys out "
        f"{KEPT // 60} minutes after that, not sooner."
    )
    screen.print(json.dumps(whole), markup=False)


def _check_published(kid: str) -> None:
    """Say so when the hub that runs here does not know the key: then it would never sign."""
    hub = _running.running(settings().home)
    if hub is None:
        return
    try:
        with _http.asked(hub.url + JWKS_PATH) as answer:
            published = {key["kid"] for key in json.load(answer)["keys"]}
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        return  # it is starting or ending; it reads the keys when it serves
    if kid not in published:
        remark(
            f"The hub at {hub.url} does not publish it: it has its keys from HUB_SIGNING_KEY, or "
            "may not read the new file. Its log tells (keys.unreadable)."
        )


def _directory() -> Path:
    directory = settings().home / "keys"
    if not settings().signing_key and not directory.is_dir():
        raise SetupError(
            f"There are no keys in {settings().home}.",
            next_step="The hub makes one when it is started: `hub up`; or name the --home.",
        )
    return directory


def _refuse_setting(next_step: str) -> None:
    if settings().signing_key:
        raise BadUserInput("The signing keys come from HUB_SIGNING_KEY.", next_step=next_step)


def _from(key: SigningKey) -> str:
    return told(key.signs_from) if key.signs_from else ""


def _tell_retired(retired: list[str]) -> None:
    for kid in retired:
        remark(f"{kid} is gone: its tokens have all ended.")
