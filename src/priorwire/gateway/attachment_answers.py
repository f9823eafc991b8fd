"""What an answer says of a document that was sent: acknowledgments are told by the control numbers of our message.

An answer to a document is never a decision: a 275 has none. What else comes back waits for a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from priorwire.errors import RemoteX12Error
from priorwire.gateway.arrived import Suggestion, UnmatchedRow
from priorwire.gateway.changes import GATEWAY, Task, ask_person
from priorwire.gateway.correlate import SAME_CALL
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.reading import SetRead, read_payload
from priorwire.gateway.rows import ArchiveRow, AuditRow, ExchangeRow, TransactionRow, WorkKind
from priorwire.mapping import AcknowledgmentSaid
from priorwire.model.lifecycle import AcknowledgmentEvent, AttachmentEvent


@dataclass(frozen=True, kw_only=True)
class Account:
    """What was read in an answer."""

    #: What acknowledges our message, the worst last.
    ours: tuple[AcknowledgmentSaid, ...] = ()
    #: Ordinals of interchange and set, and why it could not be joined.
    strangers: tuple[tuple[int, int, str], ...] = ()
    unreadable: str | None = None


#: From the weakest to the strongest: of several acknowledgments of one message the worst counts.
_WORSE = (
    AcknowledgmentEvent.INTERCHANGE_ACCEPTED,
    AcknowledgmentEvent.SET_ACCEPTED,
    AcknowledgmentEvent.SET_ACCEPTED_WITH_ERRORS,
    AcknowledgmentEvent.REJECTED,
)


def account_of(exchange: ExchangeRow, payload: bytes) -> Account:
    """Everything in the answer to `exchange`, placed."""
    ours: list[AcknowledgmentSaid] = []
    strangers: list[tuple[int, int, str]] = []
    unreadable = None
    try:
        for said in read_payload(payload):
            if not isinstance(said, SetRead):
                continue
            if said.acknowledgment is not None and _is_ours(exchange, said.acknowledgment):
                ours.append(said.acknowledgment)
            else:
                strangers.append((said.interchange, said.ordinal, _why_strange(said)))
    except RemoteX12Error as error:
        unreadable = error.message
    ours.sort(key=lambda each: _WORSE.index(each.event))
    return Account(ours=tuple(ours), strangers=tuple(strangers), unreadable=unreadable)


def _is_ours(exchange: ExchangeRow, said: AcknowledgmentSaid) -> bool:
    if said.interchange_number is not None:
        return said.interchange_number == exchange.interchange_number
    return said.group_number == exchange.group_number


def _why_strange(said: SetRead) -> str:
    if said.acknowledgment is not None:
        return "it acknowledges a control number that this call did not send"
    return f"a {said.kind} is no acknowledgment of a document"


def concluded(account: Account) -> tuple[AttachmentEvent, str]:
    """What it means for the document, and why, in words: codes and places only."""
    if not account.ours:
        why = account.unreadable or "what came back acknowledges nothing that this call sent"
        return AttachmentEvent.LOST_SIGHT, f"It may have arrived: {why}."
    worst = account.ours[-1]
    if worst.event is AcknowledgmentEvent.REJECTED:
        return AttachmentEvent.REFUSED, f"The payer's translator refused it{_found(worst)}."
    if worst.event is AcknowledgmentEvent.INTERCHANGE_ACCEPTED:
        return AttachmentEvent.TAKEN, "The interchange was accepted; nothing was said of the document's own form yet."
    if worst.event is AcknowledgmentEvent.SET_ACCEPTED_WITH_ERRORS:
        return AttachmentEvent.ACKNOWLEDGED, f"Accepted, with remarks{_found(worst)}."
    return AttachmentEvent.ACKNOWLEDGED, "The payer's system accepted it."


def _found(said: AcknowledgmentSaid) -> str:
    """Codes and places of what was found wrong."""
    shown = [
        f"{each.list} {each.code}" + (f" at {each.segment} {each.position}" if each.segment else "")
        for each in said.findings
    ]
    return f" ({', '.join(shown)})" if shown else ""


def keep_strangers(
    services: Services, uow: UnitOfWork, row: TransactionRow, archived: ArchiveRow, account: Account
) -> None:
    """What was joined to nothing waits for a person."""
    now = services.clock.now()
    for interchange, ordinal, why in account.strangers:
        kept = UnmatchedRow(
            id=services.ids.new("unm"),
            tenant=row.tenant,
            archive_id=archived.id,
            interchange=interchange,
            transaction_set=ordinal,
            reason=why,
            candidates=(Suggestion(transaction_id=row.id, score=0, agrees=(SAME_CALL,)),),
            at=now,
        )
        uow.unmatched.add(kept)
        uow.audit.append(
            AuditRow(at=now, tenant=row.tenant, actor=GATEWAY, action="answer.unmatched", subject=kept.id, detail=why)
        )
    if account.strangers:
        why = account.strangers[0][2]
        ask_person(
            services,
            uow,
            row,
            Task(
                kind=WorkKind.UNMATCHED_ANSWER,
                instructions=f"Something came back for a document and was joined to nothing: {why}. "
                "Read it (see the unmatched answers) and tell the payer, or record what it says.",
            ),
        )
