"""Words for codes of published lists, for people who read a request on paper.

Where we have no words of our own, the number of the X12 code list is named instead: a word that
is nearly right is worse on a medical document than a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from priorwire.mapping.review_codes import REPORT

_PROGNOSIS: Final[Mapping[str, str]] = {
    "1": "poor",
    "2": "guarded",
    "3": "fair",
    "4": "good",
    "5": "very good",
    "6": "excellent",
    "7": "less than six months to live",
    "8": "terminal",
}
_TRANSPORT: Final[Mapping[str, str]] = {
    "A": "to the nearest place that could treat the symptoms",
    "B": "to a physician of the patient's choice",
    "C": "to be nearer to the family",
    "D": "to a specialist or special equipment",
    "E": "to a rehabilitation facility",
}
_CERTIFICATION: Final[Mapping[str, str]] = {
    "1": "immediate appeal",
    "2": "standard appeal",
    "3": "cancel",
    "4": "extension",
    "I": "initial",
    "R": "renewal",
    "S": "revised",
}
_RELEASE: Final[Mapping[str, str]] = {"Y": "signed and on file"}
_DELAY: Final[Mapping[str, str]] = {
    "1": "proof of eligibility was not to be had",
    "2": "a lawsuit",
    "3": "the authorization was delayed",
    "4": "the provider was certified late",
    "7": "a third party was late",
    "8": "eligibility was decided late",
    "10": "the approval took long",
    "11": "another reason",
    "15": "a natural disaster",
}
_OTHER_REVIEWER: Final[Mapping[str, str]] = {"00": "another insurer", "CA": "a carrier", "GG": "an intermediary"}

#: By the number of the X12 element that the list belongs to.
_LISTS: Final[Mapping[int, Mapping[str, str]]] = {
    98: _OTHER_REVIEWER,
    755: REPORT,
    923: _PROGNOSIS,
    1317: _TRANSPORT,
    1322: _CERTIFICATION,
    1363: _RELEASE,
    1514: _DELAY,
}


def coded(code: str | None, element: int) -> str:
    """A code with our words for it, else with the number of its list; empty where there is none."""
    if not code:
        return ""
    says = _LISTS.get(element, {}).get(code)
    return f"{says} ({code})" if says else f"{code} (X12 code list {element})"


def coded_all(codes: tuple[str, ...], element: int) -> str:
    """Several codes of one list, which is named once."""
    return f"{', '.join(codes)} (X12 code list {element})" if codes else ""
