"""`crosscheck` on the command line: what it prints, and how it ends."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from priorwire.cli import crosschecking
from priorwire.cli.exits import Exit
from tests.unit.crosscheck.documents import message

_RUNNER = CliRunner()


def _app() -> typer.Typer:
    app = typer.Typer()
    crosschecking.add_to(app)
    app.callback()(lambda: None)
    return app


def _run(*arguments: str) -> tuple[str, int]:
    done = _RUNNER.invoke(_app(), ["crosscheck", *arguments], standalone_mode=False)
    return done.output, done.return_value


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A request with a patient's value that a peer would repeat, and a fault that all but badx12 see."""
    path = tmp_path / "request.x12"
    path.write_bytes(message("278-request", change=("SAMPLE*ROBIN", "CANARY" * 11 + "*ROBIN")))
    return path


def test_it_shows_both_peers_and_ends_well_when_all_is_explained(file: Path) -> None:
    text, code = _run(str(file))
    assert code == Exit.WELL
    assert "pyx12 4" in text
    assert "badx12 0" in text
    assert "IK4 5" in text


def test_no_value_of_a_patient_is_printed(file: Path) -> None:
    assert "CANARY" not in "".join(_run(str(file))[0].split())
    assert "CANARY" not in _run(str(file), "--json")[0]


def test_json_is_one_object_a_file(file: Path) -> None:
    text, _ = _run(str(file), str(file), "--json")
    first, second = (json.loads(line) for line in text.splitlines())
    assert first == second
    assert first["ours"]["accepted"] is False
    pyx12, badx12 = first["peers"]
    assert (pyx12["engine"], badx12["engine"]) == ("pyx12", "badx12")
    (row,) = pyx12["rows"]
    assert (row["verdict"], row["segment"], row["element"]) == ("agreed", "NM1", 3)
    assert (row["ours"][0]["code"], row["theirs"][0]["code"], row["explanation"]) == ("E5", "IK4 5", None)


def test_it_ends_with_findings_when_something_is_not_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("priorwire.crosscheck.compare"), "KNOWN_FAULTS", ())
    path = tmp_path / "repeats.x12"
    path.write_bytes(message("271", change=("IND*30*HM", "IND*30^33*HM")))
    text, code = _run(str(path))
    assert code == Exit.FINDINGS
    assert "nothing known" in " ".join(text.split())


def test_maps_are_written_where_asked(tmp_path: Path) -> None:
    _, code = _run("--maps", str(tmp_path / "maps"))
    assert code == Exit.WELL
    assert (tmp_path / "maps" / "maps.xml").is_file()


def test_without_a_file_it_says_what_to_give() -> None:
    done = _RUNNER.invoke(_app(), ["crosscheck"])
    assert done.exit_code != 0
    assert "at least one file" in " ".join(done.output.replace("│", " ").split())
