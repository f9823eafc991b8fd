"""What may stand in the queue's tables."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.engine.serializer import IdentifierJson, RecordedFailure

_SECRET = "DOE*JANE*19610704"
_SERIALIZER = IdentifierJson()
_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text().filter(lambda key: key != "raised"), inner),
)


class _Text(str):
    """Text that could carry more than its characters."""

    __slots__ = ()


@given(_PLAIN)
def test_identifiers_come_back_as_they_were(value: object) -> None:
    assert _SERIALIZER.deserialize(_SERIALIZER.serialize(value)) == value


def test_arguments_of_a_job_come_back_as_a_list() -> None:
    kept = _SERIALIZER.serialize({"args": ("transaction", "row-1", 3), "kwargs": {}})
    assert kept == '{"args":["transaction","row-1",3],"kwargs":{}}'
    assert _SERIALIZER.deserialize(kept) == {"args": ["transaction", "row-1", 3], "kwargs": {}}


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        Decimal(1),
        b"x",
        {1},
        datetime(2026, 12, 1, tzinfo=UTC),
        object(),
        _Text(_SECRET),
        [_SECRET, 1.5],
        {"args": (_SECRET, {"x": ValueError(_SECRET)})},
        {1: _SECRET},
    ],
)
def test_anything_else_is_refused_without_saying_what_it_was(value: object) -> None:
    with pytest.raises(TypeError) as refused:
        _SERIALIZER.serialize(value)
    assert _SECRET not in str(refused.value)


def test_exception_is_kept_as_its_type_and_nothing_else() -> None:
    error = ValueError(_SECRET)
    error.add_note(_SECRET)
    kept = _SERIALIZER.serialize(error)
    assert kept == '{"raised":"ValueError"}'
    found = _SERIALIZER.deserialize(kept)
    assert isinstance(found, RecordedFailure)
    assert found.args == ("ValueError",)


def test_serializer_has_a_name_of_its_own() -> None:
    assert _SERIALIZER.name() == "priorwire_json_1"
