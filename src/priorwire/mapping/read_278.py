"""A 278 that answers: response, inquiry response, notice, acknowledgment of a notice.

One `AuthorizationRecord` a review. Which number is which, strongest first:

* the authorization number is HCR02, of the service, else of the event. One known payer sends the
  number of the line (one to three digits) in a service's HCR02; then the event's longer one holds;
* an inquiry response (005010X215) with a certifying decision and no HCR02 has it in REF*BB;
* in every other place REF*BB is the earlier authorization, and REF*NT is a tracking number that
  never becomes an authorization number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from priorwire.mapping import spelling
from priorwire.mapping.decisions import CERTIFIED, Decided, decided, inherited, pended_for, rolled_up
from priorwire.mapping.review_levels import Branch, branches
from priorwire.mapping.said import (
    counted,
    dates,
    delivery,
    first_reference,
    level_segments,
    messages,
    named_contacts,
    party,
    procedure,
    text,
    traces,
)
from priorwire.mapping.trace import Found, Reading, Spot, Trace
from priorwire.model.authorization import (
    AuthorizationRecord,
    CodeSystem,
    DateSpan,
    PendedFor,
    ProcedureCode,
    Quantity,
    Reason,
    Rejection,
    ReviewStatus,
    ServiceDecision,
    TraceNumber,
    Unit,
)
from priorwire.model.parties import Contact, PartySaid
from priorwire.x12.guide import Element
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import Segment

T = TypeVar("T")

#: BHT02 of a question: it decides nothing, whatever stands in it.
_QUESTIONS = frozenset({"13", "36", "28"})
#: BHT02 that a request shares with a notice: cancel.
_CANCELS = "01"
_NOTICES = frozenset({"CN", "14", "22", _CANCELS})
_INQUIRY_RESPONSE = "49"


def read_278(
    root: LoopNode, *, interchange: int = 1, transaction_set: int = 1
) -> tuple[Reading[AuthorizationRecord], ...]:
    """What a 278 says, one reading a review, each value with its source.

    Args:
        root: the set, placed by its guide (`priorwire.x12.place`).
        interchange: ordinal of its interchange in the payload, from 1; goes into the sources.
        transaction_set: ordinal of the set in the payload, from 1.

    Returns:
        Nothing for a request or an inquiry. Never raises for what a payer sent.
    """
    if not root.items or _asks(root):
        return ()
    found = []
    for branch in branches(root):
        trace = Trace(interchange=interchange, transaction_set=transaction_set)
        record = _Review(root, branch).record(trace)
        found.append(Reading(record=record, sources=trace.sources))
    return tuple(found)


def _asks(root: LoopNode) -> bool:
    purpose = _purpose(root)
    if purpose in _QUESTIONS or (purpose == _CANCELS and not _is_notice(root)):
        return True
    answers = any(segment.id in ("HCR", "AAA") for segment in root.all_segments())
    return not answers and purpose not in (_INQUIRY_RESPONSE, "11", "CN", "14", "22")


def _is_notice(root: LoopNode) -> bool:
    """Whether the guide that the set was placed by is the notice's: its BHT02 knows ``CN``."""
    header = next((use for _, use in root.guide.uses.get("BHT", ())), None)
    purpose = header.elements[1] if header else None
    return isinstance(purpose, Element) and purpose.codes is not None and "CN" in purpose.codes


def _purpose(root: LoopNode) -> str:
    header = root.first("BHT")
    return header.element(2).strip() if header else ""


@dataclass(frozen=True, kw_only=True)
class _Line:
    """One service, as far as it can be read by itself."""

    level: LoopNode
    number: int
    decision: Decided | None
    #: Its own decision, its own rejection, or the event's.
    status: Found[ReviewStatus]
    own: bool


