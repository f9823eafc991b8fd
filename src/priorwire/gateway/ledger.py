"""The ledger of an authorization: what was used of each service, and what is left. Pure arithmetic.

Uses are poured into the services that they fit (code, modifiers, unit, day) in the order of their
days, each service filled before the next, the one that ends first before the others. What is more
than all of them hold stays with the last one, whose rest goes below zero: too much used is shown,
never cut off. So neither the order in which uses were recorded nor splitting one in two changes
anything. A use that fits no service is kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from priorwire.gateway.authorized import GRANTED, authorized_lines, same_code
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest
from priorwire.model.ledger import Ledger, LedgerLine, Use
from priorwire.model.services import DateSpan, ProcedureCode, Quantity, Unit


def ledger_of(
    request: AuthorizationRequest, record: AuthorizationRecord, uses: Iterable[Use], *, is_superseded: bool = False
) -> Ledger:
    """The ledger of an authorization.

    Args:
        request: what was asked for.
        record: the latest of what the payer said.
        uses: those that are not voided, in any order.
        is_superseded: whether another submission took its place.
    """
    accounts = [_Account(line=line) for line in authorized_lines(request, record)]
    unassigned = []
    for use in sorted(uses, key=_order):
        fitting = sorted((each for each in accounts if each.fits(use)), key=_Account.ends)
        if fitting:
            _pour(use.quantity, fitting)
        else:
            unassigned.append(use)
    return Ledger(
        status=record.status,
        is_superseded=is_superseded,
        authorization_number=record.authorization_number,
        lines=tuple(each.settled() for each in accounts),
        unassigned=tuple(unassigned),
    )


def allowed_days(line: LedgerLine) -> tuple[date | None, date | None]:
    """The first and the last day on which a service may be given: its dates, within the approval's."""
    first, last = days(line.dates) if line.dates else (None, None)
    starts = [each for each in (first, line.effective) if each]
    ends = [each for each in (last, line.expires) if each]
    return max(starts, default=None), min(ends, default=None)


def days(span: DateSpan) -> tuple[date, date]:
    """First and last day."""
    return span.start, span.end or span.start


def _order(use: Use) -> tuple[object, ...]:
    """By what a use says, never by when it was recorded; two that say the same are interchangeable."""
    code = use.procedure
    return use.on, code.system.value, code.code, tuple(sorted(code.modifiers)), use.quantity.unit.value, use.id


def _pour(quantity: Quantity, accounts: Sequence[_Account]) -> None:
    amount = quantity.value
    for each in accounts[:-1]:
        taken = min(amount, max(each.room(), Decimal(0))) if each.line.approved else amount
        each.take(quantity.unit, taken)
        amount -= taken
    accounts[-1].take(quantity.unit, amount)


@dataclass(kw_only=True)
class _Account:
    """A service while uses are poured into it."""

    line: LedgerLine
    used: dict[Unit, Decimal] = field(default_factory=dict)

    def fits(self, use: Use) -> bool:
        line = self.line
        first, last = allowed_days(line)
        return (
            line.status in GRANTED
            and (line.procedure is None or _fits_code(line, use))
            and (line.approved is None or line.approved.unit is use.quantity.unit)
            and (first is None or first <= use.on)
            and (last is None or use.on <= last)
        )

    def ends(self) -> tuple[date, int]:
        return allowed_days(self.line)[1] or date.max, self.line.number

    def room(self) -> Decimal:
        approved = self.line.approved
        return (approved.value - self.used.get(approved.unit, Decimal(0))) if approved else Decimal(0)

    def take(self, unit: Unit, amount: Decimal) -> None:
        if amount:
            self.used[unit] = self.used.get(unit, Decimal(0)) + amount

    def settled(self) -> LedgerLine:
        approved = self.line.approved
        used = tuple(Quantity(value=value, unit=unit) for unit, value in sorted(self.used.items(), key=_by_unit))
        left = Quantity(value=self.room(), unit=approved.unit) if approved else None
        return replace(self.line, used=used, left=left)


def _by_unit(item: tuple[Unit, Decimal]) -> str:
    return item[0].value


def _fits_code(line: LedgerLine, use: Use) -> bool:
    stated = line.procedure
    return stated is None or (same_code(stated, use.procedure) and has_modifiers(stated, use.procedure))


def has_modifiers(stated: ProcedureCode, given: ProcedureCode) -> bool:
    """Whether a service has every modifier that was authorized; what it has beyond them is no difference."""
    return {each.upper() for each in stated.modifiers} <= {each.upper() for each in given.modifiers}
