"""`priorwire demo`, run as people run it: in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.recorded import STORIES

#: On one worker: they share a run, and several demos at once only slow each other down.
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("demo")]

_PATIENCE = 120.0
#: The demo plays the first ten.
NAMES = sorted(each.name for each in STORIES.iterdir() if each.is_dir())[:10]


class Demo:
    """A demo under way, and where it keeps its temporary folder."""

    def __init__(self, scratch: Path, *arguments: str, **environment: str) -> None:
        self.scratch = scratch
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PRIORWIRE_")}
        self._output, self._aside = scratch / "stdout", scratch / "stderr"
        with self._output.open("wb") as output, self._aside.open("wb") as aside:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "priorwire", "demo", *arguments],
                env={**clean, "TMPDIR": str(scratch), **environment},
                stdout=output,
                stderr=aside,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._output.read_text(encoding="utf-8")

    @property
    def aside(self) -> str:
        return self._aside.read_text(encoding="utf-8")

    def wait(self) -> int:
        return self.process.wait(_PATIENCE)

    def children(self) -> list[int]:
        """Processes that work in its temporary folder, wherever they hang in the tree of processes."""
        mine = str(self.scratch).encode()
        found = []
        for each in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = each.read_bytes()
            except OSError:  # it ended between the listing and the look
                continue
            if mine in line and int(each.parent.name) != self.process.pid:
                found.append(int(each.parent.name))
        return found

    def until(self, words: str) -> None:
        """Wait until it has said something."""
        deadline = time.monotonic() + _PATIENCE
        tick = threading.Event()
        while words not in self.aside:
            assert self.process.poll() is None, self.aside
            assert time.monotonic() < deadline, f"it never said '{words}': {self.aside}"
            tick.wait(0.02)

    def assert_nothing_is_left(self) -> None:
        assert self.children() == []
        assert list(self.scratch.glob("priorwire-demo-*")) == []


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one demo printed with --json; every story ended well and nothing is left."""
    demo = Demo(tmp_path_factory.mktemp("demo"), "--json")
    assert demo.wait() == 0, demo.aside
    demo.assert_nothing_is_left()
    found: dict[str, Any] = json.loads(demo.output)
    assert "no payer got a request twice" in demo.aside
    return found


def test_prints_exactly_one_json_document_of_the_promised_shape(document: dict[str, Any]) -> None:
    assert list(document) == ["stories", "webhooks_delivered", "unmatched"]
    for story in document["stories"]:
        assert list(story) == [
            "story",
            "kind",
            "status",
            "authorization_number",
            "administrative_reference",
            "channel",
            "evidence",
            "outbound_sets",
            "inbound_sets",
        ]


@pytest.mark.parametrize("name", NAMES)
def test_each_story_ends_as_its_folder_expects(document: dict[str, Any], name: str) -> None:
    (row,) = [story for story in document["stories"] if story["story"] == name]
    wanted = json.loads((STORIES / name / "expected.json").read_text(encoding="utf-8"))["outcome"]
    numbers = ("authorization_number", "administrative_reference")
    assert {key: value for key, value in row.items() if key not in numbers} == {
        key: value for key, value in wanted.items() if key not in numbers
    }
    assert [row[key] is None for key in numbers] == [wanted[key] is None for key in numbers]


def test_stories_come_in_order_and_every_change_was_told(document: dict[str, Any]) -> None:
    assert [story["story"] for story in document["stories"]] == NAMES
    # Ten stories change once at least; a pend, an uncertainty, a correction and a report are changes too.
    assert document["webhooks_delivered"] >= len(NAMES) + 4
    assert document["unmatched"] == 0


def test_the_table_and_a_record_beside_its_x12_are_shown(scratch: Path) -> None:
    demo = Demo(scratch, COLUMNS="160")
    assert demo.wait() == 0, demo.aside
    for words in ("The connection drops", "partially approved", "HCR*A3**0F", "HCR03, segment", "with a good"):
        assert words in demo.output
    assert "Where to look next" in demo.aside
    demo.assert_nothing_is_left()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_stopped_half_way_it_ends_what_it_started(scratch: Path, number: signal.Signals) -> None:
    demo = Demo(scratch, "--json")
    demo.until("03-approved-at-once: answered")
    assert len(demo.children()) == 2
    demo.process.send_signal(number)
    assert demo.wait() == 1
    assert "Stopped." in demo.aside
    assert demo.output == ""
    demo.assert_nothing_is_left()


def test_kept_it_runs_until_it_is_stopped_and_then_leaves_nothing(scratch: Path) -> None:
    demo = Demo(scratch, "--json", "--keep")
    demo.until("Ctrl-C ends both")
    assert len(json.loads(demo.output)["stories"]) == len(NAMES)
    assert len(demo.children()) == 2
    assert "/docs" in demo.aside
    assert "pw_" in demo.aside
    demo.process.send_signal(signal.SIGINT)
    assert demo.wait() == 0
    demo.assert_nothing_is_left()


def test_a_story_that_ends_otherwise_than_expected_fails_the_demo(scratch: Path) -> None:
    stories = scratch / "stories"
    shutil.copytree(STORIES / "03-approved-at-once", stories / "03-approved-at-once")
    expected = stories / "03-approved-at-once" / "expected.json"
    expected.write_text(expected.read_text().replace('"quantity": "40"', '"quantity": "41"'))
    demo = Demo(scratch, "--json", PRIORWIRE_SAMPLE_TRANSACTIONS=str(stories))
    assert demo.wait() == 1
    assert "record.services[0].quantity" in demo.aside
    assert "41" not in demo.aside
    demo.assert_nothing_is_left()


def test_a_gateway_that_cannot_start_is_explained(scratch: Path) -> None:
    demo = Demo(scratch, "--json", PRIORWIRE_COMPANION_GUIDES=str(scratch / "nowhere"))
    assert demo.wait() == 1
    assert "The gateway ended before it was ready" in demo.aside
    assert "companion guides" in demo.aside
    assert demo.output == ""
    demo.assert_nothing_is_left()
