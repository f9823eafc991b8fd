"""What the demo shows: its progress while it plays, then what came of each story, and where to look next."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.box import HORIZONTALS
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Column, Table
from rich.text import Text

from priorwire.cli.demo_client import answers_in
from priorwire.cli.demo_stories import Run, Story
from priorwire.x12 import TransactionSet, read

#: The story whose record is shown beside its X12: one event, one service approved and one denied.
_SHOWN = "06-denied-line-by-line"
#: Two panels stand side by side from this width on.
_WIDE = 140
#: A terminal of eighty columns is not.
_ROOMY = 100
_COLOURS = {
    "approved": "green", "active": "green", "approved_modified": "yellow", "partially_approved": "yellow",
    "submitted": "cyan", "pended": "cyan", "not_found": "red", "denied": "red", "rejected": "red",
}  # fmt: skip
_CHANNELS = {"core_soap": "CORE SOAP", "rest_x12": "X12 over HTTP", "efax": "fax", "portal": "portal"}
#: Fields of a record that the panel shows, and what to call them.
_FIELDS = {
    "procedure": "procedure",
    "status": "status",
    "authorization_number": "authorization number",
    "administrative_reference": "payer's reference",
    "quantity": "quantity",
    "effective_date": "valid from",
    "expiration_date": "valid to",
}
#: Where a field's source stands, if not under its own name.
_READ_AT = {"procedure": "procedure.code", "quantity": "quantity.value"}


@dataclass(frozen=True, kw_only=True)
class Links:
    """How to reach what was left running."""

    api: str
    simulator: str
    key: str
    home: Path
    pids: Mapping[str, int]
    #: Id of an authorization.
    example: str


class Screen:
    """The terminal: progress and explanations on standard error, the outcome on standard output."""

    def __init__(self, stories: Sequence[Story]) -> None:
        self.stories = stories
        self._aside = Console(stderr=True, highlight=False)
        self._out = Console(highlight=False)
        self._progress: Progress | None = None
        self._tasks: list[TaskID] = []

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show a line a story while the block runs; on something that is no terminal, a line a step."""
        if not self._aside.is_terminal:
            yield
            return
        columns = (
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}", table_column=Column(ratio=2, no_wrap=True)),
            TextColumn("{task.fields[now]}", style="dim", table_column=Column(ratio=3, no_wrap=True)),
        )
        with Progress(*columns, console=self._aside, transient=True, expand=True) as progress:
            self._progress = progress
            self._tasks = [progress.add_task(each.title, total=each.steps, now="") for each in self.stories]
            try:
                yield
            finally:
                self._progress = None

    def say(self, words: str) -> None:
        """Something that belongs to no story."""
        self._aside.print(f"{words} …", style="dim", markup=False)

    def tell(self, number: int, words: str, done: int) -> None:
        """What a story does or has just done, and how many of its steps are done (a `Tell`)."""
        if self._progress is None:
            self._aside.print(f"{self.stories[number].name}: {words}", markup=False, soft_wrap=True)
            return
        self._progress.update(self._tasks[number], now=words, completed=done)

    def outcomes(self, runs: Sequence[Run], totals: Mapping[str, int], seconds: float) -> None:
        """The table of outcomes, and one record beside its X12."""
        table = Table(title="What came of each request", title_justify="left", box=HORIZONTALS, show_lines=True)
        table.add_column("Story", ratio=1)
        table.add_column("Outcome and the payer's numbers", max_width=18)
        table.add_column("Way and evidence", max_width=20 if self._out.width >= _ROOMY else 13)
        table.add_column("X12\nout/in", width=6)
        for number, run in enumerate(runs, 1):
            table.add_row(*_cells(number, run))
        self._out.print(table)
        self._out.print(
            f"{len(runs)} stories in {seconds:.1f} s. {totals['webhooks_delivered']} webhooks arrived with a good "
            f"signature; {totals['unmatched']} answers could not be matched.\n",
            markup=False,
        )
        shown = next((run for run in runs if run.story.name == _SHOWN), None)
        if shown is not None:
            self._out.print(f"{shown.story.title}: one record beside the X12 it came from", style="italic")
            self._out.print(_beside(shown, self._out.width))

    def judge(self, wrong: Sequence[str]) -> None:
        """Whether every story ended as its folder expects."""
        if not wrong:
            self._aside.print(
                "Every story ended as its folder expects, and no payer got a request twice.", style="green"
            )
            return
        self._aside.print("Not as expected:", style="bold red")
        for each in wrong:
            self._aside.print(f"  {each}", markup=False, soft_wrap=True)

    def where_next(self, links: Links | None) -> None:
        """What to do now."""
        program = os.environ.get("PRIORWIRE_LAUNCHER", "priorwire")
        lines = [f"{program} inspect {self.stories[0].folder.parent.name}/{_SHOWN}/response.x12    read an X12 file"]
        if links is None:
            lines.append(f"{program} demo --keep    the same, and leave it running to look around")
        else:
            lines += _kept(links, program)
        self._aside.print("\nWhere to look next", style="bold")
        for line in lines:
            self._aside.print(f"  {line}", markup=False, soft_wrap=True)


