"""``priorwire``: every verb, and the one place where a failure becomes an exit code and a sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer
from rich.console import Console
from typer.exceptions import TyperException

from priorwire.cli import (
    benching,
    breaking,
    crosschecking,
    database,
    demo,
    explaining,
    finding,
    operating,
    quarantining,
    replaying,
    requests,
    serving,
    testing,
    unmatching,
    x12_files,
)
from priorwire.cli.exits import Exit, exit_of
from priorwire.errors import InvalidRequest, PriorwireError

app = typer.Typer(
    name="priorwire",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="An open gateway for prior authorization and eligibility: X12 270/271 and 278, e-fax and portal.\n\n"
    "Exit codes: 0 well, 1 fault, 2 findings, 3 refused for safety, 4 no route to the payer.",
)

for _group in (
    x12_files,
    explaining,
    crosschecking,
    requests,
    finding,
    replaying,
    quarantining,
    unmatching,
    operating,
    serving,
    demo,
    testing,
    benching,
    breaking,
):
    _group.add_to(app)
app.add_typer(database.app, name="db")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns (and, as a script, exits with) its code."""
    try:
        result = app(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except typer.Abort:
        return _fail("Stopped.", Exit.FAULT)
    except TyperException as wrong:  # how the command was called; Typer brings its own click, not the package
        return _fail(wrong.format_message(), Exit.FAULT)
    except PriorwireError as error:
        return _explain(error)
    except KeyboardInterrupt:
        return _fail("Stopped.", Exit.FAULT)
    except Exception as error:
        # The last resort. Neither the text of what was not foreseen nor a traceback is shown unasked:
        # both may quote what the program choked on.
        if os.environ.get("PRIORWIRE_DEBUG"):
            raise
        return _fail(
            f"Something unexpected went wrong ({type(error).__name__}). This is a defect of priorwire. "
            "With PRIORWIRE_DEBUG=1 the same command shows where; that output may hold patients' values.",
            Exit.FAULT,
        )
    return int(result) if isinstance(result, int) else int(Exit.WELL)


def _explain(error: PriorwireError) -> int:
    code = _fail(error.message, exit_of(error))
    if isinstance(error, InvalidRequest):  # the message of every other tells all of its faults
        console = Console(stderr=True, highlight=False)
        for fault in error.faults:
            console.print(f"  {fault.pointer or '/'}  {fault.detail} [{fault.code}]", markup=False)
    return code


def _fail(message: str, code: Exit) -> int:
    Console(stderr=True, highlight=False).print(f"priorwire: {message}", markup=False, soft_wrap=True)
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
