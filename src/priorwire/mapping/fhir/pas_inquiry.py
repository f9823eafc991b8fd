"""A PAS inquiry bundle read: which reviews somebody asks about (Da Vinci PAS 2.2, `Claim/$inquire`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from priorwire.mapping.fhir import parties, systems, words
from priorwire.mapping.fhir.loss import Loss
from priorwire.mapping.fhir.node import Document, Node
from priorwire.mapping.fhir.pas_request_read import named, read_payer


@dataclass(frozen=True, kw_only=True)
class InquiryRead:
    """What identifies the reviews that are asked about. A patient is always needed (PAS: a member id)."""

    payer_id: str
    member_id: str
    #: ``system|value`` of the Claim and of the bundle.
    claim: str | None
    bundle: str | None
    authorization_number: str | None = None
    administrative_reference: str | None = None
    #: Procedure codes asked about, of any list; empty for all.
    procedures: tuple[str, ...] = ()
    #: What was not used to find them, by its place in the bundle.
    losses: tuple[Loss, ...] = ()


def read_inquiry(document: object, payers: Mapping[str, str] | None = None) -> InquiryRead:
    """An inquiry bundle.

    Raises:
        InvalidRequest: every fault with its FHIRPath.
    """
    reading = Document(document)
    root = reading.root
    claim = root["entry"].first()["resource"]
    if reading.kind != "Bundle" or claim.kind != "Claim":
        reading.fault(root, "bundle", "A Bundle whose first entry is a Claim belongs here.")
        reading.finish()
    reading.index()
    for name in ("type", "timestamp"):
        root[name].seen()
    for name in ("status", "use", "type", "created", "priority"):
        claim[name].seen()
    payer, member = _payer(claim["insurer"], payers), _member(claim)
    found = InquiryRead(
        payer_id=payer or "",
        member_id=member or "",
        claim=named(claim["identifier"].first()),
        bundle=named(root["identifier"]),
        authorization_number=claim.extension(systems.pas("authorizationNumber"))["valueString"].text(),
        administrative_reference=claim.extension(systems.pas("administrationReferenceNumber"))["valueString"].text(),
        procedures=tuple(code for each in claim["item"].each() if (code := _procedure(each))),
    )
    return _with(found, reading.finish())


def _with(found: InquiryRead, losses: tuple[Loss, ...]) -> InquiryRead:
    told = tuple(Loss(path=each.path, code=each.code, says="Not used to find the review.") for each in losses)
    return InquiryRead(**{**vars(found), "losses": told})


def _payer(reference: Node, payers: Mapping[str, str] | None) -> str | None:
    insurer = reference.needed() if reference else None
    if not reference:
        reference.fault("required", "The insurer is required.")
    return read_payer(insurer, payers) if insurer else None


def _member(claim: Node) -> str | None:
    """The patient's identifier of type ``MB``, else that of the coverage."""
    patient = claim["patient"].needed() if claim["patient"] else None
    card = claim["insurance"].first()["coverage"].target()
    of_card = (parties.read_member_id(card) or card["subscriberId"].text()) if card else None
    number = of_card or (parties.read_member_id(patient) if patient else None)
    if number is None:
        claim["patient"].fault("required", "The patient's member id is required: an identifier of type MB.")
    return number


def _procedure(item: Node) -> str | None:
    item["sequence"].seen()
    asked = item["productOrService"]
    if asked.coded(systems.ABSENT_CODES):
        return None
    found = asked.coded(*words.PROCEDURE_SYSTEM)
    return found[1] if found else None
