"""``demo``: the whole road on this machine: a gateway, its payers (simulated), ten stories, and what came of them."""

from __future__ import annotations

from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Add this verb."""
    app.command("demo", epilog="Example: priorwire demo --json | jq '.stories[] | {story, status}'")(demo)


def demo(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document; everything else goes to standard error.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running until Ctrl-C, to look around.")] = False,
) -> int:
    """Play ten stories from a practice's request to a normalized record, against simulated payers.

    Everything is real but the payers and the people: two processes, HTTP, mail, an encrypted
    database. It touches nothing outside a temporary folder and ends what it started. Ends with 1
    if any story did not end as it should.
    """
    from priorwire.cli.demo_run import run_demo

    return run_demo(as_json=as_json, keep=keep)
