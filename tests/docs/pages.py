"""The generated pages of ``docs/reference``. ``python -m tests.docs.pages`` writes them anew.

Each is made of what the code itself declares, so that a page cannot describe a verb or a
finding that is not there; tests compare every page with what is generated today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from priorwire.model.lifecycle_diagrams import diagrams
from priorwire.x12 import ISSUE_CODES, IssueCode, Level
from tests.docs.faults_page import faults_page
from tests.docs.fhir_page import fhir_page
from tests.docs.guide_page import guides_page
from tests.docs.reply_elements_page import reply_elements_page
from tests.docs.request_elements_page import request_elements_page
from tests.docs.request_pages import request_pages

ROOT = Path(__file__).parents[2]
_MADE = "Generated; do not edit. `.venv/bin/python -m tests.docs.pages` writes it anew."

# ---------------------------------------------------------------- findings

_FAMILIES = {
    "I": "The interchange",
    "G": "The functional group",
    "T": "The transaction set",
    "S": "A segment",
    "E": "An element",
    "C": "A code value",
    "L": "Loops and the hierarchy",
    "P": "The payer's own rules",
}
_LEVELS = {
    Level.SYNTAX: "syntax",
    Level.GUIDE: "guide",
    Level.SITUATIONAL: "situation",
    Level.CODES: "code list",
    Level.PAYER: "payer",
}
_ACKNOWLEDGED = (("TA105", "ta105"), ("AK905", "ak905"), ("IK502", "ik502"), ("IK304", "ik304"), ("IK403", "ik403"))


def issue_codes_page() -> str:
    return "\n".join(
        (
            "# Issue codes",
            "",
            _MADE,
            "",
            "What `priorwire inspect` and `priorwire validate` can find. A finding names the code, the place (loop,",
            "segment, element, component, repeat) and the rule; it never shows a value of the message. An error in a",
            "message of ours stops it; a payer's message is read past every finding. *Rule* says whose rule was",
            "broken; the last column is what an acknowledgment (TA1 or 999) says of it.",
            "",
            *(line for letter in _FAMILIES for line in _family(letter)),
            "`inspect` adds `I0` where the input holds no interchange, or passes a limit of the reader.",
            "",
        )
    )


def _family(letter: str) -> Iterator[str]:
    codes = [code for code in ISSUE_CODES.values() if code.code[0] == letter]
    yield from (f"## {letter}: {_FAMILIES[letter]}", "")
    yield from ("| Code | Severity | Rule | What is wrong | Acknowledged as |", "|---|---|---|---|---|")
    yield from (
        f"| `{code.code}` | {code.severity.value} | {_LEVELS[code.level]} | {code.says} | {_acknowledged(code)} |"
        for code in codes
    )
    yield ""


def _acknowledged(code: IssueCode) -> str:
    said = (f"{label} {getattr(code, name)}" for label, name in _ACKNOWLEDGED if getattr(code, name) is not None)
    return ", ".join(said) or "not"


# ---------------------------------------------------------------- verbs


def command_line() -> TyperGroup:
    from priorwire.cli.main import app  # noqa: PLC0415 -- the other pages do not need the whole gateway

    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return group


def verbs(group: TyperGroup, name: str = "priorwire") -> Iterator[tuple[str, TyperCommand]]:
    """Every verb by its full name, in the order of ``--help``."""
    for each, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from verbs(command, f"{name} {each}")
        else:
            assert isinstance(command, TyperCommand)
            yield f"{name} {each}", command


def example(command: TyperCommand) -> str:
    """The command line of a verb's example, from its epilog."""
    return (command.epilog or "").removeprefix("Example: ").strip()


def cli_page() -> str:
    return "\n".join(
        (
            "# The command line",
            "",
            _MADE,
            "",
            "In a clone, `./priorwire` stands for `priorwire`: it makes its environment once and hands everything on.",
            "Settings are environment variables: see [settings](settings.md).",
            "",
            "| Exit code | Meaning |",
            "|---|---|",
            "| 0 | well |",
            "| 1 | fault: a setting, a file, a server, or how the command was called |",
            "| 2 | the command did its work and found something to look at |",
            "| 3 | refused for safety: it could send something twice, or mix test and production |",
            "| 4 | there is no route to the payer |",
            "",
            *(line for name, command in verbs(command_line()) for line in _verb(name, command)),
        )
    )


def _verb(name: str, command: TyperCommand) -> Iterator[str]:
    yield from (f"## {name}", "", *_paragraphs(command.help or ""))
    told = [
        line
        for parameter in command.params
        if isinstance(parameter, TyperOption | TyperArgument)
        for line in _parameter(parameter)
    ]
    if told:
        yield from ("| | | Unless given |", "|---|---|---|", *told, "")
    yield from ("```sh", example(command), "```", "")


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.strip().split("\n\n"):
        yield from (line.strip() for line in paragraph.splitlines())
        yield ""


def _parameter(parameter: TyperOption | TyperArgument) -> Iterator[str]:
    if parameter.name == "help":
        return
    about = parameter.help or ""
    if isinstance(parameter, TyperOption):
        label = " / ".join(f"`{each}`" for each in (*parameter.opts, *parameter.secondary_opts))
    else:
        label = f"`{parameter.metavar or str(parameter.name).upper()}`"
    yield f"| {label} | {about} | {_unless_given(parameter)} |"


def _unless_given(parameter: TyperOption | TyperArgument) -> str:
    variable = f"`{parameter.envvar}`, else " if isinstance(parameter.envvar, str) else ""
    if parameter.required:
        return f"{variable}it is required" if variable else "required"
    if isinstance(parameter.default, bool):
        return "yes" if parameter.default else "no"
    return f"{variable}nothing" if parameter.default in (None, ()) else f"{variable}`{parameter.default}`"


# ---------------------------------------------------------------- all

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/lifecycle.md": diagrams,
    "docs/reference/issue-codes.md": issue_codes_page,
    "docs/reference/guides.md": lambda: guides_page(_MADE),
    "docs/reference/request-elements.md": lambda: request_elements_page(_MADE),
    "docs/reference/reply-elements.md": lambda: reply_elements_page(_MADE),
    "docs/reference/fhir.md": fhir_page,
    "docs/reference/cli.md": cli_page,
    "docs/reference/simulator-faults.md": lambda: faults_page(_MADE),
    **request_pages(_MADE),
}


def main() -> None:
    for path, page in PAGES.items():
        (ROOT / path).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
