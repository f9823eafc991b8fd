"""Whatever the schema takes in is sent without a finding, or refused with the place of the fault."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter, ValidationError

from priorwire.api.problems import faults_in
from priorwire.api.schemas import examples
from priorwire.api.schemas.requests import AuthorizationIn, EligibilityIn
from priorwire.errors import Fault, InvalidRequest
from priorwire.gateway.messages import request_bytes
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.payers import Incomplete, review
from tests import maximal
from tests.example_payer import NUMBERS, PROFILE, ROUTE
from tests.strategies import authorization_requests, eligibility_inquiries
from tests.strategies_bodies import bodies

AUTHORIZATION = TypeAdapter(AuthorizationRequest)
ELIGIBILITY = TypeAdapter(EligibilityInquiry)
MANY = settings(max_examples=400, deadline=None)


def fate(kind: type[AuthorizationIn | EligibilityIn], body: dict[str, Any]) -> str:
    """What becomes of a body. Every fault must name a place that the body has, or that it should have."""
    try:
        taken = kind.model_validate(body)
    except ValidationError as error:
        faults, became = faults_in(error.errors()), "refused at the door"
    else:
        faults, became = refused(taken.to_model()), "refused after it"
        if not faults:
            return "sent"
    assert faults
    for fault in faults:
        assert fault.pointer.startswith("/"), fault
        assert _is_near(body, fault.pointer), fault
    return became


def refused(request: AuthorizationRequest | EligibilityInquiry) -> tuple[Fault, ...]:
    """What the gateway finds: missing or implausible by the playbook, or not to be carried by X12."""
    if isinstance(request, AuthorizationRequest):
        verdict = review(request, PROFILE, None, maximal.CONTEXT.at.date())
        if isinstance(verdict, Incomplete):
            return verdict.faults
    try:
        request_bytes(request, PROFILE, ROUTE, NUMBERS, maximal.CONTEXT.at)
    except InvalidRequest as error:
        return error.faults
    return ()


def _is_near(body: Any, pointer: str) -> bool:
    """Whether all of a pointer but its last step leads into the body (fields with a default may be left out)."""
    at = body
    for step in pointer.split("/")[1:-1]:
        if isinstance(at, list):
            at = at[int(step)]
        elif isinstance(at, dict):
            at = at.get(step)
    return at is not None


@pytest.mark.parametrize(
    ("kind", "least"),
    [(AuthorizationIn, examples.SMALL_AUTHORIZATION), (EligibilityIn, examples.SMALL_ELIGIBILITY)],
)
def test_what_the_schema_takes_in_is_sent_or_refused_by_its_place(
    kind: type[AuthorizationIn | EligibilityIn], least: dict[str, Any]
) -> None:
    fates: Counter[str] = Counter()

    @MANY
    @given(bodies(kind, least))
    def holds(body: dict[str, Any]) -> None:
        fates[fate(kind, body)] += 1

    holds()
    assert fates["sent"] > 50, fates


@MANY
@given(authorization_requests(normal=True))
def test_a_request_that_the_guide_can_carry_is_sent_or_refused_by_its_place(request: AuthorizationRequest) -> None:
    fate(AuthorizationIn, AUTHORIZATION.dump_python(request, mode="json", exclude_defaults=True))


@MANY
@given(eligibility_inquiries(normal=True))
def test_an_inquiry_that_the_guide_can_carry_is_sent_or_refused_by_its_place(inquiry: EligibilityInquiry) -> None:
    fate(EligibilityIn, ELIGIBILITY.dump_python(inquiry, mode="json", exclude_defaults=True))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (AuthorizationIn, examples.SMALL_AUTHORIZATION),
        (AuthorizationIn, examples.FULL_AUTHORIZATION),
        (EligibilityIn, examples.SMALL_ELIGIBILITY),
        (EligibilityIn, examples.FULL_ELIGIBILITY),
    ],
)
def test_the_examples_are_sent(kind: type[AuthorizationIn | EligibilityIn], body: dict[str, Any]) -> None:
    assert fate(kind, body) == "sent"


def test_the_parts_of_rare_lines_of_care_are_sent() -> None:
    rare = {name: part for name, part in examples.RARE_PARTS.items() if name != "dental"}
    tooth = {"procedure": {"code": "D6010", "system": "cdt"}, "dental": examples.RARE_PARTS["dental"]}
    body = examples.SMALL_AUTHORIZATION | rare | {"services": [tooth]}
    assert fate(AuthorizationIn, body) == "sent"
