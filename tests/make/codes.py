"""Codes with check characters, computed here and checked by the database."""

from __future__ import annotations

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def uscc(number: int) -> str:
    """A unified social credit code (GB 32100) in the unassigned county 320699."""
    organisation = f"{number:08d}"
    total = sum(int(d) * w for d, w in zip(organisation, INNER_WEIGHTS, strict=True))
    body = f"91320699{organisation}{'0X987654321'[total % 11]}"
    weighed = sum(LETTERS.index(c) * pow(3, place, 31) for place, c in enumerate(body))
    return body + LETTERS[-weighed % 31]
