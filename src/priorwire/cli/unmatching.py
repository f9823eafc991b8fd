"""``unmatched``: answers that were joined to no request, and what a person decides about each."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from priorwire.cli.exits import Exit
from priorwire.cli.operators import Actor, AsJson, Tenant, opened, say, tell_each, who
from priorwire.errors import InvalidRequest
from priorwire.gateway.arrived import UnmatchedRow, UnmatchedState
from priorwire.model.identifiers import TenantId, TransactionId

if TYPE_CHECKING:
    from priorwire.gateway.ports import Services
    from priorwire.gateway.unmatched import Compared, Shown

app = typer.Typer(
    no_args_is_help=True,
    help="Answers that were joined to no request: list them, look at one, join it, dismiss it, or take that back.",
)

Item = Annotated[str, typer.Argument(metavar="ID", help="As the list shows it.")]


def add_to(root: typer.Typer) -> None:
    """Add these verbs."""
    root.add_typer(app, name="unmatched")


@app.command("list", epilog="Example: priorwire unmatched list --json")
def list_all(
    every: Annotated[bool, typer.Option("--all", help="Those that were resolved, too.")] = False,
    tenant: Tenant = "default",
    as_json: AsJson = False,
) -> int:
    """List the answers that were joined to no request, each with the reason and what comes nearest.

    Ends with 2 where any waits.
    """
    from priorwire.gateway import unmatched

    with opened() as (store, _):
        rows = unmatched.listed(store, TenantId(tenant), None if every else UnmatchedState.OPEN)
    tell_each(rows, line=_line, plain=_plain, none="Nothing is unmatched.", as_json=as_json)
    return Exit.FINDINGS if any(row.state is UnmatchedState.OPEN for row in rows) else Exit.WELL


@app.command(epilog="Example: priorwire unmatched show unm_01example")
def show(
    item: Item,
    output: Annotated[
        Path | None, typer.Option(help="Write its bytes here (mode 0600); they name patients. See 'priorwire inspect'.")
    ] = None,
    tenant: Tenant = "default",
    as_json: AsJson = False,
) -> int:
    """Show one of them, and say in words why each candidate may be its request, and what speaks against it."""
    from priorwire.gateway import unmatched

    with opened() as (store, _):
        shown = unmatched.show(store, TenantId(tenant), item)
    if output is not None:
        output.touch(mode=0o600, exist_ok=True)
        output.write_bytes(shown.payload)
    if as_json:
        sys.stdout.write(json.dumps(_plain_whole(shown)) + "\n")
    else:
        _print(shown)
    return Exit.WELL


@app.command(epilog="Example: priorwire unmatched join unm_01example auth_01example --actor ann")
def join(
    item: Item,
    transaction: Annotated[str, typer.Argument(metavar="TRANSACTION", help="The request that it answers.")],
    confirm: Annotated[bool, typer.Option("--confirm", help="Join it although something speaks against it.")] = False,
    actor: Actor = None,
    tenant: Tenant = "default",
    as_json: AsJson = False,
) -> int:
    """Join one to the request that it answers, as if its identifiers had. What speaks against it is shown first.

    Ends with 2, and joins nothing, where something speaks against it and --confirm was not given.
    """
    from priorwire.gateway import unmatched

    wanted = unmatched.Join(
        tenant=TenantId(tenant),
        actor=who(actor),
        unmatched_id=item,
        transaction_id=TransactionId(transaction),
        confirm=confirm,
    )
    try:
        return _do(lambda services: unmatched.join(services, wanted), f"Joined to {transaction}.", as_json=as_json)
    except InvalidRequest as doubts:
        if as_json:
            against = [fault.detail for fault in doubts.faults]
            sys.stdout.write(json.dumps({"id": item, "joined": False, "against": against}) + "\n")
        else:
            say("Not joined. Something speaks against it:")
            for fault in doubts.faults:
                say(f"  - {fault.detail}")
            say("Look at it with 'priorwire unmatched show'; if you mean it, add --confirm.")
        return Exit.FINDINGS


@app.command(epilog="Example: priorwire unmatched dismiss unm_01example --reason 'of another practice' --actor ann")
def dismiss(
    item: Item,
    reason: Annotated[str, typer.Option(help="Why; kept sealed with it.")],
    actor: Actor = None,
    tenant: Tenant = "default",
    as_json: AsJson = False,
) -> int:
    """End one that is about nothing of ours, or was dealt with elsewhere. Its bytes stay in the archive."""
    from priorwire.gateway import unmatched

    return _do(
        lambda services: unmatched.dismiss(services, TenantId(tenant), who(actor), item, reason),
        "Dismissed; the archive keeps it.",
        as_json=as_json,
    )


@app.command(epilog="Example: priorwire unmatched undo unm_01example --actor ann")
def undo(item: Item, actor: Actor = None, tenant: Tenant = "default", as_json: AsJson = False) -> int:
    """Take a join or a dismissal back: it waits again, and what came of it counts no more."""
    from priorwire.gateway import unmatched

    return _do(
        lambda services: unmatched.undo(services, TenantId(tenant), who(actor), item),
        "Taken back; it waits again.",
        as_json=as_json,
    )


def _do(act: Callable[[Services], UnmatchedRow], text: str, *, as_json: bool) -> int:
    from priorwire import bootstrap
    from priorwire.config import load_settings

    services = bootstrap.make_services(load_settings())
    with closing(services.store):  # type: ignore[type-var]  # the real one closes
        row = act(services)
    if as_json:
        sys.stdout.write(json.dumps(_plain(row)) + "\n")
    else:
        say(text)
    return Exit.WELL


def _line(row: UnmatchedRow) -> str:
    nearest = row.candidates[0].transaction_id if row.candidates else "nothing comes near"
    return f"{row.at:%Y-%m-%d %H:%M}  {row.id}  {row.state.value:<9}  {row.reason}; nearest: {nearest}"


def _plain(row: UnmatchedRow) -> dict[str, object]:
    return {
        "id": row.id,
        "state": row.state.value,
        "archive_id": row.archive_id,
        "at": row.at.isoformat(),
        "reason": row.reason,
        "candidates": [
            {"transaction_id": each.transaction_id, "score": each.score, "agrees": list(each.agrees)}
            for each in row.candidates
        ],
        "work_item_id": row.work_item_id,
        "transaction_id": row.transaction_id,
        "resolved_by": row.resolved_by,
        "resolved_at": row.resolved_at.isoformat() if row.resolved_at else None,
    }


def _plain_whole(shown: Shown) -> dict[str, object]:
    return _plain(shown.row) | {
        "kind": shown.kind,
        "says": shown.status,
        "endpoint_id": shown.archived.endpoint_id,
        "sha256": shown.archived.sha256,
        "size": shown.archived.size,
        "candidates": [_plain_compared(each) for each in shown.compared],
    }


def _plain_compared(each: Compared) -> dict[str, object]:
    return {
        "transaction_id": each.row.id,
        "status": each.row.status,
        "created_at": each.row.created_at.isoformat(),
        "score": each.score,
        "agrees": list(each.agrees),
        "against": list(each.doubts),
        "refused": each.refusal,
    }


def _print(shown: Shown) -> None:
    row = shown.row
    say(f"{row.id}: a {shown.kind or 'payload that cannot be read'} from {shown.archived.endpoint_id}, {row.at:%c}")
    if shown.status is not None:
        say(f"It says: {shown.status}.")
    say(f"It was joined to no request: {row.reason}.")
    if row.state is not UnmatchedState.OPEN:
        where = f" to {row.transaction_id}" if row.transaction_id else ""
        say(f"It was {row.state.value}{where} by {row.resolved_by}, {row.resolved_at:%c}.")
    if not shown.compared:
        say("Nothing comes near.")
    for each in shown.compared:
        say(f"\n{each.row.id} ({each.row.status}, of {each.row.created_at:%Y-%m-%d}; {each.score} points)")
        say(f"  for:     {', '.join(each.agrees) or 'nothing'}")
        say(f"  against: {'; '.join(each.doubts) or 'nothing'}")
        if each.refusal is not None:
            say(f"  it cannot be joined to this one: {each.refusal}")
