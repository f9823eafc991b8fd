"""The three opinions on the same bytes."""

from __future__ import annotations

from priorwire.crosscheck.finding import Finding, Opinion, Spot, stopped, version_of
from priorwire.crosscheck.layout import Layout, layout
from priorwire.errors import X12Error
from priorwire.x12 import Event, Issue, Place, Severity, TransactionSet, issues, read, validate

OURS = "priorwire"


def ours(data: bytes) -> Opinion:
    """What our engine finds: reading, placing and every level of checking."""
    try:
        events = list(read(data))
    except X12Error as unreadable:
        return stopped(OURS, unreadable)
    return opinion_on(events, layout(events))


def opinion_on(events: list[Event], laid_out: Layout) -> Opinion:
    """What our engine finds in what it has read already."""
    found: list[Finding] = []
    number = 0
    for event in events:
        if isinstance(event, TransactionSet):
            number += 1
            found += [_finding(each, number) for each in _checked(event, number, laid_out)]
        else:
            found += [_finding(each, 0) for each in event.issues]
    return Opinion(
        engine=OURS,
        version=version_of(OURS),
        accepted=not any(each.is_error for each in found),
        findings=tuple(found),
        sets=number,
    )


def _checked(ts: TransactionSet, number: int, laid_out: Layout) -> list[Issue]:
    chosen = laid_out.chosen[number - 1]
    head = ts.segments[0]
    at = Place(segment=head.id, position=head.number, start=head.start, end=head.end)
    if chosen.guide is None:
        return [*ts.issues, Issue(code=issues.GUIDE_UNKNOWN, place=at)]
    assumed = [Issue(code=issues.GUIDE_ASSUMED, place=at, detail=each.value) for each in chosen.deviations]
    return [*validate(ts, chosen.guide).issues, *assumed]


def _finding(issue: Issue, number: int) -> Finding:
    place, code = issue.place, issue.code
    return Finding(
        spot=Spot(
            set=number,
            position=place.position,
            segment=place.segment,
            element=place.element or 0,
            component=place.component or 0,
        ),
        code=code.code,
        says=code.says,
        reports=_reports(issue),
        level=int(code.level),
        is_error=issue.severity is Severity.ERROR,
    )


def _reports(issue: Issue) -> str:
    code = issue.code
    by_element = (("IK4", code.ik403),) if issue.place.element else ()
    whole = (("IK3", code.ik304), ("IK5", code.ik502), ("AK9", code.ak905), ("TA1", code.ta105), ("IK4", code.ik403))
    return next((f"{name} {said}" for name, said in (*by_element, *whole) if said), "")