class _Review:
    """One review being read: the event first, then its services, then the whole."""

    def __init__(self, root: LoopNode, branch: Branch) -> None:
        self._root = root
        self._branch = branch
        self._event = branch.end
        self._purpose = _purpose(root)
        self._rejections = branch.rejections()
        self._decision = decided(self._event)
        self._lines = [self._line(number, level) for number, level in enumerate(branch.services, 1)]
        self._status = self._review_status()

    # --- who decided what -------------------------------------------------------------------------------------------

    def _line(self, number: int, level: LoopNode) -> _Line:
        decision = decided(level)
        refused = self._branch.service_rejections(level, number)
        own = True
        if decision:
            status = decision.status
        elif refused:
            status = _refusal(refused)
        else:
            status, own = inherited(self._event_status()), False
        return _Line(level=level, number=number, decision=decision, status=status, own=own)

    def _event_status(self) -> Found[ReviewStatus]:
        """The event's own word: its decision, else a refusal above the services, else nothing."""
        if self._decision:
            return self._decision.status
        above = [each for each in self._rejections if each.value.service is None]
        return _refusal(above) if above else self._nothing_said()

    def _nothing_said(self) -> Found[ReviewStatus]:
        opener = self._event.opener or self._root.segments[0]
        return Found(ReviewStatus.UNKNOWN, Spot(segment=opener, element=1), "nothing here decides")

    def _review_status(self) -> Found[ReviewStatus]:
        if self._decision:
            return self._decision.status
        if any(line.own for line in self._lines):
            return rolled_up([line.status for line in self._lines])
        return self._event_status()

    def _reasons(self) -> list[Found[Reason]]:
        """The event's; where it has no decision, those of the services, each once."""
        if self._decision:
            return self._decision.reasons
        every = [reason for line in self._lines if line.decision for reason in line.decision.reasons]
        return _each_once(every, [reason.value.code for reason in every])

    # --- the numbers ----------------------------------------------------------------------------------------------

    def _own_number(self, level: LoopNode, decision: Decided | None) -> Found[str] | None:
        if decision is None or decision.number:
            return decision.number if decision else None
        if self._purpose == _INQUIRY_RESPONSE and decision.status.value in CERTIFIED:
            return first_reference(level, "BB", "authorization number in REF of an inquiry response without HCR02")
        return None

    def _event_number(self) -> Found[str] | None:
        return self._own_number(self._event, self._decision)

    def _number(self) -> Found[str] | None:
        """The event's number, else the one that all numbered services share."""
        number = self._event_number()
        if number or self._decision:
            return number or self._shared_number()
        return self._shared_number()

    def _shared_number(self) -> Found[str] | None:
        numbers = [number for line in self._lines if (number := self._own_number(line.level, line.decision))]
        if numbers and len({each.value for each in numbers}) == 1:
            return numbers[0].under("the one number of all services")
        return None

    def _line_number(self, line: _Line) -> Found[str] | None:
        own, event = self._own_number(line.level, line.decision), self._event_number()
        if own and event and _is_line_count(own.value) and len(event.value) > len(own.value):
            return event.under("the event's number: the service's is a line number")
        if own or event is None or not _takes_after_event(line):
            return own
        return event.under("inherited from the event")

    def _previous(self, level: LoopNode, number: Found[str] | None) -> Found[str] | None:
        found = first_reference(level, "BB", "earlier authorization")
        promoted = found and number and found.spot == number.spot
        return None if promoted else found

    # --- the record --------------------------------------------------------------------------------------------------

    def record(self, trace: Trace) -> AuthorizationRecord:
        """The whole record, its sources written down."""
        event, number, reasons = self._event, self._number(), self._reasons()
        documents = self._documents()
        period = _Period.of(event)
        return AuthorizationRecord(
            status=trace.must("status", self._status),
            pended_for=trace.take("pended_for", pended_for(self._status, reasons, documents)),
            authorization_number=trace.take("authorization_number", number),
            administrative_reference=trace.take("administrative_reference", _tracking_number(event)),
            previous_authorization_number=trace.take(
                "previous_authorization_number", self._previous(event, self._event_number())
            ),
            issued_date=_start(trace, "issued_date", period.issued),
            effective_date=_start(trace, "effective_date", period.effective),
            expiration_date=_last(trace, "expiration_date", period.expires),
            quantity=trace.take("quantity", _authorized(event)),
            reasons=trace.take_all("reasons", reasons),
            rejections=trace.take_all("rejections", self._rejections),
            messages=trace.take_all("messages", messages(level_segments(event, "MSG"))),
            traces=trace.take_all("traces", self._traces()),
            reference=trace.take("reference", text(self._root.first("BHT"), 3, "reference of the transaction")),
            services=tuple(self._service(line, trace.at(f"services[{line.number - 1}]")) for line in self._lines),
            requested_documents=trace.take_all("requested_documents", documents),
            contacts=trace.take_all("contacts", self._contacts()),
            payer=trace.take("payer", party(self._branch.payer, "payer")),
            requester=trace.take("requester", party(self._branch.requester, "requester")),
            subscriber=trace.take("subscriber", party(self._branch.level("2000C"), "subscriber")),
            patient=trace.take("patient", self._patient()),
            more_to_follow=trace.take("more_to_follow", self._more_to_follow()),
        )

    def _service(self, line: _Line, trace: Trace) -> ServiceDecision:
        level, number = line.level, self._line_number(line)
        after_event = _takes_after_event(line)
        own, above = _Period.of(level), _Period.of(self._event)
        reasons = self._line_reasons(line)
        return ServiceDecision(
            procedure=trace.take("procedure", _procedure(level)),
            status=trace.must("status", line.status),
            pended_for=trace.take("pended_for", self._line_pended_for(line, reasons)),
            authorization_number=trace.take("authorization_number", number),
            administrative_reference=trace.take(
                "administrative_reference", _tracking_number(level) or _handed_down(_tracking_number(self._event))
            ),
            previous_authorization_number=trace.take(
                "previous_authorization_number",
                self._previous(level, number) or _handed_down(self._previous(self._event, self._event_number())),
            ),
            quantity=trace.take("quantity", self._line_quantity(line)),
            dates=trace.take("dates", _service_dates(level) or _handed_down(_event_dates(self._event))),
            issued_date=_start(trace, "issued_date", own.issued or _handed_down(above.issued)),
            effective_date=_start(
                trace, "effective_date", own.effective or (_handed_down(above.effective) if after_event else None)
            ),
            expiration_date=_last(
                trace, "expiration_date", own.expires or (_handed_down(above.expires) if after_event else None)
            ),
            reasons=trace.take_all("reasons", reasons),
            messages=trace.take_all("messages", messages(level_segments(level, "MSG"))),
            traces=trace.take_all("traces", traces(level_segments(level, "TRN"))),
        )

    def _line_pended_for(self, line: _Line, reasons: list[Found[Reason]]) -> Found[PendedFor] | None:
        if line.own:
            return pended_for(line.status, reasons, _documents_of(line.level))
        return _handed_down(pended_for(self._status, self._reasons(), self._documents()))

    def _line_reasons(self, line: _Line) -> list[Found[Reason]]:
        """Reasons belong to the decision they came with: a line's own, or with an inherited one the event's."""
        if line.decision:
            return line.decision.reasons
        if line.own or self._decision is None:
            return []
        return [each.under("inherited from the event") for each in self._decision.reasons]

    def _line_quantity(self, line: _Line) -> Found[Quantity] | None:
        """HSD of the service, else of the event, else the count of the service itself."""
        own = _authorized(line.level)
        if own:
            return own
        event = _handed_down(_authorized(self._event)) if _takes_after_event(line) else None
        return event or _count_of_service(line.level)

    # --- the rest of the event ------------------------------------------------------------------------------------

    def _documents(self) -> list[Found[str]]:
        """What the reviewer wants to see. In a notice PWK is what the sender has, and asks for nothing."""
        if self._purpose in _NOTICES:
            return []
        levels = [self._event, *(line.level for line in self._lines)]
        every = [each for level in levels for each in _documents_of(level)]
        return _each_once(every, [each.value for each in every])

    def _traces(self) -> list[Found[TraceNumber]]:
        """Those of the event; and of the patient, where senders of older guides put them."""
        levels = [level for level in self._branch.levels[1:] if level is not self._event]
        return traces(segment for level in (self._event, *levels) for segment in level_segments(level, "TRN"))

    def _contacts(self) -> list[Found[Contact]]:
        """Whom to give more information, then the payer itself."""
        found = [
            each
            for level, loop_id in ((self._event, "2010EB"), *((line.level, "2010FB") for line in self._lines))
            for node in level.loops(loop_id)
            for each in named_contacts(node, "contact for more information")
        ]
        payer = self._branch.payer
        if payer:
            for node in payer.loops("2010A") + payer.loops("2010B"):
                if node.all("PER"):
                    found += named_contacts(node, "contact of the payer")
        return found

    def _patient(self) -> Found[PartySaid] | None:
        return party(self._branch.level("2000D") or self._branch.level("2000C"), "patient")

    def _more_to_follow(self) -> Found[bool] | None:
        said = text(self._root.first("BHT"), 6, "whether updates follow")
        if said is None or said.value not in ("18", "19"):
            return None
        return said.named(said.value == "19")


