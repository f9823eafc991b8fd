"""People and organizations, as a practice writes them in JSON."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Container
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from priorwire.api.schemas.texts import (
    AddressLine,
    City,
    Day,
    Email,
    FirstName,
    FirstNameIfAny,
    MemberId,
    MiddleName,
    Name,
    Prefix,
    Reference,
    Suffix,
    WebAddress,
    among,
)
from priorwire.mapping import request_codes
from priorwire.model.identifiers import npi_is_valid
from priorwire.model.parties import (
    Address,
    Contact,
    Dependent,
    Gender,
    MemberNumber,
    MemberNumberKind,
    MilitaryStatus,
    PersonName,
    Provider,
    ProviderNumber,
    ProviderNumberKind,
    ProviderRole,
    Relationship,
    Subscriber,
)

M = TypeVar("M")
#: PER has three places for numbers.
_CONTACT_NUMBERS = 3


class Schema(BaseModel):
    """Every request body: an unknown key is a fault (it is a typing error more often than an addition)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class ModelSchema(Schema, ABC):
    """A schema that says a value of `priorwire.model`, by the same field names."""

    @abstractmethod
    def to_model(self) -> object:
        """That value."""

    def _as(self, model: Callable[..., M], *, without: Container[str] = ()) -> M:
        """`model` with the fields of this schema, which have the same names there."""
        return model(**{name: _said(getattr(self, name)) for name in type(self).model_fields if name not in without})


def _said(value: Any) -> Any:
    if isinstance(value, ModelSchema):
        return value.to_model()
    return tuple(_said(each) for each in value) if isinstance(value, list) else value


def _npi(value: str) -> str:
    if not npi_is_valid(value):
        raise PydanticCustomError(
            "npi_check_digit", "An NPI has ten digits, the last of them a check digit; this one does not pass."
        )
    return value


Npi = Annotated[str, AfterValidator(_npi)]


_ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?")
#: N403.
_SHORTEST_POSTAL_CODE = 3


class AddressIn(ModelSchema):
    line1: AddressLine
    line2: AddressLine | None = None
    city: City
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    postal_code: Annotated[str, Field(pattern=r"^[0-9A-Z][0-9A-Z -]{1,13}[0-9A-Z]$")] | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="Left out in the United States.")] | None = None
    subdivision: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,3}$")] | None = None

    @field_validator("country")
    @classmethod
    def _united_states(cls, country: str | None) -> str | None:
        """The guide names a country only where it is another one (005010X217, N404)."""
        return None if country == "US" else country

    @model_validator(mode="after")
    def _of_its_country(self) -> Self:
        abroad = self.country is not None
        if not abroad and self.postal_code and not _ZIP.fullmatch(self.postal_code):
            raise PydanticCustomError("postal_code", "A ZIP code has five digits, or nine.")
        if self.postal_code and len(re.sub("[ -]", "", self.postal_code)) < _SHORTEST_POSTAL_CODE:
            raise PydanticCustomError("postal_code", "A postal code has three letters or digits at least.")
        if abroad and self.state:
            raise PydanticCustomError("state", "A 'state' is of the United States; elsewhere give 'subdivision'.")
        if not abroad and self.subdivision:
            raise PydanticCustomError("subdivision", "A 'subdivision' needs its 'country'.")
        return self

    def to_model(self) -> Address:
        return self._as(Address)


class NameIn(ModelSchema):
    """A person's name. In a 278 only members and those who provide the services have a prefix to it."""

    last: Name
    first: FirstName
    middle: MiddleName | None = None
    suffix: Suffix | None = None

    def to_model(self) -> PersonName:
        return self._as(PersonName)


class TitledNameIn(NameIn):
    """A person's name, with what stands before it."""

    prefix: Prefix | None = None


class SoughtNameIn(NameIn):
    """A person's name in a question about coverage, which may do without the first name."""

    first: FirstNameIfAny | None = None  # type: ignore[assignment]  # looser on purpose


