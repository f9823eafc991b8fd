"""Draws the tables of `lifecycle` as the page ``docs/reference/lifecycle.md``.

A diagram in Mermaid for each machine, and beside it what each state means and who moves a
row out of it. Everything on the page but its few sentences comes from the tables, so it
cannot say what they do not; a test fails while the page is stale.

Where several states lead to the same states by the same events, one junction stands for all
of their edges: payers may reverse any decision, and a hundred crossing lines would hide that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import TypeVar

from priorwire.model.lifecycle import (
    ACKNOWLEDGMENT,
    ATTACHMENT,
    COUPLING,
    DELIVERY,
    REVIEW,
    REVIEW_WITHOUT_ANSWER,
    STATES,
    Acknowledgment,
    Attachment,
    CaseState,
    Delivery,
    Mover,
    Review,
    ReviewEvent,
)

_State = TypeVar("_State", Delivery, Acknowledgment, Review, Attachment)
_Event = TypeVar("_Event", bound=Enum)

_HEAD = """\
# The lifecycle

Generated from `src/priorwire/model/lifecycle.py`; do not edit. `priorwire db diagrams > docs/reference/lifecycle.md`
writes it anew.

Each state names what a row in it must have: a due row (the dispatcher looks at it when it is due, and whoever holds
its lease meanwhile), an open work item, or nobody. A sweep looks for rows that lack it, gives them one, and counts
them (`priorwire queue`).

A transaction, one submission to a payer, is in one state of each of three machines: delivery, acknowledgment,
review. It belongs to a case, the practice's need for a service, which the review moves. A move that is not drawn
is illegal and is refused.
"""

_DELIVERY = "Did our message leave, and is it known what became of it?"
_ACKNOWLEDGMENT = "What did the other side's computers say of the message's form?"
_REVIEW = """\
What did the reviewer say of its substance? An event is the status of an answer. Two events are none: a practice
submits a correction of this submission (`superseded`), and the last day of a certification passes
(`certification_ended`)."""
_ATTACHMENT = """\
Where does a document stand that goes to a review after the request, in a message of its own? It has a lease of its
own too; the review goes on meanwhile."""
_CASE = """\
A case has no events of its own: it follows the review of its latest submission. A delivery that was refused, or that
waits for a person, makes its case `needs_attention` whatever the review says. Before a submission is sent, as long as
it waits for a payer's window, its case is `ready`; while an appeal or a reconsideration is under way, `appealing`; and
`incomplete` while a pended review wants information and no document was sent since. A case is `closed` by a person,
with a reason, or when a certification ends of which every service was recorded as given."""

_MUST_HAVE: Mapping[Mover, str] = {
    Mover.NOBODY: "nothing",
    Mover.DUE_ROW: "a due row",
    Mover.DUE_ROW_TO_THE_END: "a due row, where it has an end",
    Mover.DUE_ROW_OR_WORK_ITEM: "a due row or an open work item",
    Mover.WORK_ITEM: "an open work item",
    Mover.TRANSACTION: "what its transaction must have",
}

#: From so many states on that share their edges, the edges are drawn once.
_SHARED_FROM = 3


def diagrams() -> str:
    """The whole page, as Markdown."""
    parts = [
        _HEAD,
        _machine("Delivery", _DELIVERY, DELIVERY),
        _machine("Acknowledgment", _ACKNOWLEDGMENT, ACKNOWLEDGMENT),
        _machine("Review", _REVIEW, REVIEW),
        _cases(),
        _machine("Attachment", _ATTACHMENT, ATTACHMENT),
    ]
    return "\n".join(parts)


def _machine(title: str, asks: str, table: Mapping[_State, Mapping[_Event, _State]]) -> str:
    edges = "\n".join(f"    {line}" for line in _edges(table))
    states = "\n".join(_rows(table))
    return f"## {title}\n\n{asks}\n\n```mermaid\nstateDiagram-v2\n{edges}\n```\n\n{states}\n"


def _edges(table: Mapping[_State, Mapping[_Event, _State]]) -> Iterator[str]:
    yield f"[*] --> {next(iter(table)).value}"
    shared = _shared(table)
    if shared:
        yield "state answer <<choice>>"
    for state, moves in table.items():
        if state in shared:
            yield f"{state.value} --> answer"
        else:
            yield from _moves(state.value, moves)
    if shared:
        yield from _moves("answer", table[shared[0]])
    if table is REVIEW:
        yield from _without_answer()


def _moves(name: str, moves: Mapping[_Event, _State]) -> Iterator[str]:
    if not moves:
        yield f"{name} --> [*]"
    for event, following in moves.items():
        yield f"{name} --> {following.value}: {event.value}"


def _without_answer() -> Iterator[str]:
    """Superseding is drawn once, from the junction: whatever takes an answer can be corrected."""
    for state, moves in REVIEW_WITHOUT_ANSWER.items():
        yield from (
            f"{state.value} --> {following.value}: {event.value}"
            for event, following in moves.items()
            if event is not ReviewEvent.SUPERSEDED
        )
    yield f"answer --> {Review.SUPERSEDED.value}: {ReviewEvent.SUPERSEDED.value}"


def _shared(table: Mapping[_State, Mapping[_Event, _State]]) -> list[_State]:
    """The largest set of states that have the very same moves, if drawing their edges once is worth it."""
    sets = ([other for other in table if table[other] == moves] for moves in table.values() if moves)
    largest = max(sets, key=len)
    return largest if len(largest) >= _SHARED_FROM else []


def _cases() -> str:
    edges = "\n".join(
        f"    review_{review.value}([{review.value}]) --> {case.value}" for review, case in COUPLING.items()
    )
    states = "\n".join(_rows(CaseState))
    return f"## Case\n\n{_CASE}\n\n```mermaid\nflowchart LR\n{edges}\n```\n\n{states}\n"


def _rows(states: Iterable[Delivery | Acknowledgment | Review | Attachment | CaseState]) -> Iterator[str]:
    yield "| State | What it means | Who moves a row out of it | It must have | By when |"
    yield "|---|---|---|---|---|"
    for state in states:
        standing = STATES[state]
        said = f"{standing.means} | {standing.moved_by} | {_MUST_HAVE[standing.mover]} | {standing.by}"
        yield f"| `{state.value}` | {said} |"
