"""What the nouns are, written down a second time by hand.

The oracle must not learn from the declarations what they mean: a wrong key column or a forgotten
scope in a room would then be wrong here too. Names of fields come from the published schema; what
stands here is where they are kept and what protects them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Noun:
    """Where a noun's rows are kept, the scope to read them, and for personal data whose they are.

    `group` protects the rows themselves; `subject` is the column with the person's id.
    """

    table: str
    scope: str
    group: str | None = None
    subject: str | None = None
    keys: tuple[str, ...] = ("id",)


NOUNS = {
    "Agreement": Noun("cooperation.agreement", "cooperation:read"),
    "AgreementPlacement": Noun("cooperation.agreement_placement", "cooperation:read"),
    "AuditEntry": Noun("ledger.audit_entry", "audit:read.all"),
    "AvailabilityRule": Noun("park.availability_rule", "park:read"),
    "Block": Noun("park.block", "park:read"),
    "Carrier": Noun("park.carrier", "park:read"),
    "Client": Noun("identity.client", "admin:clients", keys=("id", "client_id")),
    "ChainRole": Noun("cooperation.chain_role", "cooperation:read"),
    "Clause": Noun("policy.clause", "policy:read"),
    "CodeItem": Noun("cooperation.code_item", "reference:read"),
    "Commitment": Noun("cooperation.commitment", "commitment:read", keys=("id", "key")),
    "Consent": Noun("talent.consent", "consent:read", subject="talent_id"),
    "Contact": Noun("talent.contact", "contact:read", subject="id"),
    "CountedObject": Noun("cooperation.counted_object", "commitment:read"),
    "Degree": Noun("talent.degree", "talent:read.degree", "DEGREE", "talent_id"),
    "Disclosure": Noun("ledger.disclosure", "audit:read.all"),
    "Division": Noun("cooperation.division", "reference:read", keys=("id", "code")),
    "FeeRelief": Noun("park.fee_relief", "park:read.relief"),
    "Enclave": Noun("cooperation.enclave", "cooperation:read"),
    "EnclaveResult": Noun("cooperation.enclave_result", "cooperation:read"),
    "EnclaveShare": Noun("cooperation.enclave_share", "cooperation:read"),
    "Event": Noun("opportunity.event", "event:read"),
    "FollowUp": Noun("talent.follow_up", "contact:read", subject="contact_id"),
    "IndustryChain": Noun("cooperation.industry_chain", "cooperation:read", keys=("id", "key")),
    "Matter": Noun("cooperation.matter", "matter:read"),
    "Measurement": Noun("cooperation.measurement", "commitment:read"),
    "MyDisclosure": Noun("ledger.my_disclosure", "audit:read.self"),
    "Observation": Noun("park.observation", "park:read"),
    "Organisation": Noun("cooperation.organisation", "reference:read", keys=("id", "uscc", "key")),
    "Park": Noun("park.park", "park:read", keys=("id", "code")),
    "Partner": Noun("cooperation.partner", "cooperation:read", keys=("id", "code")),
    "PartnerSuspension": Noun("identity.partner_suspension", "admin:clients"),
    "Person": Noun("identity.person", "admin:clients", keys=("id", "username")),
    "Policy": Noun("policy.policy", "policy:read", keys=("id", "key")),
    "PolicyArea": Noun("policy.policy_area", "policy:read"),
    "PolicyDocument": Noun("policy.policy_document", "policy:read", keys=("id", "key")),
    "PolicyVersion": Noun("policy.policy_version", "policy:read", keys=("id", "key")),
    "Programme": Noun("project.programme", "project:read.public", keys=("id", "key")),
    "Project": Noun("project.project", "project:read.public"),
    "Purpose": Noun("cooperation.purpose", "reference:read", keys=("id", "code")),
    "ReportedFact": Noun("cooperation.reported_fact", "commitment:read", keys=("id", "key")),
    "Reservation": Noun("park.reservation", "workspace:reserve"),
    "ReservationSeries": Noun("park.reservation_series", "workspace:reserve"),
    "ReturneeHome": Noun("park.returnee_home", "park:read"),
    "Talent": Noun("talent.talent", "talent:read.basic", "BASIC", "id"),
    "TalentStatistic": Noun("talent.talent_statistic", "talent:read.basic"),
    "Territory": Noun("cooperation.territory", "reference:read", keys=("id", "alpha2")),
    "Utilisation": Noun("park.utilisation", "park:read"),
    "WorkingGroup": Noun("cooperation.working_group", "matter:read", keys=("id", "key")),
    "WorkingGroupMember": Noun("cooperation.working_group_member", "matter:read"),
    "Workspace": Noun("park.workspace", "park:read"),
    "Zone": Noun("park.zone", "park:read", keys=("id", "key")),
}


@dataclass(frozen=True)
class Link:
    """An edge: rows of `target` whose `theirs` equals this row's `ours`."""

    target: str
    ours: str
    theirs: str


