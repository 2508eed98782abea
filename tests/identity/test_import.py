"""`hub clients import`: registrations from a file, all of them or none."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from joserfc.jwk import ECKey

from tests.conftest import Database
from tests.identity.conftest import Caller, Hub, Server
from tests.identity.test_clients_cli import told_of
from tests.terminal import Result

Import = Callable[..., Result]

PUSHED = "require_pushed_authorization_requests"
KEYED = {"token_endpoint_auth_method": "private_key_jwt"}


@pytest.fixture
def load(hub: Hub, tmp_path: Path) -> Import:
    """Import a value, or a text as it is."""

    def loaded(value: Any, *options: str) -> Result:
        file = tmp_path / "clients.json"
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        file.write_text(text, encoding="utf-8")
        return hub("import", file, *options)

    return loaded


def system(**changes: Any) -> dict[str, Any]:
    """A client with a secret."""
    value = {
        "client_id": f"system-{secrets.token_hex(4)}",
        "client_name": "An imported system",
        "client_name#zh": "导入的系统",
        "client_secret": secrets.token_urlsafe(32),
        "token_endpoint_auth_method": "client_secret_basic",
        "scope": "park:read reference:read",
        "audience": "partner",
        "bounds": {"partner": "320500", "purposes": ["JOB_MATCHING"]},
        **changes,
    }
    return {name: one for name, one in value.items() if one is not None}


def asked(server: Server, client: dict[str, Any]) -> int:
    """The status of a token request with the client's own secret."""
    form = {"grant_type": "client_credentials", "scope": "park:read"}
    auth = (client["client_id"], client["client_secret"])
    return httpx.post(f"{server.url}/oauth/token", data=form, auth=auth).status_code


@pytest.mark.parametrize("form", ["object", "array", "clients"])
def test_file_of_each_form_is_imported(form: str, load: Import, server: Server) -> None:
    one, two = (
        system(),
        system(
            dpop_bound_access_tokens=False,
            contacts=["passed over"],
            grant_types=["client_credentials"],
        ),
    )
    clients = [one] if form == "object" else [one, two]
    value = {"object": one, "array": clients, "clients": {"clients": clients}}[form]

    done = load(value)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{client['client_id']}: added" for client in clients]
    assert [asked(server, client) for client in clients] == [200] * len(clients)
    for client in clients:
        assert client["client_secret"] not in done.stdout + done.stderr


def test_client_with_keys_and_bound_tokens(load: Import, hub: Hub, server: Server) -> None:
    key = ECKey.generate_key("P-256")
    client = system(
        client_secret=None,
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [key.as_dict(private=False)]},
        dpop_bound_access_tokens=True,
    )
    assert load(client).returncode == 0

    shown = json.loads(hub("show", client["client_id"]).stdout)

    assert {name: shown[name] for name in client} == client
    caller = Caller(client["client_id"], key)
    answer = httpx.post(f"{server.url}/oauth/token", data=caller.signed(server.issuer))
    assert answer.json()["error"] == "invalid_dpop_proof", "it is known, and must bind its tokens"


@pytest.mark.parametrize(
    ("members", "grant_types", "pushed"),
    [
        ({}, ["client_credentials"], False),
        ({"redirect_uris": ["https://app.example/back"]}, ["authorization_code"], True),
        (
            {
                "client_secret": None,
                "token_endpoint_auth_method": "none",
                "grant_types": ["authorization_code", "refresh_token"],
                "redirect_uris": ["http://127.0.0.1/back"],
            },
            ["authorization_code", "refresh_token"],
            False,
        ),
        (
            {**KEYED, "client_secret": None, "jwks_uri": "https://keys.example/jwks.json"},
            ["client_credentials"],
            False,
        ),
    ],
)
def test_apps_at_which_people_sign_in_and_keys_elsewhere(
    members: dict[str, Any], grant_types: list[str], pushed: bool, load: Import, hub: Hub
) -> None:
    client = system(**members)
    assert load(client).returncode == 0

    shown = json.loads(hub("show", client["client_id"]).stdout)

    public = {name: value for name, value in client.items() if name != "client_secret"}
    assert {name: shown[name] for name in public} == public
    assert (shown["grant_types"], shown[PUSHED]) == (grant_types, pushed)
    assert load(shown).stdout.splitlines() == [f"{client['client_id']}: as it was"]


async def test_importing_again_changes_nothing(load: Import, hub: Hub, database: Database) -> None:
    client, other = system(), system()
    load([client, other])
    shown = json.loads(hub("show", other["client_id"]).stdout)

    again = load([client, shown])

    assert again.stdout.splitlines() == [
        f"{client['client_id']}: as it was",
        f"{other['client_id']}: as it was",
    ]
    entries, versions = await told_of(database, client["client_id"])
    assert ([entry["mutation"] for entry in entries], versions) == (["registerClient"], [1])


