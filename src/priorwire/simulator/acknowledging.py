"""What the clearinghouse finds wrong before a payer sees it, and the TA1 or 999 that says so.

A set is held against its guide as a payer's translator would: whoever tests against the
simulator hears of what a real payer would reject. Making the acknowledgment is the engine's
(`priorwire.x12.acknowledge_group`, `make_ta1`).
"""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.x12 import (
    Issue,
    Place,
    Segment,
    SetFindings,
    Severity,
    TransactionSet,
    acknowledge_group,
    issues,
    make_ta1,
    validate,
)
from priorwire.x12.guides import guide_for
from priorwire.x12.segments import Delimiters

from .asked import Unreadable
from .attachments import TRANSACTION as ATTACHMENTS
from .received import Received, ReceivedGroup

#: Every guide here is of this version and release, but those of documents.
_VERSION = "005010"


def found_in(each: TransactionSet) -> list[Issue]:
    """What is wrong with a set: its syntax, and its guide where there is one."""
    if not each.guide_id.startswith(_VERSION) and each.transaction != ATTACHMENTS:
        return [*each.issues, unsupported()]
    guide = guide_for(each.transaction, each.guide_id, each.purpose, each.segment_ids, each.source_role).guide
    return [*each.issues] if guide is None else list(validate(each, guide).issues)


def rejects(found: Sequence[Issue]) -> bool:
    """Whether a 999 says R for these. What a 999 has no code for (a check digit, say) rejects nothing here."""
    return any(each.is_error and (each.code.ik502 or each.code.ik304 or each.code.ik403) for each in found)


def unsupported() -> Issue:
    """This is no question that is answered here (IK502 I6)."""
    return Issue(code=issues.GUIDE_UNKNOWN, place=Place(segment="ST", position=1), weight=Severity.ERROR)


def unreadable(error: Unreadable) -> Issue:
    """Something that every question has is absent."""
    return Issue(code=issues.SEGMENT_MISSING, place=Place(segment=error.segment, position=error.position))


def by_order() -> Issue:
    """What `Fault.ACK_999_REJECT` claims: the set's second segment has an element in error."""
    return Issue(code=issues.ELEMENT_MISSING, place=Place(segment="BHT", position=2, element=1))


def acknowledgment(
    group: ReceivedGroup, sets: Sequence[tuple[TransactionSet, Sequence[Issue]]], delimiters: Delimiters
) -> list[Segment]:
    """The segments between ST and SE of the 999 about a group (its `end` is known by now)."""
    findings = [
        SetFindings(
            transaction=each.transaction,
            control_number=each.control_number,
            guide_id=each.segments[0].element(3).strip(),
            issues=found,
        )
        for each, found in sets
    ]
    return acknowledge_group(group.end, findings, delimiters=delimiters)


def ta1(received: Received, delimiters: Delimiters, *, refused: bool = False) -> Segment:
    """The TA1 about an interchange; `refused` has it rejected for its sender (006), whatever was found."""
    sender = Issue(code=issues.SENDER_ID, place=Place(segment="ISA", element=6), weight=Severity.ERROR)
    return make_ta1(received.start, [sender] if refused else received.found, delimiters)
