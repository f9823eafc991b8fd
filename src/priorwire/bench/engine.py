"""``bench engine``: what the engine does with many sleeping authorizations, and what it costs beside the bare work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from priorwire.bench.bare import BareWork, bare_rate
from priorwire.bench.claims import claim_results
from priorwire.bench.polls import ADDED, MEMORY, WANTED, Pace, run
from priorwire.bench.result import Result
from priorwire.bench.searches import search_results
from priorwire.bench.site import Site, new_site
from priorwire.bench.sleeping import Sleeper, fill, inquiry_of
from priorwire.bench.timing import now
from priorwire.clock import SystemClock
from priorwire.payers.profile import Transaction

#: MB that a worker may gain between the second and the last quarter of a run.
_FLAT = 10.0
_BARE_THREADS = 16


@dataclass(frozen=True, kw_only=True)
class EngineRun:
    """What to measure with."""

    #: Authorizations that sleep.
    rows: int
    #: Of those, how many are polled by one worker, and as many again by two.
    polls: int
    #: Look-ups of each kind.
    searches: int = 200
    #: An empty database; an SQLite file of its own where it is empty.
    url: str = ""


def measure(plan: EngineRun, tell: Callable[[str], None] = lambda _said: None) -> Iterator[Result]:
    """Every result, as it is known; `tell` hears what is going on. Raises ConfigurationError for a used database."""
    with new_site(plan.url) as site:
        began = now()
        for stored in fill(site.url, site.vault(), plan.rows, SystemClock().now()):
            tell(f"{stored} of {plan.rows} authorizations stored")
        yield Result(name="storing an authorization in bulk", value=(now() - began) / plan.rows * 1_000, unit="ms")
        yield from measure_filled(site, plan, tell)


def measure_filled(site: Site, plan: EngineRun, tell: Callable[[str], None]) -> Iterator[Result]:
    """As `measure`, on a site that is filled already."""
    tell("searching")
    yield from search_results(site, plan.rows, plan.searches)
    tell("claiming")
    yield from claim_results(site, plan.rows)
    tell("polling with one worker")
    one = run(site, _polled(plan, 0), 1)
    yield from _paces(site, one, 1)
    yield from _memory(one)
    tell("polling with two workers")
    two = run(site, _polled(plan, 1), 2)
    yield from _paces(site, two, 2)
    added = two.rate / one.rate - 1
    # Two processes that write to one SQLite file take turns: what a second adds there is no promise.
    yield Result(
        name="what a second worker adds",
        value=added * 100,
        unit="%",
        against=f"one worker: {one.rate:.0f} polls/s",
        ratio=two.rate / one.rate,
        target=f"at least {ADDED:.0%}" if site.is_postgresql else "",
        met=added >= ADDED if site.is_postgresql else None,
    )


def _polled(plan: EngineRun, turn: int) -> range:
    """The numbers of those that are polled: other ones in each turn."""
    begin = plan.rows - (turn + 1) * plan.polls
    return range(begin, begin + plan.polls)


def _paces(site: Site, pace: Pace, workers: int) -> Iterator[Result]:
    bare = bare_rate(
        BareWork(
            site=site,
            transaction=Transaction.INQUIRY,
            payload=inquiry_of(Sleeper(number=0), site.port),
            commits=pace.commits,
            calls=pace.polls,
            threads=_BARE_THREADS,
        ),
        workers,
    )
    named = "one worker" if workers == 1 else f"{workers} workers"
    yield Result(
        name=f"polls by {named}",
        value=pace.rate,
        unit="polls/s",
        against=f"bare: {bare:.0f}/s, each {pace.commits:.1f} commits and a call",
        ratio=pace.rate / bare,
        target=f"at least {WANTED:g}",
        met=pace.rate >= WANTED,
    )
    yield Result(
        name=f"  processor time of a poll by {named}",
        value=pace.processor,
        unit="ms",
        against=f"{pace.statements:.0f} statements; the database's own not counted",
    )


def _memory(pace: Pace) -> Iterator[Result]:
    if not pace.memory.most:
        yield Result(name="memory of a worker", value=0, unit="MB", against="this system does not tell")
        return
    yield Result(
        name="memory of a worker",
        value=pace.memory.most,
        unit="MB",
        target=f"at most {MEMORY:g} MB",
        met=pace.memory.most <= MEMORY,
    )
    growth = pace.memory.growth
    yield Result(
        name="  its growth over the run", value=growth, unit="MB", target=f"at most {_FLAT:g} MB", met=growth <= _FLAT
    )
