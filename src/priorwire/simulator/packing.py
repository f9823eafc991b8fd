"""How the interchanges of a reply go out together, and what faults make of that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from .acknowledging import acknowledgment, found_in, ta1
from .body import reply_delimiters
from .faults import Fault, Mishap
from .received import Received
from .reply import ACKNOWLEDGMENT, Reply, written

#: Faults by which acknowledgments come beside an answer, and how many interchanges they take.
BESIDE = {Fault.TOGETHER: 1, Fault.ACK_BEFORE_TA1: 2}
_ANSWER = re.compile(rb"ST(.)27[18]")


def acknowledged(received: Received, *, number: int, at: datetime) -> bytes:
    """TA1 and 999 about an interchange, in one."""
    reply = _reply(received)
    reply.ta1.append(ta1(received, reply.delimiters))
    _add_999(reply, received)
    return written(received, reply, number=number, at=at)


def acknowledged_apart(received: Received, *, number: int, at: datetime) -> tuple[bytes, bytes]:
    """The 999 (under `number`) and then the TA1 (under the next one), each in an interchange of its own."""
    about_sets, about_all = _reply(received), _reply(received)
    _add_999(about_sets, received)
    about_all.ta1.append(ta1(received, about_all.delimiters))
    return (
        written(received, about_sets, number=number, at=at),
        written(received, about_all, number=number + 1, at=at),
    )


def _reply(received: Received) -> Reply:
    return Reply(delimiters=reply_delimiters(received.start.delimiters))


def _add_999(reply: Reply, received: Received) -> None:
    for group in received.groups:
        sets = [(each, found_in(each)) for each in group.sets]
        reply.add(ACKNOWLEDGMENT, acknowledgment(group, sets, reply.delimiters))


def packed(answer: bytes, mishap: Mishap | None, beside: Sequence[bytes] = ()) -> bytes:
    """What goes back in one piece.

    Args:
        answer: the reply's interchanges; where there are none, nothing goes back.
        mishap: what the exchange met.
        beside: interchanges of acknowledgments that go first.
    """
    if not answer:
        return b""
    match mishap.fault if mishap else None:
        case Fault.TWICE:
            return answer * 2
        case Fault.SAME_NUMBER:
            return answer + respelled(answer)
        case Fault.WITH_POISON:
            return poisoned(answer) + answer
        case Fault.TRUNCATED:
            return truncated(answer)
        case _:
            return b"".join(beside) + answer


def truncated(answer: bytes) -> bytes:
    """The first three fifths."""
    return answer[: len(answer) * 3 // 5]


def respelled(answer: bytes) -> bytes:
    """The same interchanges in other bytes: a line break after each segment."""
    terminator = answer[105:106]
    return answer.replace(terminator, terminator + b"\n")


def poisoned(answer: bytes) -> bytes:
    """The same interchange under another number, of a transaction that nobody has a guide for."""
    other = _ANSWER.sub(rb"ST\g<1>999999", answer, count=1)
    number = answer[90:99]
    return other.replace(number, b"9" + number[1:])
