"""`hub clients keygen`: a key pair of which only the public part is handed over."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import JWKRegistry

from hub.identity.clients import client_keys
from tests.identity.conftest import ADD, Caller, Hub, Server
from tests.terminal import typed


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "PS256"])
def test_pair_gets_a_token_and_its_private_part_stays(
    algorithm: str, hub: Hub, name: str, server: Server, tmp_path: Path
) -> None:
    file, public = tmp_path / "private.json", tmp_path / "public.json"

    made = hub("keygen", file, "--public", public, "--alg", algorithm)

    private = json.loads(file.read_text())
    assert (made.returncode, made.stdout) == (0, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert private["d"] not in public.read_text() + made.stderr
    assert client_keys.checked(json.loads(public.read_text()))
    partner = ("--audience", "partner", "--method", "private_key_jwt", "--partner", "320500")
    assert hub("add", name, *partner, *ADD, "--jwks", str(public)).returncode == 0
    caller = Caller(name, JWKRegistry.import_key(private), algorithm)
    answer = httpx.post(f"{server.url}/oauth/token", data=caller.signed(server.issuer))
    assert answer.status_code == 200, answer.text


def test_public_part_is_printed_and_no_home_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")

    made = typed("clients", "keygen", tmp_path / "key.json")

    [key] = json.loads(made.stdout)["keys"]
    private = json.loads((tmp_path / "key.json").read_text())
    assert key == {name: value for name, value in private.items() if name != "d"}
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("there", ["private", "public", "link"])
def test_key_is_never_overwritten(there: str, tmp_path: Path) -> None:
    file, public, old = tmp_path / "private.json", tmp_path / "public.json", tmp_path / "old.json"
    old.write_text("old")
    match there:
        case "private":
            file.write_text("old")
        case "public":
            public.write_text("old")
        case "link":
            file.symlink_to(old)

    refused = typed("clients", "keygen", file, "--public", public)

    assert refused.returncode == 1
    assert "never overwritten" in refused.stderr
    assert old.read_text() == "old"
    kept = public if there == "public" else file
    assert kept.read_text() == "old"
    assert not (file.exists() if there == "public" else public.exists())
