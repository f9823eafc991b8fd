"""The lifecycle, as tables. This module holds nothing else.

Theory of operation
-------------------

A transaction (one submission to a payer) is in one state of each of three small machines:

* **delivery**: did our message leave, and do we know what became of it?
* **acknowledgment**: what did the other side's computers say of its form?
* **review**: what did the reviewer say of its substance?

and belongs to one **case**, the practice's need for a service, whatever the channel. Four
small machines instead of one with the product of their states; where one pulls another
along stands in `COUPLING`.

A table maps state → event → next state. A missing entry is an illegal move: `advance`
raises `IllegalTransition`. Each state's comment says who moves a row out of it, and by when.

Rules for editing: a state that a stored row may hold is never renamed; a new edge needs a
test; the diagrams of `docs/reference/lifecycle.md` are generated from here
(`priorwire db diagrams`) and a test fails while they are stale.

Not in the tables: when a row is looked at next (`next_due_at`, gateway/follow_up), how sure
a fact is (`model/evidence`), and the status of a 271, which is read once and never moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from priorwire.errors import IllegalTransition
from priorwire.model.authorization import ReviewStatus


class Delivery(Enum):
    """Did our message leave?"""

    #: Nothing sent. The process that took the request, or the dispatcher when due, moves it on.
    READY = "ready"
    #: Bytes and numbers are stored, the call may be under way. Its process, within one lease; then the dispatcher.
    SENDING = "sending"
    #: It may have arrived. Only an inquiry's answer or a person moves it on; it is never sent again from here.
    UNCERTAIN = "uncertain"
    #: The other side took it and will answer later. The dispatcher asks on the payer's cadence.
    ACCEPTED = "accepted"
    #: The other side's answer is here. Nobody: the end.
    FINAL = "final"
    #: The other side refused to take it. A person, who corrects and submits anew.
    REFUSED = "refused"
    #: It waits for a person at a portal (or with a telephone). That person, by the work item's due time.
    WITH_PERSON = "with_person"


class DeliveryEvent(Enum):
    """What happened to our message."""

    SEND_BEGAN = "send_began"
    NOT_SENT = "not_sent"
    ANSWERED = "answered"
    TAKEN = "taken"
    REFUSED = "refused"
    LOST_SIGHT = "lost_sight"
    FOUND = "found"
    HANDED_OVER = "handed_over"
    PERSON_REPORTED = "person_reported"


class Acknowledgment(Enum):
    """What the other side's computers said of our message's form."""

    #: None yet. The dispatcher marks it overdue when the payer's window has passed.
    NONE = "none"
    #: A TA1 accepted the interchange. A 999, or the answer itself.
    INTERCHANGE_ACCEPTED = "interchange_accepted"
    #: A 999 accepted the set. Nobody needs to.
    ACCEPTED = "accepted"
    #: A 999 accepted it with errors. Nobody needs to; the findings are kept.
    ACCEPTED_WITH_ERRORS = "accepted_with_errors"
    #: A TA1 or 999 rejected it: the reviewer never saw it. A person, who corrects and submits anew.
    REJECTED = "rejected"
    #: None came in time. A late acknowledgment, or a person.
    OVERDUE = "overdue"


class AcknowledgmentEvent(Enum):
    """An acknowledgment that came, or did not."""

    INTERCHANGE_ACCEPTED = "interchange_accepted"
    SET_ACCEPTED = "set_accepted"
    SET_ACCEPTED_WITH_ERRORS = "set_accepted_with_errors"
    REJECTED = "rejected"
    WINDOW_PASSED = "window_passed"


class Review(Enum):
    """Where the review stands."""

    #: Sent or about to be; nothing said yet. The payer; we ask on its cadence.
    SUBMITTED = "submitted"
    #: The payer has it and has not decided. The payer; we ask on its cadence.
    PENDED = "pended"
    #: Decided in full. Expires with its last day; a later decision supersedes it.
    APPROVED = "approved"
    #: Decided, differently from what was asked. As `APPROVED`.
    APPROVED_MODIFIED = "approved_modified"
    #: Some lines decided for, some against. As `APPROVED`.
    PARTIALLY_APPROVED = "partially_approved"
    #: Decided against. A person: appeal, or change the plan of treatment.
    DENIED = "denied"
    #: Withdrawn. Nobody: the end.
    CANCELLED = "cancelled"
    #: The payer wants a call. A person, from the work list.
    CONTACT_PAYER = "contact_payer"
    #: The payer says none is needed. Nobody: the end; never counted as an approval.
    NOT_REQUIRED = "not_required"
    #: Never reviewed: refused as it stood. A person, who corrects and submits anew.
    REJECTED = "rejected"
    #: The answer decides nothing. A person, from the work list.
    UNKNOWN = "unknown"
    #: The certification's last day has passed. A person: renew, or close.
    EXPIRED = "expired"
    #: A later submission took its place. Nobody: the end.
    SUPERSEDED = "superseded"


class CaseState(Enum):
    """Where the practice's need stands."""

    #: Being written. Its author.
    DRAFT = "draft"
    #: Something that the payer needs is missing. Its owner.
    INCOMPLETE = "incomplete"
    #: Complete and not sent. The person who releases it.
    READY = "ready"
    #: A message is on its way. The gateway.
    IN_FLIGHT = "in_flight"
    #: The payer has it. The payer; the gateway asks.
    WAITING = "waiting"
    #: A person must act. Its owner, by the work item's due time.
    NEEDS_ATTENTION = "needs_attention"
    #: The payer decided. Closes when the service billed matches, or by a person with a reason.
    DECIDED = "decided"
    #: An appeal is under way. Its owner.
    APPEALING = "appealing"
    #: Closed. A person may open it again.
    CLOSED = "closed"



