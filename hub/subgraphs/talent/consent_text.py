"""What a person is told before she consents (Personal Information Protection Law, article 23).

Who receives, how that side is reached, what for, in which manner, which kinds of data; that she may
withdraw, and that nothing hangs on her saying yes. What was said is kept with the consent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hub.model.action import Record
from hub.model.codes import FieldGroup, PurposeCode

ZH = (
    "南通市拟通过区域人才数据枢纽,以对方系统在线查询的方式,将您的{groups}提供给{name}"
    "(联系方式:{contacts}),仅用于“{purpose}”。有效期自{since}起,至{until}止(不含当日)。"
    "您可以随时撤回,撤回后对方不能再读取;您也可以查询谁读取过您的信息。"
    "不同意不影响您办理其他事项。"
)
EN = (
    "Nantong will let {name} (contact: {contacts}) read the following of your data through the"
    " regional talent data hub, by queries of its system, for this purpose alone: {purpose}"
    " Data: {groups} From {since} until {until}, that day not included."
    " You may withdraw at any time; from then on nothing can be read. You may look up who has read"
    " your data. Nothing else that you ask of the city depends on your consent."
)
NO_CONTACT = "—"


def told(
    city: Record, purpose: PurposeCode, groups: Sequence[FieldGroup], since: date, until: date
) -> tuple[str, str]:
    """The text in Chinese and in English; `city` has name_zh, name_en and contacts (roles)."""
    contacts = ", ".join(city["contacts"]) or NO_CONTACT
    days = {"since": since.isoformat(), "until": until.isoformat(), "contacts": contacts}
    zh = ZH.format(
        name=city["name_zh"],
        purpose=purpose.zh,
        groups="、".join(group.zh for group in groups),
        **days,
    )
    en = EN.format(
        name=city["name_en"],
        purpose=purpose.doc,
        groups=" ".join(group.doc for group in groups),
        **days,
    )
    return zh, en
