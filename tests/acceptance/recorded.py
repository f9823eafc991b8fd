"""Plays a story of `sample_transactions/` through the real gateway in this process, and keeps every byte.

Real: use cases, engine's steps, store (SQLite), mapping, the companion guides, the fax packet, the
portal's worksheet, the simulated payers. Not real: the wire (a call in place of HTTP and SMTP), the
clock (stands still until moved) and the identifiers (seeded with the story's number). So the same
request gives the same bytes in every run, which is what makes the folders comparable byte for byte.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pypdf import PdfReader

from priorwire.api.present import transaction_out
from priorwire.api.schemas.requests import AuthorizationIn, CompletionIn, EligibilityIn
from priorwire.channels import EFax, Portal, SmtpSettings
from priorwire.clock import FixedClock, SeededIds
from priorwire.gateway import queries
from priorwire.gateway.acknowledging import acknowledge_payload
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.fax_status import FaxStatus, note_fax_status
from priorwire.gateway.follow_up import follow_up
from priorwire.gateway.intake import Command
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import AnyRequest, Direction, DueKind
from priorwire.gateway.submit import submit_authorization
from priorwire.gateway.ways import (
    Accepted,
    Final,
    Message,
    SendOutcome,
    Uncertain,
)
from priorwire.gateway.work_items import Attachment, Completion, complete
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.identifiers import TenantId, TransactionId, WorkItemId
from priorwire.payers import load_profiles
from priorwire.payers.profile import ChannelKind, Environment
from priorwire.simulator import Journal, Simulator
from priorwire.store import KeyRing, SqlStore, Vault

ROOT = Path(__file__).parents[2]
STORIES = ROOT / "sample_transactions"
TENANT = TenantId("example-practice")
#: Those that are played: a folder without a request is a notice, which nobody plays.
PLAYED = sorted(each.parent for each in STORIES.glob("*/request.json"))
#: When every story begins.
BEGINS = datetime(2026, 12, 1, 15, tzinfo=UTC)
#: How long after its submission, and after each look since then, a story is looked at again.
LOOKS = {
    "04-pended-then-approved": (timedelta(hours=4, minutes=24), timedelta(days=2)),
    "08-connection-dropped": (timedelta(seconds=99),),
}
X12 = "application/edi-x12"


class OnTheSpot:
    """A channel for X12 that calls the simulated payers in place of the network."""

    def __init__(self, kind: ChannelKind, simulator: Simulator) -> None:
        self.kind = kind
        self._simulator = simulator

    def send(self, message: Message) -> SendOutcome:
        exchange = self._simulator.exchange(message.payload, self.kind.value)
        if exchange.mishap is not None:
            return Uncertain(detail="the connection ended before an answer came")
        return Final(payload=exchange.payload, simulated=True)


class OnTheSpotFax(EFax):
    """Renders the real packet, and takes every mail."""

    def send(self, message: Message) -> SendOutcome:
        return Accepted(remote_id=message.payload_id, simulated=True)


@dataclass(kw_only=True)
class Played:
    """What a story left behind."""

    #: The state as the API shows it, of each submission.
    views: list[dict[str, object]] = field(default_factory=list)
    #: Payloads of each submission in order, with their direction and content type.
    messages: list[list[tuple[Direction, str, bytes]]] = field(default_factory=list)
    #: Every version of the record of the last submission.
    journal: Journal = field(default_factory=Journal)

    def x12(self, direction: Direction, submission: int = 0) -> list[bytes]:
        """The interchanges of a submission."""
        return [data for way, kind, data in self.messages[submission] if way is direction and kind == X12]


@contextmanager
def gateway(folder: Path, seed: int, simulator: Simulator, clock: FixedClock) -> Iterator[Services]:
    """A gateway on a fresh SQLite file in `folder`."""
    store = SqlStore(f"sqlite:///{folder / 'story.db'}", Vault(KeyRing.generate()), clock)
    store.upgrade()
    names = {"simulator_url": "http://127.0.0.1:9", "simulator_smtp": "smtp://127.0.0.1:9"}
    channels = (
        OnTheSpot(ChannelKind.CORE_SOAP, simulator),
        OnTheSpot(ChannelKind.REST_X12, simulator),
        OnTheSpotFax({}, SmtpSettings()),
        Portal(),
    )
    try:
        yield Services(
            store=store,
            clock=clock,
            ids=SeededIds(seed),
            profiles=load_profiles(ROOT / "companion_guides", names),
            channels={each.kind: each for each in channels},
            webhook_transport=_NobodyListens(),
            environment=Environment.TEST,
        )
    finally:
        store.close()


class _NobodyListens:
    def post(self, url: str, headers: object, body: bytes) -> int:
        return 0


def play(story: Path, scratch: Path) -> Played:
    """Play the story in `story`, with a database in `scratch`."""
    clock = FixedClock(BEGINS)
    played = Played()
    simulator = Simulator(clock=clock, journal=played.journal)
    with gateway(scratch, int(story.name[:2]), simulator, clock) as services:
        first = _submit(services, story / "request.json")
        for wait in LOOKS.get(story.name, ()):
            clock.advance(wait)
            _look(services, first)
        submissions = [first]
        if (story / "corrected.json").exists():
            submissions.append(_submit(services, story / "corrected.json", corrects=first))
        _outside(services, story, submissions[-1])
        for each in submissions:
            _keep(services, each, played)
    return played


def request_of(path: Path) -> AnyRequest:
    """A request as the API reads it."""
    text = path.read_text(encoding="utf-8")
    if "eligibility" in path.parent.name:
        return EligibilityIn.model_validate_json(text).to_model()
    return AuthorizationIn.model_validate_json(text).to_model()


def _submit(services: Services, path: Path, corrects: TransactionId | None = None) -> TransactionId:
    command = Command(tenant=TENANT, actor="front desk", request=request_of(path), corrects=corrects)
    if isinstance(command.request, AuthorizationRequest):
        return submit_authorization(services, command).row.id
    return check_eligibility(services, command).row.id


def _look(services: Services, transaction: TransactionId) -> None:
    now = services.clock.now()
    with services.store.work(TENANT) as uow:
        row = uow.transactions.get(transaction)
        lease = uow.due.take(DueKind.TRANSACTION, row.id, row.endpoint_id, now + services.lease)
    follow_up(services, lease)


def _outside(services: Services, story: Path, transaction: TransactionId) -> None:
    """What others do: the carrier confirms a fax, a person completes a work item."""
    row = queries.transaction(services, TENANT, transaction).row
    if row.channel is ChannelKind.EFAX:
        report = FaxStatus(reference=row.reference, final=True, delivered=True, pages=2, error=None)
        note_fax_status(services, report)
    if row.channel is ChannelKind.PORTAL:
        (item,) = queries.work_items(services, TENANT)
        entered = CompletionIn.model_validate_json((story / "completion.json").read_text(encoding="utf-8"))
        document = Attachment(payload=(story / "confirmation.pdf").read_bytes())
        complete(
            services,
            Completion(
                tenant=TENANT,
                actor="front desk",
                work_item_id=WorkItemId(item.id),
                attachments=(document,),
                **entered.model_dump(exclude={"attachments"}),
            ),
        )


def _keep(services: Services, transaction: TransactionId, played: Played) -> None:
    view = queries.transaction(services, TENANT, transaction, raw=True)
    played.views.append(transaction_out(view).model_dump(mode="json"))
    played.messages.append([(m.archived.direction, m.archived.content_type, m.payload) for m in view.messages])


# ---------------------------------------------------------------- files of a folder


def files_of(played: Played) -> dict[str, bytes]:
    """The files that a story's folder holds beside what people wrote."""
    files: dict[str, bytes] = {}
    for submission, _ in enumerate(played.messages):
        prefix = "corrected_" if submission else ""
        files |= _x12_files(played, submission, prefix)
    for way, kind, data in played.messages[0]:
        if way is Direction.OUT and kind == "application/pdf":
            files["packet.txt"] = pages_of(data)
    return files


