"""A process dies where it was told to, and only there."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from priorwire import crash_points
from priorwire.cli.demo_processes import clean_environment

STEPS = """
from priorwire import crash_points
for number in range(3):
    crash_points.reach("send.before")
    print(number, flush=True)
"""


def ran(wanted: str | None) -> tuple[int, str]:
    environment = clean_environment() | ({} if wanted is None else {crash_points.VARIABLE: wanted})
    done = subprocess.run([sys.executable, "-c", STEPS], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, "".join(done.stdout.split())


@pytest.mark.parametrize(
    ("wanted", "code", "printed"),
    [
        (None, 0, "012"),
        ("send.before", -signal.SIGKILL, ""),
        ("send.before:3", -signal.SIGKILL, "01"),
        ("send.before:4", 0, "012"),
        ("send.after", 0, "012"),
    ],
)
def test_a_process_dies_at_the_named_point_and_occurrence(wanted: str | None, code: int, printed: str) -> None:
    assert ran(wanted) == (code, printed)


def test_a_point_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"send\.before"):
        crash_points.arm("send.never")


def test_points_are_off_unless_somebody_asks() -> None:
    assert not crash_points.is_on()
    crash_points.reach("send.before")
    assert not crash_points.reached()
