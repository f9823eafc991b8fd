"""badx12 as a reader of envelopes."""

from __future__ import annotations

from pathlib import Path

import pytest

from priorwire.crosscheck import badx12_opinion
from tests.unit.crosscheck.documents import KINDS, message


def test_a_right_message_is_accepted() -> None:
    said = badx12_opinion(message(*KINDS))
    assert (said.accepted, said.sets, said.findings) == (True, len(KINDS), ())


def test_a_finding_has_the_set_of_its_element() -> None:
    (found,) = badx12_opinion(message("270", "271", after=("0001~GE*1*2", "0002~GE*1*2"))).findings
    assert (found.spot.set, found.spot.segment, found.code, found.reports) == (2, "ST", "IDMismatchError", "IK5 3")


def test_a_message_is_never_taken_for_the_name_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ISA").write_bytes(message("270"))
    said = badx12_opinion(b"ISA")
    assert said.stopped
    assert said.sets == 0


def test_that_it_stopped_says_which_exception_and_no_more() -> None:
    said = badx12_opinion(b"CANARY")
    assert said.stopped == "InvalidFileTypeError"
    assert "CANARY" not in repr(said)
