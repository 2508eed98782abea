"""Signing in, one-time links, second factors, and a person's own page, as a browser sees them."""

from __future__ import annotations

import asyncio
import time
from base64 import b32decode
from collections import Counter

import httpx
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.clients.enrol import Bounds
from hub.identity.people import invitations, registry
from hub.identity.people.new_person import NewPerson
from hub.identity.people.person import Person, PersonState
from hub.identity.people.roles import Role
from tests.identity.browsing import PASSWORD, operator, public_app, visitor
from tests.identity.conftest import Registrar, Server, bearer

ACCOUNT = "/account"


def code_of(secret: str, ahead: int = 0) -> str:
    """What an authenticator app shows, so many half minutes ahead."""
    totp = TOTP(b32decode(secret), 6, SHA1(), 30)
    return totp.generate(int(time.time()) + 30 * ahead).decode()


async def test_wrong_password_unknown_name_and_suspended_person_look_alike(
    server: Server, admin: AsyncEngine
) -> None:
    active, suspended = await operator(admin), await operator(admin)
    await registry.move(admin, suspended.username, PersonState.SUSPENDED)
    tries = [
        (active.username, "not the password"),
        ("nobody-of-that-name", PASSWORD),
        (suspended.username, PASSWORD),
    ]
    answers = []
    for username, password in tries:
        async with visitor(server.url) as browser:
            asked = await browser.open(ACCOUNT)
            sent = await browser.send(ACCOUNT, asked, username=username, password=password)
            form_token = sent.fields["form_token"]
            answers.append(
                (sent.status, sent.text.replace(username, "NAME").replace(form_token, "TOKEN"))
            )

    assert {status for status, _ in answers} == {403}
    assert len({text for _, text in answers}) == 1
    async with visitor(server.url) as browser:
        assert active.username in (await browser.sign_in(ACCOUNT, active.username)).text


async def test_guessing_is_slowed_down_and_even_the_right_password_waits(
    server: Server, admin: AsyncEngine
) -> None:
    person, other = await operator(admin), await operator(admin)
    async with visitor(server.url) as browser:
        asked = await browser.open(ACCOUNT)
        answers = [
            await browser.send(ACCOUNT, asked, username=person.username, password=f"guess {one}")
            for one in range(10)
        ]
        right = await browser.send(ACCOUNT, asked, username=person.username, password=PASSWORD)
        assert Counter(answer.status for answer in answers) == {403: 10}
        assert right.status == 429
        assert (await browser.sign_in(ACCOUNT, other.username)).status == 200


async def test_sign_in_makes_a_new_cookie_and_the_planted_one_is_worth_nothing(
    server: Server, admin: AsyncEngine
) -> None:
    person = await operator(admin)
    async with visitor(server.url) as browser, visitor(server.url) as attacker:
        await browser.open(ACCOUNT)
        planted = browser.http.cookies["hub-session"]
        attacker.http.cookies.set("hub-session", planted)
        await browser.sign_in(ACCOUNT, person.username)
        there = await attacker.open(ACCOUNT)

        assert browser.http.cookies["hub-session"] != planted
        assert "password" in there.fields


async def test_cookie_and_page_are_guarded(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        answer = await http.get(ACCOUNT)

    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
    assert "<script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("wanted", "language", "says"),
    [
        ("zh-CN,zh;q=0.9", "zh", "登录"),
        ("en-GB,en;q=0.9", "en", "Sign in"),
        ("fr", "zh", "登录"),
    ],
)
async def test_page_speaks_the_browsers_language(
    server: Server, wanted: str, language: str, says: str
) -> None:
    async with visitor(server.url) as browser:
        page = await browser.open(ACCOUNT, **{"Accept-Language": wanted})
        other = "zh" if language == "en" else "en"
        switched = await browser.open(f"{ACCOUNT}?ui_locales={other}")

    assert f'lang="{language}"' in page.text
    assert says in page.text
    assert f'lang="{other}"' in switched.text


