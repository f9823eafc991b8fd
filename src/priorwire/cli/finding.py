"""``find``: transactions by a number that somebody has in hand."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from priorwire.cli.exits import Exit
from priorwire.cli.operators import AsJson, Tenant, opened, tell_each
from priorwire.gateway.find import Key, find
from priorwire.gateway.rows import TransactionRow
from priorwire.model.identifiers import TenantId

By = Annotated[
    Key,
    typer.Argument(
        help="What the number is: `trace` (our trace number or reference), `payer_number` (the payer's authorization "
        "number or reference), `control_number` (of the interchange or group that it was sent in), `member`.",
    ),
]
Number = Annotated[
    str,
    typer.Argument(
        metavar="[NUMBER]",
        help="The number; left out or -, it is read from standard input. A member's is taken from there only.",
    ),
]
_FROM_INPUT = "-"


def add_to(root: typer.Typer) -> None:
    """Add this verb."""
    root.command("find", epilog="Example: priorwire find payer_number AUTH01EXAMPLE")(show_found)


def show_found(by: By, number: Number = _FROM_INPUT, tenant: Tenant = "default", as_json: AsJson = False) -> int:
    """Find transactions by exactly one number, newest first, fifty at most.

    Nothing that is shown is a patient's; 'priorwire explain' and the API show the rest.
    """
    if by is Key.MEMBER and number != _FROM_INPUT:
        raise typer.BadParameter(
            "a member's number would stay in the history of this shell: leave it out, and type or pipe it in"
        )
    wanted = _read(by) if number == _FROM_INPUT else number
    with opened() as (store, _):
        found = find(store, TenantId(tenant), by, wanted)
    tell_each(found, line=_line, plain=_plain, none="Nothing has that number.", as_json=as_json)
    return Exit.WELL


def _read(by: Key) -> str:
    """From whoever types it, a member's without showing it; or from a pipe."""
    if sys.stdin.isatty():
        return str(typer.prompt("Number", hide_input=by is Key.MEMBER, err=True)).strip()
    return sys.stdin.readline().strip()


def _line(row: TransactionRow) -> str:
    return f"{row.created_at:%Y-%m-%d %H:%M}  {row.id}  {row.payer_id}  {row.status} ({row.delivery.value})"


def _plain(row: TransactionRow) -> dict[str, object]:
    return {
        "id": row.id,
        "case_id": row.case_id,
        "kind": row.kind.value,
        "payer_id": row.payer_id,
        "status": row.status,
        "delivery": row.delivery.value,
        "reference": row.reference,
        "trace_number": row.trace_number,
        "created_at": row.created_at.isoformat(),
    }
