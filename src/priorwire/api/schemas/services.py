"""How a practice names, counts and dates a service in JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from priorwire.api.schemas.parties import ModelSchema, ServiceProviderIn
from priorwire.api.schemas.texts import (
    BillType,
    Code,
    Day,
    Description,
    LineServiceType,
    Listed,
    Note,
    PlaceOfService,
    Reference,
    among,
)
from priorwire.mapping import code_lists, request_codes
from priorwire.model.authorization import Diagnosis, DiagnosisKind, RequestKind, ReviewCategory, ServiceLine
from priorwire.model.care import Attachment, AttachmentWay, DentalDetail, Tooth
from priorwire.model.services import CodeSystem, DateSpan, Delivery, Interval, ProcedureCode, Quantity, Unit

#: X12 carries numbers of up to 15 digits.
Amount = Annotated[Decimal, Field(gt=0, max_digits=15)]
#: US dollars of one unit, for which there is less room than for a whole line.
Rate = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
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

    start: Day
    end: Day | None = None

    @field_validator("end")
    @classmethod
    def _forward(cls, end: date | None, info: ValidationInfo) -> date | None:
        return not_before("start", end, info)

    def to_model(self) -> DateSpan:
        return self._as(DateSpan)


Modifiers = Annotated[list[Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]], Field(max_length=4)]


class ProcedureIn(ModelSchema):
    code: Code
    system: CodeSystem = CodeSystem.CPT_HCPCS
    modifiers: Modifiers = []
    through: Annotated[Code, Field(description="Last code of a range that begins with 'code'.")] | None = None
    description: Description | None = None

    def to_model(self) -> ProcedureCode:
        return self._as(ProcedureCode)


class ServiceProcedureIn(ProcedureIn):
    """A procedure, product or revenue code that a 278 can name."""

    system: Annotated[
        CodeSystem, among(set(CodeSystem) - {CodeSystem.OTHER}, "A 278 has no qualifier for codes of this system.")
    ] = CodeSystem.CPT_HCPCS


class SurgeryIn(ModelSchema):
    """A surgery by its CPT or HCPCS code alone."""

    code: Code
    system: Annotated[CodeSystem, among({CodeSystem.CPT_HCPCS}, "A surgery is named by its CPT or HCPCS code.")] = (
        CodeSystem.CPT_HCPCS
    )

    def to_model(self) -> ProcedureCode:
        return self._as(ProcedureCode)


class AskedProcedureIn(ModelSchema):
    """A procedure that a question about coverage is about."""

    code: Code
    system: Annotated[
        CodeSystem, among(request_codes.ELIGIBILITY_PROCEDURE, "A 270 has no qualifier for codes of this system.")
    ] = CodeSystem.CPT_HCPCS
    modifiers: Modifiers = []

    def to_model(self) -> ProcedureCode:
        return self._as(ProcedureCode)


class QuantityIn(ModelSchema):
    value: Amount
    unit: Unit = Unit.UNITS

    def to_model(self) -> Quantity:
        return self._as(Quantity)


class DeliveredQuantityIn(QuantityIn):
    unit: Annotated[
        Unit, among(request_codes.DELIVERY_UNIT, "A delivery counts days, units, hours, months or visits.")
    ] = Unit.UNITS


class DeliveryIn(ModelSchema):
    """How a service is spread over time: 'quantity' every 'every' 'per', for 'periods' 'period'."""

    quantity: DeliveredQuantityIn | None = None
    per: (
        Annotated[Interval, among(request_codes.DELIVERY_PER, "A delivery is counted by day, week or month.")] | None
    ) = None
    every: Annotated[Decimal, Field(gt=0, max_digits=6)] | None = None
    period: (
        Annotated[Interval, among(request_codes.DELIVERY_PERIOD, "What remains is for the payer to say.")] | None
    ) = None
    periods: Annotated[int, Field(ge=1, le=999)] | None = None
    calendar: Annotated[str, Listed(code_lists.CALENDAR_PATTERNS)] | None = None
    time: Annotated[str, Listed(code_lists.TIMES_OF_DAY)] | None = None

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
    on: Day | None = None

    @field_validator("kind")
    @classmethod
    def _fits(cls, kind: DiagnosisKind, info: ValidationInfo) -> DiagnosisKind:
        code = info.data.get("code")
        if code is not None and code.isdigit() is not (kind is DiagnosisKind.DRG):
            raise PydanticCustomError("diagnosis_kind", "Three digits are a group ('drg'), and nothing else is.")
        return kind

    def to_model(self) -> Diagnosis:
        return Diagnosis(code=self.code.replace(".", ""), kind=self.kind, on=self.on)


class AskedDiagnosisIn(ModelSchema):
    """An ICD-10-CM code that a question about coverage is asked for."""

    code: Annotated[str, Field(pattern=r"^[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?$")]
    kind: Annotated[
        DiagnosisKind, among(request_codes.DIAGNOSIS_270, "A 270 knows a principal diagnosis and others.")
    ] = DiagnosisKind.OTHER

    def to_model(self) -> Diagnosis:
        return Diagnosis(code=self.code.replace(".", ""), kind=self.kind)


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


_PROFESSIONAL = (CodeSystem.CPT_HCPCS, CodeSystem.NDC, CodeSystem.HOME_INFUSION, CodeSystem.ABC)


class ServiceIn(ModelSchema):
    """One service asked for. Category, kind, type and place are said where they differ from the request's."""

    procedure: ServiceProcedureIn
    category: (
        Annotated[
            ReviewCategory,
            among(request_codes.LINE_CATEGORIES, "A service is reviewed as health services or as specialty care."),
        ]
        | None
    ) = None
    kind: RequestKind | None = None
    service_type: LineServiceType | None = None
    place_of_service: PlaceOfService | None = None
    bill_type: BillType | None = None
    revenue_code: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None
    quantity: QuantityIn | None = None
    delivery: DeliveryIn | None = None
    dates: DatesIn | None = None
    charge: Money | None = None
    unit_rate: Rate | None = None
    diagnosis_numbers: Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(max_length=4)] = []
    epsdt: bool | None = None
    nursing_level: Annotated[str, Listed(code_lists.NURSING_LEVELS)] | None = None
    nursing_home_status: Annotated[str, Listed(code_lists.NURSING_HOME_STATUSES)] | None = None
    dental: DentalIn | None = None
    attachments: Annotated[list[AttachmentIn], Field(max_length=10)] = []
    providers: Annotated[list[ServiceProviderIn], Field(max_length=10)] = []
    previous_authorization_number: Reference | None = None
    previous_administrative_reference: Reference | None = None
    note: Note | None = None

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
