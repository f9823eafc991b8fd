"""A decision as an adjudication, and back; what is worked out from its codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from priorwire.mapping import codes
from priorwire.mapping.decisions import together
from priorwire.mapping.fhir import systems
from priorwire.mapping.fhir.elements import Json, coded_extension, concept, extension, identifier, inverted
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
    """The decision's code: as it was sent, else that of the status (which came from the event, or the services).

    A refusal before review and an answer that decides nothing have none.
    """
    return decided.decision_code or ACTIONS.get(decided.status)


def adjudication(decided: AuthorizationRecord | ServiceDecision, number: str | None) -> list[Json]:
    """What was decided."""
    return _adjudication(code_of(decided), decided.reasons, second_opinion=decided.second_opinion, number=number)


def approved(number: str | None) -> list[Json]:
    """Approved as it stands here."""
    return _adjudication(ACTIONS[ReviewStatus.APPROVED], (), second_opinion=None, number=number)


def _adjudication(
    code: str | None, reasons: Iterable[Reason], *, second_opinion: bool | None, number: str | None
) -> list[Json]:
    action = [
        *coded_extension(_CODE, systems.x12(306), code),
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
        self.code = action.extension(_CODE)["valueCodeableConcept"].code(systems.x12(306))
        #: `None` where there is no code; UNKNOWN for one that is not known.
        self.status = codes.DECISION.get(self.code, ReviewStatus.UNKNOWN) if self.code else None
        self.number = action.extension("number")["valueString"].text()
        said = (each["valueCodeableConcept"].code() for each in action.extensions("reasonCode"))
        self.reasons = tuple(Reason(code=code, says=codes.REASON.get(code)) for code in said if code)
        self.second_opinion = action.extension("secondSurgicalOpinionFlag")["valueBoolean"].flag()


def service_as_read(service: ServiceDecision, *, refused: bool) -> ReviewStatus:
    """The status that an item of this service is read as; `refused`: an error names it."""
    code = code_of(service)
    if code:
        return codes.DECISION.get(code, ReviewStatus.UNKNOWN)
    return ReviewStatus.REJECTED if refused else ReviewStatus.UNKNOWN


def status_as_read(record: AuthorizationRecord) -> ReviewStatus:
    """The status that a response of this record is read as."""
    code = code_of(record)
    if code:
        return codes.DECISION.get(code, ReviewStatus.UNKNOWN)
    if record.status is ReviewStatus.REJECTED:
        return record.status
    refused = {each.service for each in record.rejections}
    return of_services(service_as_read(each, refused=n in refused) for n, each in enumerate(record.services, 1))


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
