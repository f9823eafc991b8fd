"""The 271 (005010X279A1) that a payer gives to a 270."""

from __future__ import annotations

from datetime import datetime

from priorwire.x12.segments import Delimiters, Repeat, Segment

from .asked import Asked, Level
from .body import Body
from .scenarios import Coverage, Rejection, Scenario, authorization_of

#: Service types that a payer reports on when asked for 30 (the set of the guide's own examples).
_GENERAL = ("1", "33", "35", "47", "86", "88", "98", "AL", "MH", "UC")
_PLAN = "EXAMPLE HEALTH PLAN GOLD"
#: Base and remaining deductible, individual, in network: EB06 23 is a calendar year, 29 what remains.
_DEDUCTIBLE = (("23", "1500"), ("29", "420.5"))


def answer_270(asked: Asked, scenario: Scenario, *, at: datetime, delimiters: Delimiters) -> list[Segment]:
    """The segments between ST and SE."""
    body = Body(delimiters)
    body.head(asked, structure="0022", purpose="11", at=at)
    rejection = scenario.eligibility_rejection
    if _source(body, asked, rejection):
        return body.segments
    _receiver(body, asked)
    patient = asked.dependent
    subscriber = body.level("22", under=2, more=patient is not None and rejection is None)
    _person(body, asked.subscriber, rejection if patient is None or rejection else None, at)
    if rejection:
        return body.segments
    if patient is not None:
        body.level("23", under=subscriber, more=False)
        _person(body, patient, None, at)
    _benefits(body, patient or asked.subscriber, scenario)
    return body.segments


def _source(body: Body, asked: Asked, rejection: Rejection | None) -> bool:
    """2000A; gives whether the answer ends here."""
    ends = rejection is not None and rejection.loop == "2010A"
    body.level("20", under=None, more=not ends)
    body.echo(asked.payer.first("NM1"))
    if rejection and ends:
        body.refuse(rejection)
    else:
        body.add("PER", "IC", "PROVIDER SERVICES", "TE", "8005550142")
    return ends


def _receiver(body: Body, asked: Asked) -> None:
    body.level("21", under=1, more=True)
    body.echo(asked.requester.first("NM1"), *asked.requester.every("REF"))


def _person(body: Body, person: Level, rejection: Rejection | None, at: datetime) -> None:
    """2000C and 2100C, or their like for a dependent. An AAA stands before DMG, benefits dates after."""
    body.traces_back(person)
    body.echo(*person.segments, only=("NM1",))
    body.echo(*person.every("REF", "EJ", "EA"))  # what was sent of these must be returned
    if rejection:
        body.refuse(rejection)
    body.echo(*person.segments, only=("DMG",))
    if not rejection:
        body.add("DTP", "346", "D8", f"{at.year}0101")


def _benefits(body: Body, patient: Level, scenario: Scenario) -> None:
    coverage = scenario.coverage
    if coverage is Coverage.SILENT:
        return
    if coverage is not Coverage.ACTIVE:
        body.add("EB", coverage.value, "", "30")
        return
    body.add("EB", "1", "IND", "30", "HM", _PLAN)
    body.add("EB", "1", "IND", Repeat(_GENERAL), "HM")
    for period, amount in _DEDUCTIBLE:
        body.add("EB", "C", "IND", "30", "HM", "", period, amount, "", "", "", "", "Y")
    body.add("EB", "B", "IND", "98", "HM", "", "27", "30", "", "", "", "N", "Y")
    for inquiry in patient.every("EQ"):
        _asked_for(body, inquiry, scenario)


def _asked_for(body: Body, inquiry: Segment, scenario: Scenario) -> None:
    """One EB for each thing asked: EB11 says whether authorization is required for it."""
    composite = inquiry.components(2)
    if composite and composite[1:]:
        says = authorization_of(scenario, procedure=composite[1].strip())
        body.add("EB", "1", "IND", "", "", "", "", "", "", "", "", says, "Y", tuple(composite))
        return
    for service_type in inquiry.repeats(1):
        if service_type.strip() != "30":
            says = authorization_of(scenario, service_type=service_type.strip())
            body.add("EB", "1", "IND", service_type.strip(), "HM", "", "", "", "", "", "", says, "Y")
