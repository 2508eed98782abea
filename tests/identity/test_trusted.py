"""The file of trusted issuers: one mistake a row, each told in a sentence that names it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from joserfc.jwk import ECKey, RSAKey

from hub.identity.tokens import trusted
from hub.kit.errors import SetupError
from hub.kit.postgres import process
from tests.identity.conftest import SCOPES
from tests.terminal import typed

OWN = "https://hub.example"
KEY = ECKey.generate_key("P-256")
ISSUER: dict[str, Any] = {
    "name": "suzhou",
    "issuer": "https://login.suzhou.example",
    "jwks_uri": "https://login.suzhou.example/jwks",
    "audience": f"{OWN}/graphql",
    "algorithms": ["ES256"],
    "hub_audience": "PARTNER",
    "scopes": ["park:read"],
    "partner": "320500",
}


def written(directory: Path, *issuers: dict[str, Any]) -> Path:
    file = directory / "issuers.yaml"
    file.write_text(yaml.safe_dump({"issuers": list(issuers)}), encoding="utf-8")
    return file


def load(file: Path | None) -> tuple[trusted.TrustedIssuer, ...]:
    return trusted.load(file, OWN, SCOPES)


def test_no_file_is_no_issuer() -> None:
    assert load(None) == ()


def test_file_may_be_yaml_or_json(tmp_path: Path) -> None:
    yaml_file, json_file = written(tmp_path, ISSUER), tmp_path / "issuers.json"
    json_file.write_text(json.dumps({"issuers": [ISSUER]}))

    assert load(yaml_file) == load(json_file)


def test_example_in_the_text_is_in_order(tmp_path: Path) -> None:
    """What a reader copies from the module, and what the README shows."""
    _, _, example = (trusted.__doc__ or "").partition("    issuers:\n")
    file = tmp_path / "issuers.yaml"
    file.write_text("    issuers:\n" + example.partition("\n\n")[0])

    (issuer,) = load(file)

    assert issuer.scopes.ceiling == {"park:read", "talent:read.basic"}


PRIVATE = {"keys": [KEY.as_dict(private=True)]}
RSA = {"keys": [RSAKey.generate_key(2048).as_dict(private=False)]}
ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "a misspelt name": ({"audiance": "x"}, "issuers.0.audiance: Extra inputs"),
    "a name that is none": ({"name": "Su Zhou"}, "issuers.0.name"),
    "a name with a colon": ({"name": "a:b"}, "issuers.0.name"),
    "no https": ({"issuer": "http://login.example"}, "issuer must be an https URL"),
    "keys over http": ({"jwks_uri": "http://login.example/jwks"}, "jwks_uri must be an https URL"),
    "no keys": ({"jwks_uri": None}, "give jwks_uri or jwks"),
    "keys from two places": ({"jwks": RSA}, "give jwks_uri or jwks"),
    "a private key": ({"jwks_uri": None, "jwks": PRIVATE}, "private key"),
    "keys that do not serve": ({"jwks_uri": None, "jwks": RSA}, "no key that serves"),
    "no audience": ({"audience": ""}, "issuers.0.audience"),
    "no algorithm": ({"algorithms": []}, "issuers.0.algorithms"),
    "alg none": ({"algorithms": ["none"]}, "none is none of"),
    "a shared secret": ({"algorithms": ["ES256", "HS256"]}, "HS256 is none of"),
    "a day": ({"longest_life": 86_400}, "issuers.0.longest_life"),
    "another audience": ({"hub_audience": "ROOT"}, "hub_audience must be one of"),
    "a talent": ({"hub_audience": "TALENT"}, "talents sign in at the hub itself"),
    "a talent among others": (
        {"hub_audience": {"claim": "role", "gives": {"t": "TALENT", "p": "PARTNER"}}},
        "talents sign in at the hub itself",
    ),
    "a partner of no city": ({"partner": []}, "partner is needed"),
    "a partner by its name": ({"partner": "Suzhou"}, "Suzhou is no division's code"),
    "no such purpose": ({"purposes": ["ANY"]}, "ANY is no purpose"),
    "no scope": ({"scopes": []}, "scopes gives nothing"),
    "no such scope": ({"scopes": ["park:fly"]}, "no scope is called park:fly"),
    "no such scope behind a claim": (
        {"scopes": {"claim": "scope", "gives": {"all": ["park:read", "park:fly"]}}},
        "no scope is called park:fly",
    ),
    "a claim without values": ({"scopes": {"claim": "scope"}}, "claim and gives belong together"),
    "values without a claim": (
        {"scopes": {"gives": {"a": ["park:read"]}}},
        "claim and gives belong together",
    ),
    "a park that is no id": ({"parks": ["P1"]}, "badly formed"),
    "a talent's bound": ({"talent": "x"}, "issuers.0.talent: Extra inputs"),
    "the hub itself": ({"issuer": OWN}, "is this hub itself"),
}


@pytest.mark.parametrize("row", ROWS)
def test_mistake_is_told(tmp_path: Path, row: str) -> None:
    changes, says = ROWS[row]
    assert load(written(tmp_path, ISSUER))

    with pytest.raises(SetupError) as refused:
        load(written(tmp_path, ISSUER | changes))

    assert says in refused.value.message
    assert str(tmp_path / "issuers.yaml") in refused.value.message
    assert str(PRIVATE["keys"][0]["d"]) not in refused.value.message


@pytest.mark.parametrize("field", ["name", "issuer"])
def test_issuer_is_there_once(tmp_path: Path, field: str) -> None:
    other = ISSUER | {"name": "shanghai", "issuer": "https://login.shanghai.example"}
    assert len(load(written(tmp_path, ISSUER, other))) == 2

    with pytest.raises(SetupError, match=f"{field} .* is there twice"):
        load(written(tmp_path, ISSUER, other | {field: ISSUER[field]}))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file"),
        ("issuers: []", "issuers"),
        ("issuers: {}", "issuers"),
        ("[]", "the file"),
        ("issuers: [", "neither YAML nor JSON"),
        ("!!python/object/apply:os.system [id]", "neither YAML nor JSON"),
    ],
)
def test_file_of_another_shape_is_told(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "issuers.yaml"
    file.write_text(text)

    with pytest.raises(SetupError, match=says):
        load(file)


def test_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        load(tmp_path / "none.yaml")


def test_hub_does_not_start_with_a_mistake(tmp_path: Path, owner_url: str, app_url: str) -> None:
    """One sentence, and not one from each worker for ever."""
    variables = {
        "HUB_HOME": str(tmp_path),
        "HUB_DATABASE_URL": owner_url,
        "HUB_APP_DATABASE_URL": app_url,
        "HUB_TRUSTED_ISSUERS": str(written(tmp_path, ISSUER | {"algorithms": ["none"]})),
    }

    refused = typed("serve", "--workers", "2", "--port", str(process.free_port(None)), **variables)

    assert refused.returncode == 1
    assert "none is none of" in refused.stderr
    assert "Next:" in refused.stderr
