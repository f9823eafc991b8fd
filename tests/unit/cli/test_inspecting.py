"""What ``inspect`` prints: our words as a person writes them, and nothing of the payer's changed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from priorwire.cli.x12_files import inspect

STORIES = Path(__file__).parents[3] / "sample_transactions"
ANSWERS = sorted(STORIES.glob("*/*response*.x12"))


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines as long as they are."""
    monkeypatch.setenv("COLUMNS", "4000")


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_word_of_ours_has_an_underscore_in_the_text(answer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inspect([str(answer)])
    printed = capsys.readouterr().out.replace(str(answer), "")
    assert re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", printed) == []


def test_the_json_keeps_the_codes(capsys: pytest.CaptureFixture[str]) -> None:
    inspect([str(STORIES / "05-modified" / "response.x12")], as_json=True)
    assert json.loads(capsys.readouterr().out)["record"]["status"] == "approved_modified"


def test_what_the_payer_wrote_is_printed_as_it_came(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = (STORIES / "05-modified" / "response.x12").read_bytes()
    name = re.search(rb"NM1\*X3\*2\*([^*]*)", data)
    assert name is not None
    changed = tmp_path / "changed.x12"
    changed.write_bytes(data.replace(name[1], b"north_wind"))
    inspect([str(changed)])
    assert "name north_wind" in capsys.readouterr().out
