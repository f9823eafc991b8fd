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
    segment: str
    position: int
    element: int
    component: int | None = None
    repeat: int | None = None
    #: Byte range in the payload: first byte, one past the last.
    start: int
    end: int
    #: Which rule read it, e.g. ``service decision``, ``inherited from the event``.
    rule: str
