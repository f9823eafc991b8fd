"""What a request says is sent or refused; what is neither stands in a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest

from priorwire.errors import InvalidRequest
from priorwire.mapping import Body, BuildContext, build_270, build_278
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.x12 import validate
from priorwire.x12.guides import guide
from tests import maximal
from tests.unit.mapping.samples import reread
from tests.unit.mapping.variants import field_names, variants

#: What a 278 deliberately does not carry (the docstring of `build_278` says why).
_NOT_IN_278 = ("payer_id", "client_reference", "subscriber.birth_order", "requester.person.prefix", "taxonomy")
#: What a 270 deliberately does not carry.
_NOT_IN_270 = ("payer_id", "client_reference", "prefix", "military_status", "diagnoses[0].kind", "provider.role")


def _said_by(model: type, seen: set[type]) -> set[type]:
    """The values that a request is made of, all the way down."""
    if model in seen or not is_dataclass(model):
        return seen
    seen.add(model)
    for hint in get_type_hints(model).values():
        for inner in (hint, *get_args(hint)):
            _said_by(inner, seen)
    return seen


def test_the_maximal_requests_fill_every_field_of_the_model() -> None:
    filled = {each for value in (*maximal.requests(), *maximal.inquiries()) for each in field_names(value)}
    models = _said_by(AuthorizationRequest, set()) | _said_by(EligibilityInquiry, set())
    assert {(each.__name__, field.name) for each in models for field in fields(each)} - filled == set()


@pytest.mark.parametrize(
    ("kind", "build", "values", "not_sent"),
    [
        ("278-request", build_278, maximal.requests(), _NOT_IN_278),
        ("270", build_270, maximal.inquiries(), _NOT_IN_270),
    ],
    ids=["278", "270"],
)
def test_whatever_changes_in_a_request_changes_what_is_sent_or_is_refused(
    kind: str, build: Callable[[Any, BuildContext], Body], values: tuple[Any, ...], not_sent: tuple[str, ...]
) -> None:
    dropped = set()
    for value in values:
        sent = [each.text() for each in build(value, maximal.CONTEXT)]
        for path, changed in variants(value):
            try:
                same = [each.text() for each in build(changed, maximal.CONTEXT)] == sent
            except InvalidRequest:
                continue
            if same and not path.endswith(not_sent) and not path.startswith("provider.contact"):
                dropped.add(path)
    assert dropped == set()


@pytest.mark.parametrize("request_", maximal.requests(), ids=["event", "admission", "reservation"])
def test_the_maximal_requests_pass_the_guide(request_: AuthorizationRequest) -> None:
    ts = reread("278-request", build_278(request_, maximal.CONTEXT))
    assert [issue.says for issue in validate(ts, guide("278-request")).issues] == []


@pytest.mark.parametrize("inquiry", maximal.inquiries(), ids=["subscriber", "child", "adult", "authorized", "referred"])
def test_the_maximal_inquiries_pass_the_guide(inquiry: EligibilityInquiry) -> None:
    ts = reread("270", build_270(inquiry, maximal.CONTEXT))
    assert [issue.says for issue in validate(ts, guide("270")).issues] == []
