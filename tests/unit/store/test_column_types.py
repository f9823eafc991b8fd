"""Moments keep their instant, their microseconds and their order as text; words are members or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import Delivery
from priorwire.store.column_types import Level, Moment, Structure, Word

SQLITE: Any = sqlite.dialect()
POSTGRESQL: Any = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=zones)  # noqa: DTZ001  # bounds


@given(moments)
def test_a_moment_comes_back_in_utc(moment: datetime) -> None:
    for dialect in (SQLITE, POSTGRESQL):
        stored = Moment().process_bind_param(moment, dialect)
        again = Moment().process_result_value(stored, dialect)
        assert again == moment
        assert again is not None
        assert again.tzinfo is UTC


@given(moments, moments)
def test_moments_sort_as_text_as_they_do_in_time(one: datetime, other: datetime) -> None:
    texts = [Moment().process_bind_param(moment, SQLITE) for moment in (one, other)]
    assert (texts[0] < texts[1]) == (one < other)
    assert {len(text) for text in texts} == {27}


def test_a_time_without_a_zone_is_a_defect() -> None:
    with pytest.raises(ValueError, match="timezone-aware"):
        Moment().process_bind_param(datetime(2026, 12, 1), SQLITE)  # noqa: DTZ001  # what is refused


@pytest.mark.parametrize("kind", [Moment(), Word(Delivery), Level(Evidence), Structure(tuple[str, ...])])
def test_nothing_stays_nothing(kind: Any) -> None:
    assert kind.process_bind_param(None, SQLITE) is None
    assert kind.process_result_value(None, SQLITE) is None


@given(st.sampled_from(Delivery), st.sampled_from(Evidence))
def test_members_come_back_as_themselves(word: Delivery, level: Evidence) -> None:
    assert Word(Delivery).process_result_value(Word(Delivery).process_bind_param(word, SQLITE), SQLITE) is word
    assert Level(Evidence).process_result_value(Level(Evidence).process_bind_param(level, SQLITE), SQLITE) is level


def test_a_word_of_another_enumeration_is_refused() -> None:
    with pytest.raises(ValueError, match="Evidence"):
        Word(Delivery).process_bind_param(Evidence.SENT, SQLITE)


@given(st.frozensets(st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_structure_comes_back_in_its_own_type(scopes: frozenset[str]) -> None:
    kind = Structure(frozenset[str])
    again = kind.process_result_value(kind.process_bind_param(scopes, SQLITE), SQLITE)
    assert again == scopes
    assert type(again) is frozenset
