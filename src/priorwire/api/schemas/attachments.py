"""Documents to a review, in JSON: what a practice attaches, and where each of them stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from priorwire.api.schemas import examples
from priorwire.api.schemas.parties import Schema
from priorwire.api.schemas.texts import Reference
from priorwire.gateway.attach import MAX_DOCUMENT_BYTES
from priorwire.gateway.attachment_targets import Wanted

#: Three bytes are four characters in base64.
_MAX_BASE64 = MAX_DOCUMENT_BYTES * 4 // 3 + 4


class DocumentIn(Schema):
    """One document, as `content` or as `text`.

    What it is for may be left out where the request or the payer leaves only one choice.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DOCUMENT, examples.TEXT_DOCUMENT]})

    content: Annotated[str, Field(max_length=_MAX_BASE64, description="A PDF, PNG or JPEG file, base64.")] | None = None
    text: Annotated[str, Field(max_length=MAX_DOCUMENT_BYTES, description="The document itself, as text.")] | None = (
        None
    )
    control_number: Annotated[
        Reference | None, Field(description="Number of the announcement, or the one that the payer asks with.")
    ] = None
    announced: Annotated[
        int | None,
        Field(ge=0, le=999, description="Which announcement, from 0: those of the request, then of each service."),
    ] = None
    report_type: Annotated[str, Field(pattern=r"^[0-9A-Z]{2}$", description="Code list 755.")] | None = None
    loinc: Annotated[str, Field(pattern=r"^[0-9]{1,7}-[0-9]$", description="Of the payer's question.")] | None = None
    description: Annotated[str, Field(max_length=200, description="For your own people; it is not sent.")] | None = None

    def wanted(self) -> Wanted:
        """What it is for."""
        return Wanted(
            control_number=self.control_number,
            announced=self.announced,
            report_type=self.report_type,
            loinc=self.loinc,
        )


class DocumentReportIn(Schema):
    """What a person learned of a document, or did with it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"payer_has_it": True}]})

    payer_has_it: Annotated[bool, Field(description="False has it sent: ask the payer first whether it arrived.")]


class DocumentOut(BaseModel):
    """A document and where it stands; its bytes are among the messages of the authorization."""

    id: str
    authorization_id: str
    #: queued, sending, uncertain, sent, acknowledged, refused or with_person.
    state: str
    evidence: str
    #: Why it stands there, in words.
    detail: str | None
    control_number: str
    #: Whether it answers a question of the payer.
    solicited: bool
    report_type: str | None
    loinc: str | None
    description: str | None
    content_type: str
    size: int
    route: str | None
    attempts: int
    #: What a person has to do about it.
    work_item_id: str | None
    simulated: bool
    created_by: str
    created_at: datetime
    updated_at: datetime
