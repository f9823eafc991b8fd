"""What an engine says about an input, in words that can be laid beside another's.

A finding names a place and a rule, never a value: what a peer says in its own words carries the
values that it found fault with, so its words are not taken over, only its codes.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

#: What a finding says of an input that made an engine stop.
STOPPED = "stopped"
#: What a finding says when an engine refuses an input and does not say for what.
UNSAID = "unsaid"
#: What a finding says when an engine takes an input only without what stands before its first ISA.
LEFT_OUT = "left out"
#: What a finding says when an engine read another number of transaction sets than ours.
SETS = "sets"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Spot:
    """Where in an input. Numbers count from 1; 0 is outside: no set, or no segment of one."""

    #: Which transaction set of the input.
    set: int = 0
    #: Which segment of the set, ST being 1 (IK302).
    position: int = 0
    segment: str = ""
    #: 0 where the whole segment is meant.
    element: int = 0
    #: 0 where the whole element is meant.
    component: int = 0

    def __str__(self) -> str:
        where = f"{self.segment}{self.element:02}" if self.element else self.segment
        where += f"-{self.component}" if self.component else ""
        at = f"segment {self.position}" if self.position else ""
        return " ".join(filter(None, (f"set {self.set}" if self.set else "", at, where))) or "the whole input"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that an engine finds wrong."""

    spot: Spot
    #: The engine's own code, e.g. ``E7`` for ours, ``IK4 7`` for pyx12, the name of an exception for badx12.
    code: str
    #: One sentence in our own words.
    says: str
    #: What a TA1 or 999 reports: ``TA1 001``, ``AK9 5``, ``IK5 4``, ``IK3 3``, ``IK4 7``; ``""`` for nothing.
    reports: str = ""
    #: WEDI SNIP type of the rule, where the engine tells: 1 syntax, 2 guide, 4 situational, 5 codes, 7 payer.
    level: int = 0
    #: Whether the engine refuses the input for it; a warning does not.
    is_error: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one engine makes of an input."""

    #: ``priorwire``, ``pyx12`` or ``badx12``.
    engine: str
    version: str
    #: Whether it takes the input; ours does with warnings.
    accepted: bool
    findings: tuple[Finding, ...]
    #: How many transaction sets it read.
    sets: int
    #: The name of the exception that ended its reading; ``""`` where it came to the end.
    stopped: str = ""


@cache
def version_of(engine: str) -> str:
    """The installed version of an engine; ours may run from its source, which is then said beside its version."""
    try:
        return version(engine)
    except PackageNotFoundError:
        return _source_version(_PROJECT)


#: What declares our version where the package was not installed.
_PROJECT = Path(__file__).parents[3] / "pyproject.toml"


def _source_version(project: Path) -> str:
    try:
        declared = tomllib.loads(project.read_text("utf-8"))["project"]["version"]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "source"
    return f"{declared} (source)"


def stopped(engine: str, error: BaseException) -> Opinion:
    """The opinion of an engine that did not come to the end. The error's text may hold values and is not kept."""
    name = type(error).__name__
    finding = Finding(spot=Spot(), code=STOPPED, says=f"It could not read the input: {name}.")
    return Opinion(engine=engine, version=version_of(engine), accepted=False, findings=(finding,), sets=0, stopped=name)


def left_out() -> Finding:
    """That an engine was handed an input from its first ISA on, since it would have refused it as it is."""
    return Finding(spot=Spot(), code=LEFT_OUT, says="It takes no byte before the ISA; what stands there was left out.")