DELIVERY: Mapping[Delivery, Mapping[DeliveryEvent, Delivery]] = {
    Delivery.READY: {
        DeliveryEvent.SEND_BEGAN: Delivery.SENDING,
        DeliveryEvent.HANDED_OVER: Delivery.WITH_PERSON,
    },
    Delivery.SENDING: {
        DeliveryEvent.NOT_SENT: Delivery.READY,  # proved: no byte of it left
        DeliveryEvent.ANSWERED: Delivery.FINAL,
        DeliveryEvent.TAKEN: Delivery.ACCEPTED,
        DeliveryEvent.REFUSED: Delivery.REFUSED,
        DeliveryEvent.LOST_SIGHT: Delivery.UNCERTAIN,
        DeliveryEvent.HANDED_OVER: Delivery.WITH_PERSON,
    },
    Delivery.UNCERTAIN: {
        DeliveryEvent.FOUND: Delivery.ACCEPTED,
        DeliveryEvent.ANSWERED: Delivery.FINAL,
        DeliveryEvent.REFUSED: Delivery.REFUSED,
        DeliveryEvent.HANDED_OVER: Delivery.WITH_PERSON,
    },
    Delivery.ACCEPTED: {
        DeliveryEvent.ANSWERED: Delivery.FINAL,
        DeliveryEvent.FOUND: Delivery.ACCEPTED,
        DeliveryEvent.REFUSED: Delivery.REFUSED,
        DeliveryEvent.HANDED_OVER: Delivery.WITH_PERSON,
    },
    Delivery.WITH_PERSON: {
        DeliveryEvent.PERSON_REPORTED: Delivery.FINAL,
        DeliveryEvent.ANSWERED: Delivery.FINAL,
    },
    Delivery.FINAL: {DeliveryEvent.ANSWERED: Delivery.FINAL},  # a later, unsolicited answer to the same request
    Delivery.REFUSED: {DeliveryEvent.ANSWERED: Delivery.FINAL},  # it was taken after all
}

