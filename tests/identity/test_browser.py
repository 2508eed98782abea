"""The pages in a real Chromium on a phone's screen, without JavaScript."""

from __future__ import annotations

import json
import os
from urllib.parse import parse_qs, urlsplit

import pytest

from hub.kit import db
from tests import npm
from tests.conftest import Database
from tests.identity.browsing import PASSWORD, operator, public_app
from tests.identity.conftest import Registrar

# One worker runs both: the first unpacks the browser, and what is being unpacked cannot be run.
pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize(
    ("language", "title", "problem"),
    [
        ("en-GB", "Allow access?", "User name or password is wrong."),
        ("zh-CN", "是否允许访问?", "用户名或密码错误。"),
    ],
)
async def test_operator_signs_in_on_her_phone(
    town: Database, hub_url: str, language: str, title: str, problem: str
) -> None:
    engine = db.engine(town.owner_url, pooled=False)
    app = await public_app(
        Registrar(engine),
        hub_url,
        name_en="Park app",
        name_zh="园区应用",
        redirect_uris=("http://127.0.0.1/back",),
    )
    person = await operator(engine)
    await engine.dispose()
    asked = {
        "issuer": hub_url,
        "query": app.request(redirect_uri=None),
        "username": person.username,
        "password": PASSWORD,
        "language": language,
        "pictures": os.environ.get("PICTURES"),
    }

    told = json.loads(await npm.run("browser.js", json.dumps(asked)))

    answer = parse_qs(urlsplit(told["back"]).query)
    assert set(answer) == {"code", "state", "iss"}
    assert told["title"].startswith(title)
    assert told["problem"] == problem
    assert person.username in told["account"]
    assert ("Park app" if language == "en-GB" else "园区应用") in told["consent"]
    assert told["cookies"] == [{"name": "hub-session", "httpOnly": True, "sameSite": "Lax"}]
    assert max(told["widths"]) <= 390, "it fits on a phone"
    refused = [text for text in told["complaints"] if "403" not in text]
    assert refused == [], "the browser keeps to the page's policy without a complaint"
