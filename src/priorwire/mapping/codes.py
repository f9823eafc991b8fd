"""The code tables between X12 and our words.

Rules for editing: a table maps the code as sent to a word of the model or to a short label in
our own words (X12's descriptions are licensed and are not here). Every list that a payer may
extend is open: a code that is not in it is kept as it came and never fails a reading. Meanings
are from public sources only; where sources differ, the code is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from priorwire.model.authorization import (
    CodeSystem,
    DiagnosisKind,
    Follow,
    PendedFor,
    RequestKind,
    ReviewCategory,
    ReviewStatus,
    Unit,
    Urgency,
)
from priorwire.model.eligibility import Answer, CoverageStatus, Network
from priorwire.model.parties import Gender, ProviderRole, Relationship

# --- what we send -------------------------------------------------------------------------------------------------

#: UM01.
CATEGORY: Mapping[ReviewCategory, str] = {
    ReviewCategory.ADMISSION: "AR",
    ReviewCategory.HEALTH_SERVICES: "HS",
    ReviewCategory.SPECIALTY_CARE: "SC",
}

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

#: HI: the ICD-10 qualifiers.
DIAGNOSIS: Mapping[DiagnosisKind, str] = {
    DiagnosisKind.PRINCIPAL: "ABK",
    DiagnosisKind.ADMITTING: "ABJ",
    DiagnosisKind.OTHER: "ABF",
    DiagnosisKind.REASON_FOR_VISIT: "APR",
}

#: The order in HI: a principal code may stand first only, an admitting one first or second.
DIAGNOSIS_ORDER = (
    DiagnosisKind.PRINCIPAL,
    DiagnosisKind.ADMITTING,
    DiagnosisKind.OTHER,
    DiagnosisKind.REASON_FOR_VISIT,
)

#: HSD01.
DELIVERY_UNIT: Mapping[Unit, str] = {
    Unit.DAYS: "DY",
    Unit.UNITS: "FL",
    Unit.HOURS: "HS",
    Unit.MONTHS: "MN",
    Unit.VISITS: "VS",
}

#: SV103 and SV204. A unit that is not here goes into HSD.
PROFESSIONAL_UNIT: Mapping[Unit, str] = {Unit.UNITS: "UN", Unit.MINUTES: "MJ"}
INSTITUTIONAL_UNIT: Mapping[Unit, str] = {Unit.UNITS: "UN", Unit.DAYS: "DA"}

#: NM101 of a provider of an event or a service. Which of them a loop allows, the guide says.
PROVIDER_ROLE: Mapping[ProviderRole, str] = {
    ProviderRole.ATTENDING: "71",
    ProviderRole.OPERATING: "72",
    ProviderRole.ORDERING: "DK",
    ProviderRole.REFERRING: "DN",
    ProviderRole.RENDERING: "SJ",
    ProviderRole.FACILITY: "FA",
    ProviderRole.SERVICE_LOCATION: "77",
    ProviderRole.ADMITTING: "AAJ",
    ProviderRole.PRIMARY_CARE: "P3",
}

#: NM101 of the requester, where it is not 1P.
REQUESTER_ROLE: Mapping[ProviderRole | None, str] = {ProviderRole.FACILITY: "FA"}

#: PRV01, which must agree with NM101. A facility and a service location have none.
PROVIDER_PRV: Mapping[ProviderRole | None, str] = {
    ProviderRole.ADMITTING: "AD",
    ProviderRole.ATTENDING: "AT",
    ProviderRole.OPERATING: "OP",
    ProviderRole.ORDERING: "OR",
    ProviderRole.PRIMARY_CARE: "PC",
    ProviderRole.RENDERING: "PE",
    ProviderRole.REFERRING: "RF",
    None: "PE",
}

#: PRV01 of who asks about eligibility, where it is not PE.
INQUIRER_PRV: Mapping[ProviderRole | None, str] = {
    ProviderRole.ADMITTING: "AD",
    ProviderRole.ATTENDING: "AT",
    ProviderRole.PRIMARY_CARE: "PC",
    ProviderRole.REFERRING: "RF",
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

#: EQ02-1.
ELIGIBILITY_PROCEDURE: Mapping[CodeSystem, str] = {
    CodeSystem.CPT_HCPCS: "HC",
    CodeSystem.CDT: "AD",
    CodeSystem.NDC: "N4",
    CodeSystem.ICD10_PCS: "ZZ",
}

# --- what a reply says of a review ---------------------------------------------------------------------------------

#: HCR01. Service-level A2 and C are outside the guide and read all the same.
DECISION: Mapping[str, ReviewStatus] = {
    "A1": ReviewStatus.APPROVED,
    "A2": ReviewStatus.PARTIALLY_APPROVED,
    "A3": ReviewStatus.DENIED,
    "A4": ReviewStatus.PENDED,
    "A6": ReviewStatus.APPROVED_MODIFIED,
    "C": ReviewStatus.CANCELLED,
    "CT": ReviewStatus.CONTACT_PAYER,
    "NA": ReviewStatus.NOT_REQUIRED,
}

#: HCR03 of a pended review: what it waits for; where several are given, the first in this order wins.
PENDED_FOR: Mapping[str, PendedFor] = {
    "0U": PendedFor.INFORMATION,
    "0P": PendedFor.INFORMATION,
    "0B": PendedFor.FORWARDED,
    "0V": PendedFor.REVIEW,
    "0W": PendedFor.REVIEW,
}

#: HCR03, external list 886. Open: some codes could not be found in public sources.
REASON: Mapping[str, str] = {
    "01": "the price authorization has expired",
    "02": "a price authorization is no longer needed",
    "03": "the product is not on the price authorization",
    "04": "more than the authorized quantity",
    "05": "the special cost is wrong",
    "06": "no credit is allowed",
    "07": "cancelled for administrative reasons",
    "08": "the resale price is higher than authorized",
    "09": "outside the network",
    "0A": "testing is not included",
    "0B": "passed on to an outside review organization, which will decide",
    "0C": "access or authorization is restricted",
    "0D": "the primary care provider must authorize it",
    "0E": "the provider is not the primary care provider",
    "0F": "not medically necessary",
    "0G": "the level of care is not appropriate",
    "0H": "this service needs no certification",
    "0J": "an outside review organization is responsible",
    "0K": "a primary care service",
    "0L": "exceeds the plan's maximum",
    "0M": "not a covered service",
    "0N": "no prior approval",
    "0P": "the information asked for did not come",
    "0Q": "asked for already",
    "0R": "the service does not fit the diagnosis",
    "0S": "a pre-existing condition",
    "0T": "experimental",
    "0U": "more information on the patient is needed",
    "0V": "needs medical review",
    "0W": "waits for review",
    "0X": "does not fit the type of provider",
    "0Y": "does not fit the patient's age",
    "0Z": "does not fit the patient's gender",
    "10": "the pattern of delivery of the service",
    "11": "pricing",
    "12": "the patient is bound to one provider",
    "13": "authorized for another provider",
    "14": "the plan's or the contract's guidelines were not followed",
    "15": "outside the plan's area",
    "16": "the type of facility is not appropriate",
    "17": "a time limit was not kept",
    "18": "the notice was received",
    "19": "cosmetic",
    "20": "covered once in a lifetime",
    "21": "the transport was refused",
    "22": "the ambulance certification does not fit the transport addresses",
    "23": "the mileage cannot be worked out",
    "24": "the mileage does not fit",
    "25": "not looked at because of other errors in the request",
    "26": "a provider's role is missing",
    "27": "first month of the exchange's grace period",
    "28": "second month of the exchange's grace period",
    "29": "third month of the exchange's grace period",
    "44": "proof that conservative treatment failed is needed",
}

#: AAA03, list 901.
REJECTION: Mapping[str, str] = {
    "04": "more than the authorized quantity",
    "15": "required data is missing",
    "33": "the input has errors",
    "35": "outside the network",
    "41": "access or authorization is restricted",
    "42": "cannot respond at the moment",
    "43": "the provider's identification is missing or wrong",
    "44": "the provider's name is missing or wrong",
    "45": "the provider's specialty is missing or wrong",
    "46": "the provider's telephone number is missing or wrong",
    "47": "the provider's state is missing or wrong",
    "48": "the referring provider's identification is missing or wrong",
    "49": "the provider is not the primary care provider",
    "50": "the provider may not inquire",
    "51": "the provider is not on file",
    "52": "the dates are outside the provider's enrolment",
    "53": "the benefit does not fit the type of provider",
    "54": "the product's kind of number is wrong",
    "55": "the product's number is wrong",
    "56": "the date is not appropriate",
    "57": "the dates of service are missing or wrong",
    "58": "the birth date is missing or wrong",
    "60": "born after the dates of service",
    "61": "died before the dates of service",
    "62": "the dates are outside the time that may be asked about",
    "63": "the dates of service lie in the future",
    "64": "the patient's identification is missing or wrong",
    "65": "the patient's name is missing or wrong",
    "66": "the patient's gender is missing or wrong",
    "67": "the patient was not found",
    "68": "the patient's identification fits more than one",
    "69": "does not fit the patient's age",
    "70": "does not fit the patient's gender",
    "71": "the birth date differs from the payer's",
    "72": "the member's identification is missing or wrong",
    "73": "the member's name is missing or wrong",
    "74": "the member's gender is missing or wrong",
    "75": "the member was not found",
    "76": "the member's identification fits more than one",
    "77": "the member was found, the patient was not",
    "78": "the member is not in this group or plan",
    "79": "the sender's or receiver's identification is wrong",
    "80": "no answer came; the transaction was ended",
    "95": "the patient is not eligible",
    "97": "the provider's address is missing or wrong",
    "98": "experimental",
    "AA": "the authorization number was not found",
    "AE": "the primary care provider must authorize it",
    "AF": "a diagnosis code is missing or wrong",
    "AG": "a procedure code is missing or wrong",
    "AH": "the date of onset is missing or wrong",
    "AI": "the date of the accident is missing or wrong",
    "AJ": "the date of the last menstrual period is missing or wrong",
    "AK": "the expected date of birth is missing or wrong",
    "AM": "the admission date is missing or wrong",
    "AN": "the discharge date is missing or wrong",
    "AO": "more information on the patient's condition is needed",
    "CI": "the certification does not fit the patient",
    "E8": "needs medical review",
    "IA": "the authorization number's form is wrong",
    "IP": "the provider's role is not appropriate",
    "MA": "the authorization number is missing",
    "NC": "no certification was found",
    "T1": "the provider takes no part in the arrangement",
    "T2": "the provider takes no part in the arrangement",
    "T3": "the provider takes no part in the arrangement",
    "T4": "the payer's name or identification is missing",
    "T5": "certification information is missing",
    "T6": "not enough information to price it again",
}

#: AAA04, list 889.
FOLLOW: Mapping[str, Follow] = {
    "C": Follow.CORRECT_AND_RESUBMIT,
    "N": Follow.DO_NOT_RESUBMIT,
    "P": Follow.RESUBMIT_ORIGINAL,
    "R": Follow.RESUBMISSION_ALLOWED,
    "S": Follow.AWAIT_THIRD_PARTY,
    "W": Follow.WAIT_30_DAYS,
    "X": Follow.WAIT_10_DAYS,
    "Y": Follow.AWAIT_RESPONSE,
}

#: HSD01, SV103 and SV204 as quantities of the model.
UNIT: Mapping[str, Unit] = {
    "DY": Unit.DAYS,
    "DA": Unit.DAYS,
    "FL": Unit.UNITS,
    "UN": Unit.UNITS,
    "HS": Unit.HOURS,
    "MN": Unit.MONTHS,
    "VS": Unit.VISITS,
    "MJ": Unit.MINUTES,
}

#: SV101-1, SV202-1, SV301-1, EB13-1.
PROCEDURE_SYSTEM: Mapping[str, CodeSystem] = {
    "HC": CodeSystem.CPT_HCPCS,
    "CJ": CodeSystem.CPT_HCPCS,
    "AD": CodeSystem.CDT,
    "N4": CodeSystem.NDC,
}

#: NM108.
IDENTIFIER_KIND: Mapping[str, str] = {
    "XX": "npi",
    "MI": "member_id",
    "II": "health_identifier",
    "PI": "payer_id",
    "NI": "naic_id",
    "XV": "national_plan_id",
    "24": "tax_id",
    "FI": "tax_id",
    "34": "social_security_number",
    "SY": "social_security_number",
    "46": "electronic_transmitter_id",
    "FA": "facility_id",
    "SV": "provider_number",
    "PP": "pharmacy_number",
}

#: DMG03 of a reply.
GENDER_SAID: Mapping[str, Gender] = {"F": Gender.FEMALE, "M": Gender.MALE, "U": Gender.UNKNOWN}

# --- what a 271 says ------------------------------------------------------------------------------------------------

#: AAA03 that says the person is not on file. The rest refuse the inquiry, and say nothing of the person.
NOT_FOUND = frozenset({"67", "75", "77"})

#: EB01 that decides the coverage as a whole.
COVERAGE: Mapping[str, CoverageStatus] = {
    "1": CoverageStatus.ACTIVE,
    "2": CoverageStatus.ACTIVE,
    "3": CoverageStatus.ACTIVE,
    "4": CoverageStatus.ACTIVE,
    "5": CoverageStatus.ACTIVE,
    "6": CoverageStatus.INACTIVE,
    "7": CoverageStatus.INACTIVE,
    "8": CoverageStatus.INACTIVE,
}

#: EB01.
BENEFIT: Mapping[str, str] = {
    "1": "active",
    "2": "active_full_risk_capitation",
    "3": "active_services_capitated",
    "4": "active_services_capitated_to_primary_care",
    "5": "active_pending_investigation",
    "6": "inactive",
    "7": "inactive_pending_update",
    "8": "inactive_pending_investigation",
    "A": "co_insurance",
    "B": "co_payment",
    "C": "deductible",
    "CB": "coverage_basis",
    "D": "benefit_description",
    "E": "exclusions",
    "F": "limitations",
    "G": "out_of_pocket",
    "H": "unlimited",
    "I": "not_covered",
    "J": "cost_containment",
    "K": "reserve",
    "L": "primary_care_provider",
    "M": "pre_existing_condition",
    "MC": "managed_care_coordinator",
    "N": "restricted_to_provider",
    "O": "not_medically_necessary",
    "P": "disclaimer",
    "Q": "second_opinion_required",
    "R": "other_payer",
    "S": "prior_year_history",
    "T": "card_lost_or_stolen",
    "U": "contact",
    "V": "cannot_process",
    "W": "other_source_of_data",
    "X": "facility",
    "Y": "spend_down",
}

#: EB06.
PERIOD: Mapping[str, str] = {
    "6": "hour",
    "7": "day",
    "13": "24_hours",
    "21": "years",
    "22": "service_year",
    "23": "calendar_year",
    "24": "year_to_date",
    "25": "contract",
    "26": "episode",
    "27": "visit",
    "28": "outlier",
    "29": "remaining",
    "30": "exceeded",
    "31": "not_exceeded",
    "32": "lifetime",
    "33": "lifetime_remaining",
    "34": "month",
    "35": "week",
    "36": "admission",
}

#: EB02.
COVERAGE_LEVEL: Mapping[str, str] = {
    "CHD": "children",
    "DEP": "dependents",
    "ECH": "employee_and_children",
    "EMP": "employee",
    "ESP": "employee_and_spouse",
    "FAM": "family",
    "IND": "individual",
    "SPC": "spouse_and_children",
    "SPO": "spouse",
}

#: EB09 and HSD01 of a 271.
COUNTS: Mapping[str, str] = {
    "DB": "deductible_blood_units",
    "DY": "days",
    "FL": "units",
    "HS": "hours",
    "LA": "lifetime_reserve_actual",
    "LE": "lifetime_reserve_estimated",
    "MN": "months",
    "P6": "procedures",
    "QA": "approved",
    "S7": "age_high",
    "S8": "age_low",
    "VS": "visits",
    "YY": "years",
    "99": "used",
    "CA": "covered_actual",
    "CE": "covered_estimated",
}

#: EB11.
AUTHORIZATION_REQUIRED: Mapping[str, Answer] = {"Y": Answer.YES, "N": Answer.NO, "U": Answer.UNKNOWN}

#: EB12: W means that it does not matter, which is both.
NETWORK: Mapping[str, Network] = {"Y": Network.IN, "N": Network.OUT, "U": Network.UNKNOWN, "W": Network.BOTH}

#: DTP01 of a 271. Another qualifier is kept as sent.
DATE: Mapping[str, str] = {
    "096": "discharge",
    "102": "issue",
    "193": "period_start",
    "194": "period_end",
    "198": "completion",
    "290": "coordination_of_benefits",
    "291": "plan",
    "292": "benefit",
    "295": "primary_care_provider",
    "304": "last_visit",
    "307": "eligibility",
    "318": "added",
    "346": "plan_begin",
    "347": "plan_end",
    "348": "benefit_begin",
    "349": "benefit_end",
    "356": "eligibility_begin",
    "357": "eligibility_end",
    "435": "admission",
    "472": "service",
    "636": "last_update",
    "771": "status",
}

#: PER03, PER05 and PER07 as fields of a contact.
CHANNEL: Mapping[str, str] = {"TE": "telephone", "WP": "telephone", "FX": "fax", "EM": "email", "UR": "url"}
