"""What the stories of agreements, enclaves and matters have in common: documents and callers."""

from __future__ import annotations

from typing import Any

from tests.make import Make
from tests.town import Caller, Enter, city, key

SCOPES = ("cooperation:read", "cooperation:write", "commitment:read", "reference:read")
AGREEMENT = (
    "id version state suspendedBy ownSignedOn otherSignedOn ownSignatory availableTransitions"
)
ENCLAVE = "id version state agreedOn availableTransitions host { code } home { code }"
RESULT = (
    "id version state dispute amount confirmedBy { code } availableTransitions"
    " shares(first: 9) { edges { node { city { code } share sharedWith } } }"
)
MATTER = "id version state availableTransitions"
SHOWN = {"agreement": AGREEMENT, "enclave": ENCLAVE, "matter": MATTER, "result": RESULT}
INPUTS = {
    "proposeAgreement": ("ProposeAgreementInput", "agreement"),
    "signAgreement": ("SignAgreementInput", "agreement"),
    "bringIntoForce": ("AgreementInput", "agreement"),
    "suspendAgreement": ("AgreementInput", "agreement"),
    "resumeAgreement": ("AgreementInput", "agreement"),
    "terminateAgreement": ("AgreementInput", "agreement"),
    "expireAgreement": ("AgreementInput", "agreement"),
    "proposeEnclave": ("ProposeEnclaveInput", "enclave"),
    "acceptEnclave": ("EnclaveInput", "enclave"),
    "activateEnclave": ("EnclaveInput", "enclave"),
    "pauseEnclave": ("EnclaveInput", "enclave"),
    "closeEnclave": ("EnclaveInput", "enclave"),
    "reportEnclaveResult": ("ReportEnclaveResultInput", "result"),
    "confirmResult": ("ResultInput", "result"),
    "disputeResult": ("DisputeResultInput", "result"),
    "restateResult": ("RestateResultInput", "result"),
    "assignMatter": ("AssignMatterInput", "matter"),
    "answerMatter": ("AnswerMatterInput", "matter"),
}
"""Mutation -> its input, and the field of the payload that shows the object."""


def document(name: str) -> str:
    kind, shown = INPUTS[name]
    return f"""
    mutation ($input: {kind}!) {{
      {name}(input: $input) {{
        {shown} {{ {SHOWN[shown]} }}
        userErrors {{ code message messageZh field nextStep details }}
      }}
    }}
    """


async def send(caller: Caller, name: str, of: Any = None, **values: Any) -> Any:
    """A mutation; on an object that was shown, in the version that it was shown in."""
    if of is not None:
        values = {"id": of["id"], "expectedVersion": of["version"], **values}
    else:
        values = {"idempotencyKey": key(), **values}
    return await caller.ask(document(name), input=values)


async def done(caller: Caller, name: str, of: Any = None, **values: Any) -> Any:
    """The object of a mutation that must come to pass."""
    payload = await send(caller, name, of, **values)
    assert payload["userErrors"] == [], payload
    return payload[INPUTS[name][1]]


async def sides(enter: Enter, make: Make, code: str, *more: str) -> tuple[Caller, Caller]:
    """A department of Nantong, and the system of a partner city."""
    await city(make, code)
    scopes = (*SCOPES, *more)
    nantong = await enter("DEPARTMENT", *scopes, departments=["nt-rsj"])
    return nantong, await enter("PARTNER", *scopes, partner=code, purposes=["JOB_MATCHING"])


PROPOSAL = {"nameZh": "南通驻苏州人才飞地", "nameEn": "Nantong enclave in Suzhou", "seats": 12}


async def enclave_at_work(nantong: Caller, partner: Caller, code: str) -> Any:
    """Proposed by Nantong, accepted by the partner city, at work."""
    proposed = await done(nantong, "proposeEnclave", partner=code, host=code, **PROPOSAL)
    agreed = await done(partner, "acceptEnclave", proposed)
    return await done(nantong, "activateEnclave", agreed)


def finding(enclave: Any, code: str, **values: Any) -> dict[str, Any]:
    """Three projects, two fifths of them Nantong's."""
    return {
        "enclaveId": enclave["id"],
        "kind": "PROJECT",
        "count": 3,
        "achievedOn": "2026-03-01",
        "attribution": [{"city": "320600", "share": "0.4"}, {"city": code, "share": "0.6"}],
        **values,
    }
