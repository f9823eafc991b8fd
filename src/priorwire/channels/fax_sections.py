"""What a faxed request says, as headings with labelled rows: everything that the practice told, in plain words.

A row without a value is left out where the page is laid out, and so is a section without rows.
A code of a published list keeps its code: the reviewer may know it better than our words for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from priorwire.channels import glosses
from priorwire.channels.wording import words
from priorwire.model.authorization import Admission, AuthorizationRequest, DiagnosisKind, ServiceLine
from priorwire.model.care import (
    Accident,
    AmbulanceTransport,
    Attachment,
    DentalDetail,
    HomeHealthCare,
    OtherReview,
    OxygenTherapy,
    SpinalManipulation,
)
from priorwire.model.parties import Contact, Dependent, MemberNumber, Provider, ProviderNumber, Subscriber
from priorwire.model.services import Delivery

#: Label and value.
Rows = list[tuple[str, str]]
Section = tuple[str, Rows]


def sections(request: AuthorizationRequest) -> Iterator[Section]:
    """All that is printed behind the cover, in the order of reading."""
    yield "Request", _about(request)
    yield "Member", _member(request.subscriber)
    if request.dependent is not None:
        yield "Patient", _patient(request.dependent)
    yield "Requesting provider", _provider(request.requester)
    for provider in request.providers:
        yield "Provider", _provider(provider)
    yield (
        "Diagnoses",
        [("DRG" if each.kind is DiagnosisKind.DRG else "ICD-10-CM", words(each)) for each in request.diagnoses],
    )
    yield from _care(request)
    yield "Documents", _documents(request.attachments)
    for review in request.other_reviews:
        yield "Denied by another reviewer", _other_review(review)
    for number, service in enumerate(request.services, 1):
        yield f"Service {number}", _service(service)
        for provider in service.providers:
            yield f"Provider of service {number}", _provider(provider)
    yield "Note", [("", words(request.note))]


def _about(request: AuthorizationRequest) -> Rows:
    return [
        ("Kind of review", words(request.category)),
        ("Kind of request", words(request.kind)),
        ("Urgency", words(request.urgency)),
        ("Service type code", words(request.service_type)),
        ("Place of service", words(request.place_of_service)),
        ("Bill type", words(request.bill_type)),
        ("Date of service", words(request.event_dates)),
        ("How it is spread", words(request.delivery)),
        ("Earlier authorization", words(request.previous_authorization_number)),
        ("Earlier reference", words(request.previous_administrative_reference)),
        ("Onset", words(request.onset)),
        ("Last menstrual period", words(request.last_menstrual_period)),
        ("Estimated birth", words(request.estimated_birth)),
        ("State of the patient", glosses.coded(request.health_condition, 1213)),
        ("Prognosis", glosses.coded(request.prognosis, 923)),
        ("Release of information", glosses.coded(request.information_release, 1363)),
        ("Why it comes late", glosses.coded(request.delay_reason, 1514)),
    ]


# ---------------------------------------------------------------- parties


def _member(subscriber: Subscriber) -> Rows:
    return [
        ("Member id", words(subscriber.member_id)),
        ("Name", words(subscriber.name)),
        ("Date of birth", words(subscriber.birth_date)),
        ("Gender", words(subscriber.gender)),
        ("Born together, which", words(subscriber.birth_order)),
        ("Group number", words(subscriber.group_number)),
        *_numbers(subscriber.numbers),
        ("In the armed forces", words(subscriber.military_status)),
        ("Address", words(subscriber.address)),
    ]


def _patient(dependent: Dependent) -> Rows:
    return [
        ("Name", words(dependent.name)),
        ("Relationship", f"{words(dependent.relationship)} (to the member)"),
        ("Date of birth", words(dependent.birth_date)),
        ("Gender", words(dependent.gender)),
        ("Born together, which", words(dependent.birth_order)),
        *_numbers(dependent.numbers),
        ("Address", words(dependent.address)),
    ]


def _provider(provider: Provider) -> Rows:
    return [
        ("Name", words(provider)),
        ("Role", words(provider.role)),
        ("NPI", words(provider.npi)),
        ("Tax id", words(provider.tax_id)),
        ("Taxonomy", words(provider.taxonomy)),
        *_numbers(provider.numbers),
        ("Address", words(provider.address)),
        *(_contact(provider.contact) if provider.contact else ()),
    ]


def _numbers(numbers: tuple[ProviderNumber, ...] | tuple[MemberNumber, ...]) -> Rows:
    return [(f"{words(each.kind)} number", words(each)) for each in numbers]


def _contact(contact: Contact) -> Rows:
    extension = f", extension {contact.extension}" if contact.extension else ""
    return [
        ("Contact", words(contact.name)),
        ("Telephone", f"{words(contact.telephone)}{extension}"),
        ("Fax", words(contact.fax)),
        ("E-mail", words(contact.email)),
        ("Web", words(contact.url)),
    ]


# ---------------------------------------------------------------- lines of care


def _care(request: AuthorizationRequest) -> Iterator[Section]:
    if request.accident is not None:
        yield "Cause", _accident(request.accident)
    if request.admission is not None:
        yield "Admission", _admission(request.admission)
    yield (
        "Conditions of the patient",
        [
            (words(each.category), f"{'' if each.applies else 'Not '}{glosses.coded_all(each.codes, 1321)}")
            for each in request.conditions
        ],
    )
    if request.ambulance is not None:
        yield "Ambulance", _ambulance(request.ambulance)
    if request.spinal_manipulation is not None:
        yield "Spinal manipulation", _spinal(request.spinal_manipulation)
    if request.oxygen is not None:
        yield "Oxygen at home", _oxygen(request.oxygen)
    if request.home_health is not None:
        yield "Home health care", _home_health(request.home_health)


def _accident(accident: Accident) -> Rows:
    return [
        ("Cause", words(accident.causes)),
        ("Date", words(accident.on)),
        ("State", words(accident.state)),
        ("Country", words(accident.country)),
    ]


def _admission(admission: Admission) -> Rows:
    return [
        ("Admitted", words(admission.admitted)),
        ("Length of stay", words(admission.days)),
        ("Discharged", words(admission.discharged)),
        ("Type of admission", words(admission.type_code)),
        ("Source of admission", words(admission.source_code)),
        ("Patient status", words(admission.patient_status)),
        ("Nursing home status", glosses.coded(admission.nursing_home_status, 1345)),
    ]


def _ambulance(transport: AmbulanceTransport) -> Rows:
    return [
        ("Trip", words(transport.trip)),
        ("Reason", glosses.coded(transport.reason, 1317)),
        ("Weight, pounds", words(transport.weight_pounds)),
        ("Distance, miles", words(transport.distance_miles)),
        ("Why both ways", words(transport.round_trip_purpose)),
        ("Why on a stretcher", words(transport.stretcher_purpose)),
        *((words(place.role), words((place.name, place.address))) for place in transport.places),
    ]


def _spinal(spinal: SpinalManipulation) -> Rows:
    return [
        ("Nature of condition", glosses.coded(spinal.nature, 1342)),
        ("Complication", words(spinal.complication)),
        ("Treatment number", words(spinal.treatment_number)),
        ("Treatments in series", words(spinal.treatments_in_series)),
        ("First level", words(spinal.first_level)),
        ("Last level", words(spinal.last_level)),
        ("Description", words(spinal.description)),
        ("", words(spinal.further_description)),
        ("X-rays available", words(spinal.xrays_available)),
    ]


def _oxygen(oxygen: OxygenTherapy) -> Rows:
    return [
        ("Equipment", glosses.coded_all(oxygen.equipment, 1348)),
        ("Why this equipment", words(oxygen.equipment_reason)),
        ("Flow, litres a minute", words(oxygen.flow_rate)),
        ("Portable, litres a minute", words(oxygen.portable_flow_rate)),
        ("Uses a day", words(oxygen.uses_per_day)),
        ("Hours a use", words(oxygen.hours_per_use)),
        ("Orders", words(oxygen.orders)),
        ("Blood gas, mmHg", words(oxygen.arterial_blood_gas)),
        ("Saturation, percent", words(oxygen.saturation)),
        ("Tested", glosses.coded(oxygen.test_condition, 1349)),
        ("Findings", glosses.coded_all(oxygen.findings, 1350)),
        ("Delivered by", glosses.coded(oxygen.delivery_system, 1382)),
    ]


def _home_health(care: HomeHealthCare) -> Rows:
    return [
        ("Prognosis", glosses.coded(care.prognosis, 923)),
        ("Care began", words(care.started)),
        ("Certification", glosses.coded(care.certification, 1322)),
        ("Certification period", words(care.certification_period)),
        ("Surgery", words((care.surgery, care.surgery_on))),
        ("Ordered", words(care.ordered_on)),
        ("Last visit", words(care.last_visit_on)),
        ("Contact with physician", words(care.physician_contact_on)),
        ("Last stay", words(care.last_stay)),
        ("Discharged from", glosses.coded(care.discharged_from, 1384)),
    ]


def _documents(attachments: tuple[Attachment, ...]) -> Rows:
    return [
        (
            f"Document {number}",
            words(
                (
                    glosses.coded(each.report_type, 755),
                    each.description,
                    f"comes: {words(each.way).lower()}",
                    f"number {each.control_number}" if each.control_number else None,
                )
            ),
        )
        for number, each in enumerate(attachments, 1)
    ]


def _other_review(review: OtherReview) -> Rows:
    return [
        ("Organization", words(review.organization)),
        ("It is", glosses.coded(review.role, 98)),
        ("Denied on", words(review.on)),
        ("Reasons", words(review.reasons)),
    ]


# ---------------------------------------------------------------- services


def _service(service: ServiceLine) -> Rows:
    return [
        ("Service", words(service.procedure)),
        ("Kind of review", words(service.category)),
        ("Kind of request", words(service.kind)),
        ("Service type code", words(service.service_type)),
        ("Place of service", words(service.place_of_service)),
        ("Bill type", words(service.bill_type)),
        ("Revenue code", words(service.revenue_code)),
        ("Quantity", words(service.quantity)),
        ("How it is spread", words(service.delivery or Delivery())),
        ("Dates", words(service.dates)),
        ("Charge, US dollars", words(service.charge)),
        ("Rate, US dollars a unit", words(service.unit_rate)),
        ("For diagnosis", words(service.diagnosis_numbers)),
        ("Screening (EPSDT)", words(service.epsdt)),
        ("Nursing level", glosses.coded(service.nursing_level, 1337)),
        ("Nursing home status", glosses.coded(service.nursing_home_status, 1345)),
        *(_dental(service.dental) if service.dental else ()),
        *_documents(service.attachments),
        ("Earlier authorization", words(service.previous_authorization_number)),
        ("Earlier reference", words(service.previous_administrative_reference)),
        ("Note", words(service.note)),
    ]


def _dental(dental: DentalDetail) -> Rows:
    replaces = {None: "", True: "Replaces an earlier one", False: "The first one"}
    return [
        ("Areas of the mouth", glosses.coded_all(dental.oral_cavity, 1361)),
        ("Prosthesis", replaces[dental.replacement]),
        *(("Tooth", words(tooth)) for tooth in dental.teeth),
        ("Dental description", words(dental.description)),
    ]