class ContactIn(ModelSchema):
    name: Name | None = None
    telephone: Annotated[str, Field(pattern=r"^[0-9]{10}$")] | None = None
    extension: Annotated[str, Field(pattern=r"^[0-9]{1,8}$")] | None = None
    fax: Annotated[str, Field(pattern=r"^[0-9]{10}$")] | None = None
    email: Email | None = None
    url: WebAddress | None = None

    @field_validator("extension")
    @classmethod
    def _of_a_telephone(cls, extension: str | None, info: ValidationInfo) -> str | None:
        if extension is not None and "telephone" in info.data and info.data["telephone"] is None:
            raise PydanticCustomError("extension", "An extension goes with a 'telephone'.")
        return extension

    @model_validator(mode="after")
    def _room(self) -> Self:
        numbers = (self.telephone, self.extension, self.fax, self.email, self.url)
        if sum(number is not None for number in numbers) > _CONTACT_NUMBERS:
            raise PydanticCustomError(
                "too_many_numbers", "A contact has room for three of telephone, extension, fax, e-mail and web address."
            )
        return self

    def to_model(self) -> Contact:
        return self._as(Contact)


class ProviderNumberIn(ModelSchema):
    """One further number of a provider. Which kinds there are depends on what the provider does in the request."""

    kind: ProviderNumberKind
    number: Reference
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None

    @field_validator("state")
    @classmethod
    def _of_a_licence(cls, state: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if state is not None and kind not in (None, ProviderNumberKind.STATE_LICENSE):
            raise PydanticCustomError("state", "Only a 'state_license' names a state.")
        return state

    def to_model(self) -> ProviderNumber:
        return self._as(ProviderNumber)


class RequesterNumberIn(ProviderNumberIn):
    kind: Annotated[ProviderNumberKind, among(request_codes.REQUESTER_NUMBER, "Not a number of a requester.")]


class ActingNumberIn(ProviderNumberIn):
    kind: Annotated[ProviderNumberKind, among(request_codes.PROVIDER_NUMBER, "Not a number of a provider of services.")]


class InquirerNumberIn(ProviderNumberIn):
    kind: Annotated[ProviderNumberKind, among(request_codes.INQUIRER_NUMBER, "Not a number of who asks in a 270.")]


class ProviderIn(ModelSchema):
    """A person or an organization, never both."""

    person: NameIn | None = None
    organization: Name | None = None
    npi: Npi | None = None
    tax_id: Annotated[str, Field(pattern=r"^[0-9]{9}$")] | None = None
    taxonomy: Annotated[str, Field(pattern=r"^[0-9A-Z]{9}X$")] | None = None

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.person is None) == (self.organization is None):
            raise PydanticCustomError("one_name", "Give exactly one of 'person' and 'organization'.")
        return self

    def to_model(self) -> Provider:
        return self._as(Provider)


#: Whatever else a requester does, it asks: NM101 has a code of its own for a facility, PRV01 for these.
_REQUESTER_ROLES = (ProviderRole.FACILITY, *(request_codes.PROVIDER_PRV.keys() - {None, ProviderRole.RENDERING}))
_INQUIRER_ROLES = (ProviderRole.FACILITY, *(request_codes.INQUIRER_PRV.keys() - {None}))


class RequesterIn(ProviderIn):
    """Who asks for the review."""

    role: (
        Annotated[
            ProviderRole,
            among(_REQUESTER_ROLES, "A requester has no such role: name who has it in '/providers'."),
        ]
        | None
    ) = None
    numbers: Annotated[list[RequesterNumberIn], Field(max_length=7)] = []
    address: AddressIn | None = None
    contact: ContactIn | None = None


class ActingProviderIn(ProviderIn):
    """A provider of the event or of a service; without a role, the one who renders it."""

    person: TitledNameIn | None = None
    role: ProviderRole | None = None
    numbers: Annotated[list[ActingNumberIn], Field(max_length=7)] = []
    address: AddressIn | None = None
    contact: ContactIn | None = None

    @field_validator("role")
    @classmethod
    def _of_a_person(cls, role: ProviderRole | None, info: ValidationInfo) -> ProviderRole | None:
        if info.data.get("taxonomy") and (role or ProviderRole.RENDERING) not in request_codes.PROVIDER_PRV:
            raise PydanticCustomError("taxonomy", "A 278 has no place for the 'taxonomy' of a provider with this role.")
        return role


class EventProviderIn(ActingProviderIn):
    """A provider of the event as a whole."""

    role: (
        Annotated[
            ProviderRole,
            among(
                set(ProviderRole) - request_codes.LINE_ONLY_ROLES,
                "This role belongs to one service: name the provider there.",
            ),
        ]
        | None
    ) = None
    numbers: Annotated[list[ActingNumberIn], Field(max_length=6)] = []


class ServiceProviderIn(ActingProviderIn):
    """A provider of one service."""

    role: (
        Annotated[
            ProviderRole,
            among(
                set(ProviderRole) - request_codes.EVENT_ONLY_ROLES,
                "This role belongs to the event as a whole: name the provider in '/providers'.",
            ),
        ]
        | None
    ) = None


