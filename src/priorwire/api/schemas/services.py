"""How a practice names, counts and dates a service in JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from priorwire.api.schemas.parties import ModelSchema, ProviderIn
from priorwire.api.schemas.texts import (
    BillType,
    Code,
    Description,
    LineServiceType,
    Listed,
    Note,
    PlaceOfService,
    Reference,
)
from priorwire.mapping import code_lists
from priorwire.model.authorization import Diagnosis, DiagnosisKind, RequestKind, ReviewCategory, ServiceLine
from priorwire.model.care import Attachment, AttachmentWay, DentalDetail, Tooth
from priorwire.model.parties import ProviderRole
from priorwire.model.services import CodeSystem, DateSpan, Delivery, Interval, ProcedureCode, Quantity, Unit

#: X12 carries numbers of up to 15 digits.
Amount = Annotated[Decimal, Field(gt=0, max_digits=15)]
#: US dollars.
Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


def not_before(field: str, end: date | None, info: ValidationInfo) -> date | None:
    """An end that does not come before its beginning."""
    start = info.data.get(field)
    if end is not None and start is not None and end < start:
        raise PydanticCustomError("date_order", "Must not be before '{field}'.", {"field": field})
    return end


class DatesIn(ModelSchema):
    """One day, or a range of days (both ends belong to it)."""

    start: date
    end: date | None = None

    @field_validator("end")
    @classmethod
    def _forward(cls, end: date | None, info: ValidationInfo) -> date | None:
        return not_before("start", end, info)

    def to_model(self) -> DateSpan:
        return self._as(DateSpan)


class ProcedureIn(ModelSchema):
    code: Code
    system: CodeSystem = CodeSystem.CPT_HCPCS
    modifiers: Annotated[list[Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]], Field(max_length=4)] = []
    through: Annotated[Code, Field(description="Last code of a range that begins with 'code'.")] | None = None
    description: Description | None = None

    def to_model(self) -> ProcedureCode:
        return self._as(ProcedureCode)


class QuantityIn(ModelSchema):
    value: Amount
    unit: Unit = Unit.UNITS

    def to_model(self) -> Quantity:
        return self._as(Quantity)


#: Units that a delivery has a code for; the rest count a service as a whole.
_DELIVERED = (Unit.DAYS, Unit.UNITS, Unit.HOURS, Unit.MONTHS, Unit.VISITS)


def _delivered(quantity: QuantityIn) -> QuantityIn:
    if quantity.unit not in _DELIVERED:
        raise PydanticCustomError("unit", "A delivery counts days, units, hours, months or visits.")
    return quantity


class DeliveryIn(ModelSchema):
    """How a service is spread over time: 'quantity' every 'every' 'per', for 'periods' 'period'."""

    quantity: Annotated[QuantityIn, AfterValidator(_delivered)] | None = None
    per: Interval | None = None
    every: Annotated[Decimal, Field(gt=0, max_digits=6)] | None = None
    period: Interval | None = None
    periods: Annotated[int, Field(ge=1, le=999)] | None = None
    calendar: Annotated[str, Listed(code_lists.CALENDAR_PATTERNS)] | None = None
    time: Annotated[str, Listed(code_lists.TIMES_OF_DAY)] | None = None

    @field_validator("per")
    @classmethod
    def _turn(cls, per: Interval | None) -> Interval | None:
        if per not in (None, Interval.DAY, Interval.WEEK, Interval.MONTH):
            raise PydanticCustomError("per", "A delivery is counted by day, week or month.")
        return per

    @field_validator("period")
    @classmethod
    def _ahead(cls, period: Interval | None) -> Interval | None:
        if period is Interval.REMAINING:
            raise PydanticCustomError("period", "What remains is for the payer to say.")
        return period

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.periods is not None and self.period is None:
            raise PydanticCustomError("periods", "A number of 'periods' needs the 'period' that it counts.")
        if not self.model_dump(exclude_none=True):
            raise PydanticCustomError("empty", "Say at least one thing of the delivery.")
        return self

    def to_model(self) -> Delivery:
        return self._as(Delivery)


class DiagnosisIn(ModelSchema):
    """An ICD-10-CM code, with or without its point; of kind ``drg``, the three digits of a group."""

    code: Annotated[str, Field(pattern=r"^([A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?|[0-9]{3})$")]
    kind: DiagnosisKind = DiagnosisKind.OTHER
    on: date | None = None

    @field_validator("kind")
    @classmethod
    def _fits(cls, kind: DiagnosisKind, info: ValidationInfo) -> DiagnosisKind:
        code = info.data.get("code")
        if code is not None and code.isdigit() is not (kind is DiagnosisKind.DRG):
            raise PydanticCustomError("diagnosis_kind", "Three digits are a group ('drg'), and nothing else is.")
        return kind

    def to_model(self) -> Diagnosis:
        return Diagnosis(code=self.code.replace(".", ""), kind=self.kind, on=self.on)


class AttachmentIn(ModelSchema):
    """A document that the request announces."""

    report_type: Annotated[str, Listed(code_lists.LINE_REPORTS)]
    way: AttachmentWay = AttachmentWay.ELECTRONIC
    control_number: Annotated[Reference, Field(min_length=2)] | None = None
    description: Description | None = None

    def to_model(self) -> Attachment:
        return self._as(Attachment)


class ToothIn(ModelSchema):
    number: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,2}$")]
    surfaces: Annotated[list[Annotated[str, Listed(code_lists.TOOTH_SURFACES)]], Field(max_length=5)] = []

    def to_model(self) -> Tooth:
        return self._as(Tooth)


class DentalIn(ModelSchema):
    oral_cavity: Annotated[list[Annotated[str, Field(pattern=r"^[0-9A-Z]{1,3}$")]], Field(max_length=5)] = []
    replacement: bool | None = None
    teeth: Annotated[list[ToothIn], Field(max_length=32)] = []
    description: Description | None = None

    def to_model(self) -> DentalDetail:
        return self._as(DentalDetail)


#: Who may act in one service; everybody else acts in the event as a whole (005010X217).
_LINE_ROLES = (
    None,
    ProviderRole.OPERATING,
    ProviderRole.OTHER_PHYSICIAN,
    ProviderRole.ASSISTANT_SURGEON,
    ProviderRole.ORDERING,
    ProviderRole.RENDERING,
    ProviderRole.SUPERVISING,
    ProviderRole.FACILITY,
    ProviderRole.CLINIC,
    ProviderRole.GROUP_PRACTICE,
    ProviderRole.PURCHASED_SERVICE,
    ProviderRole.SERVICE_LOCATION,
    ProviderRole.PRIMARY_CARE,
)
_LINE_CATEGORIES = (None, ReviewCategory.HEALTH_SERVICES, ReviewCategory.SPECIALTY_CARE)
_PROFESSIONAL = (CodeSystem.CPT_HCPCS, CodeSystem.NDC, CodeSystem.HOME_INFUSION, CodeSystem.ABC)


def _of_a_line(provider: ProviderIn) -> ProviderIn:
    if provider.role not in _LINE_ROLES:
        raise PydanticCustomError(
            "role", "This role belongs to the event as a whole: name the provider in '/providers'."
        )
    return provider


class ServiceIn(ModelSchema):
    """One service asked for. Category, kind, type and place are said where they differ from the request's."""

    procedure: ProcedureIn
    category: ReviewCategory | None = None
    kind: RequestKind | None = None
    service_type: LineServiceType | None = None
    place_of_service: PlaceOfService | None = None
    bill_type: BillType | None = None
    revenue_code: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None
    quantity: QuantityIn | None = None
    delivery: DeliveryIn | None = None
    dates: DatesIn | None = None
    charge: Money | None = None
    unit_rate: Money | None = None
    diagnosis_numbers: Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(max_length=4)] = []
    epsdt: bool | None = None
    nursing_level: Annotated[str, Listed(code_lists.NURSING_LEVELS)] | None = None
    nursing_home_status: Annotated[str, Listed(code_lists.NURSING_HOME_STATUSES)] | None = None
    dental: DentalIn | None = None
    attachments: Annotated[list[AttachmentIn], Field(max_length=10)] = []
    providers: Annotated[list[Annotated[ProviderIn, AfterValidator(_of_a_line)]], Field(max_length=10)] = []
    previous_authorization_number: Reference | None = None
    previous_administrative_reference: Reference | None = None
    note: Note | None = None

    @field_validator("procedure")
    @classmethod
    def _known_system(cls, procedure: ProcedureIn) -> ProcedureIn:
        if procedure.system is CodeSystem.OTHER:
            raise PydanticCustomError("code_system", "A 278 has no qualifier for procedures of this 'system'.")
        return procedure

    @field_validator("category")
    @classmethod
    def _category_of_a_line(cls, category: ReviewCategory | None) -> ReviewCategory | None:
        if category not in _LINE_CATEGORIES:
            raise PydanticCustomError("category", "A service is reviewed as health services or as specialty care.")
        return category

    @field_validator("bill_type")
    @classmethod
    def _one_place(cls, bill_type: str | None, info: ValidationInfo) -> str | None:
        return one_place(bill_type, info)

    @field_validator("quantity")
    @classmethod
    def _countable(cls, quantity: QuantityIn | None, info: ValidationInfo) -> QuantityIn | None:
        procedure = info.data.get("procedure")
        professional = procedure is None or (procedure.system in _PROFESSIONAL and not info.data.get("revenue_code"))
        if quantity is not None and quantity.unit is Unit.MINUTES and not professional:
            raise PydanticCustomError("unit", "A 278 counts minutes of professional services only.")
        if quantity is not None and quantity.unit is Unit.INTERNATIONAL_UNITS and _dental(procedure):
            raise PydanticCustomError("unit", "A dental service is counted in units.")
        return quantity

    @field_validator("dental")
    @classmethod
    def _of_dentistry(cls, dental: DentalIn | None, info: ValidationInfo) -> DentalIn | None:
        procedure = info.data.get("procedure")
        if dental is not None and procedure is not None and not _dental(procedure):
            raise PydanticCustomError("dental", "These are details of a procedure of 'system' cdt.")
        return dental

    def to_model(self) -> ServiceLine:
        return self._as(ServiceLine)


def _dental(procedure: ProcedureIn | None) -> bool:
    return procedure is not None and procedure.system is CodeSystem.CDT


def one_place(bill_type: str | None, info: ValidationInfo) -> str | None:
    """A place is told by a place-of-service code or by a bill type, not by both."""
    if bill_type is not None and info.data.get("place_of_service") is not None:
        raise PydanticCustomError("place", "Give 'place_of_service' or 'bill_type', not both.")
    return bill_type
