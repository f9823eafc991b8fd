"""A simulator that is killed goes on where it was: what it had acknowledged is not forgotten."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorwire.clock import FixedClock
from priorwire.simulator import (
    SCENARIOS,
    Entry,
    Fault,
    FaultOrder,
    FaultPlan,
    FolderClearinghouse,
    Journal,
    JournalUnreadable,
    ScenarioOrder,
    Simulator,
    read_journal,
    receipts,
)
from tests.integration.simulator.conftest import KNOWN
from tests.integration.simulator.test_process import start
from tests.unit.simulator.messages import AT, Ask, Said, eligibility, inquiry, review, said

_FILES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


_OPENED: list[Journal] = []


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    yield
    while _OPENED:
        _OPENED.pop().close()


def opened(path: Path) -> Journal:
    _OPENED.append(Journal(path))
    return _OPENED[-1]


def begun(folder: Path, clock: FixedClock | None = None, seed: int = 7) -> Simulator:
    """A simulator over the files of a folder; one that is left alone was killed."""
    return Simulator(clock=clock or FixedClock(AT), journal=opened(folder / "journal.jsonl"), seed=seed)


def asked(simulator: Simulator, payload: bytes) -> Said:
    return said(simulator.exchange(payload, "rest").payload)


# ---------------------------------------------------------------- the files


def entry(reference: str, **more: str) -> Entry:
    return Entry(at=AT.isoformat(), kind="278-request", via="rest", reference=reference, **more)  # type: ignore[arg-type] # text fields


@_FILES
@given(cut=st.integers(1, 400), trace=st.text(max_size=8))
def test_a_journal_that_is_cut_anywhere_in_its_last_line_keeps_every_line_before(
    tmp_path_factory: pytest.TempPathFactory, cut: int, trace: str
) -> None:
    path = tmp_path_factory.mktemp("cut") / "journal.jsonl"
    journal = opened(path)
    journal.write(entry("R1"), entry("R2", trace=trace + "}"))
    last = path.read_bytes().splitlines(keepends=True)[-1]
    os.truncate(path, path.stat().st_size - min(cut, len(last)))
    assert [each.reference for each in read_journal(path)] == ["R1"]
    again = opened(path)
    again.write(entry("R3"))
    assert [each.reference for each in read_journal(path)] == ["R1", "R3"] == [e.reference for e in again.entries()]


def test_what_payers_hold_and_the_journal_lacks_is_added_to_it(tmp_path: Path) -> None:
    first = begun(tmp_path)
    asked(first, review(Ask()))
    asked(first, review(Ask(reference="R2", member="EXM2PENDINFO")))
    path = tmp_path / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1][:20])  # killed after the one file was synced, and before the other was
    assert [each.reference for each in begun(tmp_path).journal.entries()] == ["REF0001", "R2"]
    assert len(path.read_bytes().splitlines()) == 2


def test_what_payers_hold_shows_no_value_and_is_for_its_owner(tmp_path: Path) -> None:
    asked(begun(tmp_path), review(Ask(member="EXM1APPROVE")))
    for path in tmp_path.iterdir():
        assert b"EXM1APPROVE" not in path.read_bytes()
    assert (tmp_path / "journal.jsonl.key").stat().st_mode & 0o077 == 0


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    asked(begun(tmp_path), review(Ask()))
    (tmp_path / "journal.jsonl.key").unlink()
    with pytest.raises(JournalUnreadable):
        begun(tmp_path)


def test_a_line_that_is_none_of_a_journals_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(b'{"at": 1\n{}\n')
    with pytest.raises(JournalUnreadable):
        read_journal(tmp_path / "journal.jsonl")


def test_receipts_are_counted_by_meaning_over_restarts(tmp_path: Path) -> None:
    for reference in ("R1", "R2"):
        asked(begun(tmp_path), review(Ask(reference=reference)))
    asked(begun(tmp_path), review(Ask(reference="R3", member="EXM2APPROVE")))
    journal = begun(tmp_path).journal
    assert sorted(journal.receipts().values()) == [1, 2]
    assert receipts(read_journal(tmp_path / "journal.jsonl")) == journal.receipts()


# ---------------------------------------------------------------- what payers know


def test_a_review_is_known_after_a_kill_and_decided_from_when_it_was_asked_for(tmp_path: Path) -> None:
    clock, ask = FixedClock(AT), Ask(member="EXM1PENDREVIEW")
    assert asked(begun(tmp_path, clock), review(ask)).all("HCR") == ["HCR*A4**0V"]
    clock.advance(timedelta(days=1))
    assert asked(begun(tmp_path, clock), inquiry(ask)).all("HCR") == ["HCR*A4**0V"]
    clock.advance(timedelta(days=1))
    again = begun(tmp_path, clock)
    assert asked(again, inquiry(ask)).all("HCR")[0].startswith("HCR*A1*SIM")
    assert asked(again, review(ask)).all("HCR") == ["HCR*A3**0Q"]
    assert again.journal.entries("278-request")[-1].duplicate


_KILLED: list[Callable[[Simulator], object]] = [
    lambda simulator: asked(simulator, review(Ask(reference="R9", member="EXM9APPROVE"))),
    lambda simulator: simulator.exchange(review(Ask(member="EXM1DROPAFTER")), "rest"),
    lambda simulator: simulator.order_scenario(ScenarioOrder(scenario=SCENARIOS["DENY"], times=2)),
    lambda simulator: simulator.order_fault(FaultOrder(fault=Fault.MISSING_TRACE, times=2)),
    lambda simulator: simulator.follow(FaultPlan(seed=3, rates={Fault.ALTERED_TRACE: 0.5, Fault.AAA_42: 0.3})),
    lambda simulator: simulator.clock.advance(timedelta(days=2)),
    lambda simulator: asked(simulator, review(Ask(reference="R5", member="EXM5PENDDENY"))),
    lambda simulator: simulator.overturn("R5"),
]


def test_a_simulator_that_is_killed_at_every_step_says_what_one_says_that_never_was(tmp_path: Path) -> None:
    steady, killed = begun(tmp_path / "steady"), tmp_path / "killed"
    for step in _KILLED:
        step(steady)
        step(begun(killed))
    last = begun(killed)
    for number in range(8):
        ask = Ask(reference=f"Q{number}", member=f"EXQ{number}APPROVE")
        for payload in (eligibility(ask), review(ask)):
            assert _body(last, payload) == _body(steady, payload)
    for ask in (Ask(member="EXM1DROPAFTER"), Ask(reference="R5", member="EXM5PENDDENY")):
        assert _body(last, inquiry(ask)) == _body(steady, inquiry(ask))
    assert _told(killed) == _told(tmp_path / "steady")


def _body(simulator: Simulator, payload: bytes) -> list[bytes]:
    """Without the envelope, whose numbers a killed run leaves out."""
    reply = simulator.exchange(payload, "rest").payload
    return [each for each in reply.split(b"~") if each[:3] not in (b"ISA", b"GS*", b"GE*", b"IEA", b"TA1")]


def _told(folder: Path) -> list[tuple[str, ...]]:
    entries = read_journal(folder / "journal.jsonl")
    return [(each.kind, each.reference, each.fault, each.answered, str(each.duplicate)) for each in entries]


def test_no_control_number_is_used_twice(tmp_path: Path) -> None:
    questions = [eligibility(Ask(reference=f"E{number}")) for number in range(5)]
    numbers = {begun(tmp_path).exchange(question, "rest").payload[90:99] for question in questions}
    assert len(numbers) == 5


@pytest.mark.processes
def test_a_process_that_is_killed_loses_no_review(tmp_path: Path) -> None:
    ask = Ask(member="EXM1PENDINFO")

    def called(url: str, payload: bytes) -> Said:
        reply = httpx2.post(
            f"{url}/x12/278",
            json={"x12": payload.decode()},
            headers={"X-API-Key": KNOWN.api_key},
            timeout=20,
            trust_env=False,
        )
        return said(reply.json()["x12"].encode())

    process, url = start(tmp_path)
    called(url, review(ask))
    process.kill()
    process.wait(20)
    process, url = start(tmp_path)
    assert called(url, inquiry(ask)).all("HCR") == ["HCR*A4**0U"]
    process.send_signal(signal.SIGTERM)
    process.wait(20)


# ---------------------------------------------------------------- folder pairs


@pytest.mark.parametrize("fault", [None, Fault.LATE, Fault.REORDERED, Fault.TWICE, Fault.PENDED_FIRST])
@pytest.mark.parametrize("moment", ["unlink", "write_bytes", "rename"])
def test_a_folder_pair_loses_no_answer_to_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, fault: Fault | None
) -> None:
    clock, root = FixedClock(AT), tmp_path / "pair"

    def house() -> FolderClearinghouse:
        return FolderClearinghouse(begun(tmp_path, clock), root)

    first = house()
    first.order(*([fault] if fault else []))
    (root / "outbound" / "one.x12").write_bytes(review(Ask()))
    with monkeypatch.context() as patched:
        patched.setattr(Path, moment, _die)
        with pytest.raises(_Killed):
            first.run()
    for _ in range(3):
        house().run()
        clock.advance(timedelta(days=1, hours=1))
    house().run()
    assert [entry.reference for entry in read_journal(tmp_path / "journal.jsonl")] == ["REF0001"]
    assert [name for name, _ in house().taken] == ["one.x12"]
    written = b"".join(each.read_bytes() for each in sorted((root / "inbound").glob("*.x12")))
    assert b"HCR*A1*SIM" in written
    assert b"ST*999" in written
    assert not list((root / "outbound").iterdir())


class _Killed(BaseException):
    """The process is gone."""


def _die(*_: object, **__: object) -> None:
    raise _Killed
