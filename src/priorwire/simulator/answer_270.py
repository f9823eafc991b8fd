"""The 271 (005010X279A1) that a payer gives to a 270."""

from __future__ import annotations

from datetime import datetime

from priorwire.x12.segments import Delimiters, Segment

from .asked import Asked, Level
from .benefits import PICTURES, about_procedure, about_service_type
from .body import Body
from .scenarios import Coverage, Rejection, Scenario, authorization_of


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
    for row in PICTURES[scenario.picture]:
        row.write(body)
    for inquiry in patient.every("EQ"):
        _asked_for(body, inquiry, scenario)


def _asked_for(body: Body, inquiry: Segment, scenario: Scenario) -> None:
    """An EB for each thing asked: EB11 says whether authorization is required for it."""
    composite = inquiry.components(2)
    if composite and composite[1:]:
        says = authorization_of(scenario, procedure=composite[1].strip())
        for row in about_procedure(scenario.picture, tuple(composite), says):
            row.write(body)
        return
    for service_type in inquiry.repeats(1):
        if service_type.strip() != "30":
            says = authorization_of(scenario, service_type=service_type.strip())
            about_service_type(scenario.picture, service_type.strip(), says).write(body)
