"""A coverage as a CoverageEligibilityResponse in a bundle (FHIR R4).

Each statement of the payer is an item for each service type that it is made of: an item has one
category. `settled_coverage` is the coverage as it can be read back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from priorwire.mapping import benefit_codes, codes
from priorwire.mapping.fhir import said_parties, systems, words
from priorwire.mapping.fhir.elements import (
    Entries,
    Json,
    absent,
    coding,
    concept,
    filled_in,
    identifier,
    instant,
    inverted,
    money,
    period,
    resource,
    token,
)
from priorwire.mapping.fhir.eligibility_losses import COVERAGE
from priorwire.mapping.fhir.items import procedure_of
from priorwire.mapping.fhir.loss import Loss
from priorwire.mapping.fhir.pas_request import Written
from priorwire.mapping.fhir.pas_response import ReplyContext
from priorwire.mapping.fhir.reviews import trace_identifier
from priorwire.mapping.next_steps import next_step
from priorwire.model.authorization import Follow, Rejection
from priorwire.model.eligibility import Answer, Benefit, Coverage, CoverageStatus, Network
from priorwire.model.services import CodeSystem, ProcedureCode

#: Our words by X12's codes, the other way round: a word that is a code as sent stands for itself.
_INFORMATION = inverted(benefit_codes.BENEFIT)
_PERIODS = inverted(benefit_codes.PERIOD)
_LEVELS = inverted(benefit_codes.COVERAGE_LEVEL)
_COUNTS = inverted(benefit_codes.COUNTS)
_NETWORKS = inverted({code: word.value for code, word in benefit_codes.NETWORK.items()})
_NOT_COVERED = frozenset({"not_covered", "exclusions"})
#: Name of the dates that a coverage has.
PLAN = "plan"


def settled_coverage(coverage: Coverage) -> Coverage:
    """The same coverage, as FHIR can say it: a statement of several service types is one of each of them."""
    benefits = (
        replace(each, service_types=(kind,) if kind else ())
        for each in coverage.benefits
        for kind in (each.service_types or (None,))
    )
    return replace(coverage, benefits=tuple(benefits))


def status_as_read(coverage: Coverage) -> CoverageStatus:
    """The status that a response of this coverage is read as."""
    if coverage.status in (CoverageStatus.NOT_FOUND, CoverageStatus.REJECTED):
        return refused(each.code for each in coverage.rejections)
    return coverage.status


def refused(reasons: Iterable[str]) -> CoverageStatus:
    """Not found, where one of the codes says so; else refused for another reason."""
    return CoverageStatus.NOT_FOUND if set(reasons) & benefit_codes.NOT_FOUND else CoverageStatus.REJECTED


def write_eligibility_response(coverage: Coverage, context: ReplyContext) -> Written:
    """A bundle that says what a payer answered about coverage."""
    writer = _Writer(coverage, context)
    document = writer.bundle()
    return Written(document=document, losses=(*COVERAGE.losses_of(coverage), *writer.losses))


class _Writer:
    def __init__(self, coverage: Coverage, context: ReplyContext) -> None:
        self._coverage = coverage
        self._context = context
        self._entries = Entries(context.reference)
        self.losses: list[Loss] = []

    def _lost(self, path: str, code: str = "no_place") -> None:
        self.losses.append(COVERAGE.sometimes_lost(path, code))

    def bundle(self) -> Json:
        coverage, context = self._coverage, self._context
        self._entries.first(self._response())
        name = context.bundle or coverage.reference
        plain = identifier(systems.URI, f"urn:priorwire:reply:{context.reference}")
        return {
            "resourceType": "Bundle",
            "identifier": (token(name) if context.bundle else identifier(None, name)) if name else plain,
            "type": "collection",
            "timestamp": instant(context.at),
            "entry": self._entries.listed(),
        }

    def _response(self) -> Json:
        coverage, context = self._coverage, self._context
        if status_as_read(coverage) is not coverage.status:
            self._lost("status", "moved")
        insurer = self._insurer()
        patient = self._person("patient", "beneficiary") or absent()
        claim = token(context.claim) if context.claim else None
        request = filled_in(reference=context.claim_url, type="CoverageEligibilityRequest", identifier=claim)
        return resource(
            "CoverageEligibilityResponse",
            None,
            identifier=[trace_identifier(each) for each in coverage.traces],
            status="active",
            purpose=["benefits", "validation"],
            patient=patient,
            created=instant(context.at),
            requestor=self._requestor(),
            request=request if claim or context.claim_url else absent(),
            outcome=self._outcome(),
            insurer=insurer,
            insurance=[self._insurance(insurer, patient)],
            error=[self._error(index, each) for index, each in enumerate(coverage.rejections)],
        )

    def _outcome(self) -> str:
        if self._coverage.status in (CoverageStatus.NOT_FOUND, CoverageStatus.REJECTED):
            return "error"
        return "partial" if self._coverage.status is CoverageStatus.UNKNOWN else "complete"

    def _insurer(self) -> Json:
        payer = self._coverage.payer
        return self._entries.add(said_parties.organization_of(payer, "insurer")) if payer else absent()

    def _requestor(self) -> Json | None:
        provider = self._coverage.provider
        return said_parties.provider_of(self._entries, provider, "provider", self._lost) if provider else None

    def _person(self, name: str, profile: str) -> Json | None:
        party = getattr(self._coverage, name)
        if party is None:
            return None
        return self._entries.add(said_parties.person_of("Patient", profile, party, name, self._lost))

    def _insurance(self, insurer: Json, patient: Json) -> Json:
        coverage = self._coverage
        told = next((span for name, span in coverage.plan_dates if name == PLAN), None)
        for index, (name, span) in enumerate(coverage.plan_dates):
            if name != PLAN or span is not told:
                self._lost(f"plan_dates[{index}]")
        card = resource(
            "Coverage",
            None,
            status="active",
            subscriber=self._person("subscriber", "subscriber"),
            beneficiary=patient,
            relationship=said_parties.relation_of(coverage.patient.relationship if coverage.patient else None),
            period=period(told.start, told.end or told.start) if told else None,
            payor=[insurer],
            class_=[{"type": concept(systems.COVERAGE_CLASS, "plan"), "value": coverage.plan}]
            if coverage.plan
            else None,
        )
        items = [item for index, each in enumerate(coverage.benefits) for item in self._items(each, index)]
        force = {CoverageStatus.ACTIVE: True, CoverageStatus.INACTIVE: False}
        return filled_in(coverage=self._entries.add(card), inforce=force.get(coverage.status), item=items)

    def _items(self, benefit: Benefit, index: int) -> list[Json]:
        path = f"benefits[{index}]"
        if any("\n" in each for each in benefit.messages):
            self._lost(f"{path}.messages", "moved")
        said = filled_in(
            productOrService=self._procedure(benefit.procedure, f"{path}.procedure") if benefit.procedure else None,
            modifier=[
                concept(words.modifier_system(each), each)
                for each in (benefit.procedure.modifiers if benefit.procedure else ())
            ],
            excluded=True if benefit.information in _NOT_COVERED else None,
            name=benefit.plan,
            description="\n".join(benefit.messages),
            network=_network(benefit.network),
            unit=_coded(1207, _LEVELS, benefit.coverage_level),
            term=_coded(615, _PERIODS, benefit.period),
            benefit=_amounts(benefit),
            **_needed(benefit.authorization_required),
        )
        types = benefit.service_types or (None,)
        return [filled_in(category=concept(systems.x12(1365), each)) | said for each in types]

    def _procedure(self, procedure: ProcedureCode, path: str) -> Json:
        if procedure.through:
            self._lost(f"{path}.through")
        if procedure.system is CodeSystem.REVENUE:
            return (concept(systems.REVENUE, procedure.code) or {}) | filled_in(text=procedure.description)
        return procedure_of(procedure, path, self._lost)

    def _error(self, index: int, rejection: Rejection) -> Json:
        path = f"rejections[{index}]"
        if rejection.says != codes.REJECTION.get(rejection.code):
            self._lost(f"{path}.says", "moved")
        if rejection.next_step != next_step(rejection.code, Follow.NOT_STATED):
            self._lost(f"{path}.next_step", "moved")
        if rejection.about != "transaction":
            self._lost(f"{path}.about", "moved")
        return {"code": concept(systems.x12(901), rejection.code)}


def _coded(element: int, table: dict[str, str], word: str | None) -> Json | None:
    """X12's code of our word, or the code as it was sent."""
    return concept(systems.x12(element), table.get(word, word)) if word else None


