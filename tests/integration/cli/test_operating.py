"""``queue``, ``pause`` and ``resume`` as an operator calls them, on a store of their own."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from priorwire import bootstrap
from priorwire.cli.exits import Exit
from priorwire.cli.main import main
from priorwire.config import load_settings
from priorwire.gateway.rows import DueKind
from priorwire.model.identifiers import TenantId

CORE = "northwind-health/core"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRIORWIRE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(
        "PRIORWIRE_NAMES", json.dumps({"simulator_url": "http://127.0.0.1:9", "simulator_smtp": "smtp://127.0.0.1:9"})
    )
    with closing(bootstrap.initialize(load_settings())) as store, store.work(TenantId("practice")) as uow:
        now = datetime.now(UTC)
        for number in range(3):
            uow.due.schedule(DueKind.TRANSACTION, f"auth_{number}", CORE, now - timedelta(minutes=number + 1))
        uow.due.schedule(DueKind.TRANSACTION, "auth_later", CORE, now + timedelta(days=1))
        uow.due.schedule(DueKind.WEBHOOK, "dlv_1", "webhook/hook_1", now)
        uow.due.schedule(DueKind.RECEIVED_SET, "set_1", "meridian-medicaid/batch/received-3", now)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def endpoint(capsys: pytest.CaptureFixture[str], name: str = CORE) -> dict[str, object]:
    main(["queue", "--json"])
    listed = said(capsys)["endpoints"]
    assert isinstance(listed, list)
    return next(each for each in listed if each["endpoint"] == name)


def test_the_queue_names_every_endpoint_and_counts_what_waits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "--json"]) == Exit.WELL
    shown = said(capsys)
    assert shown["kinds"] == {"received_set": 1, "transaction": 4, "webhook": 1}
    assert shown["all_paused"] is None
    assert (shown["work_items"], shown["quarantined"], shown["unmatched"]) == ({"open": 0, "overdue": 0}, 0, 0)
    core = endpoint(capsys)
    assert (core["due"], core["held"], core["later"], core["waits"]) == (3, 0, 1, 0)
    assert (core["circuit"], core["paused"], core["known"]) == ("closed", False, True)
    assert endpoint(capsys, "meridian-medicaid/batch")["due"] == 1
    assert endpoint(capsys, "webhooks")["due"] == 1
    assert endpoint(capsys, "cascadia-mutual/x12")["due"] == 0


def test_a_pause_is_shown_with_who_and_why_and_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pause", CORE, "--reason", "their release", "--actor", "ann", "--json"]) == Exit.WELL
    done = said(capsys)
    assert (done["endpoint"], done["paused_by"], done["reason"], done["moved"]) == (CORE, "ann", "their release", 3)
    assert done["paused_until"] is None
    assert main(["queue"]) == Exit.FINDINGS
    assert "their release" in capsys.readouterr().out
    shown = endpoint(capsys)
    assert (shown["paused"], shown["waits"]) == (True, 3)
    assert main(["resume", CORE, "--actor", "ann", "--json"]) == Exit.WELL
    assert said(capsys)["changed"] is True
    assert endpoint(capsys)["paused"] is False
    assert main(["resume", CORE, "--json"]) == Exit.WELL, "harmless to repeat"
    assert said(capsys)["changed"] is False
    with closing(bootstrap.make_store(load_settings())) as store:
        assert store.verify_audit(TenantId("default")).links == 2


def test_the_kill_switch_is_shown_above_all_and_leaves_what_is_paused_by_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["pause", CORE, "--reason", "mapping"]) == Exit.WELL
    assert main(["pause", "--all", "--reason", "wrong key loaded"]) == Exit.WELL
    capsys.readouterr()
    assert main(["queue"]) == Exit.FINDINGS
    assert capsys.readouterr().out.startswith("ALL SENDING IS STOPPED")
    assert endpoint(capsys, "cascadia-mutual/x12")["paused"] is True
    assert main(["resume", "--all"]) == Exit.WELL
    assert f"Still paused: {CORE}." in capsys.readouterr().out


def test_the_kill_switch_works_where_a_guide_has_faults(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = home / "guides" / "example"
    broken.mkdir(parents=True)
    (broken / "guide.toml").write_text("this is no guide", encoding="utf-8")
    monkeypatch.setenv("PRIORWIRE_COMPANION_GUIDES", str(broken.parent))
    assert main(["pause", CORE, "--reason", "x"]) == Exit.FAULT
    assert main(["pause", "--all", "--reason", "x"]) == Exit.WELL
    monkeypatch.delenv("PRIORWIRE_COMPANION_GUIDES")
    capsys.readouterr()
    assert endpoint(capsys)["paused"] is True


@pytest.mark.parametrize("until", ["PT4H", "2999-01-01T00:00:00Z", "2999-01-01T00:00:00+05:00"])
def test_an_end_is_a_span_or_a_moment(until: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pause", CORE, "--reason", "x", "--until", until, "--json"]) == Exit.WELL
    end = said(capsys)["paused_until"]
    assert isinstance(end, str)
    assert datetime.fromisoformat(end) > datetime.now(UTC)


@pytest.mark.parametrize("until", ["soon", "2999-01-01T00:00:00", "2001-01-01T00:00:00Z", "PT", "P9999999W"])
def test_an_end_that_is_none_is_refused(until: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pause", CORE, "--reason", "x", "--until", until]) == Exit.FAULT
    assert "/until" in capsys.readouterr().err
    assert endpoint(capsys)["paused"] is False


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_an_unknown_endpoint_is_answered_with_those_that_there_are(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "nobody/x12", "--reason", "x"]) == Exit.FAULT
    told = capsys.readouterr().err
    assert CORE in told
    assert "cascadia-mutual/x12" in told


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_one_endpoint_or_all_and_not_both_or_neither(verb: str) -> None:
    assert main([verb, "--reason", "x"]) == Exit.FAULT
    assert main([verb, CORE, "--all", "--reason", "x"]) == Exit.FAULT


def test_a_pause_without_a_reason_is_refused() -> None:
    assert main(["pause", CORE]) == Exit.FAULT
    assert main(["pause", CORE, "--reason", " "]) == Exit.FAULT
