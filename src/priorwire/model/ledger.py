"""What of an authorization was asked for, approved, used and is left; and whether a claim would match it.

An approval is no promise of payment: eligibility on the day, the plan's limits and the payer's
edits are judged on the claim. No value here says that anything will be paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from priorwire.model.authorization import ReviewStatus
from priorwire.model.identifiers import UseId
from priorwire.model.services import DateSpan, ProcedureCode, Quantity


@dataclass(frozen=True, kw_only=True, repr=False)
class Use:
    """A service that was given under an authorization."""

    id: UseId
    on: date
    procedure: ProcedureCode
    quantity: Quantity
    #: The claim that it was or will be billed on.
    claim_reference: str | None = None
    provider_npi: str | None = None
    #: Two-digit CMS place-of-service code.
    place_of_service: str | None = None


class Term(Enum):
    """What an approval must say to be complete enough to bill by."""

    NUMBER = "authorization_number"
    PROCEDURE = "procedure"
    QUANTITY = "quantity"
    DATES = "dates"
    PROVIDER = "provider"
    PLACE = "place_of_service"


@dataclass(frozen=True, kw_only=True, repr=False)
class LedgerLine:
    """One service of an authorization."""

    #: Its place in the authorization, from 1; 0 where the event as a whole was reviewed.
    number: int
    procedure: ProcedureCode | None
    status: ReviewStatus
    authorization_number: str | None = None
    requested: Quantity | None = None
    #: The whole that was approved, a pattern (3 a week for 8 weeks) multiplied out; absent is not stated.
    approved: Quantity | None = None
    #: One for every unit that was used.
    used: tuple[Quantity, ...] = ()
    #: Approved less used; below zero where more was used than approved.
    left: Quantity | None = None
    #: When the service may be given.
    dates: DateSpan | None = None
    #: When the approval begins and ends to hold.
    effective: date | None = None
    expires: date | None = None
    #: Who may give the service, and where: NPIs.
    provider_npis: tuple[str, ...] = ()
    facility_npis: tuple[str, ...] = ()
    place_of_service: str | None = None
    #: Terms that the payer did not repeat and that hold as they were asked for.
    as_requested: tuple[Term, ...] = ()
    #: Terms that nobody stated.
    missing: tuple[Term, ...] = ()

    @property
    def is_overdrawn(self) -> bool:
        """Whether more was used than was approved."""
        return self.left is not None and self.left.value < 0


@dataclass(frozen=True, kw_only=True, repr=False)
class Ledger:
    """An authorization's services and what became of them."""

    status: ReviewStatus
    #: Whether another submission took this one's place.
    is_superseded: bool = False
    authorization_number: str | None = None
    lines: tuple[LedgerLine, ...] = ()
    #: Uses that fit no approved service, by code, unit or date.
    unassigned: tuple[Use, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Claim:
    """One line of a claim, before it is sent."""

    procedure: ProcedureCode
    dates: DateSpan
    quantity: Quantity | None = None
    authorization_number: str | None = None
    rendering_npi: str | None = None
    facility_npi: str | None = None
    place_of_service: str | None = None
    #: Uses recorded under this reference are the claim's own, and not held against it.
    claim_reference: str | None = None


class MismatchKind(Enum):
    """In what a claim differs from an authorization."""

    NOT_APPROVED = "not_approved"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    #: The service was approved for less than was asked, and the claim has more than that.
    PARTIAL_APPROVAL = "partial_approval"
    CODE_NOT_AUTHORIZED = "code_not_authorized"
    MODIFIER_DIFFERS = "modifier_differs"
    UNIT_DIFFERS = "unit_differs"
    UNITS_EXCEED_LEFT = "units_exceed_left"
    EXHAUSTED = "exhausted"
    #: Approved with changes or in part, and the reply does not say for how much.
    QUANTITY_NOT_STATED = "quantity_not_stated"
    DATES_OUTSIDE = "dates_outside"
    DATES_PARTLY_OUTSIDE = "dates_partly_outside"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    EXPIRED = "expired"
    PROVIDER_DIFFERS = "provider_differs"
    FACILITY_DIFFERS = "facility_differs"
    PLACE_DIFFERS = "place_differs"
    NUMBER_MISSING = "number_missing"
    NUMBER_DIFFERS = "number_differs"
    #: Approved, and no authorization number to bill by.
    NUMBER_NOT_STATED = "number_not_stated"


@dataclass(frozen=True, kw_only=True, repr=False)
class Mismatch:
    """One difference between a claim and an authorization."""

    kind: MismatchKind
    #: A sentence without any value of the patient's.
    says: str
    #: What each of the two says, in codes and numbers; `None` where it says nothing.
    authorized: str | None = None
    claimed: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ClaimMatch:
    """Whether a claim fits an authorization. That it fits does not say that it will be paid."""

    #: The service that the claim was compared with: `LedgerLine.number`; `None` where none has its code.
    line: int | None
    mismatches: tuple[Mismatch, ...]
    #: What could not be compared, since one of the two does not state it.
    not_compared: tuple[Term, ...] = ()

    @property
    def matches(self) -> bool:
        """Whether nothing differs."""
        return not self.mismatches