async def test_difference_is_shown_and_made_only_where_asked_for(
    load: Import, server: Server, database: Database
) -> None:
    before, new = system(), system()
    load(before)
    after = {
        **before,
        "client_name": "Another name",
        "client_secret": secrets.token_urlsafe(32),
        "scope": "park:read talent:read.basic",
        "bounds": {"partner": "310000", "purposes": ["JOB_MATCHING"]},
    }

    refused = load([after, new])

    assert refused.returncode == 1
    place = f"[0].{{}} ({before['client_id']})"
    for line in (
        "client_name: An imported system -> Another name",
        "client_secret: another",
        "scope: + talent:read.basic - reference:read",
        "bounds.partner: 320500 -> 310000",
    ):
        member, _, told = line.partition(": ")
        assert f"{place.format(member)}: {told}" in refused.stderr
    assert "--update" in refused.stderr
    assert after["client_secret"] not in refused.stderr + refused.stdout
    assert [asked(server, one) for one in (before, after, new)] == [200, 401, 401]

    done = load([after, new], "--update")

    assert done.returncode == 0, done.stderr
    assert after["client_secret"] not in done.stderr + done.stdout
    assert [asked(server, one) for one in (before, after, new)] == [401, 200, 200]
    entries, versions = await told_of(database, before["client_id"])
    assert [entry["mutation"] for entry in entries] == ["registerClient", "changeClient"]
    assert versions == [1, 2]


def test_every_fault_is_told_with_its_place_and_nothing_is_imported(
    load: Import, hub: Hub, server: Server
) -> None:
    good, name = system(), f"system-{secrets.token_hex(4)}"
    weak = "too-short"
    value = {
        "clients": [
            good,
            system(client_id=name, scope="park:reed export:run", bounds={"partner": "32050"}),
            system(client_id="Suzhou", client_secret=weak, client_nmae="?", audience="partners"),
            system(client_id=name, dpop_bound_access_tokens="yes", scope=["park:read"]),
            system(client_id="no-keys", token_endpoint_auth_method="private_key_jwt"),
            system(client_id="an-app", grant_types=["authorization_code"]),
            system(client_id="slip", grant_types=["authorisation_code"]),
            system(client_id="open", redirect_uris=["http://app.example/back"], **{PUSHED: False}),
            system(client_id="url", client_secret=None, jwks_uri="http://x/", **KEYED),
            {"client_id": "bare", "bounds": {"park": []}},
            7,
        ]
    }

    refused = load(value)

    assert (refused.returncode, refused.stdout) == (1, "")
    for line in (
        f"clients[1].scope ({name}): No scope is called 'park:reed'",
        f"clients[1].scope ({name}): No scope is called 'export:run'",
        f"clients[1].bounds.partner ({name}): There is no division '32050'. Did you mean 320500",
        "clients[2].client_nmae (Suzhou): No member is called so. Did you mean client_name?",
        "clients[2].audience (Suzhou): 'partners' is none of the codes. Write one of partner,",
        "clients[2].client_secret (Suzhou): Not a secret of 22 to 255",
        "clients[2].client_id (Suzhou): 'Suzhou' cannot be a client's name.",
        f"clients[3].client_id ({name}): The client stands twice. Write it once",
        f"clients[3].dpop_bound_access_tokens ({name}): Neither true nor false.",
        f"clients[3].scope ({name}): Not a text.",
        "clients[4].jwks (no-keys): Public keys are needed",
        "clients[4].client_secret (no-keys): A secret is needed for client_secret_basic, and for",
        "clients[5].redirect_uris (an-app): Redirect URIs are needed for the authorization code",
        (
            "clients[6].grant_types (slip): 'authorisation_code' is none of the codes. Write some"
            " of client_credentials, authorization_code, refresh_token."
        ),
        "clients[7].redirect_uris (open): The redirect URI 'http://app.example/back' must use",
        f"clients[7].{PUSHED} (open): A client with credentials at which people sign in must push",
        "clients[8].jwks_uri (url): Keys cannot be fetched from 'http://x/'.",
        "clients[9].client_name (bare): It is missing.",
        "clients[9].audience (bare): It is missing.",
        "clients[9].bounds.park (bare): No member is called so. Did you mean parks?",
        "clients[10]: Not a JSON object.",
    ):
        assert line in refused.stderr, refused.stderr
    assert weak not in refused.stderr
    assert asked(server, good) == 401
    assert "There is no client" in hub("show", good["client_id"]).stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"client_id": ', "line 1, column 15"),
        (
            '{"client_id": "a", "client_id": "b"}',
            "A member stands twice in one object: 'client_id'",
        ),
        ('{"client_id": NaN}', "NaN is no JSON"),
        ("7", "Not a JSON object"),
        ('{"clients": {}}', "clients: Not a JSON object"),
        ('{"clients": [], "client_id": "x"}', "client_id: No member is called so beside `clients`"),
    ],
)
def test_file_that_is_no_list_of_clients_says_where(text: str, says: str, load: Import) -> None:
    refused = load(text)
    assert (refused.returncode, says in refused.stderr) == (1, True), refused.stderr


def test_client_that_was_revoked_is_not_changed(load: Import, hub: Hub) -> None:
    client = system()
    load(client)
    hub("suspend", client["client_id"])
    hub("revoke", client["client_id"])

    same, refused = load(client), load(client | {"client_name": "Another"}, "--update")

    assert same.returncode == 0
    assert (refused.returncode, "It was revoked" in refused.stderr) == (1, True)


async def test_demo_client_is_left_alone(load: Import, demo: None) -> None:
    taken = load(system(client_id="suzhou"))
    changed = load(system(client_id="sz-hub"), "--update")

    assert "It means the demo client sz-hub" in taken.stderr
    assert "It is a demo client" in changed.stderr


async def test_secret_is_in_no_row(load: Import, database: Database) -> None:
    client = system()
    load(client)
    owner = await asyncpg.connect(database.owner_url)
    tables = ("identity.client", "ledger.audit_entry", "ledger.change")
    for table in tables:
        rows = await owner.fetch(f"SELECT to_jsonb(t)::text AS row FROM {table} t")
        assert [row for row in rows if client["client_secret"] in row["row"]] == []
    await owner.close()