async def test_session_ends_by_silence_age_sign_out_and_suspension(
    server: Server, admin: AsyncEngine
) -> None:
    for how in ("silence", "age", "sign_out", "suspension"):
        person = await operator(admin)
        async with visitor(server.url) as browser:
            page = await browser.sign_in(ACCOUNT, person.username)
            cookie = browser.http.cookies["hub-session"]
            match how:
                case "silence":
                    await _shift(admin, person, "seen_at = now() - interval '31 minutes'")
                case "age":
                    await _shift(admin, person, "created_at = now() - interval '721 minutes'")
                case "sign_out":
                    await browser.send(ACCOUNT, page, sign_out="yes")
                    browser.http.cookies.set("hub-session", cookie)
                case "suspension":
                    await registry.move(admin, person.username, PersonState.SUSPENDED)
                    await registry.move(admin, person.username, PersonState.ACTIVE)
            assert "password" in (await browser.open(ACCOUNT)).fields, how
            assert "current" not in (await browser.open(ACCOUNT)).fields, how


async def test_link_lets_an_officer_choose_password_and_second_factor(
    server: Server, admin: AsyncEngine
) -> None:
    person = await registry.add(
        admin,
        NewPerson(f"officer-{time.time_ns()}", Role.OFFICER, Bounds(departments=("nt-rsj",))),
    )
    address = invitations.PATH + await registry.invite(admin, person.username)
    async with visitor(server.url) as browser:
        page = await browser.open(address)
        assert (page.status, "<svg" in page.text, "otpauth://" in page.text) == (200, True, True)
        secret = page.text.split("secret=")[1].split("&")[0]
        sealed = {"totp": page.fields["totp"]}
        chosen = {"password": PASSWORD, "again": PASSWORD}
        good = code_of(secret)

        weak = await browser.send(
            address, page, password="short", again="short", code=good, **sealed
        )
        differing = await browser.send(
            address, page, password=PASSWORD, again="another", code=good, **sealed
        )
        wrong = await browser.send(address, page, **chosen, code="000000", **sealed)
        bare = await browser.send(address, page, **chosen)
        taken = await browser.send(address, page, **chosen, code=code_of(secret), **sealed)
        again = await browser.send(address, page, **chosen, code=good, **sealed)

    statuses = [answer.status for answer in (weak, differing, wrong, bare, taken, again)]
    assert statuses == [400, 400, 400, 400, 200, 404]
    await _signs_in_with_codes(server, person, secret)


async def test_link_is_used_once_by_two_at_once(server: Server, admin: AsyncEngine) -> None:
    person = await operator(admin)
    address = invitations.PATH + await registry.invite(admin, person.username)
    async with visitor(server.url) as browser:
        page = await browser.open(address)
        fields = {"password": "five loud cranes fly", "again": "five loud cranes fly"}
        answers = await asyncio.gather(*(browser.send(address, page, **fields) for _ in range(6)))

    assert Counter(answer.status for answer in answers) == {200: 1, 404: 5}


async def test_new_link_ends_the_one_before(server: Server, admin: AsyncEngine) -> None:
    person = await operator(admin)
    first, second = [
        invitations.PATH + await registry.invite(admin, person.username) for _ in range(2)
    ]
    async with visitor(server.url) as browser:
        found = [(await browser.open(link)).status for link in (first, second)]

    assert found == [404, 200]


async def test_account_shows_and_ends_apps(
    server: Server, http: httpx.AsyncClient, register: Registrar, admin: AsyncEngine
) -> None:
    app = await public_app(register, server.issuer, name_en="An app to be ended")
    person, other = await operator(admin), await operator(admin)
    async with visitor(server.url) as browser, visitor(server.url) as foreign:
        code = (await browser.approve(app.address(), person.username))["code"]
        token = (await http.post("/oauth/token", data=app.exchange(code))).json()["access_token"]
        page = await browser.open(ACCOUNT, **{"Accept-Language": "en"})
        family = page.fields["revoke"]

        elsewhere = await foreign.sign_in(ACCOUNT, other.username)
        await foreign.send(ACCOUNT, elsewhere, revoke=family)
        held = await http.get("/whoami", headers=bearer(token))
        ended = await browser.send(ACCOUNT, page, revoke=family)

    assert "An app to be ended" in page.text
    assert held.status_code == 200
    assert (ended.status, "revoke" in ended.fields) == (200, False)
    assert await _until(http, token, 401)


