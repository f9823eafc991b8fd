"""The 278 response (005010X217) and the 278 inquiry response (005010X215) that a payer gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from priorwire.x12.segments import Delimiters, Repeat, Segment

from .asked import Asked, Level
from .body import Body, day
from .refusals import placed, refused_line
from .reviews import Review
from .scenarios import GRANTING, Line, Rejection, Verdict

#: How long an authorization lasts, from the first day of the service.
VALID_FOR = timedelta(days=90)
#: What a response echoes of an event and of a service line, in the order of the guide.
_EVENT_DATES = ("439", "484", "ABC", "431", "AAH", "435", "096")
_EVENT_FACTS = ("CR2", "CR5", "CR6")
_SERVICE_LINES = ("SV1", "SV2", "SV3", "TOO")
#: HSD01 for a quantity of a service line: SV104's unit is MJ minutes, UN units, F2 international units; DA days.
_HSD_UNIT = {"DA": "DY"}
#: Which elements of a service line hold its unit (0: it has none) and its quantity.
_QUANTITY = {"SV1": (3, 4), "SV2": (4, 5), "SV3": (0, 6)}
#: Percent.
_EVERYTHING = 100
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

    #: The message that is answered: the request itself, one that follows it up, or an inquiry.
    asked: Asked
    review: Review
    verdict: Verdict
    at: datetime
    #: Whether a 278 inquiry is answered: then no documents are asked for and the number also stands in REF*BB.
    inquired: bool

    @property
    def event(self) -> Level:
        """The event as it is now: what follows a request up may have changed it; an inquiry changes nothing."""
        return self.review.event if self.inquired else self.asked.event or self.review.event

    @property
    def services(self) -> tuple[Level, ...]:
        """Its service lines."""
        return (not self.inquired and self.asked.services) or self.review.asked.services

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
    rejection = placed(asked, verdict.rejection) if verdict.rejection else None
    stopped = _parties(body, asked, rejection, verdict)
    if not stopped and asked.event is not None:
        parent = 4 if asked.dependent is not None else 3
        if rejection or review is None:
            _refused_event(body, asked, rejection, parent)
        else:
            _event(body, _Decided(asked=asked, review=review, verdict=verdict, at=at, inquired=False), parent)
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
    if _parties(body, asked, rejection, Verdict()):
        return Answer(segments=body.segments, summary=Verdict(rejection=rejection).summary)
    parent = 4 if asked.dependent is not None else 3
    if not reviews:
        _refused_event(body, asked, nothing, parent)
        return Answer(segments=body.segments, summary=Verdict(rejection=nothing).summary)
    for review in reviews:
        decided = _Decided(asked=asked, review=review, verdict=review.verdict(at), at=at, inquired=True)
        _event(body, decided, parent)
    return Answer(segments=body.segments, summary="; ".join(r.verdict(at).summary for r in reviews))


def _parties(body: Body, asked: Asked, rejection: Rejection | None, verdict: Verdict) -> bool:
    """Levels 20 to 23; gives whether the answer ends there because a party was refused."""
    stop = rejection.loop if rejection else ""
    body.level("20", under=None, more=stop not in {"2000A", "2010A"})
    _refuse(body, rejection, "2000A")
    body.echo(asked.payer.first("NM1"))
    if verdict.action == "CT":
        body.add("PER", "IC", "UTILIZATION MANAGEMENT", "TE", "8005550100")
    _refuse(body, rejection, "2010A")
    if stop in {"2000A", "2010A"}:
        return True
    body.level("21", under=1, more=stop != "2010B")
    body.echo(asked.requester.first("NM1"), *asked.requester.every("REF"))
    _refuse(body, rejection, "2010B")
    body.echo(*asked.requester.every("PRV"))
    return stop == "2010B" or _patient(body, asked, rejection, verdict)


def _patient(body: Body, asked: Asked, rejection: Rejection | None, verdict: Verdict) -> bool:
    stop = rejection.loop if rejection else ""
    body.level("22", under=2, more=stop != "2010C")
    _person(body, asked.subscriber, rejection, "2010C")
    if stop == "2010C" or asked.dependent is None:
        return stop == "2010C"
    body.level("23", under=3, more=stop != "2010D")
    number = asked.member + verdict.dependent_number if verdict.dependent_number else ""
    _person(body, asked.dependent, rejection, "2010D", number)
    return stop == "2010D"


def _person(body: Body, person: Level, rejection: Rejection | None, loop: str, number: str = "") -> None:
    """The subscriber or a dependent, to whom the payer may give a `number` that the request has no place for."""
    name = person.first("NM1")
    if number and name is not None:
        body.raw(["NM1", *(name.element(n) for n in range(1, 8)), "MI", number])
    else:
        body.echo(name)
    body.echo(*person.segments, only=("REF", "N3", "N4"))
    _refuse(body, rejection, loop)
    body.echo(*person.segments, only=("DMG", "INS"))


def _refuse(body: Body, rejection: Rejection | None, loop: str) -> None:
    if rejection and rejection.loop == loop:
        body.refuse(rejection)


def _refused_event(body: Body, asked: Asked, rejection: Rejection | None, parent: int) -> None:
    """An event that is not reviewed: its traces, UM, which every event has, and the AAA where it belongs."""
    event = asked.event or Level(code="EV", segments=())
    line = refused_line(asked, rejection) if rejection else None
    at = body.level("EV", under=parent, more=line is not None)
    body.traces_back(event)
    _refuse(body, rejection, "2000E")
    body.echo(event.first("UM"))
    if rejection and rejection.loop == "2010EA":
        _providers(body, event, rejection)
    if line is not None and rejection is not None:
        body.level("SS", under=at, more=False)
        body.traces_back(line)
        _refuse(body, rejection, "2000F")
        body.echo(line.first("UM"), *line.every("DTP", "472"), *(s for s in line.own if s.id in _SERVICE_LINES))
        _providers(body, line, rejection if rejection.loop == "2010FA" else None)


def _event(body: Body, decided: _Decided, parent: int) -> None:
    """2000E of a reviewed event, with its services where they are decided one by one (or are inquired about)."""
    event = decided.event
    # Lines come back where they are decided one by one, inquired about, or hold the granted quantity.
    lines = decided.services if decided.verdict.lines or decided.inquired or decided.grants(None) else ()
    at = body.level("EV", under=parent, more=bool(lines))
    # An inquiry or a follow-up gets its own traces and numbers back. What a review was filed under is told beside
    # them: it is all by which a sender that lost sight of its request can know the review for its own.
    own = decided.asked.event or event
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
        _validity(body, decided, (event, *decided.services))


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
    _care(body, event)
    for report in verdict.documents if wanted else ():
        body.add("PWK", report, "EL", "", "", "AC", f"{decided.review.administrative_reference}{report}")
    if verdict.message:
        body.add("MSG", verdict.message)
    _providers(body, event)
    if wanted and (verdict.documents or verdict.questions):
        body.add("NM1", "L5", "2", "CLINICAL INTAKE")
        body.add("PER", "IC", "CLINICAL INTAKE", "TE", "8005550101", "FX", "8005550102")
    for place in event.places:
        body.echo(*place, only=("NM1", "N3", "N4"))


def _care(body: Body, event: Level) -> None:
    """What single lines of care say of the event, which is no condition (CRC): those a response does not repeat."""
    body.echo(*event.every("CL1"))
    for transport in event.every("CR1"):
        body.raw(["CR1", "", "", *transport.elements[3:]])  # the weight is not repeated either
    body.echo(*(segment for name in _EVENT_FACTS for segment in event.every(name)))


def _service(body: Body, service: Level, decided: _Decided, index: int) -> None:
    """2000F: the line's decision overrides the event's; without one it inherits."""
    lines = decided.verdict.lines
    line = lines[index % len(lines)] if lines else None
    body.traces_back(service)
    if line and line.rejection:
        body.refuse(line.rejection)
    body.echo(service.first("UM"))
    if line and line.action:
        granted = decided.grants(line)
        body.add("HCR", line.action, decided.number(index) if granted else "", Repeat(line.reasons))
    body.echo(service.first("REF", "BB"), *service.every("DTP", "472"))
    if line and decided.grants(line):
        _validity(body, decided, (service, decided.event))
    body.echo(*(s for s in service.own if s.id in _SERVICE_LINES))
    if decided.grants(line):
        cut_above = decided.event.first("HSD") is not None
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
    """The HSD asked for, or one made of the line's own unit and quantity (SV103 f., SV204 f., SV306)."""
    asked_for = service.first("HSD")
    if asked_for is not None and asked_for.element(2).strip():
        return asked_for
    line = next((s for s in service.own if s.id in _QUANTITY), None)
    at_unit, at_quantity = _QUANTITY[line.id] if line else (0, 0)
    if line is None or not line.element(at_quantity).strip():
        return asked_for
    unit = _HSD_UNIT.get(line.element(at_unit).strip(), "FL") if at_unit else "FL"
    pattern = asked_for.elements[3:] if asked_for else []
    return Segment(["HSD", unit, line.element(at_quantity).strip(), *pattern], body.delimiters)


def _quantity(body: Body, asked_for: Segment | None, percent: int) -> None:
    """The authorized quantity: `percent` of what was asked for, in whole units, at least one."""
    if asked_for is None:
        return
    elements = list(asked_for.elements)
    if percent != _EVERYTHING:
        try:
            share = Decimal(asked_for.element(2).strip() or "NaN") * percent / _EVERYTHING
            elements[2] = str(max(1, int(share.quantize(Decimal(1), ROUND_HALF_UP))))
        except (InvalidOperation, ValueError):  # no number: it comes back as it was sent
            pass
    body.raw(elements)


def _providers(body: Body, level: Level, rejection: Rejection | None = None) -> None:
    """2010EA or 2010FA; `rejection` stands at the first of them."""
    for opener, *rest in level.providers:
        role = opener.element(1).strip()
        body.raw([opener.id, _RESPONSE_PARTIES.get(role, role), *opener.elements[2:]])
        body.echo(*rest, only=("REF", "N3", "N4", "PER"))
        if rejection:
            body.refuse(rejection)
            rejection = None
        body.echo(*rest, only=("PRV",))
