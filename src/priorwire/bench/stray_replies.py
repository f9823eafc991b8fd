"""Replies to open cases as payers and clearinghouses really send them: complete, damaged, mixed up, or not ours.

`KINDS` is the table: how many of a thousand, what is done to the identifiers, and what the truth is.
Names, dates and codes that a payer tells otherwise (`_retold`) come on top, whatever the kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import accumulate
from random import Random
from types import MappingProxyType

from priorwire.bench.open_cases import NPIS, PROCEDURES, TENANTS, OpenCase, token
from priorwire.gateway.rows import TransactionRow
from priorwire.model.authorization import AuthorizationRecord, ReviewStatus, ServiceDecision, TraceNumber
from priorwire.model.identifiers import PayerId, TenantId, TransactionId
from priorwire.model.parties import PartySaid
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode

#: The ten characters of who assigned a trace number.
_OURS, _A_CLEARINGHOUSES = "9EXAMPLE01", "9EXAMPLE77"
#: How many in a hundred replies come twice.
_TWICE = 5
_STATUSES = (ReviewStatus.APPROVED, ReviewStatus.DENIED, ReviewStatus.PENDED, ReviewStatus.APPROVED_MODIFIED)


@dataclass(frozen=True, kw_only=True, repr=False)
class Reply:
    """A reply as a practice's gateway gets it, and whose it is."""

    kind: str
    tenant: TenantId
    payer: PayerId
    record: AuthorizationRecord
    #: The request on whose call it came; `None` where it came by itself.
    call: TransactionRow | None = None
    #: The truth; `None` where it is nobody's of this tenant.
    owner: TransactionId | None
    #: Whether it carries an identifier that we made, as we made it, and none of another request of ours.
    names_us: bool


@dataclass(frozen=True, kw_only=True)
class _Scene:
    """What a kind of reply is made out of."""

    draw: Random
    cases: Sequence[OpenCase]
    case: OpenCase


_Make = Callable[[_Scene], Reply]


def stray_replies(cases: Sequence[OpenCase], count: int, seed: int) -> Iterator[Reply]:
    """So many, shuffled: late ones among early ones, the second copy long after the first or before it."""
    draw = Random(seed + 1)  # noqa: S311 -- for data that is the same each time
    kinds, weights = list(KINDS), list(accumulate(weight for weight, _ in KINDS.values()))
    made: list[Reply] = []
    while len(made) < count:
        kind = draw.choices(kinds, cum_weights=weights)[0]
        reply = KINDS[kind][1](_Scene(draw=draw, cases=cases, case=draw.choice(cases)))
        made += [replace(reply, kind=kind)] * (2 if draw.randrange(100) < _TWICE else 1)
    draw.shuffle(made)
    yield from made[:count]


# ---------------------------------------------------------------- what a reply says of the care


def _told(scene: _Scene, case: OpenCase) -> AuthorizationRecord:
    """What the payer says of a case, without any identifier."""
    request = case.request
    card = request.subscriber
    subscriber = PartySaid(
        name=card.name.last,
        first_name=card.name.first,
        identifier=card.member_id,
        identifier_kind="member_id",
        birth_date=card.birth_date,
    )
    patient = subscriber
    if request.dependent is not None:
        name = request.dependent.name
        patient = PartySaid(name=name.last, first_name=name.first, birth_date=request.dependent.birth_date)
    said = AuthorizationRecord(
        status=scene.draw.choice(_STATUSES),
        subscriber=subscriber,
        patient=patient,
        requester=PartySaid(name="EXAMPLE CLINIC", identifier=request.requester.npi, identifier_kind="npi"),
        service_type=request.service_type,
        event_dates=request.event_dates,
        services=tuple(
            ServiceDecision(procedure=line.procedure, status=ReviewStatus.APPROVED) for line in request.services
        ),
    )
    return _retold(scene.draw, said)


def _retold(draw: Random, said: AuthorizationRecord) -> AuthorizationRecord:
    """Payers leave out, shorten, mend and change: about one in six replies differs from what was asked in one thing."""
    chance = draw.randrange(1_000)
    for begins, change in _CHANGES.items():
        if begins <= chance < begins + 20:
            return change(draw, said)
    return said


def _person(said: AuthorizationRecord, **changed: object) -> AuthorizationRecord:
    """With the patient told otherwise."""
    patient, subscriber = said.patient, said.subscriber
    if patient is None or subscriber is None:
        return said
    other = replace(patient, **changed)  # type: ignore[arg-type]  # fields of PartySaid, by name
    return replace(said, patient=other, subscriber=other if patient == subscriber else subscriber)


def _number(said: AuthorizationRecord, number: str | None) -> AuthorizationRecord:
    subscriber = said.subscriber
    if subscriber is None:
        return said
    other = replace(subscriber, identifier=number, identifier_kind="member_id" if number else None)
    return replace(said, subscriber=other, patient=other if said.patient == subscriber else said.patient)


def _known_number(said: AuthorizationRecord) -> str:
    return (said.subscriber.identifier if said.subscriber else None) or ""


