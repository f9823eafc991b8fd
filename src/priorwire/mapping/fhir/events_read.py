"""What a Claim says of the whole event: urgency, accident, stay, conditions, home health care."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from priorwire.mapping import request_codes
from priorwire.mapping.fhir import systems, words
from priorwire.mapping.fhir.elements import inverted
from priorwire.mapping.fhir.items_read import read_period
from priorwire.mapping.fhir.node import Node
from priorwire.model.authorization import Admission, Urgency
from priorwire.model.care import Accident, ConditionCategory, HomeHealthCare, PatientCondition, RelatedCause
from priorwire.model.services import DateSpan, Quantity, Unit

_URGENCIES: Mapping[str, Urgency] = inverted(request_codes.URGENCY)
_CATEGORIES: Mapping[str, ConditionCategory] = inverted(request_codes.CONDITION)
_CAUSES: Mapping[str, RelatedCause] = inverted(request_codes.RELATED_CAUSE)
_STAY_UNITS: Mapping[str, Unit] = inverted(words.STAY_UNIT)


def read_urgency(claim: Node) -> Urgency | None:
    said = claim.extension(systems.pas("levelOfServiceCode"))["valueCodeableConcept"]
    urgency = said.one_of(_URGENCIES, systems.x12(1338))
    priority = claim["priority"]
    # FHIR's priority is how the payer should work on it; without the level of service it is told as not used.
    if urgency or priority["coding"].first()["code"].peek() == "normal":
        priority.seen()
    return urgency


def read_accident(accident: Node) -> Accident | None:
    if not accident:
        return None
    cause = accident["type"].one_of(_CAUSES, systems.x12(1362))
    where = accident["locationAddress"]
    country = where["country"].text()
    if accident["_date"]:
        accident["_date"].seen()
    return Accident(
        causes=(cause,) if cause else (),
        on=accident["date"].day(),
        state=where["state"].text(),
        country=None if country in ("US", "USA") else country,
    )


def read_admission(claim: Node, dates: Mapping[str, DateSpan]) -> Admission | None:
    reference = claim.extension(systems.ENCOUNTER)["valueReference"]
    stay = reference.target() if reference else None
    admitted = dates.get("admissionDates")
    if stay and stay["period"]:
        period = read_period(stay["period"])
        if admitted not in (None, period):
            stay["period"].lost("not_read", "The admission dates stand in the Claim, and are other ones.")
        admitted = admitted or period
    if admitted is None:
        return None
    discharged = dates.get("dischargeDates")
    return _stay(stay, admitted, discharged.start if discharged else None)


def read_conditions(claim: Node) -> list[PatientCondition]:
    found = []
    for each in claim.extensions(systems.pas("conditionCode")):
        category = each.extension("category")["valueCodeableConcept"].one_of(_CATEGORIES, systems.x12(1136))
        said = [part["valueCodeableConcept"].code(systems.x12(1321)) for part in each.extensions("code")]
        codes = tuple(code for code in said if code)
        applies = each.extension("indicator")["valueBoolean"].flag()
        if category and codes:
            found.append(PatientCondition(category=category, applies=applies is not False, codes=codes))
        else:
            each.lost("narrowed", "A condition has a category of X12's list, and at least one code.")
    return found


def read_home_health(claim: Node) -> HomeHealthCare | None:
    care = claim.extension(systems.pas("homeHealthCareInformation"))
    prognosis = care.extension("prognosis")["valueCodeableConcept"].code(systems.x12(923))
    started = care.extension("date")["valueDate"].day()
    if prognosis is None or started is None:
        if care:
            care.lost("narrowed", "Home health care has a prognosis and a start.")
        return None
    return HomeHealthCare(prognosis=prognosis, started=started)


def _stay(stay: Node | None, admitted: DateSpan, discharged: date | None) -> Admission:
    if stay is None:
        return Admission(admitted=admitted, discharged=discharged)
    for name in ("status", "class"):
        stay[name].seen()
    stay["subject"].target()
    unit = _STAY_UNITS.get(str(stay["length"]["code"].peek()))
    days = stay["length"]["value"].number() if unit else None
    if unit:
        stay["length"].seen()
    return Admission(
        admitted=admitted,
        days=Quantity(value=days, unit=unit) if unit and days is not None else None,
        discharged=discharged,
        type_code=stay["type"].first().code(systems.ADMISSION_TYPE),
        source_code=stay["hospitalization"]["admitSource"].code(systems.ADMISSION_SOURCE),
        patient_status=stay.extension(systems.pas("patientStatus"))["valueCodeableConcept"].code(
            systems.PATIENT_STATUS
        ),
        nursing_home_status=stay.extension(systems.pas("nursingHomeResidentialStatus"))["valueCodeableConcept"].code(
            systems.x12(1345)
        ),
    )
