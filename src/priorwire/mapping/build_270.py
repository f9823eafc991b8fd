"""An inquiry about coverage as a 270 (005010X279A1).

What the inquiry says and the guide has no place for is refused with its place (`InvalidRequest`).
Deliberately not sent, because it only describes a party or a code and the guide has no place for it:

* `client_reference` and `payer_id`, which are ours alone;
* the provider's contact (2100B has no PER), a provider's role beyond a facility and those of
  PRV01, a military status (INS08), the prefix of a name (NM106);
* a gender of ``unknown`` (DMG03 knows F and M only), the description of a procedure.

The first diagnosis is sent as the principal one where none is marked: HI01 allows no other.
"""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.mapping import request_codes, spelling
from priorwire.mapping.context import BuildContext
from priorwire.mapping.draft import Body, Draft
from priorwire.mapping.party_segments import (
    add_address,
    add_dependent_name,
    add_payer,
    add_provider_name,
    add_provider_numbers,
    add_relationship,
    add_subscriber_name,
    add_taxonomy,
)
from priorwire.mapping.service_segments import procedure_parts
from priorwire.model.authorization import Diagnosis, DiagnosisKind
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.parties import Dependent, Gender, Provider, ProviderRole, Subscriber
from priorwire.model.services import ProcedureCode
from priorwire.x12.segments import Repeat, Value

#: EQ05 points to at most four of the diagnoses.
_POINTERS = 4


def build_270(inquiry: EligibilityInquiry, context: BuildContext) -> Body:
    """The body of a 270, BHT on, without ST and SE.

    Raises:
        InvalidRequest: an identifier holds a delimiter of the interchange, or the inquiry holds what a 270 has no
            place for. Each fault has its JSON pointer.
    """
    draft = Draft(context.delimiters)
    spends = inquiry.spend_down is not None or inquiry.spend_down_billed is not None
    day, clock = spelling.day(context.at), spelling.clock(context.at)
    draft.add("BHT", "0022", "13", context.reference, day, clock, "RT" if spends else None)
    payer = draft.level("20", parent=None, children=True)
    add_payer(draft, "PR", context.payer)
    receiver = draft.level("21", parent=payer, children=True)
    with draft.about("provider"):
        _add_provider(draft, inquiry.provider)
    subscriber = draft.level("22", parent=receiver, children=inquiry.dependent is not None)
    if inquiry.dependent is None:
        _add_trace(draft, context)
    with draft.about("subscriber"):
        _add_subscriber(draft, inquiry.subscriber)
    if inquiry.dependent is not None:
        draft.level("23", parent=subscriber, children=False)
        _add_trace(draft, context)
        with draft.about("dependent"):
            _add_dependent(draft, inquiry.dependent)
    _add_diagnoses(draft, inquiry.diagnoses)
    draft.date("291", inquiry.dates, "dates")
    draft.date("102", inquiry.card_issued, "card_issued")
    _add_questions(draft, inquiry)
    return draft.finish()


def _add_trace(draft: Draft, context: BuildContext) -> None:
    # The trace stands at the level of the patient, so that it comes back there (005010X279A1, TRN).
    draft.add("TRN", "1", context.trace_number, context.trace_assigner)


def _add_provider(draft: Draft, provider: Provider) -> None:
    role = request_codes.REQUESTER_ROLE.get(provider.role, "1P")
    add_provider_name(draft, role, provider, tax_qualifier="FI", tax_reference="TJ")
    add_provider_numbers(draft, provider, request_codes.INQUIRER_NUMBER)
    add_address(draft, provider.address)
    told = request_codes.INQUIRER_PRV.get(provider.role)
    if provider.taxonomy:
        add_taxonomy(draft, told or "PE", provider)
    elif told and provider.role is not ProviderRole.RENDERING:
        draft.add("PRV", told)


def _add_subscriber(draft: Draft, subscriber: Subscriber) -> None:
    add_subscriber_name(draft, subscriber, request_codes.SUBSCRIBER_NUMBER_270)
    _add_demographics(draft, subscriber)
    if subscriber.birth_order is not None:
        add_relationship(draft, "Y", "18", birth_order=subscriber.birth_order)


def _add_dependent(draft: Draft, dependent: Dependent) -> None:
    add_dependent_name(draft, "03", dependent, request_codes.DEPENDENT_NUMBER_270)
    _add_demographics(draft, dependent)
    relationship = request_codes.RELATIONSHIP_270[dependent.relationship]
    add_relationship(draft, "N", relationship, birth_order=dependent.birth_order)


