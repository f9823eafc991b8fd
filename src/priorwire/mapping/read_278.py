"""A 278 that answers or informs: response, inquiry response, notice, acknowledgment of a notice.

One `AuthorizationRecord` a review. Which number is which says `read_278_numbers`, what a service
takes from its event `read_278_services`, and what counts as a decision `decisions`.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import TypeVar

from priorwire.mapping import read_278_numbers as numbers
from priorwire.mapping import review_codes
from priorwire.mapping.decisions import decided, inherited, only_repeated, pended_for, rolled_up, settled
from priorwire.mapping.makers import maker
from priorwire.mapping.read_278_content import (
    Dates,
    asked_for,
    authorized,
    delivery,
    diagnoses,
    documents_of,
    providers,
    repeated,
    reviewed,
)
from priorwire.mapping.read_278_services import EventSaid, Line, last, service, start
from priorwire.mapping.remembered import Remembered, part_of, remembered
from priorwire.mapping.review_levels import Branch, Level, branches
from priorwire.mapping.said import messages, named_contacts, party, text, traces
from priorwire.mapping.trace import Found, Reading, Spot, Trace
from priorwire.model.authorization import (
    AuthorizationRecord,
    PendedFor,
    Reason,
    Rejection,
    ReplyPurpose,
    RequestedDocument,
    ReviewCaution,
    ReviewStatus,
    TraceNumber,
)
from priorwire.model.parties import Contact, PartySaid
from priorwire.x12.events import Kept
from priorwire.x12.guide import Element
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import BLANKS

T = TypeVar("T")

#: BHT02 of a question: it decides nothing, whatever stands in it.
_QUESTIONS = frozenset({"13", "36", "28"})
#: BHT02 that a request shares with a notice: cancel.
_CANCELS = "01"
#: BHT02 of a message that answers or informs even if it decides nothing.
_TELLS = frozenset({"49", "11", "CN", "14", "22"})


def read_278(
    root: LoopNode,
    *,
    interchange: int = 1,
    transaction_set: int = 1,
    kept: MutableMapping[object, Kept | None] | None = None,
) -> tuple[Reading[AuthorizationRecord], ...]:
    """What a 278 says, one reading a review, each value with its source.

    Args:
        root: the set, placed by its guide (`priorwire.x12.place`).
        interchange: ordinal of its interchange in the payload, from 1; goes into the sources.
        transaction_set: ordinal of the set in the payload, from 1.
        kept: where its interchange keeps what came before (`InterchangeStarted.kept`), which makes a batch
            faster to read, and nothing else.

    Returns:
        Nothing for a request or an inquiry. Never raises for what a payer sent.
    """
    if not root.items or _asks(root):
        return ()
    purpose = _purpose(root)
    found, memory = [], remembered(kept)
    for branch in branches(root):
        trace = Trace(interchange=interchange, transaction_set=transaction_set)
        record = _Review(root, branch, purpose).record(trace, memory)
        found.append(Reading(record=record, sources=trace.sources))
    return tuple(found)


# --- what kind of message it is ---------------------------------------------------------------------------------


def _asks(root: LoopNode) -> bool:
    code = _code(root)
    if code in _QUESTIONS or (code == _CANCELS and "CN" not in _codes_of_guide(root, "BHT", 2)):
        return True
    return code not in _TELLS and not any(segment.id in ("HCR", "AAA") for segment in root.all_segments())


def _code(root: LoopNode) -> str:
    header = root.first("BHT")
    return header.element(2).strip(BLANKS) if header else ""


def _purpose(root: LoopNode) -> Found[ReplyPurpose]:
    """By BHT02; ``11`` acknowledges where the guide is that of notices, else it answers."""
    header = root.first("BHT")
    spot = Spot(header, 2) if header is not None else Spot(root.segments[0], 0)
    said = review_codes.PURPOSE.get(_code(root), ReplyPurpose.RESPONSE)
    if said is ReplyPurpose.RESPONSE and "005010X216" in _codes_of_guide(root, "ST", 3):
        said = ReplyPurpose.ACKNOWLEDGMENT
    return Found(said, spot, "purpose of the transaction")


def _codes_of_guide(root: LoopNode, segment_id: str, element: int) -> frozenset[str]:
    """The codes that the guide which the set was placed by allows in an element of its header."""
    use = next((use for _, use in root.guide.uses.get(segment_id, ())), None)
    part = use.elements[element - 1] if use and len(use.elements) >= element else None
    return (part.codes or frozenset()) if isinstance(part, Element) else frozenset()


# --- one review -----------------------------------------------------------------------------------------------------


class _Review:
    """One review being read: the event first, then its services, then the whole."""

    def __init__(self, root: LoopNode, branch: Branch, purpose: Found[ReplyPurpose]) -> None:
        self._root = root
        self._branch = branch
        self._event = branch.end
        self._purpose = purpose
        self._rejections = branch.rejections()
        self._decision = decided(self._event.of("HCR"))
        self._event_number = numbers.own_number(self._event, self._decision, purpose.value)
        self._own_status = self._event_status()
        self._lines = [self._line(number, level) for number, level in enumerate(branch.services, 1)]
        self._status = self._review_status()
        self._reasons = self._all_reasons()
        every = self._all_documents()
        self._documents, self._repeated = asked_for(every), repeated(every)

    def _line(self, number: int, level: Level) -> Line:
        decision = decided(level.of("HCR"))
        refused = self._branch.service_rejections(level, number)
        own = True
        if decision:
            status = decision.status
        elif refused:
            status = _refusal(refused)
        else:
            status, own = inherited(self._own_status), False
        given = numbers.own_number(level, decision, self._purpose.value)
        return Line(level=level, number=number, decision=decision, status=status, own=own, authorization_number=given)

    def _event_status(self) -> Found[ReviewStatus]:
        """The event's own word: its decision, else a refusal above the services, else nothing."""
        if self._decision:
            return self._decision.status
        above = [each for each in self._rejections if each.value.service is None]
        if above:
            return _refusal(above)
        opener = self._event.node.opener or self._root.segments[0]
        return Found(ReviewStatus.UNKNOWN, Spot(opener, 0), "nothing here decides")

    def _review_status(self) -> Found[ReviewStatus]:
        own = [line.status for line in self._lines if line.own]
        if self._decision is not None:
            return settled(self._own_status, own, others=len(own) < len(self._lines))
        return rolled_up([line.status for line in self._lines]) if own else self._own_status

    def _pended_for(self) -> Found[PendedFor] | None:
        """By the reasons of whatever is pended: the event, or services of it under good news."""
        reasons = self._reasons
        if self._decision and self._own_status.value is not ReviewStatus.PENDED:
            reasons = [reason for line in self._lines if line.decision for reason in line.decision.reasons]
        return pended_for(self._status, reasons, self._documents)

    def _all_reasons(self) -> list[Found[Reason]]:
        """The event's; where it has no decision, those of the services, each once."""
        if self._decision:
            return self._decision.reasons
        every = [reason for line in self._lines if line.decision for reason in line.decision.reasons]
        kept: dict[str, Found[Reason]] = {}
        for reason in every:
            kept.setdefault(reason.value.code, reason)
        return [each.under("reason of a service", *(one for one in every if one is not each)) for each in kept.values()]

    def _all_documents(self) -> list[Found[RequestedDocument]]:
        """What the reviewer wants to see. In a notice PWK is what the sender has, and asks for nothing."""
        if self._purpose.value is ReplyPurpose.NOTICE:
            return []
        found = documents_of(self._event, None)
        for line in self._lines:
            found += documents_of(line.level, line.number)
        return found

    def _number(self) -> Found[str] | None:
        """The event's number, else the one that all numbered services share."""
        every = [line.decision for line in self._lines]
        if any(each is not None and each.conflicting for each in (self._decision, *every)):
            return self._event_number
        return self._event_number or numbers.shared([line.authorization_number for line in self._lines])

    def record(self, trace: Trace, memory: Remembered | None) -> AuthorizationRecord:
        """The whole record, its sources written down."""
        event, branch, said, take = self._event, self._branch, self._said(), trace.take
        dates, repeated, decision = said.dates, reviewed(event), self._decision
        subscriber = _named(branch.level("2000C"), "subscriber")
        dependent = branch.level("2000D")
        return _record(
            status=trace.must("status", self._status),
            decision_code=take("decision_code", decision.code if decision else None),
            purpose=trace.must("purpose", self._purpose),
            pended_for=take("pended_for", self._pended_for()),
            category=take("category", repeated.category),
            kind=take("kind", repeated.kind),
            service_type=take("service_type", repeated.service_type),
            place_of_service=take("place_of_service", repeated.place),
            bill_type=take("bill_type", repeated.bill_type),
            urgency=take("urgency", repeated.urgency),
            authorization_number=take("authorization_number", self._number()),
            conflicting_numbers=trace.take_all("conflicting_numbers", decision.conflicting if decision else ()),
            administrative_reference=take("administrative_reference", said.tracking),
            previous_authorization_number=take("previous_authorization_number", said.previous),
            issued_date=start(trace, "issued_date", dates.issued),
            effective_date=start(trace, "effective_date", dates.effective),
            expiration_date=last(trace, "expiration_date", dates.expires),
            second_opinion=take("second_opinion", decision.second_opinion if decision else None),
            quantity=take("quantity", said.quantity if said.certifies else None),
            delivery=take("delivery", said.delivery if said.certifies else None),
            reviewed_quantity=take("reviewed_quantity", None if said.certifies else only_repeated(said.quantity)),
            reviewed_delivery=take("reviewed_delivery", None if said.certifies else only_repeated(said.delivery)),
            event_dates=take("event_dates", dates.event),
            admitted=take("admitted", dates.admitted),
            discharged=start(trace, "discharged", dates.discharged),
            dates=trace.take_all("dates", dates.others),
            diagnoses=trace.take_all("diagnoses", diagnoses(event)),
            reasons=trace.take_all("reasons", self._reasons),
            rejections=trace.take_all("rejections", self._rejections),
            messages=trace.take_all("messages", messages(event.of("MSG"))),
            traces=trace.take_all("traces", self._traces()),
            reference=take("reference", text(self._root.first("BHT"), 3, "reference of the transaction")),
            services=tuple([service(each, said, trace.at(f"services[{each.number - 1}]")) for each in self._lines]),
            requested_documents=trace.take_all("requested_documents", self._documents),
            repeated_documents=trace.take_all("repeated_documents", self._repeated),
            providers=trace.take_all("providers", providers(event, "2010EB") if event.node.id == "2000E" else []),
            contacts=trace.take_all("contacts", self._contacts()),
            payer=_organization(branch.payer, _payer, trace, memory),
            requester=_organization(branch.requester, _requester, trace, memory),
            subscriber=take("subscriber", subscriber),
            patient=take("patient", _named(dependent, "patient") if dependent else _as_patient(subscriber)),
            more_to_follow=take("more_to_follow", self._more_to_follow()),
            cautions=trace.take_all("cautions", self._cautions()),
        )

    def _said(self) -> EventSaid:
        event, decision = self._event, self._decision
        return EventSaid(
            status=self._own_status,
            pended_for=pended_for(self._own_status, self._reasons, self._documents),
            reasons=decision.reasons if decision else (),
            authorization_number=self._event_number,
            tracking=numbers.tracking(event),
            previous=numbers.previous(event, decision, self._event_number),
            quantity=self._resting(authorized(event)),
            delivery=self._resting(delivery(event)),
            dates=Dates(event),
        )

    def _resting(self, found: Found[T] | None) -> Found[T] | None:
        """On the event's decision, which says whether it is authorized."""
        return found.under(found.rule, self._own_status) if found else None

    def _cautions(self) -> list[Found[ReviewCaution]]:
        levels = [(self._decision, None), *((line.decision, line.number) for line in self._lines)]
        return [
            each.named(ReviewCaution(kind=each.value, service=number))
            for decision, number in levels
            if decision
            for each in decision.cautions
        ]

    def _traces(self) -> list[Found[TraceNumber]]:
        """Those of the event; and of the patient, where senders of older guides put them."""
        above = [level for level in self._branch.levels[1:] if level is not self._event]
        return [each for level in (self._event, *above) for each in traces(level.of("TRN"))]

    def _contacts(self) -> list[Found[Contact]]:
        """Whom to give more information, then the payer itself."""
        levels = [(self._event, "2010EB"), *((line.level, "2010FB") for line in self._lines)]
        found = [
            each
            for level, loop_id in levels
            for node in level.loops
            if node.guide.id == loop_id
            for each in named_contacts(node, "contact for more information")
        ]
        payer = self._branch.payer
        if payer is not None and "PER" in payer.segments:
            for node in payer.loops:
                if node.guide.id in ("2010A", "2010B") and node.first("PER"):
                    found += named_contacts(node, "contact of the payer")
        return found

    def _more_to_follow(self) -> Found[bool] | None:
        said = text(self._root.first("BHT"), 6, "whether updates follow")
        if said is None or said.value not in ("18", "19"):
            return None
        return said.named(said.value == "19")


_record = maker(AuthorizationRecord)


def _refusal(found: Sequence[Found[Rejection]]) -> Found[ReviewStatus]:
    return Found(ReviewStatus.REJECTED, Spot(found[0].spot.segment, 0), "refused without a decision")


def _named(level: Level | None, rule: str) -> Found[PartySaid] | None:
    return party(level.node, rule) if level is not None and "NM1" in level.segments else None


def _organization(
    level: Level | None,
    read: Callable[[LoopNode, Trace], PartySaid | None],
    trace: Trace,
    memory: Remembered | None,
) -> PartySaid | None:
    """The payer or the requester, of whom a batch has few."""
    if level is None or "NM1" not in level.segments:
        return None
    return trace.take_part("", part_of(level.node, read, memory))


def _payer(level: LoopNode, trace: Trace) -> PartySaid | None:
    return trace.take("payer", party(level, "payer"))


def _requester(level: LoopNode, trace: Trace) -> PartySaid | None:
    return trace.take("requester", party(level, "requester"))


def _as_patient(subscriber: Found[PartySaid] | None) -> Found[PartySaid] | None:
    return subscriber.under("the subscriber is the patient") if subscriber else None
