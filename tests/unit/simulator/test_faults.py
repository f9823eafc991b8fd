from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.simulator.fault_book import FaultBook
from priorwire.simulator.faults import FAULTS, Fault, FaultOrder, Meeting, Mishap

_REQUEST = Meeting(kind="278-request", payer="P1", member="M1", reference="R1", scenario_fault=None)


def test_every_fault_says_whether_it_reaches_the_payer() -> None:
    assert set(FAULTS) == set(Fault)


@given(st.integers(1, 5))
def test_an_order_is_met_as_often_as_it_says_and_then_no_more(times: int) -> None:
    book = FaultBook(1)
    book.order(FaultOrder(fault=Fault.SLOW, times=times))
    met = [book.meet(_REQUEST) for _ in range(times + 2)]
    assert met == [Mishap(fault=Fault.SLOW)] * times + [None, None]


@pytest.mark.parametrize("other", [{"kind": "270"}, {"payer": "P2"}, {"member": "M2"}])
def test_an_order_waits_for_the_exchange_that_fits(other: dict[str, str]) -> None:
    book = FaultBook(1)
    book.order(FaultOrder(fault=Fault.HTML, kind="278-request", payer="P1", member="M1"))
    assert book.meet(replace(_REQUEST, **other)) is None  # type: ignore[arg-type] # each names a text field
    assert book.meet(_REQUEST) == Mishap(fault=Fault.HTML)


def test_an_order_without_end_stays_until_it_is_cleared() -> None:
    book = FaultBook(1)
    book.order(FaultOrder(fault=Fault.HTTP_503, times=None))
    assert [book.meet(_REQUEST) is not None for _ in range(3)] == [True, True, True]
    book.clear()
    assert book.meet(_REQUEST) is None


def test_a_scenarios_fault_is_met_once_a_kind_and_never_by_an_inquiry() -> None:
    book = FaultBook(1)
    request = replace(_REQUEST, scenario_fault=Fault.DROP_AFTER)
    asked = replace(request, kind="278-inquiry")
    check = replace(request, kind="270")
    met = [book.meet(each) for each in (asked, request, request, asked, check, check)]
    assert [bool(mishap) for mishap in met] == [False, True, False, False, True, False]


def test_an_unread_drop_is_not_met_by_an_exchange_but_by_a_connection() -> None:
    book = FaultBook(1)
    book.order(FaultOrder(fault=Fault.DROP_UNREAD))
    assert book.meet(_REQUEST) is None
    assert [book.unread(), book.unread()] == [True, False]


@given(st.integers(0, 1000), st.lists(st.from_regex(r"[A-Z0-9]{1,8}", fullmatch=True), unique=True, max_size=20))
def test_chance_is_the_same_for_the_same_seed_in_whatever_order(seed: int, references: list[str]) -> None:
    def met(order: list[str]) -> dict[str, Mishap | None]:
        book = FaultBook(seed)
        book.rates({Fault.DROP_AFTER: 0.3, Fault.HTTP_503: 0.3})
        return {reference: book.meet(replace(_REQUEST, reference=reference)) for reference in order}

    assert met(references) == met(references[::-1])


def test_chance_follows_its_rates() -> None:
    book = FaultBook(5)
    book.rates({Fault.DROP_AFTER: 0.25})
    met = [book.meet(replace(_REQUEST, reference=str(number))) for number in range(1000)]
    assert 200 < sum(mishap is not None for mishap in met) < 300
