from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.simulator.fault_book import ORDERED_ONLY, FaultBook, FaultPlan, read_rates
from priorwire.simulator.faults import FAULTS, Fault, FaultOrder, Meeting, Mishap, Way

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


_BY_CHANCE = st.sampled_from([fault for fault in Fault if fault not in ORDERED_ONLY])
_RATES = st.dictionaries(_BY_CHANCE, st.floats(0, 0.3), max_size=8)


@given(st.integers(0, 99), _RATES, st.sampled_from(Way), st.sampled_from(["270", "278-request", "278-inquiry", "275"]))
def test_a_plan_has_only_faults_that_go_that_way_with_that_kind(
    seed: int, rates: dict[Fault, float], way: Way, kind: str
) -> None:
    plan = FaultPlan(seed=seed, rates=rates)
    for number in range(50):
        fault = plan.fault_of(replace(_REQUEST, way=way, kind=kind, reference=str(number)))
        assert fault is None or (fault in rates and fault.goes(way, kind))


@given(st.permutations(range(30)))
def test_a_plan_means_the_same_faults_whatever_comes_first_and_however_often(order: list[int]) -> None:
    plan = FaultPlan(seed=3, rates={Fault.TWICE: 0.4, Fault.DROP_AFTER: 0.4})
    book = FaultBook(1)
    book.follow(plan)
    met = {number: book.meet(replace(_REQUEST, reference=str(number))) for number in order}
    for number, mishap in met.items():
        expected = plan.fault_of(replace(_REQUEST, reference=str(number)))
        assert mishap == (Mishap(fault=expected) if expected else None)


def test_an_order_for_a_way_waits_for_a_message_of_that_way() -> None:
    book = FaultBook(1)
    book.order(FaultOrder(fault=Fault.TWICE, way=Way.FOLDER))
    assert book.meet(_REQUEST) is None
    assert book.meet(replace(_REQUEST, way=Way.FOLDER)) == Mishap(fault=Fault.TWICE)


def test_an_order_for_a_fault_that_cannot_happen_there_waits() -> None:
    book = FaultBook(1)
    book.order(FaultOrder(fault=Fault.HTML))
    assert book.meet(replace(_REQUEST, way=Way.FOLDER)) is None
    assert book.meet(_REQUEST) == Mishap(fault=Fault.HTML)


@given(st.lists(st.builds(FaultOrder, fault=_BY_CHANCE, way=st.none() | st.sampled_from(Way))), _RATES)
def test_what_stands_ordered_is_restored(orders: list[FaultOrder], rates: dict[Fault, float]) -> None:
    book, other = FaultBook(1), FaultBook(2)
    book.follow(FaultPlan(seed=9, rates=rates))
    for order in orders:
        book.order(order)
    other.restore(json.loads(json.dumps(book.standing())))
    assert other.standing() == book.standing()
    for number in range(20):
        meeting = replace(_REQUEST, reference=str(number))
        assert book.meet(meeting) == other.meet(meeting)


def test_rates_are_read_from_a_line() -> None:
    assert read_rates("drop_after=0.02, LATE=0.5,") == {Fault.DROP_AFTER: 0.02, Fault.LATE: 0.5}
    shared = read_rates("all=0.1,late=0.5")
    assert sum(rate for fault, rate in shared.items() if fault is not Fault.LATE) == pytest.approx(0.1)
    assert shared.keys() == set(Fault) - ORDERED_ONLY


@pytest.mark.parametrize("text", ["nothing=0.1", "late", "late=often", "late=2", "hold=0.1", "late=nan"])
def test_rates_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"fault|order"):
        read_rates(text)


def test_every_fault_has_a_way_and_says_what_it_does() -> None:
    assert all(row.ways and row.says and not row.says.endswith(".") for row in FAULTS.values())
    assert len({row.says for row in FAULTS.values()}) == len(FAULTS)
