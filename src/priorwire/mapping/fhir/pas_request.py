"""A request for review as a PAS request bundle (Da Vinci PAS 2.2, `Claim/$submit`).

What PAS says of items only (what is reviewed, the service type, the place) goes onto each item;
`settled` is the request as it can be read back. A request without services becomes one item
that names the service type where a procedure would stand, as PAS's own examples have it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from priorwire.mapping import request_codes
from priorwire.mapping.context import BuildContext
from priorwire.mapping.fhir import parties, systems, words
from priorwire.mapping.fhir.elements import (
    Entries,
    Json,
    absent,
    bundle,
    coded_extension,
    coding,
    concept,
    day,
    extension,
    filled_in,
    identifier,
    instant,
    number,
    resource,
    token,
)
from priorwire.mapping.fhir.items import ItemWriter, Supporting
from priorwire.mapping.fhir.loss import Loss
from priorwire.mapping.fhir.people import covered_of
from priorwire.mapping.fhir.request_losses import REQUEST
from priorwire.model.authorization import (
    Admission,
    AuthorizationRequest,
    Diagnosis,
    DiagnosisKind,
    RequestKind,
    ReviewCategory,
    ServiceLine,
    Urgency,
)
from priorwire.model.care import Accident, HomeHealthCare, PatientCondition
from priorwire.model.parties import Provider
from priorwire.model.services import CodeSystem, Delivery

#: ICD-10-CM codes have a point behind the third character; a 278 leaves it out.
_POINT = 3
_INSTITUTIONAL = {CodeSystem.REVENUE, CodeSystem.ICD10_PCS}


@dataclass(frozen=True, kw_only=True)
class Written:
    """A document, and what it could not carry."""

    document: Json
    losses: tuple[Loss, ...]


def trace_token(context: BuildContext) -> str:
    """The trace number as FHIR writes an identifier in one string."""
    return f"{systems.TRACE}{context.trace_assigner}|{context.trace_number}"


def settled(request: AuthorizationRequest, context: BuildContext) -> AuthorizationRequest:
    """The same request, as PAS can say it: the event takes after its first service.

    What a service repeats of its event is left out, one day is not a range, one turn is not a
    number of turns; and a Claim always has an identifier, which is the trace number where the
    practice gives no name.
    """
    first = request.services[0] if request.services else None
    event = replace(
        request,
        category=(first and first.category) or request.category,
        service_type=(first and first.service_type) or request.service_type,
        place_of_service=_place(request, first)[0],
        bill_type=_place(request, first)[1],
        delivery=_one_turn(request.delivery),
        client_reference=request.client_reference or trace_token(context),
    )
    return replace(event, services=tuple(_relative(request, event, each) for each in request.services))


def _place(request: AuthorizationRequest, line: ServiceLine | None) -> tuple[str | None, str | None]:
    """Place of service and bill type of a line: its own, else the event's."""
    if line and (line.place_of_service or line.bill_type):
        return line.place_of_service, line.bill_type
    return request.place_of_service, request.bill_type


def _relative(request: AuthorizationRequest, event: AuthorizationRequest, line: ServiceLine) -> ServiceLine:
    category, kind = line.category or request.category, line.kind or request.kind
    service_type, place = line.service_type or request.service_type, _place(request, line)
    same_place = place == (event.place_of_service, event.bill_type)
    return replace(
        line,
        category=None if category is event.category else category,
        kind=None if kind is event.kind else kind,
        service_type=None if service_type == event.service_type else service_type,
        place_of_service=None if same_place else place[0],
        bill_type=None if same_place else place[1],
        delivery=_one_turn(line.delivery),
    )


def _one_turn(delivery: Delivery | None) -> Delivery | None:
    if delivery is None or (delivery.per and delivery.every != 1):
        return delivery
    return replace(delivery, every=None)


def write_request(request: AuthorizationRequest, context: BuildContext) -> Written:
    """A bundle that asks for review.

    Args:
        request: what is asked.
        context: the transaction's reference (the bundle's identifier, and the seed of its URNs), the trace
            number, the payer's identity and the moment.
    """
    writer = _Writer(request, context)
    document = writer.bundle()
    return Written(document=document, losses=(*REQUEST.losses_of(request), *writer.losses))


