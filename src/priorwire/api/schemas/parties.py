"""People and organizations, as a practice writes them in JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from priorwire.api.schemas.texts import (
    AddressLine,
    City,
    Email,
    FirstName,
    MemberId,
    MiddleName,
    Name,
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
    PersonName,
    Provider,
    ProviderRole,
    Relationship,
    Subscriber,
)


class Schema(BaseModel):
    """Every request body: an unknown key is a fault (it is a typing error more often than an addition)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


def _npi(value: str) -> str:
    if not npi_is_valid(value):
        raise PydanticCustomError(
            "npi_check_digit", "An NPI has ten digits, the last of them a check digit; this one does not pass."
        )
    return value


Npi = Annotated[str, AfterValidator(_npi)]


class AddressIn(Schema):
    line1: AddressLine
    line2: AddressLine | None = None
    city: City
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    postal_code: Annotated[str, Field(pattern=r"^[0-9]{5}(-?[0-9]{4})?$")] | None = None

    def to_model(self) -> Address:
        return Address(**self.model_dump())


class NameIn(Schema):
    last: Name
    first: FirstName | None = None
    middle: MiddleName | None = None
    suffix: Suffix | None = None

    def to_model(self) -> PersonName:
        return PersonName(**self.model_dump())


class ContactIn(Schema):
    name: Name | None = None
    telephone: Annotated[str, Field(pattern=r"^[0-9]{10}$")] | None = None
    fax: Annotated[str, Field(pattern=r"^[0-9]{10}$")] | None = None
    email: Email | None = None
    url: WebAddress | None = None

    def to_model(self) -> Contact:
        return Contact(**self.model_dump())


class ProviderIn(Schema):
    """A person or an organization, never both."""

    person: NameIn | None = None
    organization: Name | None = None
    npi: Npi | None = None
    tax_id: Annotated[str, Field(pattern=r"^[0-9]{9}$")] | None = None
    taxonomy: Annotated[str, Field(pattern=r"^[0-9A-Z]{9}X$")] | None = None
    role: ProviderRole | None = None
    address: AddressIn | None = None
    contact: ContactIn | None = None

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.person is None) == (self.organization is None):
            raise PydanticCustomError("one_name", "Give exactly one of 'person' and 'organization'.")
        return self

    def to_model(self) -> Provider:
        return Provider(
            person=self.person.to_model() if self.person else None,
            organization=self.organization,
            npi=self.npi,
            tax_id=self.tax_id,
            taxonomy=self.taxonomy,
            role=self.role,
            address=self.address.to_model() if self.address else None,
            contact=self.contact.to_model() if self.contact else None,
        )


class SubscriberIn(Schema):
    member_id: MemberId
    name: NameIn
    birth_date: date | None = None
    gender: Gender | None = None
    group_number: Reference | None = None
    address: AddressIn | None = None

    def to_model(self) -> Subscriber:
        return Subscriber(
            member_id=self.member_id,
            name=self.name.to_model(),
            birth_date=self.birth_date,
            gender=self.gender,
            group_number=self.group_number,
            address=self.address.to_model() if self.address else None,
        )


class DependentIn(Schema):
    name: NameIn
    relationship: Relationship = Relationship.OTHER
    birth_date: date | None = None
    gender: Gender | None = None
    address: AddressIn | None = None

    def to_model(self) -> Dependent:
        return Dependent(
            name=self.name.to_model(),
            relationship=self.relationship,
            birth_date=self.birth_date,
            gender=self.gender,
            address=self.address.to_model() if self.address else None,
        )
