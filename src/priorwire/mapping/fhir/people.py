"""The patient, the subscriber and their coverage as resources, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from priorwire.mapping import request_codes
from priorwire.mapping.fhir import parties, systems, words
from priorwire.mapping.fhir.elements import (
    Entries,
    Json,
    coded_extension,
    coding,
    concept,
    day,
    filled_in,
    inverted,
    resource,
)
from priorwire.mapping.fhir.node import Node
from priorwire.mapping.fhir.parties import Lost
from priorwire.model.parties import Dependent, MilitaryStatus, Relationship, Subscriber

_SELF, _SELF_X12 = "self", "18"
_MILITARY: Mapping[str, MilitaryStatus] = inverted(request_codes.MILITARY)
_RELATIONSHIPS: Mapping[str, Relationship] = {
    **inverted(words.RELATIONSHIP),
    **inverted(request_codes.RELATIONSHIP_278),
    **inverted(request_codes.RELATIONSHIP_270),
}


@dataclass(frozen=True, kw_only=True)
class Covered:
    """References to the patient and to the coverage."""

    patient: Json
    coverage: Json


@dataclass(frozen=True, kw_only=True)
class CoveredRead:
    """Who is covered."""

    subscriber: Subscriber | None
    dependent: Dependent | None
    #: Where the patient stands, for faults that are found later.
    patient: Node | None


def covered_of(
    entries: Entries, insurer: Json, subscriber: Subscriber, dependent: Dependent | None, lost: Lost
) -> Covered:
    """The patient and the coverage; a dependent is a patient apart from the subscriber."""
    holder = entries.add(_subscriber(subscriber, lost))
    patient = entries.add(_dependent(dependent, subscriber, lost)) if dependent else holder
    related = dependent.relationship if dependent else None
    coverage = resource(
        "Coverage",
        "coverage",
        identifier=parties.member_id(subscriber.member_id),
        status="active",
        subscriber=holder,
        subscriberId=subscriber.member_id,
        beneficiary=patient,
        relationship={"coding": _relationship(related)},
        payor=[insurer],
        class_=_group(subscriber.group_number),
    )
    return Covered(patient=patient, coverage=entries.add(coverage))


def _relationship(related: Relationship | None) -> list[Json]:
    word = words.RELATIONSHIP[related] if related else _SELF
    code = request_codes.RELATIONSHIP_278[related] if related else _SELF_X12
    return [coding(systems.RELATIONSHIP, word), coding(systems.x12(1069), code)]


def _group(number: str | None) -> list[Json]:
    return [{"type": concept(systems.COVERAGE_CLASS, "group"), "value": number}] if number else []


def _person(each: Subscriber | Dependent, path: str, lost: Lost) -> Json:
    return filled_in(
        name=parties.name_of(each.name, f"{path}.name", lost),
        gender=words.GENDER[each.gender] if each.gender else None,
        birthDate=day(each.birth_date),
        address=parties.address_of(each.address),
        multipleBirthInteger=each.birth_order,
    )


def _subscriber(subscriber: Subscriber, lost: Lost) -> Json:
    status = subscriber.military_status
    return resource(
        "Patient",
        "subscriber",
        extension=coded_extension(
            systems.pas("militaryStatus"), systems.x12(584), request_codes.MILITARY[status] if status else None
        ),
        identifier=[*parties.member_id(subscriber.member_id), *parties.member_numbers(subscriber.numbers)],
        **_person(subscriber, "subscriber", lost),
    )


def _dependent(dependent: Dependent, subscriber: Subscriber, lost: Lost) -> Json:
    # US Core wants an identifier of every patient; a dependent's is the one that the card carries.
    return resource(
        "Patient",
        "beneficiary",
        identifier=[*parties.member_id(subscriber.member_id), *parties.member_numbers(dependent.numbers)],
        **_person(dependent, "dependent", lost),
    )


# --- read ---------------------------------------------------------------------------------------------------------


def read_covered(patient: Node, coverage: Node, *, member_id_needed: bool = True) -> CoveredRead:
    """Who is covered, by the patient's and the coverage's references."""
    person = patient.needed() if patient else None
    if not patient:
        patient.fault("required", "The patient is required.")
    card = coverage.needed() if coverage else None
    if not coverage:
        coverage.fault("required", "The coverage is required.")
    if person is None or card is None:
        return CoveredRead(subscriber=None, dependent=None, patient=person)
    _confirm(card, person)
    related = _read_relationship(card["relationship"])
    holder = card["subscriber"].target() if card["subscriber"] else None
    is_self = related is None or holder == person
    if holder is None and not is_self:
        card["subscriber"].fault("required", "The subscriber of a dependent's coverage is required.")
    holder = person if is_self else holder
    number = parties.read_member_id(card) or card["subscriberId"].text()
    if number is None and holder:
        number = parties.read_member_id(holder)
    if number is None and member_id_needed:
        card["identifier"].fault("required", "The member id is required: an identifier of type MB.")
    if card["subscriberId"].peek() == number:
        card["subscriberId"].seen()
    return CoveredRead(
        subscriber=_read_subscriber(holder, number, _read_group(card)) if holder else None,
        dependent=None if is_self or related is None else _read_dependent(person, related, number),
        patient=person,
    )


def _confirm(card: Node, person: Node) -> None:
    """What a coverage repeats."""
    if card["status"].text() not in (None, "active"):
        card["status"].fault("status", "Only an active coverage can be asked about.")
    if card["beneficiary"].target() not in (None, person):
        card["beneficiary"].fault("beneficiary", "The coverage is another patient's.")
    for each in card["payor"].each():
        each.target()


def _read_relationship(node: Node) -> Relationship | None:
    """How the patient is related to the subscriber; `None` is the subscriber. X12's code decides, then FHIR's."""
    code = node.code(systems.x12(1069)) or node.code(systems.RELATIONSHIP)
    if code in (_SELF, _SELF_X12, None):
        return None
    if code not in _RELATIONSHIPS:
        node.lost("narrowed", "X12's request has no word for this relationship: it is sent as another one.")
    return _RELATIONSHIPS.get(code, Relationship.OTHER)


def _read_group(card: Node) -> str | None:
    for each in card["class"].each():
        if each["type"]["coding"].first()["code"].peek() == "group":
            each["type"].seen()
            return each["value"].text()
    return None


def _read_subscriber(node: Node, member_id: str | None, group: str | None) -> Subscriber | None:
    _same_id(node, member_id)
    name = parties.read_name(node)
    if name is None:
        return None
    military = node.extension(systems.pas("militaryStatus"))["valueCodeableConcept"]
    status = military.one_of(_MILITARY, systems.x12(584))
    node["active"].seen()
    return Subscriber(
        member_id=member_id,
        name=name,
        birth_date=node["birthDate"].day(),
        gender=parties.read_gender(node),
        group_number=group,
        numbers=parties.read_member_numbers(node),
        military_status=status,
        birth_order=node["multipleBirthInteger"].whole(),
        address=parties.read_address(node["address"]),
    )


def _read_dependent(node: Node, related: Relationship, member_id: str | None) -> Dependent | None:
    _same_id(node, member_id)
    name = parties.read_name(node)
    if name is None:
        return None
    node["active"].seen()
    return Dependent(
        name=name,
        relationship=related,
        birth_date=node["birthDate"].day(),
        gender=parties.read_gender(node),
        numbers=parties.read_member_numbers(node),
        birth_order=node["multipleBirthInteger"].whole(),
        address=parties.read_address(node["address"]),
    )


def _same_id(node: Node, member_id: str | None) -> None:
    """A patient's identifier that repeats the coverage's is no loss."""
    for each in node["identifier"].each():
        if each["value"].peek() == member_id:
            each.seen()
