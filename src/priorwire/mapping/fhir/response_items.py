"""The items of a ClaimResponse: written."""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.mapping import codes
from priorwire.mapping.fhir import said_parties, systems, words
from priorwire.mapping.fhir.deliveries import order_of, quantity_of
from priorwire.mapping.fhir.elements import (
    Entries,
    Json,
    absent,
    coded_extension,
    concept,
    dated,
    day,
    extension,
    filled_in,
    period,
)
from priorwire.mapping.fhir.items import not_applicable, procedure_of
from priorwire.mapping.fhir.parties import Lost
from priorwire.mapping.fhir.reviews import (
    adjudication,
    approved,
    code_of,
    pended_for,
    service_as_read,
    submitted,
    trace_identifier,
    undecided_service,
)
from priorwire.model.authorization import AuthorizationRecord, ReviewStatus, ServiceDecision
from priorwire.model.parties import PartySaid
from priorwire.model.services import CodeSystem, DateSpan


class ItemNotes:
    """ClaimResponse.processNote: numbered, so that items can point to them."""

    def __init__(self) -> None:
        self._notes: list[Json] = []

    def add(self, text: str) -> int:
        """The number of a new note."""
        self._notes.append({"number": len(self._notes) + 1, "text": text})
        return len(self._notes)

    def listed(self) -> list[Json]:
        """All of them."""
        return self._notes


def _choice(url: str, span: DateSpan | None, single: str) -> list[Json]:
    """An extension whose value is a day or a period."""
    if span is None:
        return []
    if span.end is None:
        return extension(url, **{single: day(span.start)})
    return extension(url, valuePeriod=period(span.start, span.end))


