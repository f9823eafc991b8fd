"""The model's values: frozen, by name, and sparing with what they say."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass
from inspect import getmembers, isclass, signature
from types import ModuleType

import pytest
from hypothesis import given, settings

from priorwire.model import authorization, eligibility, evidence, parties
from priorwire.model.authorization import AuthorizationRequest, ReviewStatus
from priorwire.model.lifecycle import Review
from tests.strategies import authorization_requests

MODULES: list[ModuleType] = [authorization, eligibility, evidence, parties]
VALUES = [
    value
    for module in MODULES
    for _, value in getmembers(module, isclass)
    if is_dataclass(value) and value.__module__ == module.__name__
]


@pytest.mark.parametrize("value", VALUES, ids=lambda each: each.__name__)
def test_values_are_made_by_name_and_say_what_they_are(value: type) -> None:
    assert value.__doc__
    assert all(each.kind is each.KEYWORD_ONLY for each in signature(value).parameters.values())


@settings(max_examples=5, deadline=None)
@given(authorization_requests())
def test_values_cannot_be_changed_and_equal_each_other_by_content(request: AuthorizationRequest) -> None:
    with pytest.raises(FrozenInstanceError):
        request.payer_id = "other"  # type: ignore[misc]  # the point of the test
    again = AuthorizationRequest(**{each.name: getattr(request, each.name) for each in fields(request)})
    assert (again, hash(again)) == (request, hash(request))


def test_every_status_of_a_decision_is_a_state_of_the_review() -> None:
    assert {each.value for each in ReviewStatus} <= {each.value for each in Review}
