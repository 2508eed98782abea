"""Clause: one condition, amount, cap or rule of a version, with its exact words."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import edge, field
from hub.model.types import Fen, Json
from hub.subgraphs.policy.rules import Basis, ClauseKind, Scope, published_clause


class Clause(
    Entity, scope=Scope.policy_read, rows=published_clause, plural="clauses", zh="政策条款"
):
    """A clause of a version of a measure.

    Its predicate is a tree of `all`, `any` and comparisons `{fact, op, value, unknownIf?, until?}`;
    `op` is EQ, IN, GTE (by rank), UNDER (a division or below it), WITHIN (a duration that ends at
    `until`) or SAME_YEAR. A fact that is missing, or a value that `unknownIf` lists, makes it
    unknown and not false: the document gives no answer there.
    """

    __table_args__ = (
        UniqueConstraint("version_key", "key"),
        UniqueConstraint("version_key", "position"),
        CheckConstraint("amount_fen >= 0", name="amount_not_negative"),
        CheckConstraint(
            "(amount_fen IS NOT NULL) = (kind IN ('TIER', 'CAP', 'FLOOR'))", name="amount_by_kind"
        ),
        CheckConstraint(
            "(quote_zh IS NULL) = (basis = 'DESIGN_ASSUMPTION')", name="quoted_unless_assumed"
        ),
    )

    key: Mapped[str] = field(doc="Key within the version.", zh="条款标识", filter=True)
    position: Mapped[int] = field(doc="Place in the version, from 1.", zh="序号", sort=True)
    kind: Mapped[ClauseKind] = field(doc="What it does.", zh="条款类型", filter=True)
    basis: Mapped[Basis] = field(
        doc="Whether the document says so or the hub assumes it.", zh="依据", filter=True
    )
    text_zh: Mapped[str] = field(doc="What it says, in Chinese.", zh="中文内容")
    text_en: Mapped[str] = field(doc="What it says, in English.", zh="英文内容")
    quote_zh: Mapped[str | None] = field(
        doc="The exact words of the document; null for an assumption of the hub.",
        zh="原文(平台假设时为空)",
    )
    predicate: Mapped[Json | None] = field(
        doc="When it holds; null where that is not for a computer to say.", zh="判断条件"
    )
    amount_fen: Mapped[Fen | None] = field(
        doc="Amount in fen of a tier, a cap or a floor.", zh="金额(分)", filter=True
    )
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")

    policy_version = edge(
        "PolicyVersion",
        by="key",
        column="version_key",
        filter=True,
        doc="The version that it is part of.",
        zh="所属版本",
    )
