"""Each folder of `sample_transactions/` is a test by being there.

(a) what its request becomes is byte for byte what stands there; (b) what the payer's answer says is
the record that stands there; (c) nothing in it breaks a rule; (d) so does our acknowledgment. A notice
is not played: its two files are what the engine's writer makes of `notices`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from priorwire.gateway.acknowledging import acknowledge_payload
from priorwire.gateway.inspect import inspect
from tests.acceptance.notices import NOTICES, expected_of_notice
from tests.acceptance.recorded import BEGINS, PLAYED, STORIES, Played, as_text, expected_of, files_of, play

FOLDERS = sorted(each for each in STORIES.iterdir() if each.is_dir())
#: The answer from which the record of a story was read, the last one there is.
ANSWERS = ("inquiry_response.x12", "corrected_response.x12", "response.x12")
WITH_X12 = [each for each in FOLDERS if (each / "outbound.x12").exists()]


@pytest.fixture(scope="module")
def played_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Played]:
    """Plays a story the first time that it is asked for."""

    @cache
    def playing(story: Path) -> Played:
        return play(story, tmp_path_factory.mktemp(story.name))

    return playing


@pytest.fixture(params=PLAYED, ids=lambda each: each.name)
def story(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


@pytest.fixture(params=WITH_X12, ids=lambda each: each.name)
def x12_story(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


@pytest.fixture
def played(story: Path, played_once: Callable[[Path], Played]) -> Played:
    return played_once(story)


@pytest.fixture(params=sorted(NOTICES))
def notice(request: pytest.FixtureRequest) -> Path:
    return STORIES / str(request.param)


def test_they_are_numbered_without_a_gap_and_each_is_played_or_a_notice() -> None:
    assert [each.name[:2] for each in FOLDERS] == [f"{number:02}" for number in range(1, len(FOLDERS) + 1)]
    assert {each.name for each in FOLDERS} == {each.name for each in PLAYED} | set(NOTICES)


def test_a_notice_is_what_the_writer_makes_of_it(notice: Path) -> None:
    assert NOTICES[notice.name] == {each.name: each.read_bytes() for each in notice.glob("*.x12")}


def test_a_notice_and_its_acknowledgment_say_what_is_expected_and_break_no_rule(notice: Path) -> None:
    assert as_text(expected_of_notice(NOTICES[notice.name])) == (notice / "expected.json").read_bytes()
    for file in notice.glob("*.x12"):
        assert [(each["read"], each["issues"]) for each in inspected(file)] == [("clean", [])]


def test_what_goes_out_and_comes_back_is_recorded_byte_for_byte(story: Path, played: Played) -> None:
    recorded = {"x12", "txt"}
    there = {each.name: each.read_bytes() for each in story.iterdir() if each.suffix[1:] in recorded}
    assert files_of(played) == there


def test_the_outcome_and_the_record_are_as_expected(story: Path, played: Played) -> None:
    assert as_text(expected_of(story, played)) == (story / "expected.json").read_bytes()


def test_the_payers_answer_by_itself_says_what_the_record_says(x12_story: Path) -> None:
    answer = next(x12_story / name for name in ANSWERS if (x12_story / name).exists())
    (shown,) = inspected(answer)
    assert shown["record"] == expected(x12_story)["record"]
    assert shown["kind"] in {"271", "278-response", "278-inquiry-response"}


def test_nothing_breaks_a_rule(x12_story: Path) -> None:
    for file in sorted(x12_story.glob("*.x12")):
        for shown in inspected(file):
            assert (file.name, shown["read"], shown["issues"]) == (file.name, "clean", [])


def test_our_acknowledgment_of_the_answer_is_recorded(x12_story: Path) -> None:
    for prefix, name in acknowledged(x12_story):
        answer = (x12_story / name).read_bytes()
        assert acknowledge_payload(answer, BEGINS).payload == (x12_story / f"{prefix}ack.x12").read_bytes()


def test_no_payer_was_asked_for_the_same_review_twice(story: Path, played: Played) -> None:
    asked = [entry.reference for entry in played.journal.entries("278-request")]
    assert len(asked) == len(set(asked))
    assert not any(entry.duplicate for entry in played.journal.entries())
    wanted = {"07-rejected-then-corrected": 2}.get(story.name, 1)
    electronic = expected(story)["outcome"]["channel"] in {"core_soap", "rest_x12"}
    is_review = expected(story)["outcome"]["kind"] == "authorization"
    assert len(asked) == (wanted if electronic and is_review else 0)


def test_a_record_entered_by_a_person_has_the_shape_of_one_from_a_payer() -> None:
    by_payer = expected(STORIES / "03-approved-at-once")["record"]
    by_person = expected(STORIES / "10-portal-only")["record"]
    assert list(by_person) == list(by_payer)
    assert list(by_person["services"][0]) == list(by_payer["services"][0])


def test_a_fax_cover_names_no_patient() -> None:
    cover, _, form = (STORIES / "09-fax-only" / "packet.txt").read_text(encoding="utf-8").partition("--- page 2 ---")
    for value in ("SAMPLE", "INGRID", "EXM0000009", "08/27/1979"):
        assert value not in cover
        assert value in form


def expected(story: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((story / "expected.json").read_text(encoding="utf-8"))
    return found


def inspected(file: Path) -> list[dict[str, Any]]:
    return list(inspect(file.read_bytes(), file.name))


def acknowledged(story: Path) -> Iterator[tuple[str, str]]:
    """Prefix of each acknowledgment, and the answer that it is about."""
    for prefix in ("", "corrected_"):
        for name in (f"{prefix}inquiry_response.x12", f"{prefix}response.x12"):
            if (story / name).exists():
                yield prefix, name
                break
