"""``queue``, ``pause``, ``resume``: what waits, and stopping what goes to a payer."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from priorwire.cli.exits import Exit
from priorwire.cli.operators import Actor, AsJson, say, who
from priorwire.errors import Fault, GuideError, InvalidRequest
from priorwire.gateway.endpoints_pausing import Done, Order, pause, resume
from priorwire.gateway.endpoints_queue import Line, Queue, queue
from priorwire.gateway.endpoints_state import ALL_ENDPOINTS, Circuit, EndpointRow
from priorwire.gateway.ports import Services
from priorwire.payers.durations import parse_duration

Endpoint = Annotated[
    str | None,
    typer.Argument(metavar="[ENDPOINT]", help="As 'priorwire queue' shows it: payer/route.", show_default=False),
]
Every = Annotated[bool, typer.Option("--all", help="The kill switch: every endpoint, those of guides to come too.")]

_TITLES = ("endpoint", "due", "held", "later", "waits", "oldest due", "next due", "state")


def add_to(root: typer.Typer) -> None:
    """Add these verbs."""
    root.command("queue", epilog="Example: priorwire queue --json")(show_queue)
    root.command(
        "pause", epilog='Example: priorwire pause northwind-health/core --until PT4H --reason "their release"'
    )(pause_endpoint)
    root.command("resume", epilog="Example: priorwire resume northwind-health/core")(resume_endpoint)


@contextmanager
def _opened(*, without_guides: bool = False) -> Iterator[Services]:
    """Everything that the use cases need; `without_guides` also where a guide has faults, and then with none."""
    from priorwire import bootstrap
    from priorwire.config import load_settings
    from priorwire.store import SqlStore

    settings = load_settings()
    try:
        services = bootstrap.make_services(settings)
    except GuideError:
        if not without_guides:
            raise
        with TemporaryDirectory() as empty:
            services = bootstrap.make_services(settings.model_copy(update={"companion_guides": Path(empty)}))
    try:
        yield services
    finally:
        if isinstance(services.store, SqlStore):
            services.store.close()


def show_queue(as_json: AsJson = False) -> int:
    """Show what waits: by endpoint, by kind of work, and before people; and which endpoints are paused or down.

    Ends with 2 where there is something to look at: an endpoint that is paused or down, an overdue work item,
    anything in quarantine, unmatched or without an owner.
    """
    with _opened() as services:
        found = queue(services)
    if as_json:
        sys.stdout.write(json.dumps(_plain_queue(found)) + "\n")
    else:
        _print_queue(found)
    return Exit.FINDINGS if _needs_a_look(found) else Exit.WELL


def pause_endpoint(
    reason: Annotated[str, typer.Option(help="Why, in a line, without a patient's data: it stands in the audit.")],
    endpoint: Endpoint = None,
    every: Every = False,
    until: Annotated[
        str | None,
        typer.Option(help="A moment (2026-12-01T18:00:00Z) or a span from now (PT4H). Unless given: no end."),
    ] = None,
    actor: Actor = None,
    as_json: AsJson = False,
) -> int:
    """Stop what leaves for an endpoint, or for all of them with --all. What comes in is read on.

    Nothing is lost or used up: what is due waits, goes by the payer's next way where its guide has one and nothing
    of it was sent yet, and people hear of what becomes overdue. Calls that are under way end by themselves.
    """
    with _opened(without_guides=every) as services:  # the kill switch works whatever else is broken
        now = services.clock.now()
        order = Order(endpoint_id=_which(endpoint, every=every), actor=who(actor), reason=reason)
        done = pause(services, order, _moment(until, now) if until is not None else None)
    end = f"until {_shown(done.row.paused_until)}" if done.row.paused_until else "until it is resumed"
    what = "Everything" if every else done.row.endpoint_id
    said = f"{what} is paused {end}. {done.moved} rows that were due wait. What comes in is read on."
    _tell(done, said, as_json=as_json)
    return Exit.WELL


def resume_endpoint(
    endpoint: Endpoint = None,
    every: Every = False,
    reason: Annotated[str, typer.Option(help="Why; stands in the audit.")] = "",
    actor: Actor = None,
    as_json: AsJson = False,
) -> int:
    """Take a pause back, or with --all the kill switch. An endpoint that is down is tried at once.

    Nothing that failed for good is repeated. What waits goes out spread over time, and as it stands by then. The kill
    switch and the pause of an endpoint are two things: each is taken back by itself.
    """
    with _opened() as services:
        order = Order(endpoint_id=_which(endpoint, every=every), actor=who(actor), reason=reason)
        done = resume(services, order)
    what = "The kill switch" if every else done.row.endpoint_id
    said = f"{what} is off." if every else f"{what} takes messages again."
    if not done.changed:
        said = f"{what} was not on." if every else f"{what} was neither paused nor down."
    still = "all of them by the kill switch" if ALL_ENDPOINTS in done.still_paused else ", ".join(done.still_paused)
    rest = f" Still paused: {still}." if done.still_paused else ""
    _tell(done, f"{said} {done.moved} rows that waited go out, one after the other.{rest}", as_json=as_json)
    return Exit.WELL


def _which(endpoint: str | None, *, every: bool) -> str:
    if (endpoint is None) is not every:
        raise typer.BadParameter("name one endpoint, or give --all for every one")
    return endpoint or ALL_ENDPOINTS


def _moment(said: str, now: datetime) -> datetime:
    """A span from now, or a moment with its time zone. Raises InvalidRequest."""
    try:
        if said.startswith("P"):
            return now + parse_duration(said)
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    detail = "A moment with its time zone (2026-12-01T18:00:00Z), or a span from now (PT4H)."
    raise InvalidRequest((Fault(pointer="/until", code="moment", detail=detail),))


def _tell(done: Done, sentence: str, *, as_json: bool) -> None:
    if as_json:
        plain = _plain_state(done.row) | {
            "changed": done.changed,
            "moved": done.moved,
            "still_paused": list(done.still_paused),
        }
        sys.stdout.write(json.dumps(plain) + "\n")
    else:
        say(sentence)


def _needs_a_look(found: Queue) -> bool:
    ails = any(each.is_paused or each.circuit is not Circuit.CLOSED for each in found.endpoints)
    counts = found.overdue_work_items, found.quarantined, found.unmatched, found.without_owner
    return ails or found.all_paused is not None or any(counts)


def _print_queue(found: Queue) -> None:
    if found.all_paused is not None:
        say(f"ALL SENDING IS STOPPED: {_why(found.all_paused)}")
    width = max([len("endpoint"), *(len(each.endpoint_id) for each in found.endpoints)])
    say(_row(width, _TITLES))
    for each in found.endpoints:
        counts = (str(count) for count in (each.due, each.held, each.later, each.waits))
        cells = (each.endpoint_id, *counts, _shown(each.oldest_due_at), _shown(each.next_due_at), _standing(each))
        say(_row(width, cells))
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.kinds.items()) or "nothing"
    say(f"\nBy kind: {kinds}.")
    say(
        f"Before people: {found.open_work_items} open work items, {found.overdue_work_items} of them overdue; "
        f"{found.quarantined} in quarantine, {found.unmatched} unmatched."
    )
    orphans = ", ".join(f"{count} {subject}" for subject, count in found.without_owner.items()) or "nothing"
    say(f"Without an owner: {orphans}.")


def _row(width: int, cells: Sequence[str]) -> str:
    """A line of the table. Not Rich's, which shortens what does not fit: the end of a reason may be what matters."""
    name, due, held, later, waits, oldest, following, state = cells
    return f"{name:<{width}}  {due:>7}  {held:>5}  {later:>7}  {waits:>7}  {oldest:<20}  {following:<20}  {state}"


