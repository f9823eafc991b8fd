"""What a due row sets in motion: one entry a kind. The engine calls `run_due` and knows no more than that."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from priorwire.errors import StaleFence
from priorwire.gateway.attachment_delivery import follow_document
from priorwire.gateway.defects import is_defect, note_defect, note_file_defect, note_set_defect
from priorwire.gateway.follow_up import follow_up
from priorwire.gateway.mailboxes import look
from priorwire.gateway.owners import sweep
from priorwire.gateway.ports import Services
from priorwire.gateway.received_files import tell_apart
from priorwire.gateway.received_sets import place
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.gateway.webhooks import deliver

_log = logging.getLogger(__name__)


def run_due(services: Services, row: DueRow) -> None:
    """Do what is due, under the lease that `row` is. Harmless to call twice: the fence lets one through."""
    try:
        _STEPS[row.kind](services, row)
    except StaleFence:
        _log.info("another worker has it", extra={"action": "step_stale", "subject": row.id, "fence": row.fence})


_Step = Callable[[Services, DueRow], object]
_Note = Callable[[Services, DueRow, Exception], None]


def _noting(step: _Step, note: _Note) -> Callable[[Services, DueRow], None]:
    """`step`, with what becomes of a row that our own code fails over."""

    def noted(services: Services, row: DueRow) -> None:
        try:
            step(services, row)
        except Exception as error:
            if is_defect(error):
                note(services, row, error)
            raise

    return noted


def _sweep(services: Services, row: DueRow) -> None:
    sweep(services, row)


_STEPS: Mapping[DueKind, Callable[[Services, DueRow], None]] = {
    DueKind.TRANSACTION: _noting(follow_up, note_defect),
    DueKind.WEBHOOK: deliver,
    DueKind.ATTACHMENT: follow_document,
    DueKind.MAILBOX: look,
    DueKind.RECEIVED_FILE: _noting(tell_apart, note_file_defect),
    DueKind.RECEIVED_SET: _noting(place, note_set_defect),
    DueKind.SWEEP: _sweep,
}
