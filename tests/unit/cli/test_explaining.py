"""``explain``: one screen, the patient masked, and JSON whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from priorwire.cli.exits import Exit
from priorwire.cli.main import main
from tests.unit.gateway.test_explain import ANSWER


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "answer.x12"
    path.write_bytes(ANSWER)
    return str(path)


def test_a_value_its_place_and_its_rule_fit_one_screen(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", file, "--field", "services[0].quantity"]) == Exit.WELL
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) <= 24
    assert "HSD*[VS]*[12]" in shown
    assert "inherited from the event" in shown


def test_who_the_patient_is_stays_hidden_unless_asked(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--field", "subscriber"], ["--field", "traces"], ["--field", "status"], []):
        main(["explain", file, *arguments])
        shown = capsys.readouterr().out
        assert not [each for each in ("SAMPLE", "BIN", "XMPL0001", "19700402", "1970-04-02") if each in shown]
    main(["explain", file, "--field", "subscriber", "--reveal"])
    shown = capsys.readouterr().out
    assert "SAMPLE" in shown
    assert "1970-04-02" in shown


def test_json_holds_what_the_file_holds(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", file, "--field", "subscriber.name", "--json"]) == Exit.WELL
    shown = json.loads(capsys.readouterr().out)
    assert shown["leaves"][0]["value"] == "SAMPLE"
    assert shown["leaves"][0]["source"]["rule"] == "subscriber"


def test_an_unknown_field_and_what_is_no_x12_end_with_a_word(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", file, "--field", "autorization_number"]) == Exit.FAULT
    assert "authorization_number" in capsys.readouterr().err
    other = tmp_path / "other.x12"
    other.write_bytes(b"nothing")
    assert main(["explain", str(other)]) == Exit.FINDINGS
    assert "no ISA" in capsys.readouterr().err
