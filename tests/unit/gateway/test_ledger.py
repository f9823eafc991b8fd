"""What is left is what was approved less what was used, however it was recorded; too much used is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.gateway.authorized import authorized_lines, whole_of
from priorwire.gateway.ledger import ledger_of
from priorwire.model.authorization import AuthorizationRecord, ReviewStatus, ServiceDecision
from priorwire.model.ledger import Ledger, LedgerLine, Term, Use
from priorwire.model.parties import PartySaid
from priorwire.model.services import DateSpan, Delivery, DeliverySaid, Interval, Quantity, Unit
from tests.unit.gateway.ledger_samples import MAY, NPI, OTHER_NPI, SCAN, THERAPY, asked, decided, use, visits


def ledger(*uses: Use, record: AuthorizationRecord | None = None) -> Ledger:
    return ledger_of(asked(), record or decided(), uses)


def first(found: Ledger) -> LedgerLine:
    return found.lines[0]


def test_uses_are_taken_from_what_was_approved() -> None:
    line = first(ledger(use(4, 2), use(11, "1.5")))
    assert (line.requested, line.approved, line.used, line.left) == (
        visits(12),
        visits(12),
        (visits("3.5"),),
        visits("8.5"),
    )


def test_more_used_than_approved_is_shown_below_zero() -> None:
    line = first(ledger(use(4, 10), use(11, 5)))
    assert line.left == visits(-3)
    assert line.is_overdrawn


@pytest.mark.parametrize(
    "wrong",
    [
        use(procedure=SCAN),
        use(procedure=replace(THERAPY, code="97112")),
        use(procedure=replace(THERAPY, modifiers=("GO",))),
        use(unit=Unit.UNITS),
        use(month=6),
        use(30, month=4),
    ],
)
def test_a_use_that_fits_no_service_is_kept_apart(wrong: Use) -> None:
    found = ledger(wrong)
    assert found.unassigned == (wrong,)
    assert first(found).left == visits(12)


def test_modifiers_beyond_those_authorized_are_no_difference() -> None:
    assert first(ledger(use(procedure=replace(THERAPY, modifiers=("59", "GP"))))).left == visits(11)


def test_a_service_that_the_reply_does_not_name_is_neither_approved_nor_forgotten() -> None:
    found = ledger()
    assert [(each.procedure, each.status, each.approved) for each in found.lines] == [
        (THERAPY, ReviewStatus.APPROVED, visits(12)),
        (SCAN, ReviewStatus.UNKNOWN, None),
    ]


@pytest.mark.parametrize("status", [ReviewStatus.DENIED, ReviewStatus.PENDED, ReviewStatus.UNKNOWN])
def test_what_is_not_approved_allows_nothing(status: ReviewStatus) -> None:
    given_up = use()
    found = ledger(given_up, record=decided(status=status))
    assert (first(found).approved, first(found).left) == (None, None)
    assert found.unassigned == (given_up,)


# --- what holds where the payer is silent ---------------------------------------------------------------------


def test_an_approval_without_services_holds_for_all_as_they_were_asked_for() -> None:
    record = AuthorizationRecord(status=ReviewStatus.APPROVED, authorization_number="AUTH7")
    therapy, scan = ledger(record=record).lines
    assert (therapy.approved, therapy.dates, therapy.place_of_service) == (visits(12), MAY, "22")
    assert (therapy.provider_npis, therapy.authorization_number) == ((NPI,), "AUTH7")
    assert set(therapy.as_requested) == {Term.QUANTITY, Term.DATES, Term.PROVIDER, Term.PLACE}
    assert therapy.missing == ()
    assert scan.approved == Quantity(value=Decimal(1), unit=Unit.UNITS)


@pytest.mark.parametrize("status", [ReviewStatus.APPROVED_MODIFIED, ReviewStatus.PARTIALLY_APPROVED])
def test_what_is_approved_with_changes_holds_as_stated_or_not_at_all(status: ReviewStatus) -> None:
    record = replace(decided(status=status, quantity=None, dates=None), effective_date=None, expiration_date=None)
    line = first(ledger(record=record))
    assert (line.approved, line.dates, line.provider_npis, line.as_requested) == (None, None, (), ())
    assert set(line.missing) == {Term.QUANTITY, Term.DATES, Term.PROVIDER, Term.PLACE}


def test_a_whole_approved_in_part_says_nothing_of_services_it_does_not_name() -> None:
    record = AuthorizationRecord(status=ReviewStatus.PARTIALLY_APPROVED, authorization_number="AUTH7")
    assert {each.status for each in ledger(record=record).lines} == {ReviewStatus.UNKNOWN}


@pytest.mark.parametrize(("code", "holds"), [("A1", True), ("A3", False), ("A4", False), ("C", False), (None, True)])
def test_a_service_approved_under_an_event_that_is_not_takes_no_number_and_no_period_of_it(
    code: str | None, holds: bool
) -> None:
    (line,) = (each for each in ledger(record=_above(code)).lines if each.number == 1)
    assert (line.authorization_number, line.expires) == (("AUTH7", date(2026, 8, 1)) if holds else (None, None))


def _above(code: str | None) -> AuthorizationRecord:
    service = replace(decided().services[0], authorization_number=None, effective_date=None, expiration_date=None)
    return replace(
        decided(),
        decision_code=code,
        services=(service,),
        authorization_number="AUTH7",
        expiration_date=date(2026, 8, 1),
    )


def test_of_several_numbers_the_ledger_names_none() -> None:
    said = replace(decided().services[0], authorization_number=None, conflicting_numbers=("N1", "N2"))
    record = replace(decided(), services=(said,), authorization_number="AUTH7")
    assert first(ledger(record=record)).authorization_number is None


def test_a_number_alone_is_incomplete() -> None:
    record = AuthorizationRecord(status=ReviewStatus.APPROVED, authorization_number="AUTH7")
    bare = replace(asked(), services=(), event_dates=None, providers=(), place_of_service=None)
    (line,) = ledger_of(bare, record, ()).lines
    assert (line.number, set(line.missing)) == (0, set(Term) - {Term.NUMBER})


def test_the_provider_that_the_payer_names_outweighs_the_one_asked_for() -> None:
    said = PartySaid(role="rendering", identifier=OTHER_NPI, identifier_kind="npi")
    line = first(ledger(record=decided(providers=(said,))))
    assert (line.provider_npis, Term.PROVIDER in line.as_requested) == ((OTHER_NPI,), False)


def test_decisions_are_laid_beside_the_lines_that_they_are_about() -> None:
    plain = replace(THERAPY, modifiers=())
    said = tuple(
        ServiceDecision(procedure=each, status=ReviewStatus.APPROVED_MODIFIED, quantity=visits(3))
        for each in (SCAN, plain, THERAPY)
    )
    lines = authorized_lines(asked(), AuthorizationRecord(status=ReviewStatus.APPROVED_MODIFIED, services=said))
    assert [each.requested for each in lines] == [Quantity(value=Decimal(1), unit=Unit.UNITS), None, visits(12)]


def test_a_reply_about_one_stay_counts_the_event_s_days() -> None:
    request = replace(asked(), services=())
    days = Quantity(value=Decimal(3), unit=Unit.DAYS)
    record = AuthorizationRecord(status=ReviewStatus.APPROVED_MODIFIED, quantity=days)
    (line,) = ledger_of(request, record, (use(unit=Unit.DAYS, value=2),)).lines
    assert (line.approved, line.left) == (days, Quantity(value=Decimal(1), unit=Unit.DAYS))


@pytest.mark.parametrize(
    ("per", "every", "period", "periods", "whole"),
    [
        (Interval.WEEK, None, Interval.WEEK, 8, "24"),
        (Interval.WEEK, 2, Interval.WEEK, 8, "12"),
        (Interval.WEEK, 2, Interval.WEEK, 5, None),
        (Interval.DAY, None, Interval.WEEK, 2, "42"),
        (Interval.MONTH, None, Interval.YEAR, 1, "36"),
        (Interval.WEEK, None, Interval.MONTH, 2, None),
        (Interval.WEEK, None, None, None, None),
        (None, None, None, None, "3"),
        (None, None, Interval.REMAINING, None, None),
    ],
)
def test_a_pattern_is_multiplied_out_where_that_is_exact(
    per: Interval | None, every: int | None, period: Interval | None, periods: int | None, whole: str | None
) -> None:
    said: dict[str, Any] = {
        "quantity": visits(3),
        "per": per,
        "every": Decimal(every) if every else None,
        "period": period,
        "periods": periods,
    }
    expected = visits(whole) if whole else None
    assert whole_of(Delivery(**said)) == expected
    modified = decided(status=ReviewStatus.APPROVED_MODIFIED, quantity=visits(3), delivery=DeliverySaid(**said))
    assert first(ledger(record=modified)).approved == expected


def test_a_pattern_with_an_unknown_time_amounts_to_nothing_known() -> None:
    assert whole_of(DeliverySaid(quantity=visits(3), unknown=(("per", "ZZ"),))) is None


# --- whatever is used, in whatever order ------------------------------------------------------------------------

_USES = st.lists(
    st.builds(
        use,
        st.integers(1, 30),
        st.decimals(min_value="0.25", max_value=9, places=2).map(str),
        unit=st.sampled_from([Unit.VISITS, Unit.VISITS, Unit.UNITS]),
        procedure=st.sampled_from([THERAPY, replace(THERAPY, modifiers=("GP", "59")), SCAN]),
        month=st.sampled_from([4, 5, 6]),
    ),
    max_size=8,
)


def _service(start: int, end: int, quantity: Quantity | None) -> ServiceDecision:
    span = DateSpan(start=date(2026, 5, start), end=date(2026, 5, end))
    return ServiceDecision(procedure=THERAPY, status=ReviewStatus.APPROVED_MODIFIED, quantity=quantity, dates=span)


#: Services of one code whose days overlap, so that a use may belong to several.
_RECORDS = st.lists(
    st.builds(
        _service,
        st.integers(1, 15),
        st.integers(15, 31),
        st.none() | st.integers(1, 10).map(visits),
    ),
    min_size=1,
    max_size=3,
).map(lambda services: AuthorizationRecord(status=ReviewStatus.APPROVED_MODIFIED, services=tuple(services)))


@given(_RECORDS, _USES)
def test_left_is_approved_less_used_and_nothing_is_lost(record: AuthorizationRecord, uses: list[Use]) -> None:
    found = ledger(*uses, record=record)
    for line in found.lines:
        used = sum((each.value for each in line.used), Decimal(0))
        assert (line.left is None) is (line.approved is None)
        if line.approved is not None and line.left is not None:
            assert line.left.value == line.approved.value - used
            assert line.is_overdrawn is (used > line.approved.value)
    counted = [each for line in found.lines for each in line.used] + [each.quantity for each in found.unassigned]
    assert sum(each.value for each in counted) == sum(each.quantity.value for each in uses)


@given(_RECORDS, _USES, st.randoms())
def test_the_order_in_which_uses_were_recorded_does_not_matter(
    record: AuthorizationRecord, uses: list[Use], random: Any
) -> None:
    shuffled = list(uses)
    random.shuffle(shuffled)
    assert ledger(*shuffled, record=record) == ledger(*uses, record=record)


@given(_RECORDS, _USES, st.data())
def test_splitting_a_use_in_two_changes_nothing(
    record: AuthorizationRecord, uses: list[Use], data: st.DataObject
) -> None:
    one = data.draw(st.builds(use, st.integers(1, 31), st.sampled_from(["1", "3.5", "12"])))
    part = one.quantity.value * data.draw(st.sampled_from([Decimal("0.25"), Decimal("0.5"), Decimal("0.9")]))
    halves = [
        replace(use(), on=one.on, quantity=replace(one.quantity, value=value))
        for value in (part, one.quantity.value - part)
    ]
    assert ledger(*uses, *halves, record=record).lines == ledger(*uses, one, record=record).lines


@given(_RECORDS, _USES, st.data())
def test_another_use_never_leaves_more(record: AuthorizationRecord, uses: list[Use], data: st.DataObject) -> None:
    more = data.draw(st.builds(use, st.integers(1, 31)))

    def total(found: Ledger) -> Decimal:
        return sum((each.left.value for each in found.lines if each.left), Decimal(0))

    assert total(ledger(*uses, more, record=record)) <= total(ledger(*uses, record=record))
