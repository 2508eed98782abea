"""A person signs in by the city's own provider: panva's oidc-provider, as her browser sees it."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from re import search

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.people import registry
from hub.identity.people.person import PersonState
from hub.kit import db
from hub.kit.user_errors import Invalid
from tests import npm
from tests.conftest import Database
from tests.identity.browsing import App, Page, Visitor, operator, public_app, visitor
from tests.identity.conftest import Registrar
from tests.town import hub_on

CLIENT = {"client_id": "talent-hub", "client_secret": "a secret that only these two know"}


@dataclass(frozen=True)
class City:
    """A hub that a city's provider is configured at; nobody else uses it."""

    hub: str
    engine: AsyncEngine
    app: App


@pytest.fixture
async def city(town: Database, tmp_path: Path) -> AsyncIterator[City]:
    async with npm.talking("city-provider.js", json.dumps(CLIENT)) as script:
        assert script.stdin is not None
        assert script.stdout is not None
        issuer = (await script.stdout.readline()).decode().strip()
        names = {"name_en": "Nantong identity", "name_zh": "南通统一身份认证"}
        file = tmp_path / "city.json"
        file.write_text(json.dumps({"issuer": issuer, **CLIENT, **names}), encoding="utf-8")
        async with hub(town, tmp_path, file) as url:
            script.stdin.write(f"{url}/account/city/back\n".encode())
            assert await script.stdout.readline() == b"ready\n"
            engine = db.engine(town.owner_url, pooled=False)
            yield City(url, engine, await public_app(Registrar(engine), url))
            await engine.dispose()
        script.stdin.close()


@asynccontextmanager
async def hub(town: Database, home: Path, file: Path | None) -> AsyncIterator[str]:
    """A hub of its own, started and ended beside the loop of the test."""
    running = hub_on(town, home, city_login=file)
    yield await asyncio.to_thread(running.__enter__)
    await asyncio.to_thread(running.__exit__, None, None, None)


@asynccontextmanager
async def reader(url: str) -> AsyncIterator[Visitor]:
    """A fresh browser of somebody who reads English."""
    async with visitor(url) as browser:
        browser.http.headers["Accept-Language"] = "en"
        yield browser


def link(page: Page) -> str:
    """Where the button of the sign-in page leads."""
    found = search(r'href="(/account/city\?[^"]+)"', page.text)
    assert found, page.text
    return unescape(found[1])


async def by_city(browser: Visitor, address: str, login: str) -> Page:
    """From the hub's sign-in page over the provider's forms and back; the page that follows."""
    begun = await browser.open(link(await browser.open(address)))
    assert begun.status == 303
    assert begun.location is not None
    async with httpx.AsyncClient(timeout=30) as there:  # its cookies are of another site
        where = httpx.URL(begun.location)
        answer = await there.get(where)
        while True:
            if answer.is_redirect:
                where = where.join(answer.headers["location"])
                if where.path == "/account/city/back":
                    return await browser.open(str(where))
                answer = await there.get(where)
                continue
            action = search(r'action="([^"]+)"', answer.text)
            assert action, answer.text
            where = where.join(unescape(action[1]))
            prompt = "login" if 'name="login"' in answer.text else "consent"
            form = {"prompt": prompt, "login": login, "password": "anything"}
            answer = await there.post(where, data=form)


async def test_an_operator_signs_in_and_her_app_gets_tokens(city: City) -> None:
    subject = secrets.token_hex(8)
    await operator(city.engine, city_subject=subject)
    async with reader(city.hub) as browser:
        page = await browser.open(city.app.address())
        assert "Sign in with Nantong identity" in page.text
        chinese = await browser.open(city.app.address(), **{"Accept-Language": "zh-CN"})
        assert "南通统一身份认证" in chinese.text
        back = await by_city(browser, city.app.address(), subject)
        assert (back.status, back.location) == (303, city.app.address())
        consent = await browser.open(city.app.address())
        approved = await browser.send(city.app.address(), consent, approve="yes")
        form = city.app.exchange(approved.answer["code"])
        tokens = await browser.http.post("/oauth/token", data=form)
        assert tokens.json()["scope"] == "park:read workspace:reserve"


async def test_who_was_invited_is_let_in_without_a_password(city: City) -> None:
    subject = secrets.token_hex(8)
    person = await operator(city.engine, None, subject)
    assert person.state == PersonState.INVITED
    async with reader(city.hub) as browser:
        assert (await by_city(browser, "/account", subject)).location == "/account"
        assert person.username in (await browser.open("/account")).text
    again = await registry.find(city.engine, person.username)
    assert again is not None
    assert again.state == PersonState.ACTIVE


async def test_who_is_unknown_or_suspended_here_stays_outside(city: City) -> None:
    subject = secrets.token_hex(8)
    person = await operator(city.engine, city_subject=subject)
    await registry.move(city.engine, person.username, PersonState.SUSPENDED)
    for login in (subject, secrets.token_hex(8)):
        async with reader(city.hub) as browser:
            refused = await by_city(browser, "/account", login)
            assert refused.status == 403
            assert "no account for you" in refused.text
            assert "password" in (await browser.open("/account")).fields


async def test_another_browser_gets_nothing_of_an_answer(city: City) -> None:
    """Else somebody could be signed in unawares as somebody else (RFC 9700, 4.7)."""
    async with reader(city.hub) as one, reader(city.hub) as other:
        begun = await one.open(link(await one.open("/account")))
        assert begun.location is not None
        state = httpx.URL(begun.location).params["state"]
        for browser in (other, one):
            page = await browser.open(f"/account/city/back?code=made-up&state={state}")
            assert page.status == 400
            assert "did not succeed" in page.text


async def test_only_pages_of_ours_are_gone_on_to(city: City) -> None:
    async with reader(city.hub) as browser:
        for to in ("https://evil.example", "//evil.example", "/graphql", "/accounts"):
            page = await browser.http.get("/account/city", params={"to": to})
            assert page.status_code == 400


async def test_two_people_are_not_linked_to_one_name(city: City) -> None:
    subject = secrets.token_hex(8)
    await operator(city.engine, city_subject=subject)
    with pytest.raises(Invalid, match="linked to this citySubject"):
        await operator(city.engine, city_subject=subject)


async def test_without_a_provider_there_is_no_button(hub_url: str) -> None:
    async with reader(hub_url) as browser:
        assert "/account/city" not in (await browser.open("/account")).text
        for path in ("/account/city", "/account/city/back"):
            page = await browser.open(path)
            assert (page.status, "no sign-in by another provider" in page.text) == (404, True)