# --- one level by itself ------------------------------------------------------------------------------------


def _refusal(found: list[Found[Rejection]]) -> Found[ReviewStatus]:
    return found[0].named(ReviewStatus.REJECTED).under("refused without a decision")


def _takes_after_event(line: _Line) -> bool:
    """Whether what the event was given also holds for this service: not where it was itself decided against."""
    return (not line.own or line.status.value in CERTIFIED) and line.status.value is not ReviewStatus.UNKNOWN


def _each_once(found: list[Found[T]], keys: list[str]) -> list[Found[T]]:
    """The first of each key, in order."""
    kept: dict[str, Found[T]] = {}
    for key, each in zip(keys, found, strict=True):
        kept.setdefault(key, each)
    return list(kept.values())


#: How long the number of a line can be; authorization numbers are longer.
_LINE_DIGITS = 3


def _is_line_count(number: str) -> bool:
    return len(number) <= _LINE_DIGITS and number.isascii() and number.isdigit()


def _handed_down(found: Found[T] | None) -> Found[T] | None:
    return found.under("inherited from the event") if found else None


def _tracking_number(level: LoopNode) -> Found[str] | None:
    return first_reference(level, "NT", "administrative reference")


@dataclass(frozen=True, kw_only=True)
class _Period:
    """When a decision was made and how long it holds."""

    issued: Found[DateSpan] | None
    effective: Found[DateSpan] | None
    expires: Found[DateSpan] | None

    @classmethod
    def of(cls, level: LoopNode) -> _Period:
        """102 issued, 007 effective, 036 expires; a range under 007 says both."""
        effective = dates(level, "007", "effective date")
        expires = dates(level, "036", "expiration date")
        if expires is None and effective is not None and effective.value.end is not None:
            expires = effective.under("end of the effective period")
        return cls(issued=dates(level, "102", "issue date"), effective=effective, expires=expires)


