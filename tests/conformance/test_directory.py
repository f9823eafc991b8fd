"""The folder pair as a channel: the cases of the suite, with a folder for the other side, and those of its own."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.channels.directory import Directory
from priorwire.gateway.ways import Accepted, Failure, Mailbox, Message, NotSent, SendOutcome, Uncertain
from priorwire.model.evidence import Evidence
from priorwire.payers.profile import ChannelKind, Endpoint, FolderSettings
from tests.conformance import channel_messages as messages

NAME = f"{messages.REFERENCE}-{messages.PAYLOAD_ID.replace('-', '')[:12]}.x12"
TEMPORARY = f".{NAME}.part"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("outbound", "inbound", "sent"):
        (tmp_path / name).mkdir()
    return tmp_path


def endpoint(root: Path, **settings: object) -> Endpoint:
    folders = FolderSettings(**{"sent": "sent", **settings})  # type: ignore[arg-type]  # a test's shorthand
    return replace(messages.endpoint(f"file://{root}"), folders=folders)


def message(root: Path, **settings: object) -> Message:
    return messages.message(endpoint(root, **settings))


def whereabouts(root: Path, **settings: object) -> SendOutcome:
    return Directory().whereabouts(endpoint(root, **settings), messages.REFERENCE, messages.PAYLOAD_ID)


def test_it_is_a_mailbox_of_its_kind() -> None:
    assert isinstance(Directory(), Mailbox)
    assert Directory().kind is ChannelKind.DIRECTORY


def test_sends_exactly_once_under_a_name_of_its_own(root: Path) -> None:
    outcome = Directory().send(message(root))
    assert outcome == Accepted(remote_id=NAME, evidence=Evidence.SENT, comes_by_itself=True)
    assert [each.name for each in (root / "outbound").iterdir()] == [NAME]
    assert (root / "outbound" / NAME).read_bytes() == messages.REQUEST_X12


@pytest.mark.parametrize("folder", ["outbound", "sent"])
def test_what_is_or_was_there_is_not_written_again(root: Path, folder: str) -> None:
    (root / folder / NAME).write_bytes(b"as it went")
    assert isinstance(Directory().send(message(root)), Accepted)
    assert (root / folder / NAME).read_bytes() == b"as it went"
    assert sum(len(list((root / each).iterdir())) for each in ("outbound", "sent")) == 1


def test_a_missing_folder_is_proved_not_sent(tmp_path: Path) -> None:
    outcome = Directory().send(message(tmp_path))
    assert outcome == NotSent(failure=Failure.UNAVAILABLE, detail="the outbound folder is missing")


def test_a_folder_that_takes_no_rename_is_proved_not_sent(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "no space left")

    monkeypatch.setattr(Path, "rename", full)
    outcome = Directory().send(message(root))
    assert isinstance(outcome, NotSent)
    assert list((root / "outbound").iterdir()) == []


def test_trouble_after_the_rename_is_uncertain(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(folder: Path) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr("priorwire.channels.directory._sync_folder", failing)
    outcome = Directory().send(message(root))
    assert isinstance(outcome, Uncertain)
    assert (root / "outbound" / NAME).exists()


def test_after_a_crash_a_file_that_stands_there_was_sent(root: Path) -> None:
    Directory().send(message(root))
    assert isinstance(whereabouts(root), Accepted)
    (root / "outbound" / NAME).rename(root / "sent" / NAME)
    assert isinstance(whereabouts(root), Accepted)


def test_after_a_crash_absence_proves_only_where_sent_files_are_kept(root: Path) -> None:
    assert isinstance(whereabouts(root), NotSent)
    assert isinstance(whereabouts(root, sent=None), NotSent)  # the first look's mark is a temporary file: never renamed


def test_absence_proves_nothing_where_the_client_deletes(root: Path) -> None:
    assert isinstance(whereabouts(root, sent=None), Uncertain)


@pytest.mark.parametrize("began", [True, False])
def test_a_sender_that_lives_after_all_cannot_send_once_it_was_looked_for(root: Path, *, began: bool) -> None:
    if began:
        (root / "outbound" / TEMPORARY).write_bytes(messages.REQUEST_X12[:50])
    assert isinstance(whereabouts(root), NotSent)
    if began:
        with pytest.raises(FileNotFoundError):  # its next act
            (root / "outbound" / TEMPORARY).rename(root / "outbound" / NAME)
    else:
        assert isinstance(Directory().send(message(root)), NotSent)
    assert not (root / "outbound" / NAME).exists()


def test_only_messages_that_are_whole_by_their_names_are_listed(root: Path) -> None:
    for name in ("a.x12", "b.tmp", ".c.x12", "d.x12.part", "e.partial", "f.txt"):
        (root / "inbound" / name).write_bytes(b"ISA")
    (root / "inbound" / "folder.x12").mkdir()
    (root / "inbound" / "link.x12").symlink_to(root / "inbound" / "a.x12")
    listed = Directory().waiting(endpoint(root, names=("*.x12",)))
    assert [each.name for each in listed] == ["a.x12"]
    assert listed[0].size == 3


def test_a_simulators_file_is_marked(root: Path) -> None:
    for name in ("1.simulated.x12", "2.x12"):
        (root / "inbound" / name).write_bytes(b"ISA")
    assert [each.simulated for each in Directory().waiting(endpoint(root))] == [True, False]


def test_a_file_is_moved_and_nothing_that_is_there_is_written_over(root: Path) -> None:
    channel, to = Directory(), endpoint(root)
    for content in (b"one", b"two"):
        (root / "inbound" / "a.x12").write_bytes(content)
        assert channel.file_away(to, "a.x12", hashlib.sha256(content).hexdigest())
    assert {each.read_bytes() for each in (root / "processed").iterdir()} == {b"one", b"two"}
    assert channel.file_away(to, "a.x12", "")  # moved before
    assert channel.fetch(to, "a.x12") is None


def test_a_file_that_was_written_over_meanwhile_stays(root: Path) -> None:
    (root / "inbound" / "a.x12").write_bytes(b"another")
    assert not Directory().file_away(endpoint(root), "a.x12", hashlib.sha256(b"one").hexdigest())
    assert (root / "inbound" / "a.x12").read_bytes() == b"another"


def test_an_acknowledgment_is_left_once_also_after_a_try_that_died(root: Path) -> None:
    (root / "outbound" / ".ACK-1.x12.part").write_bytes(b"half of it, and more than the whole of it")
    for _ in range(2):
        Directory().leave(endpoint(root), "ACK-1.x12", b"whole")
    assert {each.name: each.read_bytes() for each in (root / "outbound").iterdir()} == {"ACK-1.x12": b"whole"}


@pytest.mark.parametrize("there", [True, False])
def test_no_outcome_and_no_log_line_carries_a_patients_value(
    root: Path, caplog: pytest.LogCaptureFixture, *, there: bool
) -> None:
    caplog.set_level(logging.DEBUG, logger="priorwire")
    if not there:
        (root / "outbound").rmdir()
    said = repr(Directory().send(message(root))) + repr(whereabouts(root))
    said += "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    for marked in messages.MARKED:
        assert marked.lower() not in said.lower()


@given(payload=st.binary(max_size=400))
def test_whatever_the_bytes_they_stand_there_as_they_are(
    payload: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("folders")
    (root / "outbound").mkdir()
    Directory().send(replace(message(root), payload=payload))
    assert (root / "outbound" / NAME).read_bytes() == payload
