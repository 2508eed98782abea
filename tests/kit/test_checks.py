"""Check characters of Chinese identifiers, where known packages go wrong."""

from __future__ import annotations

from datetime import date

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from hub.kit.checks import (
    USCC_LETTERS,
    ResidentFault,
    email_valid,
    organisation_check,
    phone_valid,
    resident_check,
    resident_fault,
    resident_valid,
    uscc_check,
    uscc_valid,
)

TODAY = date(2026, 1, 1)
USCCS = {
    "91110000600037341L": True,
    "91110000600037342L": False,  # the last check character
    "9132060000000001XR": False,  # the inner one, which python-stdnum does not test
    "91110000600037341l": False,  # lower case
    "91110000600037341": False,  # too short
    "9111000060003734IL": False,  # a letter that is not used
    "": False,
}


@pytest.mark.parametrize(("code", "valid"), USCCS.items())
def test_unified_social_credit_code(code: str, valid: bool) -> None:
    assert uscc_valid(code) is valid


@given(st.text(alphabet=USCC_LETTERS.replace("I", ""), min_size=8, max_size=8))
def test_uscc_made_with_both_check_characters_is_valid(body: str) -> None:
    head = f"91320699{body}{organisation_check(body)}"
    assert uscc_valid(head + uscc_check(head))


async def test_database_judges_as_python_does(owner_url: str) -> None:
    numbers = [f"{number:08d}" for number in range(0, 90_000_000, 999_983)]
    heads = [f"A1320699{number}{organisation_check(number)}" for number in numbers]
    right = [head + uscc_check(head) for head in heads]
    wrong = [head + "01"[uscc_check(head) == "0"] for head in heads]
    codes = [*USCCS, *right, *wrong]
    opened = await asyncpg.connect(owner_url)
    try:
        rows = await opened.fetch(
            "SELECT hub_uscc_valid(c) AS valid FROM unnest($1::text[]) c", codes
        )
    finally:
        await opened.close()
    assert [row["valid"] for row in rows] == [uscc_valid(code) for code in codes]


@given(st.text(alphabet="0123456789", min_size=17, max_size=17))
def test_resident_check_character_is_iso_7064(body: str) -> None:
    assert mod_11_2.is_valid(body + resident_check(body))


@pytest.mark.parametrize("county", ["320612", "320613", "320682", "320699", "310115", "810000"])
def test_resident_number_of_any_county_is_valid(county: str) -> None:
    body = f"{county}19900230123".replace("0230", "0228")
    assert resident_valid(body + resident_check(body), TODAY)


@pytest.mark.parametrize(
    "body",
    [
        "32061219900230123",  # no such day
        "32061220990101123",  # in the future
        "32061218800101123",  # too old
        "99061219900101123",  # no such province
    ],
)
def test_resident_number_that_cannot_be_is_invalid(body: str) -> None:
    assert not resident_valid(body + resident_check(body), TODAY)


def test_resident_number_with_a_wrong_check_character_is_invalid() -> None:
    body = "32061319900101123"
    right = resident_check(body)
    assert not resident_valid(body + ("0" if right != "0" else "1"), TODAY)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("+8612000000042", True),
        ("+6561234567", True),
        ("+1234567", True),  # seven digits
        ("+123456", False),
        ("+123456789012345", True),  # fifteen
        ("+1234567890123456", False),
        ("+0612345678", False),
        ("8612000000042", False),
        ("+86 120 0000 0042", False),
        ("+8612000000042\n", False),
        ("", False),
    ],
)
def test_phone_number_of_e164(number: str, valid: bool) -> None:
    assert phone_valid(number) is valid


@pytest.mark.parametrize(
    ("address", "valid"),
    [
        ("a@example.org", True),
        ("first.last+tag@mail.example.co.uk", True),
        (f"{'x' * 64}@example.org", True),
        (f"{'x' * 65}@example.org", False),
        (f"a@{'x' * 63}.org", True),
        (f"a@{'x' * 64}.org", False),
        (f"a@{'.'.join(['x' * 60] * 5)}.org", False),  # 308 characters
        ("a@localhost", False),
        ("a@example.o", False),
        ("a b@example.org", False),
        ("@example.org", False),
        ("a@example.org\n", False),
        ("", False),
    ],
)
def test_email_address_of_the_everyday_form(address: str, valid: bool) -> None:
    assert email_valid(address) is valid


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("32069919900228123", ResidentFault.FORM),
        ("99069919900228123X", ResidentFault.FORM),
        ("32069919900228123x", ResidentFault.FORM),
        ("320699199002301230", ResidentFault.BIRTH_DATE),
        ("320699209002281230", ResidentFault.BIRTH_DATE),
        ("320699179002281230", ResidentFault.BIRTH_DATE),
    ],
)
def test_fault_of_a_resident_number_is_named(number: str, fault: ResidentFault) -> None:
    assert resident_fault(number, TODAY) is fault


def test_a_wrong_check_character_is_told_from_a_right_one() -> None:
    body = "32069919900228123"
    right = resident_check(body)
    found = {last: resident_fault(body + last, TODAY) for last in "0123456789X"}
    assert {last for last, fault in found.items() if fault is None} == {right}
    assert {found[last] for last in found if last != right} == {ResidentFault.CHECK_CHARACTER}
