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
    STATES,
    Acknowledgment,
    Attachment,
    CaseState,
    Delivery,
    Review,
)

_State = TypeVar("_State", Delivery, Acknowledgment, Review, Attachment)
_Event = TypeVar("_Event", bound=Enum)

_HEAD = """\
# The lifecycle

Generated from `src/priorwire/model/lifecycle.py`; do not edit. `priorwire db diagrams > docs/reference/lifecycle.md`
writes it anew.

A transaction, one submission to a payer, is in one state of each of three machines: delivery, acknowledgment,
review. It belongs to a case, the practice's need for a service, which the review moves. A move that is not drawn
is illegal and is refused.
"""

_DELIVERY = "Did our message leave, and is it known what became of it?"
_ACKNOWLEDGMENT = "What did the other side's computers say of the message's form?"
_REVIEW = """\
What did the reviewer say of its substance? An event is the status of an answer. Superseding is not an answer: it
happens when a practice submits a correction of this submission."""
_ATTACHMENT = """\
Where does a document stand that goes to a review after the request, in a message of its own? It has a lease of its
own too; the review goes on meanwhile."""
_CASE = """\
A case has no events of its own: it follows the review of its latest submission. A delivery that was refused, or that
waits for a person, makes its case `needs_attention` whatever the review says."""

_NOT_ENTERED = """\
## States that nothing enters by itself

The tables name some states that no part of the gateway moves a row into in this version: `overdue` of the
acknowledgment, `expired` of the review, and `draft`, `incomplete`, `ready`, `appealing` and `closed` of the case.
"""

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
        _NOT_ENTERED,
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


def _moves(name: str, moves: Mapping[_Event, _State]) -> Iterator[str]:
    if not moves:
        yield f"{name} --> [*]"
    for event, following in moves.items():
        yield f"{name} --> {following.value}: {event.value}"


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
    yield "| State | What it means | Who moves a row out of it |"
    yield "|---|---|---|"
    for state in states:
        standing = STATES[state]
        yield f"| `{state.value}` | {standing.means} | {standing.moved_by} |"
