"""What single lines of care add to an event: CRC, CL1, CR1, CR2, CR5, CR6, PWK, 2010EB and 2010EC (005010X217)."""

from __future__ import annotations

from collections.abc import Callable

from priorwire.mapping import request_codes, spelling
from priorwire.mapping.draft import Draft
from priorwire.mapping.party_segments import add_address
from priorwire.model.authorization import Admission, RequestKind
from priorwire.model.care import (
    AmbulanceTransport,
    Attachment,
    HomeHealthCare,
    OtherReview,
    OxygenTherapy,
    PatientCondition,
    SpinalManipulation,
)
from priorwire.model.services import CodeSystem

#: How many CR5 and CR6 hold of what may be several.
_EQUIPMENTS, _FINDINGS = 3, 3
_REASONS = 4


def add_conditions(draft: Draft, conditions: tuple[PatientCondition, ...]) -> None:
    """CRC, in the order of the guide."""
    order = tuple(request_codes.CONDITION)
    for index in sorted(range(len(conditions)), key=lambda each: order.index(conditions[each].category)):
        condition = conditions[index]
        applies = "Y" if condition.applies else "N"
        with draft.about("conditions", index):
            codes = map(spelling.code, condition.codes)
            draft.add("CRC", request_codes.CONDITION[condition.category], applies, *codes)


def add_admission(draft: Draft, admission: Admission) -> None:
    """CL1."""
    told = (admission.type_code, admission.source_code, admission.patient_status, admission.nursing_home_status)
    if any(told):
        with draft.about("admission"):
            draft.add("CL1", *map(spelling.code, told))


def add_ambulance(draft: Draft, transport: AmbulanceTransport) -> None:
    """CR1, in pounds and miles."""
    draft.add(
        "CR1",
        "LB" if transport.weight_pounds is not None else None,
        spelling.amount(transport.weight_pounds),
        request_codes.TRIP[transport.trip],
        spelling.code(transport.reason),
        "DH" if transport.distance_miles is not None else None,
        spelling.amount(transport.distance_miles),
        None,
        None,
        draft.text(transport.round_trip_purpose),
        draft.text(transport.stretcher_purpose),
    )


def add_transport_places(draft: Draft, transport: AmbulanceTransport) -> None:
    """2010EB."""
    for index, place in enumerate(transport.places):
        with draft.about("places", index):
            draft.add("NM1", request_codes.TRANSPORT_PLACE[place.role], "2", draft.text(place.name))
            add_address(draft, place.address)


def add_spinal_manipulation(draft: Draft, spinal: SpinalManipulation) -> None:
    """CR2."""
    draft.add(
        "CR2",
        str(spinal.treatment_number) if spinal.treatment_number is not None else None,
        spelling.amount(spinal.treatments_in_series),
        spelling.code(spinal.first_level),
        spelling.code(spinal.last_level),
        None,
        None,
        None,
        spelling.code(spinal.nature),
        spelling.yes_no(spinal.complication),
        draft.text(spinal.description),
        draft.text(spinal.further_description),
        spelling.yes_no(spinal.xrays_available),
    )


def add_oxygen(draft: Draft, oxygen: OxygenTherapy) -> None:
    """CR5: the third equipment stands apart from the first two."""
    for field, codes, most in (
        ("equipment", oxygen.equipment, _EQUIPMENTS),
        ("findings", oxygen.findings, _FINDINGS),
    ):
        if len(codes) > most:
            draft.refuse(f"{field}/{most}", "too_many", f"At most {most} can be sent.")
    equipment = (*map(spelling.code, oxygen.equipment), None, None, None)[:_EQUIPMENTS]
    findings = (*map(spelling.code, oxygen.findings), None, None, None)[:_FINDINGS]
    draft.add(
        "CR5",
        None,
        None,
        *equipment[:2],
        draft.text(oxygen.equipment_reason),
        spelling.amount(oxygen.flow_rate),
        spelling.amount(oxygen.uses_per_day),
        spelling.amount(oxygen.hours_per_use),
        draft.text(oxygen.orders),
        spelling.amount(oxygen.arterial_blood_gas),
        spelling.amount(oxygen.saturation),
        spelling.code(oxygen.test_condition),
        *findings,
        spelling.amount(oxygen.portable_flow_rate),
        spelling.code(oxygen.delivery_system),
        equipment[2],
    )


def add_home_health(draft: Draft, care: HomeHealthCare, kind: RequestKind) -> None:
    """CR6; CR607 has one value (W) that the guide allows."""
    certification = spelling.code(care.certification) or request_codes.CERTIFICATION.get(kind)
    if certification is None:
        detail = "A reconsideration says for itself which kind of certification home health care asks for."
        draft.refuse("certification", "required", detail)
    period, stay = care.certification_period, care.last_stay
    draft.add(
        "CR6",
        spelling.code(care.prognosis),
        spelling.day(care.started),
        "RD8" if period else None,
        spelling.days_between(period) if period else None,
        None,
        None,
        "W",
        certification,
        *_surgery(draft, care),
        spelling.day_if_any(care.ordered_on),
        spelling.day_if_any(care.last_visit_on),
        spelling.day_if_any(care.physician_contact_on),
        "RD8" if stay else None,
        spelling.days_between(stay) if stay else None,
        spelling.code(care.discharged_from),
    )


def _surgery(draft: Draft, care: HomeHealthCare) -> tuple[str | None, str | None, str | None]:
    """CR609 to CR611: a bare CPT or HCPCS code."""
    surgery = care.surgery
    if surgery is None:
        return spelling.day_if_any(care.surgery_on), None, None
    if surgery.system is not CodeSystem.CPT_HCPCS:
        draft.refuse("surgery/system", "no_such_code_system", "A surgery is named by its CPT or HCPCS code here.")
    for field in ("modifiers", "through", "description"):
        if getattr(surgery, field):
            draft.refuse(f"surgery/{field}", "not_for_this_service", "Only the code itself can be sent here.")
    return spelling.day_if_any(care.surgery_on), "HC", spelling.code(surgery.code)


def add_attachments(draft: Draft, attachments: tuple[Attachment, ...], number: Callable[[int], str]) -> None:
    """PWK; `number` gives PWK06 of the n-th document, from 1, where the practice gave none and one is needed."""
    for index, each in enumerate(attachments):
        known = spelling.identifier(each.control_number)
        if known is None and each.way in request_codes.NUMBERED_WAYS:
            known = number(index + 1)
        with draft.about("attachments", index):
            draft.add(
                "PWK",
                spelling.code(each.report_type),
                request_codes.ATTACHMENT_WAY[each.way],
                None,
                None,
                "AC" if known else None,
                known,
                draft.text(each.description),
            )


def add_other_reviews(draft: Draft, reviews: tuple[OtherReview, ...]) -> None:
    """2010EC."""
    for index, each in enumerate(reviews):
        with draft.about("other_reviews", index):
            if len(each.reasons) > _REASONS:
                draft.refuse(f"reasons/{_REASONS}", "too_many", f"At most {_REASONS} reasons can be sent.")
            first, *further = (draft.text(reason) or "" for reason in each.reasons or ("",))
            draft.add("NM1", spelling.code(each.role), "2", draft.text(each.organization))
            pairs = tuple(part for reason in further for part in ("ZZ", reason))
            draft.add("REF", "ZZ", first, None, pairs or None)
            draft.date("598", each.on, "on")
