"""Every request, record and list of fields comes back exactly as it went into the bytes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorwire.errors import StoreError
from priorwire.gateway.rows import WorkField
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest, ReviewStatus, ServiceDecision
from priorwire.model.eligibility import Coverage, EligibilityInquiry
from priorwire.model.evidence import Source
from priorwire.model.services import Quantity, Unit
from priorwire.store.sealed_values import RECORD, REQUEST, SOURCES, TEXT, WORK_FIELDS, Codec

st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False))

of_any_value = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)


@of_any_value
@given(st.from_type(AuthorizationRequest) | st.from_type(EligibilityInquiry))
def test_any_request_comes_back(request: AuthorizationRequest | EligibilityInquiry) -> None:
    _comes_back(REQUEST, request)


@of_any_value
@given(st.from_type(AuthorizationRecord) | st.from_type(Coverage))
def test_any_record_comes_back(record: AuthorizationRecord | Coverage) -> None:
    _comes_back(RECORD, record)


_PLAIN_SOURCE = st.builds(Source, also=st.just(()))


@of_any_value
@given(st.dictionaries(st.text(), st.builds(Source, also=st.lists(_PLAIN_SOURCE, max_size=2).map(tuple))))
def test_any_sources_come_back(sources: dict[str, Source]) -> None:
    _comes_back(SOURCES, sources)


@of_any_value
@given(st.lists(st.from_type(WorkField)).map(tuple))
def test_any_fields_come_back(fields: tuple[WorkField, ...]) -> None:
    _comes_back(WORK_FIELDS, fields)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back(text: str) -> None:
    _comes_back(TEXT, text)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_keep_every_digit_and_their_scale(value: Decimal) -> None:
    decided = ServiceDecision(
        procedure=None, status=ReviewStatus.APPROVED, quantity=Quantity(value=value, unit=Unit.DAYS)
    )
    record = AuthorizationRecord(status=ReviewStatus.APPROVED, services=(decided,))
    again = RECORD.load(RECORD.dump(record)).services[0].quantity.value
    assert isinstance(again, Decimal)
    assert again.as_tuple() == value.as_tuple()


def _comes_back(codec: Codec, value: Any) -> None:
    again = codec.load(codec.dump(value))
    assert again == value
    assert type(again) is type(value)
    assert codec.dump(again) == codec.dump(value)


@pytest.mark.parametrize("content", [b"authorization {}", b"authorization not json", b"authorization [1]"])
def test_what_does_not_fit_is_refused_without_showing_it(content: bytes) -> None:
    with pytest.raises(StoreError, match="does not fit") as caught:
        REQUEST.load(content)
    assert caught.value.__suppress_context__
    assert "{" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"claim {}", b"coverage {}"])
def test_another_type_is_refused(content: bytes) -> None:
    with pytest.raises(StoreError, match="does not know"):
        REQUEST.load(content)