def _other_dates(draw: Random, said: AuthorizationRecord) -> AuthorizationRecord:
    span = said.event_dates
    if span is None:
        return said
    later = span.start + timedelta(days=draw.randrange(1, 12))
    return replace(said, event_dates=DateSpan(start=later, end=later + timedelta(days=5)))


def _other_procedure(draw: Random, said: AuthorizationRecord) -> AuthorizationRecord:
    code = ProcedureCode(system=CodeSystem.CPT_HCPCS, code=draw.choice(PROCEDURES))
    return replace(said, services=(ServiceDecision(procedure=code, status=ReviewStatus.APPROVED),))


def _nickname(_: Random, said: AuthorizationRecord) -> AuthorizationRecord:
    return _person(said, first_name="NICKNAME")


def _initial(_: Random, said: AuthorizationRecord) -> AuthorizationRecord:
    return _person(said, first_name=((said.patient.first_name if said.patient else None) or "X")[0])


def _other_birth_date(_: Random, said: AuthorizationRecord) -> AuthorizationRecord:
    born = said.patient.birth_date if said.patient else None
    return _person(said, birth_date=born + timedelta(days=30) if born else None)


def _suffixed(_: Random, said: AuthorizationRecord) -> AuthorizationRecord:
    return _number(said, f"{_known_number(said)}01")


def _other_provider(draw: Random, said: AuthorizationRecord) -> AuthorizationRecord:
    return replace(said, requester=PartySaid(name="CLINIC", identifier=draw.choice(NPIS), identifier_kind="npi"))


def _without_services(_: Random, said: AuthorizationRecord) -> AuthorizationRecord:
    return replace(said, services=())


#: From which thousandth on, each over twenty of them.
_CHANGES: Mapping[int, Callable[[Random, AuthorizationRecord], AuthorizationRecord]] = MappingProxyType(
    {
        0: _other_dates,
        20: _other_procedure,
        40: _nickname,
        60: _initial,
        80: _other_birth_date,
        100: _suffixed,
        120: _other_provider,
        140: _without_services,
    }
)


# ---------------------------------------------------------------- what became of the identifiers


def _reply(
    case: OpenCase,
    said: AuthorizationRecord,
    *,
    reference: str | None = None,
    traces: Sequence[str] = (),
    number: str | None = None,
    call: TransactionRow | None = None,
    names_us: bool,
) -> Reply:
    given = tuple(
        TraceNumber(number=each, assigner=_OURS if each.startswith("PT") else _A_CLEARINGHOUSES, returned=True)
        for each in traces
    )
    record = replace(said, reference=reference, traces=given, administrative_reference=number)
    return Reply(
        kind="",
        tenant=case.row.tenant,
        payer=case.row.payer_id,
        record=record,
        call=call,
        owner=case.row.id,
        names_us=names_us,
    )


def _whole(scene: _Scene) -> Reply:
    row = scene.case.row
    said = _told(scene, scene.case)
    return _reply(scene.case, said, reference=row.reference, traces=[row.trace_number], names_us=True)


def _without_trace(scene: _Scene) -> Reply:
    return _reply(scene.case, _told(scene, scene.case), reference=scene.case.row.reference, names_us=True)


def _without_reference(scene: _Scene) -> Reply:
    return _reply(scene.case, _told(scene, scene.case), traces=[scene.case.row.trace_number], names_us=True)


def _padded(scene: _Scene) -> Reply:
    row = scene.case.row
    said = _told(scene, scene.case)
    reference, trace = f"{row.reference.lower()}   ", f" {row.trace_number}  "
    return _reply(scene.case, said, reference=reference, traces=[trace], names_us=True)


def _trace_altered(scene: _Scene) -> Reply:
    row = scene.case.row
    altered = [_altered(scene.draw, row.trace_number)]
    return _reply(scene.case, _told(scene, scene.case), reference=row.reference, traces=altered, names_us=True)


def _reference_altered(scene: _Scene) -> Reply:
    row = scene.case.row
    altered = _altered(scene.draw, row.reference)
    return _reply(scene.case, _told(scene, scene.case), reference=altered, traces=[row.trace_number], names_us=True)


def _clearinghouse_trace(scene: _Scene) -> Reply:
    row = scene.case.row
    traces = [f"CH{scene.draw.randrange(10**9)}", row.trace_number]
    return _reply(scene.case, _told(scene, scene.case), traces=traces, names_us=True)


def _both_altered(scene: _Scene) -> Reply:
    row = scene.case.row
    reference, trace = _altered(scene.draw, row.reference), _altered(scene.draw, row.trace_number)
    return _reply(scene.case, _told(scene, scene.case), reference=reference, traces=[trace], names_us=False)


def _bare(scene: _Scene) -> Reply:
    return _reply(scene.case, _told(scene, scene.case), names_us=False)


def _payers_number(scene: _Scene) -> Reply:
    number = scene.case.row.administrative_reference
    return _reply(scene.case, _told(scene, scene.case), number=number, names_us=False)


def _on_its_call(scene: _Scene) -> Reply:
    return _reply(scene.case, _told(scene, scene.case), call=scene.case.row, names_us=False)


