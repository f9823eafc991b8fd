"""``quarantine`` and ``unmatched`` as an operator calls them, on a store of their own."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from priorwire import bootstrap
from priorwire.cli.exits import Exit
from priorwire.cli.main import main
from priorwire.cli.operators import who
from priorwire.config import load_settings
from priorwire.gateway.arrived import FileState, ReceivedFileRow, ReceivedSetRow, SetState, UnmatchedRow
from priorwire.gateway.rows import ArchiveRow, Direction, DueKind
from priorwire.model.identifiers import ArchiveId, TenantId

TENANT = TenantId("default")
AT = datetime(2026, 12, 1, 15, tzinfo=UTC)
PAYLOAD = b"ISA*half of it"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRIORWIRE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(
        "PRIORWIRE_NAMES", json.dumps({"simulator_url": "http://127.0.0.1:9", "simulator_smtp": "smtp://127.0.0.1:9"})
    )
    store = bootstrap.initialize(load_settings())
    with closing(store), store.work(TENANT) as uow:
        kept = ArchiveRow(
            id=ArchiveId("arch_1"),
            tenant=TENANT,
            direction=Direction.IN,
            content_type="application/edi-x12",
            endpoint_id="payer-x/batch",
            sha256=hashlib.sha256(PAYLOAD).hexdigest(),
            size=len(PAYLOAD),
            at=AT,
        )
        uow.archive.put(kept, PAYLOAD)
        uow.received.add_file(
            ReceivedFileRow(
                id="file_1",
                tenant=TENANT,
                endpoint_id="payer-x/batch",
                name="ZEBRAWOOD.x12",
                size=len(PAYLOAD),
                modified="1",
                state=FileState.QUARANTINED,
                sighted_at=AT,
                sha256=kept.sha256,
                archive_id=kept.id,
                moved_at=AT,
                cause="it ends before its last interchange does",
                updated_at=AT,
            )
        )
        uow.received.add_set(
            ReceivedSetRow(
                id="set_1_1",
                tenant=TENANT,
                file_id="file_1",
                endpoint_id="payer-x/batch",
                archive_id=kept.id,
                interchange=1,
                transaction_set=1,
                interchange_number="ZZ PAYERX 000000001",
                state=SetState.QUARANTINED,
                cause="no implementation guide is known for it",
                created_at=AT,
                updated_at=AT,
            )
        )
        uow.unmatched.add(
            UnmatchedRow(
                id="unm_1",
                tenant=TENANT,
                archive_id=kept.id,
                interchange=1,
                transaction_set=1,
                reason="it carries no identifier of a request",
                at=AT,
            )
        )
    return tmp_path


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_list_ends_with_findings_and_names_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quarantine", "list", "--json"]) == Exit.FINDINGS
    shown = lines(capsys)
    assert [(each["kind"], each["id"]) for each in shown] == [("file", "file_1"), ("set", "set_1_1")]
    assert "ZEBRAWOOD" not in json.dumps(shown)
    assert main(["quarantine", "list"]) == Exit.FINDINGS
    assert "it ends before its last interchange does" in capsys.readouterr().out


def test_bytes_go_into_a_file_that_nobody_else_reads(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = home / "poison.x12"
    assert main(["quarantine", "show", "file_1", "--output", str(output), "--json"]) == Exit.WELL
    (shown,) = lines(capsys)
    assert shown["size"] == len(PAYLOAD)
    assert output.read_bytes() == PAYLOAD
    assert output.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("verb", ["retry", "release"])
def test_what_is_to_be_read_again_is_due(verb: str) -> None:
    for item in ("file_1", "set_1_1"):
        assert main(["quarantine", verb, item, "--actor", "ann"]) == Exit.WELL
    with closing(bootstrap.make_store(load_settings())) as store:
        due = store.claim(datetime.now(UTC), load_settings().lease, 10, lambda _connection, _row: None)
        assert {(each.kind, each.id) for each in due} == {
            (DueKind.RECEIVED_FILE, "file_1"),
            (DueKind.RECEIVED_SET, "set_1_1"),
        }
        with store.read(TENANT) as uow:
            assert uow.received.set("set_1_1").released is (verb == "release")
        assert store.verify_audit(TENANT).links == 2


def test_somebody_without_a_name_is_named_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert who(None) == f"user {os.getuid()}"
    assert main(["quarantine", "retry", "file_1"]) == Exit.WELL


def test_what_is_ended_is_gone_from_the_list_and_not_ended_twice(capsys: pytest.CaptureFixture[str]) -> None:
    for item in ("file_1", "set_1_1"):
        assert main(["quarantine", "dismiss", item]) == Exit.WELL
        assert main(["quarantine", "dismiss", item]) == Exit.FAULT
    capsys.readouterr()
    assert main(["quarantine", "list"]) == Exit.WELL
    assert capsys.readouterr().out == "Nothing is in quarantine.\n"


def test_unmatched_answers_are_listed_with_their_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["unmatched", "list", "--json"]) == Exit.FINDINGS
    (shown,) = lines(capsys)
    assert (shown["id"], shown["reason"]) == ("unm_1", "it carries no identifier of a request")
    assert main(["unmatched", "list", "--tenant", "nobody"]) == Exit.WELL


def test_an_unmatched_answer_is_shown_in_words_and_its_bytes_go_into_a_file(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = home / "answer.x12"
    assert main(["unmatched", "show", "unm_1", "--output", str(output)]) == Exit.WELL
    told = capsys.readouterr().out
    assert "It was joined to no request: it carries no identifier of a request." in told
    assert "Nothing comes near." in told
    assert output.read_bytes() == PAYLOAD
    assert output.stat().st_mode & 0o077 == 0
    assert main(["unmatched", "show", "unm_1", "--json"]) == Exit.WELL
    (shown,) = lines(capsys)
    assert (shown["kind"], shown["candidates"], shown["size"]) == (None, [], len(PAYLOAD))


def test_an_unmatched_answer_is_dismissed_with_a_reason_and_that_is_taken_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["unmatched", "dismiss", "unm_1"]) == Exit.FAULT
    assert (
        main(["unmatched", "dismiss", "unm_1", "--reason", "ZEBRAWOOD called", "--actor", "ann", "--json"]) == Exit.WELL
    )
    out = capsys.readouterr().out
    assert json.loads(out)["state"] == "dismissed"
    assert "ZEBRAWOOD" not in out
    assert main(["unmatched", "list"]) == Exit.WELL
    assert main(["unmatched", "list", "--all"]) == Exit.WELL
    assert main(["unmatched", "dismiss", "unm_1", "--reason", "again"]) == Exit.FAULT
    assert main(["unmatched", "undo", "unm_1", "--actor", "bea"]) == Exit.WELL
    assert main(["unmatched", "undo", "unm_1"]) == Exit.FAULT
    assert main(["unmatched", "list"]) == Exit.FINDINGS


def test_what_does_not_exist_is_joined_to_nothing() -> None:
    assert main(["unmatched", "join", "unm_1", "auth_9"]) == Exit.FAULT
    assert main(["unmatched", "join", "unm_9", "auth_9", "--confirm"]) == Exit.FAULT
    assert main(["unmatched", "show", "unm_9"]) == Exit.FAULT


def test_a_worker_finds_every_mailbox_due() -> None:
    services = bootstrap.make_services(load_settings())
    bootstrap.make_worker(load_settings(), services)
    due = services.store.claim(datetime.now(UTC), services.lease, 10, lambda _connection, _row: None)
    assert {(each.kind, each.id) for each in due} == {
        (DueKind.MAILBOX, "meridian-medicaid/batch"),
        (DueKind.SWEEP, "owners"),
    }
    services.store.close()  # type: ignore[attr-defined]  # the real one
