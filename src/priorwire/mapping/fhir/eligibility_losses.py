"""What CoverageEligibility has no place for: the lists that the reports and the reference page are made of."""

from __future__ import annotations

from priorwire.mapping.fhir.loss import Declared

_GIVEN = "Given names stand in order: a middle name alone would be read as the first."
_REACHED = "A person has ways to be reached, and no contacts with a name."
_BESIDE = "An identifier has no place for what is said beside it."
_PART = "A party's part follows from where it stands."

INQUIRY = Declared(
    always={
        "family": "A request is about one patient's benefits.",
        "authorization_number": "A request has no place for an earlier number.",
        "referral_number": "A request has no place for an earlier number.",
        "spend_down": "A request has no place for money.",
        "spend_down_billed": "A request has no place for money.",
        "card_issued": "A coverage does not say when its card was issued.",
    },
    sometimes={
        "diagnoses[].kind": "An item names a diagnosis, and not the part that it plays.",
        "diagnoses[].on": "An item names a diagnosis, and not its date.",
        "provider.taxonomy": "A requesting organization has no place for a taxonomy.",
        "provider.contact.name": "A person in a role has ways to be reached, and no name of a contact.",
        "provider.person.middle": _GIVEN,
        "subscriber.name.middle": _GIVEN,
        "dependent.name.middle": _GIVEN,
        "procedures[].system": "FHIR names no code list for it: the code goes as text.",
        "procedures[].description": "The code goes as text, so that there is no place for a description.",
        "procedures[].through": "An item names one code.",
    },
)

COVERAGE = Declared(
    always={
        "diagnoses": "A response repeats no diagnosis.",
        "corrected": "A response does not say what differs from the request.",
        "military": "A response has no place for service in the armed forces.",
        "patient_provider": "A response has no place for who takes care of the patient.",
        "cautions": "How an answer was read has no place in it.",
        "benefits[].insurance_type": "A benefit has no type of insurance.",
        "benefits[].places_of_service": "A benefit is not limited to a place.",
        "benefits[].dates": "A benefit has no dates of its own.",
        "benefits[].contacts": "A benefit names nobody.",
        "benefits[].deliveries": "A benefit is not spread over time.",
        "benefits[].injuries": "A benefit is not limited to an injury.",
        "benefits[].numbers": "A benefit has no numbers of its own.",
        "benefits[].entities": "A benefit names nobody.",
        "benefits[].diagnosis_numbers": "A benefit is not limited to a diagnosis.",
        "benefits[].rejections": "An error is about the whole response.",
        "rejections[].follow": "An error is a code alone.",
        "rejections[].follow_code": "An error is a code alone.",
        "rejections[].request_valid": "An error is a code alone.",
        "rejections[].service": "An error is a code alone.",
        "payer.number_notes": _BESIDE,
        "provider.number_notes": _BESIDE,
        "subscriber.number_notes": _BESIDE,
        "patient.number_notes": _BESIDE,
        "payer.role": _PART,
        "payer.relationship": "Only a patient is related to somebody.",
        "payer.taxonomy": "An organization has no place for a taxonomy.",
        "payer.first_name": "A payer is an organization.",
        "payer.middle_name": "A payer is an organization.",
        "payer.suffix": "A payer is an organization.",
        "payer.birth_date": "A payer is an organization.",
        "payer.gender": "A payer is an organization.",
        "provider.role": _PART,
        "provider.relationship": "Only a patient is related to somebody.",
        "provider.taxonomy": "A requestor has no place for a taxonomy.",
        "subscriber.role": _PART,
        "subscriber.relationship": "The coverage says how the patient is related.",
        "subscriber.taxonomy": "A patient has no taxonomy.",
        "patient.role": _PART,
        "patient.taxonomy": "A patient has no taxonomy.",
    },
    sometimes={
        "status": "It is read from whether the coverage is in force, and from the codes of the errors.",
        "plan_dates[]": "A coverage has one period: that of the plan.",
        "rejections[].says": "Codes are carried, texts are not.",
        "rejections[].next_step": "It is read from the codes.",
        "rejections[].about": "An error is a code alone.",
        "benefits[].procedure.system": "FHIR names no code list for it: the code goes as text.",
        "benefits[].procedure.description": "The code goes as text, so that there is no place for a description.",
        "benefits[].procedure.through": "An item names one code.",
        "benefits[].messages": "Several messages are one text, a line each; these have lines of their own.",
        "provider.middle_name": _GIVEN,
        "subscriber.middle_name": _GIVEN,
        "patient.middle_name": _GIVEN,
        "provider.contacts": _REACHED,
        "subscriber.contacts": _REACHED,
        "patient.contacts": _REACHED,
    },
)