class InquirerIn(ProviderIn):
    """Who asks about coverage. A 270 has no place for a contact."""

    person: SoughtNameIn | None = None
    role: Annotated[ProviderRole, among(_INQUIRER_ROLES, "No role of who asks in a 270.")] | None = None
    numbers: Annotated[list[InquirerNumberIn], Field(max_length=8)] = []
    address: AddressIn | None = None

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        if not self.npi and not self.tax_id:
            raise PydanticCustomError("number", "Who asks is known by 'npi', or by 'tax_id' where it has none.")
        return self


class MemberNumberIn(ModelSchema):
    """One further number of a member."""

    kind: MemberNumberKind
    number: Reference

    def to_model(self) -> MemberNumber:
        return self._as(MemberNumber)


class SubscriberNumberIn(MemberNumberIn):
    kind: Annotated[MemberNumberKind, among(request_codes.SUBSCRIBER_NUMBER_278, "Not a member's number in a 278.")]


class DependentNumberIn(MemberNumberIn):
    kind: Annotated[MemberNumberKind, among(request_codes.DEPENDENT_NUMBER_278, "Not a dependent's number in a 278.")]


class SoughtSubscriberNumberIn(MemberNumberIn):
    kind: Annotated[MemberNumberKind, among(request_codes.SUBSCRIBER_NUMBER_270, "Not a member's number in a 270.")]


class SoughtDependentNumberIn(MemberNumberIn):
    kind: Annotated[MemberNumberKind, among(request_codes.DEPENDENT_NUMBER_270, "Not a dependent's number in a 270.")]


BirthOrder = Annotated[int, Field(ge=1, le=9, description="Which of several born together.")]


def _dated(gender: Gender | None, info: ValidationInfo) -> Gender | None:
    """The 278 has one place for both, which needs the birth date (DMG02)."""
    if gender is not None and "birth_date" in info.data and info.data["birth_date"] is None:
        raise PydanticCustomError("gender", "A 278 tells the gender with the birth date: give 'birth_date' too.")
    return gender


#: A gender that is told beside a birth date.
DatedGender = Annotated[Gender, AfterValidator(_dated)]


class SubscriberIn(ModelSchema):
    """The subscriber of a request for review."""

    member_id: MemberId
    name: TitledNameIn
    birth_date: Day | None = None
    gender: DatedGender | None = None
    group_number: Reference | None = None
    numbers: Annotated[list[SubscriberNumberIn], Field(max_length=8)] = []
    military_status: MilitaryStatus | None = None
    address: AddressIn | None = None

    def to_model(self) -> Subscriber:
        return self._as(Subscriber)


class DependentIn(ModelSchema):
    """The patient, where that is not the subscriber. Who has a member id of their own is a subscriber."""

    name: NameIn
    relationship: Relationship = Relationship.OTHER
    birth_date: Day | None = None
    gender: DatedGender | None = None
    numbers: Annotated[list[DependentNumberIn], Field(max_length=3)] = []
    birth_order: BirthOrder | None = None
    address: AddressIn | None = None

    def to_model(self) -> Dependent:
        return self._as(Dependent)


class SoughtSubscriberIn(ModelSchema):
    """The subscriber of a question about coverage: without a member id, the payer looks for the person."""

    member_id: MemberId | None = None
    name: SoughtNameIn
    birth_date: Day | None = None
    gender: Annotated[Gender | None, Field(description="'unknown' is not sent: it is the same as none.")] = None
    group_number: Reference | None = None
    numbers: Annotated[list[SoughtSubscriberNumberIn], Field(max_length=8)] = []
    birth_order: BirthOrder | None = None
    address: AddressIn | None = None

    def to_model(self) -> Subscriber:
        return self._as(Subscriber)


class SoughtDependentIn(ModelSchema):
    """The patient of a question about coverage, where that is not the subscriber."""

    name: SoughtNameIn
    relationship: Relationship = Relationship.OTHER
    birth_date: Day | None = None
    gender: Annotated[Gender | None, Field(description="'unknown' is not sent: it is the same as none.")] = None
    numbers: Annotated[list[SoughtDependentNumberIn], Field(max_length=9)] = []
    birth_order: BirthOrder | None = None
    address: AddressIn | None = None

    def to_model(self) -> Dependent:
        return self._as(Dependent)
