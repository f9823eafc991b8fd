"""What a practice sends: small for the common case. `to_model` gives the words the gateway works with."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from priorwire.api.schemas import examples
from priorwire.api.schemas.care import (
    AccidentIn,
    AdmissionIn,
    AmbulanceIn,
    ConditionIn,
    HomeHealthIn,
    OtherReviewIn,
    OxygenIn,
    SpinalManipulationIn,
)
from priorwire.api.schemas.parties import (
    DependentIn,
    EventProviderIn,
    InquirerIn,
    ModelSchema,
    RequesterIn,
    Schema,
    SoughtDependentIn,
    SoughtSubscriberIn,
    SubscriberIn,
)
from priorwire.api.schemas.services import (
    Amount,
    AskedDiagnosisIn,
    AskedProcedureIn,
    AttachmentIn,
    DatesIn,
    DeliveryIn,
    DiagnosisIn,
    Money,
    ServiceIn,
    not_before,
    one_place,
)
from priorwire.api.schemas.texts import (
    BillType,
    ClientReference,
    Day,
    EligibilityServiceType,
    EventServiceType,
    Listed,
    Note,
    PayerIdText,
    PlaceOfService,
    Reference,
)
from priorwire.gateway.work_items import PersonOutcome
from priorwire.mapping import code_lists
from priorwire.model.authorization import AuthorizationRequest, DiagnosisKind, RequestKind, ReviewCategory, Urgency
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.services import Unit


def _shown(*bodies: dict[str, Any]) -> ConfigDict:
    """What the document at /docs shows of a body."""
    return ConfigDict(json_schema_extra={"examples": list(bodies)})


#: Kinds of which a request has one at most (005010X217).
_ONE_OF_A_KIND = (DiagnosisKind.PRINCIPAL, DiagnosisKind.ADMITTING)


def _of_an_event(attachment: AttachmentIn) -> AttachmentIn:
    if attachment.report_type not in code_lists.EVENT_REPORTS:
        raise PydanticCustomError("code_list", "A report of this type is announced with the service it is about.")
    return attachment


class AuthorizationIn(ModelSchema):
    """A request for review: one patient, one event, its services."""

    model_config = _shown(examples.SMALL_AUTHORIZATION, examples.FULL_AUTHORIZATION)

    payer_id: PayerIdText
    requester: RequesterIn
    subscriber: SubscriberIn
    dependent: DependentIn | None = None
    category: ReviewCategory = ReviewCategory.HEALTH_SERVICES
    kind: RequestKind = RequestKind.INITIAL
    service_type: EventServiceType | None = None
    place_of_service: PlaceOfService | None = None
    bill_type: BillType | None = None
    urgency: Urgency | None = None
    accident: AccidentIn | None = None
    health_condition: Annotated[str, Listed(code_lists.HEALTH_CONDITIONS)] | None = None
    prognosis: Annotated[str, Listed(code_lists.PROGNOSES)] | None = None
    information_release: Annotated[str, Listed(code_lists.INFORMATION_RELEASES)] | None = None
    delay_reason: Annotated[str, Listed(code_lists.DELAY_REASONS)] | None = None
    diagnoses: Annotated[list[DiagnosisIn], Field(max_length=12)] = []
    event_dates: DatesIn | None = None
    onset: Day | None = None
    last_menstrual_period: Day | None = None
    estimated_birth: Day | None = None
    admission: AdmissionIn | None = None
    delivery: DeliveryIn | None = None
    conditions: Annotated[list[ConditionIn], Field(max_length=7)] = []
    ambulance: AmbulanceIn | None = None
    spinal_manipulation: SpinalManipulationIn | None = None
    oxygen: OxygenIn | None = None
    home_health: HomeHealthIn | None = None
    attachments: Annotated[list[Annotated[AttachmentIn, AfterValidator(_of_an_event)]], Field(max_length=10)] = []
    providers: Annotated[list[EventProviderIn], Field(max_length=14)] = []
    other_reviews: Annotated[list[OtherReviewIn], Field(max_length=3)] = []
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

    @field_validator("bill_type")
    @classmethod
    def _one_place(cls, bill_type: str | None, info: ValidationInfo) -> str | None:
        return one_place(bill_type, info)

    @field_validator("delivery")
    @classmethod
    def _days_once(cls, delivery: DeliveryIn | None, info: ValidationInfo) -> DeliveryIn | None:
        admission = info.data.get("admission")
        if delivery is not None and delivery.quantity is not None and admission is not None and admission.days:
            raise PydanticCustomError(
                "days", "Say how much once: as the days of the stay, or as the delivery's quantity."
            )
        return delivery

    @field_validator("conditions")
    @classmethod
    def _one_of_each(cls, conditions: list[ConditionIn]) -> list[ConditionIn]:
        if len({each.category for each in conditions}) < len(conditions):
            raise PydanticCustomError("conditions", "Each category stands once, with its codes together.")
        return conditions

    @field_validator("services")
    @classmethod
    def _of_the_diagnoses(cls, services: list[ServiceIn], info: ValidationInfo) -> list[ServiceIn]:
        there = len(info.data.get("diagnoses", range(12)))
        for index, each in enumerate(services):
            if any(number > there for number in each.diagnosis_numbers):
                at = {"at": (index, "diagnosis_numbers")}
                raise PydanticCustomError("diagnosis_numbers", "The request has no diagnosis of this number.", at)
        return services

    def to_model(self) -> AuthorizationRequest:
        return self._as(AuthorizationRequest, without=("corrects", "intended_duplicate"))


class EligibilityIn(ModelSchema):
    """A question about one patient's coverage."""

    model_config = _shown(examples.SMALL_ELIGIBILITY, examples.FULL_ELIGIBILITY)

    payer_id: PayerIdText
    provider: InquirerIn
    subscriber: SoughtSubscriberIn
    dependent: SoughtDependentIn | None = None
    service_types: Annotated[list[EligibilityServiceType], Field(max_length=99)] = ["30"]
    procedures: Annotated[list[AskedProcedureIn], Field(max_length=50)] = []
    diagnoses: Annotated[list[AskedDiagnosisIn], Field(max_length=8)] = []
    place_of_service: PlaceOfService | None = None
    family: bool = False
    authorization_number: Reference | None = None
    referral_number: Reference | None = None
    spend_down: Money | None = None
    spend_down_billed: Money | None = None
    dates: DatesIn | None = None
    card_issued: Day | None = None
    client_reference: ClientReference | None = None

    @field_validator("diagnoses")
    @classmethod
    def _one_principal(cls, diagnoses: list[AskedDiagnosisIn]) -> list[AskedDiagnosisIn]:
        if sum(each.kind is DiagnosisKind.PRINCIPAL for each in diagnoses) > 1:
            raise PydanticCustomError("diagnosis_kind", "One diagnosis at most is principal.")
        return diagnoses

    @model_validator(mode="after")
    def _asks_and_finds(self) -> Self:
        if not self.service_types and not self.procedures:
            at = {"at": ("service_types",)}
            raise PydanticCustomError("empty", "Ask about at least one service type or procedure.", at)
        patient, sought = ("dependent", self.dependent) if self.dependent else ("subscriber", self.subscriber)
        if self.subscriber.member_id is None and sought.birth_date is None:
            place = {"at": (patient, "birth_date")}
            says = "Without a member id, a payer finds a person by name and birth date; give 'birth_date'."
            raise PydanticCustomError("search", says, place)
        return self

    def to_model(self) -> EligibilityInquiry:
        return self._as(EligibilityInquiry)


class CompletionIn(Schema):
    """What a person did or learned; files that prove it travel inside, as base64."""

    model_config = _shown(examples.SMALL_COMPLETION, examples.FULL_COMPLETION)

    outcome: PersonOutcome
    reference: Reference | None = None
    authorization_number: Reference | None = None
    effective_date: Day | None = None
    expiration_date: Day | None = None
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
        return not_before("effective_date", expiration, info)


class ResolutionIn(Schema):
    """What a person decides about an unmatched answer: join it to a request, or dismiss it with a reason."""

    model_config = _shown(examples.JOIN, examples.DISMISSAL)

    action: Literal["join", "dismiss"]
    transaction_id: Annotated[
        str | None, Field(pattern=r"^(auth|elig)_[0-9A-Za-z]{1,40}$", description="To join: the request it answers.")
    ] = None
    confirm: Annotated[bool, Field(description="To join: you have seen what speaks against it, and mean it.")] = False
    reason: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


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
