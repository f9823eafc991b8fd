"""Would this claim match? Every difference by name, and nothing else changes the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.gateway.claim_match import NO_PROMISE, match_claim
from priorwire.gateway.ledger import ledger_of
from priorwire.model.authorization import AuthorizationRecord, ReviewStatus, ServiceDecision
from priorwire.model.ledger import Claim, ClaimMatch, MismatchKind, Term, Use
from priorwire.model.parties import PartySaid
from priorwire.model.services import DateSpan, Quantity, Unit
from tests.unit.gateway.ledger_samples import MAY, NPI, OTHER_NPI, SCAN, THERAPY, asked, claim, decided, use, visits

Kind = MismatchKind


def match(
    given_claim: Claim, *uses: Use, record: AuthorizationRecord | None = None, is_superseded: bool = False
) -> ClaimMatch:
    return match_claim(ledger_of(asked(), record or decided(), uses, is_superseded=is_superseded), given_claim)


def kinds(found: ClaimMatch) -> list[MismatchKind]:
    assert found.matches is not bool(found.mismatches)
    return [each.kind for each in found.mismatches]


def test_a_claim_that_says_what_was_approved_matches() -> None:
    found = match(claim())
    assert (found.matches, found.line, found.mismatches, found.not_compared) == (True, 1, (), ())
    assert "not say that it will be paid" in NO_PROMISE


CLAIMS: dict[str, tuple[Claim, list[MismatchKind]]] = {
    "another code": (replace(claim(), procedure=SCAN), [Kind.NOT_APPROVED]),
    "a code of nobody's": (
        replace(claim(), procedure=replace(SCAN, code="99999")),
        [Kind.CODE_NOT_AUTHORIZED],
    ),
    "no modifier": (replace(claim(), procedure=replace(THERAPY, modifiers=())), [Kind.MODIFIER_DIFFERS]),
    "one modifier more": (replace(claim(), procedure=replace(THERAPY, modifiers=("GP", "59"))), []),
    "another unit": (replace(claim(), quantity=Quantity(value=Decimal(2), unit=Unit.UNITS)), [Kind.UNIT_DIFFERS]),
    "all of it": (claim(value=12), []),
    "more than there is": (claim(value=13), [Kind.UNITS_EXCEED_LEFT]),
    "the first day": (claim(1), []),
    "days after": (claim(1, month=6), [Kind.DATES_OUTSIDE]),
    "days before": (claim(20, month=4), [Kind.DATES_OUTSIDE]),
    "before it holds": (claim(1, month=4), [Kind.DATES_OUTSIDE, Kind.NOT_YET_EFFECTIVE]),
    "after it ended": (claim(20, month=6), [Kind.DATES_OUTSIDE, Kind.EXPIRED]),
    "across the end": (
        replace(claim(), dates=DateSpan(start=date(2026, 5, 30), end=date(2026, 6, 2))),
        [Kind.DATES_PARTLY_OUTSIDE],
    ),
    "no number": (replace(claim(), authorization_number=None), [Kind.NUMBER_MISSING]),
    "another number": (replace(claim(), authorization_number="AUTH8"), [Kind.NUMBER_DIFFERS]),
    "the number in small letters": (replace(claim(), authorization_number=" auth7 "), []),
    "another provider": (replace(claim(), rendering_npi=OTHER_NPI), [Kind.PROVIDER_DIFFERS]),
    "another place": (replace(claim(), place_of_service="11"), [Kind.PLACE_DIFFERS]),
    "all at once": (
        replace(claim(20, 13, month=6), rendering_npi=OTHER_NPI, place_of_service="11", authorization_number=None),
        [
            Kind.UNITS_EXCEED_LEFT,
            Kind.DATES_OUTSIDE,
            Kind.EXPIRED,
            Kind.PROVIDER_DIFFERS,
            Kind.PLACE_DIFFERS,
            Kind.NUMBER_MISSING,
        ],
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_every_difference_of_a_claim_is_named(name: str) -> None:
    given_claim, expected = CLAIMS[name]
    assert kinds(match(given_claim)) == expected


_OTHER_SITE = PartySaid(role="facility", identifier=OTHER_NPI, identifier_kind="npi")
RECORDS: dict[str, tuple[AuthorizationRecord, Claim, list[MismatchKind]]] = {
    "denied": (decided(status=ReviewStatus.DENIED), claim(), [Kind.NOT_APPROVED]),
    "pended": (decided(status=ReviewStatus.PENDED), claim(), [Kind.NOT_APPROVED]),
    "cancelled": (decided(status=ReviewStatus.CANCELLED), claim(), [Kind.CANCELLED]),
    "less than asked, and enough": (
        decided(status=ReviewStatus.APPROVED_MODIFIED, quantity=visits(6)),
        replace(claim(value=6), rendering_npi=None, place_of_service=None),
        [],
    ),
    "less than asked, and not enough": (
        decided(status=ReviewStatus.PARTIALLY_APPROVED, quantity=visits(6)),
        claim(value=7),
        [Kind.PARTIAL_APPROVAL, Kind.UNITS_EXCEED_LEFT],
    ),
    "changed, nobody says how": (
        decided(status=ReviewStatus.APPROVED_MODIFIED, quantity=None),
        claim(),
        [Kind.QUANTITY_NOT_STATED],
    ),
    "no number": (
        replace(decided(), authorization_number=None),
        replace(claim(), authorization_number=None),
        [Kind.NUMBER_NOT_STATED],
    ),
    "another site": (
        decided(providers=(_OTHER_SITE,)),
        replace(claim(), facility_npi=NPI),
        [Kind.FACILITY_DIFFERS],
    ),
    "in force for part of it": (
        replace(decided(dates=None), expiration_date=date(2026, 5, 5)),
        claim(4, last=8),
        [Kind.DATES_PARTLY_OUTSIDE],
    ),
    "not required": (
        AuthorizationRecord(status=ReviewStatus.NOT_REQUIRED),
        replace(claim(), authorization_number=None),
        [],
    ),
}


@pytest.mark.parametrize("name", RECORDS)
def test_every_difference_of_an_authorization_is_named(name: str) -> None:
    record, given_claim, expected = RECORDS[name]
    assert kinds(match(given_claim, record=record)) == expected


def test_every_kind_of_difference_is_tried_here() -> None:
    tried = {kind for _, expected in CLAIMS.values() for kind in expected}
    tried |= {kind for *_, expected in RECORDS.values() for kind in expected}
    assert tried == set(Kind) - {Kind.EXHAUSTED, Kind.SUPERSEDED}


def test_what_is_used_is_not_there_any_more() -> None:
    assert kinds(match(claim(value=3), use(value=10))) == [Kind.UNITS_EXCEED_LEFT]
    assert kinds(match(claim(value=1), use(value=12))) == [Kind.EXHAUSTED]
    assert kinds(match(claim(value=2), use(value=10))) == []


def test_a_superseded_authorization_matches_nothing() -> None:
    assert kinds(match(claim(), is_superseded=True)) == [Kind.SUPERSEDED]


def test_a_mismatch_tells_both_sides_in_codes_and_numbers() -> None:
    found = match(
        replace(claim(20, 13, month=6), procedure=replace(THERAPY, modifiers=("GO",)), authorization_number="AUTH8")
    )
    told = {each.kind: (each.authorized, each.claimed) for each in found.mismatches}
    assert told == {
        Kind.MODIFIER_DIFFERS: ("97110-GP", "97110-GO"),
        Kind.UNITS_EXCEED_LEFT: ("12 visits", "13 visits"),
        Kind.DATES_OUTSIDE: ("2026-05-01..2026-05-31", "2026-06-20"),
        Kind.EXPIRED: ("2026-04-15..2026-06-15", "2026-06-20"),
        Kind.NUMBER_DIFFERS: ("AUTH7", "AUTH8"),
    }


def test_a_sentence_holds_no_value() -> None:
    for given_claim, _ in CLAIMS.values():
        for each in match(given_claim).mismatches:
            assert each.says.endswith(".")
            assert not any(sign.isdigit() for sign in each.says)


def test_what_one_side_does_not_state_is_told_and_not_held_against_the_claim() -> None:
    silent = Claim(procedure=THERAPY, dates=MAY, authorization_number="AUTH7")
    found = match(silent)
    assert found.matches
    assert set(found.not_compared) == {Term.QUANTITY, Term.PROVIDER, Term.PLACE}


def test_the_service_that_differs_least_is_compared() -> None:
    early = ServiceDecision(
        procedure=THERAPY, status=ReviewStatus.APPROVED, quantity=visits(1), dates=DateSpan(start=date(2026, 5, 1))
    )
    late = replace(early, quantity=visits(4), dates=DateSpan(start=date(2026, 5, 4)))
    record = replace(decided(), services=(early, late))
    assert (match(claim(), record=record).line, kinds(match(claim(), record=record))) == (2, [])


# --- properties --------------------------------------------------------------------------------------------------

_UNRELATED: list[Callable[[int], Use]] = [
    lambda day: use(day, procedure=SCAN),
    lambda day: use(day, unit=Unit.UNITS),
    lambda day: use(min(day, 30), month=6),
    lambda day: use(day, procedure=replace(THERAPY, modifiers=("GO",))),
]


@given(
    st.integers(1, 12),
    st.lists(st.tuples(st.sampled_from(_UNRELATED), st.integers(1, 31)), max_size=6),
)
def test_a_matching_claim_stays_matching_after_unrelated_uses(
    value: int, unrelated: list[tuple[Callable[[int], Use], int]]
) -> None:
    uses = [make(day) for make, day in unrelated]
    assert match(claim(value=value), *uses) == match(claim(value=value))


@given(st.integers(1, 31), st.integers(1, 20), st.integers(0, 20))
def test_a_claim_matches_exactly_where_what_is_left_suffices(day: int, claimed: int, used: int) -> None:
    found = match(claim(day, claimed), *([use(value=used)] if used else []))
    assert found.matches is (claimed <= 12 - used)


@given(st.dates(date(2026, 3, 1), date(2026, 8, 1)), st.integers(0, 40))
def test_days_match_exactly_where_all_of_them_lie_within(start: date, length: int) -> None:
    last = date.fromordinal(start.toordinal() + length)
    found = match(replace(claim(), dates=DateSpan(start=start, end=last)))
    assert found.matches is (date(2026, 5, 1) <= start and last <= date(2026, 5, 31))
