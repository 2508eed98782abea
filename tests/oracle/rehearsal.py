"""The operation over invented rows, one wherever there can be any.

It finds what does not depend on the data: faults in the arguments, what is withheld from this
caller whatever the rows are, and which field groups the operation asks for.
"""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_list_type,
)

from tests.oracle import filters
from tests.oracle.memory import opened, type_of
from tests.oracle.notes import Arguments, Entry, Info, Listed, Notes
from tests.oracle.pages import Refused, place
from tests.oracle.rules import Rule, Rules
from tests.oracle.shapes import GROUPS, HIDING, LINKS, NOUNS

LARGEST_PAGE = 100
MOST_IDS = 100


class Rehearsal:
    """Resolvers over invented rows."""

    def __init__(self, schema: GraphQLSchema, rules: Rules) -> None:
        self.schema = schema
        self.rules = rules
        self.notes = Notes()

    def list_root(self, noun: str, info: Info, arguments: Arguments) -> Listed:
        shut = self._shut_root(noun, info)
        if not shut:
            self._emptied(noun, info)
        return self._listed(noun, arguments, shut=shut)

    def look_up(self, noun: str, info: Info, keys: Arguments) -> Entry:
        given = [value for value in keys.values() if value is not None]
        if len(given) != 1:
            raise Refused("BAD_USER_INPUT")
        if NOUNS[noun].scope not in self.rules.grant.scopes:
            self._asked_in_vain(noun, given[0], "SCOPE")
        elif never := self._never(noun):
            self._asked_in_vain(noun, given[0], never.reason)
        return self.shown(Entry(noun, {}, shut=self._shut_root(noun, info)))

    def node(self, info: Info, given: str) -> Entry | None:
        noun = type_of(given)
        return self.look_up(noun, info, {"id": given}) if noun in NOUNS else None

    def nodes(self, info: Info, given: list[str]) -> list[Entry]:
        if len(given) > MOST_IDS:
            raise Refused("BAD_USER_INPUT")
        known = sorted({type_of(one) for one in given} & NOUNS.keys())
        missing = [noun for noun in known if NOUNS[noun].scope not in self.rules.grant.scopes]
        for noun in missing[:1] or known:
            never = None if missing else self._never(noun)
            if never:
                self.notes.withhold(info, never, "*")
            for one in given if missing or never else ():
                self._asked_in_vain(noun, one, never.reason if never else "SCOPE")
        denied = bool(missing)
        return [
            self.shown(Entry(noun, {}, shut=denied or self._never(noun) is not None))
            for noun in known
        ]

    def value(self, entry: Entry, info: Info) -> Any:
        self._shut(entry, info)
        return invented(info.return_type)

    def to_one(self, entry: Entry, info: Info) -> Entry:
        target = LINKS[entry.noun, info.field_name].target
        return self.shown(Entry(target, {}, shut=self._shut(entry, info, target)))

    def to_many(self, entry: Entry, info: Info, arguments: Arguments) -> Listed:
        target = LINKS[entry.noun, info.field_name].target
        shut = self._shut(entry, info, target)
        group = GROUPS.get((entry.noun, info.field_name))
        if not shut and (group is None or group != NOUNS[target].group):
            self._emptied(target, info)  # else the field itself says so
        return self._listed(target, arguments, shut=shut)

    def shown(self, entry: Entry) -> Entry:
        """The entry, of which something reaches the caller."""
        noun = NOUNS[entry.noun]
        if noun.group and not entry.shut:
            self.notes.groups[entry.noun].add(noun.group)
        return entry

    def _emptied(self, noun: str, info: Info) -> None:
        """A list whose rows are all withheld for one reason says so."""
        alike = (r for r in self.rules.of_rows(noun) if not r.per_row and not r.never)
        for rule in alike:
            if not rule.holds({}):
                self.notes.withhold(info, rule)
                return

    def _listed(self, noun: str, arguments: Arguments, *, shut: bool) -> Listed:
        kind = self.schema.type_map[noun]
        assert isinstance(kind, GraphQLObjectType)
        place(kind, arguments, LARGEST_PAGE)
        for field in filters.fields(kind, arguments.get("filter")):
            if shut:
                continue
            if self.rules.never(self.rules.of_field(noun, field)) or self._never_behind(
                noun, field
            ):
                raise Refused("FORBIDDEN")
        invented = Entry(noun, {}, shut)
        return Listed((invented,), few=(invented,))

    def _never_behind(self, noun: str, field: str) -> bool:
        """Whether no row behind an edge can be known of, where some may be hidden from somebody."""
        link = LINKS.get((noun, field))
        if link is None or link.target not in HIDING:
            return False
        missing = self._missing_scope(link.target) if NOUNS[link.target].group else None
        return bool(missing or self._never(link.target))

    def _shut_root(self, noun: str, info: Info) -> bool:
        """A missing scope is an error of its own at the root; any other reason is noted."""
        if NOUNS[noun].scope not in self.rules.grant.scopes:
            return True
        never = self._never(noun)
        if never:
            self.notes.withhold(info, never)
        return never is not None

    def _shut(self, entry: Entry, info: Info, target: str | None = None) -> bool:
        """Whether a field is withheld from every row; noted unless the row itself is shut."""
        if entry.shut:
            return True
        never = self.rules.never(self.rules.of_field(entry.noun, info.field_name))
        group = GROUPS.get((entry.noun, info.field_name))
        if never is None and target is not None:
            never = self._missing_scope(target) or self._never(target)
        if never:
            self.notes.withhold(info, never)
        elif group:
            self.notes.groups[entry.noun].add(group)
        return never is not None

    def _asked_in_vain(self, noun: str, given: str, reason: str) -> None:
        """Who asks for a person and can be told beforehand that there is none leaves a trace."""
        group, key = NOUNS[noun].group, opened(noun, given)
        if group and key:
            self.notes.refused[noun, group, reason].add(self.rules.whose(noun, key))

    def _missing_scope(self, noun: str) -> Rule | None:
        scope = NOUNS[noun].scope
        missing = scope not in self.rules.grant.scopes
        return Rule("SCOPE", never=True, scope=scope) if missing else None

    def _never(self, noun: str) -> Rule | None:
        return self.rules.never(self.rules.of_rows(noun))


def invented(kind: Any) -> Any:
    """Any value of this type."""
    if is_list_type(get_nullable_type(kind)):
        return []
    named = get_named_type(kind)
    if is_enum_type(named):
        return next(iter(named.values))
    return {"Int": 0, "Boolean": False}.get(named.name, "")
