"""The 278 response (005010X217) and the 278 inquiry response (005010X215) that a payer gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from priorwire.x12.segments import Delimiters, Repeat, Segment

from .asked import Asked, Level
from .body import Body, day
from .reviews import Review
from .scenarios import GRANTING, Line, Rejection, Verdict

#: How long an authorization lasts, from the first day of the service.
VALID_FOR = timedelta(days=90)
#: What a response echoes of an event and of a service line, in the order of the guide.
_EVENT_DATES = ("439", "484", "ABC", "431", "AAH", "435", "096")
_EVENT_FACTS = ("CL1", "CR1", "CR2", "CR5", "CR6")
_SERVICE_LINES = ("SV1", "SV2", "SV3", "TOO")
#: HSD01 for a quantity of a service line: SV104's unit is MJ minutes, UN units, F2 international units; DA days.
_HSD_UNIT = {"DA": "DY"}
#: A member, an event or a line that a 278 names is asked for in these parties only (a response has no 1T).
_RESPONSE_PARTIES = {"1T": "SJ"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer: its segments between ST and SE, and what it says in a few codes."""

    segments: list[Segment]
    summary: str


@dataclass(frozen=True, kw_only=True)
class _Decided:
    """A review with what the payer says of it, at the time of the answer."""

    review: Review
    verdict: Verdict
    at: datetime
    #: Whether a 278 inquiry is answered: then no documents are asked for and the number also stands in REF*BB.
    inquired: bool

    def grants(self, line: Line | None) -> bool:
        """Whether a number and dates go with the event (`None`) or with this line."""
        return (line.action if line else self.verdict.action) in GRANTING

    def number(self, index: int | None = None) -> str:
        """HCR02 of the event, or of line `index`: its own where the event has none."""
        number = self.review.authorization_number
        return number if index is None or self.verdict.action else f"{number}{index + 1:02}"


def answer_request(
    asked: Asked, review: Review | None, verdict: Verdict, *, at: datetime, delimiters: Delimiters
) -> Answer:
    """The X217 response to a request.

    Args:
        asked: the request.
        review: what the payer opened or found for it; `None` where the verdict is a rejection.
        verdict: what to say.
        at: the time of the answer.
        delimiters: of the answer.
    """
    body = Body(delimiters)
    body.head(asked, structure="0007", purpose="11", at=at, kind="19" if verdict.pended else "18")
    stopped = _parties(body, asked, verdict.rejection, contact=verdict.action == "CT")
    if not stopped and asked.event is not None:
        parent = 4 if asked.dependent is not None else 3
        if verdict.rejection or review is None:
            _refused_event(body, asked.event, verdict.rejection, parent)
        else:
            _event(body, asked, _Decided(review=review, verdict=verdict, at=at, inquired=False), parent)
    return Answer(segments=body.segments, summary=verdict.summary)


def answer_inquiry(
    asked: Asked,
    found: Iterable[Review],
    rejection: Rejection | None,
    *,
    at: datetime,
    delimiters: Delimiters,
) -> Answer:
    """The X215 response to an inquiry: each review found with its decision as it stands, else AAA NC."""
    body = Body(delimiters)
    body.head(asked, structure="0007", purpose="49", at=at, kind="RD")
    reviews = tuple(found)
    nothing = Rejection(loop="2000E", reason="NC", follow_up="R")
    if _parties(body, asked, rejection, contact=False):
        return Answer(segments=body.segments, summary=Verdict(rejection=rejection).summary)
    parent = 4 if asked.dependent is not None else 3
    if not reviews:
        _refused_event(body, asked.event, nothing, parent)
        return Answer(segments=body.segments, summary=Verdict(rejection=nothing).summary)
    for review in reviews:
        decided = _Decided(review=review, verdict=review.verdict(at), at=at, inquired=True)
        _event(body, asked, decided, parent)
    return Answer(segments=body.segments, summary="; ".join(r.verdict(at).summary for r in reviews))


