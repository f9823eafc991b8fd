"""How sure a fact is, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Evidence(IntEnum):
    """Who stands behind a fact. A higher level outweighs a lower one; none is ever invented.

    A carrier's success proves transport to a number or an address, not receipt by the right desk.
    """

    #: Nothing has left yet.
    NONE = 0
    #: Said by us: we sent it.
    SENT = 1
    #: The carrier (mail relay, fax carrier, clearinghouse) took it.
    CARRIER_ACCEPTED = 2
    #: The payer acknowledged receipt (999, TA1, a pend with its own number).
    PAYER_ACKNOWLEDGED = 3
    #: Entered by a person, with a document.
    PERSON_WITH_DOCUMENT = 4
    #: Decided by the payer, in its own message.
    PAYER_DECIDED = 5


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where one value of a record was read."""

    #: Ordinal of the interchange in the payload and of the set in it, both from 1.
    interchange: int
    transaction_set: int
    #: Segment id and its number in the set (ST is 1), element, component and repeat as X12 counts them.
    #: Element 0 is the segment itself: what the value says follows from where the segment stands.
    segment: str
    position: int
    element: int
    component: int | None = None
    repeat: int | None = None
    #: Byte range of the value itself in the payload, blanks around it left out: first byte, one past the last.
    #: Empty where the element is absent and the value says so.
    start: int
    end: int
    #: Byte range of its segment, without the terminator.
    segment_start: int
    segment_end: int
    #: Which rule read it, e.g. ``decision``, ``inherited from the event``.
    rule: str
    #: The further places that the value rests on, where it does not rest on one alone: `rule` says how.
    also: tuple[Source, ...] = ()
