"""``chaos``: kill gateways by the hundred, and count whether anything was lost or sent twice."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from priorwire.cli.exits import Exit
from priorwire.crash_points import POINTS

if TYPE_CHECKING:
    from priorwire.chaos import Report

#: Files in memory, on Linux.
_MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder with a random name is made in it


def add_to(app: typer.Typer) -> None:
    """Add this verb."""
    app.command("chaos", epilog="Example: priorwire chaos --kills 5000 --workers 3 --seed 7 --json")(chaos)


def chaos(
    kills: Annotated[int, typer.Option("--kills", min=1, help="How many processes are to die.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="The same seed aims at the same places.")] = 278,
    workers: Annotated[int, typer.Option("--workers", min=1, max=8, help="Gateways at once.")] = 1,
    engine_every: Annotated[
        int, typer.Option("--engine-every", min=0, help="One round of so many with the whole engine; 0: none.")
    ] = 4,
    payers_every: Annotated[
        int, typer.Option("--payers-every", min=0, help="In one round of so many the payers' side dies, too; 0: never.")
    ] = 6,
    database: Annotated[
        str, typer.Option("--database", help="Address of an empty database; without it, an SQLite file of its own.")
    ] = "",
    outages: Annotated[
        bool, typer.Option("--outages", help="Somebody stops and starts the database meanwhile: wait for it.")
    ] = False,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", help="Where to put both sides' records if a promise was broken: a new folder."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as one JSON object.")] = False,
) -> int:
    """Kill gateways (SIGKILL) at named points between simulated payers and the record, then compare the two.

    Ends with 1 where a promise was broken. One to three minutes for 200 kills.
    """
    from priorwire.chaos import Chaos, Plan

    plan = Plan(
        kills=kills,
        seed=seed,
        workers=workers,
        engine_every=engine_every,
        payers_every=payers_every,
        database_url=database,
        outages=outages,
    )
    if not as_json:
        Console(highlight=False).print(f"seed {seed}")
    with TemporaryDirectory(prefix="priorwire-chaos-", dir=_in_memory()) as folder:
        report = Chaos(plan, Path(folder)).run()
        if keep is not None and not report.kept:
            shutil.copytree(folder, keep)
    if as_json:
        sys.stdout.write(json.dumps(report.present()) + "\n")
    else:
        _tell(report)
    return Exit.WELL if report.kept else Exit.FAULT


def _in_memory() -> Path | None:
    """Where files cost no disk: a process that is killed leaves there what it would leave on one."""
    return _MEMORY if os.access(_MEMORY, os.W_OK) else None


def _tell(report: Report) -> None:
    console = Console(highlight=False)
    console.print(f"{report.kills.total()} kills in {report.lives} lives, {report.requests} requests")
    for point in POINTS:
        console.print(f"  {point:16} {report.by_point[point]}")
    console.print("by kind of work:")
    for work, count in sorted(report.by_work.items()):
        console.print(f"  {work:20} {count}")
    console.print(f"the payers' side was killed {report.payers_kills} times")
    for point in report.never_reached:
        console.print(f"no process ever came to {point}")
    console.print(f"{report.with_people} cases are with a person: their payers cannot tell what became of them")
    for each in report.promises:
        verdict = f"BROKEN {len(each.broken)} times" if each.broken else "kept"
        console.print(f"  {each.name}: {verdict} ({each.checked} looked at)")
        for told in each.broken:
            console.print(f"    {told}", markup=False, soft_wrap=True)
