"""Is an authorization needed at all, and is the request complete? Before anything is built.

*Not required* is only ever said with its source: the payer's own list of codes, or the
payer's own answer to an eligibility check. Absence of a statement is never read as "no".

*Incomplete* lists every fault at once, each by the JSON pointer of the practice's request.
What holds for every payer stands in `_CHECKS`; what one payer wants is in its playbook.
Whether a procedure is medically necessary is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from priorwire.errors import Fault
from priorwire.model.authorization import AuthorizationRequest, RequestKind, ReviewCategory, ServiceLine
from priorwire.model.eligibility import Answer, Benefit, Coverage, CoverageStatus, Network
from priorwire.model.identifiers import npi_is_valid
from priorwire.model.parties import Provider
from priorwire.model.services import DateSpan, ProcedureCode, Quantity
from priorwire.payers import paths
from priorwire.payers.profile import PayerProfile


@dataclass(frozen=True, kw_only=True)
class NotRequired:
    """The payer wants no authorization for any service of the request."""

    #: One sentence for each service, in the request's order: where it stands, and who says so.
    because: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Incomplete:
    """The request may not leave as it is."""

    faults: tuple[Fault, ...]


@dataclass(frozen=True, kw_only=True)
class Ready:
    """The request may be built and sent."""


Review = NotRequired | Incomplete | Ready


def review(request: AuthorizationRequest, profile: PayerProfile, coverage: Coverage | None, today: date) -> Review:
    """What to do with `request`.

    A request that is not needed is not asked to be complete. `coverage` is the payer's latest
    answer about this patient's coverage, `None` where nobody asked.
    """
    evidence = _not_required(request, profile, coverage)
    if evidence:
        return NotRequired(because=evidence)
    faults = (*_generic_faults(request, today), *_payer_faults(request, profile))
    return Incomplete(faults=tuple(_once(faults))) if faults else Ready()


# ---------------------------------------------------------------- is it needed


def _not_required(request: AuthorizationRequest, profile: PayerProfile, coverage: Coverage | None) -> tuple[str, ...]:
    """The evidence for every service, or nothing where one service is without it.

    Only a first request about services can be needless. A stay is reviewed as a stay, and a
    change or an appeal is about a review that exists.
    """
    if request.kind is not RequestKind.INITIAL or request.category is ReviewCategory.ADMISSION or request.admission:
        return ()
    sentences = [_evidence(number, line, profile, coverage) for number, line in enumerate(request.services, start=1)]
    return tuple(filter(None, sentences)) if all(sentences) else ()


def _evidence(number: int, line: ServiceLine, profile: PayerProfile, coverage: Coverage | None) -> str | None:
    code = line.procedure.code
    if code in profile.playbook.required_codes:
        return None
    if code in profile.playbook.not_required_codes:
        return f"service {number}: listed as needing no authorization by {profile.source}, {profile.edition}"
    if coverage is not None and _coverage_says_no(line.procedure, coverage):
        return f"service {number}: the payer's answer to the eligibility check says that none is required for it"
    return None


def _coverage_says_no(procedure: ProcedureCode, coverage: Coverage) -> bool:
    """Whether the payer answered "not required" for this very procedure, without any reserve.

    A statement about a service type is not enough: one procedure of the type may need what
    the type as a whole does not. Nor is one for a single network, nor one of several that differ.
    """
    if coverage.status is not CoverageStatus.ACTIVE:
        return False
    about = [each for each in coverage.benefits if _is_about(each, procedure)]
    answers = {each.authorization_required for each in about} - {Answer.NOT_STATED}
    return answers == {Answer.NO} and any(_is_unreserved(each) for each in about)


def _is_about(benefit: Benefit, procedure: ProcedureCode) -> bool:
    said = benefit.procedure
    return said is not None and (said.system, said.code) == (procedure.system, procedure.code)


def _is_unreserved(benefit: Benefit) -> bool:
    says_no = benefit.authorization_required is Answer.NO
    return says_no and benefit.network in (Network.BOTH, Network.NOT_STATED) and not benefit.places_of_service


# ---------------------------------------------------------------- what one payer wants


def _payer_faults(request: AuthorizationRequest, profile: PayerProfile) -> Iterator[Fault]:
    for path, because in profile.playbook.requires:
        for place in paths.find(request, path):
            if not place.is_filled:
                detail = f"Required by this payer. {because}"
                yield Fault(pointer=place.pointer, code="payer_requires", detail=detail)


def _once(faults: tuple[Fault, ...]) -> Iterator[Fault]:
    """Each place once: what is missing for everybody need not be missing for the payer as well."""
    seen: set[str] = set()
    for fault in faults:
        if fault.pointer not in seen:
            yield fault
        seen.add(fault.pointer)


# ---------------------------------------------------------------- what every payer wants


def _generic_faults(request: AuthorizationRequest, today: date) -> Iterator[Fault]:
    for check in _CHECKS:
        yield from check(request, today)


def _subject(request: AuthorizationRequest, _: date) -> Iterator[Fault]:
    if not (request.services or request.service_type or request.admission):
        yield _missing("/services", "a service, a service type or an admission: nothing says what is asked for")


def _member(request: AuthorizationRequest, _: date) -> Iterator[Fault]:
    if not (request.subscriber.member_id or "").strip():
        yield _missing("/subscriber/member_id", "the number on the member's card")
    if not request.subscriber.name.last.strip():
        yield _missing("/subscriber/name/last", "the member's last name")


def _admission(request: AuthorizationRequest, _: date) -> Iterator[Fault]:
    """An admission review states its date and names a provider of the stay (005010X217, event level)."""
    if request.category is not ReviewCategory.ADMISSION:
        return
    if request.admission is None:
        yield _missing("/admission", "an admission review states when the admission is")
    if not request.providers:
        yield _missing("/providers", "an admission review names a provider of the stay, such as its facility")


def _earlier_review(request: AuthorizationRequest, _: date) -> Iterator[Fault]:
    """Whatever is not a first request names the review that it is about (005010X217, UM02)."""
    named = request.previous_authorization_number or request.previous_administrative_reference
    if request.kind is not RequestKind.INITIAL and not named:
        what = "the earlier authorization number, or previous_administrative_reference where there is none"
        yield _missing("/previous_authorization_number", what)


def _providers(request: AuthorizationRequest, _: date) -> Iterator[Fault]:
    for pointer, provider in _every_provider(request):
        if (provider.person is None) == (provider.organization is None):
            detail = "A provider is a person or an organization: give exactly one of the two."
            yield Fault(pointer=pointer, code="person_or_organization", detail=detail)
        if provider.npi is not None and not npi_is_valid(provider.npi):
            detail = "No NPI: ten digits, of which the last is the check digit, were expected."
            yield Fault(pointer=f"{pointer}/npi", code="npi_check_digit", detail=detail)
    if not (request.requester.npi or request.requester.tax_id):
        yield _missing("/requester/npi", "the requester's NPI, or its tax_id where it has none")


def _every_provider(request: AuthorizationRequest) -> Iterator[tuple[str, Provider]]:
    yield "/requester", request.requester
    for number, provider in enumerate(request.providers):
        yield f"/providers/{number}", provider
    for line, service in enumerate(request.services):
        for number, provider in enumerate(service.providers):
            yield f"/services/{line}/providers/{number}", provider


def _procedures(request: AuthorizationRequest, _: date) -> Iterator[Fault]:
    for number, service in enumerate(request.services):
        if not service.procedure.code.strip():
            yield _missing(f"/services/{number}/procedure/code", "the code of the service")


def _quantities(request: AuthorizationRequest, _: date) -> Iterator[Fault]:
    for pointer, quantity in _every_quantity(request):
        if not quantity.value > 0:
            detail = "Must be more than nothing; leave the quantity out where there is none."
            yield Fault(pointer=f"{pointer}/value", code="quantity", detail=detail)


def _every_quantity(request: AuthorizationRequest) -> Iterator[tuple[str, Quantity]]:
    for number, service in enumerate(request.services):
        if service.quantity is not None:
            yield f"/services/{number}/quantity", service.quantity
        if service.delivery is not None and service.delivery.quantity is not None:
            yield f"/services/{number}/delivery/quantity", service.delivery.quantity
    if request.delivery is not None and request.delivery.quantity is not None:
        yield "/delivery/quantity", request.delivery.quantity
    if request.admission is not None and request.admission.days is not None:
        yield "/admission/days", request.admission.days


def _spans(request: AuthorizationRequest, _: date) -> Iterator[Fault]:
    for pointer, span in _every_span(request):
        if span.end is not None and span.end < span.start:
            yield _disordered(f"{pointer}/end", "the first day")


def _every_span(request: AuthorizationRequest) -> Iterator[tuple[str, DateSpan]]:
    care = request.home_health
    spans = [
        ("/event_dates", request.event_dates),
        ("/admission/admitted", request.admission.admitted if request.admission else None),
        ("/home_health/certification_period", care.certification_period if care else None),
        ("/home_health/last_stay", care.last_stay if care else None),
    ]
    spans += [(f"/services/{number}/dates", service.dates) for number, service in enumerate(request.services)]
    yield from ((pointer, span) for pointer, span in spans if span is not None)


def _order(request: AuthorizationRequest, _: date) -> Iterator[Fault]:
    """What cannot come before something else."""
    stay, patient = request.admission, request.dependent or request.subscriber
    pairs = [
        (
            "/admission/discharged",
            stay.discharged if stay else None,
            stay.admitted.start if stay else None,
            "admission",
        ),
        ("/estimated_birth", request.estimated_birth, request.last_menstrual_period, "last menstrual period"),
        *((pointer, day, patient.birth_date, "patient's birth") for pointer, day in _happened(request)),
    ]
    for pointer, day, earlier, what in pairs:
        if day is not None and earlier is not None and day < earlier:
            yield _disordered(pointer, f"the {what}")


def _disordered(pointer: str, what: str) -> Fault:
    return Fault(pointer=pointer, code="date_order", detail=f"Must not be before {what}.")


def _past(request: AuthorizationRequest, today: date) -> Iterator[Fault]:
    """What has happened cannot lie in the future: births, diagnoses, accidents and what came of them."""
    born = [("/subscriber/birth_date", request.subscriber.birth_date)]
    if request.dependent is not None:
        born.append(("/dependent/birth_date", request.dependent.birth_date))
    for pointer, day in (*born, *_happened(request)):
        if day is not None and day > today:
            yield Fault(pointer=pointer, code="future_date", detail="Must not be in the future.")


def _happened(request: AuthorizationRequest) -> Iterator[tuple[str, date | None]]:
    """Days of the patient's life that are over when somebody asks about what came of them."""
    for number, diagnosis in enumerate(request.diagnoses):
        yield f"/diagnoses/{number}/on", diagnosis.on
    yield "/accident/on", request.accident.on if request.accident else None
    yield "/onset", request.onset
    yield "/last_menstrual_period", request.last_menstrual_period
    for number, review in enumerate(request.other_reviews):
        yield f"/other_reviews/{number}/on", review.on
    care = request.home_health
    if care is not None:
        yield "/home_health/surgery_on", care.surgery_on
        yield "/home_health/last_visit_on", care.last_visit_on
        yield "/home_health/physician_contact_on", care.physician_contact_on
        yield "/home_health/last_stay/start", care.last_stay.start if care.last_stay else None


def _missing(pointer: str, what: str) -> Fault:
    return Fault(pointer=pointer, code="required", detail=f"Required: {what}.")


_CHECKS: tuple[Callable[[AuthorizationRequest, date], Iterator[Fault]], ...] = (
    _subject,
    _member,
    _providers,
    _procedures,
    _quantities,
    _admission,
    _spans,
    _order,
    _past,
    _earlier_review,
)