def _on_a_call_of_another(scene: _Scene) -> Reply:
    other = _same_tenant(scene)
    return _reply(scene.case, _told(scene, scene.case), call=other.row, names_us=False)


def _two_names(scene: _Scene) -> Reply:
    """Our reference, and a trace number that the payer has used before."""
    other = _same_tenant(scene).row.trace_number
    said = _told(scene, scene.case)
    return _reply(scene.case, said, reference=scene.case.row.reference, traces=[other], names_us=False)


def _anothers(scene: _Scene, other: OpenCase, *, whole: bool) -> Reply:
    """What it says is about one request, and its identifiers are another's."""
    reference = other.row.reference if whole else None
    return _reply(
        scene.case, _told(scene, scene.case), reference=reference, traces=[other.row.trace_number], names_us=False
    )


def _trace_of_another(scene: _Scene) -> Reply:
    return _anothers(scene, _same_tenant(scene), whole=False)


def _names_of_another(scene: _Scene) -> Reply:
    return _anothers(scene, _same_tenant(scene), whole=True)


def _names_of_the_twin(scene: _Scene) -> Reply:
    twins = scene.case.twins
    other = scene.cases[scene.draw.choice(twins)] if twins else _same_tenant(scene)
    return _anothers(scene, other, whole=scene.draw.random() < 1 / 2)


def _names_of_the_other_request(scene: _Scene) -> Reply:
    """The same patient's other request."""
    others = scene.case.others
    other = scene.cases[scene.draw.choice(others)] if others else _same_tenant(scene)
    return _anothers(scene, other, whole=scene.draw.random() < 1 / 2)


def _to_another_tenant(scene: _Scene) -> Reply:
    reply = _whole(scene)
    elsewhere = scene.draw.choice([each for each in TENANTS if each != reply.tenant])
    return replace(reply, tenant=elsewhere, owner=None, names_us=False)


def _of_another_submitter(scene: _Scene) -> Reply:
    """Somebody else's, with names of nobody here; the person may be known here all the same."""
    said = _told(scene, scene.case)
    known = scene.draw.random() < 1 / 2
    said = said if known else _number(said, f"ZZZ{scene.draw.randrange(10**8):08}")
    traces = ["PT" + token(scene.draw)]
    reply = _reply(scene.case, said, reference="PW" + token(scene.draw), traces=traces, names_us=False)
    return replace(reply, owner=None)


def _namesake(scene: _Scene) -> Reply:
    """Our trace number on a reply about a stranger with the name and the birth date of the one we asked about."""
    said = _number(_told(scene, scene.case), f"ZZZ{scene.draw.randrange(10**8):08}")
    reply = _reply(scene.case, said, traces=[scene.case.row.trace_number], names_us=False)
    return replace(reply, owner=None)


def _nothing_left(scene: _Scene) -> Reply:
    """No identifier, and a member number that nobody has."""
    said = _number(_told(scene, scene.case), f"ZZZ{scene.draw.randrange(10**8):08}")
    return _reply(scene.case, said, names_us=False)


def _same_tenant(scene: _Scene) -> OpenCase:
    """Another case of the tenant, with a patient of another card."""
    number = scene.case.request.subscriber.member_id
    while True:
        other = scene.draw.choice(scene.cases)
        if other.row.tenant == scene.case.row.tenant and other.request.subscriber.member_id != number:
            return other


def _altered(draw: Random, identifier: str) -> str:
    """A character read wrongly, two turned round, or the end cut off."""
    at = draw.randrange(2, len(identifier) - 1)
    match draw.randrange(3):
        case 0:
            return f"{identifier[:at]}9{identifier[at + 1 :]}"  # no identifier of ours has a nine
        case 1:
            return f"{identifier[:at]}{identifier[at + 1]}{identifier[at]}{identifier[at + 2 :]}9"
        case _:
            return identifier[: draw.randrange(10, 18)]


#: Kind -> how many of a thousand, and what makes one.
KINDS: Mapping[str, tuple[int, _Make]] = MappingProxyType(
    {
        "whole": (370, _whole),
        "without its trace": (110, _without_trace),
        "without its reference": (100, _without_reference),
        "padded and in other letters": (50, _padded),
        "trace altered": (50, _trace_altered),
        "reference altered": (40, _reference_altered),
        "with a clearinghouse's trace before ours": (40, _clearinghouse_trace),
        "both altered": (30, _both_altered),
        "without identifier": (30, _bare),
        "by the payer's number": (40, _payers_number),
        "on its own call, without identifier": (20, _on_its_call),
        "on another's call": (10, _on_a_call_of_another),
        "our reference, another's trace": (20, _two_names),
        "another's trace": (20, _trace_of_another),
        "another's reference and trace": (10, _names_of_another),
        "a twin's identifiers": (10, _names_of_the_twin),
        "the identifiers of the patient's other request": (10, _names_of_the_other_request),
        "another tenant's": (20, _to_another_tenant),
        "another submitter's": (15, _of_another_submitter),
        "a namesake's, with our trace": (3, _namesake),
        "nothing left to go by": (2, _nothing_left),
    }
)
