from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from priorwire.simulator import Entry, Journal, read_journal
from tests.integration.simulator.conftest import KNOWN
from tests.integration.simulator.waiting import until
from tests.unit.simulator.messages import Ask, review

_PROGRAM = """
import sys
from pathlib import Path
from priorwire.clock import OffsetClock
from priorwire.simulator import run
folder = Path(sys.argv[1])
run("127.0.0.1", 0, journal=folder / "journal.jsonl", clock=OffsetClock(folder / "clock"), seed=1,
    callback_url=None, fax_secret=None, smtp_port=0, ready_file=folder / "ready.json")
"""


def start(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    ready = folder / "ready.json"
    ready.unlink(missing_ok=True)
    process = subprocess.Popen([sys.executable, "-c", _PROGRAM, str(folder)])
    until(ready.exists)
    said = json.loads(ready.read_text())
    assert said["pid"] == process.pid
    assert said["smtp"] > 0
    return process, f"http://{said['host']}:{said['http']}"


def _request(url: str, reference: str) -> int:
    body = {"x12": review(Ask(reference=reference)).decode()}
    return httpx2.post(
        f"{url}/x12/278", json=body, headers={"X-API-Key": KNOWN.api_key}, timeout=20, trust_env=False
    ).status_code


@pytest.mark.processes
def test_a_process_says_where_it_listens_and_its_journal_outlives_a_kill(tmp_path: Path) -> None:
    process, url = start(tmp_path)
    assert _request(url, "R1") == 200
    process.kill()
    process.wait(20)
    assert [entry.reference for entry in read_journal(tmp_path / "journal.jsonl")] == ["R1"]
    process, url = start(tmp_path)
    assert _request(url, "R2") == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) in (0, -signal.SIGTERM)
    assert [entry.reference for entry in read_journal(tmp_path / "journal.jsonl")] == ["R1", "R2"]


def test_half_a_line_of_a_killed_run_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal.jsonl"
    first = Journal(path)
    first.write(Entry(at="2026-11-20", kind="270", via="core", reference="R1"))
    first.close()
    with path.open("ab") as file:
        file.write(b'{"at":"2026-')
    second = Journal(path)
    second.write(Entry(at="2026-11-20", kind="270", via="core", reference="R2"))
    second.close()
    assert [entry.reference for entry in read_journal(path)] == ["R1", "R2"]
    assert [entry.reference for entry in second.entries()] == ["R1", "R2"]
