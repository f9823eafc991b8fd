"""More than two hundred gateways are killed at named points, and nothing is lost, sent twice or left to nobody.

The harness is ``priorwire chaos``, run here as a person runs it; each run prints its seed with its counts.
``--kills 5000`` is the same at length. That no write and no call was left without a point is watched
from outside (`tests.acceptance.crash.watched`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from priorwire.chaos import Plan, Promise, Report
from priorwire.chaos.orders import Sort
from priorwire.cli.demo_processes import clean_environment
from priorwire.crash_points import POINTS
from tests.acceptance.crash.tampered import SPOILINGS
from tests.postgres import Restartable, restartable_server

pytestmark = [pytest.mark.processes, pytest.mark.timeout(280)]

SEED = 278
ROOT = Path(__file__).parents[3]
#: Kills by database and number of gateways at once: together above two hundred.
RUNS = {("sqlite", 1): 60, ("sqlite", 3): 60, ("postgresql", 1): 50, ("postgresql", 3): 60}
#: What a run of that length need not come to: a request for a folder whose sender died, a dead node with jobs.
SELDOM = frozenset({"seek.before", "seek.after", "free.before", "free.after"})
#: Where somebody dies in each of them; and ways of a request, of which a run this short may miss one.
KINDS = frozenset({"dispatch", "engine", "inquiry"})
WAYS = frozenset({"request core_soap", "request rest_x12", "request directory"})

Counts = dict[str, Any]


def ran(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**clean_environment(), "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def begun(*options: str) -> subprocess.Popen[bytes]:
    return ran("priorwire", "chaos", "--json", "--seed", str(SEED), *options)


def counted(process: subprocess.Popen[bytes]) -> Counts:
    said, failed = process.communicate()
    assert said, f"seed {SEED}: {failed.decode()}"
    counts: Counts = json.loads(said)
    broken = [each for each in counts["promises"] if each["broken"]]
    assert not broken, f"seed {SEED}: {broken}"
    assert process.returncode == 0
    assert all(each["checked"] for each in counts["promises"]), "a promise of nothing"
    return counts


@pytest.mark.parametrize(("database", "workers"), RUNS)
def test_gateways_die_at_every_point_and_every_promise_holds(
    database: str, workers: int, request: pytest.FixtureRequest
) -> None:
    options = ["--kills", str(RUNS[database, workers]), "--workers", str(workers)]
    if database == "postgresql":
        options += ["--database", request.getfixturevalue("empty_postgres_url")]
    counts = counted(begun(*options))
    assert counts["kills"] >= RUNS[database, workers]
    assert counts["database"] == database
    assert SELDOM.issuperset(counts["points_never_reached"])
    died = {point for point, count in counts["kills_by_point"].items() if count}
    assert len(died) >= len(POINTS) * 2 // 3, f"died only at {sorted(died)}"
    assert counts["kills_by_work"].keys() >= KINDS
    assert len(WAYS & counts["kills_by_work"].keys()) >= len(WAYS) - 1
    assert counts["kills_in_the_engine"]
    assert counts["kills_of_the_payers"]
    assert len(counts["requests_by_way"]) == len(Sort)


@pytest.mark.parametrize("workers", [1, 3])
def test_postgresql_is_stopped_and_started_under_load(workers: int) -> None:
    with restartable_server() as server:
        process = begun(
            *("--kills", "15", "--workers", str(workers), "--outages", "--engine-every", "0"),
            *("--database", server.url.render_as_string(hide_password=False)),
        )
        outages = _interrupted(server, process)
        counts = counted(process)
    assert outages >= 3
    assert counts["kills"] >= 15


def _interrupted(server: Restartable, process: subprocess.Popen[bytes]) -> int:
    """Stop and start the server until the run has ended, with a breath between; how often."""
    outages = 0
    while True:
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            if outages == 0:
                _await_the_first_life(server)
            if outages < 5:
                server.stop()
                server.start()
                outages += 1
        else:
            return outages


def _await_the_first_life(server: Restartable) -> None:
    """The run begins by making its tables and by doing everything once; only then may the server go away."""
    engine = sa.create_engine(server.url)
    try:
        for _ in range(2000):
            if sa.inspect(engine).has_table("transactions"):
                with engine.connect() as connection:
                    if connection.scalar(sa.text("select count(*) from transactions")) > len(Sort):
                        return
    finally:
        engine.dispose()


def test_a_broken_promise_shows_in_the_report() -> None:
    broken = Promise(name="one", checked=2, broken=("auth_1",))
    report = Report(plan=Plan(kills=1, seed=1), promises=(broken,))
    assert not report.kept
    assert report.present()["kept"] is False


def watched(*arguments: str) -> Counts:
    said, failed = ran("tests.acceptance.crash.watched", *arguments).communicate()
    assert said, failed.decode()
    found: Counts = json.loads(said)
    return found


def test_no_commit_no_write_and_no_call_stands_without_a_point() -> None:
    found = watched()
    assert found["bare"] == {}
    kinds = {"commit", "archive row", "control number", "due row", "job", "connection"}
    assert found["seen"].keys() >= kinds | {"file written", "file renamed", "file read", "folder listed"}
    passed = {*found["passed"]} | SELDOM | {"job.before", "job.after"}
    assert passed >= {*POINTS}, "a point that nobody comes to guards nothing"


def test_a_call_without_a_point_is_found() -> None:
    found = watched("unguarded")
    assert found["bare"].keys() == {"connection", "file read", "folder listed"}


def test_every_promise_is_found_broken_where_it_is() -> None:
    said, failed = ran("tests.acceptance.crash.tampered").communicate()
    assert said, failed.decode()
    found: dict[str, list[str]] = json.loads(said)
    missed = [name for name, (_, word) in SPOILINGS.items() if not any(word in broken for broken in found[name])]
    assert not missed, found


def test_what_was_never_reached_is_told() -> None:
    report = Report(plan=Plan(kills=1, seed=1))
    assert report.never_reached == POINTS
    report.reached["send.before", "inquiry"] += 1
    assert "send.before" not in report.never_reached
    without_engine = Report(plan=Plan(kills=1, seed=1, engine_every=0))
    assert "job.before" not in without_engine.never_reached