def _standing(line: Line) -> str:
    if line.is_paused_by_name:
        return f"paused {_why(line.state)}"
    if line.is_paused:
        return "paused with all"
    if line.circuit is Circuit.CLOSED:
        failed = f" ({line.state.failures} failures in a row)" if line.state.failures else ""
        is_endpoint = "/" in line.endpoint_id  # what is not is our own: subscribers, the sweep
        return ("ok" if line.is_known or not is_endpoint else "no guide") + failed
    if line.circuit is Circuit.HALF_OPEN:
        return f"down, being tried ({line.state.failures} failures in a row)"
    return f"down until {_shown(line.state.open_until)} ({line.state.failures} failures in a row)"


def _why(row: EndpointRow) -> str:
    end = f" until {_shown(row.paused_until)}" if row.paused_until else ""
    return f"since {_shown(row.paused_at)}{end} by {row.paused_by}: {row.pause_reason}"


def _shown(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%SZ") if moment is not None else "-"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _plain_state(row: EndpointRow) -> dict[str, object]:
    return {
        "endpoint": row.endpoint_id,
        "paused_at": _iso(row.paused_at),
        "paused_until": _iso(row.paused_until),
        "paused_by": row.paused_by,
        "reason": row.pause_reason,
        "failures": row.failures,
        "first_failed_at": _iso(row.first_failed_at),
        "last_failed_at": _iso(row.last_failed_at),
        "down_until": _iso(row.open_until),
    }


def _plain_line(line: Line) -> dict[str, object]:
    return _plain_state(line.state) | {
        "known": line.is_known,
        "paused": line.is_paused,
        "circuit": line.circuit.value,
        "due": line.due,
        "held": line.held,
        "later": line.later,
        "waits": line.waits,
        "oldest_due_at": _iso(line.oldest_due_at),
        "next_due_at": _iso(line.next_due_at),
    }


def _plain_queue(found: Queue) -> dict[str, object]:
    return {
        "at": found.at.isoformat(),
        "all_paused": _plain_state(found.all_paused) if found.all_paused is not None else None,
        "endpoints": [_plain_line(each) for each in found.endpoints],
        "kinds": dict(found.kinds),
        "work_items": {"open": found.open_work_items, "overdue": found.overdue_work_items},
        "quarantined": found.quarantined,
        "unmatched": found.unmatched,
        "without_owner": dict(found.without_owner),
    }
