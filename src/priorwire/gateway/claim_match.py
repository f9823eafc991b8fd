"""Would this claim match its authorization? Every difference is named; none is settled here.

A claim is compared with the service of the ledger that has its code and differs least. What one
of the two does not state is not compared, and told as such. A match says that claim and approval
agree, and nothing of payment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from priorwire.gateway.authorized import GRANTED, same_code
from priorwire.gateway.ledger import days, has_modifiers
from priorwire.model.authorization import ReviewStatus
from priorwire.model.ledger import Claim, ClaimMatch, Ledger, LedgerLine, Mismatch, MismatchKind, Term
from priorwire.model.services import ProcedureCode, Quantity

#: Told with every answer.
NO_PROMISE = (
    "That a claim matches its authorization does not say that it will be paid: eligibility on the day of service, "
    "the plan's limits and the payer's edits are judged on the claim."
)


def match_claim(ledger: Ledger, claim: Claim) -> ClaimMatch:
    """Compare a claim with an authorization.

    Args:
        ledger: without the uses that are the claim's own.
        claim: one line of a claim.
    """
    whole = tuple(_whole(ledger))
    lines = [each for each in ledger.lines if each.procedure is None or same_code(each.procedure, claim.procedure)]
    if not lines:
        codes = ", ".join(_code(each.procedure) for each in ledger.lines if each.procedure)
        wrong = Mismatch(
            kind=MismatchKind.CODE_NOT_AUTHORIZED,
            says="No service of the authorization has the claim's code.",
            authorized=codes or None,
            claimed=_code(claim.procedure),
        )
        number = tuple(_number(ledger.authorization_number, ledger.status, claim))
        return ClaimMatch(line=None, mismatches=(*whole, *_not_granted(ledger.status), wrong, *number))
    compared = [
        ClaimMatch(line=each.number, mismatches=_all(each, claim), not_compared=_open(each, claim)) for each in lines
    ]
    nearest = min(compared, key=lambda each: (len(each.mismatches), each.line))
    return ClaimMatch(line=nearest.line, mismatches=(*whole, *nearest.mismatches), not_compared=nearest.not_compared)


def _whole(ledger: Ledger) -> Iterator[Mismatch]:
    if ledger.is_superseded:
        says = "Another submission took this authorization's place: compare with that one."
        yield Mismatch(kind=MismatchKind.SUPERSEDED, says=says)


def _all(line: LedgerLine, claim: Claim) -> tuple[Mismatch, ...]:
    return tuple(each for check in _CHECKS for each in check(line, claim))


# --- one term after the other ---------------------------------------------------------------------------------


def _status(line: LedgerLine, _: Claim) -> Iterator[Mismatch]:
    yield from _not_granted(line.status)


def _not_granted(status: ReviewStatus) -> Iterator[Mismatch]:
    if status is ReviewStatus.CANCELLED:
        yield Mismatch(kind=MismatchKind.CANCELLED, says="The authorization was cancelled.", authorized=status.value)
    elif status not in GRANTED:
        says = "The payer has not approved the service."
        yield Mismatch(kind=MismatchKind.NOT_APPROVED, says=says, authorized=status.value)


def _modifiers(line: LedgerLine, claim: Claim) -> Iterator[Mismatch]:
    if line.procedure is not None and not has_modifiers(line.procedure, claim.procedure):
        yield Mismatch(
            kind=MismatchKind.MODIFIER_DIFFERS,
            says="The code was authorized with a modifier that the claim does not have.",
            authorized=_code(line.procedure),
            claimed=_code(claim.procedure),
        )


def _quantity(line: LedgerLine, claim: Claim) -> Iterator[Mismatch]:
    asked, approved, left = claim.quantity, line.approved, line.left
    if asked is None:
        return
    if approved is None or left is None:
        if line.status in (ReviewStatus.APPROVED_MODIFIED, ReviewStatus.PARTIALLY_APPROVED):
            yield _counted(
                MismatchKind.QUANTITY_NOT_STATED,
                "The service was approved otherwise than it was asked for, and the reply does not say for how much.",
                None,
                asked,
            )
    elif approved.unit is not asked.unit:
        says = "The claim counts in another unit than the authorization, so that the two cannot be compared."
        yield _counted(MismatchKind.UNIT_DIFFERS, says, approved, asked)
    else:
        yield from _more_than(line, approved, left, asked)


def _more_than(line: LedgerLine, approved: Quantity, left: Quantity, asked: Quantity) -> Iterator[Mismatch]:
    requested = line.requested
    is_less = requested is not None and requested.unit is approved.unit and approved.value < requested.value
    if is_less and asked.value > approved.value:
        says = "The payer approved less than was asked for, and the claim has more than that."
        yield _counted(MismatchKind.PARTIAL_APPROVAL, says, approved, asked)
    if left.value <= 0 < asked.value:
        yield _counted(MismatchKind.EXHAUSTED, "All that was approved is used.", left, asked)
    elif asked.value > left.value:
        yield _counted(MismatchKind.UNITS_EXCEED_LEFT, "The claim has more than is left.", left, asked)


def _dates(line: LedgerLine, claim: Claim) -> Iterator[Mismatch]:
    first, last = days(claim.dates)
    if line.dates is not None:
        begins, ends = days(line.dates)
        if last < begins or ends < first:
            says = "The claim's days lie outside those that the service was authorized for."
            yield _dated(MismatchKind.DATES_OUTSIDE, says, begins, ends, claim)
        elif first < begins or ends < last:
            says = "Some of the claim's days lie outside those that the service was authorized for."
            yield _dated(MismatchKind.DATES_PARTLY_OUTSIDE, says, begins, ends, claim)
    yield from _in_force(line, claim)


def _in_force(line: LedgerLine, claim: Claim) -> Iterator[Mismatch]:
    """Whether the approval itself holds on the claim's days."""
    first, last = days(claim.dates)
    begins, ends = line.effective, line.expires
    if begins is not None and last < begins:
        says = "The authorization is not yet in force on the claim's days."
        yield _dated(MismatchKind.NOT_YET_EFFECTIVE, says, begins, ends, claim)
    elif ends is not None and first > ends:
        says = "The authorization has expired before the claim's days."
        yield _dated(MismatchKind.EXPIRED, says, begins, ends, claim)
    elif (begins is not None and first < begins) or (ends is not None and last > ends):
        says = "The authorization is in force on some of the claim's days only."
        yield _dated(MismatchKind.DATES_PARTLY_OUTSIDE, says, begins, ends, claim)


