"""People and organizations, as a practice writes them in JSON."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Container
from datetime import date
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from priorwire.api.schemas.texts import (
    AddressLine,
    City,
    Email,
    FirstName,
    MemberId,
    MiddleName,
    Name,
    Prefix,
    Reference,
    Suffix,
    WebAddress,
)
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
        if abroad and self.state:
            raise PydanticCustomError("state", "A 'state' is of the United States; elsewhere give 'subdivision'.")
        if not abroad and self.subdivision:
            raise PydanticCustomError("subdivision", "A 'subdivision' needs its 'country'.")
        return self

    def to_model(self) -> Address:
        return self._as(Address)


class NameIn(ModelSchema):
    last: Name
    first: FirstName | None = None
    middle: MiddleName | None = None
    prefix: Prefix | None = None
    suffix: Suffix | None = None

    def to_model(self) -> PersonName:
        return self._as(PersonName)


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


class MemberNumberIn(ModelSchema):
    kind: MemberNumberKind
    number: Reference

    def to_model(self) -> MemberNumber:
        return self._as(MemberNumber)


class ProviderIn(ModelSchema):
    """A person or an organization, never both."""

    person: NameIn | None = None
    organization: Name | None = None
    npi: Npi | None = None
    tax_id: Annotated[str, Field(pattern=r"^[0-9]{9}$")] | None = None
    taxonomy: Annotated[str, Field(pattern=r"^[0-9A-Z]{9}X$")] | None = None
    role: ProviderRole | None = None
    numbers: Annotated[list[ProviderNumberIn], Field(max_length=8)] = []
    address: AddressIn | None = None
    contact: ContactIn | None = None

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.person is None) == (self.organization is None):
            raise PydanticCustomError("one_name", "Give exactly one of 'person' and 'organization'.")
        return self

    def to_model(self) -> Provider:
        return self._as(Provider)


class CoveredPersonIn(ModelSchema):
    """What the subscriber and a dependent are described with."""

    name: NameIn
    birth_date: date | None = None
    gender: Gender | None = None
    numbers: Annotated[list[MemberNumberIn], Field(max_length=9)] = []
    birth_order: Annotated[int, Field(ge=1, le=9, description="Which of several born together.")] | None = None
    address: AddressIn | None = None


class SoughtSubscriberIn(CoveredPersonIn):
    """The subscriber of a question about coverage: without a member id, the payer looks for the person."""

    member_id: MemberId | None = None
    group_number: Reference | None = None
    military_status: MilitaryStatus | None = None

    def to_model(self) -> Subscriber:
        return self._as(Subscriber)


class SubscriberIn(SoughtSubscriberIn):
    """The subscriber."""

    member_id: MemberId


class DependentIn(CoveredPersonIn):
    """The patient, where that is not the subscriber. Who has a member id of their own is a subscriber."""

    relationship: Relationship = Relationship.OTHER

    def to_model(self) -> Dependent:
        return self._as(Dependent)