def _network(network: Network) -> Json | None:
    code = _NETWORKS.get(network.value)
    if code is None:
        return None
    plain = [coding(systems.NETWORK, network.value)] if network in (Network.IN, Network.OUT) else []
    return {"coding": [coding(systems.x12(1073), code), *plain]}


def _needed(answer: Answer) -> Json:
    """Whether an authorization is needed; what is not stated is not said, and "unknown" is said to be so."""
    if answer is Answer.UNKNOWN:
        return {"_authorizationRequired": absent()}
    known = {Answer.YES: True, Answer.NO: False}
    return {"authorizationRequired": known[answer]} if answer in known else {}


def _amounts(benefit: Benefit) -> list[Json]:
    """What is stated, with its money; then its percentage, and what it counts."""
    kind = concept(systems.x12(1390), _INFORMATION.get(benefit.information, benefit.information))
    found = [filled_in(type=kind, allowedMoney=money(benefit.amount))]
    if benefit.percent is not None:
        found.append({"type": kind, "allowedString": f"{_plain(benefit.percent * 100)}%"})
    if benefit.quantity:
        counted = concept(systems.x12(673), _COUNTS.get(benefit.quantity.counts, benefit.quantity.counts))
        found.append({"type": counted, **_count(benefit.quantity.value)})
    return found


def _count(value: Decimal) -> Json:
    if value == value.to_integral_value() and value >= 0:
        return {"allowedUnsignedInt": int(value)}
    return {"allowedString": _plain(value)}


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
