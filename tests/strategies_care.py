"""Hypothesis strategies for what single lines of care add to a request; the codes are those that the guide lists."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from hypothesis import strategies as st

from priorwire.model.care import (
    Accident,
    AmbulanceTransport,
    Attachment,
    AttachmentWay,
    ConditionCategory,
    DentalDetail,
    HomeHealthCare,
    OtherReview,
    OxygenTherapy,
    PatientCondition,
    RelatedCause,
    SpinalManipulation,
    Tooth,
    TransportPlace,
    TransportPlaceRole,
    Trip,
)
from priorwire.model.parties import Address
from priorwire.model.services import CodeSystem, ProcedureCode
from priorwire.x12.guides import codes
from tests.strategies_values import amounts, coded, days, identifiers, maybe, ranges, words

_CONDITIONS: Mapping[ConditionCategory, str] = {
    ConditionCategory.AMBULANCE: codes.AMBULANCE_CONDITIONS,
    ConditionCategory.CHIROPRACTIC: codes.CHIROPRACTIC_CONDITIONS,
    ConditionCategory.MEDICAL_EQUIPMENT: codes.EQUIPMENT_CONDITIONS,
    ConditionCategory.OXYGEN: codes.OXYGEN_CONDITIONS,
    ConditionCategory.FUNCTIONAL_LIMITATIONS: codes.FUNCTIONAL_LIMITATIONS,
    ConditionCategory.ACTIVITIES_PERMITTED: codes.ACTIVITIES_PERMITTED,
    ConditionCategory.MENTAL_STATUS: codes.MENTAL_STATUS,
}
_NUMBERED = (AttachmentWay.MAIL, AttachmentWay.ELECTRONIC, AttachmentWay.EMAIL, AttachmentWay.FAX)


@cache
@st.composite
def accidents(draw: st.DrawFn) -> Accident:
    """A cause, and of a car accident where it was."""
    told = draw(st.sets(st.sampled_from(RelatedCause)))
    causes = tuple(
        each
        for each in (RelatedCause.AUTO_ACCIDENT, RelatedCause.EMPLOYMENT, RelatedCause.ANOTHER_PARTY)
        if each in told
    )
    by_car = RelatedCause.AUTO_ACCIDENT in told
    return Accident(
        causes=causes,
        on=draw(days()) if not causes else draw(maybe(days())),
        state=draw(maybe(coded("CA NY PA"))) if by_car else None,
        country=draw(maybe(coded("CA MX"))) if by_car else None,
    )


@cache
@st.composite
def conditions(draw: st.DrawFn) -> tuple[PatientCondition, ...]:
    """Some categories, in the order of the guide."""
    wanted = draw(st.sets(st.sampled_from(ConditionCategory), min_size=1, max_size=3))
    return tuple(
        PatientCondition(
            category=category,
            applies=draw(st.booleans()),
            codes=tuple(draw(st.lists(coded(_CONDITIONS[category]), min_size=1, max_size=5))),
        )
        for category in ConditionCategory
        if category in wanted
    )


@cache
def ambulances(addresses: st.SearchStrategy[Address]) -> st.SearchStrategy[AmbulanceTransport]:
    """A transport and its places."""
    roles = st.sampled_from(TransportPlaceRole)
    places = st.builds(TransportPlace, role=roles, name=maybe(words(30)), address=addresses)
    return st.builds(
        AmbulanceTransport,
        trip=st.sampled_from(Trip),
        reason=maybe(coded("A B C D E F")),
        weight_pounds=maybe(amounts()),
        distance_miles=maybe(amounts()),
        round_trip_purpose=maybe(words(40)),
        stretcher_purpose=maybe(words(40)),
        places=st.lists(places, min_size=1, max_size=5).map(tuple),
    )


@cache
@st.composite
def spinal_manipulations(draw: st.DrawFn) -> SpinalManipulation:
    """A series of treatments."""
    in_series, levels = draw(st.booleans()), draw(st.integers(0, 2))
    return SpinalManipulation(
        nature=draw(coded("A C D E F G M")),
        complication=draw(st.booleans()),
        treatment_number=draw(st.integers(1, 99)) if in_series else None,
        treatments_in_series=draw(amounts()) if in_series else None,
        first_level=draw(coded(codes.SUBLUXATION_LEVELS)) if levels else None,
        last_level=draw(coded(codes.SUBLUXATION_LEVELS)) if levels == 2 else None,
        description=draw(maybe(words(40))),
        further_description=draw(maybe(words(40))),
        xrays_available=draw(maybe(st.booleans())),
    )


@cache
def oxygen_therapies() -> st.SearchStrategy[OxygenTherapy]:
    """Oxygen at home."""
    return st.builds(
        OxygenTherapy,
        equipment=st.lists(coded("A B C D E O"), min_size=1, max_size=3).map(tuple),
        equipment_reason=maybe(words(40)),
        flow_rate=amounts(),
        portable_flow_rate=maybe(amounts()),
        uses_per_day=maybe(amounts()),
        hours_per_use=maybe(amounts()),
        orders=maybe(words(40)),
        arterial_blood_gas=maybe(amounts()),
        saturation=maybe(amounts()),
        test_condition=maybe(coded("E N O R S W X")),
        findings=st.lists(coded("1 2 3"), max_size=3).map(tuple),
        delivery_system=coded("A B C D E"),
    )


@cache
@st.composite
def home_health_cares(draw: st.DrawFn, certification: str | None = None) -> HomeHealthCare:
    """Care at home; `certification` where the kind of request has no code for it."""
    had_surgery, had_stay = draw(st.booleans()), draw(st.booleans())
    surgery = ProcedureCode(system=CodeSystem.CPT_HCPCS, code=draw(coded("33510 27130")))
    return HomeHealthCare(
        prognosis=draw(coded("1 2 3 4 5 6 7 8")),
        started=draw(days()),
        certification_period=draw(maybe(ranges())),
        certification=certification,
        surgery_on=draw(days()) if had_surgery else None,
        surgery=surgery if had_surgery else None,
        ordered_on=draw(maybe(days())),
        last_visit_on=draw(maybe(days())),
        physician_contact_on=draw(maybe(days())),
        last_stay=draw(ranges()) if had_stay else None,
        discharged_from=draw(coded("A B C D E F G H L M O P R S T")) if had_stay else None,
    )


@cache
@st.composite
def dental_details(draw: st.DrawFn) -> DentalDetail | None:
    """Teeth and surfaces; nothing where nothing is said."""
    teeth = st.builds(
        Tooth,
        number=coded("1 14 32 A T 51"),
        surfaces=st.lists(coded("B D F I L M O"), max_size=5, unique=True).map(tuple),
    )
    detail = DentalDetail(
        oral_cavity=draw(st.lists(coded("00 10 20 30 40"), max_size=5).map(tuple)),
        replacement=draw(maybe(st.booleans())),
        teeth=draw(st.lists(teeth, max_size=3).map(tuple)),
        description=draw(maybe(words(40))),
    )
    return None if detail == DentalDetail() else detail


@cache
@st.composite
def attachments(draw: st.DrawFn, most: int = 10) -> tuple[Attachment, ...]:
    """Documents; each that has to be found has its number."""
    found = []
    for way in draw(st.lists(st.sampled_from(AttachmentWay), max_size=min(most, 3))):
        numbered = identifiers(2, 50) if way in _NUMBERED else maybe(identifiers(2, 50))
        found.append(
            Attachment(
                report_type=draw(coded(codes.EVENT_REPORTS)),
                way=way,
                control_number=draw(numbered),
                description=draw(maybe(words(40))),
            )
        )
    return tuple(found)


@cache
def other_reviews() -> st.SearchStrategy[OtherReview]:
    """A denial by somebody else."""
    return st.builds(
        OtherReview,
        role=coded("00 CA GG"),
        organization=words(40),
        reasons=st.lists(words(30), min_size=1, max_size=4).map(tuple),
        on=days(),
    )
