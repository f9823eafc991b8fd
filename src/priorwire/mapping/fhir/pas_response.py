"""A review as a PAS response bundle (Da Vinci PAS 2.2): what `Claim/$submit` and `$inquire` give back.

Items stand under the numbers that the Claim gave them. A service that was approved with changes
is its item with A6, and an ``addItem`` of the same number with what was approved; one that nobody
asked for is an ``addItem`` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from priorwire.mapping import codes, review_codes
from priorwire.mapping.fhir import said_parties, systems
from priorwire.mapping.fhir.elements import (
    Entries,
    Json,
    absent,
    bundle,
    coded_extension,
    concept,
    extension,
    filled_in,
    identifier,
    instant,
    inverted,
    period,
    resource,
    token,
)
from priorwire.mapping.fhir.loss import Loss
from priorwire.mapping.fhir.pas_request import Written
from priorwire.mapping.fhir.response_items import ItemNotes, ResponseItems
from priorwire.mapping.fhir.response_losses import RECORD
from priorwire.mapping.fhir.reviews import (
    LOOP_OF,
    adjudication,
    code_of,
    pended_for,
    status_as_read,
    trace_identifier,
    undecided,
)
from priorwire.mapping.next_steps import next_step
from priorwire.model.authorization import (
    AuthorizationRecord,
    DocumentKind,
    Follow,
    Rejection,
    ReplyPurpose,
    RequestedDocument,
    ReviewStatus,
)

_PROFILES = {ReplyPurpose.RESPONSE: "claimresponse", ReplyPurpose.INQUIRY_ANSWER: "claiminquiryresponse"}
_BUNDLES = {"claimresponse": "pas-response-bundle", "claiminquiryresponse": "pas-inquiry-response-bundle"}
_FOLLOW_CODES = {word: code for code, word in codes.FOLLOW.items()}
_WAY_CODES = inverted(review_codes.WAY)
_OPEN = frozenset({ReviewStatus.PENDED, ReviewStatus.CONTACT_PAYER, ReviewStatus.UNKNOWN})


@dataclass(frozen=True, kw_only=True)
class ReplyContext:
    """What a response bundle says beside the review: what it answers."""

    #: Seed of the URNs of its entries: our transaction's reference.
    reference: str
    at: datetime
    #: ``system|value`` of the bundle that is answered; without it the record's own reference is the identifier.
    bundle: str | None = None
    #: ``system|value`` of the Claim, and its full URL where it is known.
    claim: str | None = None
    claim_url: str | None = None
    #: Which form the claim will be made on.
    claim_type: str = "professional"
    #: The Claim's number of each of the record's services, `None` for one that was not asked for; without it they
    #: are counted from 1.
    sequences: tuple[int | None, ...] = ()
    #: Numbers of items that the reply does not name; they take the decision of a review that names none at all.
    unnamed: tuple[int, ...] = ()
    #: The profile to follow where it is not the record's own purpose that decides.
    is_inquiry: bool = False


def write_response(record: AuthorizationRecord, context: ReplyContext) -> Written:
    """A bundle that says what was decided."""
    writer = _Writer(record, context)
    document = writer.bundle()
    return Written(document=document, losses=(*RECORD.losses_of(record), *writer.losses))


class _Writer:
    def __init__(self, record: AuthorizationRecord, context: ReplyContext) -> None:
        self._record = record
        self._context = context
        self._entries = Entries(context.reference)
        self._notes = ItemNotes()
        self.losses: list[Loss] = []
        is_inquiry = context.is_inquiry or record.purpose is ReplyPurpose.INQUIRY_ANSWER
        self._profile = _PROFILES[ReplyPurpose.INQUIRY_ANSWER if is_inquiry else ReplyPurpose.RESPONSE]

    def _lost(self, path: str, code: str = "no_place") -> None:
        self.losses.append(RECORD.sometimes_lost(path, code))

    def bundle(self) -> Json:
        record, context = self._record, self._context
        self._entries.first(self._response())
        if context.bundle:
            name = token(context.bundle)
        elif record.reference:
            name = identifier(None, record.reference)
        else:
            name = identifier(systems.URI, f"urn:priorwire:reply:{context.reference}")
        return bundle(_BUNDLES[self._profile], name, context.at, self._entries.listed())

    def _response(self) -> Json:
        record, context = self._record, self._context
        self._tell_derived()
        insurer = self._insurer()
        patient, insurance = self._covered(insurer)
        written = ResponseItems(self._entries, context.sequences, patient, self._notes, self._lost)
        notes = [self._notes.add(each) for each in record.messages]
        del notes  # numbers of the event's notes: no item points to them
        items, added = written.of(record)
        unnamed = None if record.services else record
        items += [written.unnamed(number, unnamed) for number in context.unnamed]
        return resource(
            "ClaimResponse",
            self._profile,
            extension=self._extensions(),
            identifier=[trace_identifier(each) for each in record.traces],
            status="active",
            type=concept(systems.CLAIM_TYPE, context.claim_type),
            use="preauthorization",
            patient=patient,
            created=instant(context.at),
            insurer=insurer,
            requestor=self._requester(),
            request=self._request(),
            outcome=self._outcome(),
            preAuthRef=record.authorization_number,
            preAuthPeriod=period(record.effective_date, record.expiration_date),
            item=sorted(items, key=lambda each: each["itemSequence"]),
            addItem=added,
            adjudication=adjudication(record, None, undecided=undecided(record)),
            processNote=self._notes.listed(),
            communicationRequest=[self._document(each, insurer) for each in record.requested_documents],
            insurance=insurance,
            error=[self._error(number, each) for number, each in enumerate(record.rejections)],
        )

    def _outcome(self) -> str:
        statuses = {self._record.status, *(each.status for each in self._record.services)}
        if self._record.status is ReviewStatus.REJECTED:
            return "error"
        return "partial" if statuses & _OPEN else "complete"

    def _tell_derived(self) -> None:
        """What the other side works out again, where it would come to something else."""
        record = self._record
        if code_of(record) != record.decision_code:
            self._lost("decision_code", "moved")
        if record.purpose not in _PROFILES:
            self._lost("purpose")
        status = status_as_read(record)
        if status is not record.status:
            self._lost("status", "moved")
        if record.pended_for is not pended_for(status, record.reasons, documents=bool(record.requested_documents)):
            self._lost("pended_for", "moved")
        if not record.services:
            for name in ("admitted", "discharged"):
                if getattr(record, name):
                    self._lost(name)
        for index, reason in enumerate(record.reasons):
            if reason.says != codes.REASON.get(reason.code):
                self._lost(f"reasons[{index}].says", "moved")

    def _extensions(self) -> list[Json]:
        record = self._record
        numbers = (
            ("administrationReferenceNumber", record.administrative_reference),
            ("authorizationNumber", record.previous_authorization_number),
        )
        written = ResponseItems(self._entries, (), {}, self._notes, self._lost)
        return [
            *(each for name, text in numbers for each in extension(systems.pas(name), valueString=text)),
            *(written.provider(each, f"providers[{index}]") for index, each in enumerate(record.providers)),
        ]

    # --- parties ----------------------------------------------------------------------------------------------------

    def _insurer(self) -> Json:
        record = self._record
        if record.payer is None and not record.contacts:
            return absent()
        payer = record.payer or said_parties.NOBODY
        return self._entries.add(said_parties.organization_of(payer, "insurer", record.contacts))

    def _requester(self) -> Json | None:
        requester = self._record.requester
        if requester is None:
            return None
        return said_parties.provider_of(self._entries, requester, "requester", self._lost, "requestor")

    def _covered(self, insurer: Json) -> tuple[Json, list[Json]]:
        """The patient, and the coverage where a subscriber is named."""
        record = self._record
        patient = absent()
        if record.patient:
            written = said_parties.person_of("Patient", "beneficiary", record.patient, "patient", self._lost)
            patient = self._entries.add(written)
        if record.subscriber is None:
            if record.patient and record.patient.relationship:
                self._lost("patient.relationship")
            return patient, []
        holder = self._entries.add(
            said_parties.person_of("Patient", "subscriber", record.subscriber, "subscriber", self._lost)
        )
        card = resource(
            "Coverage",
            "coverage",
            status="active",
            subscriber=holder,
            beneficiary=patient,
            relationship=said_parties.relation_of(record.patient.relationship if record.patient else None),
            payor=[insurer],
        )
        return patient, [{"sequence": 1, "focal": True, "coverage": self._entries.add(card)}]

    def _request(self) -> Json:
        context = self._context
        if context.claim is None and context.claim_url is None:
            return absent()
        named = token(context.claim) if context.claim else None
        return filled_in(reference=context.claim_url, type="Claim", identifier=named)

    # --- what is wanted, and what was wrong -------------------------------------------------------------------------

    def _document(self, wanted: RequestedDocument, insurer: Json) -> Json:
        index = self._record.requested_documents.index(wanted)
        table = review_codes.REPORT if wanted.kind is DocumentKind.REPORT_TYPE else review_codes.LOINC
        if wanted.says != table.get(wanted.code):
            self._lost(f"requested_documents[{index}].says", "moved")
        is_report = wanted.kind is DocumentKind.REPORT_TYPE
        way = _WAY_CODES.get(wanted.way or "")
        medium = concept(systems.x12(756), way) if way else filled_in(text=wanted.way)
        return self._entries.add(
            resource(
                "CommunicationRequest",
                "communicationrequest",
                extension=extension(systems.pas("serviceLineNumber"), valuePositiveInt=self._number(wanted.service)),
                identifier=[identifier(None, wanted.control_number)] if wanted.control_number else None,
                status="active",
                category=[concept(systems.x12(755), wanted.code)] if is_report else None,
                medium=[medium] if medium else None,
                payload=None if is_report else [{"contentString": wanted.code}],
                note=[{"text": wanted.description}] if wanted.description else None,
                requester=insurer if "reference" in insurer else None,
            )
        )

    def _number(self, service: int | None) -> int | None:
        """The Claim's number of the record's n-th service."""
        if service is None:
            return None
        given = self._context.sequences[service - 1 : service]
        return (given[0] if given else None) or service

    def _error(self, index: int, rejection: Rejection) -> Json:
        path = f"rejections[{index}]"
        if rejection.says != codes.REJECTION.get(rejection.code):
            self._lost(f"{path}.says", "moved")
        if rejection.next_step != next_step(rejection.code, rejection.follow):
            self._lost(f"{path}.next_step", "moved")
        follow = rejection.follow_code or _FOLLOW_CODES.get(rejection.follow)
        if follow != rejection.follow_code:
            self._lost(f"{path}.follow_code", "moved")
        if codes.FOLLOW.get(follow or "", Follow.NOT_STATED) is not rejection.follow:
            self._lost(f"{path}.follow", "moved")
        place = LOOP_OF.get(rejection.about)
        if place is None and rejection.about != "transaction":
            self._lost(f"{path}.about", "moved")
        where = [{"url": "error", "valueString": place}] if place else None
        return filled_in(
            extension=[
                *coded_extension(systems.pas("errorFollowupAction"), systems.x12(889), follow),
                *([{"url": systems.pas("errorElement"), "extension": where}] if where else []),
            ],
            itemSequence=self._number(rejection.service),
            code=concept(systems.x12(901), rejection.code),
        )
