"""What a joined answer does: it is kept, weighed against all that was said before, and the change is told.

Every answer is kept. Which of them counts is a rule over all of them (`precedence`), so a late, a
repeated or an outdated one changes nothing that it has no right to change. Where what counts
changes, the row follows it, work that has become needless is taken from people, and people
are asked about what no rule can settle: a decision that was taken back, two that contradict
each other, a decision for a request that is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from priorwire.errors import IllegalTransition
from priorwire.gateway import precedence
from priorwire.gateway.changes import Task
from priorwire.gateway.correlate import NoMatch, near
from priorwire.gateway.decide import decide, stand, task_of
from priorwire.gateway.rows import AnyRecord, AuditRow, RecordRow, TransactionRow, WorkItemRow, WorkKind, WorkState
from priorwire.gateway.schedule import timing_of
from priorwire.gateway.visit import Joined, Visit
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.lifecycle import Delivery, Review
from priorwire.payers.profile import Transaction

#: A service that begins within this time is near: what a person must do about it comes first.
NEAR = timedelta(days=7)
#: How soon.
_AT_ONCE = timedelta(hours=4)

#: What people were asked to do because nobody knew that the payer has it, or how it reaches it.
_NO_WAY_SEEN = frozenset(
    {
        WorkKind.PORTAL_SUBMISSION,
        WorkKind.UNCERTAIN_DELIVERY,
        WorkKind.CARRIER_FAILED,
        WorkKind.REFUSED,
        WorkKind.UNREADABLE_ANSWER,
    }
)
#: And because the payer had not decided, or had decided otherwise.
_NOT_DECIDED = frozenset(
    {
        WorkKind.STATUS_CHECK,
        WorkKind.CONTACT_PAYER,
        WorkKind.CORRECT_AND_RESUBMIT,
        WorkKind.REVIEW_DENIAL,
        WorkKind.DECISION_REVERSED,
    }
)
_NEEDLESS = "the payer's answer has made it needless"

_REVERSED = Task(
    kind=WorkKind.DECISION_REVERSED,
    instructions="The payer took back what it had decided for. Tell the practice before the service is given; then "
    "ask the payer why, and appeal or plan anew.",
)
_CONTRADICT = Task(
    kind=WorkKind.ANSWERS_CONTRADICT,
    instructions="Two decisions about this request contradict each other, and no date in them proves which is the "
    "newer. The status shows the one that counts by rule. Ask the payer which is right, and record what it says.",
)
_LATE = Task(
    kind=WorkKind.LATE_ANSWER,
    instructions="The payer decided on a request that is over here: a later one took its place, or it was cancelled. "
    "Read the decision in the history; if both were granted, tell the payer which is wanted.",
)


@dataclass(frozen=True, kw_only=True)
class _Weighed:
    """An answer among all that was said."""

    #: Everything, this answer with it.
    history: Sequence[RecordRow]
    answer: RecordRow
    #: Whether the same was said before.
    again: bool
    #: What counted before, and what counts now.
    before: RecordRow | None
    counts: RecordRow

    @property
    def moved(self) -> bool:
        """Whether something else counts now."""
        return self.before is None or self.before.version != self.counts.version


def take(visit: Visit, joined: Joined) -> NoMatch | None:
    """Do what an answer says of its transaction; why not, where the lifecycle forbids it."""
    if visit.row.kind is Transaction.ELIGIBILITY and visit.row.delivery is Delivery.READY:
        return None  # a late answer to a question that is about to be asked again
    now = visit.services.clock.now()
    timing = timing_of(visit.services, visit.row)
    try:
        decision = decide(visit.row, joined.reading.record, timing, now, simulated=visit.archived.simulated)
        if decision.keep_record:
            weighed = _weigh(visit, joined, decision.row)
            decision = replace(decision, row=_moved(decision.row, weighed, visit))
    except IllegalTransition as illegal:
        return NoMatch(reason=illegal.message, candidates=(near(visit.row.id, joined.match),))
    visit.row = decision.row
    visit.decisions.append(replace(decision, ask_next=visit.row.review is Review.PENDED))
    if decision.keep_record:
        _store(visit, weighed)
        _tell_people(visit, weighed)
    return None


# ---------------------------------------------------------------- what counts


def _weigh(visit: Visit, joined: Joined, row: TransactionRow) -> _Weighed:
    earlier = list(visit.uow.records.history(row.id))
    before = next((each for each in reversed(earlier) if each.in_force), None)
    answer = _version(visit, joined, len(earlier) + 1)
    same = next((each for each in reversed(earlier) if _is_told_again(each, answer)), None)
    if same is not None:
        answer = replace(same, said_at=max(same.said_at or same.at, answer.said_at or answer.at))
    history = [*(each for each in earlier if each.version != answer.version), answer]
    counts = precedence.in_force(history)
    assert counts is not None  # the answer itself is in it, and was not withdrawn
    return _Weighed(history=history, answer=answer, again=same is not None, before=before, counts=counts)


def _version(visit: Visit, joined: Joined, number: int) -> RecordRow:
    came_at = visit.archived.at
    row = RecordRow(
        tenant=visit.row.tenant,
        transaction_id=visit.row.id,
        version=number,
        record=joined.reading.record,
        sources=joined.reading.sources,  # not written out before it is stored: most polls tell the same again
        evidence=visit.row.evidence,
        archive_id=visit.archived.id,
        interchange=joined.said.interchange,
        transaction_set=joined.said.ordinal,
        matched_by=joined.match.by,
        at=visit.services.clock.now(),
        said_at=precedence.believed(joined.said.said_at, came_at),
        in_force=False,
        unmatched_id=visit.by.unmatched_id if visit.by is not None else None,
    )
    return replace(row, evidence=max(row.evidence, precedence.level_of(row)))


def _is_told_again(earlier: RecordRow, answer: RecordRow) -> bool:
    """Asked again, answered the same: the archive keeps the bytes, the history needs no new version.

    What a person joined is a version of its own, for it can be taken back by itself.
    """
    by_people = earlier.unmatched_id or answer.unmatched_id or precedence.is_a_persons(earlier)
    stands = earlier.withdrawn_at is None and not by_people
    return stands and _substance(earlier.record) == _substance(answer.record)


def _substance(record: AnyRecord) -> AnyRecord:
    """A record without what differs between two tellings of the same thing."""
    return replace(record, reference=None, traces=())


def _moved(row: TransactionRow, weighed: _Weighed, visit: Visit) -> TransactionRow:
    """The row as it stands by what counts; the same as before where nothing else counts than before."""
    if weighed.moved:
        return stand(row, weighed.history, weighed.counts, visit.services.clock.now())
    return row


def _store(visit: Visit, weighed: _Weighed) -> None:
    records = visit.uow.records
    if weighed.again:
        records.update(weighed.answer)
    else:
        records.append(weighed.answer)
    if weighed.moved:
        records.put_in_force(visit.row.id, weighed.counts.version)


# ---------------------------------------------------------------- what people and subscribers are told


def _tell_people(visit: Visit, weighed: _Weighed) -> None:
    over = visit.row.review in (Review.SUPERSEDED, Review.CANCELLED)
    if not weighed.again and over and precedence.decides(weighed.answer) and _is_news(visit, weighed):
        visit.tasks.append(_LATE)
    if visit.row.review is Review.SUPERSEDED:
        return
    if weighed.moved:
        visit.news = {**(visit.news or {}), **_news(weighed)}
        _take_from_people(visit, weighed.counts)
        task = task_of(weighed.counts.record.status)
        if task is not None:
            visit.tasks.append(task)
        if precedence.takes_back(weighed.before, weighed.counts):
            visit.tasks.append(_REVERSED)
    if not weighed.again and precedence.contradicted(weighed.answer, weighed.history):
        visit.tasks.append(_CONTRADICT)
    if visit.tasks and _is_near(visit):
        visit.urgent |= {task.kind for task in visit.tasks}


def _is_news(visit: Visit, weighed: _Weighed) -> bool:
    """A cancellation itself is no decision that came late."""
    return visit.row.review is Review.SUPERSEDED or precedence.grants(weighed.answer)


def _news(weighed: _Weighed) -> dict[str, str]:
    """What a subscriber is told of a change beside the states."""
    if weighed.before is not None and precedence.reverses(weighed.before, weighed.counts):
        return {"reverses": str(weighed.before.record.status.value)}
    return {}


def _take_from_people(visit: Visit, counts: RecordRow) -> None:
    """Close the work that the payer's answer has made needless, and say so in the audit."""
    needless = set(_NO_WAY_SEEN)
    if precedence.decides(counts):
        needless |= _NOT_DECIDED
    elif task_of(counts.record.status) is not None:
        needless = set()  # a refusal, or an answer that says nothing: whoever was asked to look still must
    for item in visit.uow.work_items.of(visit.row.id):
        if item.state is WorkState.OPEN and item.kind in needless:
            _close(visit, item)


def _close(visit: Visit, item: WorkItemRow) -> None:
    now = visit.services.clock.now()
    visit.uow.work_items.update(replace(item, state=WorkState.DONE, completed_by=visit.actor, completed_at=now))
    visit.uow.audit.append(
        AuditRow(
            at=now,
            tenant=item.tenant,
            actor=visit.actor,
            action="work_item.made_needless",
            subject=item.id,
            detail=_NEEDLESS,
        )
    )
    visit.closed.append(item.id)


def _is_near(visit: Visit) -> bool:
    request = visit.row.request
    if not isinstance(request, AuthorizationRequest):
        return False
    spans = [request.event_dates, *(line.dates for line in request.services)]
    days = [span.start for span in spans if span is not None]
    today = visit.services.clock.now().date()
    return bool(days) and today <= min(days) <= today + NEAR


def hasten(visit: Visit, item: WorkItemRow) -> None:
    """Make a work item due soon, where the service that it is about is near."""
    soon = visit.services.clock.now() + _AT_ONCE
    if item.kind in visit.urgent and item.due_at > soon:
        rule = f"the service begins within {NEAR.days} days"
        visit.uow.work_items.update(replace(item, due_at=soon, due_rule=rule))
