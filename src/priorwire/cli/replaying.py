"""``replay``: read the archive again with today's code. Inert: sends nothing, writes nothing."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from priorwire.cli.exits import Exit
from priorwire.gateway.replay import Replayed, Verdict, replay
from priorwire.model.identifiers import TenantId, TransactionId


def add_to(app: typer.Typer) -> None:
    """Add this verb."""
    app.command("replay", epilog="Example: priorwire replay --since 2026-12-01T00:00 --json")(replay_archive)


def replay_archive(
    transaction_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="A transaction's id.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Everything received since then (UTC).")] = None,
    tenant: Annotated[str, typer.Option(help="Whose archive.")] = "default",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a payload.")] = False,
) -> int:
    """Read archived answers again and show whether today's code says the same.

    Nothing is sent and nothing is written: the database is opened so that it refuses writes.
    Ends with 2 if anything reads differently today.
    """
    from priorwire import bootstrap
    from priorwire.config import load_settings

    if (transaction_id is None) == (since is None):
        raise typer.BadParameter("Give a transaction's id, or --since, and not both.")
    store = bootstrap.make_store(load_settings())
    moment = since.replace(tzinfo=UTC) if since else None
    of = TransactionId(transaction_id) if transaction_id else None
    with closing(store):
        found = replay(store, TenantId(tenant), of=of, since=moment)
    console = Console(highlight=False)
    for each in found:
        if as_json:
            sys.stdout.write(json.dumps(_plain(each)) + "\n")
        else:
            where = f"  differs at {', '.join(each.differs_at)}" if each.differs_at else ""
            console.print(
                f"{each.verdict.value:>15}  {each.archive_id}  {each.transaction_id}{where}",
                markup=False,
                soft_wrap=True,
            )
    if not found and not as_json:
        console.print("Nothing was received.")
    return Exit.FINDINGS if any(each.verdict is Verdict.CHANGED for each in found) else Exit.WELL


def _plain(each: Replayed) -> dict[str, object]:
    return {
        "archive_id": each.archive_id,
        "transaction_id": each.transaction_id,
        "at": each.at.isoformat(),
        "verdict": each.verdict.value,
        "differs_at": list(each.differs_at),
    }
