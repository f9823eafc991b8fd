"""Reading our own requests is the inverse of building them."""

from __future__ import annotations

from hypothesis import given, settings

from priorwire.mapping import BuildContext, build_270, build_278, read_270, read_278_request
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.x12 import validate
from priorwire.x12.guides import guide
from tests.strategies import authorization_requests, contexts, eligibility_inquiries
from tests.unit.mapping.samples import CONTEXT, reread
from tests.unit.mapping.sent_spelling import as_sent


@settings(max_examples=100, deadline=None)
@given(authorization_requests(normal=True), contexts())
def test_a_request_is_read_back_as_it_was_built(request: AuthorizationRequest, context: BuildContext) -> None:
    checked = validate(reread("278-request", build_278(request, context)), guide("278-request"))
    assert [issue.says for issue in checked.issues] == []
    assert read_278_request(checked.placed.root, "example") == as_sent(request, context.delimiters)


@settings(max_examples=50, deadline=None)
@given(authorization_requests())
def test_what_was_read_builds_the_same_request_again(request: AuthorizationRequest) -> None:
    body = build_278(request, CONTEXT)
    checked = validate(reread("278-request", body), guide("278-request"))
    assert build_278(read_278_request(checked.placed.root, "example"), CONTEXT) == body


@settings(max_examples=60, deadline=None)
@given(eligibility_inquiries(normal=True), contexts())
def test_an_inquiry_is_read_back_as_it_was_built(inquiry: EligibilityInquiry, context: BuildContext) -> None:
    checked = validate(reread("270", build_270(inquiry, context)), guide("270"))
    assert [issue.says for issue in checked.issues] == []
    assert read_270(checked.placed.root, "example") == as_sent(inquiry, context.delimiters)


@settings(max_examples=30, deadline=None)
@given(eligibility_inquiries())
def test_what_was_read_builds_the_same_inquiry_again(inquiry: EligibilityInquiry) -> None:
    body = build_270(inquiry, CONTEXT)
    checked = validate(reread("270", body), guide("270"))
    assert build_270(read_270(checked.placed.root, "example"), CONTEXT) == body