def _parties(body: Body, asked: Asked, rejection: Rejection | None, *, contact: bool) -> bool:
    """Levels 20 to 23; gives whether the answer ends there because a party was refused."""
    stop = rejection.loop if rejection else ""
    body.level("20", under=None, more=stop != "2010A")
    body.echo(asked.payer.first("NM1"))
    if contact:
        body.add("PER", "IC", "UTILIZATION MANAGEMENT", "TE", "8005550100")
    if rejection and stop == "2010A":
        body.refuse(rejection)
        return True
    body.level("21", under=1, more=stop != "2010B")
    body.echo(asked.requester.first("NM1"), *asked.requester.every("REF"))
    if rejection and stop == "2010B":
        body.refuse(rejection)
        return True
    return _patient(body, asked, rejection if stop == "2010C" else None)


def _patient(body: Body, asked: Asked, rejection: Rejection | None) -> bool:
    body.level("22", under=2, more=rejection is None)
    body.echo(*asked.subscriber.segments, only=("NM1", "REF", "N3", "N4"))
    if rejection:
        body.refuse(rejection)
        body.echo(*asked.subscriber.segments, only=("DMG", "INS"))
        return True
    body.echo(*asked.subscriber.segments, only=("DMG", "INS"))
    if asked.dependent is not None:
        body.level("23", under=3, more=True)
        body.echo(*asked.dependent.segments, only=("NM1", "REF", "N3", "N4", "DMG", "INS"))
    return False


def _refused_event(body: Body, event: Level | None, rejection: Rejection | None, parent: int) -> None:
    """An event that is not reviewed: its traces, the AAA, and UM, which every event has."""
    body.level("EV", under=parent, more=False)
    if event is not None:
        body.traces_back(event)
    if rejection:
        body.refuse(rejection)
    body.echo(event.first("UM") if event else None)


def _event(body: Body, asked: Asked, decided: _Decided, parent: int) -> None:
    """2000E of a reviewed event, with its services where they are decided one by one (or are inquired about)."""
    request = decided.review.asked
    event = decided.review.event
    # Lines come back where they are decided one by one, inquired about, or hold the granted quantity.
    lines = request.services if decided.verdict.lines or decided.inquired or decided.grants(None) else ()
    at = body.level("EV", under=parent, more=bool(lines))
    # An inquiry or a follow-up gets its own traces and numbers back. What a review was filed under is told beside
    # them: it is all by which a sender that lost sight of its request can know the review for its own.
    own = asked.event or event
    body.traces_back(own)
    if decided.inquired and own is not event:
        body.traces_back(event, besides=own)
    body.echo(event.first("UM"))
    _event_decision(body, event, own, decided)
    _event_contents(body, event, decided)
    for index, service in enumerate(lines):
        body.level("SS", under=at, more=False)
        _service(body, service, decided, index)


def _event_decision(body: Body, event: Level, own: Level, decided: _Decided) -> None:
    verdict, review = decided.verdict, decided.review
    granted = decided.grants(None)
    if verdict.action:
        body.add("HCR", verdict.action, decided.number() if granted else "", Repeat(verdict.reasons))
    # A tracking number goes with what has no authorization number yet; an inquiry's answer gives both.
    if not verdict.granted or decided.inquired:
        body.add("REF", "NT", review.administrative_reference)
    if decided.inquired and granted:
        body.add("REF", "BB", review.authorization_number)
    else:
        body.echo(own.first("REF", "BB"))
    body.echo(*event.every("DTP", *_EVENT_DATES))
    if granted:
        _validity(body, decided, (event, *review.asked.services))


