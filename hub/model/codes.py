"""Closed lists that several rooms share, since rooms never import one another.

The purposes are the hub's own closed list; ranks and grades are ordered lowest first (handbook,
2.2). What each code means to people is said here once and compared by a test with the reference
data in `hub/reference/data`.
"""

from __future__ import annotations

from hub.model.types import Choice


class PurposeCode(Choice):
    """What personal data is used for; a token, an agreement and a consent each name purposes.

    使用目的
    """

    JOB_MATCHING = "JOB_MATCHING", "Matching a person with posts and internships.", "岗位匹配"
    PROJECT_MATCHING = (
        "PROJECT_MATCHING",
        "Bringing a person together with projects, programmes and investors.",
        "项目对接",
    )
    PARK_SETTLEMENT = (
        "PARK_SETTLEMENT",
        "Settling a person or a team in a park: workspaces, reservations, fee relief.",
        "园区入驻",
    )
    SERVICE_HANDLING = (
        "SERVICE_HANDLING",
        "Handling a service that the person asked for.",
        "服务办理",
    )
    JOINT_RECRUITMENT = (
        "JOINT_RECRUITMENT",
        "Recruiting together with a partner city, such as joint fairs and shared pools.",
        "联合引才",
    )
    STATISTICS = "STATISTICS", "Counting, without showing any one person.", "统计分析"


class FieldGroup(Choice):
    """Personal fields that are released, consented to and audited together. 个人信息字段组"""

    BASIC = "BASIC", "Name, status, residence, ranks, industries, languages.", "基本信息"
    DEGREE = "DEGREE", "Degrees and their certification.", "学历学位信息"
    CONTACT = "CONTACT", "Phone and e-mail.", "联系方式"
    IDENTITY = (
        "IDENTITY",
        "Identity document; never leaves to a partner city.",
        "身份证件信息(不向合作城市提供)",
    )


class LawfulBasis(Choice):
    """Why personal data may be handled (Personal Information Protection Law, article 13).

    处理个人信息的合法性基础
    """

    CONSENT = "CONSENT", "The person's own separate consent.", "个人同意"
    CONTRACT = (
        "CONTRACT",
        "Needed for a contract to which the person is a party.",
        "订立或履行合同所必需",
    )
    STATUTORY_DUTY = (
        "STATUTORY_DUTY",
        "Needed for a duty that the law gives to a public body.",
        "履行法定职责或法定义务所必需",
    )
    EMERGENCY = (
        "EMERGENCY",
        "Needed to protect life, health or property in an emergency.",
        "紧急情况下保护生命健康和财产安全所必需",
    )


class DegreeRank(Choice):
    """Academic degree, lowest first; a degree, not an education level. 学位层次"""

    NONE = "NONE", "No degree.", "无"
    BACHELOR = "BACHELOR", "Bachelor's degree.", "学士"
    MASTER = "MASTER", "Master's degree.", "硕士"
    DOCTOR = "DOCTOR", "Doctor's degree.", "博士"


class TitleLevel(Choice):
    """Professional title, lowest first. 职称级别"""

    NONE = "NONE", "No professional title.", "无"
    JUNIOR = "JUNIOR", "Junior title.", "初级"
    INTERMEDIATE = "INTERMEDIATE", "Intermediate title.", "中级"
    ASSOCIATE_SENIOR = "ASSOCIATE_SENIOR", "Associate senior title.", "副高级"
    FULL_SENIOR = "FULL_SENIOR", "Full senior title.", "正高级"


class SkillLevel(Choice):
    """Skill grade of a worker, eight grades, lowest first. 技能等级"""

    APPRENTICE = "APPRENTICE", "Apprentice.", "学徒工"
    JUNIOR_WORKER = "JUNIOR_WORKER", "Junior worker.", "初级工"
    INTERMEDIATE_WORKER = "INTERMEDIATE_WORKER", "Intermediate worker.", "中级工"
    SENIOR_WORKER = "SENIOR_WORKER", "Senior worker.", "高级工"
    TECHNICIAN = "TECHNICIAN", "Technician.", "技师"
    SENIOR_TECHNICIAN = "SENIOR_TECHNICIAN", "Senior technician.", "高级技师"
    SPECIAL_GRADE_TECHNICIAN = (
        "SPECIAL_GRADE_TECHNICIAN",
        "Special-grade technician.",
        "特级技师",
    )
    CHIEF_TECHNICIAN = "CHIEF_TECHNICIAN", "Chief technician.", "首席技师"


class MeasureStatus(Choice):
    """Whether a measure is there; a promise is never shown as a service that is delivered.

    措施状态
    """

    IN_FORCE = "IN_FORCE", "The document reports it as existing.", "已实施(文件所述)"
    COMMITTED = "COMMITTED", "The document promises it.", "已承诺"


class RightsDirection(Choice):
    """The four directions of rights: the sub-headings of the document's second section.

    四大权益保障方向
    """

    POSTS = "POSTS", "Supply of targeted posts.", "定向岗位供给"
    INTERNSHIP_RETENTION = (
        "INTERNSHIP_RETENTION",
        "Internships, and who stays after them.",
        "就业实习与留用衔接",
    )
    SUBSIDY_COST = "SUBSIDY_COST", "Subsidies and relief of costs.", "补贴支持与成本减免"
    SERVICE_CHANNEL = (
        "SERVICE_CHANNEL",
        "Dedicated services over the whole cycle.",
        "全周期专属服务通道",
    )


class Lifecycle(Choice):
    """Stage of the chain that a measure serves; sorted by the hub. “引育留用”全链条"""

    ATTRACT = "ATTRACT", "Attract talent.", "引"
    CULTIVATE = "CULTIVATE", "Cultivate talent.", "育"
    RETAIN = "RETAIN", "Retain talent.", "留"
    EMPLOY = "EMPLOY", "Put talent to use.", "用"