def _add_demographics(draft: Draft, person: Subscriber | Dependent) -> None:
    gender = request_codes.GENDER[person.gender] if person.gender not in (None, Gender.UNKNOWN) else None
    birth = ("D8", spelling.day(person.birth_date)) if person.birth_date else (None, None)
    if birth[1] or gender:
        draft.add("DMG", *birth, gender)


def _add_diagnoses(draft: Draft, diagnoses: Sequence[Diagnosis]) -> None:
    ordered = sorted(range(len(diagnoses)), key=lambda index: diagnoses[index].kind is not DiagnosisKind.PRINCIPAL)
    codes = []
    for place, index in enumerate(ordered):
        diagnosis = diagnoses[index]
        with draft.about("diagnoses", index):
            if diagnosis.kind not in request_codes.DIAGNOSIS_270:
                draft.refuse("kind", "no_such_kind_here", "A 270 knows a principal diagnosis and others.")
            if diagnosis.on:
                draft.refuse("on", "no_date_here", "A 270 has no place for the date of a diagnosis.")
        kind = diagnosis.kind if place else DiagnosisKind.PRINCIPAL
        codes.append((request_codes.DIAGNOSIS_270.get(kind, ""), spelling.code(diagnosis.code) or ""))
    if codes:
        with draft.about("diagnoses"):
            draft.add("HI", *codes)


def _add_questions(draft: Draft, inquiry: EligibilityInquiry) -> None:
    """2110C or 2110D. The spend-down stands once: it is of the patient, not of the question."""
    _refuse_for_dependent(draft, inquiry)
    if inquiry.authorization_number and inquiry.referral_number:
        draft.refuse("referral_number", "one_of_two", "A question names an authorization or a referral, not both.")
    for number, (field, question) in enumerate(_questions(draft, inquiry)):
        with draft.about(*field):
            draft.add("EQ", *question)
        if number == 0:
            _add_spend_down(draft, inquiry)
        _add_qualifiers(draft, inquiry)


def _refuse_for_dependent(draft: Draft, inquiry: EligibilityInquiry) -> None:
    if inquiry.dependent is None:
        return
    for field in ("family", "spend_down", "spend_down_billed"):
        if getattr(inquiry, field):
            draft.refuse(field, "not_for_a_dependent", "Can only be asked about the subscriber.")


def _add_spend_down(draft: Draft, inquiry: EligibilityInquiry) -> None:
    for qualifier, field, value in (
        ("R", "spend_down", inquiry.spend_down),
        ("PB", "spend_down_billed", inquiry.spend_down_billed),
    ):
        if value is not None:
            with draft.about(field):
                draft.add("AMT", qualifier, spelling.number(value))


def _add_qualifiers(draft: Draft, inquiry: EligibilityInquiry) -> None:
    place = spelling.code(inquiry.place_of_service)
    if place:
        with draft.about("place_of_service"):
            draft.add("III", "ZZ", place)
    draft.reference("9F", inquiry.referral_number, "referral_number")
    draft.reference("G1", inquiry.authorization_number, "authorization_number")


def _questions(draft: Draft, inquiry: EligibilityInquiry) -> list[tuple[tuple[str | int, ...], tuple[Value, ...]]]:
    """One EQ for all service types, and one a procedure: the guide wants either EQ01 or EQ02 in one EQ.

    Each with the field it is made of, and pointing to the first four diagnoses: EQ05 has no room for more.
    """
    types = [each for each in map(spelling.code, inquiry.service_types) if each]
    many = draft.delimiters.repetition is None
    asked: list[Value] = [*types] if many else [Repeat(types)] if types else []
    level = "FAM" if inquiry.family else None
    pointers = tuple(str(number) for number in range(1, min(len(inquiry.diagnoses), _POINTERS) + 1)) or None
    questions: list[tuple[tuple[str | int, ...], tuple[Value, ...]]]
    questions = [(("service_types",), (each, None, level, None, pointers)) for each in asked]
    for index, procedure in enumerate(inquiry.procedures):
        with draft.about("procedures", index):
            parts = _procedure(draft, procedure)
        questions.append((("procedures", index), (None, parts, level, None, pointers)))
    return questions


def _procedure(draft: Draft, procedure: ProcedureCode) -> tuple[str, ...] | None:
    qualifier = request_codes.ELIGIBILITY_PROCEDURE.get(procedure.system)
    if procedure.through:
        draft.refuse("through", "no_range_here", "A 270 asks about one procedure at a time.")
    if qualifier is None:
        detail = "A 270 has no qualifier for this code system; ask by service type."
        draft.refuse("system", "no_such_code_system", detail)
        return None
    return procedure_parts(qualifier, procedure)
