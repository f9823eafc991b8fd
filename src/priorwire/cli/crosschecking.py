"""``crosscheck``: what our engine and two others make of the same files, without a database."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from priorwire.cli.exits import Exit
from priorwire.cli.files import read_input

if TYPE_CHECKING:
    from priorwire.crosscheck import Comparison, Finding, Opinion, Row

Files = Annotated[list[str] | None, typer.Argument(metavar="FILE...", help="X12 files; - for standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON Lines, one object a file.")]
Everything = Annotated[bool, typer.Option("--all", help="List every explained difference, not the first of each kind.")]
Maps = Annotated[Path | None, typer.Option("--maps", help="Write our guides as pyx12 maps to this folder.")]

#: How many differences of one explanation are listed before the rest are counted.
_FOLDED_AFTER = 3


def add_to(app: typer.Typer) -> None:
    """Add this verb."""
    app.command("crosscheck", epilog="Example: priorwire crosscheck answer.edi")(crosscheck)


def crosscheck(files: Files = None, as_json: AsJson = False, everything: Everything = False, maps: Maps = None) -> int:
    """Lay our findings beside those of pyx12 (over maps made from our guides) and badx12, with what explains each
    difference. Shows no value. Ends with 2 where a difference has no known explanation.
    """
    from priorwire import crosscheck as engines

    if not files and maps is None:
        raise typer.BadParameter("name at least one file, or --maps FOLDER")
    console = Console(highlight=False)
    if maps is not None:
        _write(maps)
    unexplained = 0
    for name in files or ():
        compared = engines.crosscheck(read_input(name))
        unexplained += sum(len(each.unexplained) for each in compared)
        if as_json:
            sys.stdout.write(json.dumps(_present(name, compared)) + "\n")
        else:
            _show(console, name, compared, everything=everything)
    return Exit.FINDINGS if unexplained else Exit.WELL


def _write(folder: Path) -> None:
    from priorwire.crosscheck import write_maps

    try:
        written = write_maps(folder)
    except OSError as error:
        raise typer.BadParameter(f"{folder}: {error.strerror}") from None
    Console(stderr=True).print(
        f"{len(written)} files for pyx12's map_path are in {folder}", markup=False, soft_wrap=True
    )


# --- JSON -------------------------------------------------------------------------------------------------


def _present(name: str, compared: tuple[Comparison, ...]) -> dict[str, object]:
    return {
        "file": name,
        "ours": _opinion(compared[0].ours),
        "peers": [
            {
                **_opinion(each.theirs),
                "rows": [_row(row) for row in each.rows],
                "unexplained": len(each.unexplained),
            }
            for each in compared
        ],
    }


def _opinion(opinion: Opinion) -> dict[str, object]:
    return {
        "engine": opinion.engine,
        "version": opinion.version,
        "accepted": opinion.accepted,
        "stopped": opinion.stopped or None,
        "sets": opinion.sets,
        "findings": len(opinion.findings),
    }


def _row(row: Row) -> dict[str, object]:
    spot = row.spot
    return {
        "verdict": row.verdict.value,
        "set": spot.set,
        "position": spot.position,
        "segment": spot.segment,
        "element": spot.element or None,
        "component": spot.component or None,
        "ours": [_finding(each) for each in row.ours],
        "theirs": [_finding(each) for each in row.theirs],
        "explanation": {"name": row.fault.name, "engine": row.fault.engine, "says": row.fault.says}
        if row.fault
        else None,
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "reports": finding.reports or None,
        "severity": "error" if finding.is_error else "warning",
        "says": finding.says,
    }


# --- text -------------------------------------------------------------------------------------------------


def _show(console: Console, name: str, compared: tuple[Comparison, ...], *, everything: bool) -> None:
    from priorwire.crosscheck import Verdict

    console.print(f"{name}  {_verdict(compared[0].ours)}", markup=False, soft_wrap=True)
    for each in compared:
        counts = ", ".join(f"{each.count(verdict)} {verdict.value}" for verdict in Verdict)
        console.print(
            f"\n  {_verdict(each.theirs)}: {counts}, {len(each.unexplained)} unexplained", markup=False, soft_wrap=True
        )
        if each.rows:
            console.print(_table(each, everything=everything))
        for fault in dict.fromkeys(row.fault for row in each.rows if row.fault):
            console.print(f"    {fault.name}: {fault.says}", markup=False, style="dim")


def _verdict(opinion: Opinion) -> str:
    said = f"could not read it ({opinion.stopped})" if opinion.stopped else ""
    said = said or ("accepts it" if opinion.accepted else "refuses it")
    return f"{opinion.engine} {opinion.version} {said}"


def _table(compared: Comparison, *, everything: bool) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 2))
    for title in ("where", compared.ours.engine, compared.theirs.engine, "why"):
        table.add_column(title, overflow="fold")
    for row, more in _folded(compared.rows, everything=everything):
        if more:
            table.add_row(Text(f"and {more} more", style="dim"), "", "", Text(_why(row), style="dim"))
        else:
            style = "" if row.is_explained else "yellow"
            cells = (str(row.spot), _said(row.ours), _said(row.theirs), _why(row))
            table.add_row(*(Text(each, style=style) for each in cells))
    return table


def _folded(rows: tuple[Row, ...], *, everything: bool) -> Iterator[tuple[Row, int]]:
    """The rows to list, and of each explanation how many are left out."""
    shown: Counter[str] = Counter()
    left: dict[str, Row] = {}
    for row in rows:
        name = row.fault.name if row.fault else ""
        shown[name] += 1
        if everything or not name or shown[name] <= _FOLDED_AFTER:
            yield row, 0
        else:
            left[name] = row
    for name, row in left.items():
        yield row, shown[name] - _FOLDED_AFTER


def _said(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{each.says} [{each.code}]" for each in findings) or "-"


def _why(row: Row) -> str:
    if row.fault is None:
        return "" if row.is_explained else "nothing known: look at it"
    return row.fault.name