def _x12_files(played: Played, submission: int, prefix: str) -> dict[str, bytes]:
    out = played.x12(Direction.OUT, submission)
    back = played.x12(Direction.IN, submission)
    if not out:
        return {}
    files = {f"{prefix}outbound.x12": out[0]}
    if len(back) == len(out):
        files[f"{prefix}response.x12"] = back[0]
    if len(out) > 1:
        # A story looked at twice keeps the look that brought the decision.
        files |= {f"{prefix}inquiry.x12": out[-1], f"{prefix}inquiry_response.x12": back[-1]}
    files[f"{prefix}ack.x12"] = acknowledge_payload(back[-1], BEGINS).payload
    return files


def pages_of(document: bytes) -> bytes:
    """The text of a PDF, page by page."""
    pages = [page.extract_text().strip() for page in PdfReader(io.BytesIO(document)).pages]
    return "".join(f"--- page {number} ---\n{text}\n" for number, text in enumerate(pages, 1)).encode()


def expected_of(story: Path, played: Played) -> dict[str, object]:
    """The content of ``expected.json``: the row of the demo's table, and the record."""
    view = played.views[-1]
    record = view["record"] if isinstance(view["record"], dict) else {}
    counted = {way: sum(len(played.x12(way, n)) for n, _ in enumerate(played.messages)) for way in Direction}
    route = view["route"]
    assert isinstance(route, dict)
    outcome = {
        "story": story.name,
        "kind": view["kind"],
        "status": view["status"],
        "authorization_number": record.get("authorization_number"),
        "administrative_reference": record.get("administrative_reference"),
        "channel": route["channel"],
        "evidence": view["evidence"],
        "outbound_sets": counted[Direction.OUT],
        "inbound_sets": counted[Direction.IN],
    }
    return {"outcome": outcome, "record": view["record"]}


def as_text(content: dict[str, object]) -> bytes:
    """JSON as it is kept in the folders."""
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
