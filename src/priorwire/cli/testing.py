"""``test``: the whole test suite, from a source tree."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

import priorwire
from priorwire.cli.exits import Exit

_ROOT = Path(priorwire.__file__).parent.parent.parent


def add_to(app: typer.Typer) -> None:
    """Add this verb."""
    settings = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command("test", context_settings=settings, epilog="Example: priorwire test tests/unit -k correlate")(run_tests)


def run_tests(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object at the end instead of pytest's report.")
    ] = False,
) -> int:
    """Run the tests. Whatever follows is handed to pytest; without it, everything runs on every processor."""
    if not (_ROOT / "tests").is_dir():
        raise typer.BadParameter(
            "The tests are in the source tree, not in the installed package: clone the repository."
        )
    if find_spec("pytest") is None:
        raise typer.BadParameter("pytest is not installed: run the tests through ./priorwire in a clone.")
    arguments = [*context.args] or ["-n", "auto", "--dist", "loadgroup"]
    command = [sys.executable, "-m", "pytest", *arguments]
    if not as_json:
        return Exit.WELL if subprocess.run(command, cwd=_ROOT, check=False).returncode == 0 else Exit.FAULT  # noqa: S603 -- our own interpreter
    done = subprocess.run(command, cwd=_ROOT, check=False, capture_output=True, text=True)  # noqa: S603 -- as above
    sys.stderr.write(done.stdout)
    last = done.stdout.strip().splitlines()[-1:] or [""]
    typer.echo(json.dumps({"passed": done.returncode == 0, "summary": last[0].strip("= ")}))
    return Exit.WELL if done.returncode == 0 else Exit.FAULT
