"""Kinds of payer: what is usual for each, and which federal windows bind it.

Turnaround is calendar time. Trade sources state the usual windows in business days; the
upper end is taken and read as calendar days (five business days are seven). They are only
defaults: a companion guide that states its own window overrides them.

CMS-0057-F (45 CFR and 42 CFR parts as amended on 8 February 2024) binds Medicare Advantage,
Medicaid and CHIP, both fee-for-service and managed care. Issuers of qualified health plans
on the federal exchange are *outside* its decision windows, and so are all drugs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: From this moment on a request is under the windows of CMS-0057-F.
CMS_0057_F_FROM = datetime(2026, 1, 1, tzinfo=UTC)
#: Its windows for a standard and for an expedited decision.
CMS_0057_F_STANDARD = timedelta(days=7)
CMS_0057_F_EXPEDITED = timedelta(hours=72)


@dataclass(frozen=True, kw_only=True)
class PayerClass:
    """What holds for a kind of payer until its companion guide says otherwise."""

    #: Whether CMS-0057-F sets its decision windows.
    impacted: bool
    decides_within: timedelta
    decides_urgent_within: timedelta


def _class(days: int, urgent_hours: int, *, impacted: bool) -> PayerClass:
    return PayerClass(
        impacted=impacted,
        decides_within=timedelta(days=days),
        decides_urgent_within=timedelta(hours=urgent_hours),
    )


CLASSES: Mapping[str, PayerClass] = {
    "commercial": _class(7, 72, impacted=False),
    "regional": _class(14, 72, impacted=False),
    "tpa": _class(9, 48, impacted=False),
    "dental": _class(7, 72, impacted=False),
    "exchange": _class(7, 72, impacted=False),  # a qualified health plan on the federal exchange
    "medicare_advantage": _class(7, 24, impacted=True),
    "medicaid": _class(18, 72, impacted=True),
    "medicaid_managed": _class(18, 72, impacted=True),
    "chip": _class(18, 72, impacted=True),
}
