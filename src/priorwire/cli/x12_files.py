"""``inspect``, ``validate``, ``ack``: X12 files, without a database."""

from __future__ import annotations

import json
import re
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from priorwire.cli.exits import Exit
from priorwire.cli.files import read_input
from priorwire.clock import SystemClock
from priorwire.errors import X12Error
from priorwire.gateway.acknowledging import acknowledge_payload
from priorwire.gateway.inspect import inspect as look_into

Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="X12 files; - for standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show who the patient is instead of masking it.")]
#: Parts of a record that say who the patient is.
_PERSONS = ("subscriber", "patient")


def add_to(app: typer.Typer) -> None:
    """Add these verbs."""
    app.command("inspect", epilog="Example: priorwire inspect answer.edi --json | jq .record.status")(inspect)
    app.command("validate", epilog="Example: priorwire validate outbound.x12")(validate)
    app.command("ack", epilog="Example: priorwire ack inbound.x12 > 999.x12")(ack)


def inspect(files: Files, as_json: AsJson = False, reveal: Reveal = False) -> int:
    """Read any interchange and show what each transaction set says, with every finding and its place.

    Who the patient is, is masked unless --reveal is given. With --json: JSON Lines, one object a
    transaction set (and one for each TA1), for programs: it holds what the file holds, patients'
    values too, so treat it like the file.
    """
    findings = False
    console = Console(highlight=False)
    for name in files:
        for shown in look_into(read_input(name), name):
            findings = findings or shown["read"] != "clean"
            if as_json:
                sys.stdout.write(json.dumps(shown) + "\n")
            else:
                _show(console, shown, reveal=reveal)
    return Exit.FINDINGS if findings else Exit.WELL


def validate(files: Files, as_json: AsJson = False) -> int:
    """Check files against the guides and list the findings: where, which rule, what to do. Shows no value."""
    findings = 0
    console = Console(highlight=False)
    for name in files:
        for shown in look_into(read_input(name), name):
            issues = shown["issues"]
            assert isinstance(issues, list)
            findings += len(issues)
            if as_json:
                sys.stdout.write(json.dumps({key: shown[key] for key in _WITHOUT_VALUES}) + "\n")
            else:
                console.print(f"{name}  {shown['kind']}  {shown['guide']}  {shown['read']}", markup=False)
                _list_issues(console, issues)
    return Exit.FINDINGS if findings else Exit.WELL


#: Keys of an inspected set that hold no value of a patient.
_WITHOUT_VALUES = ("file", "interchange", "group", "set", "kind", "guide", "read", "issues")


def ack(
    file: Annotated[str, typer.Argument(help="An X12 file; - for standard input.")], as_json: AsJson = False
) -> int:
    """Acknowledge a file: a TA1 for each interchange that asks for one or is wrong, a 999 for each group."""
    data = read_input(file)
    try:
        answer = acknowledge_payload(data, SystemClock().now())
    except X12Error as unreadable:
        Console(stderr=True).print(f"{file}: {unreadable.message}", markup=False)
        return Exit.FINDINGS
    if as_json:
        listed = list(look_into(answer.payload, "acknowledgment"))
        sys.stdout.write(json.dumps({"accepted": answer.accepted, "sets": listed}) + "\n")
    else:
        sys.stdout.write(answer.payload.decode("latin-1").replace("~", "~\n"))
    return Exit.WELL if answer.accepted else Exit.FINDINGS


def _show(console: Console, shown: dict[str, object], *, reveal: bool) -> None:
    console.print(
        f"[bold]{shown['kind']}[/] {shown['guide']}  interchange {shown['interchange']} group {shown['group']} "
        f"set {shown['set']}  [{_COLOURS[str(shown['read'])]}]{shown['read']}[/]"
    )
    record = shown["record"]
    more = shown.get("more_records", [])
    assert isinstance(more, list)
    for each in [record, *more]:
        if isinstance(each, dict):
            console.print(_table(each if reveal else {**each, **{name: _masked(each.get(name)) for name in _PERSONS}}))
    summaries = shown.get("summaries", [])
    assert isinstance(summaries, list)
    for line in (line for lines in summaries for line in lines):
        console.print(line, markup=False, soft_wrap=True)
    issues = shown["issues"]
    assert isinstance(issues, list)
    _list_issues(console, issues)


_NOTHING: tuple[object, ...] = (None, [], {}, "")
_COLOURS = {"clean": "green", "findings": "yellow", "refused": "red"}


def _table(record: dict[str, object]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2))
    for name, value in record.items():
        if value in _NOTHING:
            continue
        table.add_row(name.replace("_", " "), *_lines(_in_words(name, value)))
    return table


#: Members whose value is a word of ours where it is not a payer's code, which has no underscore.
_NAMES = (
    "about authorization_required benefit category counts coverage_level follow gender identifier_kind information "
    "kind network pended_for per period purpose relationship role status system unit urgency way"
)
_WORDED = frozenset(_NAMES.split())
_OF_OURS = re.compile(r"[a-z]+(_[a-z0-9]+)+")


def _in_words(name: str, value: object) -> object:
    """A value with our own words as a person writes them; names, texts, numbers and codes of others as they came."""
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            named = {each: _in_words(each, inner) for each, inner in value.items()}
            if "start" in value and "name" in value:  # the name of a date is a word of ours
                named["name"] = _in_words("kind", value["name"])
            return named
        case list():
            return [_in_words(name, each) for each in value]
        case str() if name in _WORDED and _OF_OURS.fullmatch(value):
            return value.replace("_", " ")
        case _:
            return value


def _lines(value: object) -> list[Text]:
    """A value as text a person reads: no braces, nothing that is absent."""
    return [Text("\n".join(_said(value)))]


def _said(value: object, indent: str = "") -> list[str]:
    if isinstance(value, dict):
        told = {name: each for name, each in value.items() if each not in _NOTHING}
        if all(not isinstance(each, dict | list) for each in told.values()):
            return [indent + ", ".join(f"{name.replace('_', ' ')} {each}" for name, each in told.items())]
        return [line for name, each in told.items() for line in _named(name, each, indent)]
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return [indent + ", ".join(map(str, value))]
    if isinstance(value, list):
        return [line for number, each in enumerate(value, 1) for line in _numbered(number, _said(each, indent))]
    return [f"{indent}{value}"]


def _numbered(number: int, lines: list[str]) -> list[str]:
    """Several alike are told apart by a number; what belongs to one is set in below it."""
    mark = f"{number}. "
    return [mark + lines[0].strip(), *(" " * len(mark) + line for line in lines[1:])]


def _named(name: str, value: object, indent: str) -> list[str]:
    lines = _said(value, indent + "  ")
    if len(lines) == 1:
        return [f"{indent}{name.replace('_', ' ')}: {lines[0].strip()}"]
    return [f"{indent}{name.replace('_', ' ')}:", *lines]


def _masked(person: object) -> object:
    """Enough to recognise a person whom one knows, and not to learn of one whom one does not."""
    if not isinstance(person, dict):
        return person
    shown = {key: f"{value[0]}***" for key in ("name", "first_name") if (value := person.get(key))}
    if identifier := person.get("identifier"):
        shown["identifier"] = f"***{identifier[-3:]}"
    if born := person.get("birth_date"):
        shown["birth_date"] = f"{born[:4]}-**-**"
    return shown


def _list_issues(console: Console, issues: list[dict[str, object]]) -> None:
    for issue in issues:
        console.print(f"  {issue['severity']}: {issue['says']}", markup=False)
