"""Making the bytes of a message: build, narrow, check, envelope. Pure but for the numbers it is given.

An error found here stops the message: nothing that our own reader would call wrong is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from priorwire.errors import Fault, GuideError, InvalidRequest
from priorwire.gateway.rows import AnyRequest, TransactionRow
from priorwire.mapping import (
    CURRENT_275,
    Body,
    BuildContext,
    Document,
    build_270,
    build_275,
    build_278,
    build_278_inquiry,
)
from priorwire.model.authorization import AuthorizationRequest
from priorwire.payers import narrow
from priorwire.payers.profile import Environment, PayerProfile, Route, X12Address
from priorwire.x12 import (
    GroupHeader,
    Guide,
    InterchangeHeader,
    Issue,
    Segment,
    SetToWrite,
    read_one,
    validate,
    write_interchange,
)
from priorwire.x12.guides import guide, guide_for

#: One set an interchange: what payers take in real time, and what makes a 999 about it unambiguous.
SET_NUMBER = "0001"
#: ISA12 for guides of release 5010 and of 6020.
_VERSION, _LATER_VERSION = "00501", "00602"


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """The numbers of one message; stored before it is sent."""

    interchange: int
    group: int
    reference: str
    trace: str


def request_bytes(request: AnyRequest, profile: PayerProfile, route: Route, numbers: Numbers, at: datetime) -> bytes:
    """A 270 or a 278 request, in its envelope.

    Raises:
        InvalidRequest: what was built breaks the guide or the payer's own rules; each place is named.
        GuideError: the route has no X12 address.
    """
    kind = "278-request" if isinstance(request, AuthorizationRequest) else "270"
    context = request_context(profile, route, numbers, at)
    body = build_278(request, context) if isinstance(request, AuthorizationRequest) else build_270(request, context)
    return _checked(_narrowed(kind, profile), body, route, numbers, at)


def inquiry_bytes(row: TransactionRow, profile: PayerProfile, route: Route, numbers: Numbers, at: datetime) -> bytes:
    """A 278 inquiry about an authorization: by the payer's number, else by example with our trace number."""
    if not isinstance(row.request, AuthorizationRequest):
        raise GuideError("Only an authorization can be inquired about.")
    body = build_278_inquiry(
        row.request,
        request_context(profile, route, numbers, at),
        authorization_number=row.authorization_number,
        administrative_reference=row.administrative_reference,
    )
    return _checked(_narrowed("278-inquiry", profile), body, route, numbers, at)


def attachment_bytes(
    row: TransactionRow,
    document: Document,
    profile: PayerProfile,
    route: Route,
    numbers: Numbers,
    at: datetime,
    *,
    solicited: bool,
) -> bytes:
    """A document to the review of `row`, in the edition that the route takes. Raises as `request_bytes`."""
    edition = route.attachment_edition or CURRENT_275
    rules = guide_for("275", edition, "", ()).guide
    if rules is None or not isinstance(row.request, AuthorizationRequest):
        raise GuideError("There is no guide to send a document to this by.")
    body = build_275(
        row.request,
        [document],
        request_context(profile, route, numbers, at),
        edition=edition,
        solicited=solicited,
        authorization_number=row.authorization_number,
        administrative_reference=row.administrative_reference,
    )
    return _checked(rules, body, route, numbers, at)


@lru_cache(maxsize=256)
def _narrowed(kind: str, profile: PayerProfile) -> Guide:
    return narrow(guide(kind), [each for each in profile.narrowings if each.guide == kind])


def request_context(profile: PayerProfile, route: Route, numbers: Numbers, at: datetime) -> BuildContext:
    """What a builder is told beside the request. Raises GuideError: the route has no X12 address."""
    address = _address(route)
    return BuildContext(
        reference=numbers.reference,
        trace_number=numbers.trace,
        trace_assigner=address.trace_assigner,
        at=at,
        payer=profile.identity,
        delimiters=address.delimiters,
    )


def _address(route: Route) -> X12Address:
    if route.endpoint.x12 is None:
        raise GuideError(f"Endpoint '{route.endpoint.id}' has no [x12] address; add one to the payer's guide.toml.")
    return route.endpoint.x12


def _checked(rules: Guide, body: Body, route: Route, numbers: Numbers, at: datetime) -> bytes:
    payload = _enveloped(rules, body, _address(route), route.endpoint.environment, numbers, at)
    issues = [issue for issue in validate(read_one(payload), rules).issues if issue.is_error]
    if issues:
        faults = tuple(_fault(body, issue) for issue in issues)
        raise InvalidRequest(faults, "What would be sent breaks a rule; nothing was sent.")
    return payload


def _fault(body: Body, issue: Issue) -> Fault:
    pointer = body.pointer(issue.place.position, issue.place.element, issue.place.segment)
    return Fault(pointer=pointer, code=issue.code.code, detail=issue.says)


def _enveloped(
    rules: Guide, body: Sequence[Segment], to: X12Address, environment: Environment, numbers: Numbers, at: datetime
) -> bytes:
    interchange = InterchangeHeader(
        sender_qualifier=to.sender_qualifier,
        sender=to.sender,
        receiver_qualifier=to.receiver_qualifier,
        receiver=to.receiver,
        at=at,
        control_number=numbers.interchange,
        usage="P" if environment is Environment.PRODUCTION else "T",
        version=_LATER_VERSION if rules.id.startswith("006") else _VERSION,
    )
    group = GroupHeader(
        functional_id=rules.functional_group,
        sender=to.group_sender,
        receiver=to.group_receiver,
        at=at,
        control_number=numbers.group,
        version=rules.id,
    )
    the_set = SetToWrite(transaction=rules.transaction, control_number=SET_NUMBER, guide_id=rules.id, body=body)
    return write_interchange(interchange, [(group, [the_set])], to.delimiters)
