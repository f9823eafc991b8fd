"""``find`` as somebody uses it who has a number in hand."""

from __future__ import annotations

import io
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from priorwire import bootstrap
from priorwire.cli.exits import Exit
from priorwire.cli.main import main
from priorwire.config import load_settings
from tests.integration.store import samples

#: The samples' practice.
_WHOSE = ("--tenant", str(samples.TENANT))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIORWIRE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(
        "PRIORWIRE_NAMES", json.dumps({"simulator_url": "http://127.0.0.1:9", "simulator_smtp": "smtp://127.0.0.1:9"})
    )
    with closing(bootstrap.initialize(load_settings())) as store, store.work(samples.TENANT) as uow:
        uow.cases.add(samples.case())
        uow.transactions.add(replace(samples.transaction(), authorization_number="AUTH01EXAMPLE"))
        uow.exchanges.add(replace(samples.exchange(), interchange_number=4711, group_number=4712))


def found(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("by", "number"),
    [
        ("trace", samples.transaction().trace_number),
        ("trace", samples.transaction().reference.lower()),
        ("payer_number", "AUTH01EXAMPLE"),
        ("control_number", "000004711"),
        ("control_number", "4712"),
    ],
)
def test_a_transaction_is_found_by_each_number(by: str, number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find", by, number, "--json", *_WHOSE]) == Exit.WELL
    assert found(capsys) == [samples.transaction().id]


def test_a_members_number_comes_from_standard_input_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    member = samples.transaction().member_id
    assert member is not None
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{member}\n"))
    assert main(["find", "member", *_WHOSE]) == Exit.WELL
    shown = capsys.readouterr()
    assert samples.transaction().id in shown.out
    assert member not in shown.out
    assert main(["find", "member", member, *_WHOSE]) == Exit.FAULT
    said = capsys.readouterr().err
    assert "history" in said
    assert member not in said


def test_what_nobody_has_is_said_to_be_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find", "trace", "NOTHING", *_WHOSE]) == Exit.WELL
    assert capsys.readouterr().out == "Nothing has that number.\n"
    assert main(["find", "trace", samples.transaction().trace_number, "--tenant", "another", "--json"]) == Exit.WELL
    assert found(capsys) == []
