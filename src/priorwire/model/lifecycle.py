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
raises `IllegalTransition`. `STATES` says of each state what it means and who moves a row
out of it, and by when: in words for people, and as a `Mover` for the sweep that looks for rows
without an owner (`gateway/owners`).

Rules for editing: a state that a stored row may hold is never renamed; a new state needs a
row in `STATES`, a new edge a test; the diagrams of `docs/reference/lifecycle.md` are generated from here
(`priorwire db diagrams`) and a test fails while they are stale.

A document that goes to a review after it (`Attachment`) has a machine of its own: it may be lost
sight of while the review is not, and is never sent again by itself either.

Not in the tables: the moments themselves (`gateway/deadlines`), how sure a fact is
(`model/evidence`), and the status of a 271, which is read once and never moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple, TypeVar

from priorwire.errors import IllegalTransition
from priorwire.model.authorization import ReviewStatus


class Delivery(Enum):
    """Did our message leave?"""

    READY = "ready"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    ACCEPTED = "accepted"
    FINAL = "final"
    REFUSED = "refused"
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

    NONE = "none"
    INTERCHANGE_ACCEPTED = "interchange_accepted"
    ACCEPTED = "accepted"
    ACCEPTED_WITH_ERRORS = "accepted_with_errors"
    REJECTED = "rejected"
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

    SUBMITTED = "submitted"
    PENDED = "pended"
    APPROVED = "approved"
    APPROVED_MODIFIED = "approved_modified"
    PARTIALLY_APPROVED = "partially_approved"
    DENIED = "denied"
    CANCELLED = "cancelled"
    CONTACT_PAYER = "contact_payer"
    NOT_REQUIRED = "not_required"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class ReviewEvent(Enum):
    """What moves a review and is no answer."""

    CERTIFICATION_ENDED = "certification_ended"
    SUPERSEDED = "superseded"


class Attachment(Enum):
    """Where a document to a review stands."""

    QUEUED = "queued"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    WITH_PERSON = "with_person"


class AttachmentEvent(Enum):
    """What happened to a document."""

    SEND_BEGAN = "send_began"
    NOT_SENT = "not_sent"
    TAKEN = "taken"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    LOST_SIGHT = "lost_sight"
    HANDED_OVER = "handed_over"
    PERSON_FOUND_IT = "person_found_it"
    PERSON_SENDS_AGAIN = "person_sends_again"


class CaseState(Enum):
    """Where the practice's need stands."""

    INCOMPLETE = "incomplete"
    READY = "ready"
    IN_FLIGHT = "in_flight"
    WAITING = "waiting"
    NEEDS_ATTENTION = "needs_attention"
    DECIDED = "decided"
    APPEALING = "appealing"
    CLOSED = "closed"


class Mover(Enum):
    """What a row in a state must have, so that it has an owner and a next date."""

    #: Nothing: the end, or what comes comes by itself.
    NOBODY = "nobody"
    #: A due row; while it is held, whoever holds its lease.
    DUE_ROW = "due_row"
    #: A due row until the last day of the certification, where it has one.
    DUE_ROW_TO_THE_END = "due_row_to_the_end"
    #: A due row, or an open work item.
    DUE_ROW_OR_WORK_ITEM = "due_row_or_work_item"
    #: An open work item.
    WORK_ITEM = "work_item"
    #: What its transaction's delivery must have; where that needs nothing more, what its review must have.
    TRANSACTION = "transaction"


class Standing(NamedTuple):
    """What it means for a row to be in a state."""

    #: In a sentence.
    means: str
    #: Who moves a row out of it.
    moved_by: str
    #: The same, for a machine to check.
    mover: Mover
    #: By when, and who says so.
    by: str


_CADENCE = "The payer's cadence (`ask_after`); a person is asked when its decision window ends."
_ITEM = "The work item's due time."
_NONE = "None."
_END = "The certification's last day, where the payer states one."

