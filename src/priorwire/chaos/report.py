"""What a run was asked to do, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from priorwire.chaos.promises import Promise
from priorwire.crash_points import POINTS

#: Points that only the real queue reaches.
ENGINE_POINTS = ("job.before", "job.after", "free.before", "free.after")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done."""

    kills: int
    seed: int
    #: Gateways at once.
    workers: int = 1
    #: One round of so many is lived with the real engine and its queue; 0: none.
    engine_every: int = 4
    #: In one round of so many the payers' side is killed, too; 0: in none.
    payers_every: int = 6
    #: Empty: an SQLite file. Else the address of an empty database.
    database_url: str = ""
    #: Somebody stops and starts the database meanwhile: what cannot reach it is tried again.
    outages: bool = False


@dataclass(kw_only=True)
class Report:
    """What was done, and what held."""

    plan: Plan
    #: By point and kind of work.
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: How often each was reached, by those that died and those that did not.
    reached: Counter[tuple[str, str]] = field(default_factory=Counter)
    engine_kills: int = 0
    payers_kills: int = 0
    lives: int = 0
    #: Lives that ended by themselves because the database was away.
    fell: int = 0
    requests: int = 0
    #: By way.
    sorts: Counter[str] = field(default_factory=Counter)
    with_people: int = 0
    seconds: float = 0.0
    promises: tuple[Promise, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether every promise was."""
        return not any(each.broken for each in self.promises)

    @property
    def by_point(self) -> Counter[str]:
        """How many died at each point."""
        return _sums(self.kills, 0)

    @property
    def by_work(self) -> Counter[str]:
        """How many died at each kind of work."""
        return _sums(self.kills, 1)

    @property
    def never_reached(self) -> tuple[str, ...]:
        """Points that no process came to, of those that it could have come to."""
        passed = _sums(self.reached, 0)
        possible = [each for each in POINTS if self.plan.engine_every or each not in ENGINE_POINTS]
        return tuple(point for point in possible if not passed[point])

    def present(self) -> dict[str, object]:
        """As plain JSON."""
        return {
            "seed": self.plan.seed,
            "workers": self.plan.workers,
            "database": (self.plan.database_url or "sqlite").partition(":")[0].partition("+")[0],
            "seconds": round(self.seconds, 1),
            "kills": self.kills.total(),
            "kills_by_point": {point: self.by_point[point] for point in POINTS},
            "kills_by_work": dict(sorted(self.by_work.items())),
            "kills_by_point_and_work": {
                f"{point} at {work}": count for (point, work), count in sorted(self.kills.items())
            },
            "points_never_reached": list(self.never_reached),
            "kills_in_the_engine": self.engine_kills,
            "kills_of_the_payers": self.payers_kills,
            "lives": self.lives,
            "fell_in_outages": self.fell,
            "requests": self.requests,
            "requests_by_way": dict(sorted(self.sorts.items())),
            "with_people": self.with_people,
            "promises": [each.present() for each in self.promises],
            "kept": self.kept,
        }


def _sums(counts: Counter[tuple[str, str]], index: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for key, count in counts.items():
        found[key[index]] += count
    return found
