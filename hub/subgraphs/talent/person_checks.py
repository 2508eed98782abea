"""What is tested of a person's data before it is stored (handbook, section 3).

A refusal says what is wrong and never repeats what was sent: it may be right for somebody else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date

from hub.kit.checks import ResidentFault, email_valid, phone_valid, resident_fault
from hub.kit.user_errors import Invalid
from hub.subgraphs.talent.rules import IdentityType

NAME = 200
MANY = 20
AHEAD = 10
"""Years that a graduation may lie ahead."""
RESIDENT = {
    ResidentFault.FORM: (
        "A resident identity number has 18 characters: a province, 15 more digits and a digit or X",
        "居民身份证号码须为 18 位:以省级代码开头,前 17 位为数字,末位为数字或 X",
    ),
    ResidentFault.BIRTH_DATE: (
        "Characters 7 to 14 are no possible date of birth",
        "第 7 至 14 位不是有效的出生日期",
    ),
    ResidentFault.CHECK_CHARACTER: (
        "The last character does not fit the others (ISO 7064 MOD 11-2)",
        "校验码(末位)不正确(ISO 7064 MOD 11-2)",
    ),
}
_DOCUMENT = re.compile("[A-Z0-9]{5,20}")
_ISSUED_BY = {"81": "HK", "82": "MO", "83": "TW"}
_MARKS = "·•."
"""What stands between the parts of a long name in Chinese script."""


def refused(message: str, zh: str, field: str) -> Invalid:
    return Invalid(f"{message}.", zh=zh, field=(field,))


def check_document(kind: IdentityType, number: str, today: date) -> str | None:
    """Raise Invalid unless it can be the number of such a document; who issued it, where it says.

    Resident numbers are tested in full; of other documents no check is published that all keep.
    """
    resident = kind in (IdentityType.RIC, IdentityType.HMT_RESIDENCE)
    if resident and (fault := resident_fault(number, today)):
        raise refused(*RESIDENT[fault], "identityNumber")
    if kind is IdentityType.HMT_RESIDENCE and number[:2] not in _ISSUED_BY:
        raise refused(
            "The number of such a residence permit begins with 81, 82 or 83",
            "港澳台居民居住证号码须以 81、82 或 83 开头",
            "identityNumber",
        )
    if not resident and _DOCUMENT.fullmatch(number) is None:
        raise refused(
            "The number of a document has 5 to 20 letters and digits",
            "证件号码须为 5 至 20 位字母或数字",
            "identityNumber",
        )
    if kind is IdentityType.HMT_RESIDENCE:
        return _ISSUED_BY[number[:2]]
    return "CN" if kind is IdentityType.RIC else None


def check_territory(code: str, field: str) -> None:
    if re.fullmatch("[A-Z]{2}", code) is None:
        raise refused(
            "A territory is two capital letters, as ISO 3166-1 has them",
            "国家和地区代码须为 ISO 3166-1 两位大写字母",
            field,
        )


def check_phone(number: str) -> None:
    if not phone_valid(number):
        raise refused(
            "A phone number is +, country code and digits, 7 to 15 in all (E.164)",
            "电话须为 E.164 格式:+、国家代码及号码,共 7 至 15 位数字",
            "phone",
        )


def check_email(address: str) -> None:
    if not email_valid(address):
        raise refused("It is no e-mail address", "电子邮箱格式不正确", "email")


def check_name(name: str, field: str, letters: Callable[[str], bool] | None = None) -> None:
    """Raise Invalid for a name that is empty, too long, not printed or in another script."""
    if not name.strip() or len(name) > NAME or not name.isprintable():
        raise refused(
            f"A name has 1 to {NAME} characters, all of them printed",
            f"姓名须为 1 至 {NAME} 个可显示字符",
            field,
        )
    if letters is not None and not all(map(letters, name)):
        script, zh = ("Chinese", "汉字") if letters is chinese else ("Latin", "拉丁字母")
        raise refused(f"It is written in {script} script", f"须使用{zh}书写", field)


def chinese(letter: str) -> bool:
    """Whether a character may stand in a name in Chinese script."""
    return letter in _MARKS or unicodedata.name(letter, "").startswith("CJK UNIFIED")


def latin(letter: str) -> bool:
    """Whether a character may stand in a name in Latin script; accents may be apart."""
    name = unicodedata.name(letter, "")
    return letter in " '’-." or name.startswith(("LATIN", "COMBINING"))


def check_codes(values: Sequence[str], form: str, field: str, what: tuple[str, str]) -> None:
    """Raise Invalid unless there are few enough, each of the form."""
    if len(values) > MANY or any(re.fullmatch(form, value) is None for value in values):
        english, zh = what
        raise refused(f"At most {MANY} {english}", f"至多 {MANY} 个{zh}", field)


def check_days(returned: date | None, graduated: date | None, today: date) -> None:
    if returned and returned > today:
        raise refused("The day of return lies ahead", "回国日期不得晚于今日", "returnedOn")
    if graduated and graduated.year > today.year + AHEAD:
        raise refused(
            f"The graduation lies more than {AHEAD} years ahead",
            f"毕业日期不得晚于 {AHEAD} 年后",
            "graduatedOn",
        )