STATES: Mapping[Delivery | Acknowledgment | Review | Attachment | CaseState, Standing] = {
    Delivery.READY: Standing(
        "Nothing was sent.",
        "The process that took the request, at once; or the dispatcher, when the row is due.",
        Mover.DUE_ROW,
        "At once; when the endpoint's window opens; after a failure by `try_again_after`.",
    ),
    Delivery.SENDING: Standing(
        "Bytes and numbers are stored; the call may be under way.",
        "Its process, within one lease; after that the dispatcher.",
        Mover.DUE_ROW,
        "One lease.",
    ),
    Delivery.UNCERTAIN: Standing(
        "It may have arrived. It is never sent again from here.",
        "Only the answer to an inquiry, or a person, who is asked after five inquiries. The payer is asked on until "
        "five were answered and found nothing.",
        Mover.DUE_ROW_OR_WORK_ITEM,
        "The steps of `ask_when_uncertain`, and the decision's window.",
    ),
    Delivery.ACCEPTED: Standing(
        "The other side took it and will answer later.",
        "The dispatcher asks on the payer's cadence; a fax carrier's report of failure.",
        Mover.DUE_ROW_OR_WORK_ITEM,
        "The payer's cadence (`ask_after`), the acknowledgment's window and the decision's.",
    ),
    Delivery.FINAL: Standing(
        "The other side's answer is here.",
        "Nobody: the end. A later answer is appended and leaves the row here.",
        Mover.TRANSACTION,
        "As its review says.",
    ),
    Delivery.REFUSED: Standing(
        "The other side refused to take it, or it broke a rule and was stopped.",
        "A person, who corrects and submits anew; an answer that comes after all.",
        Mover.WORK_ITEM,
        _ITEM,
    ),
    Delivery.WITH_PERSON: Standing(
        "It waits for a person at a portal, or with a telephone.",
        "That person, by the work item's due time.",
        Mover.WORK_ITEM,
        _ITEM,
    ),
    Acknowledgment.NONE: Standing(
        "None came yet.",
        "A TA1, a 999, or the answer itself, which proves the form too.",
        Mover.TRANSACTION,
        "The endpoint's `acknowledges_within`, in a batch.",
    ),
    Acknowledgment.INTERCHANGE_ACCEPTED: Standing(
        "A TA1 accepted the interchange.",
        "A 999, or the answer itself.",
        Mover.TRANSACTION,
        "The endpoint's `acknowledges_within`, in a batch.",
    ),
    Acknowledgment.ACCEPTED: Standing(
        "A 999 accepted the set, or the answer came.",
        "Nobody needs to.",
        Mover.NOBODY,
        _NONE,
    ),
    Acknowledgment.ACCEPTED_WITH_ERRORS: Standing(
        "A 999 accepted the set and listed errors.",
        "Nobody needs to; the findings are kept with the archived 999.",
        Mover.NOBODY,
        _NONE,
    ),
    Acknowledgment.REJECTED: Standing(
        "A TA1 or a 999 rejected it: no reviewer has seen it.",
        "A person, who corrects and submits anew.",
        Mover.TRANSACTION,
        _ITEM,
    ),
    Acknowledgment.OVERDUE: Standing(
        "None came in the payer's window.",
        "A late acknowledgment, the answer itself, or a person. The payer is inquired of at once; nothing is resent.",
        Mover.TRANSACTION,
        "The payer's cadence, or the work item's due time.",
    ),
    Review.SUBMITTED: Standing(
        "Sent or about to be; nothing was said yet.",
        "The payer; the gateway asks on its cadence.",
        Mover.DUE_ROW_OR_WORK_ITEM,
        _CADENCE,
    ),
    Review.PENDED: Standing(
        "The payer has it and has not decided.",
        "The payer; the gateway asks on its cadence.",
        Mover.DUE_ROW_OR_WORK_ITEM,
        _CADENCE,
    ),
    Review.APPROVED: Standing(
        "Decided for, in full.",
        "Time, at its end; a later decision of the payer takes its place.",
        Mover.DUE_ROW_TO_THE_END,
        _END,
    ),
    Review.APPROVED_MODIFIED: Standing(
        "Decided for, differently from what was asked.",
        "Time, at its end; a later decision of the payer takes its place.",
        Mover.DUE_ROW_TO_THE_END,
        _END,
    ),
    Review.PARTIALLY_APPROVED: Standing(
        "Some lines were decided for, some against.",
        "Time, at its end; a later decision of the payer takes its place.",
        Mover.DUE_ROW_TO_THE_END,
        _END,
    ),
    Review.DENIED: Standing(
        "Decided against.",
        "A person, from the work list: appeal, or change the plan of treatment.",
        Mover.WORK_ITEM,
        _ITEM,
    ),
    Review.CANCELLED: Standing(
        "Withdrawn.",
        "Nobody: the end. A late answer is kept in the history and moves nothing.",
        Mover.NOBODY,
        _NONE,
    ),
    Review.CONTACT_PAYER: Standing(
        "The payer wants a call.",
        "A person, from the work list.",
        Mover.WORK_ITEM,
        _ITEM,
    ),
    Review.NOT_REQUIRED: Standing(
        "The payer wants no authorization. Never counted as an approval.",
        "Nobody needs to.",
        Mover.NOBODY,
        _NONE,
    ),
    Review.REJECTED: Standing(
        "Never reviewed: refused as it stood. Not a denial.",
        "A person, who corrects and submits anew.",
        Mover.WORK_ITEM,
        _ITEM,
    ),
    Review.UNKNOWN: Standing(
        "The answer decides nothing that is known here.",
        "A person, from the work list.",
        Mover.WORK_ITEM,
        _ITEM,
    ),
    Review.EXPIRED: Standing(
        "The certification's last day has passed.",
        "A person: renew, or close. Where every service was recorded as given its case is closed.",
        Mover.WORK_ITEM,
        _ITEM,
    ),
    Review.SUPERSEDED: Standing(
        "A later submission took its place.",
        "Nobody: the end.",
        Mover.NOBODY,
        _NONE,
    ),
    Attachment.QUEUED: Standing(
        "Nothing of it was sent.",
        "The process that took it, at once; or the dispatcher, when it is due.",
        Mover.DUE_ROW,
        "At once; when the endpoint's window opens; after a failure by `try_again_after`.",
    ),
    Attachment.SENDING: Standing(
        "Bytes and numbers are stored; the call may be under way.",
        "Its process, within one lease; after that the dispatcher.",
        Mover.DUE_ROW,
        "One lease.",
    ),
    Attachment.UNCERTAIN: Standing(
        "It may have arrived. It is never sent again by itself.",
        "A person, from the work list, who asks the payer whether it arrived.",
        Mover.WORK_ITEM,
        _ITEM,
    ),
    Attachment.SENT: Standing(
        "The other side took it, and has said nothing of its form.",
        "An acknowledgment, also a late one; a person, where it is overdue.",
        Mover.NOBODY,
        "The endpoint's `acknowledges_within`, in a batch; then a person is asked.",
    ),
    Attachment.ACKNOWLEDGED: Standing(
        "The payer's system accepted it. Whether a reviewer read it, only the review tells.",
        "Nobody: the end.",
        Mover.NOBODY,
        _NONE,
    ),
    Attachment.REFUSED: Standing(
        "It was not taken, or was stopped before it left.",
        "A person, from the work list: a corrected document is attached anew, or goes another way.",
        Mover.WORK_ITEM,
        _ITEM,
    ),
    Attachment.WITH_PERSON: Standing(
        "It cannot go by machine as things stand.",
        "A person, from the work list, who sends it another way or has it sent once it can be.",
        Mover.WORK_ITEM,
        _ITEM,
    ),
    CaseState.INCOMPLETE: Standing(
        "The payer waits for the practice: it pended the review for information, and no document was sent since.",
        "A document that is sent, or another answer of the payer; the gateway asks meanwhile.",
        Mover.TRANSACTION,
        _CADENCE,
    ),
    CaseState.READY: Standing(
        "Complete, and not sent yet.",
        "The gateway, which sends it when the payer takes messages.",
        Mover.TRANSACTION,
        "When the endpoint's window opens.",
    ),
    CaseState.IN_FLIGHT: Standing(
        "A message is on its way.",
        "The gateway.",
        Mover.TRANSACTION,
        "As its transaction's delivery says.",
    ),
    CaseState.WAITING: Standing(
        "The payer has it.",
        "The payer; the gateway asks.",
        Mover.TRANSACTION,
        _CADENCE,
    ),
    CaseState.NEEDS_ATTENTION: Standing(
        "A person must act.",
        "Its owner, by the work item's due time.",
        Mover.TRANSACTION,
        _ITEM,
    ),
    CaseState.DECIDED: Standing(
        "The payer decided.",
        "What was billed, when it matches what was authorized; or a person, with a reason.",
        Mover.NOBODY,
        _END,
    ),
    CaseState.APPEALING: Standing(
        "An appeal or a reconsideration is under way.",
        "The payer; the gateway asks.",
        Mover.TRANSACTION,
        _CADENCE,
    ),
    CaseState.CLOSED: Standing(
        "Closed.",
        "A person may open it again; an answer of the payer does.",
        Mover.NOBODY,
        _NONE,
    ),
}

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

