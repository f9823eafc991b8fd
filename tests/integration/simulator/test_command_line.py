"""``priorwire sim`` says what is wrong with its faults before it listens."""

from __future__ import annotations

from pathlib import Path

import pytest

from priorwire.cli.exits import Exit
from priorwire.cli.main import main


@pytest.mark.parametrize("faults", ["nothing=0.1", "late=2", "hold=0.1", "late"])
def test_faults_that_there_are_none_of_are_refused(
    faults: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sim", "--journal", str(tmp_path / "journal.jsonl"), "--faults", faults]) == Exit.FAULT
    assert "fault" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