def _kept(links: Links, program: str) -> list[str]:
    running = ", ".join(f"{name} (process {pid})" for name, pid in links.pids.items())
    return [
        f"{links.api}/docs    the API, described; try it with this key:",
        f"  export PRIORWIRE_URL={links.api} PRIORWIRE_API_KEY={links.key}",
        f"  {program} status {links.example}    where a request stands (--x12: with every message)",
        f"  curl -H 'Authorization: Bearer {links.key}' {links.api}/v1/work-items    what people must do",
        f"{links.simulator}/_control/docs    the simulated payers, and what they can be told to do",
        f"PRIORWIRE_HOME={links.home} {program} replay --since 2026-12-01    read the archive again; sends nothing",
        f"Running: {running}. Ctrl-C ends both and removes their data.",
    ]


# ---------------------------------------------------------------- the table


def _cells(number: int, run: Run) -> tuple[RenderableType, ...]:
    row = run.row()
    status = (str(row["status"]).replace("_", " "), _COLOURS.get(row["status"], ""))
    numbers = [f"\n{each}" for each in (row["authorization_number"], row["administrative_reference"]) if each]
    way = [_CHANNELS.get(row["channel"], row["channel"]), str(row["evidence"]).replace("_", " ")]
    return (
        Text.assemble((f"{number} {run.story.title}\n", "bold"), ("; ".join(run.steps), "dim")),
        Text.assemble(status, *numbers),
        Text("\n".join(way)),
        f"{row['outbound_sets']}/{row['inbound_sets']}",
    )


# ---------------------------------------------------------------- a record beside its X12


def _beside(run: Run, width: int) -> RenderableType:
    """The payer's answer and the record that was read from it, side by side where there is room."""
    payload = str(answers_in(run.last)[-1]["text"]).encode("latin-1")
    sources = run.last["sources"]
    shown = [(label, value, sources.get(path)) for path, label, value in _values(run.last["record"])]
    used = {source["position"] for _, _, source in shown if source}
    panels = [
        Panel(_segments(payload, used), title="what the payer sent", expand=False),
        Panel(_record(shown), title="the record that was read from it", expand=False),
    ]
    return Columns(panels) if width >= _WIDE else Group(*panels)


def _segments(payload: bytes, used: set[int]) -> Text:
    """The segments of the first transaction set, numbered as the record refers to them; those it uses stand out."""
    (first, *_) = (event for event in read(payload) if isinstance(event, TransactionSet))
    text = Text()
    for number, segment in enumerate(first.segments, 1):
        raw = payload[segment.start : segment.end].decode("latin-1").strip()
        text.append(f"{number:>3}  ", style="dim")
        text.append(f"{raw}\n", style="bold" if number in used else "")
    text.right_crop(1)
    return text


def _record(shown: Sequence[tuple[str, str, dict[str, Any] | None]]) -> RenderableType:
    """What was read, and at which segment."""
    table = Table(box=None, padding=(0, 1), show_edge=False)
    for name in ("", "", "read at"):
        table.add_column(name)
    for label, value, source in shown:
        where = f"{source['segment']}{source['element']:02}, segment {source['position']}" if source else ""
        table.add_row(Text(label, style="dim"), Text(value, style=_COLOURS.get(value, "")), Text(where, style="dim"))
    return table


def _values(record: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Path in the record, what to call it, and the value, of what the panel shows."""
    yield from _fields(record, "", "")
    for number, service in enumerate(record["services"]):
        yield from _fields(service, f"services[{number}].", f"service {number + 1} ")


def _fields(part: dict[str, Any], path: str, label: str) -> Iterator[tuple[str, str, str]]:
    for name, called in _FIELDS.items():
        value = part.get(name)
        if isinstance(value, dict):
            value = value["code"]
        if value is not None:
            shown = f"{value} {part['unit']}" if name == "quantity" else str(value)
            yield f"{path}{_READ_AT.get(name, name)}", f"{label}{called}", shown
    for number, reason in enumerate(part["reasons"]):
        yield f"{path}reasons[{number}].code", f"{label}reason", f"{reason['code']} {reason['says'] or ''}".strip()