LINKS = {
    ("Agreement", "organisation"): Link("Organisation", "organisation_id", "id"),
    ("Agreement", "placements"): Link("AgreementPlacement", "id", "agreement_id"),
    ("AgreementPlacement", "agreement"): Link("Agreement", "agreement_id", "id"),
    ("AgreementPlacement", "division"): Link("Division", "division_code", "code"),
    ("Agreement", "partner"): Link("Partner", "partner_code", "code"),
    ("AvailabilityRule", "workspace"): Link("Workspace", "workspace_id", "id"),
    ("Block", "park"): Link("Park", "park_id", "id"),
    ("Block", "workspace"): Link("Workspace", "workspace_id", "id"),
    ("ChainRole", "chain"): Link("IndustryChain", "chain_key", "key"),
    ("ChainRole", "organisation"): Link("Organisation", "organisation_id", "id"),
    ("Clause", "policyVersion"): Link("PolicyVersion", "version_key", "key"),
    ("Commitment", "evidence"): Link("CountedObject", "key", "commitment_key"),
    ("Commitment", "measurements"): Link("Measurement", "key", "commitment_key"),
    ("Commitment", "policy"): Link("Policy", "policy_key", "key"),
    ("Consent", "talent"): Link("Talent", "talent_id", "id"),
    ("Contact", "event"): Link("Event", "event_id", "id"),
    ("Contact", "followUps"): Link("FollowUp", "id", "contact_id"),
    ("Contact", "ownerOrg"): Link("Organisation", "owner_org_key", "key"),
    ("Contact", "talent"): Link("Talent", "talent_id", "id"),
    ("CountedObject", "agreement"): Link("Agreement", "agreement_id", "id"),
    ("CountedObject", "commitment"): Link("Commitment", "commitment_key", "key"),
    ("CountedObject", "enclaveResult"): Link("EnclaveResult", "enclave_result_id", "id"),
    ("CountedObject", "matter"): Link("Matter", "matter_id", "id"),
    ("CountedObject", "workingGroup"): Link("WorkingGroup", "working_group_id", "id"),
    ("CountedObject", "measurement"): Link("Measurement", "measurement_id", "id"),
    ("CountedObject", "park"): Link("Park", "park_id", "id"),
    ("CountedObject", "workspace"): Link("Workspace", "workspace_id", "id"),
    ("Degree", "talent"): Link("Talent", "talent_id", "id"),
    ("Division", "children"): Link("Division", "code", "parent_code"),
    ("Division", "enclaves"): Link("Enclave", "code", "host_code"),
    ("Division", "events"): Link("Event", "code", "division_code"),
    ("Division", "organisations"): Link("Organisation", "code", "division_code"),
    ("Division", "parent"): Link("Division", "parent_code", "code"),
    ("Division", "parks"): Link("Park", "code", "division_code"),
    ("Division", "talents"): Link("Talent", "code", "residence_division_code"),
    ("Division", "zones"): Link("Zone", "code", "division_code"),
    ("Enclave", "agreement"): Link("Agreement", "agreement_id", "id"),
    ("Enclave", "home"): Link("Division", "home_code", "code"),
    ("Enclave", "host"): Link("Division", "host_code", "code"),
    ("Enclave", "partner"): Link("Partner", "partner_code", "code"),
    ("Enclave", "proposedBy"): Link("Division", "proposed_by_code", "code"),
    ("Enclave", "results"): Link("EnclaveResult", "id", "enclave_id"),
    ("EnclaveResult", "confirmedBy"): Link("Division", "confirmed_by_code", "code"),
    ("EnclaveResult", "enclave"): Link("Enclave", "enclave_id", "id"),
    ("EnclaveResult", "partner"): Link("Partner", "partner_code", "code"),
    ("EnclaveResult", "reportedBy"): Link("Division", "reported_by_code", "code"),
    ("EnclaveResult", "shares"): Link("EnclaveShare", "id", "result_id"),
    ("EnclaveShare", "city"): Link("Division", "city_code", "code"),
    ("EnclaveShare", "partner"): Link("Partner", "partner_code", "code"),
    ("EnclaveShare", "result"): Link("EnclaveResult", "result_id", "id"),
    ("Event", "contacts"): Link("Contact", "id", "event_id"),
    ("Event", "division"): Link("Division", "division_code", "code"),
    ("FollowUp", "byOrg"): Link("Organisation", "by_org_key", "key"),
    ("FollowUp", "contact"): Link("Contact", "contact_id", "id"),
    ("IndustryChain", "roles"): Link("ChainRole", "key", "chain_key"),
    ("Matter", "askedBy"): Link("Organisation", "asked_by_key", "key"),
    ("Matter", "assignedTo"): Link("Organisation", "assigned_to_key", "key"),
    ("Matter", "workingGroup"): Link("WorkingGroup", "working_group_key", "key"),
    ("Measurement", "commitment"): Link("Commitment", "commitment_key", "key"),
    ("Measurement", "evidence"): Link("CountedObject", "id", "measurement_id"),
    ("Organisation", "agreements"): Link("Agreement", "id", "organisation_id"),
    ("Carrier", "hostOrganisation"): Link("Organisation", "host_organisation_id", "id"),
    ("FeeRelief", "holderOrganisation"): Link("Organisation", "holder_organisation_id", "id"),
    ("FeeRelief", "holderTalent"): Link("Talent", "holder_talent_id", "id"),
    ("FeeRelief", "park"): Link("Park", "park_id", "id"),
    ("FeeRelief", "policyVersion"): Link("PolicyVersion", "policy_version_key", "key"),
    ("Organisation", "carriers"): Link("Carrier", "id", "host_organisation_id"),
    ("Organisation", "chainRoles"): Link("ChainRole", "id", "organisation_id"),
    ("Organisation", "division"): Link("Division", "division_code", "code"),
    ("Organisation", "operatedParks"): Link("Park", "id", "operator_id"),
    ("Organisation", "policyDocuments"): Link("PolicyDocument", "id", "issuer_id"),
    ("Organisation", "projects"): Link("Project", "id", "lead_organisation_id"),
    ("Park", "division"): Link("Division", "division_code", "code"),
    ("Park", "operator"): Link("Organisation", "operator_id", "id"),
    ("Park", "projects"): Link("Project", "id", "park_id"),
    ("Park", "reservations"): Link("Reservation", "id", "park_id"),
    ("Park", "feeReliefs"): Link("FeeRelief", "id", "park_id"),
    ("Park", "returneeHomes"): Link("ReturneeHome", "id", "park_id"),
    ("ReturneeHome", "park"): Link("Park", "park_id", "id"),
    ("Park", "utilisations"): Link("Utilisation", "id", "park_id"),
    ("Park", "workspaces"): Link("Workspace", "id", "park_id"),
    ("Park", "zone"): Link("Zone", "zone_id", "id"),
    ("Partner", "agreements"): Link("Agreement", "code", "partner_code"),
    ("Partner", "division"): Link("Division", "division_code", "code"),
    ("Policy", "commitments"): Link("Commitment", "key", "policy_key"),
    ("Policy", "versions"): Link("PolicyVersion", "key", "policy_key"),
    ("PolicyArea", "document"): Link("PolicyDocument", "document_key", "key"),
    ("PolicyDocument", "areas"): Link("PolicyArea", "key", "document_key"),
    ("PolicyDocument", "implementedBy"): Link("PolicyDocument", "key", "implements_key"),
    ("PolicyDocument", "implements"): Link("PolicyDocument", "implements_key", "key"),
    ("PolicyDocument", "issuer"): Link("Organisation", "issuer_id", "id"),
    ("PolicyDocument", "versions"): Link("PolicyVersion", "key", "document_key"),
    ("PolicyVersion", "clauses"): Link("Clause", "key", "version_key"),
    ("PolicyVersion", "document"): Link("PolicyDocument", "document_key", "key"),
    ("PolicyVersion", "policy"): Link("Policy", "policy_key", "key"),
    ("Programme", "children"): Link("Programme", "key", "parent_key"),
    ("Programme", "parent"): Link("Programme", "parent_key", "key"),
    ("Programme", "projects"): Link("Project", "id", "programme_id"),
    ("Project", "leadOrganisation"): Link("Organisation", "lead_organisation_id", "id"),
    ("Project", "park"): Link("Park", "park_id", "id"),
    ("Project", "programme"): Link("Programme", "programme_id", "id"),
    ("Reservation", "holderOrganisation"): Link("Organisation", "holder_organisation_id", "id"),
    ("Reservation", "holderTalent"): Link("Talent", "holder_talent_id", "id"),
    ("Reservation", "park"): Link("Park", "park_id", "id"),
    ("Reservation", "partner"): Link("Partner", "partner_code", "code"),
    ("Reservation", "series"): Link("ReservationSeries", "series_id", "id"),
    ("ReservationSeries", "holderOrganisation"): Link(
        "Organisation", "holder_organisation_id", "id"
    ),
    ("ReservationSeries", "holderTalent"): Link("Talent", "holder_talent_id", "id"),
    ("ReservationSeries", "park"): Link("Park", "park_id", "id"),
    ("ReservationSeries", "partner"): Link("Partner", "partner_code", "code"),
    ("ReservationSeries", "reservations"): Link("Reservation", "id", "series_id"),
    ("ReservationSeries", "workspace"): Link("Workspace", "workspace_id", "id"),
    ("Reservation", "workspace"): Link("Workspace", "workspace_id", "id"),
    ("Talent", "consents"): Link("Consent", "id", "talent_id"),
    ("Talent", "degrees"): Link("Degree", "id", "talent_id"),
    ("Talent", "reservations"): Link("Reservation", "id", "holder_talent_id"),
    ("Talent", "residenceDivision"): Link("Division", "residence_division_code", "code"),
    ("Observation", "park"): Link("Park", "park_id", "id"),
    ("Observation", "workspace"): Link("Workspace", "workspace_id", "id"),
    ("Utilisation", "park"): Link("Park", "park_id", "id"),
    ("Workspace", "blocks"): Link("Block", "id", "workspace_id"),
    ("Workspace", "openingHours"): Link("AvailabilityRule", "id", "workspace_id"),
    ("WorkingGroup", "matters"): Link("Matter", "key", "working_group_key"),
    ("WorkingGroup", "members"): Link("WorkingGroupMember", "key", "working_group_key"),
    ("WorkingGroupMember", "organisation"): Link("Organisation", "organisation_key", "key"),
    ("WorkingGroupMember", "workingGroup"): Link("WorkingGroup", "working_group_key", "key"),
    ("Workspace", "observations"): Link("Observation", "id", "workspace_id"),
    ("Workspace", "park"): Link("Park", "park_id", "id"),
    ("Workspace", "reservations"): Link("Reservation", "id", "workspace_id"),
    ("Zone", "division"): Link("Division", "division_code", "code"),
    ("Zone", "parks"): Link("Park", "id", "zone_id"),
}

