"""Check a patient's eligibility with the payer."""

from __future__ import annotations

from dataclasses import replace

from priorwire.gateway import outbound
from priorwire.gateway.intake import Command, Intake, take_in
from priorwire.gateway.ports import Services


def check_eligibility(services: Services, command: Command) -> Intake:
    """Take an inquiry in and, unless it is queued, ask the payer in this process.

    Raises:
        InvalidRequest, UnknownPayer, NoRoute, SafetyRefusal, IdempotencyConflict: see `intake.take_in`.
    """
    taken = take_in(services, command)
    if taken.lease is None:
        return taken
    return replace(taken, row=outbound.send(services, taken.lease))
