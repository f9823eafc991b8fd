"""Messages that wait because the payer takes none at this time of day.

A window is no outage: a request of ordinary urgency waits for it, also where another way is open. An urgent
one goes another way; where there is none, and the window opens only after the payer's deadline, a
person is asked at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from priorwire.gateway.changes import Task, ask_person
from priorwire.gateway.deadlines import decided_by
from priorwire.gateway.endpoints_state import Hold
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import AnyRequest, TransactionRow, WorkKind
from priorwire.model.authorization import AuthorizationRequest
from priorwire.payers import EXPEDITED, is_open, opens_at, spread_opening
from priorwire.payers.profile import Endpoint, Hours


@dataclass(frozen=True, kw_only=True)
class Closed(Hold):
    """The endpoint takes no messages now: what waits is looked at when it opens, and not before."""

    hours: Hours
    opens: datetime

    def next_look(self, row_id: str, now: datetime) -> datetime:  # noqa: ARG002 -- the signature is `Hold`'s
        """When it opens, or shortly after: spread by the row's id, and never beyond the window."""
        at = spread_opening(self.opens, row_id)
        return at if is_open(self.hours, at) else self.opens


def closed(endpoint: Endpoint | None, now: datetime) -> Closed | None:
    """What keeps a message from an endpoint outside its window; `None` where it may go."""
    if endpoint is None or endpoint.hours is None or is_open(endpoint.hours, now):
        return None
    opens = opens_at(endpoint.hours, now)
    return Closed(
        waits_for=f"{endpoint.id} opens",
        until=opens,
        spread=timedelta(),
        because=f"the payer takes no messages before {opens:%Y-%m-%d %H:%M} UTC",
        hours=endpoint.hours,
        opens=opens,
    )


def is_urgent(request: AnyRequest) -> bool:
    """Whether a request does not wait for a window as long as another way is open."""
    return isinstance(request, AuthorizationRequest) and request.urgency in EXPEDITED


def warn_of_late_opening(services: Services, uow: UnitOfWork, row: TransactionRow, hold: Hold) -> None:
    """Ask a person at once where an urgent request waits for a window that opens after the payer's deadline."""
    if not isinstance(hold, Closed) or not is_urgent(row.request):
        return
    deadline = decided_by(services, row, (), services.clock.now())
    if hold.opens > deadline.at:
        ask_person(
            services,
            uow,
            row,
            Task(
                kind=WorkKind.CONTACT_PAYER,
                instructions="This request is urgent, and it has not been sent: "
                f"{hold.because}, which is after the deadline ({deadline.rule}). "
                "Ask the payer by telephone, and record what it says.",
                due=deadline,
            ),
        )
