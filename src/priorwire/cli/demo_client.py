"""The demo's practice: talks to the gateway by its public API, and looks over the payers' shoulder."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from priorwire.cli.demo_processes import DemoFailed
from priorwire.x12 import TransactionSet, read

#: A transaction as the API shows it.
View = dict[str, Any]
PATHS = {"eligibility": "eligibility-checks", "authorization": "authorizations"}


class Practice:
    """A practice's system: submits, reads, and completes work items."""

    def __init__(self, gateway: str, key: str, simulator: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._gateway = httpx2.Client(base_url=gateway, headers=headers, timeout=60, trust_env=False)
        self._simulator = httpx2.Client(base_url=simulator, timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._gateway.close()
        self._simulator.close()

    def submit(self, kind: str, request: dict[str, Any], idempotency_key: str) -> View:
        """Send a request; a payer that answers at once has answered when this returns."""
        headers = {"Idempotency-Key": idempotency_key}
        view: View = self._call("POST", f"/v1/{PATHS[kind]}", json=request, headers=headers)
        return view

    def read(self, view: View, *include: str) -> View:
        """The same transaction, as it stands now."""
        path = f"/v1/{PATHS[view['kind']]}/{view['id']}"
        found: View = self._call("GET", path, params={"include": list(include)})
        return found

    def complete(self, view: View, completion: dict[str, Any], document: Path) -> View:
        """Complete the transaction's open work item with what a person typed and saved."""
        (item,) = view["open_work_items"]
        attached = base64.b64encode(document.read_bytes()).decode("ascii")
        self._call("POST", f"/v1/work-items/{item}/complete", json={**completion, "attachments": [attached]})
        return self.read(view)

    def subscribe(self, url: str) -> str:
        """Have every change posted to `url`; the secret that signs."""
        return str(self._call("POST", "/v1/webhooks", json={"url": url})["secret"])

    def undelivered(self) -> int:
        """How many webhooks have not arrived yet."""
        return sum(each["state"] != "delivered" for each in self._call("GET", "/v1/webhooks/deliveries"))

    def unmatched(self) -> int:
        """How many answers could not be joined to a request."""
        return len(self._call("GET", "/v1/unmatched"))

    def payers_journal(self) -> list[dict[str, Any]]:
        """What reached the simulated payers, by their own account."""
        answer = self._simulator.get("/_control/journal").raise_for_status()
        entries: list[dict[str, Any]] = answer.json()["entries"]
        return entries

    def _call(self, method: str, path: str, **how: Any) -> Any:
        try:
            answer = self._gateway.request(method, path, **how)
        except httpx2.TransportError as error:
            raise DemoFailed(f"The gateway did not answer {method} {path} ({type(error).__name__}).") from None
        if not answer.is_success:
            problem = answer.json()
            faults = "".join(f"\n  {each['pointer']}: {each['detail']}" for each in problem.get("errors", []))
            raise DemoFailed(
                f"The gateway answered {method} {path} with {answer.status_code}: {problem['detail']}{faults}"
            )
        return answer.json()


def x12_of(view: View, direction: str) -> list[bytes]:
    """The interchanges of a transaction that was read with its messages, oldest first."""
    return [
        str(each["text"]).encode("latin-1")
        for each in view["messages"] or ()
        if each["direction"] == direction and each["content_type"] == "application/edi-x12"
    ]


def answers_in(view: View) -> list[dict[str, Any]]:
    """The messages of a transaction that came in, oldest first."""
    return [each for each in view["messages"] or () if each["direction"] == "in"]


def moment(text: str) -> datetime:
    """A time as the API writes it."""
    return datetime.fromisoformat(text)


def sets_in(payloads: list[bytes]) -> list[TransactionSet]:
    """The transaction sets of some interchanges."""
    return [event for payload in payloads for event in read(payload) if isinstance(event, TransactionSet)]
