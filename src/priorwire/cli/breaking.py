"""``chaos``: kill gateways by the hundred, and count whether anything was lost or sent twice."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from priorwire.cli.exits import Exit

if TYPE_CHECKING:
    from priorwire.chaos.harness import Report


def add_to(app: typer.Typer) -> None:
    """Add this verb."""
    app.command("chaos", epilog="Example: priorwire chaos --kills 5000 --workers 3 --seed 7 --json")(chaos)


def chaos(
    kills: Annotated[int, typer.Option("--kills", min=1, help="How many processes are to die.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="The same seed aims at the same places.")] = 278,
    workers: Annotated[int, typer.Option("--workers", min=1, max=8, help="Gateways at once.")] = 1,
    engine_every: Annotated[
        int, typer.Option("--engine-every", min=0, help="One round of so many with the whole engine; 0: none.")
    ] = 12,
    database: Annotated[
        str, typer.Option("--database", help="Address of an empty database; without it, an SQLite file of its own.")
    ] = "",
    outages: Annotated[
        bool, typer.Option("--outages", help="Somebody stops and starts the database meanwhile: wait for it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as one JSON object.")] = False,
) -> int:
    """Kill gateways (SIGKILL) at named points between simulated payers and the record, then compare the two.

    Ends with 1 where a promise was broken. About a minute for 200 kills.
    """
    from priorwire.chaos import Chaos, Plan

    plan = Plan(
        kills=kills, seed=seed, workers=workers, engine_every=engine_every, database_url=database, outages=outages
    )
    if not as_json:
        Console(highlight=False).print(f"seed {seed}")
    with TemporaryDirectory(prefix="priorwire-chaos-") as folder:
        report = Chaos(plan, Path(folder)).run()
    if as_json:
        sys.stdout.write(json.dumps(report.present()) + "\n")
    else:
        _tell(report)
    return Exit.WELL if report.kept else Exit.FAULT


def _tell(report: Report) -> None:
    console = Console(highlight=False)
    console.print(f"{report.kills.total()} kills in {report.lives} lives, {report.requests} requests")
    for point, count in sorted(report.kills.items()):
        console.print(f"  {point:16} {count}")
    console.print(f"{report.with_people} cases are with a person: their payers cannot tell what became of them")
    for each in report.promises:
        verdict = f"BROKEN {len(each.broken)} times" if each.broken else "kept"
        console.print(f"  {each.name}: {verdict} ({each.checked} looked at)")
