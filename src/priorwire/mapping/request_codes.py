"""The code tables of what we send: words of the model, and their codes in X12.

The rules for editing are those of `priorwire.mapping.codes`. Reading our own requests back uses
the same tables the other way round (`inverse`), so a code stands in each of them once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from priorwire.model.authorization import DiagnosisKind, RequestKind, ReviewCategory, Urgency
from priorwire.model.care import AttachmentWay, ConditionCategory, RelatedCause, TransportPlaceRole, Trip
from priorwire.model.parties import (
    Gender,
    MemberNumberKind,
    MilitaryStatus,
    ProviderNumberKind,
    ProviderRole,
    Relationship,
)
from priorwire.model.services import CodeSystem, Interval, Unit

_Word = TypeVar("_Word")


def inverse(table: Mapping[_Word, str]) -> dict[str, _Word]:
    """The same table from code to word."""
    return {code: word for word, code in table.items()}


# --- what is asked ------------------------------------------------------------------------------------------------

#: UM01. At a service line HS and SC only.
CATEGORY: Mapping[ReviewCategory, str] = {
    ReviewCategory.ADMISSION: "AR",
    ReviewCategory.HEALTH_SERVICES: "HS",
    ReviewCategory.SPECIALTY_CARE: "SC",
    ReviewCategory.RESERVATION: "IN",
}
LINE_CATEGORIES = (ReviewCategory.HEALTH_SERVICES, ReviewCategory.SPECIALTY_CARE)

#: UM02.
REQUEST_KIND: Mapping[RequestKind, str] = {
    RequestKind.INITIAL: "I",
    RequestKind.APPEAL_IMMEDIATE: "1",
    RequestKind.APPEAL_STANDARD: "2",
    RequestKind.CANCEL: "3",
    RequestKind.EXTENSION: "4",
    RequestKind.RECONSIDERATION: "N",
    RequestKind.RENEWAL: "R",
    RequestKind.REVISED: "S",
}

#: UM06.
URGENCY: Mapping[Urgency, str] = {Urgency.EMERGENCY: "03", Urgency.URGENT: "U", Urgency.ELECTIVE: "E"}

#: UM05, in the order in which the guide has room for them: AP may stand third, AA only first.
RELATED_CAUSE: Mapping[RelatedCause, str] = {
    RelatedCause.AUTO_ACCIDENT: "AA",
    RelatedCause.EMPLOYMENT: "EM",
    RelatedCause.ANOTHER_PARTY: "AP",
}

#: HI: the ICD-10 qualifiers, and DR.
DIAGNOSIS: Mapping[DiagnosisKind, str] = {
    DiagnosisKind.PRINCIPAL: "ABK",
    DiagnosisKind.ADMITTING: "ABJ",
    DiagnosisKind.OTHER: "ABF",
    DiagnosisKind.REASON_FOR_VISIT: "APR",
    DiagnosisKind.DRG: "DR",
}

#: The order in HI: a principal code may stand first only, an admitting one first or second; the rest as given.
DIAGNOSES_FIRST = (DiagnosisKind.PRINCIPAL, DiagnosisKind.ADMITTING)

#: HI of a 270.
DIAGNOSIS_270: Mapping[DiagnosisKind, str] = {DiagnosisKind.PRINCIPAL: "ABK", DiagnosisKind.OTHER: "ABF"}

# --- services -----------------------------------------------------------------------------------------------------

#: SV101-1. ICD-10-PCS has no qualifier of its own in 005010X217; in SV202 ZZ is the one that fits (ID is ICD-9).
PROFESSIONAL_SYSTEM: Mapping[CodeSystem, str] = {
    CodeSystem.CPT_HCPCS: "HC",
    CodeSystem.NDC: "N4",
    CodeSystem.HOME_INFUSION: "IV",
    CodeSystem.ABC: "WK",
}
#: SV202-1.
INSTITUTIONAL_SYSTEM: Mapping[CodeSystem, str] = {**PROFESSIONAL_SYSTEM, CodeSystem.ICD10_PCS: "ZZ"}
#: SV301-1.
DENTAL_SYSTEM: Mapping[CodeSystem, str] = {CodeSystem.CDT: "AD"}
#: EQ02-1.
ELIGIBILITY_PROCEDURE: Mapping[CodeSystem, str] = {
    CodeSystem.CPT_HCPCS: "HC",
    CodeSystem.CDT: "AD",
    CodeSystem.NDC: "N4",
    CodeSystem.HOME_INFUSION: "IV",
    CodeSystem.ICD10_PCS: "ZZ",
}

#: HSD01.
DELIVERY_UNIT: Mapping[Unit, str] = {
    Unit.DAYS: "DY",
    Unit.UNITS: "FL",
    Unit.HOURS: "HS",
    Unit.MONTHS: "MN",
    Unit.VISITS: "VS",
}
#: HSD03.
DELIVERY_PER: Mapping[Interval, str] = {Interval.DAY: "DA", Interval.WEEK: "WK", Interval.MONTH: "MO"}
#: HSD05.
DELIVERY_PERIOD: Mapping[Interval, str] = {
    Interval.HOUR: "6",
    Interval.DAY: "7",
    Interval.YEAR: "21",
    Interval.EPISODE: "26",
    Interval.VISIT: "27",
    Interval.MONTH: "34",
    Interval.WEEK: "35",
}

#: SV103 and SV204. A unit that is not here goes into HSD.
PROFESSIONAL_UNIT: Mapping[Unit, str] = {Unit.UNITS: "UN", Unit.MINUTES: "MJ", Unit.INTERNATIONAL_UNITS: "F2"}
INSTITUTIONAL_UNIT: Mapping[Unit, str] = {Unit.UNITS: "UN", Unit.DAYS: "DA", Unit.INTERNATIONAL_UNITS: "F2"}

# --- lines of care ------------------------------------------------------------------------------------------------

#: CRC01, in the order of the guide.
CONDITION: Mapping[ConditionCategory, str] = {
    ConditionCategory.AMBULANCE: "07",
    ConditionCategory.CHIROPRACTIC: "08",
    ConditionCategory.MEDICAL_EQUIPMENT: "09",
    ConditionCategory.OXYGEN: "11",
    ConditionCategory.FUNCTIONAL_LIMITATIONS: "75",
    ConditionCategory.ACTIVITIES_PERMITTED: "76",
    ConditionCategory.MENTAL_STATUS: "77",
}
#: CR103.
TRIP: Mapping[Trip, str] = {Trip.INITIAL: "I", Trip.RETURN: "R", Trip.TRANSFER: "T", Trip.ROUND_TRIP: "X"}
#: NM101 of 2010EB.
TRANSPORT_PLACE: Mapping[TransportPlaceRole, str] = {
    TransportPlaceRole.PICK_UP: "PW",
    TransportPlaceRole.DROP_OFF: "45",
    TransportPlaceRole.FINAL_SCHEDULED: "FS",
    TransportPlaceRole.NEXT: "ND",
    TransportPlaceRole.NEXT_SCHEDULED: "R3",
}
#: CR608 where the home health care does not say it itself. Its list has no code for a reconsideration.
CERTIFICATION: Mapping[RequestKind, str] = {
    kind: code for kind, code in REQUEST_KIND.items() if kind is not RequestKind.RECONSIDERATION
}
#: PWK02, and those for which a number is needed to find the document by.
ATTACHMENT_WAY: Mapping[AttachmentWay, str] = {
    AttachmentWay.ON_REQUEST: "AA",
    AttachmentWay.MAIL: "BM",
    AttachmentWay.ELECTRONIC: "EL",
    AttachmentWay.EMAIL: "EM",
    AttachmentWay.FAX: "FX",
    AttachmentWay.VOICE: "VO",
}
NUMBERED_WAYS = frozenset({AttachmentWay.MAIL, AttachmentWay.ELECTRONIC, AttachmentWay.EMAIL, AttachmentWay.FAX})

# --- parties ------------------------------------------------------------------------------------------------------

#: NM101 of a provider of an event or a service. Which of them a loop allows, the guide says.
PROVIDER_ROLE: Mapping[ProviderRole, str] = {
    ProviderRole.ATTENDING: "71",
    ProviderRole.OPERATING: "72",
    ProviderRole.OTHER_PHYSICIAN: "73",
    ProviderRole.SERVICE_LOCATION: "77",
    ProviderRole.ADMITTING: "AAJ",
    ProviderRole.ASSISTANT_SURGEON: "DD",
    ProviderRole.ORDERING: "DK",
    ProviderRole.REFERRING: "DN",
    ProviderRole.SUPERVISING: "DQ",
    ProviderRole.FACILITY: "FA",
    ProviderRole.CLINIC: "G3",
    ProviderRole.PRIMARY_CARE: "P3",
    ProviderRole.PURCHASED_SERVICE: "QB",
    ProviderRole.GROUP_PRACTICE: "QV",
    ProviderRole.RENDERING: "SJ",
}
#: Roles that only one of the two levels has (005010X217, 2010EA and 2010F).
EVENT_ONLY_ROLES = frozenset({ProviderRole.ATTENDING, ProviderRole.ADMITTING, ProviderRole.REFERRING})
LINE_ONLY_ROLES = frozenset({ProviderRole.SUPERVISING})

#: NM101 of the requester, where it is not 1P.
REQUESTER_ROLE: Mapping[ProviderRole | None, str] = {ProviderRole.FACILITY: "FA"}

#: PRV01, which must agree with NM101. Other roles have none.
PROVIDER_PRV: Mapping[ProviderRole | None, str] = {
    ProviderRole.ADMITTING: "AD",
    ProviderRole.ASSISTANT_SURGEON: "AS",
    ProviderRole.ATTENDING: "AT",
    ProviderRole.OPERATING: "OP",
    ProviderRole.ORDERING: "OR",
    ProviderRole.OTHER_PHYSICIAN: "OT",
    ProviderRole.PRIMARY_CARE: "PC",
    ProviderRole.RENDERING: "PE",
    ProviderRole.REFERRING: "RF",
}

#: PRV01 of who asks about eligibility, where it is not PE.
INQUIRER_PRV: Mapping[ProviderRole | None, str] = {
    ProviderRole.ADMITTING: "AD",
    ProviderRole.ATTENDING: "AT",
    ProviderRole.OTHER_PHYSICIAN: "OT",
    ProviderRole.SUPERVISING: "SU",
    ProviderRole.PRIMARY_CARE: "PC",
    ProviderRole.REFERRING: "RF",
}

#: REF01 of a provider. At the requester of a 278 a site has a number, and a licence has none.
REQUESTER_NUMBER: Mapping[ProviderNumberKind, str] = {
    ProviderNumberKind.UPIN: "1G",
    ProviderNumberKind.FACILITY: "1J",
    ProviderNumberKind.SITE: "G5",
    ProviderNumberKind.PLAN_NETWORK: "N5",
    ProviderNumberKind.FACILITY_NETWORK: "N7",
    ProviderNumberKind.PAYER_ASSIGNED: "ZH",
}
PROVIDER_NUMBER: Mapping[ProviderNumberKind, str] = {
    ProviderNumberKind.STATE_LICENSE: "0B",
    ProviderNumberKind.UPIN: "1G",
    ProviderNumberKind.FACILITY: "1J",
    ProviderNumberKind.PLAN_NETWORK: "N5",
    ProviderNumberKind.FACILITY_NETWORK: "N7",
    ProviderNumberKind.PAYER_ASSIGNED: "ZH",
}
#: REF01 of who asks in a 270.
INQUIRER_NUMBER: Mapping[ProviderNumberKind, str] = {
    ProviderNumberKind.STATE_LICENSE: "0B",
    ProviderNumberKind.MEDICARE: "1C",
    ProviderNumberKind.MEDICAID: "1D",
    ProviderNumberKind.FACILITY: "1J",
    ProviderNumberKind.CONTRACT: "CT",
    ProviderNumberKind.SUBMITTER: "EO",
    ProviderNumberKind.PLAN_NETWORK: "N5",
    ProviderNumberKind.FACILITY_NETWORK: "N7",
}

#: REF01 of the subscriber and of the dependent, in a 278 and in a 270.
SUBSCRIBER_NUMBER_278: Mapping[MemberNumberKind, str] = {
    MemberNumberKind.GROUP_OR_POLICY: "1L",
    MemberNumberKind.BRANCH: "3L",
    MemberNumberKind.GROUP: "6P",
    MemberNumberKind.DEPARTMENT: "DP",
    MemberNumberKind.PATIENT_ACCOUNT: "EJ",
    MemberNumberKind.MEDICARE: "F6",
    MemberNumberKind.CARD: "HJ",
    MemberNumberKind.POLICY: "IG",
    MemberNumberKind.PLAN_NETWORK: "N6",
    MemberNumberKind.MEDICAID: "NQ",
}
DEPENDENT_NUMBER_278: Mapping[MemberNumberKind, str] = {MemberNumberKind.PATIENT_ACCOUNT: "EJ"}
DEPENDENT_NUMBER_270: Mapping[MemberNumberKind, str] = {
    MemberNumberKind.PLAN: "18",
    MemberNumberKind.GROUP_OR_POLICY: "1L",
    MemberNumberKind.GROUP: "6P",
    MemberNumberKind.CONTRACT: "CT",
    MemberNumberKind.MEDICAL_RECORD: "EA",
    MemberNumberKind.PATIENT_ACCOUNT: "EJ",
    MemberNumberKind.MEDICARE: "F6",
    MemberNumberKind.CARD: "HJ",
    MemberNumberKind.POLICY: "IG",
    MemberNumberKind.PLAN_NETWORK: "N6",
}
SUBSCRIBER_NUMBER_270: Mapping[MemberNumberKind, str] = {
    **DEPENDENT_NUMBER_270,
    MemberNumberKind.CASE: "3H",
    MemberNumberKind.MEDICAID: "NQ",
}

#: DMG03.
GENDER: Mapping[Gender, str] = {Gender.FEMALE: "F", Gender.MALE: "M", Gender.UNKNOWN: "U"}

#: INS02: the two guides differ in how they say "other".
RELATIONSHIP_278: Mapping[Relationship, str] = {
    Relationship.SPOUSE: "01",
    Relationship.CHILD: "19",
    Relationship.OTHER: "G8",
}
RELATIONSHIP_270: Mapping[Relationship, str] = {
    Relationship.SPOUSE: "01",
    Relationship.CHILD: "19",
    Relationship.OTHER: "34",
}

#: INS08.
MILITARY: Mapping[MilitaryStatus, str] = {
    MilitaryStatus.ACTIVE_OVERSEAS: "AO",
    MilitaryStatus.ACTIVE: "AU",
    MilitaryStatus.DECEASED: "DI",
    MilitaryStatus.PREVIOUS: "PV",
    MilitaryStatus.RETIRED: "RU",
}
