"""Code tables of the FHIR side: words of the model, and their codes where FHIR says them.

Codes of X12 that the 278 uses too stand in `priorwire.mapping.request_codes` and
`priorwire.mapping.codes`. The rules for editing are theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from priorwire.mapping import request_codes
from priorwire.mapping.fhir import systems
from priorwire.model.authorization import DiagnosisKind
from priorwire.model.parties import Gender, MemberNumberKind, ProviderNumberKind, Relationship
from priorwire.model.services import CodeSystem, Interval, Unit

#: REF01 of a provider and of a member, as any of the requests has them.
PROVIDER_NUMBER: Mapping[ProviderNumberKind, str] = {
    **request_codes.INQUIRER_NUMBER,
    **request_codes.REQUESTER_NUMBER,
    **request_codes.PROVIDER_NUMBER,
}
MEMBER_NUMBER: Mapping[MemberNumberKind, str] = {
    **request_codes.SUBSCRIBER_NUMBER_270,
    **request_codes.SUBSCRIBER_NUMBER_278,
}

GENDER: Mapping[Gender, str] = {Gender.FEMALE: "female", Gender.MALE: "male", Gender.UNKNOWN: "unknown"}

#: FHIR's own word for a relationship; X12's code stands beside it.
RELATIONSHIP: Mapping[Relationship, str] = {
    Relationship.SPOUSE: "spouse",
    Relationship.CHILD: "child",
    Relationship.OTHER: "other",
}

#: PAS has no word for a diagnosis that is none of these, and says a group by its code system.
DIAGNOSIS_TYPE: Mapping[DiagnosisKind, str] = {
    DiagnosisKind.PRINCIPAL: "principal",
    DiagnosisKind.ADMITTING: "admitting",
    DiagnosisKind.REASON_FOR_VISIT: "patientreasonforvisit",
}

#: Element 673 (HSD01), which PAS wants; and 355 (SV103) for the units that 673 has no code for.
QUANTITY_UNIT: Mapping[Unit, tuple[int, str]] = {
    Unit.DAYS: (673, "DY"),
    Unit.UNITS: (673, "FL"),
    Unit.HOURS: (673, "HS"),
    Unit.MONTHS: (673, "MN"),
    Unit.VISITS: (673, "VS"),
    Unit.MINUTES: (355, "MJ"),
    Unit.INTERNATIONAL_UNITS: (355, "F2"),
}
#: What senders write as a unit in words, or by other lists' codes.
UNIT_SPELLINGS: Mapping[str, Unit] = {
    **{code: unit for unit, (_, code) in QUANTITY_UNIT.items()},
    "DA": Unit.DAYS,
    "UN": Unit.UNITS,
    "1": Unit.UNITS,
    "unit": Unit.UNITS,
    "d": Unit.DAYS,
    "day": Unit.DAYS,
    "h": Unit.HOURS,
    "hour": Unit.HOURS,
    "mo": Unit.MONTHS,
    "month": Unit.MONTHS,
    "min": Unit.MINUTES,
    "minute": Unit.MINUTES,
    "visit": Unit.VISITS,
    "[iU]": Unit.INTERNATIONAL_UNITS,
    "international unit": Unit.INTERNATIONAL_UNITS,
    "international_unit": Unit.INTERNATIONAL_UNITS,
}

#: Of a stretch of time, in UCUM. An episode and a visit have none.
INTERVAL: Mapping[Interval, str] = {
    Interval.HOUR: "h",
    Interval.DAY: "d",
    Interval.WEEK: "wk",
    Interval.MONTH: "mo",
    Interval.YEAR: "a",
}
#: Of a stay's length, in UCUM.
STAY_UNIT: Mapping[Unit, str] = {Unit.DAYS: "d", Unit.HOURS: "h", Unit.MONTHS: "mo"}

#: Which list a procedure's code is from. CPT and HCPCS are one to X12 and two to FHIR: see `procedure_system`.
PROCEDURE_SYSTEM: Mapping[str, CodeSystem] = {
    systems.CPT: CodeSystem.CPT_HCPCS,
    systems.HCPCS: CodeSystem.CPT_HCPCS,
    systems.CDT: CodeSystem.CDT,
    systems.ICD10_PCS: CodeSystem.ICD10_PCS,
    systems.NDC: CodeSystem.NDC,
}
_SYSTEM_OF = {
    CodeSystem.CDT: systems.CDT,
    CodeSystem.ICD10_PCS: systems.ICD10_PCS,
    CodeSystem.NDC: systems.NDC,
}
_HCPCS_CODE = re.compile(r"[A-Za-z][0-9]{4}")


def procedure_system(system: CodeSystem, code: str) -> str | None:
    """FHIR's name of a code's list; `None` for a list that PAS does not know.

    HCPCS codes begin with a letter, CPT codes with a digit.
    """
    if system is CodeSystem.CPT_HCPCS:
        return systems.HCPCS if _HCPCS_CODE.fullmatch(code) else systems.CPT
    return _SYSTEM_OF.get(system)


def modifier_system(modifier: str) -> str:
    """CPT modifiers are two digits; the others are HCPCS's."""
    return systems.CPT if modifier.isdigit() else systems.HCPCS
