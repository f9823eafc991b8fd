"""``submit`` and ``status``: a practice's side of the API, from the command line."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from priorwire.cli.exits import Exit
from priorwire.cli.files import read_input

if TYPE_CHECKING:
    from httpx2 import Response as Answer

Url = Annotated[str, typer.Option(envvar="PRIORWIRE_URL", help="Address of a running gateway.")]
Key = Annotated[str, typer.Option(envvar="PRIORWIRE_API_KEY", help="An API key ('priorwire db key' makes one).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the gateway's answer as JSON.")]
DEFAULT_URL = "http://127.0.0.1:8470"
_PATHS = {"elig": "eligibility-checks", "auth": "authorizations", "work": "work-items"}


def add_to(app: typer.Typer) -> None:
    """Add these verbs."""
    app.command("submit", epilog="Example: priorwire submit request.json --idempotency-key visit-1042")(submit)
    app.command("attach", epilog="Example: priorwire attach auth_01j… report.pdf --announced 0")(attach)
    app.command("status", epilog="Example: priorwire status auth_01j…")(status)


def submit(
    file: Annotated[str, typer.Argument(help="A request as JSON; - for standard input.")],
    key: Key,
    url: Url = DEFAULT_URL,
    eligibility: Annotated[bool, typer.Option(help="Ask about coverage instead of submitting for review.")] = False,
    idempotency_key: Annotated[str | None, typer.Option(help="Makes repeating this command harmless.")] = None,
    as_json: AsJson = False,
) -> int:
    """Send a request to the gateway and show what the payer said."""
    path = _PATHS["elig" if eligibility else "auth"]
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    headers["Content-Type"] = "application/json"
    return _show(_call("POST", f"{url}/v1/{path}", key, read_input(file), headers), as_json=as_json)


def attach(
    transaction_id: Annotated[str, typer.Argument(metavar="ID", help="An authorization's id.")],
    file: Annotated[str, typer.Argument(help="A PDF, PNG or JPEG file; - for standard input.")],
    key: Key,
    url: Url = DEFAULT_URL,
    announced: Annotated[int | None, typer.Option(help="Which announcement of the request it is, from 0.")] = None,
    control_number: Annotated[str | None, typer.Option(help="The number that it goes under.")] = None,
    report_type: Annotated[str | None, typer.Option(help="Report type that was announced or asked for.")] = None,
    loinc: Annotated[str | None, typer.Option(help="LOINC code of the payer's question.")] = None,
    text: Annotated[bool, typer.Option("--text", help="The file is plain text.")] = False,
    idempotency_key: Annotated[str | None, typer.Option(help="Makes repeating this command harmless.")] = None,
    as_json: AsJson = False,
) -> int:
    """Send a document to a review: one that the request announced, or that the payer asks for."""
    content = read_input(file)
    document = {"text": content.decode("utf-8", "replace")} if text else {"content": b64encode(content).decode("ascii")}
    named = {"announced": announced, "control_number": control_number, "report_type": report_type, "loinc": loinc}
    body = json.dumps(document | {name: value for name, value in named.items() if value is not None})
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    headers["Content-Type"] = "application/json"
    path = f"{url}/v1/authorizations/{transaction_id}/attachments"
    return _show(_call("POST", path, key, body.encode(), headers), as_json=as_json)


def status(
    transaction_id: Annotated[str, typer.Argument(metavar="ID", help="An id that 'submit' printed.")],
    key: Key,
    url: Url = DEFAULT_URL,
    x12: Annotated[bool, typer.Option(help="Add every message as it left or came.")] = False,
    as_json: AsJson = False,
) -> int:
    """Show where a transaction stands."""
    path = _PATHS.get(transaction_id.partition("_")[0])
    if path is None:
        raise typer.BadParameter("An id begins with auth_, elig_ or work_.")
    query = "?include=x12" if x12 else ""
    return _show(_call("GET", f"{url}/v1/{path}/{transaction_id}{query}", key), as_json=as_json)


def _call(method: str, url: str, key: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    import httpx2

    sent = {"Authorization": f"Bearer {key}", **(headers or {})}
    try:
        return httpx2.request(method, url, content=body, headers=sent, timeout=120)
    except httpx2.TransportError as error:
        raise typer.BadParameter(
            f"No gateway answers there ({type(error).__name__}). Is 'priorwire serve' running?"
        ) from None


def _show(answer: Answer, *, as_json: bool) -> int:
    body = answer.json()
    if as_json:
        sys.stdout.write(json.dumps(body) + "\n")
    elif answer.is_success:
        _show_state(Console(highlight=False), body)
    else:
        _show_problem(Console(stderr=True, highlight=False), body)
    return _code(answer, body)


def _code(answer: Answer, body: dict[str, Any]) -> int:
    if answer.is_success:
        return Exit.WELL
    slug = str(body.get("type", "")).rpartition(":")[2]
    return {
        "safety-refusal": Exit.REFUSED,
        "conflict": Exit.REFUSED,
        "no-route": Exit.NO_ROUTE,
        "unknown-payer": Exit.NO_ROUTE,
    }.get(slug, Exit.FINDINGS if body.get("errors") else Exit.FAULT)


def _show_state(console: Console, body: dict[str, Any]) -> None:
    record = body.get("record") or {}
    lines = {
        "id": body["id"],
        "status": body.get("status") or body.get("state"),
        "ended": "what was approved is over" if body.get("review") == "expired" else None,
        "authorization number": record.get("authorization_number"),
        "payer's tracking number": record.get("administrative_reference"),
        "authorization required": body.get("authorization_required"),
        "evidence": body.get("evidence"),
        "simulated": "yes: no real payer has seen this" if body.get("simulated") else None,
        "delivery": body.get("delivery"),
        "reason": body.get("detail"),
        "open work items": ", ".join(body.get("open_work_items", [])),
        "instructions": body.get("instructions"),
    }
    for name, value in lines.items():
        if value:
            console.print(f"{name:>24}  {value}", markup=False, soft_wrap=True)


def _show_problem(console: Console, body: dict[str, Any]) -> None:
    console.print(f"priorwire: {body.get('detail', 'The gateway refused.')}", markup=False, soft_wrap=True)
    for fault in body.get("errors", []):
        console.print(f"  {fault['pointer'] or '/'}  {fault['detail']} [{fault['code']}]", markup=False, soft_wrap=True)
