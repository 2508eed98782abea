"""A room that exists in tests only, with what the model offers and no real room uses yet.

Its tables stand in a MetaData of their own, so that nothing of it is taken for the hub's.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ColumnElement, MetaData, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.access import Caller, Group, Reason, Row, everyone, rule
from hub.model.codes import FieldGroup
from hub.model.entity import Entity
from hub.model.field import edge, edges, field

READ, MORE, PERSON = "lab:read", "lab:read.more", "lab:read.person"

METADATA = MetaData()


@rule(Reason.CONSENT, "the box's owner's leave")
def opened(row: Row, caller: Caller) -> ColumnElement[bool]:  # the form of a rule
    """What is in a box may be known where the box is open."""
    is_open: ColumnElement[bool] = row.is_open
    return is_open


KEPT = Group(FieldGroup.BASIC, PERSON, everyone)


class Shelf(Entity, room="lab", schema="lab", scope=READ, plural="shelves", zh="架"):
    """Where boxes stand."""

    metadata = METADATA

    name: Mapped[str] = field(doc="Name.", zh="名称", sort=True)
    boxes = edges("lab.Box", by="shelf", doc="Boxes on it.", zh="箱")


class Keeper(Entity, room="lab", schema="lab", group=KEPT, subject="id", plural="keepers", zh="人"):
    """A person whose boxes they are."""

    metadata = METADATA

    name: Mapped[str] = field(doc="Name.", zh="姓名")


class Box(Entity, room="lab", schema="lab", scope=READ, plural="boxes", zh="箱"):
    """A box whose content is told box by box."""

    metadata = METADATA

    weight: Mapped[Decimal | None] = field(
        doc="Weight.", zh="重量", filter=True, sort=True, type_=Numeric()
    )
    content: Mapped[str | None] = field(
        doc="What is in it.", zh="内容", filter=True, search=True, release=opened
    )
    price: Mapped[int] = field(doc="Price.", zh="价格", scope=MORE, filter=True, sort=True)
    is_open: Mapped[bool] = mapped_column()

    shelf = edge("lab.Shelf", doc="Where it stands.", zh="所在架")
    keeper = edge("lab.Keeper", required=False, filter=True, doc="Whose it is.", zh="所有人")
