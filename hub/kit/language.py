"""Which of the hub's two languages a reader wants."""

from __future__ import annotations


def preferred(accept_language: str) -> str:
    """`zh` or `en`, by the weights of RFC 9110, 12.5.4; Chinese, the city's own, when neither."""
    weights = {"zh": 0.0, "en": 0.0}
    for element in accept_language.split(","):
        tag, _, parameter = element.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        try:
            weight = float(parameter.partition("=")[2] or 1)
        except ValueError:
            continue
        if primary in weights:
            weights[primary] = max(weights[primary], weight)
    return "en" if weights["en"] > weights["zh"] else "zh"
