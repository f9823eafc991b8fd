"""Paths into a request: where they lead, and which ones there are."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.model.authorization import AuthorizationRequest, ServiceLine
from priorwire.model.parties import Dependent, PersonName
from priorwire.model.services import CodeSystem, ProcedureCode, Quantity, Unit
from priorwire.payers.paths import find, problem

MakeRequest = Callable[..., AuthorizationRequest]

_LINE = ServiceLine(procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="72148"))
_COUNTED = ServiceLine(procedure=_LINE.procedure, quantity=Quantity(value=Decimal(2), unit=Unit.UNITS))


@given(st.text(alphabet="abcdefgimnrstuv_.[]?0", max_size=30))
def test_any_text_is_a_path_or_has_a_problem(text: str) -> None:
    wrong = problem(text)
    assert wrong is None or wrong


@pytest.mark.parametrize(
    "path",
    ["diagnoses", "diagnoses[]", "diagnoses[].code", "services[].quantity.value", "dependent?.birth_date", "urgency",
     "services[].providers[].npi", "requester.contact.telephone", "admission.days.value", "event_dates.start"],
)  # fmt: skip
def test_the_request_has(path: str) -> None:
    assert problem(path) is None


@pytest.mark.parametrize(
    "path",
    ["", ".", "patient.birth_date", "services.quantity", "services[0].quantity", "urgency[]", "urgency.value",
     "subscriber..name", "subscriber.birth_date.year", "diagnoses[].code.x", "Services", "services[]?"],
)  # fmt: skip
def test_the_request_has_no(path: str, make_request: MakeRequest) -> None:
    assert problem(path)
    with pytest.raises(ValueError, match=r"step|path"):
        find(make_request(), path)


def test_a_list_leads_to_one_place_each(make_request: MakeRequest) -> None:
    places = find(make_request(services=(_COUNTED, _LINE)), "services[].quantity.value")
    assert [(each.pointer, each.is_filled) for each in places] == [
        ("/services/0/quantity/value", True),
        ("/services/1/quantity/value", False),
    ]


def test_an_empty_list_leads_nowhere_but_is_itself_not_filled(make_request: MakeRequest) -> None:
    request = make_request(services=())
    assert find(request, "services[].quantity") == ()
    assert [each.is_filled for each in find(request, "services")] == [False]


def test_what_is_missing_on_the_way_is_missing(make_request: MakeRequest) -> None:
    (place,) = find(make_request(), "requester.contact.telephone")
    assert (place.pointer, place.is_filled) == ("/requester/contact/telephone", False)


def test_a_question_mark_asks_only_where_there_is_something(make_request: MakeRequest) -> None:
    assert find(make_request(), "dependent?.birth_date") == ()
    (place,) = find(make_request(dependent=Dependent(name=PersonName(last="EXAMPLE"))), "dependent?.birth_date")
    assert (place.pointer, place.is_filled) == ("/dependent/birth_date", False)


def test_zero_is_something(make_request: MakeRequest) -> None:
    line = ServiceLine(procedure=_LINE.procedure, quantity=Quantity(value=Decimal(0), unit=Unit.UNITS))
    (place,) = find(make_request(services=(line,)), "services[].quantity.value")
    assert place.is_filled