GROUPS = {
    ("Talent", "phone"): "CONTACT",
    ("Talent", "email"): "CONTACT",
    ("Talent", "identityType"): "IDENTITY",
    ("Talent", "identityTerritory"): "IDENTITY",
    ("Talent", "identityLast4"): "IDENTITY",
    ("Talent", "identityNumber"): "IDENTITY",
    ("Talent", "degrees"): "DEGREE",
}
"""Fields that belong to another field group than the rows of their noun."""

GROUP_SCOPES = {
    "BASIC": "talent:read.basic",
    "DEGREE": "talent:read.degree",
    "CONTACT": "talent:read.contact",
    "IDENTITY": "talent:read.identity",
}

SCOPES = {
    ("Division", "enclaves"): "cooperation:read",
    ("Division", "events"): "event:read",
    ("Division", "parks"): "park:read",
    ("Division", "talents"): "talent:read.basic",
    ("Division", "zones"): "park:read",
    ("Event", "contactCount"): "event:read.internal",
    ("Event", "contacts"): "contact:read",
    ("Organisation", "agreements"): "cooperation:read",
    ("Organisation", "carriers"): "park:read",
    ("Organisation", "chainRoles"): "cooperation:read",
    ("Organisation", "operatedParks"): "park:read",
    ("Organisation", "policyDocuments"): "policy:read",
    ("Organisation", "projects"): "project:read.public",
    ("Park", "feeReliefs"): "park:read.relief",
    ("Park", "projects"): "project:read.public",
    ("Park", "reservations"): "workspace:reserve",
    ("Policy", "commitments"): "commitment:read",
    ("Talent", "consents"): "consent:read",
    ("Talent", "reservations"): "workspace:reserve",
    ("Workspace", "reservations"): "workspace:reserve",
}
"""Fields and edges that ask for another scope than the rows of their noun."""

