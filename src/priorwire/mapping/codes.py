"""The code tables of what a reply says: codes in X12, and our words.

Rules for editing: a table maps the code as sent to a word of the model or to a short label in
our own words (X12's descriptions are licensed and are not here). Every list that a payer may
extend is open: a code that is not in it is kept as it came and never fails a reading. Meanings
are from public sources only; where sources differ, the code is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from priorwire.model.authorization import Follow, PendedFor, ReviewStatus
from priorwire.model.care import TransportPlaceRole
from priorwire.model.parties import Gender, ProviderRole
from priorwire.model.services import CodeSystem, Unit

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
    "F2": Unit.INTERNATIONAL_UNITS,
}

#: SV101-1, SV202-1, SV301-1, EB13-1.
PROCEDURE_SYSTEM: Mapping[str, CodeSystem] = {
    "HC": CodeSystem.CPT_HCPCS,
    "CJ": CodeSystem.CPT_HCPCS,
    "AD": CodeSystem.CDT,
    "N4": CodeSystem.NDC,
    "IV": CodeSystem.HOME_INFUSION,
    "WK": CodeSystem.ABC,
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

#: PER03, PER05 and PER07 as fields of a contact.
CHANNEL: Mapping[str, str] = {"TE": "telephone", "WP": "telephone", "FX": "fax", "EM": "email", "UR": "url"}

#: NM101 of a provider of an event or a service.
PROVIDER_ROLE_SAID: Mapping[str, ProviderRole] = {
    "71": ProviderRole.ATTENDING,
    "72": ProviderRole.OPERATING,
    "73": ProviderRole.OTHER_PHYSICIAN,
    "77": ProviderRole.SERVICE_LOCATION,
    "82": ProviderRole.RENDERING,
    "AAJ": ProviderRole.ADMITTING,
    "DD": ProviderRole.ASSISTANT_SURGEON,
    "DK": ProviderRole.ORDERING,
    "DN": ProviderRole.REFERRING,
    "DQ": ProviderRole.SUPERVISING,
    "FA": ProviderRole.FACILITY,
    "G3": ProviderRole.CLINIC,
    "P3": ProviderRole.PRIMARY_CARE,
    "QB": ProviderRole.PURCHASED_SERVICE,
    "QV": ProviderRole.GROUP_PRACTICE,
    "SJ": ProviderRole.RENDERING,
}

#: NM101 of a place of a transport.
TRANSPORT_PLACE: Mapping[str, TransportPlaceRole] = {
    "PW": TransportPlaceRole.PICK_UP,
    "45": TransportPlaceRole.DROP_OFF,
    "ND": TransportPlaceRole.NEXT,
    "R3": TransportPlaceRole.NEXT_SCHEDULED,
    "FS": TransportPlaceRole.FINAL_SCHEDULED,
}

#: PER: an extension, which belongs to the telephone number.
EXTENSION = "EX"

#: NM101: what a party is in a review or a coverage.
PARTY_ROLE: Mapping[str, str] = {
    "X3": "review_organization",
    "PR": "payer",
    "2B": "third_party_administrator",
    "36": "employer",
    "GP": "gateway_provider",
    "P5": "plan_sponsor",
    "1P": "provider",
    "80": "hospital",
    "IL": "subscriber",
    "QC": "patient",
    "03": "dependent",
    "L5": "contact",
    **{code: role.value for code, role in PROVIDER_ROLE_SAID.items()},
    **{code: role.value for code, role in TRANSPORT_PLACE.items()},
}

#: INS02.
RELATIONSHIP: Mapping[str, str] = {
    "18": "self",
    "01": "spouse",
    "19": "child",
    "20": "employee",
    "21": "unknown",
    "34": "other_adult",
    "39": "organ_donor",
    "40": "cadaver_donor",
    "53": "life_partner",
    "G8": "other",
}

#: REF01 of a party.
NUMBER: Mapping[str, str] = {
    "0B": "state_license",
    "18": "plan",
    "1G": "upin",
    "1J": "facility",
    "1L": "group_or_policy",
    "1W": "member_id",
    "3H": "case",
    "3L": "branch",
    "49": "family_unit",
    "6P": "group",
    "CE": "class_of_contract",
    "CT": "contract",
    "DP": "department",
    "EA": "medical_record",
    "EI": "tax_id",
    "EJ": "patient_account",
    "EO": "submitter",
    "F6": "medicare",
    "G5": "site",
    "GH": "card",
    "HJ": "card",
    "HPI": "npi",
    "IF": "issue",
    "IG": "policy",
    "JD": "user",
    "N5": "plan_network",
    "N6": "plan_network",
    "N7": "facility_network",
    "NQ": "medicaid",
    "Q4": "prior_identifier",
    "SY": "social_security_number",
    "TJ": "tax_id",
    "Y4": "agency_claim",
    "ZH": "payer_assigned",
}
