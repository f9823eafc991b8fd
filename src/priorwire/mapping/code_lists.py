"""The code lists that a 278 request allows, taken from the guide: what a practice may write for each.

Only the codes: what they mean is X12's licensed text. Conditions and reports differ by place.
"""

from __future__ import annotations

from collections.abc import Mapping

from priorwire.model.care import ConditionCategory
from priorwire.x12.guide import Composite, Element, Use
from priorwire.x12.guides import guide


def _uses(loop: str, segment: str) -> tuple[Use, ...]:
    return tuple(use for _, use in guide("278-request").loops[loop].uses[segment])


def _codes(loop: str, segment: str, element: int, component: int = 1) -> frozenset[str]:
    """The codes of every use of that segment in that loop, together."""
    found: frozenset[str] = frozenset()
    for use in _uses(loop, segment):
        part: Element | Composite = use.elements[element - 1]
        part = part.parts[component - 1] if isinstance(part, Composite) else part
        found |= part.codes or frozenset()
    return found


def _conditions() -> Mapping[ConditionCategory, frozenset[str]]:
    by_code = {_only(use.elements[0]): _only_codes(use.elements[2]) for use in _uses("2000E", "CRC")}
    return {category: by_code[code] for category, code in CONDITION_CATEGORY.items()}


def _only_codes(part: Element | Composite) -> frozenset[str]:
    return (part.codes or frozenset()) if isinstance(part, Element) else frozenset()


def _only(part: Element | Composite) -> str:
    (code,) = _only_codes(part)
    return code


#: CRC01.
CONDITION_CATEGORY: Mapping[ConditionCategory, str] = {
    ConditionCategory.AMBULANCE: "07",
    ConditionCategory.CHIROPRACTIC: "08",
    ConditionCategory.MEDICAL_EQUIPMENT: "09",
    ConditionCategory.OXYGEN: "11",
    ConditionCategory.FUNCTIONAL_LIMITATIONS: "75",
    ConditionCategory.ACTIVITIES_PERMITTED: "76",
    ConditionCategory.MENTAL_STATUS: "77",
}

EVENT_SERVICE_TYPES = _codes("2000E", "UM", 3)
LINE_SERVICE_TYPES = _codes("2000F", "UM", 3)
HEALTH_CONDITIONS = _codes("2000E", "UM", 7)
PROGNOSES = _codes("2000E", "UM", 8)
INFORMATION_RELEASES = _codes("2000E", "UM", 9)
DELAY_REASONS = _codes("2000E", "UM", 10)
CALENDAR_PATTERNS = _codes("2000E", "HSD", 7)
TIMES_OF_DAY = _codes("2000E", "HSD", 8)
CONDITIONS = _conditions()
NURSING_HOME_STATUSES = _codes("2000E", "CL1", 4)
NURSING_LEVELS = _codes("2000F", "SV1", 20)
TRANSPORT_REASONS = _codes("2000E", "CR1", 4)
SPINAL_LEVELS = _codes("2000E", "CR2", 3)
SPINAL_NATURES = _codes("2000E", "CR2", 8)
OXYGEN_EQUIPMENT = _codes("2000E", "CR5", 3)
OXYGEN_TESTS = _codes("2000E", "CR5", 12)
OXYGEN_FINDINGS = _codes("2000E", "CR5", 13)
OXYGEN_DELIVERIES = _codes("2000E", "CR5", 17)
CERTIFICATIONS = _codes("2000E", "CR6", 8)
DISCHARGED_FROM = _codes("2000E", "CR6", 17)
EVENT_REPORTS = _codes("2000E", "PWK", 1)
LINE_REPORTS = _codes("2000F", "PWK", 1)
OTHER_REVIEWERS = _codes("2010EC", "NM1", 1)
TOOTH_SURFACES = _codes("2000F", "TOO", 3)
