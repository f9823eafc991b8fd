"""An inquiry about coverage as a 270 (005010X279A1).

Deliberately not sent: `client_reference` and `payer_id` (ours alone), the provider's contact
(the guide has no PER in 2100B), a gender of ``unknown`` (DMG03 knows F and M only), and a
provider's role beyond telling a facility from a provider.
"""

from __future__ import annotations

from priorwire.errors import LocalX12Error
from priorwire.mapping import codes, spelling
from priorwire.mapping.context import BuildContext
from priorwire.mapping.draft import Draft
from priorwire.mapping.party_segments import (
    add_address,
    add_payer,
    add_person,
    add_provider_name,
    add_subscriber_name,
    add_taxonomy,
)
from priorwire.mapping.review_segments import procedure_parts
from priorwire.model.authorization import ProcedureCode
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.parties import Dependent, Gender, Provider, Subscriber
from priorwire.x12.segments import Repeat, Segment, Value


def build_270(inquiry: EligibilityInquiry, context: BuildContext) -> list[Segment]:
    """The body of a 270, BHT on, without ST and SE.

    Raises:
        LocalX12Error: an identifier holds a delimiter of the interchange, or the procedure's code
            system has no qualifier in EQ02.
    """
    draft = Draft(context.delimiters)
    draft.add("BHT", "0022", "13", context.reference, spelling.day(context.at), spelling.clock(context.at))
    payer = draft.level("20", parent=None, children=True)
    add_payer(draft, "PR", context.payer)
    receiver = draft.level("21", parent=payer, children=True)
    _add_provider(draft, inquiry.provider)
    subscriber = draft.level("22", parent=receiver, children=inquiry.dependent is not None)
    if inquiry.dependent is None:
        _add_trace(draft, context)
    _add_subscriber(draft, inquiry.subscriber)
    if inquiry.dependent is not None:
        draft.level("23", parent=subscriber, children=False)
        _add_trace(draft, context)
        _add_dependent(draft, inquiry.dependent)
    draft.date("291", inquiry.dates)
    _add_questions(draft, inquiry)
    return draft.segments


def _add_trace(draft: Draft, context: BuildContext) -> None:
    # The trace stands at the level of the patient, so that it comes back there (005010X279A1, TRN).
    draft.add("TRN", "1", context.trace_number, context.trace_assigner)


def _add_provider(draft: Draft, provider: Provider) -> None:
    role = codes.REQUESTER_ROLE.get(provider.role, "1P")
    add_provider_name(draft, role, provider, tax_qualifier="FI", tax_reference="TJ")
    add_address(draft, provider.address)
    add_taxonomy(draft, codes.INQUIRER_PRV.get(provider.role, "PE"), provider)


def _add_subscriber(draft: Draft, subscriber: Subscriber) -> None:
    add_subscriber_name(draft, subscriber)
    _add_demographics(draft, subscriber)


def _add_dependent(draft: Draft, dependent: Dependent) -> None:
    add_person(draft, "03", dependent.name)
    add_address(draft, dependent.address)
    _add_demographics(draft, dependent)
    draft.add("INS", "N", codes.RELATIONSHIP_270[dependent.relationship])


def _add_demographics(draft: Draft, person: Subscriber | Dependent) -> None:
    gender = codes.GENDER[person.gender] if person.gender not in (None, Gender.UNKNOWN) else None
    birth = ("D8", spelling.day(person.birth_date)) if person.birth_date else (None, None)
    if birth[1] or gender:
        draft.add("DMG", *birth, gender)


def _add_questions(draft: Draft, inquiry: EligibilityInquiry) -> None:
    place = spelling.code(inquiry.place_of_service)
    for question in _questions(draft, inquiry):
        draft.add("EQ", *question)
        if place:
            draft.add("III", "ZZ", place)


def _questions(draft: Draft, inquiry: EligibilityInquiry) -> list[tuple[Value, ...]]:
    """One EQ for all service types, and one for the procedure: the guide wants either EQ01 or EQ02 in one EQ."""
    types = [each for each in map(spelling.code, inquiry.service_types) if each]
    questions: list[tuple[Value, ...]]
    if draft.delimiters.repetition is None:
        questions = [(each,) for each in types]
    else:
        questions = [(Repeat(types),)] if types else []
    if inquiry.procedure:
        questions.append((None, _procedure(inquiry.procedure)))
    return questions


def _procedure(procedure: ProcedureCode) -> tuple[str, ...]:
    qualifier = codes.ELIGIBILITY_PROCEDURE.get(procedure.system)
    if qualifier is None:
        raise LocalX12Error("EQ02-1: a 270 has no qualifier for this code system; ask by service type")
    return procedure_parts(qualifier, procedure)
