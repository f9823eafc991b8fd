"""``db``: the store: make it, bring it up to date, give out keys, check the audit chain."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console

from priorwire.cli.exits import Exit
from priorwire.clock import RandomIds
from priorwire.gateway.api_keys import SCOPES, issue_key
from priorwire.model.identifiers import TenantId

app = typer.Typer(no_args_is_help=True, help="The store: make it, bring it up to date, give out keys, check it.")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Tenant = Annotated[str, typer.Option(help="Whose.")]


def _say(text: str, plain: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(plain) + "\n")
    else:
        Console(highlight=False).print(text, markup=False, soft_wrap=True)


@app.command(epilog="Example: priorwire db init")
def init(as_json: AsJson = False) -> int:
    """Make the key ring and the schema where they are missing. Safe to repeat."""
    from priorwire import bootstrap
    from priorwire.config import load_settings

    settings = load_settings()
    bootstrap.initialize(settings).close()
    text = f"Ready. The key ring is {settings.key_ring_path}: without it nothing stored can be read, so back it up."
    _say(text, {"key_ring": str(settings.key_ring_path), "ready": True}, as_json=as_json)
    return Exit.WELL


@app.command(epilog="Example: priorwire db upgrade")
def upgrade(as_json: AsJson = False) -> int:
    """Bring the schema up to date."""
    from priorwire import bootstrap
    from priorwire.config import load_settings

    with closing(bootstrap.make_store(load_settings())) as store:
        store.upgrade()
    _say("The schema is up to date.", {"up_to_date": True}, as_json=as_json)
    return Exit.WELL


@app.command(epilog="Example: priorwire db key --tenant default --name front-desk")
def key(
    name: Annotated[str, typer.Option(help="Who uses it; stands in the audit.")] = "practice",
    tenant: Tenant = "default",
    as_json: AsJson = False,
) -> int:
    """Make an API key with every scope, and show it this once."""
    from priorwire import bootstrap
    from priorwire.config import load_settings

    settings = load_settings()
    clock = bootstrap.make_clock(settings)
    with closing(bootstrap.make_store(settings)) as store:
        secret = issue_key(store, clock, RandomIds(clock), tenant=TenantId(tenant), name=name, scopes=SCOPES)
    _say(secret, {"key": secret, "tenant": tenant, "name": name}, as_json=as_json)
    return Exit.WELL


@app.command(epilog="Example: priorwire db audit --tenant default")
def audit(tenant: Tenant = "default", as_json: AsJson = False) -> int:
    """Check the audit chain: whether any row was changed, removed or added behind the gateway's back."""
    from priorwire import bootstrap
    from priorwire.config import load_settings

    with closing(bootstrap.make_store(load_settings())) as store:
        verdict = store.verify_audit(TenantId(tenant))
    whole = verdict.broken_at is None
    text = f"The audit chain is whole: {verdict.links} links."
    if not whole:
        text = f"The audit chain is BROKEN at link {verdict.broken_at}: {verdict.reason}"
    _say(text, {"whole": whole, "links": verdict.links, "broken_at": verdict.broken_at}, as_json=as_json)
    return Exit.WELL if whole else Exit.FINDINGS


@app.command(epilog="Example: priorwire db payers")
def payers(as_json: AsJson = False) -> int:
    """List the companion guides that are installed."""
    from priorwire.config import load_settings
    from priorwire.payers import load_profiles

    settings = load_settings()
    profiles = load_profiles(settings.companion_guides, settings.names)
    plain: dict[str, object] = {
        each.id: {"name": each.name, "routes": [f"{route.id} ({route.channel.value})" for route in each.routes]}
        for each in profiles.values()
    }
    lines = (
        f"{each.id:<24} {each.name}: {', '.join(r.channel.value for r in each.routes)}" for each in profiles.values()
    )
    _say("\n".join(lines), plain, as_json=as_json)
    return Exit.WELL


@app.command(epilog="Example: priorwire db diagrams > docs/reference/lifecycle.md")
def diagrams(as_json: AsJson = False) -> int:
    """Draw the lifecycle's tables as the page docs/reference/lifecycle.md."""
    from priorwire.model.lifecycle_diagrams import diagrams as draw

    page = draw()
    if as_json:
        sys.stdout.write(json.dumps({"page": page}) + "\n")
    else:
        sys.stdout.write(page)
    return Exit.WELL
