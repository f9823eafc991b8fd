"""The items of a Claim, and the supporting information that they point to: written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from priorwire.mapping import request_codes
from priorwire.mapping.fhir import systems, words
from priorwire.mapping.fhir.deliveries import order_of, quantity_of
from priorwire.mapping.fhir.elements import (
    Entries,
    Json,
    absent,
    coded_extension,
    coding,
    concept,
    dated,
    day,
    extension,
    filled_in,
    identifier,
    money,
    number,
)
from priorwire.mapping.fhir.parties import Lost
from priorwire.model.authorization import AuthorizationRequest, ServiceLine
from priorwire.model.care import Attachment
from priorwire.model.services import CodeSystem, Delivery, ProcedureCode


def not_applicable() -> Json:
    """Says that no procedure code is given, in PAS's words for it."""
    return {"coding": [coding(systems.ABSENT_CODES, "not-applicable")]}


class Supporting:
    """Claim.supportingInfo: dates, announced documents, messages; numbered, so that items can point to them."""

    def __init__(self) -> None:
        self._entries: list[Json] = []

    def event(self, request: AuthorizationRequest) -> None:
        """What is said of the whole event: nothing points to it."""
        self._add("patientEvent", **dated("timing", request.event_dates))
        if request.admission:
            self._add("admissionDates", **dated("timing", request.admission.admitted))
            self._add("dischargeDates", timingDate=day(request.admission.discharged))
        for each in request.attachments:
            self._document(each)
        self._add("freeFormMessage", valueString=request.note)

    def line(self, line: ServiceLine) -> list[int]:
        """What is said of one service; the numbers for its item."""
        before = len(self._entries)
        for each in line.attachments:
            self._document(each)
        self._add("freeFormMessage", valueString=line.note)
        return [each["sequence"] for each in self._entries[before:]]

    def listed(self) -> list[Json]:
        """All of it."""
        return self._entries

    def _add(self, category: str, *, told: Iterable[Json] = (), **value: object) -> None:
        if not any(value.values()):
            return
        sequence = len(self._entries) + 1
        said = concept(systems.TEMPORARY_CODES, category)
        self._entries.append(filled_in(extension=list(told), sequence=sequence, category=said, **value))

    def _document(self, attachment: Attachment) -> None:
        """A document that is announced: a reference by its number, because it is not here yet."""
        parts = [
            *coded_extension("reportTypeCode", systems.x12(755), attachment.report_type),
            *coded_extension("transmissionMethod", systems.x12(756), request_codes.ATTACHMENT_WAY[attachment.way]),
            *extension("controlNumber", valueString=attachment.control_number),
            *extension("description", valueString=attachment.description),
        ]
        number_ = attachment.control_number
        named = {"identifier": identifier(None, number_)} if number_ else absent()
        self._add(
            "additionalInformation",
            told=[{"url": systems.pas("documentInformation"), "extension": parts}],
            valueReference={"type": "DocumentReference", **named},
        )