ACKNOWLEDGMENT: Mapping[Acknowledgment, Mapping[AcknowledgmentEvent, Acknowledgment]] = {
    Acknowledgment.NONE: {
        AcknowledgmentEvent.INTERCHANGE_ACCEPTED: Acknowledgment.INTERCHANGE_ACCEPTED,
        AcknowledgmentEvent.SET_ACCEPTED: Acknowledgment.ACCEPTED,
        AcknowledgmentEvent.SET_ACCEPTED_WITH_ERRORS: Acknowledgment.ACCEPTED_WITH_ERRORS,
        AcknowledgmentEvent.REJECTED: Acknowledgment.REJECTED,
        AcknowledgmentEvent.WINDOW_PASSED: Acknowledgment.OVERDUE,
    },
    Acknowledgment.INTERCHANGE_ACCEPTED: {
        AcknowledgmentEvent.INTERCHANGE_ACCEPTED: Acknowledgment.INTERCHANGE_ACCEPTED,
        AcknowledgmentEvent.SET_ACCEPTED: Acknowledgment.ACCEPTED,
        AcknowledgmentEvent.SET_ACCEPTED_WITH_ERRORS: Acknowledgment.ACCEPTED_WITH_ERRORS,
        AcknowledgmentEvent.REJECTED: Acknowledgment.REJECTED,
        AcknowledgmentEvent.WINDOW_PASSED: Acknowledgment.OVERDUE,
    },
    Acknowledgment.OVERDUE: {
        AcknowledgmentEvent.INTERCHANGE_ACCEPTED: Acknowledgment.INTERCHANGE_ACCEPTED,
        AcknowledgmentEvent.SET_ACCEPTED: Acknowledgment.ACCEPTED,
        AcknowledgmentEvent.SET_ACCEPTED_WITH_ERRORS: Acknowledgment.ACCEPTED_WITH_ERRORS,
        AcknowledgmentEvent.REJECTED: Acknowledgment.REJECTED,
    },
    # The same acknowledgment may come twice (a re-posted file): it then changes nothing.
    Acknowledgment.ACCEPTED: {
        AcknowledgmentEvent.INTERCHANGE_ACCEPTED: Acknowledgment.ACCEPTED,
        AcknowledgmentEvent.SET_ACCEPTED: Acknowledgment.ACCEPTED,
    },
    Acknowledgment.ACCEPTED_WITH_ERRORS: {
        AcknowledgmentEvent.INTERCHANGE_ACCEPTED: Acknowledgment.ACCEPTED_WITH_ERRORS,
        AcknowledgmentEvent.SET_ACCEPTED_WITH_ERRORS: Acknowledgment.ACCEPTED_WITH_ERRORS,
    },
    Acknowledgment.REJECTED: {AcknowledgmentEvent.REJECTED: Acknowledgment.REJECTED},
}

_OUTCOMES: Mapping[ReviewStatus, Review] = {status: Review(status.value) for status in ReviewStatus}

#: A decision may be followed by any other: payers reverse themselves, and a late answer is
#: appended, never dropped. Only a superseded or cancelled review takes no further decision.
REVIEW: Mapping[Review, Mapping[ReviewStatus, Review]] = {
    state: {} if state in (Review.SUPERSEDED, Review.CANCELLED) else _OUTCOMES for state in Review
}

#: What a review's state does to its case.
COUPLING: Mapping[Review, CaseState] = {
    Review.SUBMITTED: CaseState.IN_FLIGHT,
    Review.PENDED: CaseState.WAITING,
    Review.APPROVED: CaseState.DECIDED,
    Review.APPROVED_MODIFIED: CaseState.DECIDED,
    Review.PARTIALLY_APPROVED: CaseState.DECIDED,
    Review.DENIED: CaseState.NEEDS_ATTENTION,
    Review.CANCELLED: CaseState.DECIDED,
    Review.CONTACT_PAYER: CaseState.NEEDS_ATTENTION,
    Review.NOT_REQUIRED: CaseState.DECIDED,
    Review.REJECTED: CaseState.NEEDS_ATTENTION,
    Review.UNKNOWN: CaseState.NEEDS_ATTENTION,
    Review.EXPIRED: CaseState.NEEDS_ATTENTION,
    Review.SUPERSEDED: CaseState.IN_FLIGHT,
}

_State = TypeVar("_State", bound=Enum)
_Event = TypeVar("_Event", bound=Enum)


def advance(table: Mapping[_State, Mapping[_Event, _State]], state: _State, event: _Event) -> _State:
    """The state that `event` leads to.

    Raises:
        IllegalTransition: the table has no such move.
    """
    following = table.get(state, {}).get(event)
    if following is None:
        raise IllegalTransition(f"{type(state).__name__.lower()}: nothing leads from '{state.value}' by '{event.value}'")
    return following
