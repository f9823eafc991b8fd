"""What a transaction is after a join was taken back: pure. An undo is no move of the lifecycle; it puts back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from priorwire.gateway.arrived import Before
from priorwire.gateway.decide import stand
from priorwire.gateway.precedence import level_of
from priorwire.gateway.rows import RecordRow, TransactionRow
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import Acknowledgment, Delivery, Review

_SAID = frozenset({Acknowledgment.ACCEPTED, Acknowledgment.ACCEPTED_WITH_ERRORS, Acknowledgment.REJECTED})


def restored(
    row: TransactionRow, before: Before, history: Sequence[RecordRow], counts: RecordRow | None, now: datetime
) -> TransactionRow:
    """`row` without what the join brought: as `before` says, and as what came since says.

    Args:
        row: as it stands now.
        before: what stood before the join.
        history: every version of the record, the withdrawn ones too.
        counts: the version that counts now.
        now: when this is done.
    """
    left = [each for each in history if each.withdrawn_at is None]
    came_since = counts is not None and counts.version != before.version
    said_since = row.acknowledgment is not before.acknowledged
    base = replace(
        row,
        # An answer that is left ended the delivery as well as the one that was taken back.
        delivery=row.delivery if came_since and row.delivery is Delivery.FINAL else before.delivery,
        acknowledgment=row.acknowledgment if said_since or came_since else before.acknowledgment,
        review=row.review if row.review is Review.SUPERSEDED else before.review,
        status=before.status,
        decided_at=before.decided_at,
        evidence=before.evidence,
        simulated=row.simulated if came_since else before.simulated,
        authorization_number=None,
        administrative_reference=None,
    )
    heard = Evidence.PAYER_ACKNOWLEDGED if base.acknowledgment in _SAID else Evidence.NONE
    base = replace(base, evidence=max([base.evidence, heard, *map(level_of, left)]))
    if counts is None:
        return base
    if came_since and base.review in (Review.CANCELLED, Review.EXPIRED):
        base = replace(base, review=Review.SUBMITTED)
    settled = stand(base, left, counts, now)
    if came_since:
        return settled
    # What counted before counts again: since when, and whether it has expired, is as it was.
    return replace(settled, review=base.review, status=base.status, decided_at=before.decided_at)