SEALED = {
    ("Contact", "name"): "contact.name",
    ("Contact", "reach"): "contact.reach",
    ("Talent", "phone"): "talent.phone",
    ("Talent", "email"): "talent.email",
    ("Talent", "identityNumber"): "talent.identity_number",
}
"""Fields that are kept sealed, and the context that they are opened with."""

COLUMNS = {
    ("Agreement", "from"): "valid_from",
    ("Agreement", "until"): "valid_until",
    ("Consent", "from"): "valid_from",
    ("Consent", "until"): "valid_until",
}
"""Columns that are not simply the field's name in snake case."""

HIDING = frozenset(
    (
        "Agreement", "AgreementPlacement", "AvailabilityRule", "Block", "Clause", "Consent",
        "Contact", "Degree", "Enclave", "EnclaveResult", "EnclaveShare", "Event", "FeeRelief",
        "FollowUp", "Matter", "Observation",
        "Park", "PolicyVersion", "Project", "Reservation", "ReservationSeries", "ReturneeHome",
        "Talent", "Utilisation", "WorkingGroup", "WorkingGroupMember", "Workspace",
    )
)  # fmt: skip
"""Nouns with rows that somebody may not know of: no filter on an edge tells that there is one."""

UNDER = frozenset(
    (
        ("AgreementPlacement", "division"),
        ("Event", "division"),
        ("Organisation", "division"),
        ("Park", "division"),
        ("Zone", "division"),
        ("Talent", "residenceDivision"),
    )
)
"""Edges whose filter takes the division or anything below it."""


def snake(name: str) -> str:
    """`areaCm2` -> `area_cm2`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def column(noun: str, field: str) -> str:
    """The column in which a field's value is kept, or an edge's key."""
    link = LINKS.get((noun, field))
    return link.ours if link else COLUMNS.get((noun, field), snake(field))


def scope_of(noun: str, field: str) -> str:
    """The scope that reading a field takes."""
    group = GROUPS.get((noun, field))
    return GROUP_SCOPES[group] if group else SCOPES.get((noun, field), NOUNS[noun].scope)