class _Writer:
    def __init__(self, request: AuthorizationRequest, context: BuildContext) -> None:
        self._given = request
        self._request = settled(request, context)
        self._context = context
        self._entries = Entries(context.reference)
        self.losses: list[Loss] = []
        self._supporting = Supporting()
        self._team: list[Json] = []

    def _lost(self, path: str, code: str = "no_place") -> None:
        self.losses.append(REQUEST.sometimes_lost(path, code))

    def bundle(self) -> Json:
        context = self._context
        self._entries.first(self._claim())
        return bundle("pas-request-bundle", identifier(None, context.reference), context.at, self._entries.listed())

    def _claim(self) -> Json:
        request, payer = self._request, self._context.payer
        self._tell_moved()
        insurer = parties.insurer_of(self._entries, payer.name, payer.identifier)
        requester = parties.provider_of(self._entries, request.requester, "requester", self._lost, is_requester=True)
        covered = covered_of(self._entries, insurer, request.subscriber, request.dependent, self._lost)
        for index, each in enumerate(request.providers):
            self._member(each, f"providers[{index}]", overall=True)
        self._supporting.event(request)
        items = self._items(covered.patient)
        is_first = request.kind is RequestKind.INITIAL
        return resource(
            "Claim",
            "claim" if is_first else "claim-update",
            extension=self._extensions(covered.patient),
            identifier=self._identifiers(),
            status="active",
            type=concept(systems.CLAIM_TYPE, claim_type(request)),
            use="preauthorization",
            patient=covered.patient,
            created=instant(self._context.at),
            insurer=insurer,
            provider=requester,
            priority=concept(systems.PRIORITY, "stat" if request.urgency is Urgency.EMERGENCY else "normal"),
            related=None if is_first else [self._prior()],
            careTeam=self._team,
            supportingInfo=self._supporting.listed(),
            diagnosis=[_diagnosis(number, each) for number, each in enumerate(request.diagnoses, 1)],
            insurance=[{"sequence": 1, "focal": True, "coverage": covered.coverage}],
            accident=self._accident(request.accident),
            item=items,
        )

    def _tell_moved(self) -> None:
        given, settled_ = self._given, self._request
        for name in ("category", "service_type", "place_of_service", "bill_type"):
            if getattr(given, name) != getattr(settled_, name) and getattr(given, name) is not None:
                self._lost(name, "moved")
        if given.delivery and given.services:
            self._lost("delivery")

    def _identifiers(self) -> list[Json]:
        own, trace = self._request.client_reference, trace_token(self._context)
        return [token(trace)] if own is None or own == trace else [token(trace), token(own)]

    def _prior(self) -> Json:
        """The earlier request, by the number that the payer gave it; the bundle does not hold it."""
        number_ = self._request.previous_authorization_number or self._request.previous_administrative_reference
        claim = {"type": "Claim", "identifier": identifier(None, number_)} if number_ else absent()
        return {"claim": claim, "relationship": concept(systems.RELATED_CLAIM, "prior")}

    def _extensions(self, patient: Json) -> list[Json]:
        request = self._request
        urgency = request_codes.URGENCY[request.urgency] if request.urgency else None
        kind = request_codes.REQUEST_KIND[request.kind]
        numbers = (
            ("authorizationNumber", request.previous_authorization_number),
            ("administrationReferenceNumber", request.previous_administrative_reference),
        )
        return [
            *coded_extension(systems.pas("levelOfServiceCode"), systems.x12(1338), urgency),
            *coded_extension(systems.pas("certificationType"), systems.x12(1322), kind),
            *(each for name, text in numbers for each in extension(systems.pas(name), valueString=text)),
            *(_condition(each) for each in request.conditions),
            *_home_health(request.home_health),
            *extension(systems.ENCOUNTER, valueReference=self._encounter(request.admission, patient)),
        ]

    def _encounter(self, admission: Admission | None, patient: Json) -> Json | None:
        if admission is None:
            return None
        length = admission.days
        unit = words.STAY_UNIT.get(length.unit) if length else None
        if length and unit is None:
            self._lost("admission.days")
        described = resource(
            "Encounter",
            "encounter",
            extension=[
                *coded_extension(systems.pas("patientStatus"), systems.PATIENT_STATUS, admission.patient_status),
                *coded_extension(
                    systems.pas("nursingHomeResidentialStatus"), systems.x12(1345), admission.nursing_home_status
                ),
            ],
            status="planned",
            class_=coding(systems.ACT_CODE, "IMP"),
            type=[concept(systems.ADMISSION_TYPE, admission.type_code) or absent()],
            subject=patient,
            length={"value": number(length.value), "system": systems.UNITS, "code": unit} if length and unit else None,
            hospitalization=filled_in(admitSource=concept(systems.ADMISSION_SOURCE, admission.source_code)),
        )
        return self._entries.add(described)

    def _accident(self, accident: Accident | None) -> Json | None:
        if accident is None:
            return None
        causes = [coding(systems.x12(1362), request_codes.RELATED_CAUSE[each]) for each in accident.causes[:1]]
        for further in range(1, len(accident.causes)):
            self._lost(f"accident.causes[{further}]")
        return filled_in(
            date=day(accident.on),
            _date=None if accident.on else absent(),
            type={"coding": causes} if causes else None,
            locationAddress=filled_in(state=accident.state, country=accident.country),
        )

    def _member(self, provider: Provider, path: str, *, overall: bool) -> int:
        """A member of the care team; its number."""
        role = request_codes.PROVIDER_ROLE[provider.role] if provider.role else None
        sequence = len(self._team) + 1
        self._team.append(
            filled_in(
                extension=extension(systems.pas("careTeamClaimScope"), valueBoolean=overall),
                sequence=sequence,
                provider=parties.provider_of(self._entries, replace(provider, role=None), path, self._lost),
                role=concept(systems.x12(98), role),
                qualification=concept(systems.TAXONOMY, provider.taxonomy),
            )
        )
        return sequence

    def _items(self, patient: Json) -> list[Json]:
        writer = ItemWriter(self._request, self._entries, patient, self._lost)
        if not self._request.services:
            return [writer.event_alone()]
        items = []
        for index, line in enumerate(self._request.services):
            path = f"services[{index}]"
            team = [
                self._member(each, f"{path}.providers[{nth}]", overall=False) for nth, each in enumerate(line.providers)
            ]
            items.append(writer.line(line, index + 1, path, team, self._supporting.line(line)))
        return items


