"""What an administrator says about somebody who shall sign in, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.identity.clients.enrol import Bounds
from hub.identity.people.roles import Role
from hub.kit.user_errors import Invalid

LONGEST = 255
"""Characters by which another provider may name somebody."""

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,62}")

MEMBERS = {"parks": "parkIds", "departments": "departments", "talent": "talentId"}
"""Bound that a role needs -> its name in the API."""


@dataclass(frozen=True)
class NewPerson:
    """Who shall be able to sign in, as what, and whose data she may touch."""

    username: str
    role: Role
    bounds: Bounds = field(default_factory=Bounds)
    synthetic: bool = False
    city_subject: str | None = None

    def checked(self) -> NewPerson:
        """Itself, or Invalid."""
        for fault in self._faults():
            raise fault
        return self

    def _faults(self) -> Iterator[Invalid]:
        if not USERNAME.fullmatch(self.username):
            yield Invalid(
                f"{self.username!r} cannot be a user name.",
                zh=f"{self.username!r} 不能用作登录名",
                next_step="Use 2 to 63 lower-case letters, digits, dots and hyphens, a letter "
                "first.",
                field=("username",),
            )
        yield from misnamed(self.city_subject)
        yield from unbound(self.role, self.bounds.columns())


def unbound(role: Role, bounds: Mapping[str, Any]) -> Iterator[Invalid]:
    """The refusal of a role without the bound that it needs: she would see or change nothing."""
    needs = role.rights.needs
    if needs is None or bounds[needs]:
        return
    yield Invalid(
        f"A person of the role {role} needs the bound {needs}.",
        zh=f"角色“{role.zh}”须有管辖范围 {MEMBERS[needs]}",
        next_step=f"Give {MEMBERS[needs]}; at the command line --{needs.removesuffix('s')}.",
        field=("bounds", MEMBERS[needs]),
    )


def misnamed(city_subject: str | None) -> Iterator[Invalid]:
    """The refusal of what the city's provider can call nobody."""
    if city_subject is None or (0 < len(city_subject) <= LONGEST and city_subject.isprintable()):
        return
    yield Invalid(
        f"citySubject must have 1 to {LONGEST} printable characters.",
        zh=f"citySubject 须为 1 至 {LONGEST} 个可显示字符",
        field=("citySubject",),
    )


def taken(username: str = "") -> Invalid:
    """The refusal of a name that somebody else has."""
    return Invalid(
        f"There is somebody called {username or 'so'} already.",
        zh="该登录名已被使用",
        next_step="Choose another name, or look at that person.",
        field=("username",),
    )


def linked_already() -> Invalid:
    """The refusal of a name at the city's provider that another person here has."""
    return Invalid(
        "Somebody else is linked to this citySubject already.",
        zh="该城市统一身份已关联其他人员",
        next_step="Take it from her first, or check it.",
        field=("citySubject",),
    )


VIOLATIONS = {"uq_person_username": taken, "uq_person_city_subject": linked_already}
"""What a broken constraint means."""
