"""A decision as an adjudication, and back; what is worked out from its codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from priorwire.mapping import codes
from priorwire.mapping.decisions import settled_status, together
from priorwire.mapping.fhir import systems
from priorwire.mapping.fhir.elements import Json, absent, coded_extension, concept, extension, identifier, inverted
from priorwire.mapping.fhir.node import Node
from priorwire.model.authorization import (
    AuthorizationRecord,
    PendedFor,
    Reason,
    ReviewStatus,
    ServiceDecision,
    TraceNumber,
)

_ACTION, _CODE = systems.pas("reviewAction"), systems.pas("reviewActionCode")
ACTIONS: Mapping[ReviewStatus, str] = {status: code for code, status in codes.DECISION.items()}
#: Marks a number that the payer assigned, beside ours that it gives back.
_PAYERS_OWN = "official"

#: The loop that a rejection is named by in FHIR (PAS: errorElement), by the part that was at fault.
LOOP_OF: Mapping[str, str] = {
    "payer": "2010A",
    "requester": "2010B",
    "subscriber": "2010C",
    "dependent": "2010D",
    "event": "2000E",
    "event_provider": "2010EA",
    "event_contact": "2010EB",
    "transport": "2010EC",
    "service": "2000F",
    "service_provider": "2010FA",
    "service_contact": "2010FB",
}
#: Longer names first: an element is named by its loop and more, e.g. ``2010EA-NM109``.
_ABOUT = sorted(
    [
        *inverted(LOOP_OF).items(),
        ("2000A", "payer"),
        ("2000B", "requester"),
        ("2000C", "subscriber"),
        ("2000D", "dependent"),
    ],
    key=lambda each: -len(each[0]),
)


def about(place: str | None) -> str:
    """Which part an errorElement names."""
    return next((word for loop, word in _ABOUT if (place or "").startswith(loop)), "transaction")


def code_of(decided: AuthorizationRecord | ServiceDecision) -> str | None:
    """The code of the status: as it was sent where that is what it says, else the status's own.

    What an event promises and its services take back is not said by the event's code: whoever reads the
    adjudication of the whole alone reads what the record says. A refusal before review and an answer that
    decides nothing have none.
    """
    sent = decided.decision_code
    if sent and codes.DECISION.get(sent, ReviewStatus.UNKNOWN) is decided.status:
        return sent
    return ACTIONS.get(decided.status)


def adjudication(
    decided: AuthorizationRecord | ServiceDecision, number: str | None, *, undecided: bool = False
) -> list[Json]:
    """What was decided; `undecided`: that nobody can tell must be said, for without a word it would be read as more."""
    action = coded_extension(_CODE, systems.x12(306), code_of(decided))
    if undecided:
        action = extension(_CODE, valueCodeableConcept=absent())
    return _adjudication(action, decided.reasons, second_opinion=decided.second_opinion, number=number)


def approved(number: str | None) -> list[Json]:
    """Approved as it stands here."""
    action = coded_extension(_CODE, systems.x12(306), ACTIONS[ReviewStatus.APPROVED])
    return _adjudication(action, (), second_opinion=None, number=number)


def _adjudication(
    decision: list[Json], reasons: Iterable[Reason], *, second_opinion: bool | None, number: str | None
) -> list[Json]:
    action = [
        *decision,
        *extension("number", valueString=number),
        *(each for reason in reasons for each in coded_extension("reasonCode", systems.DECISION_REASONS, reason.code)),
        *extension("secondSurgicalOpinionFlag", valueBoolean=second_opinion),
    ]
    if not action:
        return []
    return [{"extension": [{"url": _ACTION, "extension": action}], "category": submitted()}]


def submitted() -> Json:
    """What an adjudication of PAS is about: what was submitted."""
    return concept(systems.ADJUDICATION, "submitted") or {}


class Decision:
    """An adjudication read."""

    def __init__(self, holder: Node) -> None:
        adjudications = holder["adjudication"].each()
        node = next((each for each in adjudications if each.extensions(_ACTION)), holder["adjudication"].first())
        action = node.extension(_ACTION)
        node["category"].seen()
        coded = action.extension(_CODE)["valueCodeableConcept"]
        is_undecided = coded.is_absent()
        self.code = coded.code(systems.x12(306))
        #: `None` where there is no code; UNKNOWN for one that is not known, or that is said to be absent.
        self.status = codes.DECISION.get(self.code, ReviewStatus.UNKNOWN) if self.code else None
        if is_undecided and self.code is None:
            self.status = ReviewStatus.UNKNOWN
        self.number = action.extension("number")["valueString"].text()
        said = (each["valueCodeableConcept"].code() for each in action.extensions("reasonCode"))
        self.reasons = tuple(Reason(code=code, says=codes.REASON.get(code)) for code in said if code)
        self.second_opinion = action.extension("secondSurgicalOpinionFlag")["valueBoolean"].flag()


def undecided_service(service: ServiceDecision, *, refused: bool) -> bool:
    """Whether an item must say that nobody can tell, because an error that names it would be read as a refusal."""
    return refused and service.status is ReviewStatus.UNKNOWN and code_of(service) is None


def undecided(record: AuthorizationRecord) -> bool:
    """Whether a response must say that nobody can tell, because its items alone would be read as a decision."""
    if record.status is not ReviewStatus.UNKNOWN or code_of(record) is not None:
        return False
    return whole_as_read(None, _services_as_read(record)) is not ReviewStatus.UNKNOWN


def service_as_read(service: ServiceDecision, *, refused: bool) -> ReviewStatus:
    """The status that an item of this service is read as; `refused`: an error names it."""
    return _service_as_read(service, refused=refused) or ReviewStatus.UNKNOWN


def _service_as_read(service: ServiceDecision, *, refused: bool) -> ReviewStatus | None:
    code = code_of(service)
    if code:
        return codes.DECISION.get(code, ReviewStatus.UNKNOWN)
    if not refused:
        return None
    return ReviewStatus.UNKNOWN if undecided_service(service, refused=refused) else ReviewStatus.REJECTED


def _services_as_read(record: AuthorizationRecord) -> list[ReviewStatus | None]:
    refused = {each.service for each in record.rejections}
    return [_service_as_read(each, refused=number in refused) for number, each in enumerate(record.services, 1)]


def status_as_read(record: AuthorizationRecord) -> ReviewStatus:
    """The status that a response of this record is read as."""
    code = code_of(record)
    if code is None and record.status is ReviewStatus.REJECTED:
        return record.status
    said = codes.DECISION.get(code, ReviewStatus.UNKNOWN) if code else None
    return whole_as_read(ReviewStatus.UNKNOWN if undecided(record) else said, _services_as_read(record))


def whole_as_read(event: ReviewStatus | None, services: Sequence[ReviewStatus | None]) -> ReviewStatus:
    """The status of a review in FHIR, by the rules of a 278: `decisions.settled`, and rolled up without a whole.

    Args:
        event: what is decided of the whole; `None` where nothing is.
        services: what is said of each service itself; `None` for one of which nothing is.
    """
    if event is None:
        return of_services(each or ReviewStatus.UNKNOWN for each in services)
    own = {each for each in services if each is not None}
    return settled_status(event, own, others=None in services)


def of_services(statuses: Iterable[ReviewStatus]) -> ReviewStatus:
    """The status of a review that decides nothing as a whole: rolled up, as that of a 278 is."""
    said = set(statuses)
    if not said - {ReviewStatus.UNKNOWN}:
        return ReviewStatus.UNKNOWN
    return said.pop() if len(said) == 1 else together(said)


def pended_for(status: ReviewStatus, reasons: Iterable[Reason], *, documents: bool) -> PendedFor | None:
    """What a pended review waits for: by its reasons, else by the documents that are asked for."""
    if status is not ReviewStatus.PENDED:
        return None
    given = {each.code for each in reasons}
    for code, waits in codes.PENDED_FOR.items():
        if code in given:
            return waits
    return PendedFor.INFORMATION if documents else PendedFor.NOT_STATED


def trace_identifier(trace: TraceNumber) -> Json:
    """A trace number; FHIR's ``use`` tells the payer's own from ours given back."""
    system = f"{systems.TRACE}{trace.assigner}" if trace.assigner else None
    return identifier(system, trace.number, use=None if trace.returned else _PAYERS_OWN)


def read_trace(node: Node) -> TraceNumber | None:
    """A trace number; its assigner where the identifier's system names one."""
    number, system = node["value"].text(), node["system"].peek()
    if number is None:
        return None
    is_trace = isinstance(system, str) and system.startswith(systems.TRACE)
    assigner = str(system).removeprefix(systems.TRACE) if is_trace else None
    if assigner or node["_system"]:
        node["system"].seen()
        node["_system"].seen()
    use = node["use"].text()
    return TraceNumber(number=number, assigner=assigner, returned=use != _PAYERS_OWN)
