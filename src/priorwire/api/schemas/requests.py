"""What a practice sends: small for the common case. `to_model` gives the words the gateway works with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from priorwire.api.schemas.parties import Code, DependentIn, ProviderIn, Schema, SubscriberIn
from priorwire.gateway.work_items import PersonOutcome
from priorwire.model.authorization import (
    Admission,
    AuthorizationRequest,
    CodeSystem,
    DateSpan,
    Diagnosis,
    DiagnosisKind,
    ProcedureCode,
    Quantity,
    RequestKind,
    ReviewCategory,
    ServiceLine,
    Unit,
    Urgency,
)
from priorwire.model.eligibility import EligibilityInquiry

ServiceType = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,2}$")]
PlaceOfService = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
Reference = Annotated[str, Field(min_length=1, max_length=50)]
Note = Annotated[str, Field(min_length=1, max_length=264)]


class DatesIn(Schema):
    """One day, or a range of days (both ends belong to it)."""

    start: date
    end: date | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise PydanticCustomError("date_order", "'end' lies before 'start'.")
        return self

    def to_model(self) -> DateSpan:
        return DateSpan(start=self.start, end=self.end)


class ProcedureIn(Schema):
    code: Code
    system: CodeSystem = CodeSystem.CPT_HCPCS
    modifiers: Annotated[list[Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]], Field(max_length=4)] = []

    def to_model(self) -> ProcedureCode:
        return ProcedureCode(system=self.system, code=self.code, modifiers=tuple(self.modifiers))


class QuantityIn(Schema):
    value: Annotated[Decimal, Field(gt=0, max_digits=15)]
    unit: Unit = Unit.UNITS

    def to_model(self) -> Quantity:
        return Quantity(value=self.value, unit=self.unit)


class DiagnosisIn(Schema):
    code: Annotated[str, Field(pattern=r"^[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?$")]
    kind: DiagnosisKind = DiagnosisKind.OTHER
    on: date | None = None

    def to_model(self) -> Diagnosis:
        return Diagnosis(code=self.code.replace(".", ""), kind=self.kind, on=self.on)


class ServiceIn(Schema):
    procedure: ProcedureIn
    revenue_code: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None
    quantity: QuantityIn | None = None
    dates: DatesIn | None = None
    providers: Annotated[list[ProviderIn], Field(max_length=10)] = []
    note: Note | None = None

    def to_model(self) -> ServiceLine:
        return ServiceLine(
            procedure=self.procedure.to_model(),
            revenue_code=self.revenue_code,
            quantity=self.quantity.to_model() if self.quantity else None,
            dates=self.dates.to_model() if self.dates else None,
            providers=tuple(each.to_model() for each in self.providers),
            note=self.note,
        )


class AdmissionIn(Schema):
    admitted: DatesIn
    days: QuantityIn | None = None
    discharged: date | None = None
    type_code: Annotated[str, Field(pattern=r"^[0-9]$")] | None = None
    source_code: Annotated[str, Field(pattern=r"^[0-9A-Z]$")] | None = None
    patient_status: Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None = None

    def to_model(self) -> Admission:
        return Admission(
            admitted=self.admitted.to_model(),
            days=self.days.to_model() if self.days else None,
            discharged=self.discharged,
            type_code=self.type_code,
            source_code=self.source_code,
            patient_status=self.patient_status,
        )


class AuthorizationIn(Schema):
    """A request for review: one patient, one event, its services."""

    payer_id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,80}$", description="Id of the payer's companion guide.")]
    requester: ProviderIn
    subscriber: SubscriberIn
    dependent: DependentIn | None = None
    category: ReviewCategory = ReviewCategory.HEALTH_SERVICES
    kind: RequestKind = RequestKind.INITIAL
    service_type: ServiceType | None = None
    place_of_service: PlaceOfService | None = None
    urgency: Urgency | None = None
    diagnoses: Annotated[list[DiagnosisIn], Field(max_length=12)] = []
    event_dates: DatesIn | None = None
    admission: AdmissionIn | None = None
    providers: Annotated[list[ProviderIn], Field(max_length=14)] = []
    services: list[ServiceIn] = []
    previous_authorization_number: Reference | None = None
    previous_administrative_reference: Reference | None = None
    note: Note | None = None
    client_reference: Annotated[str, Field(max_length=80)] | None = None
    corrects: Annotated[
        str | None, Field(description="Id of the rejected submission that this one takes the place of.")
    ] = None
    intended_duplicate: Annotated[
        bool, Field(description="The same request is under way already, and a second one is meant.")
    ] = False

    def to_model(self) -> AuthorizationRequest:
        return AuthorizationRequest(
            payer_id=self.payer_id,
            requester=self.requester.to_model(),
            subscriber=self.subscriber.to_model(),
            dependent=self.dependent.to_model() if self.dependent else None,
            category=self.category,
            kind=self.kind,
            service_type=self.service_type,
            place_of_service=self.place_of_service,
            urgency=self.urgency,
            diagnoses=tuple(each.to_model() for each in self.diagnoses),
            event_dates=self.event_dates.to_model() if self.event_dates else None,
            admission=self.admission.to_model() if self.admission else None,
            providers=tuple(each.to_model() for each in self.providers),
            services=tuple(each.to_model() for each in self.services),
            previous_authorization_number=self.previous_authorization_number,
            previous_administrative_reference=self.previous_administrative_reference,
            note=self.note,
            client_reference=self.client_reference,
        )


class EligibilityIn(Schema):
    """A question about one patient's coverage."""

    payer_id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,80}$")]
    provider: ProviderIn
    subscriber: SubscriberIn
    dependent: DependentIn | None = None
    service_types: Annotated[list[ServiceType], Field(min_length=1, max_length=99)] = ["30"]
    procedure: ProcedureIn | None = None
    place_of_service: PlaceOfService | None = None
    dates: DatesIn | None = None
    client_reference: Annotated[str, Field(max_length=80)] | None = None

    def to_model(self) -> EligibilityInquiry:
        return EligibilityInquiry(
            payer_id=self.payer_id,
            provider=self.provider.to_model(),
            subscriber=self.subscriber.to_model(),
            dependent=self.dependent.to_model() if self.dependent else None,
            service_types=tuple(self.service_types),
            procedure=self.procedure.to_model() if self.procedure else None,
            place_of_service=self.place_of_service,
            dates=self.dates.to_model() if self.dates else None,
            client_reference=self.client_reference,
        )


class CompletionIn(Schema):
    """What a person did or learned; attachments travel beside it (multipart) or as base64."""

    outcome: PersonOutcome
    reference: Reference | None = None
    authorization_number: Reference | None = None
    effective_date: date | None = None
    expiration_date: date | None = None
    quantity: Annotated[Decimal, Field(gt=0)] | None = None
    unit: Unit | None = None
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    attachments: Annotated[
        list[Annotated[str, Field(max_length=14_000_000, description="A PDF, PNG or JPEG file, base64.")]],
        Field(max_length=10),
    ] = []


class SubscriptionIn(Schema):
    """Where to post changes."""

    url: Annotated[str, Field(pattern=r"^https?://", max_length=2000)]