def _provider(line: LedgerLine, claim: Claim) -> Iterator[Mismatch]:
    if claim.rendering_npi and line.provider_npis and claim.rendering_npi not in line.provider_npis:
        yield Mismatch(
            kind=MismatchKind.PROVIDER_DIFFERS,
            says="Another provider was authorized than the one who gave the service.",
            authorized=", ".join(line.provider_npis),
            claimed=claim.rendering_npi,
        )


def _place(line: LedgerLine, claim: Claim) -> Iterator[Mismatch]:
    if claim.facility_npi and line.facility_npis and claim.facility_npi not in line.facility_npis:
        yield Mismatch(
            kind=MismatchKind.FACILITY_DIFFERS,
            says="The service was authorized at another facility.",
            authorized=", ".join(line.facility_npis),
            claimed=claim.facility_npi,
        )
    if claim.place_of_service and line.place_of_service and claim.place_of_service != line.place_of_service:
        yield Mismatch(
            kind=MismatchKind.PLACE_DIFFERS,
            says="The service was authorized in another kind of place.",
            authorized=line.place_of_service,
            claimed=claim.place_of_service,
        )


def _its_number(line: LedgerLine, claim: Claim) -> Iterator[Mismatch]:
    yield from _number(line.authorization_number, line.status, claim)


def _number(number: str | None, status: ReviewStatus, claim: Claim) -> Iterator[Mismatch]:
    said = claim.authorization_number
    if status is ReviewStatus.NOT_REQUIRED:
        return
    if number is None:
        if status in GRANTED:
            says = "The approval has no authorization number: it is not complete."
            yield Mismatch(kind=MismatchKind.NUMBER_NOT_STATED, says=says, claimed=said)
    elif said is None:
        says = "The claim does not have the authorization number."
        yield Mismatch(kind=MismatchKind.NUMBER_MISSING, says=says, authorized=number)
    elif said.strip().upper() != number.strip().upper():
        says = "The claim has another authorization number."
        yield Mismatch(kind=MismatchKind.NUMBER_DIFFERS, says=says, authorized=number, claimed=said)


_CHECKS: tuple[Callable[[LedgerLine, Claim], Iterator[Mismatch]], ...] = (
    _status,
    _modifiers,
    _quantity,
    _dates,
    _provider,
    _place,
    _its_number,
)


def _open(line: LedgerLine, claim: Claim) -> tuple[Term, ...]:
    """What one of the two does not state."""
    compared = {
        Term.PROCEDURE: line.procedure,
        Term.QUANTITY: line.approved and claim.quantity,
        Term.DATES: line.dates or line.effective or line.expires,
        Term.PROVIDER: line.provider_npis and claim.rendering_npi,
        Term.PLACE: (line.place_of_service and claim.place_of_service) or (line.facility_npis and claim.facility_npi),
    }
    return tuple(term for term, value in compared.items() if not value)


# --- how both sides are told ------------------------------------------------------------------------------------


def _code(procedure: ProcedureCode) -> str:
    return "-".join((procedure.code, *procedure.modifiers))


def _counted(kind: MismatchKind, says: str, authorized: Quantity | None, claimed: Quantity) -> Mismatch:
    return Mismatch(kind=kind, says=says, authorized=_said(authorized) if authorized else None, claimed=_said(claimed))


def _said(quantity: Quantity) -> str:
    return f"{_plain(quantity.value)} {quantity.unit.value}"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _dated(kind: MismatchKind, says: str, begins: date | None, ends: date | None, claim: Claim) -> Mismatch:
    first, last = days(claim.dates)
    return Mismatch(kind=kind, says=says, authorized=_period(begins, ends), claimed=_period(first, last))


def _period(first: date | None, last: date | None) -> str:
    if first == last and first is not None:
        return first.isoformat()
    return f"{first.isoformat() if first else ''}..{last.isoformat() if last else ''}"
