"""Check a patient's eligibility with the payer."""

from __future__ import annotations

from priorwire.gateway.intake import Command, Intake, take_in
from priorwire.gateway.ports import Services
from priorwire.gateway.submit import send_now


def check_eligibility(services: Services, command: Command) -> Intake:
    """Take an inquiry in and, unless it is queued, ask the payer in this process.

    Raises:
        InvalidRequest, UnknownPayer, NoRoute, SafetyRefusal, IdempotencyConflict: see `intake.take_in`.
    """
    return send_now(services, take_in(services, command))