async def test_new_password_ends_other_sessions_and_keeps_this_one(
    server: Server, admin: AsyncEngine
) -> None:
    person = await operator(admin)
    async with visitor(server.url) as here, visitor(server.url) as there:
        page = await here.sign_in(ACCOUNT, person.username)
        await there.sign_in(ACCOUNT, person.username)
        new = "five loud cranes fly"
        wrong = await here.send(ACCOUNT, page, change="yes", current="wrong", password=new)
        weak = await here.send(ACCOUNT, page, change="yes", current=PASSWORD, password="short")
        done = await here.send(ACCOUNT, page, change="yes", current=PASSWORD, password=new)

        assert [answer.status for answer in (wrong, weak, done)] == [400, 400, 200]
        assert "current" in (await here.open(ACCOUNT)).fields
        assert "current" not in (await there.open(ACCOUNT)).fields


async def test_second_factor_is_asked_for_from_then_on(server: Server, admin: AsyncEngine) -> None:
    person = await operator(admin)
    async with visitor(server.url) as browser:
        page = await browser.sign_in(ACCOUNT, person.username)
        secret = page.text.split("secret=")[1].split("&")[0]
        fields = {"enrol": "yes", "totp": page.fields["totp"]}
        wrong = await browser.send(ACCOUNT, page, code="000000", **fields)
        taken = await browser.send(ACCOUNT, page, code=code_of(secret), **fields)

    assert (wrong.status, taken.status) == (400, 200)
    await _signs_in_with_codes(server, person, secret)


async def test_five_wrong_codes_lead_back_to_the_password(
    server: Server, admin: AsyncEngine
) -> None:
    person = await operator(admin)
    async with visitor(server.url) as browser:
        page = await browser.sign_in(ACCOUNT, person.username)
        secret = page.text.split("secret=")[1].split("&")[0]
        await browser.send(
            ACCOUNT, page, code=code_of(secret), enrol="yes", totp=page.fields["totp"]
        )
    async with visitor(server.url) as browser:
        page = await browser.sign_in(ACCOUNT, person.username)
        for _ in range(5):
            page = await browser.send(ACCOUNT, page, code="000000")
        late = await browser.send(ACCOUNT, page, code=code_of(secret, 1))

        assert "password" in page.fields
        assert "password" in late.fields


async def _signs_in_with_codes(server: Server, person: Person, secret: str) -> None:
    """A code is asked for, the one that enrolled is used up, the next serves once."""
    async with visitor(server.url) as browser:
        page = await browser.sign_in(ACCOUNT, person.username)
        assert "password" not in page.fields
        following = code_of(secret, 1)
        wrong = await browser.send(ACCOUNT, page, code="000000")
        right = await browser.send(ACCOUNT, page, code=following)
        assert (wrong.status, right.status) == (403, 303)
        assert "current" in (await browser.open(ACCOUNT)).fields
    async with visitor(server.url) as replaying:
        page = await replaying.sign_in(ACCOUNT, person.username)
        assert (await replaying.send(ACCOUNT, page, code=following)).status == 403


async def _shift(admin: AsyncEngine, person: Person, change: str) -> None:
    async with admin.begin() as connection:
        await connection.exec_driver_sql(
            f"UPDATE identity.session SET {change} WHERE person_id = $1", (person.id,)
        )


async def _until(http: httpx.AsyncClient, token: str, status: int) -> bool:
    for _ in range(50):
        if (await http.get("/whoami", headers=bearer(token))).status_code == status:
            return True
        await asyncio.sleep(0.02)
    return False