def _event_contents(body: Body, event: Level, decided: _Decided) -> None:
    verdict = decided.verdict
    wanted = not decided.inquired
    diagnoses = event.first("HI")
    # A HI holds twelve codes at most: what the payer asks for takes the place of the last diagnoses.
    questions = verdict.questions if wanted else ()
    kept = [raw for raw in (diagnoses.elements[1:] if diagnoses else []) if raw][: 12 - len(questions)]
    asked_for = [body.delimiters.component.join(("LOI", code)) for code in questions]
    if kept or asked_for:
        body.raw(["HI", *kept, *asked_for])
    if verdict.granted:
        _quantity(body, event.first("HSD"), verdict.percent)
    body.echo(*(s for s in event.own if s.id in _EVENT_FACTS))
    for report in verdict.documents if wanted else ():
        body.add("PWK", report, "EL", "", "", "AC", f"{decided.review.administrative_reference}{report}")
    if verdict.message:
        body.add("MSG", verdict.message)
    _providers(body, event)
    if wanted and (verdict.documents or verdict.questions):
        body.add("NM1", "L5", "2", "CLINICAL INTAKE")
        body.add("PER", "IC", "CLINICAL INTAKE", "TE", "8005550101", "FX", "8005550102")


def _service(body: Body, service: Level, decided: _Decided, index: int) -> None:
    """2000F: the line's decision overrides the event's; without one it inherits."""
    lines = decided.verdict.lines
    line = lines[index % len(lines)] if lines else None
    body.traces_back(service)
    body.echo(service.first("UM"))
    if line:
        granted = decided.grants(line)
        body.add("HCR", line.action, decided.number(index) if granted else "", Repeat(line.reasons))
    body.echo(*service.every("DTP", "472"))
    if line and decided.grants(line):
        _validity(body, decided, (service, decided.review.event))
    body.echo(*(s for s in service.own if s.id in _SERVICE_LINES))
    if decided.grants(line):
        cut_above = decided.review.event.first("HSD") is not None
        _quantity(body, _line_quantity(body, service), 100 if cut_above else decided.verdict.percent)
    _providers(body, service)


def _validity(body: Body, decided: _Decided, levels: Iterable[Level]) -> None:
    """Issued (102), expires (036), effective (007): from the first day asked for, at least `VALID_FOR`."""
    issued = decided.review.decided_at(decided.at)
    days = [dtp.element(3) for level in levels for dtp in level.every("DTP", "435", "AAH", "472")]
    first = _parsed(days[0].split("-")[0]) if days else None
    start = first or issued
    end = max(filter(None, (_parsed(text.split("-")[-1]) for text in days)), default=start)
    expires = max(start + VALID_FOR, end)
    body.add("DTP", "102", "D8", day(issued))
    body.add("DTP", "036", "D8", day(expires))
    body.add("DTP", "007", "RD8", f"{day(start)}-{day(expires)}")


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip() + "+0000", "%Y%m%d%z")
    except ValueError:
        return None


def _line_quantity(body: Body, service: Level) -> Segment | None:
    """The HSD asked for, or one made of the line's own unit and quantity (SV103 and SV104, SV204 and SV205)."""
    asked_for = service.first("HSD")
    if asked_for is not None:
        return asked_for
    line = service.first("SV1")
    unit, quantity = (line.element(3), line.element(4)) if line else ("", "")
    institutional = service.first("SV2")
    if institutional:
        unit, quantity = institutional.element(4), institutional.element(5)
    if not quantity.strip():
        return None
    return Segment(["HSD", _HSD_UNIT.get(unit.strip(), "FL"), quantity.strip()], body.delimiters)


def _quantity(body: Body, asked_for: Segment | None, percent: int) -> None:
    """The authorized quantity: `percent` of what was asked for, at least one."""
    if asked_for is None:
        return
    elements = list(asked_for.elements)
    whole = asked_for.element(2).split(".")[0].strip()
    if whole.isdigit():
        elements[2] = str(max(1, int(whole) * percent // 100))
    body.raw(elements)


def _providers(body: Body, level: Level) -> None:
    for segment in level.parties:
        if segment.id == "NM1" and segment.element(1) in _RESPONSE_PARTIES:
            body.raw([segment.id, _RESPONSE_PARTIES[segment.element(1)], *segment.elements[2:]])
        else:
            body.echo(segment, only=("NM1", "REF", "N3", "N4", "PER", "PRV"))