class ResponseItems:
    """Makes items and added items of services."""

    def __init__(
        self, entries: Entries, sequences: Sequence[int | None], patient: Json, notes: ItemNotes, lost: Lost
    ) -> None:
        self._entries = entries
        self._sequences = sequences
        self._patient = patient
        self._notes = notes
        self._lost = lost

    def of(self, record: AuthorizationRecord) -> tuple[list[Json], list[Json]]:
        """Items, and added items."""
        items, added = [], []
        taken = [each for each in self._sequences if each] or [0]
        for index, service in enumerate(record.services):
            path = f"services[{index}]"
            self._tell_derived(record, service, index)
            asked = self._sequences[index] if index < len(self._sequences) else index + 1
            sequence = asked or max(taken) + 1
            taken.append(sequence)
            notes = [self._notes.add(each) for each in service.messages]
            if asked:
                items.append(self._item(record, service, sequence, notes, index))
            if asked is None or service.status is ReviewStatus.APPROVED_MODIFIED:
                added.append(self._added(service, sequence, notes, path, is_new=asked is None))
        return items, added

    def unnamed(self, sequence: int, record: AuthorizationRecord | None) -> Json:
        """An item that the reply does not name: with the decision on the whole, where that is all there is."""
        decided = adjudication(record, None) if record else []
        return {
            "extension": [self._nobody()],
            "itemSequence": sequence,
            "adjudication": decided or [{"category": submitted()}],
        }

    def provider(self, party: PartySaid, path: str) -> Json:
        """Who may provide: the party, what it does, its taxonomy."""
        reference = said_parties.provider_of(self._entries, party, path, self._lost)
        parts = [
            *extension("provider", valueReference=reference),
            {
                "url": systems.pas("authorizedProviderType"),
                "valueCodeableConcept": said_parties.role_of(party.role) or absent(),
            },
            *coded_extension("qualification", systems.TAXONOMY, party.taxonomy),
        ]
        return {"url": systems.pas("itemAuthorizedProvider"), "extension": parts}

    def _nobody(self) -> Json:
        """PAS wants an authorized provider of each item, also where the payer names none."""
        kind = {"url": systems.pas("authorizedProviderType"), "valueCodeableConcept": absent()}
        return {"url": systems.pas("itemAuthorizedProvider"), "extension": [kind]}

    def _item(
        self, record: AuthorizationRecord, service: ServiceDecision, sequence: int, notes: list[int], at: int
    ) -> Json:
        number = service.authorization_number
        refused = any(each.service == at + 1 for each in record.rejections)
        decided = adjudication(service, number, undecided=undecided_service(service, refused=refused))
        path = f"services[{at}]"
        providers = [self.provider(each, f"{path}.providers[{nth}]") for nth, each in enumerate(service.providers)]
        return filled_in(
            extension=[
                *self._common(service),
                *_choice(systems.pas("itemRequestedServiceDate"), service.dates, "valueDateTime"),
                *(providers or [self._nobody()]),
                *self._detail(service, path),
                *_choice(systems.pas("admissionDates"), record.admitted, "valueDate"),
                *extension(systems.pas("dischargeDate"), valueDate=day(record.discharged)),
            ],
            itemSequence=sequence,
            noteNumber=notes,
            adjudication=decided or [{"category": submitted()}],
        )

    def _common(self, service: ServiceDecision) -> list[Json]:
        traces = [
            {"url": systems.pas("itemTraceNumber"), "valueIdentifier": trace_identifier(each)}
            for each in service.traces
        ]
        numbers = (
            ("authorizationNumber", service.previous_authorization_number),
            ("administrationReferenceNumber", service.administrative_reference),
        )
        valid = period(service.effective_date, service.expiration_date)
        return [
            *traces,
            *extension(systems.pas("itemPreAuthIssueDate"), valueDate=day(service.issued_date)),
            *extension(systems.pas("itemPreAuthPeriod"), valuePeriod=valid),
            *(each for name, text in numbers for each in extension(systems.pas(name), valueString=text)),
        ]

    def _detail(self, service: ServiceDecision, path: str) -> list[Json]:
        """What is authorized."""
        procedure = service.procedure
        asked = procedure_of(procedure, f"{path}.procedure", self._lost) if procedure else None
        if procedure and procedure.system is CodeSystem.REVENUE and service.revenue_code:
            self._lost(f"{path}.revenue_code")
        order = order_of(self._entries, service.delivery, asked, self._patient, f"{path}.delivery", self._lost)
        parts = [
            *extension("productOrServiceCode", valueCodeableConcept=asked),
            *(
                each
                for modifier in (procedure.modifiers if procedure else ())
                for each in coded_extension("modifier", words.modifier_system(modifier), modifier)
            ),
            *extension(systems.pas("productOrServiceCodeEnd"), valueCodeableConcept=_end(service)),
            *extension("quantity", valueQuantity=quantity_of(service.quantity)),
            *coded_extension(systems.pas("revenueCode"), systems.REVENUE, _revenue(service)),
            *extension(systems.pas("requestedService"), valueReference=order),
        ]
        return [{"url": systems.pas("itemAuthorizedDetail"), "extension": parts}] if parts else []

    def _added(self, service: ServiceDecision, sequence: int, notes: list[int], path: str, *, is_new: bool) -> Json:
        """What was approved in place of, or beside, what was asked for."""
        procedure = service.procedure
        asked = procedure_of(procedure, f"{path}.procedure", _untold) if procedure else None
        number = service.authorization_number
        decided = adjudication(service, number) if is_new else approved(number)
        return filled_in(
            extension=[
                *(self._common(service) if is_new else []),
                *coded_extension(systems.pas("revenueCode"), systems.REVENUE, _revenue(service)),
            ],
            itemSequence=[sequence],
            productOrService=asked or not_applicable(),
            modifier=[
                concept(words.modifier_system(each), each) for each in (procedure.modifiers if procedure else ())
            ],
            **dated("serviced", service.dates),
            quantity=quantity_of(service.quantity),
            noteNumber=notes if is_new else None,
            adjudication=decided or [{"category": submitted()}],
        )

    def _tell_derived(self, record: AuthorizationRecord, service: ServiceDecision, index: int) -> None:
        path = f"services[{index}]"
        if code_of(service) != service.decision_code:
            self._lost(f"{path}.decision_code", "moved")
        refused = any(each.service == index + 1 for each in record.rejections)
        status = service_as_read(service, refused=refused)
        if status is not service.status:
            self._lost(f"{path}.status", "moved")
        wanted = any(each.service == index + 1 for each in record.requested_documents)
        if service.pended_for is not pended_for(status, service.reasons, documents=wanted):
            self._lost(f"{path}.pended_for", "moved")
        for nth, reason in enumerate(service.reasons):
            if reason.says != codes.REASON.get(reason.code):
                self._lost(f"{path}.reasons[{nth}].says", "moved")


def _untold(path: str, code: str = "no_place") -> None:
    """The item itself has told it."""


def _revenue(service: ServiceDecision) -> str | None:
    procedure = service.procedure
    return procedure.code if procedure and procedure.system is CodeSystem.REVENUE else service.revenue_code


def _end(service: ServiceDecision) -> Json | None:
    procedure = service.procedure
    if procedure is None or procedure.through is None:
        return None
    is_revenue = procedure.system is CodeSystem.REVENUE
    system = systems.REVENUE if is_revenue else words.procedure_system(procedure.system, procedure.through)
    return concept(system, procedure.through)