def _start(trace: Trace, path: str, found: Found[DateSpan] | None) -> date | None:
    return trace.take(path, found.named(found.value.start)) if found else None


def _last(trace: Trace, path: str, found: Found[DateSpan] | None) -> date | None:
    return trace.take(path, found.named(found.value.end or found.value.start)) if found else None


def _authorized(level: LoopNode) -> Found[Quantity] | None:
    for segment in level_segments(level, "HSD"):
        found = delivery(segment, "authorized quantity")
        if found:
            return found
    return None


def _service_dates(level: LoopNode) -> Found[DateSpan] | None:
    return dates(level, "472", "date of service")


def _event_dates(level: LoopNode) -> Found[DateSpan] | None:
    return (
        dates(level, "472", "date of service")
        or dates(level, "AAH", "date of the event")
        or dates(level, "435", "date of admission")
    )


def _documents_of(level: LoopNode) -> list[Found[str]]:
    reports = [text(segment, 1, "document asked for") for segment in level_segments(level, "PWK")]
    questions = [each for segment in level_segments(level, "HI") for each in _questions(segment)]
    return [each for each in (*reports, *questions) if each]


def _questions(segment: Segment) -> list[Found[str]]:
    found = []
    for element in range(1, len(segment.elements)):
        if segment.component(element, 1).strip() == "LOI":
            code = text(segment, element, "LOINC question", component=2)
            if code:
                found.append(code)
    return found


def _service_segment(level: LoopNode) -> Segment | None:
    for segment_id in ("SV1", "SV2", "SV3"):
        found = level_segments(level, segment_id)
        if found:
            return found[0]
    return None


def _procedure(level: LoopNode) -> Found[ProcedureCode] | None:
    segment = _service_segment(level)
    if segment is None:
        return None
    if segment.id != "SV2":
        return procedure(segment, 1, "service")
    found = procedure(segment, 2, "service", otherwise=_institutional_system(segment))
    revenue = text(segment, 1, "revenue code")
    if found or revenue is None:
        return found
    return revenue.named(ProcedureCode(system=CodeSystem.REVENUE, code=revenue.value))


def _institutional_system(segment: Segment) -> CodeSystem:
    # ZZ in SV2 is where ICD-10-PCS goes, for want of a qualifier of its own.
    return CodeSystem.ICD10_PCS if segment.component(2, 1).strip() == "ZZ" else CodeSystem.OTHER


def _count_of_service(level: LoopNode) -> Found[Quantity] | None:
    segment = _service_segment(level)
    if segment is None:
        return None
    if segment.id == "SV3":
        return _dental_count(segment)
    unit, value = (3, 4) if segment.id == "SV1" else (4, 5)
    return counted(segment, unit, value, "quantity of the service")


def _dental_count(segment: Segment) -> Found[Quantity] | None:
    spot = Spot(segment=segment, element=6)
    value = spelling.read_number(spot.read())
    return Found(Quantity(value=value, unit=Unit.UNITS), spot, "quantity of the service") if value is not None else None
