"""Our own acknowledgments of what somebody sent: TA1 and 999, as an interchange back to the sender."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from priorwire.x12 import (
    Acknowledged,
    GroupHeader,
    InterchangeHeader,
    Issue,
    Strictness,
    TransactionSet,
    acknowledge,
    interchange_header,
    read,
    validate,
    write_interchange,
)
from priorwire.x12.guides import guide_for

_GROUP_OF_ACKNOWLEDGMENTS = "FA"
_GUIDE = "005010X231A1"


@dataclass(frozen=True, kw_only=True)
class Acknowledgments:
    """What goes back, and whether everything was accepted."""

    payload: bytes
    accepted: bool


def acknowledge_payload(data: bytes, at: datetime) -> Acknowledgments:
    """A TA1 for every interchange of `data`, and a 999 for each of its groups, in one interchange each.

    The interchange numbers count from 1: whoever sends them to a trading partner numbers them
    from the sequence that they share with it.

    Raises:
        RemoteX12Error: there is no interchange in `data`, or it passes a limit.
        LocalX12Error: the parties' names in the interchange cannot be sent back as they are.
    """
    found = list(acknowledge(read(data), _check))
    payload = b"".join(_interchange(each, number, number, at) for number, each in enumerate(found, 1))
    return Acknowledgments(payload=payload, accepted=all(each.is_accepted for each in found))


def acknowledge_received(
    data: bytes, at: datetime, numbers: Callable[[], tuple[int, int]], *, ta1: bool, ack_999: bool
) -> bytes:
    """What goes back to a payer about what it sent: of each interchange its TA1, or its 999s, or both.

    `numbers` gives the next interchange and group number. Acknowledgments are never acknowledged: empty where
    there is nothing else. A payer's set is only rejected where it is cut off: its other faults are read past.

    Raises:
        RemoteX12Error: there is no interchange in `data`, or it passes a limit.
        LocalX12Error: the parties' names in the interchange cannot be sent back as they are.
    """
    found = [each for each in acknowledge(read(data), _check, strictness=Strictness.TOLERANT) if each.sets]
    if not (ta1 or ack_999):
        return b""
    return b"".join(_interchange(each, *numbers(), at, ta1=ta1, sets=ack_999) for each in found)


def _check(the_set: TransactionSet) -> list[Issue]:
    ids = frozenset(segment.id for segment in the_set.segments)
    rules = guide_for(the_set.transaction, the_set.guide_id, the_set.purpose, ids, the_set.source_role).guide
    return list(validate(the_set, rules).issues) if rules else list(the_set.issues)


def _interchange(
    acknowledged: Acknowledged, number: int, group_number: int, at: datetime, *, ta1: bool = True, sets: bool = True
) -> bytes:
    """Back the way it came: sender and receiver change places."""
    theirs = interchange_header(acknowledged.interchange.header)
    header = InterchangeHeader(
        sender_qualifier=theirs.receiver_qualifier,
        sender=theirs.receiver,
        receiver_qualifier=theirs.sender_qualifier,
        receiver=theirs.sender,
        at=at,
        control_number=number,
        usage=theirs.usage,
    )
    group = GroupHeader(
        functional_id=_GROUP_OF_ACKNOWLEDGMENTS,
        sender=theirs.receiver,
        receiver=theirs.sender,
        at=at,
        control_number=group_number,
        version=_GUIDE,
    )
    groups = [(group, acknowledged.sets)] if acknowledged.sets and sets else []
    return write_interchange(header, groups, ta1=[acknowledged.ta1] if ta1 else [])
