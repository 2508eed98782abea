"""Closed lists of commitments and of how they are measured (handbook 2.9)."""

from __future__ import annotations

from hub.model.types import Choice


class CommitmentKind(Choice):
    """What kind of promise it is, which decides how its status is derived. 承诺类型"""

    FLOOR = "FLOOR", "No less than the target.", "不少于目标"
    CEILING = "CEILING", "No object above its cap.", "不超过上限"
    COVERAGE = "COVERAGE", "All of a listed set.", "覆盖所列范围"
    PRESENCE = "PRESENCE", "That it exists.", "有无"
    DIRECTION = "DIRECTION", "More than in the period before; no number is given.", "较上期增加"


class CommitmentPeriod(Choice):
    """For which time it is promised. 考核期间"""

    CALENDAR_YEAR = "CALENDAR_YEAR", "Each calendar year.", "自然年"
    FISCAL_YEAR = "FISCAL_YEAR", "Each fiscal year, which is the calendar year.", "财政年度"
    PER_AWARD = "PER_AWARD", "Each award.", "每次资助"
    RECURRING = "RECURRING", "Again and again; how often is not said.", "经常性(频次未定)"
    ONCE = "ONCE", "Once; until when is not said.", "一次性(期限未定)"


class CommitmentValue(Choice):
    """What makes a number of the objects counted. 数值算法"""

    SUM = "SUM", "The sum of their amounts, each 1 unless the metric says more.", "合计"
    MEMBERS = "MEMBERS", "How many of the listed set they cover.", "所列范围的覆盖数"
    GREATEST = "GREATEST", "The greatest of their amounts.", "最大值"
    MEDIAN = "MEDIAN", "The median of their amounts.", "中位数"


class CommitmentStatus(Choice):
    """How a commitment stands, derived from what was counted and never typed in. 承诺状态"""

    MET = "MET", "Kept.", "已兑现"
    ON_TRACK = "ON_TRACK", "Not kept yet, but as far as the period is.", "进度正常"
    BEHIND = "BEHIND", "Not kept yet, and behind the period.", "进度滞后"
    MISSED = "MISSED", "Not kept when the period was over, or broken.", "未兑现"
    NOT_MEASURABLE = "NOT_MEASURABLE", "No status can be derived; `reason` says why.", "无法衡量"


class NotMeasurable(Choice):
    """Why no status can be derived. 无法衡量的原因"""

    ROOM_NOT_JOINED = (
        "ROOM_NOT_JOINED",
        "The objects that count are kept by a room that has not joined the hub yet.",
        "应计对象所属业务尚未接入本平台",
    )
    NO_DATE_GIVEN = (
        "NO_DATE_GIVEN",
        "It does not exist yet, and the document gives no date by which it must.",
        "尚未建立,且文件未规定期限",
    )
    NO_FREQUENCY_GIVEN = (
        "NO_FREQUENCY_GIVEN",
        "The document does not say how often or how many; the value is shown.",
        "文件未规定频次或数量,仅展示数值",
    )
    NO_PERIOD_BEFORE = (
        "NO_PERIOD_BEFORE",
        "The hub counted nothing in the period before, with which to compare.",
        "上一期间本平台无计数,无法比较",
    )
