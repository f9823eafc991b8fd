"""Any document at all: it is read, or refused with its faults; nothing else happens."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorwire.errors import InvalidRequest
from priorwire.mapping import BuildContext
from priorwire.mapping.fhir import (
    ReplyContext,
    read_eligibility_request,
    read_eligibility_response,
    read_inquiry,
    read_request,
    read_response,
    write_eligibility_request,
    write_eligibility_response,
    write_request,
    write_response,
)
from tests.strategies import contexts
from tests.strategies_fhir import any_coverages, any_inquiries, any_records, any_requests
from tests.unit.mapping.fhir_support import exact_json

PROPERTY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JUNK: tuple[Any, ...] = (
    *(None, 3, True, "", "x", "2026-02-30"),
    *(Decimal("1E+999999"), Decimal("0.5")),
    *([], {}, [[]], [None], {"x": [1]}, ["x"]),
)


def spoiled(document: Any, random: Random) -> Any:
    """The document with a few places anywhere in it replaced or taken away."""
    document = copy.deepcopy(document)
    for _ in range(random.randrange(1, 4)):
        holder, key = random.choice(places(document))
        if random.random() < 0.2:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(random.choice(JUNK))
        if not places(document):
            break
    return document


def places(value: Any) -> list[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys] + [each for key in keys for each in places(value[key])]


def reads_or_refuses(read: Callable[[Any], object], document: Any) -> None:
    faults = None
    try:
        read(document)
    except InvalidRequest as refused:
        faults = refused.faults
    assert faults is None or (faults and all(each.pointer and each.code and each.detail for each in faults))


@PROPERTY
@given(any_requests(), contexts(), st.randoms(use_true_random=False))
def test_a_spoiled_request(request_: Any, context: BuildContext, random: Random) -> None:
    document = spoiled(exact_json(write_request(request_, context).document), random)
    reads_or_refuses(read_request, document)
    reads_or_refuses(read_inquiry, document)


@PROPERTY
@given(any_records(), st.randoms(use_true_random=False), contexts())
def test_a_spoiled_response(record: Any, random: Random, context: BuildContext) -> None:
    reply = ReplyContext(reference="PW1", at=context.at)
    reads_or_refuses(read_response, spoiled(exact_json(write_response(record, reply).document), random))


@PROPERTY
@given(any_inquiries(), any_coverages(), contexts(), st.randoms(use_true_random=False))
def test_spoiled_coverage(inquiry: Any, coverage: Any, context: BuildContext, random: Random) -> None:
    reply = ReplyContext(reference="PW1", at=context.at)
    asked, said = write_eligibility_request(inquiry, context), write_eligibility_response(coverage, reply)
    reads_or_refuses(read_eligibility_request, spoiled(exact_json(asked.document), random))
    reads_or_refuses(read_eligibility_response, spoiled(exact_json(said.document), random))


def test_what_is_nested_without_end_is_refused() -> None:
    deep: Any = {"resourceType": "Bundle"}
    for _ in range(900):
        deep = {"resourceType": "Bundle", "entry": [deep]}
    with pytest.raises(InvalidRequest) as found:
        read_request(deep)
    assert found.value.faults[0].code == "depth"
