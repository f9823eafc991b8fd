"""``quarantine``: what came and could not be used."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from priorwire.cli.exits import Exit
from priorwire.cli.operators import Actor, AsJson, Tenant, opened, say, tell_each, who
from priorwire.clock import Clock
from priorwire.gateway import quarantine
from priorwire.gateway.ports import Store
from priorwire.model.identifiers import TenantId

app = typer.Typer(no_args_is_help=True, help="What came and cannot be used: list it, show it, have it read again.")

Item = Annotated[str, typer.Argument(metavar="ID", help="As the list shows it: a file or a set.")]


def add_to(root: typer.Typer) -> None:
    """Add these verbs."""
    root.add_typer(app, name="quarantine")


@app.command("list", epilog="Example: priorwire quarantine list --json")
def list_all(tenant: Tenant = "default", as_json: AsJson = False) -> int:
    """List what is in quarantine, with its cause. Ends with 2 where there is anything."""
    with opened() as (store, _):
        found = quarantine.quarantined(store, TenantId(tenant))
    tell_each(found, line=_line, plain=_plain, none="Nothing is in quarantine.", as_json=as_json)
    return Exit.FINDINGS if found else Exit.WELL


@app.command(epilog="Example: priorwire quarantine show set_01example_1 --output poison.x12")
def show(
    item: Item,
    output: Annotated[
        Path | None, typer.Option(help="Write its bytes here (mode 0600); they name patients. See 'priorwire inspect'.")
    ] = None,
    tenant: Tenant = "default",
    as_json: AsJson = False,
) -> int:
    """Show what is known of one thing in quarantine; its bytes only into a file."""
    with opened() as (store, _):
        shown = quarantine.show(store, TenantId(tenant), item)
    if output is not None:
        output.touch(mode=0o600, exist_ok=True)
        output.write_bytes(shown.payload)
    plain = _plain(shown.item) | {
        "file_id": shown.file_id,
        "transaction_set": shown.transaction_set,
        "sha256": shown.archived.sha256,
        "size": shown.archived.size,
        "received_at": shown.archived.at.isoformat(),
        "simulated": shown.archived.simulated,
    }
    if as_json:
        sys.stdout.write(json.dumps(plain) + "\n")
    else:
        for name, told in plain.items():
            say(f"{name:>16}  {told if told is not None else '-'}")
    return Exit.WELL


@app.command(epilog="Example: priorwire quarantine retry set_01example_1")
def retry(item: Item, actor: Actor = None, tenant: Tenant = "default", as_json: AsJson = False) -> int:
    """Have one thing read again by the same rules: after an upgrade, or when a guide was mended."""
    return _do(quarantine.retry, "It is due to be read again.", item, actor, tenant, as_json=as_json)


@app.command(epilog="Example: priorwire quarantine release file_01example")
def release(item: Item, actor: Actor = None, tenant: Tenant = "default", as_json: AsJson = False) -> int:
    """Have one thing read as far as it goes, although parts of it are missing. Look at it first."""
    return _do(quarantine.release, "It is due to be read as far as it goes.", item, actor, tenant, as_json=as_json)


@app.command(epilog="Example: priorwire quarantine dismiss set_01example_1 --actor ann")
def dismiss(item: Item, actor: Actor = None, tenant: Tenant = "default", as_json: AsJson = False) -> int:
    """End one thing that was dealt with elsewhere. Its bytes stay in the archive."""
    return _do(
        quarantine.dismiss, "It is out of quarantine; the archive keeps it.", item, actor, tenant, as_json=as_json
    )


def _do(
    act: Callable[[Store, Clock, TenantId, str, str], None],
    text: str,
    item: str,
    actor: str | None,
    tenant: str,
    *,
    as_json: bool,
) -> int:
    with opened() as (store, clock):
        act(store, clock, TenantId(tenant), item, who(actor))
    if as_json:
        sys.stdout.write(json.dumps({"id": item, "done": True}) + "\n")
    else:
        say(text)
    return Exit.WELL


def _line(each: quarantine.Quarantined) -> str:
    return f"{each.at:%Y-%m-%d %H:%M}  {each.kind:<4}  {each.id}  {each.endpoint_id}: {each.cause}"


def _plain(each: quarantine.Quarantined) -> dict[str, object]:
    return {
        "id": each.id,
        "kind": each.kind,
        "endpoint_id": each.endpoint_id,
        "cause": each.cause,
        "archive_id": each.archive_id,
        "failures": each.failures,
        "at": each.at.isoformat(),
    }
