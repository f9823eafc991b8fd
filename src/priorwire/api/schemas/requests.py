"""What a practice sends: small for the common case. `to_model` gives the words the gateway works with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from priorwire.api.schemas import examples
from priorwire.api.schemas.parties import DependentIn, ProviderIn, Schema, SubscriberIn
from priorwire.api.schemas.texts import (
    ClientReference,
    Code,
    EligibilityServiceType,
    EventServiceType,
    Note,
    PayerIdText,
    PlaceOfService,
    Reference,
)
from priorwire.gateway.work_items import PersonOutcome
from priorwire.mapping.codes import ELIGIBILITY_PROCEDURE
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
from priorwire.model.parties import ProviderRole

#: X12 carries numbers of up to 15 digits.
Amount = Annotated[Decimal, Field(gt=0, max_digits=15)]


def _not_before(field: str, end: date | None, info: ValidationInfo) -> date | None:
    start = info.data.get(field)
    if end is not None and start is not None and end < start:
        raise PydanticCustomError("date_order", "Must not be before '{field}'.", {"field": field})
    return end


def _shown(*bodies: dict[str, Any]) -> ConfigDict:
    """What the document at /docs shows of a body."""
    return ConfigDict(json_schema_extra={"examples": list(bodies)})


class DatesIn(Schema):
    """One day, or a range of days (both ends belong to it)."""

    start: date
    end: date | None = None

    @field_validator("end")
    @classmethod
    def _forward(cls, end: date | None, info: ValidationInfo) -> date | None:
        return _not_before("start", end, info)

    def to_model(self) -> DateSpan:
        return DateSpan(start=self.start, end=self.end)


class ProcedureIn(Schema):
    code: Code
    system: CodeSystem = CodeSystem.CPT_HCPCS
    modifiers: Annotated[list[Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]], Field(max_length=4)] = []

    def to_model(self) -> ProcedureCode:
        return ProcedureCode(system=self.system, code=self.code, modifiers=tuple(self.modifiers))


class QuantityIn(Schema):
    value: Amount
    unit: Unit = Unit.UNITS

    def to_model(self) -> Quantity:
        return Quantity(value=self.value, unit=self.unit)


class DiagnosisIn(Schema):
    code: Annotated[str, Field(pattern=r"^[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?$")]
    kind: DiagnosisKind = DiagnosisKind.OTHER
    on: date | None = None

    def to_model(self) -> Diagnosis:
        return Diagnosis(code=self.code.replace(".", ""), kind=self.kind, on=self.on)


#: Who may act in one service; everybody else acts in the event as a whole (005010X217).
_LINE_ROLES = (
    None,
    ProviderRole.OPERATING,
    ProviderRole.ORDERING,
    ProviderRole.RENDERING,
    ProviderRole.FACILITY,
    ProviderRole.SERVICE_LOCATION,
    ProviderRole.PRIMARY_CARE,
)
#: Kinds of which a request has one at most (005010X217).
_ONE_OF_A_KIND = (DiagnosisKind.PRINCIPAL, DiagnosisKind.ADMITTING)


def _of_a_line(provider: ProviderIn) -> ProviderIn:
    if provider.role not in _LINE_ROLES:
        raise PydanticCustomError(
            "role", "This role belongs to the event as a whole: name the provider in '/providers'."
        )
    return provider


class ServiceIn(Schema):
    procedure: ProcedureIn
    revenue_code: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None
    quantity: QuantityIn | None = None
    dates: DatesIn | None = None
    providers: Annotated[list[Annotated[ProviderIn, AfterValidator(_of_a_line)]], Field(max_length=10)] = []
    note: Note | None = None

    @field_validator("procedure")
    @classmethod
    def _known_system(cls, procedure: ProcedureIn) -> ProcedureIn:
        if procedure.system is CodeSystem.OTHER:
            raise PydanticCustomError("code_system", "A 278 has no qualifier for procedures of this 'system'.")
        return procedure

    @field_validator("quantity")
    @classmethod
    def _countable(cls, quantity: QuantityIn | None, info: ValidationInfo) -> QuantityIn | None:
        procedure = info.data.get("procedure")
        in_minutes = quantity is not None and quantity.unit is Unit.MINUTES
        professional = procedure is None or (
            procedure.system in (CodeSystem.CPT_HCPCS, CodeSystem.NDC) and not info.data.get("revenue_code")
        )
        if in_minutes and not professional:
            raise PydanticCustomError("unit", "A 278 counts minutes of professional services only.")
        return quantity

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

    @field_validator("days")
    @classmethod
    def _countable(cls, days: QuantityIn | None) -> QuantityIn | None:
        if days is not None and days.unit is Unit.MINUTES:
            raise PydanticCustomError("unit", "A stay is not counted in minutes.")
        return days

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

    model_config = _shown(examples.SMALL_AUTHORIZATION, examples.FULL_AUTHORIZATION)

    payer_id: PayerIdText
    requester: ProviderIn
    subscriber: SubscriberIn
    dependent: DependentIn | None = None
    category: ReviewCategory = ReviewCategory.HEALTH_SERVICES
    kind: RequestKind = RequestKind.INITIAL
    service_type: EventServiceType | None = None
    place_of_service: PlaceOfService | None = None
    urgency: Urgency | None = None
    diagnoses: Annotated[list[DiagnosisIn], Field(max_length=12)] = []
    event_dates: DatesIn | None = None
    admission: AdmissionIn | None = None
    providers: Annotated[list[ProviderIn], Field(max_length=14)] = []
    services: Annotated[list[ServiceIn], Field(max_length=99)] = []
    previous_authorization_number: Reference | None = None
    previous_administrative_reference: Reference | None = None
    note: Note | None = None
    client_reference: ClientReference | None = None
    corrects: Annotated[
        str | None,
        Field(
            pattern=r"^auth_[0-9a-z]{1,40}$",
            description="Id of the rejected submission that this one takes the place of.",
        ),
    ] = None
    intended_duplicate: Annotated[
        bool, Field(description="The same request is under way already, and a second one is meant.")
    ] = False

    @field_validator("diagnoses")
    @classmethod
    def _one_principal(cls, diagnoses: list[DiagnosisIn]) -> list[DiagnosisIn]:
        kinds = [each.kind for each in diagnoses]
        if any(kinds.count(kind) > 1 for kind in _ONE_OF_A_KIND):
            raise PydanticCustomError(
                "diagnosis_kind", "One diagnosis at most is principal, and one at most admitting."
            )
        return diagnoses

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

    model_config = _shown(examples.SMALL_ELIGIBILITY, examples.FULL_ELIGIBILITY)

    payer_id: PayerIdText
    provider: ProviderIn
    subscriber: SubscriberIn
    dependent: DependentIn | None = None
    service_types: Annotated[list[EligibilityServiceType], Field(min_length=1, max_length=99)] = ["30"]
    procedure: ProcedureIn | None = None
    place_of_service: PlaceOfService | None = None
    dates: DatesIn | None = None
    client_reference: ClientReference | None = None

    @field_validator("procedure")
    @classmethod
    def _known_system(cls, procedure: ProcedureIn | None) -> ProcedureIn | None:
        if procedure is not None and procedure.system not in ELIGIBILITY_PROCEDURE:
            raise PydanticCustomError("code_system", "A 270 has no qualifier for procedures of this 'system'.")
        return procedure

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
    """What a person did or learned; files that prove it travel inside, as base64."""

    model_config = _shown(examples.SMALL_COMPLETION, examples.FULL_COMPLETION)

    outcome: PersonOutcome
    reference: Reference | None = None
    authorization_number: Reference | None = None
    effective_date: date | None = None
    expiration_date: date | None = None
    quantity: Amount | None = None
    unit: Unit | None = None
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    attachments: Annotated[
        list[Annotated[str, Field(max_length=14_000_000, description="A PDF, PNG or JPEG file, base64.")]],
        Field(max_length=10),
    ] = []

    @field_validator("expiration_date")
    @classmethod
    def _forward(cls, expiration: date | None, info: ValidationInfo) -> date | None:
        return _not_before("effective_date", expiration, info)


def _web_hook(url: str) -> str:
    """An address that can be called at all; whether it may be is decided when it is (and its name resolved)."""
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
        parts = urlsplit("")
    if not usable or parts.username is not None or parts.password is not None or parts.fragment:
        raise PydanticCustomError(
            "url", "An address names a host, and no user, password or fragment; secrets travel in the signature."
        )
    return url


class SubscriptionIn(Schema):
    """Where to post changes."""

    model_config = _shown(examples.SUBSCRIPTION)

    url: Annotated[str, Field(pattern=r"^https?://[!-~]+$", max_length=2000), AfterValidator(_web_hook)]
