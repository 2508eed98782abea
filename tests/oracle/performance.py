"""The operation over the real rows: the data, and what is withheld row by row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLSchema, get_named_type

from tests.oracle import filters, met, places, promises, together, told
from tests.oracle.memory import Memory, Row, opened, type_of
from tests.oracle.moves import MOVES
from tests.oracle.notes import Arguments, Entry, Forbidden, Info, Listed, Notes
from tests.oracle.pages import place
from tests.oracle.rehearsal import LARGEST_PAGE
from tests.oracle.rules import Rules
from tests.oracle.shapes import GROUPS, HIDING, LINKS, NOUNS, SEALED, column, snake
from tests.oracle.values import shown

FEW = 10
"""So many persons, or less, are named in the ledger when they are counted."""

READS = {
    "Commitment": promises.commitments,
    "Disclosure": told.disclosures,
    "Policy": promises.policies,
    "PolicyVersion": promises.versions,
    "Reservation": places.reservations,
    "Workspace": places.workspaces,
}
COMPUTED = {**met.COMPUTED, **places.COMPUTED, **promises.COMPUTED, **together.COMPUTED}


class Performance:
    """Resolvers over the rows in memory."""

    def __init__(self, schema: GraphQLSchema, rules: Rules, memory: Memory) -> None:
        self.schema = schema
        self.rules = rules
        self.memory = memory
        self.notes = Notes()

    def list_root(self, noun: str, _info: Info, arguments: Arguments) -> Listed | None:
        self._require(noun)
        if self.rules.never(self.rules.of_rows(noun)):
            return None
        own = READS.get(noun)
        rows = [
            promises.with_said(noun, row, arguments)
            for row in self.memory.rows[noun]
            if own is None or own(self.memory, row, arguments)
        ]
        return self._listed(noun, rows, arguments)

    def look_up(self, noun: str, info: Info, keys: Arguments) -> Entry | None:
        self._require(noun)
        rules = self.rules.of_rows(noun)
        if self.rules.never(rules):
            return None
        ((name, value),) = ((name, value) for name, value in keys.items() if value is not None)
        key = opened(noun, value) if name == "id" else value
        row = self.memory.one(noun, snake(name), key)
        if row is not None and self.rules.failing(rules, row) is None:
            return self.shown(Entry(noun, row))
        self._absent(noun, info, key)
        return None

    def node(self, info: Info, given: str) -> Entry | None:
        noun = type_of(given)
        return self.look_up(noun, info, {"id": given}) if noun in NOUNS else None

    def nodes(self, info: Info, given: list[str]) -> list[Entry | None]:
        for noun in {type_of(one) for one in given} & NOUNS.keys():
            self._require(noun)
        return [self._node(type_of(one), one, info) for one in given]

    def _node(self, noun: str, given: str, info: Info) -> Entry | None:
        if noun not in NOUNS or self.rules.never(self.rules.of_rows(noun)):
            return None
        key = opened(noun, given)
        found = self._if_seen(noun, self.memory.one(noun, "id", key))
        if found is None:
            self._absent(noun, info, key, "*")
        return found

    def value(self, entry: Entry, info: Info) -> Any:
        name = info.field_name
        if not self._allowed(entry, info):
            return None
        if name == "id":
            return f"{entry.noun}:{entry.row['id']}"
        if name == "availableTransitions":
            codes = get_named_type(info.return_type)
            assert isinstance(codes, GraphQLEnumType)
            states = list(codes.values)
            return sorted(MOVES[entry.noun].get(entry.row["state"], ()), key=states.index)
        if (entry.noun, name) in COMPUTED:
            return COMPUTED[entry.noun, name](self.memory, entry.row)
        periods = {"Reservation": "period", "Block": "period", "ReservationSeries": "first_period"}
        if entry.noun in periods and name in ("from", "until"):
            period = entry.row[periods[entry.noun]]
            return shown("DateTime", period.lower if name == "from" else period.upper)
        stored = entry.row[column(entry.noun, name)]
        sealed = SEALED.get((entry.noun, name))
        if sealed and stored is not None:
            return f"<{sealed}:{stored}>"
        return shown(get_named_type(info.return_type).name, stored)

    def to_one(self, entry: Entry, info: Info) -> Entry | None:
        link = LINKS[entry.noun, info.field_name]
        if not self._open(entry, info, link.target):
            return None
        row = self.memory.one(link.target, link.theirs, entry.row[link.ours])
        return self._if_seen(link.target, row)

    def to_many(self, entry: Entry, info: Info, arguments: Arguments) -> Listed | None:
        link = LINKS[entry.noun, info.field_name]
        if not self._open(entry, info, link.target):
            return None
        name, own = info.field_name, entry.row
        rows = [
            row
            for row in self.memory.where(link.target, link.theirs, own[link.ours])
            if promises.among(entry.noun, name, self.memory, own, row)
        ]
        return self._listed(link.target, rows, arguments)

    def shown(self, entry: Entry) -> Entry:
        """The entry, of which something reaches the caller."""
        subject = NOUNS[entry.noun].subject
        if subject:
            self.notes.read[entry.noun].add(entry.row[subject])
        return entry

    # Rows

    def _listed(self, noun: str, rows: list[Row], arguments: Arguments) -> Listed:
        """The page of those rows that the caller may see and that pass the filter."""
        kind = self.schema.type_map[noun]
        assert isinstance(kind, GraphQLObjectType)
        asked = arguments.get("filter")
        rules = self.rules.of_rows(noun)
        looked_at = filters.fields(kind, asked)
        for field in looked_at:
            rules = rules + self.rules.of_field(noun, field)
        found = [
            row
            for row in rows
            if self.rules.failing(rules, row) is None
            and filters.holds(kind, row, asked)
            and all(self._behind_is_known(noun, field, row) for field in looked_at)
        ]
        page = place(kind, arguments, LARGEST_PAGE).page(found)
        few = tuple(Entry(noun, row) for row in found) if len(found) <= FEW else ()
        return Listed(tuple(Entry(noun, row) for row in page.rows), page, few)

    def _behind_is_known(self, noun: str, field: str, row: Row) -> bool:
        """Whether the row behind an edge is seen, or there is none; of a value, always."""
        link = LINKS.get((noun, field))
        if link is None or link.target not in HIDING or row[link.ours] is None:
            return True
        found = self.memory.one(link.target, link.theirs, row[link.ours])
        return found is not None and self.rules.sees(link.target, found)

    def _if_seen(self, noun: str, row: Row | None) -> Entry | None:
        if row is None or self.rules.failing(self.rules.of_rows(noun), row):
            return None
        return self.shown(Entry(noun, row))

    # Access

    def _require(self, noun: str) -> None:
        if NOUNS[noun].scope not in self.rules.grant.scopes:
            raise Forbidden

    def _open(self, entry: Entry, info: Info, target: str) -> bool:
        if not self._allowed(entry, info):
            return False
        if NOUNS[target].scope not in self.rules.grant.scopes:
            self._refused(entry, info, "SCOPE")
            return False
        if never := self.rules.never(self.rules.of_rows(target)):
            self._refused(entry, info, never.reason)
            return False
        return True

    def _refused(self, entry: Entry, info: Info, reason: str) -> None:
        """A group of a person who is shown was withheld."""
        group, subject = GROUPS.get((entry.noun, info.field_name)), NOUNS[entry.noun].subject
        if group and subject:
            self.notes.refused[entry.noun, group, reason].add(entry.row[subject])

    def _allowed(self, entry: Entry, info: Info) -> bool:
        """Whether the field of this row is released; what is not depends on the row is noted."""
        rules = self.rules.of_field(entry.noun, info.field_name)
        if never := self.rules.never(rules):
            self._refused(entry, info, never.reason)
            return False
        failing = self.rules.failing(rules, entry.row)
        if failing is None:
            return True
        noted = self.notes.withhold(info, failing, counted=failing.per_row)
        if failing.per_row:
            noted.add(entry.row["id"])
        group = GROUPS.get((entry.noun, info.field_name))
        if group:
            subject = NOUNS[entry.noun].subject or "id"
            self.notes.refused[entry.noun, group, failing.reason].add(entry.row[subject])
        return False

    def _absent(self, noun: str, info: Info, key: UUID | None, *below: str) -> None:
        """Who asks for a person and is shown none hears why, whether or not she exists."""
        rule = self.rules.absent(noun)
        if rule is None or key is None:
            return
        noted = self.notes.withhold(info, rule, *below, counted=rule.per_row)
        if rule.per_row:
            noted.add(key)
        group = NOUNS[noun].group
        if group:
            self.notes.refused[noun, group, rule.reason].add(self.rules.whose(noun, key))
