"""A process dies where it was told to, and only there."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from priorwire import crash_points
from priorwire.cli.demo_processes import clean_environment
from priorwire.crash_points import ACTS, POINTS, Aim

STEPS = """
from priorwire import crash_points
for number in range(3):
    crash_points.reach("send.before")
    print(number, flush=True)
"""


AIMED = """
import sys
from priorwire import crash_points
from priorwire.crash_points import Aim
aim = Aim(point="send.before", work="inquiry", occurrence=2)
def tell(here):
    print(here.point, here.work, flush=True)
crash_points.arm(aim, at_the_latest=int(sys.argv[1]), before_death=tell)
for number in range(3):
    for work in ("eligibility", "inquiry"):
        crash_points.at_work(work)
        print(number, work, flush=True)
        crash_points.reach("send.before")
        crash_points.reach("send.after")
"""


def ran(wanted: str | None, program: str = STEPS, *arguments: str) -> tuple[int, str]:
    environment = clean_environment() | ({} if wanted is None else {crash_points.VARIABLE: wanted})
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], env=environment, capture_output=True, text=True, check=False
    )
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
        crash_points.arm(Aim(point="send.never"))


def test_points_are_off_unless_somebody_asks() -> None:
    assert not crash_points.is_on()
    crash_points.reach("send.before")
    assert not crash_points.reached()


def test_a_process_dies_at_the_kind_of_work_that_it_is_aimed_at_and_says_where() -> None:
    code, printed = ran(None, AIMED, "0")
    assert code == -signal.SIGKILL
    assert printed.endswith("1eligibility1inquirysend.beforeinquiry")


def test_a_process_that_never_comes_there_dies_after_so_many_points() -> None:
    code, printed = ran(None, AIMED, "2")
    assert code == -signal.SIGKILL
    assert printed == "0eligibilitysend.aftereligibility"


def test_every_act_has_a_point_before_and_one_after() -> None:
    assert {*POINTS} == {f"{act}.{when}" for act in ACTS for when in ("before", "after")}
