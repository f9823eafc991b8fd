"""By its meaning a request is known for the same: whatever the payer is told counts, and how it is written does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from priorwire.api.schemas import examples
from priorwire.api.schemas.requests import AuthorizationIn, EligibilityIn
from priorwire.gateway.intake import _meaning
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.services import Delivery, Interval
from tests import maximal
from tests.single_values import another, leaves, put


@pytest.mark.parametrize("request_", [*maximal.requests(), *maximal.inquiries()])
def test_every_value_that_is_told_counts(request_: AuthorizationRequest | EligibilityInquiry) -> None:
    meaning = _meaning(request_)
    same = {at for at, value in leaves(request_) if _meaning(put(request_, at, another(value))) == meaning}
    assert same == {("client_reference",)} & {at for at, _ in leaves(request_)}


def test_two_requests_that_differ_in_their_delivery_only_are_two() -> None:
    weekly, daily = (
        replace(maximal.admission(), delivery=Delivery(per=each)) for each in (Interval.WEEK, Interval.DAY)
    )
    assert len({_meaning(each) for each in (weekly, daily, maximal.admission())}) == 3


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (AuthorizationIn, examples.SMALL_AUTHORIZATION),
        (AuthorizationIn, examples.FULL_AUTHORIZATION),
        (EligibilityIn, examples.SMALL_ELIGIBILITY),
        (EligibilityIn, examples.FULL_ELIGIBILITY),
    ],
)
def test_what_is_left_out_means_what_its_default_means(
    kind: type[AuthorizationIn | EligibilityIn], body: dict[str, Any]
) -> None:
    taken = kind.model_validate(body)
    written_out = kind.model_validate(taken.model_dump(mode="json"))
    assert _meaning(written_out.to_model()) == _meaning(taken.to_model())


def test_letters_and_blanks_of_a_note_do_not_make_another_request() -> None:
    request = maximal.event()
    other = replace(request, note="  PLEASE  call\nbefore NOON ")
    assert _meaning(other) == _meaning(request)
