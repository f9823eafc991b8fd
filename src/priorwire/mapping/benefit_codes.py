"""The code tables of what a 271 says of coverage: codes in X12, and our words.

The rules for editing are those of `priorwire.mapping.codes`.
"""

from __future__ import annotations

from collections.abc import Mapping

from priorwire.model.eligibility import Answer, CoverageStatus, Network

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
    "M2": "maximum",
    "D3": "co_insurance_days",
    "MN": "months",
    "P6": "procedures",
    "QA": "approved",
    "S7": "age_high",
    "S8": "age_low",
    "VS": "visits",
    "YY": "years",
    "8H": "minimum",
    "99": "used",
    "CA": "covered_actual",
    "CE": "covered_estimated",
}

#: HSD03 of a 271.
FREQUENCY: Mapping[str, str] = {"DA": "day", "MO": "month", "VS": "visit", "WK": "week", "YR": "year"}

#: REF01 below an EB.
NUMBER: Mapping[str, str] = {
    "18": "plan",
    "1L": "group_or_policy",
    "1W": "member_id",
    "49": "family_unit",
    "6P": "group",
    "9F": "referral",
    "ALS": "alternative_list",
    "CLI": "coverage_list",
    "F6": "medicare",
    "FO": "drug_formulary",
    "G1": "prior_authorization",
    "IG": "policy",
    "M7": "medical_assistance_category",
    "N6": "plan_network",
    "NQ": "medicaid",
}

#: NM101 of whom an EB names.
ENTITY: Mapping[str, str] = {
    "13": "contracted_provider",
    "1I": "preferred_provider_organization",
    "1P": "provider",
    "2B": "third_party_administrator",
    "36": "employer",
    "73": "other_physician",
    "FA": "facility",
    "GP": "gateway_provider",
    "GW": "group",
    "I3": "independent_physicians_association",
    "IL": "subscriber",
    "LR": "legal_representative",
    "OC": "origin_carrier",
    "P3": "primary_care_provider",
    "P4": "prior_insurance_carrier",
    "P5": "plan_sponsor",
    "PR": "payer",
    "PRP": "primary_payer",
    "SEP": "secondary_payer",
    "TTP": "tertiary_payer",
    "VER": "party_performing_verification",
    "VN": "vendor",
    "VY": "organization_completing_change",
    "X3": "utilization_management_organization",
    "Y2": "managed_care_organization",
}

#: MPI01.
MILITARY_INFORMATION: Mapping[str, str] = {
    "A": "partial",
    "C": "current",
    "L": "latest",
    "O": "oldest",
    "P": "prior",
    "S": "second_most_current",
    "T": "third_most_current",
}

#: PRV01 of the provider that takes care of the patient.
PATIENT_PROVIDER: Mapping[str, str] = {
    "AD": "admitting",
    "AT": "attending",
    "BI": "billing",
    "CO": "consulting",
    "CV": "covering",
    "H": "hospital",
    "HH": "home_health",
    "LA": "laboratory",
    "OT": "other_physician",
    "P1": "pharmacist",
    "P2": "pharmacy",
    "PC": "primary_care",
    "PE": "performing",
    "R": "rural_health_clinic",
    "RF": "referring",
    "SB": "submitting",
    "SK": "skilled_nursing_facility",
    "SU": "supervising",
}

#: PRV02 other than a taxonomy code.
PROVIDER_NUMBER: Mapping[str, str] = {
    "9K": "servicer",
    "D3": "pharmacy_board",
    "EI": "tax_id",
    "HPI": "npi",
    "SY": "social_security",
    "TJ": "tax_id",
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
    "152": "effective_date_of_change",
    "291": "plan",
    "292": "benefit",
    "295": "primary_care_provider",
    "304": "last_visit",
    "307": "eligibility",
    "318": "added",
    "340": "cobra_begin",
    "341": "cobra_end",
    "342": "premium_paid_to_begin",
    "343": "premium_paid_to_end",
    "346": "plan_begin",
    "347": "plan_end",
    "348": "benefit_begin",
    "349": "benefit_end",
    "356": "eligibility_begin",
    "357": "eligibility_end",
    "382": "enrollment",
    "435": "admission",
    "442": "death",
    "458": "certification",
    "472": "service",
    "539": "policy_effective",
    "540": "policy_expiration",
    "636": "last_update",
    "771": "status",
}
