"""``bench``: measurements that anybody can repeat, on data that is generated."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from priorwire.cli.exits import Exit
from priorwire.config import load_settings

if TYPE_CHECKING:
    from priorwire.bench.result import Result

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")]
Megabytes = Annotated[int, typer.Option("--size", min=1, help="MB of a batch; the long stream is ten times that.")]
Database = Annotated[
    str, typer.Option("--database", help="Address of an empty database; without it, an SQLite file of its own.")
]
Runs = Annotated[int, typer.Option("--runs", min=1, help="How often each is measured; the best counts.")]


def add_to(app: typer.Typer) -> None:
    """Add these verbs."""
    group = typer.Typer(no_args_is_help=True, help="Measure, against something measured in the same run.")
    group.command("x12", epilog="Example: priorwire bench x12 --json | jq '.results[] | select(.met == false)'")(x12)
    group.command("records", epilog="Example: priorwire bench records --size 2")(records)
    group.command("correlation", epilog="Example: priorwire bench correlation --replies 10000 --seed 7")(correlation)
    group.command("month", epilog="Example: priorwire bench month --cases 500 --seed 7")(month)
    group.command(
        "engine", epilog="Example: priorwire bench engine --rows 1000000 --database postgresql://me@db/bench --json"
    )(engine)
    group.command("gateway", epilog="Example: priorwire bench gateway --checks 5000 --json")(gateway)
    app.add_typer(group, name="bench")


def x12(as_json: AsJson = False, size: Megabytes = 10, runs: Runs = 3) -> int:
    """Read generated batches completely (parse, every level, 999) and show throughput, memory and their limits.

    Takes a minute or two. Ends with 2 where a limit is passed.
    """
    from priorwire.bench.x12 import measure

    return _told("x12", list(measure(size * 1_000_000, runs=runs)), as_json=as_json)


def records(as_json: AsJson = False, size: Megabytes = 10, runs: Runs = 3) -> int:
    """Read generated batches into records, each value with its source, and show throughput and its limits.

    Takes about a minute. Ends with 2 where a limit is passed.
    """
    from priorwire.bench.records import measure

    return _told("records", list(measure(size * 1_000_000, runs=runs)), as_json=as_json)


def correlation(
    as_json: AsJson = False,
    cases: Annotated[int, typer.Option("--cases", min=100, help="Open cases.")] = 20_000,
    replies: Annotated[int, typer.Option("--replies", min=1_000, help="Replies to them.")] = 100_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same cases and replies.")] = 278,
) -> int:
    """Join generated replies, damaged and mixed up, to open cases that are easily mistaken for each other.

    Takes some minutes. Ends with 2 where a reply was joined to a wrong request, or too few to the right one.
    """
    from priorwire.bench.correlation import measure

    if not as_json:
        Console(highlight=False).print(f"seed {seed}")
    return _told("correlation", list(measure(cases=cases, replies=replies, seed=seed).results()), as_json=as_json)


def month(
    as_json: AsJson = False,
    cases: Annotated[int, typer.Option("--cases", min=1, help="Requests for review.")] = 10_000,
    days: Annotated[int, typer.Option("--days", min=1, help="Simulated days.")] = 30,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same events.")] = 278,
) -> int:
    """Live through a practice's month: requests, inquiries, files, faxes, portals, people and outages.

    Takes some minutes. Ends with 2 where a promise was broken. The digest is of all events: two runs of one seed
    give the same.
    """
    from priorwire.bench.month import measure

    lived = measure(cases=cases, days=days, seed=seed, guides=load_settings().companion_guides)
    results = list(lived.results())
    if as_json:
        shown = {
            "bench": "month",
            "seed": seed,
            "digest": lived.digest,
            "results": [each.present() for each in results],
        }
        sys.stdout.write(json.dumps(shown) + "\n")
        return _exit(results)
    Console(highlight=False).print(f"seed {seed}, digest of all events {lived.digest}", soft_wrap=True)
    return _told("month", results, as_json=False)


def engine(
    as_json: AsJson = False,
    rows: Annotated[int, typer.Option("--rows", min=1_000, help="Authorizations that sleep in the store.")] = 50_000,
    polls: Annotated[int, typer.Option("--polls", min=20, help="Polls by one worker, and again by two.")] = 1_000,
    database: Database = "",
) -> int:
    """Fill a store with pending authorizations; then search them, claim those that are due and poll for them.

    Polls are held against the bare work: as many durable commits and calls, and nothing else.
    A minute or two, and about ten for a million rows. Ends with 2 where a limit is passed.
    """
    from priorwire.bench.engine import EngineRun, measure

    plan = EngineRun(rows=rows, polls=polls, url=database)
    return _watched("engine", lambda tell: measure(plan, tell), as_json=as_json)


def gateway(
    as_json: AsJson = False,
    checks: Annotated[int, typer.Option("--checks", min=20, help="Checks in a row, and again at once.")] = 500,
    threads: Annotated[int, typer.Option("--threads", min=1, help="Checks at once.")] = 8,
    database: Database = "",
) -> int:
    """Ask a payer on this machine about coverage, with the gateway and without, and show what the gateway adds.

    Held against the bare call, and against as many durable commits and calls with nothing else.
    Less than a minute. Ends with 2 where a limit is passed.
    """
    from priorwire.bench.gateway import GatewayRun, measure

    plan = GatewayRun(checks=checks, threads=threads, url=database)
    return _watched("gateway", lambda tell: measure(plan, tell), as_json=as_json)


def _watched(bench: str, measured: Callable[[Callable[[str], None]], Iterator[Result]], *, as_json: bool) -> int:
    """Tell on standard error what is going on, and at the end what came of it."""
    with Console(stderr=True).status("starting") as status:
        results = list(measured(status.update))
    return _told(bench, results, as_json=as_json)


def _told(bench: str, results: list[Result], *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(json.dumps({"bench": bench, "results": [each.present() for each in results]}) + "\n")
    else:
        Console(highlight=False).print(_table(results))
    return _exit(results)


def _exit(results: list[Result]) -> int:
    return Exit.FINDINGS if any(each.met is False for each in results) else Exit.WELL


def _table(results: list[Result]) -> Table:
    table = Table("measured", "value", "against", "ratio", "limit", "met", box=None, padding=(0, 2, 0, 0))
    for each in results:
        ratio = "" if each.ratio is None else f"{each.ratio:.2f} x"
        met = "" if not each.target else {True: "yes", False: "no", None: "not measured"}[each.met]
        table.add_row(each.name, f"{each.value:.2f} {each.unit}", each.against, ratio, each.target, met)
    return table
