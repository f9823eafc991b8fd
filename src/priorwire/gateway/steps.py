"""What a due row sets in motion: one entry a kind. The engine calls `run_due` and knows no more than that."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from priorwire.errors import StaleFence
from priorwire.gateway.attachment_delivery import follow_document
from priorwire.gateway.defects import is_defect, note_defect
from priorwire.gateway.follow_up import follow_up
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.gateway.webhooks import deliver

_log = logging.getLogger(__name__)


def run_due(services: Services, row: DueRow) -> None:
    """Do what is due, under the lease that `row` is. Harmless to call twice: the fence lets one through."""
    try:
        _STEPS[row.kind](services, row)
    except StaleFence:
        _log.info("another worker has it", extra={"action": "step_stale", "subject": row.id, "fence": row.fence})


def _follow_up(services: Services, row: DueRow) -> None:
    try:
        follow_up(services, row)
    except Exception as error:
        if is_defect(error):
            note_defect(services, row, error)
        raise


_STEPS: Mapping[DueKind, Callable[[Services, DueRow], None]] = {
    DueKind.TRANSACTION: _follow_up,
    DueKind.WEBHOOK: deliver,
    DueKind.ATTACHMENT: follow_document,
}