def claim_type(request: AuthorizationRequest) -> str:
    """Institutional, oral or professional: the form that the claim for it will be made on."""
    systems_ = {each.procedure.system for each in request.services}
    if CodeSystem.CDT in systems_:
        return "oral"
    institutional = request.bill_type or any(each.bill_type or each.revenue_code for each in request.services)
    if institutional or request.category is ReviewCategory.ADMISSION or systems_ & _INSTITUTIONAL:
        return "institutional"
    return "professional"


def pointed(diagnosis: Diagnosis) -> str:
    """The code as FHIR writes it: that of ICD-10-CM has its point."""
    code = diagnosis.code
    if diagnosis.kind is DiagnosisKind.DRG or "." in code or len(code) <= _POINT:
        return code
    return f"{code[:_POINT]}.{code[_POINT:]}"


def _diagnosis(sequence: int, diagnosis: Diagnosis) -> Json:
    kind = words.DIAGNOSIS_TYPE.get(diagnosis.kind)
    system = systems.MS_DRG if diagnosis.kind is DiagnosisKind.DRG else systems.ICD10_CM
    said = concept(system, pointed(diagnosis))
    return filled_in(
        extension=extension(systems.pas("diagnosisRecordedDate"), valueDate=day(diagnosis.on)),
        sequence=sequence,
        diagnosisCodeableConcept=said,
        type=[concept(systems.TEMPORARY_CODES, kind)] if kind else None,
    )


def _condition(condition: PatientCondition) -> Json:
    category = concept(systems.x12(1136), request_codes.CONDITION[condition.category])
    return {
        "url": systems.pas("conditionCode"),
        "extension": [
            {"url": "category", "valueCodeableConcept": category},
            {"url": "indicator", "valueBoolean": condition.applies},
            *({"url": "code", "valueCodeableConcept": concept(systems.x12(1321), each)} for each in condition.codes),
        ],
    }


def _home_health(care: HomeHealthCare | None) -> list[Json]:
    if care is None:
        return []
    parts = [
        *coded_extension("prognosis", systems.x12(923), care.prognosis),
        *extension("date", valueDate=day(care.started)),
    ]
    return [{"url": systems.pas("homeHealthCareInformation"), "extension": parts}]