#: Certifications that end on a day.
CERTIFIED = frozenset({Review.APPROVED, Review.APPROVED_MODIFIED, Review.PARTIALLY_APPROVED})

_TAKES_NO_CORRECTION = frozenset({Review.SUPERSEDED, Review.CANCELLED})

#: What happens to a review without an answer. Which submissions may be corrected is `gateway/intake`'s to say: also
#: one whose message was refused, whatever its review.
REVIEW_WITHOUT_ANSWER: Mapping[Review, Mapping[ReviewEvent, Review]] = {
    state: ({} if state in _TAKES_NO_CORRECTION else {ReviewEvent.SUPERSEDED: Review.SUPERSEDED})
    | ({ReviewEvent.CERTIFICATION_ENDED: Review.EXPIRED} if state in CERTIFIED else {})
    for state in Review
}

ATTACHMENT: Mapping[Attachment, Mapping[AttachmentEvent, Attachment]] = {
    Attachment.QUEUED: {
        AttachmentEvent.SEND_BEGAN: Attachment.SENDING,
        AttachmentEvent.HANDED_OVER: Attachment.WITH_PERSON,
    },
    Attachment.SENDING: {
        AttachmentEvent.NOT_SENT: Attachment.QUEUED,  # proved: no byte of it left
        AttachmentEvent.TAKEN: Attachment.SENT,
        AttachmentEvent.ACKNOWLEDGED: Attachment.ACKNOWLEDGED,
        AttachmentEvent.REFUSED: Attachment.REFUSED,
        AttachmentEvent.LOST_SIGHT: Attachment.UNCERTAIN,
        AttachmentEvent.HANDED_OVER: Attachment.WITH_PERSON,
    },
    Attachment.UNCERTAIN: {
        AttachmentEvent.TAKEN: Attachment.SENT,  # a TA1 that came after all
        AttachmentEvent.ACKNOWLEDGED: Attachment.ACKNOWLEDGED,  # the answer came after all
        AttachmentEvent.REFUSED: Attachment.REFUSED,
        AttachmentEvent.PERSON_FOUND_IT: Attachment.SENT,
        AttachmentEvent.PERSON_SENDS_AGAIN: Attachment.QUEUED,  # the payer was asked, and has nothing
    },
    Attachment.SENT: {
        AttachmentEvent.ACKNOWLEDGED: Attachment.ACKNOWLEDGED,
        AttachmentEvent.REFUSED: Attachment.REFUSED,
    },
    Attachment.ACKNOWLEDGED: {},
    Attachment.REFUSED: {
        AttachmentEvent.ACKNOWLEDGED: Attachment.ACKNOWLEDGED,  # it was taken after all
        AttachmentEvent.PERSON_FOUND_IT: Attachment.SENT,
        AttachmentEvent.PERSON_SENDS_AGAIN: Attachment.QUEUED,
    },
    Attachment.WITH_PERSON: {
        AttachmentEvent.PERSON_FOUND_IT: Attachment.SENT,
        AttachmentEvent.PERSON_SENDS_AGAIN: Attachment.QUEUED,
    },
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
        raise IllegalTransition(
            f"{type(state).__name__.lower()}: nothing leads from '{state.value}' by '{event.value}'"
        )
    return following