class ItemWriter:
    """Makes items: each says for itself what the event says for all."""

    def __init__(self, request: AuthorizationRequest, entries: Entries, patient: Json, lost: Lost) -> None:
        self._request = request
        self._entries = entries
        self._patient = patient
        self._lost = lost

    def event_alone(self) -> Json:
        """One item for a request without services: its service type stands where a procedure would."""
        request = self._request
        asked = concept(systems.x12(1365), request.service_type) or not_applicable()
        return self._item(1, None, None, asked, request.delivery, "delivery")

    def line(
        self, line: ServiceLine, sequence: int, path: str, team: Sequence[int], information: Sequence[int]
    ) -> Json:
        """One service."""
        lost, procedure = self._lost, line.procedure
        if procedure.system is CodeSystem.REVENUE and line.revenue_code:
            lost(f"{path}.revenue_code")
        item = self._item(
            sequence, line, procedure.through, procedure_of(procedure, f"{path}.procedure", lost), line.delivery,
            f"{path}.delivery",
        )  # fmt: skip
        revenue = procedure.code if procedure.system is CodeSystem.REVENUE else line.revenue_code
        priced = line.charge is not None and (line.quantity is None or line.quantity.value == 1)
        return item | filled_in(
            careTeamSequence=list(team),
            diagnosisSequence=list(line.diagnosis_numbers),
            informationSequence=list(information),
            revenue=concept(systems.REVENUE, revenue),
            modifier=[concept(words.modifier_system(each), each) for each in procedure.modifiers],
            **dated("serviced", line.dates),
            quantity=quantity_of(line.quantity),
            unitPrice=money(line.charge) if priced else None,
            net=money(line.charge),
        )

    def _item(
        self,
        sequence: int,
        line: ServiceLine | None,
        through: str | None,
        asked: Json,
        delivery: Delivery | None,
        delivery_path: str,
    ) -> Json:
        request = self._request
        category = (line and line.category) or request.category
        kind = (line and line.kind) or request.kind
        order = order_of(self._entries, delivery, asked, self._patient, delivery_path, self._lost)
        end = concept(_system_of_end(line), through)
        return filled_in(
            extension=[
                *coded_extension(
                    systems.pas("serviceItemRequestType"), systems.x12(1525), request_codes.CATEGORY[category]
                ),
                *coded_extension(systems.pas("certificationType"), systems.x12(1322), request_codes.REQUEST_KIND[kind]),
                *extension(systems.pas("productOrServiceCodeEnd"), valueCodeableConcept=end),
                *extension(systems.pas("requestedService"), valueReference=order),
                *(_line_extensions(line) if line else []),
            ],
            sequence=sequence,
            category=concept(systems.x12(1365), (line and line.service_type) or request.service_type) or absent(),
            productOrService=asked,
            locationCodeableConcept=self._location(line),
        )

    def _location(self, line: ServiceLine | None) -> Json:
        own = line if line and (line.place_of_service or line.bill_type) else self._request
        place = concept(systems.PLACE_OF_SERVICE, own.place_of_service)
        return place or concept(systems.BILL_TYPE, own.bill_type) or absent()


def _system_of_end(line: ServiceLine | None) -> str | None:
    """The list that the last code of a range is from: that of its first."""
    procedure = line.procedure if line else None
    if procedure is None or procedure.through is None:
        return None
    if procedure.system is CodeSystem.REVENUE:
        return systems.REVENUE
    return words.procedure_system(procedure.system, procedure.through)


def _line_extensions(line: ServiceLine) -> list[Json]:
    numbers = (
        ("authorizationNumber", line.previous_authorization_number),
        ("administrationReferenceNumber", line.previous_administrative_reference),
    )
    rate = number(line.unit_rate) if line.unit_rate is not None else None
    return [
        *(each for name, text in numbers for each in extension(systems.pas(name), valueString=text)),
        *extension(systems.pas("epsdtIndicator"), valueBoolean=line.epsdt),
        *coded_extension(systems.pas("nursingHomeResidentialStatus"), systems.x12(1345), line.nursing_home_status),
        *coded_extension(systems.pas("nursingHomeLevelOfCare"), systems.x12(1337), line.nursing_level),
        *extension(systems.pas("revenueUnitRateLimit"), valueDecimal=rate),
    ]


def procedure_of(procedure: ProcedureCode, path: str, lost: Lost) -> Json:
    """A procedure's code. A revenue code has a place of its own; a list that FHIR does not name goes as text."""
    if procedure.system is CodeSystem.REVENUE:
        return not_applicable() | filled_in(text=procedure.description)
    system = words.procedure_system(procedure.system, procedure.code)
    if system is None:
        if procedure.system is not CodeSystem.OTHER:
            lost(f"{path}.system")
        if procedure.description:
            lost(f"{path}.description")
        return {"text": procedure.code}
    return (concept(system, procedure.code) or {}) | filled_in(text=procedure.description)
