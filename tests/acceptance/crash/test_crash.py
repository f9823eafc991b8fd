"""More than two hundred gateways are killed at named points, and nothing is lost, sent twice or left to nobody.

The harness is ``priorwire chaos``, run here as a person runs it; each run prints its seed with its counts.
``--kills 5000`` is the same at length.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from priorwire import crash_points
from priorwire.chaos.harness import Plan, Report
from priorwire.chaos.promises import Promise
from priorwire.cli.demo_processes import clean_environment
from tests.postgres import Restartable, restartable_server

pytestmark = [pytest.mark.processes, pytest.mark.timeout(280)]

SEED = 278
ROOT = Path(__file__).parents[3]
#: Kills by database and number of gateways at once: together above two hundred.
RUNS = {("sqlite", 1): 72, ("sqlite", 3): 48, ("postgresql", 1): 48, ("postgresql", 3): 48}

Counts = dict[str, Any]


def begun(*options: str) -> subprocess.Popen[bytes]:
    environment = {**clean_environment(), "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    return subprocess.Popen(
        [sys.executable, "-m", "priorwire", "chaos", "--json", "--seed", str(SEED), *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


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
    died: Counter[str] = Counter(counts["kills_by_point"])
    assert all(died[point] for point in crash_points.POINTS), f"not every point was died at: {died}"


def test_postgresql_is_stopped_and_started_under_load(request: pytest.FixtureRequest) -> None:
    with restartable_server() as server:
        process = begun(
            *("--kills", "18", "--workers", "3", "--outages", "--engine-every", "0"),
            *("--database", server.url.render_as_string(hide_password=False)),
        )
        outages = _interrupted(server, process)
        counts = counted(process)
    assert outages >= 3
    assert counts["kills"] >= 18


def _interrupted(server: Restartable, process: subprocess.Popen[bytes]) -> int:
    """Stop and start the server until the run has ended, with a breath between; how often."""
    outages = 0
    while True:
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            if outages == 0:
                _await_tables(server)
            if outages < 5:
                server.stop()
                server.start()
                outages += 1
        else:
            return outages


def _await_tables(server: Restartable) -> None:
    """The run begins by making its tables; only then may the server go away."""
    engine = sa.create_engine(server.url)
    try:
        for _ in range(600):
            if sa.inspect(engine).has_table("due_index"):
                return
    finally:
        engine.dispose()


def test_a_broken_promise_shows_in_the_report() -> None:
    broken = Promise(name="one", checked=2, broken=("auth_1",))
    report = Report(plan=Plan(kills=1, seed=1), promises=(broken,))
    assert not report.kept
    assert report.present()["kept"] is False
