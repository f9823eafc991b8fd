"""``explain``: the bytes that a value of a record was read from, in their place, and the rule that read it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from priorwire.cli.exits import Exit
from priorwire.cli.files import read_input
from priorwire.errors import X12Error

if TYPE_CHECKING:
    from priorwire.gateway.explain import Explanation, Leaf, Place, ShownSegment

FileName = Annotated[str, typer.Argument(metavar="FILE", help="An X12 file; - for standard input.")]
Field = Annotated[
    str | None, typer.Option("--field", help="Path in the record, e.g. services[0].quantity. Without it: every value.")
]
Record = Annotated[int, typer.Option("--record", min=1, help="Which record of the file, counted from 1.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show who the patient is instead of masking it.")]

_MASK = "·"


def add_to(app: typer.Typer) -> None:
    """Add these verbs."""
    app.command("explain", epilog="Example: priorwire explain answer.edi --field services[0].quantity")(explain)


def explain(
    file: FileName, field: Field = None, record: Record = 1, as_json: AsJson = False, reveal: Reveal = False
) -> int:
    """Show where a value of a record stands in the bytes: segment, element and what it says, byte range and rule.

    With --field: the segment with the value marked, between its neighbours, and every further place that the value
    rests on. Without: every value of the record with its place. Who the patient is, is masked unless
    --reveal is given; --json holds what the file holds, patients' values too.
    """
    from priorwire.gateway.explain import explain as look_up
    from priorwire.gateway.explain import present_explanation

    console = Console(highlight=False)
    data = read_input(file)
    try:
        found = look_up(data, field, record=record)
    except X12Error as unreadable:
        Console(stderr=True, highlight=False).print(f"{file}: {unreadable.message}", markup=False)
        return Exit.FINDINGS
    if as_json:
        sys.stdout.write(json.dumps(present_explanation(found)) + "\n")
    elif field is None:
        console.print(_listed(found, reveal=reveal))
    else:
        _show(console, found, reveal=reveal)
    return Exit.WELL


def _show(console: Console, found: Explanation, *, reveal: bool) -> None:
    console.print(f"{found.field}  in a {found.kind}, guide {found.guide}", style="bold", markup=False)
    for leaf in found.leaves:
        console.print()
        console.print(Text(f"{leaf.path} = {_value(leaf, reveal=reveal)}"))
        console.print(Text(f"  read from {_where(leaf.place)}"))
        console.print(Text(f"  rule      {leaf.place.source.rule}"))
        for each in leaf.also:
            console.print(Text(f"  and from  {_where(each)}  ({each.source.rule})"))
    console.print()
    before = None
    for segment in found.segments:
        if before is not None and segment.position > before + 1:
            console.print(Text("      …"))
        console.print(_line(segment, reveal=reveal), soft_wrap=True)
        before = segment.position


def _line(segment: ShownSegment, *, reveal: bool) -> Text:
    is_read = any(marked for _, marked in segment.pieces)
    line = Text(f"{'>' if is_read else ' '} {segment.position:>4}  byte {segment.start:<7} ")
    for number, (text, marked) in enumerate(segment.pieces):
        shown = text if reveal or not segment.names_patient else _masked(text, keeps_id=number == 0)
        line.append(f"[{shown}]" if marked else shown, style="bold reverse" if marked else "")
    return line


def _masked(text: str, *, keeps_id: bool) -> str:
    """The text with its letters and digits hidden; a segment keeps its id and its separators."""
    kept = len(text) - len(text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")) if keeps_id else 0
    return text[:kept] + "".join(_MASK if each.isalnum() else each for each in text[kept:])


def _listed(found: Explanation, *, reveal: bool) -> Table:
    table = Table("field", "value", "read from", "rule", box=None, padding=(0, 2, 0, 0))
    for leaf in found.leaves:
        also = f" and {len(leaf.also)} more" if leaf.also else ""
        row = leaf.path, _value(leaf, reveal=reveal), _short(leaf.place) + also, leaf.place.source.rule
        table.add_row(*(Text(each) for each in row))
    return table


def _value(leaf: Leaf, *, reveal: bool) -> str:
    return leaf.value if reveal or not leaf.place.names_patient else "***"


def _short(place: Place) -> str:
    """The element as X12 names it, with its place: ``HCR02 #12, bytes 310-322``."""
    source = place.source
    element = f"{source.element:02}" if source.element else ""
    component = f"-{source.component}" if source.component else ""
    repeat = f" (repeat {source.repeat})" if source.repeat else ""
    return f"{source.segment}{element}{component}{repeat} #{source.position}, bytes {source.start}-{source.end}"


def _where(place: Place) -> str:
    """The same, with what the element and the loop say."""
    label = f', "{place.label}"' if place.label else ", which the guide does not have there"
    loop = f", in {place.loop} {place.loop_label or ''}".rstrip() if place.loop else ""
    return f"{_short(place)}{label}{loop}"
