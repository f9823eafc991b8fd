"""Values of lists that are not X12's: what can be seen of them without the list.

Each list has a shape, and some have a check digit. The lists themselves are licensed or
large, and are not here. What does not have the shape is a warning, not an error: a payer's
own code, or a code newer than the shape, must not stop a message. (An NPI is different: its
check digit says for certain that it is none. `elements` has that rule.)

Which element holds a value of which list is data of the guides: `Element.value`.

Sources, all public: the shape of ICD-10-CM codes (the guidelines of CMS), HCPCS
level I and II, the DEA/FDA layouts of the NDC as HIPAA wants it (5-4-2, 45 CFR 162.1002),
the NUCC's layout of taxonomy codes, LOINC's check digit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from types import MappingProxyType

from . import grammar, issues
from .faults import Fault
from .guide import Told, Use
from .issues import IssueCode
from .segments import Segment

#: What is wrong with a value of one list; `None` where nothing is.
Check = Callable[[str], IssueCode | None]


def value_faults(segment: Segment, use: Use, faulty: Collection[int]) -> Iterator[Fault]:
    """What looks wrong with the values that come from lists outside the guide.

    Args:
        segment: any.
        use: which of its elements they are.
        faulty: numbers of the elements that have a finding: neither they nor what they tell of is looked at.
    """
    mark, elements = segment.delimiters.repetition, segment.elements
    for number, component, kind in use.outside:
        text = elements[number] if number < len(elements) else ""
        told_by = number if component or isinstance(kind, str) else kind.by
        if not text or number in faulty or told_by in faulty:
            continue
        repeats = text.split(mark) if mark and mark in text else [text]
        for repeat, value in enumerate(repeats, 1):
            if code := _found(segment, value, component, kind):
                yield Fault(code, number, component or None, repeat if len(repeats) > 1 else None)


def _found(segment: Segment, value: str, component: int, kind: str | Told) -> IssueCode | None:
    parts = value.split(segment.delimiters.component) if component else [value]
    text = parts[component - 1].strip() if component <= len(parts) else ""
    if not text:
        return None
    if not isinstance(kind, str):
        says = (parts[kind.by - 1] if kind.by <= len(parts) else "") if component else segment.element(kind.by)
        kind = dict(kind.kinds).get(says.strip(), "")
    return SHAPES[kind](text) if kind else None


def _shaped(pattern: str, code: IssueCode) -> Check:
    shape = re.compile(pattern, re.ASCII)
    return lambda text: None if shape.fullmatch(text) else code


def _pointed(check: Check) -> Check:
    """The same without regard to a decimal point after the third or fourth character, which is a finding of its own."""
    return lambda text: issues.ICD_POINT if _POINT.fullmatch(text) else check(text)


_POINT = re.compile(r"[A-Z]?[0-9A-Z]{2,3}\.[0-9A-Z]{1,4}", re.ASCII)


def _loinc(text: str) -> IssueCode | None:
    number, hyphen, check = text.partition("-")
    right = _LOINC.fullmatch(text) and hyphen and grammar.luhn_digit(number) == check
    return None if right else issues.LOINC_SHAPE


_LOINC = re.compile(r"[0-9]{1,7}-[0-9]", re.ASCII)

#: USPS: states, the district, territories and military posts; Canada's provinces and territories.
_STATES = frozenset({
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA",
    "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK",
    "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "DC", "AS", "GU", "MP",
    "PR", "VI", "UM", "FM", "MH", "PW", "AA", "AE", "AP", "AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON",
    "PE", "QC", "SK", "YT"
})  # fmt: skip

#: Kind of list -> its check. The kinds are what `Element.value` and `Told.kinds` of the guides name.
SHAPES: MappingProxyType[str, Check] = MappingProxyType(
    {
        "icd10cm": _pointed(_shaped(r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}", issues.ICD_10_SHAPE)),
        "icd9cm": _pointed(_shaped(r"[0-9]{3,5}|V[0-9]{2,4}|E[0-9]{3,4}", issues.ICD_9_SHAPE)),
        "hcpcs": _shaped(r"[0-9]{4}[0-9AFMTU]|[A-V][0-9]{4}", issues.PROCEDURE_SHAPE),
        "cdt": _shaped(r"D[0-9]{4}", issues.DENTAL_SHAPE),
        "ndc": _shaped(r"[0-9]{11}", issues.DRUG_SHAPE),
        "revenue": _shaped(r"[0-9]{4}", issues.REVENUE_SHAPE),
        "place": _shaped(r"[0-9]{2}", issues.PLACE_SHAPE),
        "billtype": _shaped(r"[0-9]{2}", issues.BILL_TYPE_SHAPE),
        "taxonomy": _shaped(r"[0-9A-Z]{9}X", issues.TAXONOMY_SHAPE),
        "zip": _shaped(r"[0-9]{5}(?:[0-9]{4})?", issues.POSTAL_SHAPE),
        "state": lambda text: None if text in _STATES else issues.STATE_UNKNOWN,
        "drg": _shaped(r"[0-9]{3}", issues.DRG_SHAPE),
        "loinc": _loinc,
    }
)
