"""What is said of an authorization's use: services given, claims to compare, and what is left."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from priorwire.api.schemas import examples
from priorwire.api.schemas.parties import ModelSchema, Npi, Schema
from priorwire.api.schemas.services import DatesIn, ProcedureIn, QuantityIn
from priorwire.api.schemas.texts import ClientReference, MemberId, PayerIdText, PlaceOfService, Reference
from priorwire.model.identifiers import UseId
from priorwire.model.ledger import Claim, Use

#: The practice's own name of a claim. Never sent to the payer.
ClaimReference = Annotated[ClientReference, Field(min_length=1)]


class UseIn(ModelSchema):
    """A service that was given under an authorization."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.USE]})

    on: date
    procedure: ProcedureIn
    quantity: QuantityIn
    claim_reference: ClaimReference | None = None
    provider_npi: Npi | None = None
    place_of_service: PlaceOfService | None = None

    def to_model(self) -> Use:
        """The use, its id left open: it is given when the use is stored."""
        said = {name: getattr(self, name) for name in ("on", "claim_reference", "provider_npi", "place_of_service")}
        return Use(id=UseId(""), procedure=self.procedure.to_model(), quantity=self.quantity.to_model(), **said)


class ClaimIn(ModelSchema):
    """One line of a claim, before it is sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CLAIM]})

    procedure: ProcedureIn
    dates: DatesIn
    quantity: QuantityIn | None = None
    authorization_number: Reference | None = None
    rendering_npi: Npi | None = None
    facility_npi: Npi | None = None
    place_of_service: PlaceOfService | None = None
    claim_reference: ClaimReference | None = None

    def to_model(self) -> Claim:
        return self._as(Claim)


class SearchIn(Schema):
    """A member and a day of service. In a body, since no address carries a member's number."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SEARCH]})

    member_id: MemberId
    service_date: date | None = None
    payer_id: PayerIdText | None = None


class QuantityOut(BaseModel):
    value: Decimal
    unit: str


class UseOut(BaseModel):
    """A use as it was recorded."""

    id: str
    on: date
    procedure: dict[str, Any]
    quantity: QuantityOut
    claim_reference: str | None
    provider_npi: str | None
    place_of_service: str | None
    recorded_at: datetime
    recorded_by: str
    voided_at: datetime | None
    voided_by: str | None


class LedgerLineOut(BaseModel):
    """One service: asked for, approved, used, left. What is null was not stated, and is not zero."""

    number: int
    procedure: dict[str, Any] | None
    status: str
    authorization_number: str | None
    requested: QuantityOut | None
    approved: QuantityOut | None
    used: list[QuantityOut]
    left: QuantityOut | None
    is_overdrawn: bool
    dates: dict[str, Any] | None
    effective: date | None
    expires: date | None
    provider_npis: list[str]
    facility_npis: list[str]
    place_of_service: str | None
    as_requested: list[str]
    missing: list[str]


class LedgerOut(BaseModel):
    """What of an authorization was asked for, approved, used and is left."""

    id: str
    payer_id: str
    status: str
    is_superseded: bool
    authorization_number: str | None
    lines: list[LedgerLineOut]
    #: Ids of uses that fit no approved service.
    unassigned: list[str]
    uses: list[UseOut]
    notice: str


class MismatchOut(BaseModel):
    """One difference: what the authorization says, and what the claim says."""

    kind: str
    says: str
    authorized: str | None
    claimed: str | None


class ClaimMatchOut(BaseModel):
    """Whether a claim fits its authorization; not whether it will be paid."""

    matches: bool
    #: The service it was compared with: 'number' of a line of the ledger.
    line: int | None
    mismatches: list[MismatchOut]
    not_compared: list[str]
    notice: str
