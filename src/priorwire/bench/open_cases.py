"""Open cases that are easily mistaken for each other: invented, the same for the same seed.

Few names and few birth dates, so that hundreds of people share both; twins on one card; people
with several requests at once, some for the same procedure; the same patients at several
practices; payers' numbers of which some were given twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from priorwire.gateway.rows import CaseRow, TransactionRow
from priorwire.model.authorization import AuthorizationRequest, ServiceLine
from priorwire.model.identifiers import CaseId, PayerId, TenantId, TransactionId
from priorwire.model.lifecycle import CaseState, Delivery, Review
from priorwire.model.parties import Dependent, PersonName, Provider, Relationship, Subscriber
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode
from priorwire.payers.profile import ChannelKind, Environment, Transaction

TENANTS = tuple(TenantId(f"practice-{number}") for number in range(1, 5))
PAYERS = (PayerId("example_payer"), PayerId("example_plan"), PayerId("example_trust"))
BEGAN = datetime(2026, 12, 1, 15, tzinfo=UTC)

_LAST = ("SAMPLE", "EXAMPLE", "SPECIMEN", "MODEL", "PATTERN", "TRIAL", "MUSTER", "PRUEBA")
#: No two begin alike: which is how a twin is told from the other.
FIRST = ("ALEX", "KIM", "ROBIN", "SAM", "JO", "CHRIS", "PAT", "LEE", "TONI", "MAX")
_BIRTH_DATES = 400
PROCEDURES = ("97110", "70551", "72148", "E0601", "29881", "27447", "90837", "K0823", "22612", "64483", "J1745")
NPIS = ("1234567893", "1245319599", "1003000126", "1023011178")
_SERVICE_TYPES = ("1", "2", "4", "18", "42")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#: How many in a hundred: cards with twins, patients who are also another practice's, cases with a payer's number,
#: and such numbers that were given to two.
_TWINS, _SHARED_PATIENTS, _NUMBERED, _TWICE_GIVEN = 12, 8, 60, 1


@dataclass(frozen=True, kw_only=True, repr=False)
class Patient:
    """Somebody at a practice, with a card of a payer."""

    tenant: TenantId
    payer: PayerId
    subscriber: Subscriber
    dependent: Dependent | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class OpenCase:
    """A request that waits for its answer."""

    row: TransactionRow
    request: AuthorizationRequest
    #: Ids of the open requests about the twin, and of further ones about the patient.
    twins: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


def open_cases(count: int, seed: int) -> list[OpenCase]:
    """So many cases; `OpenCase.twins` and `others` are places in this list."""
    draw = Random(seed)  # noqa: S311 -- for data that is the same each time
    made: list[OpenCase] = []
    while len(made) < count:
        for card in _at_the_practices(draw, _card(draw, len(made))):
            made += _of_a_card(draw, card, len(made))
    return _with_numbers(draw, made[:count])


def _card(draw: Random, number: int) -> list[Patient]:
    """Who is on a card: the subscriber, or the subscriber's twins."""
    last, born = draw.choice(_LAST), date(1950, 1, 1) + timedelta(days=draw.randrange(_BIRTH_DATES) * 40)
    first, second, third = draw.sample(FIRST, 3)
    subscriber = Subscriber(
        member_id=f"EXM{number:06}{draw.randrange(100):02}",
        name=PersonName(last=last, first=first),
        birth_date=born,
    )
    alone = Patient(tenant=draw.choice(TENANTS), payer=draw.choice(PAYERS), subscriber=subscriber)
    if draw.randrange(100) >= _TWINS:
        return [alone]
    birth = born + timedelta(days=9_000)
    twins = [
        Dependent(
            name=PersonName(last=last, first=each), relationship=Relationship.CHILD, birth_date=birth, birth_order=order
        )
        for order, each in enumerate((second, third), start=1)
    ]
    return [replace(alone, dependent=each) for each in twins]


