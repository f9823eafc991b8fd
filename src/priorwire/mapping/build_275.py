"""Documents to a review as a 275: 006020X316, or 005010X211 where a payer still wants that.

Neither guide's tree is public; the shape is that of published samples and companion guides. A
document is found by its attachment control number, which is PWK06 of the 278 that announced it:
TRN01 is ``1`` with our own number where we send of our own accord, ``2`` with the payer's where we
answer. What kind of document it is, the announcement (PWK01) or the payer's question (STC) has
said; CAT01 is ``AE`` in every published sample.

Deliberately not sent: BGN04 and what follows it (samples end with the date), a dependent's own
number (there is none: the member id is the subscriber's), and whatever a guide has that no sample
shows to be needed.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial

from priorwire.mapping import spelling
from priorwire.mapping.context import BuildContext
from priorwire.mapping.draft import Body, Draft
from priorwire.mapping.party_segments import (
    add_address,
    add_birth_and_gender,
    add_contact,
    add_payer,
    add_person,
    add_taxonomy,
)
from priorwire.mapping.request_codes import NUMBERED_WAYS
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.care import Attachment
from priorwire.model.parties import MemberNumberKind, Provider

#: The editions that can be written: with the bytes as base64 in BDS, or raw in BIN.
CURRENT_275, FORMER_275 = "006020X316", "005010X211"


class DocumentFormat(Enum):
    """What the bytes of a document are."""

    PDF = "pdf"
    #: A scanned page: PNG or JPEG.
    IMAGE = "image"
    TEXT = "text"
    #: An HL7 document (C-CDA).
    HL7 = "hl7"


#: CAT02.
_FORMAT = {DocumentFormat.PDF: "IA", DocumentFormat.IMAGE: "IA", DocumentFormat.TEXT: "TX", DocumentFormat.HL7: "HL"}
_PDF = b"%PDF-"


@dataclass(frozen=True, kw_only=True, repr=False)
class Document:
    """One document to send."""

    #: PWK06 of the announcement; of an answer, the number that the payer asked with (its TRN02). At most 50 characters.
    control_number: str
    content: bytes
    format: DocumentFormat = DocumentFormat.PDF
    #: LOINC of the question that it answers, e.g. ``11506-3``, where the payer asked with one.
    loinc: str | None = None


def announced(request: AuthorizationRequest, context: BuildContext) -> tuple[Attachment, ...]:
    """The documents that the 278 of this request and context announces, with the numbers it gives them.

    Those of the event, then those of each service. One that needs no number may have none.
    """
    found = _numbered(request.attachments, context, 0)
    for line, service in enumerate(request.services, 1):
        found += _numbered(service.attachments, context, line)
    return tuple(found)


def build_275(
    request: AuthorizationRequest,
    documents: Sequence[Document],
    context: BuildContext,
    *,
    edition: str = CURRENT_275,
    solicited: bool = False,
    authorization_number: str | None = None,
    administrative_reference: str | None = None,
) -> Body:
    """The body of a 275, BGN on, without ST and SE.

    Args:
        request: the review that the documents are for; it names patient and provider.
        documents: one or more.
        context: `reference` is the 275's own.
        edition: `CURRENT_275` or `FORMER_275`. The interchange of the current one is of version 00602 (ISA12).
        solicited: whether the payer asked for them.
        authorization_number: certification number of the review, where the payer has given one.
        administrative_reference: its tracking number, where the payer has given one.

    Raises:
        InvalidRequest: a document is empty or no PDF, or an identifier holds a delimiter of the interchange. Each
            fault has its JSON pointer, into ``/documents`` for the documents.
        ValueError: there is no such edition, or no document.
    """
    if edition not in (CURRENT_275, FORMER_275) or not documents:
        raise ValueError("a 275 is of a known edition and holds a document")
    draft = Draft(context.delimiters)
    draft.add("BGN", "11" if solicited else "02", context.reference, spelling.day(context.at))
    add_payer(draft, "PR", context.payer)
    with draft.about("requester"):
        _add_provider(draft, "41", request.requester)
        _add_provider(draft, "1P", request.requester)
        add_taxonomy(draft, "PE", request.requester)
        add_contact(draft, request.requester.contact)
        if request.requester.address:
            draft.add("NX1", "1P")
            add_address(draft, request.requester.address)
    _add_patient(draft, request)
    draft.reference("BB", authorization_number, "")
    draft.reference("NT", administrative_reference, "")
    draft.date("472", request.event_dates, "event_dates")
    for index, document in enumerate(documents):
        with draft.about("documents", index):
            _add_document(draft, index + 1, document, context, solicited=solicited, edition=edition)
    return draft.finish()


def _numbered(attachments: Sequence[Attachment], context: BuildContext, line: int) -> list[Attachment]:
    made = partial(context.attachment_number, line=line)
    return [
        each if each.control_number or each.way not in NUMBERED_WAYS else replace(each, control_number=made(number))
        for number, each in enumerate(attachments, 1)
    ]


def _add_provider(draft: Draft, role: str, provider: Provider) -> None:
    npi, tax = spelling.identifier(provider.npi), spelling.identifier(provider.tax_id)
    kind, number = ("XX", npi) if npi else ("FI", tax)
    if provider.person:
        add_person(draft, role, provider.person, kind, number)
    else:
        name = draft.text(provider.organization)
        draft.add("NM1", role, "2", name, None, None, None, None, kind if number else None, number)


def _add_patient(draft: Draft, request: AuthorizationRequest) -> None:
    patient = request.dependent or request.subscriber
    with draft.about("dependent" if request.dependent else "subscriber"):
        add_person(draft, "QC", patient.name, "MI", request.subscriber.member_id)
        add_birth_and_gender(draft, patient.birth_date, patient.gender)
        for index, each in enumerate(patient.numbers):
            qualifier = _PATIENT_NUMBER.get(each.kind)
            if qualifier:
                draft.reference(qualifier, each.number, f"numbers/{index}")


#: REF01 of the patient: what samples have. The payer knows the others by the review itself.
_PATIENT_NUMBER = {MemberNumberKind.PATIENT_ACCOUNT: "EJ", MemberNumberKind.MEDICAL_RECORD: "EA"}


def _add_document(
    draft: Draft, number: int, document: Document, context: BuildContext, *, solicited: bool, edition: str
) -> None:
    if not document.content:
        draft.refuse("content", "required", "The document is empty.")
        return
    if document.format is DocumentFormat.PDF and not document.content.startswith(_PDF):
        draft.refuse("content", "no_pdf", "The document does not begin as a PDF does.")
        return
    draft.add("LX", str(number))
    control = spelling.identifier(document.control_number)
    draft.add("TRN", "2" if solicited else "1", control)
    if document.loinc:
        draft.add("STC", ("R4", spelling.code(document.loinc) or "", "", "LOI"))
    draft.date("368", context.at.date(), "")
    draft.add("CAT", "AE", _FORMAT[document.format])
    if edition == CURRENT_275:
        draft.add("OOI", "1", "47", "ATTACHMENT")
        draft.add_binary("BDS", "B64", data=b64encode(document.content))
    else:
        draft.add("EFI", "05")
        draft.add_binary("BIN", data=document.content)
