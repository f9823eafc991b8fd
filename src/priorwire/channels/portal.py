"""A payer that has only a portal: what a person must type, in the portal's own order.

Nothing is sent. The worksheet (JSON) is what is archived, so that it can be shown later
what the person was asked to enter.
"""

from __future__ import annotations

import json
from typing import Final

from priorwire.channels import wording
from priorwire.gateway.rows import WorkField
from priorwire.gateway.ways import (
    Document,
    Failure,
    HandedOver,
    Message,
    NotSent,
    RenderContext,
    SendOutcome,
)
from priorwire.model.authorization import AuthorizationRequest
from priorwire.payers.profile import ChannelKind

CONTENT_TYPE: Final = "application/json"
_NOT_IN_REQUEST: Final = "The request does not say; ask the practice before submitting."


class Portal:
    """Hands the request over to a person."""

    kind: ChannelKind = ChannelKind.PORTAL

    def render(self, request: AuthorizationRequest, context: RenderContext) -> Document:
        """The worksheet: each of the endpoint's portal fields with its value as a person types it.

        A field that the request does not fill stays visible: empty, with a note where the portal requires it.
        """
        endpoint = context.endpoint
        fields = []
        for field in endpoint.portal_fields:
            value = wording.at_path(request, field.source)
            note = _NOT_IN_REQUEST if field.required and not value else None
            fields.append({"label": field.label, "value": value, "required": field.required, "note": note})
        worksheet = {
            "payer": context.payer.name,
            "reference": context.reference,
            "instructions": endpoint.portal_instructions or "",
            "url": endpoint.url,
            "fields": fields,
        }
        return Document(
            payload=json.dumps(worksheet, ensure_ascii=False, indent=2).encode("utf-8"), content_type=CONTENT_TYPE
        )

    def send(self, message: Message) -> SendOutcome:
        """What the person needs, read back from the worksheet that was archived."""
        try:
            worksheet = json.loads(message.payload)
            fields = tuple(
                WorkField(label=each["label"], value=each["value"], required=each["required"])
                for each in worksheet["fields"]
            )
            missing = [each["label"] for each in worksheet["fields"] if each["note"]]
            instructions = str(worksheet["instructions"])
        except (ValueError, KeyError, TypeError):
            # the message would quote the worksheet
            return NotSent(failure=Failure.CONFIGURATION, detail="the payload is not a portal worksheet")
        return HandedOver(
            instructions=_instructions(instructions, missing, message), fields=fields, url=message.endpoint.url
        )


def _instructions(from_guide: str, missing: list[str], message: Message) -> str:
    """Words only: labels come from the payer's guide, never from the request."""
    sentences = [from_guide.strip() or "Enter the fields below in the payer's portal."]
    if message.urgent:
        sentences.append("This is an urgent request: choose the expedited option.")
    if missing:
        sentences.append(f"Not in the request, ask the practice first: {', '.join(missing)}.")
    sentences.append(f"Note the portal's own reference number; ours is {message.reference}.")
    return "\n".join(sentences)
