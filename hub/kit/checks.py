"""Check characters of Chinese identifiers (handbook, section 3), for loaders and demo data.

The packages at hand refuse valid numbers or leave a check character untested, so the few lines are
written here. The database tests a unified social credit code by the same rules
(`hub_uscc_valid`).
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(f"[{USCC_LETTERS}]{{2}}[0-9]{{6}}[{USCC_LETTERS}]{{10}}")
_USCC_WEIGHTS = [pow(3, i, 31) for i in range(17)]
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# The first two digits are a province: 71 Taiwan, 81 Hong Kong, 82 Macao, 83 Taiwan's residents.
_RESIDENT = re.compile(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{15}[0-9X]")
_RESIDENT_WEIGHTS = [pow(2, 17 - i, 11) for i in range(17)]
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?=.{4,255}$)([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
OLDEST = 130
"""Years of age above which a birth date is taken for a mistake."""


def organisation_check(body: str) -> str:
    """Check character of the eight characters of an organisation code (GB 11714)."""
    total = sum(int(c, 36) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def uscc_check(body: str) -> str:
    """Check character of the first seventeen characters (GB 32100-2015)."""
    total = sum(USCC_LETTERS.index(c) * w for c, w in zip(body, _USCC_WEIGHTS, strict=True))
    return USCC_LETTERS[-total % 31]


class UsccFault(StrEnum):
    """What is wrong with a unified social credit code; the first that is found."""

    FORM = "FORM"
    ORGANISATION_CODE = "ORGANISATION_CODE"
    CHECK_CHARACTER = "CHECK_CHARACTER"


def uscc_fault(code: str) -> UsccFault | None:
    """Which of form and both check characters is wrong; None where all are right.

    Nothing is corrected: a small letter is a fault of form.
    """
    if _USCC.fullmatch(code) is None:
        return UsccFault.FORM
    if organisation_check(code[8:16]) != code[16]:
        return UsccFault.ORGANISATION_CODE
    return None if uscc_check(code[:17]) == code[17] else UsccFault.CHECK_CHARACTER


def uscc_valid(code: str) -> bool:
    """Whether form and both check characters of a unified social credit code are right."""
    return uscc_fault(code) is None


def resident_check(body: str) -> str:
    """Check character of the first seventeen digits (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(c) * w for c, w in zip(body, _RESIDENT_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


class ResidentFault(StrEnum):
    """What is wrong with a resident identity number; the first that is found."""

    FORM = "FORM"
    BIRTH_DATE = "BIRTH_DATE"
    CHECK_CHARACTER = "CHECK_CHARACTER"


def resident_fault(number: str, today: date) -> ResidentFault | None:
    """Which of form with province, birth date and check character is wrong; None where none is.

    The county is not tested: old codes stay valid for life, and new ones appear.
    """
    if _RESIDENT.fullmatch(number) is None:
        return ResidentFault.FORM
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return ResidentFault.BIRTH_DATE
    if born > today or today.year - born.year > OLDEST:
        return ResidentFault.BIRTH_DATE
    right = resident_check(number[:17]) == number[17]
    return None if right else ResidentFault.CHECK_CHARACTER


def resident_valid(number: str, today: date) -> bool:
    """Whether a resident identity number is right in every part that can be tested."""
    return resident_fault(number, today) is None


def phone_valid(number: str) -> bool:
    """Whether a phone number is written as in E.164: a plus sign, 7 to 15 digits, no zero first."""
    return _PHONE.fullmatch(number) is not None


def email_valid(address: str) -> bool:
    """Whether an e-mail address has the everyday form (RFC 5321: at most 64 and 255 characters).

    Quoted local parts and addresses in other scripts are not taken: few systems deliver to them.
    """
    return _EMAIL.fullmatch(address) is not None
