"""Ids of demonstration data that demo clients, documentation and tests speak of."""

from __future__ import annotations

from uuid import UUID

TALENT_ID = UUID("0199b0de-0000-7000-8000-000000000001")
"""A talent whom Suzhou and Shanghai may both read: the demo client `talent` acts for her."""

TALENT_WITHOUT_CONSENT_ID = UUID("0199b0de-0000-7000-8000-000000000002")
"""A talent who consented to nothing."""

TALENT_WITHDRAWN_ID = UUID("0199b0de-0000-7000-8000-000000000003")
"""A talent who withdrew the consent for Shanghai and kept the one for Suzhou."""

WELL_KNOWN_TALENTS = (TALENT_ID, TALENT_WITHOUT_CONSENT_ID, TALENT_WITHDRAWN_ID)

PARK_P1_ID = UUID("0199b0de-0000-7000-8000-0000000000a1")
"""The park that the demo client `park-operator` runs; its code is P1."""

PARK_P2_ID = UUID("0199b0de-0000-7000-8000-0000000000a2")
"""A park of another operator; its code is P2."""

OPERATOR_P1_ID = UUID("0199b0de-0000-7000-8000-0000000000b1")
"""The organisation that runs park P1."""

SUZHOU_AGREEMENT_ID = UUID("0199b0de-0000-7000-8000-0000000000c1")
"""The data-sharing agreement in force with Suzhou."""

SHANGHAI_AGREEMENT_ID = UUID("0199b0de-0000-7000-8000-0000000000c2")
"""The data-sharing agreement in force with Shanghai; it leaves contacts out."""

SUZHOU = "320500"
SHANGHAI = "310000"
