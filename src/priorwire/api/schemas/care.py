"""What single lines of care add to a request, in JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from priorwire.api.schemas.parties import AddressIn, ModelSchema
from priorwire.api.schemas.services import DatesIn, QuantityIn, SurgeryIn
from priorwire.api.schemas.texts import Day, Description, Listed, Name, Reason, among
from priorwire.mapping import code_lists
from priorwire.model.authorization import Admission
from priorwire.model.care import (
    Accident,
    AmbulanceTransport,
    ConditionCategory,
    HomeHealthCare,
    OtherReview,
    OxygenTherapy,
    PatientCondition,
    RelatedCause,
    SpinalManipulation,
    TransportPlace,
    TransportPlaceRole,
    Trip,
)
from priorwire.model.services import Unit

Measure = Annotated[Decimal, Field(ge=0, max_digits=10)]
State = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class AccidentIn(ModelSchema):
    """What brought the condition about, where somebody answers for it."""

    causes: Annotated[list[RelatedCause], Field(max_length=3)] = []
    on: Day | None = None
    state: State | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if len(set(self.causes)) < len(self.causes):
            raise PydanticCustomError("causes", "Each cause is named once.")
        if (self.state or self.country) and RelatedCause.AUTO_ACCIDENT not in self.causes:
            raise PydanticCustomError("place", "Where it happened is told of an 'auto_accident' only.")
        if not self.causes and self.on is None:
            raise PydanticCustomError("empty", "Name a cause, or the day.")
        return self

    def to_model(self) -> Accident:
        return self._as(Accident)


class ConditionIn(ModelSchema):
    """Conditions of one category that hold, or that do not."""

    category: ConditionCategory
    applies: bool = True
    codes: Annotated[list[Annotated[str, Field(pattern=r"^[0-9A-Z]{2,3}$")]], Field(min_length=1, max_length=5)]

    @field_validator("codes")
    @classmethod
    def _of_its_category(cls, codes: list[str], info: ValidationInfo) -> list[str]:
        category = info.data.get("category")
        if category is not None and not set(codes) <= code_lists.CONDITIONS[category]:
            raise PydanticCustomError("code_list", "Not a condition code of this category.")
        return codes

    def to_model(self) -> PatientCondition:
        return self._as(PatientCondition)


class TransportPlaceIn(ModelSchema):
    role: TransportPlaceRole
    name: Name | None = None
    address: AddressIn

    def to_model(self) -> TransportPlace:
        return self._as(TransportPlace)


class AmbulanceIn(ModelSchema):
    """A transport by ambulance. A guide that hears of one wants to know its places."""

    trip: Trip
    reason: Annotated[str, Listed(code_lists.TRANSPORT_REASONS)] | None = None
    weight_pounds: Measure | None = None
    distance_miles: Measure | None = None
    round_trip_purpose: Description | None = None
    stretcher_purpose: Description | None = None
    places: Annotated[list[TransportPlaceIn], Field(min_length=1, max_length=5)]

    def to_model(self) -> AmbulanceTransport:
        return self._as(AmbulanceTransport)


class SpinalManipulationIn(ModelSchema):
    nature: Annotated[str, Listed(code_lists.SPINAL_NATURES)]
    complication: bool = False
    treatment_number: Annotated[int, Field(ge=1, le=999_999_999)] | None = None
    treatments_in_series: Annotated[Decimal, Field(gt=0, max_digits=15)] | None = None
    first_level: Annotated[str, Listed(code_lists.SPINAL_LEVELS)] | None = None
    last_level: Annotated[str, Listed(code_lists.SPINAL_LEVELS)] | None = None
    description: Description | None = None
    further_description: Description | None = None
    xrays_available: bool | None = None

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if (self.treatment_number is None) != (self.treatments_in_series is None):
            raise PydanticCustomError("series", "The number of a treatment goes with how many its series has.")
        if self.last_level is not None and self.first_level is None:
            raise PydanticCustomError("levels", "A last level needs the first.")
        return self

    def to_model(self) -> SpinalManipulation:
        return self._as(SpinalManipulation)


class OxygenIn(ModelSchema):
    equipment: Annotated[list[Annotated[str, Listed(code_lists.OXYGEN_EQUIPMENT)]], Field(min_length=1, max_length=3)]
    equipment_reason: Description | None = None
    flow_rate: Measure
    portable_flow_rate: Measure | None = None
    uses_per_day: Measure | None = None
    hours_per_use: Measure | None = None
    orders: Description | None = None
    arterial_blood_gas: Measure | None = None
    saturation: Measure | None = None
    test_condition: Annotated[str, Listed(code_lists.OXYGEN_TESTS)] | None = None
    findings: Annotated[list[Annotated[str, Listed(code_lists.OXYGEN_FINDINGS)]], Field(max_length=3)] = []
    delivery_system: Annotated[str, Listed(code_lists.OXYGEN_DELIVERIES)]

    def to_model(self) -> OxygenTherapy:
        return self._as(OxygenTherapy)


class HomeHealthIn(ModelSchema):
    prognosis: Annotated[str, Listed(code_lists.PROGNOSES)]
    started: Day
    certification_period: DatesIn | None = None
    certification: Annotated[str, Listed(code_lists.CERTIFICATIONS)] | None = None
    surgery_on: Day | None = None
    surgery: SurgeryIn | None = None
    ordered_on: Day | None = None
    last_visit_on: Day | None = None
    physician_contact_on: Day | None = None
    last_stay: DatesIn | None = None
    discharged_from: Annotated[str, Listed(code_lists.DISCHARGED_FROM)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.surgery is None) != (self.surgery_on is None):
            raise PydanticCustomError("surgery", "A surgery goes with its day.")
        for name in ("certification_period", "last_stay"):
            span = getattr(self, name)
            if span is not None and span.end is None:
                raise PydanticCustomError("range", "'{field}' is a range: give its end too.", {"field": name})
        if (self.last_stay is None) != (self.discharged_from is None):
            raise PydanticCustomError("last_stay", "A last stay goes with what it was discharged from.")
        return self

    def to_model(self) -> HomeHealthCare:
        return self._as(HomeHealthCare)


class OtherReviewIn(ModelSchema):
    role: Annotated[str, Listed(code_lists.OTHER_REVIEWERS)]
    organization: Name
    reasons: Annotated[list[Reason], Field(min_length=1, max_length=4)]
    on: Day

    def to_model(self) -> OtherReview:
        return self._as(OtherReview)


class DaysIn(QuantityIn):
    unit: Annotated[Unit, among((Unit.DAYS,), "A stay is asked for in days.")] = Unit.DAYS


class AdmissionIn(ModelSchema):
    """A stay; its days are asked for in 'days'."""

    admitted: DatesIn
    days: DaysIn | None = None
    discharged: Day | None = None
    type_code: Annotated[str, Field(pattern=r"^[0-9]$")] | None = None
    source_code: Annotated[str, Field(pattern=r"^[0-9A-Z]$")] | None = None
    patient_status: Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None = None
    nursing_home_status: Annotated[str, Listed(code_lists.NURSING_HOME_STATUSES)] | None = None

    def to_model(self) -> Admission:
        return self._as(Admission)