def _at_the_practices(draw: Random, card: list[Patient]) -> Iterator[list[Patient]]:
    yield card
    if draw.randrange(100) < _SHARED_PATIENTS:
        other = draw.choice([each for each in TENANTS if each != card[0].tenant])
        yield [replace(each, tenant=other) for each in card]


def _of_a_card(draw: Random, card: list[Patient], begins: int) -> list[OpenCase]:
    """One to three cases of each on a card; twins get much the same."""
    wanted = draw.choice((1, 1, 1, 2, 3))
    procedures = draw.sample(PROCEDURES, wanted)
    if wanted > 1 and draw.randrange(4) == 0:
        procedures[-1] = procedures[0]
    places = {index: range(begins + index * wanted, begins + (index + 1) * wanted) for index in range(len(card))}
    made = []
    for index, patient in enumerate(card):
        twins = tuple(each for other in places if other != index for each in places[other])
        for turn, place in enumerate(places[index]):
            case = _case(draw, patient, place, procedures[turn], turn)
            others = tuple(each for each in places[index] if each != place)
            made.append(replace(case, twins=twins, others=others))
    return made


def _case(draw: Random, patient: Patient, number: int, procedure: str, turn: int) -> OpenCase:
    # Those of one patient lie apart: two that agree in everything would be one request sent twice.
    begins = date(2026, 12, 5) + timedelta(days=40 * turn + draw.randrange(25))
    request = AuthorizationRequest(
        payer_id=patient.payer,
        requester=Provider(organization="EXAMPLE CLINIC", npi=draw.choice(NPIS)),
        subscriber=patient.subscriber,
        dependent=patient.dependent,
        service_type=draw.choice(_SERVICE_TYPES),
        event_dates=DateSpan(start=begins, end=begins + timedelta(days=draw.randrange(10))),
        services=(ServiceLine(procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code=procedure)),),
    )
    return OpenCase(row=_row(draw, patient.tenant, number, request), request=request)


def _row(draw: Random, tenant: TenantId, number: int, request: AuthorizationRequest) -> TransactionRow:
    return TransactionRow(
        id=TransactionId(f"auth_{number:06}"),
        tenant=tenant,
        case_id=CaseId(f"case_{number:06}"),
        kind=Transaction.AUTHORIZATION,
        payer_id=PayerId(request.payer_id),
        request=request,
        environment=Environment.TEST,
        delivery=Delivery.ACCEPTED,
        review=Review.SUBMITTED,
        channel=ChannelKind.CORE_SOAP,
        route_id="batch",
        endpoint_id=f"{request.payer_id}/batch",
        reference="PW" + token(draw),
        trace_number="PT" + token(draw),
        meaning=f"{number:064}",
        created_at=BEGAN,
        updated_at=BEGAN,
    )


def token(draw: Random, length: int = 18) -> str:
    """What an identifier of ours is made of."""
    return "".join(draw.choices(_ALPHABET, k=length))


def _with_numbers(draw: Random, cases: list[OpenCase]) -> list[OpenCase]:
    """Some have a payer's number already, and some share it with another case of that payer."""
    given: dict[PayerId, list[str]] = defaultdict(list)
    numbered = []
    for place, case in enumerate(cases):
        row = case.row
        if draw.randrange(100) < _NUMBERED:
            known = given[row.payer_id]
            again = known and draw.randrange(100) < _TWICE_GIVEN
            number = draw.choice(known) if again else f"NT{place:08}"
            known.append(number)
            row = replace(row, administrative_reference=number, review=Review.PENDED)
        kept = tuple(each for each in case.twins if each < len(cases))
        numbered.append(replace(case, row=row, twins=kept, others=_below(case.others, len(cases))))
    return numbered


def _below(places: Sequence[int], count: int) -> tuple[int, ...]:
    return tuple(each for each in places if each < count)


def case_row(case: OpenCase) -> CaseRow:
    """The case that the request belongs to."""
    row = case.row
    return CaseRow(
        id=row.case_id, tenant=row.tenant, state=CaseState.WAITING, created_at=row.created_at, updated_at=row.created_at
    )
