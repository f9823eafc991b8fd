"""What is in the documents that a Claim announces: a DocumentReference of the bundle that holds its data.

A request for review only announces a document (PWK); what is in it goes to the payer apart from it, in a 275.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from priorwire.mapping.fhir.loss import Loss
from priorwire.mapping.fhir.node import Node, expression
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.care import Attachment

_NOT_HERE = (
    "A request announces a document; what is in it goes to the payer apart from it, and it is not in the bundle."
)
_NO_BASE64 = "The data of a document is base64."


@dataclass(frozen=True, kw_only=True, repr=False)
class Content:
    """What is in one document."""

    data: bytes
    #: Whether it was given as text, and not as a file.
    is_text: bool
    #: Where it stands in the bundle.
    path: str


@dataclass(frozen=True, kw_only=True, repr=False)
class AnnouncedContent:
    """What is in a document, and which announcement of the request it belongs to."""

    #: Counted from 0 over the request's attachments and then those of each service.
    announced: int
    content: Content

    def lost(self, says: str) -> Loss:
        """It did not go to the payer."""
        return Loss(path=self.content.path, code="not_read", says=says)


def read_content(reference: Node, kind: str) -> Content | None:
    """What the document behind a reference holds; told as a loss where that cannot be had.

    Args:
        reference: ``supportingInfo.valueReference``.
        kind: kind of the resource that the bundle is, for the path.
    """
    document = reference.target()
    reference["type"].seen()
    if reference["identifier"] or reference.is_absent():
        reference.seen()
    if document is None:
        return None
    attachment = document["content"].first()["attachment"]
    data = attachment["data"].peek()
    if not isinstance(data, str) or not data:
        document.lost("no_place", _NOT_HERE)
        return None
    try:
        held = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        document.lost("no_place", _NO_BASE64)
        return None
    is_text = str(attachment["contentType"].peek()).startswith("text/plain")
    for part in (document["status"], attachment["data"], attachment["contentType"]):
        part.seen()
    return Content(data=held, is_text=is_text, path=expression(kind, document.path))


def announced_contents(
    request: AuthorizationRequest, contents: Mapping[int, Content], attachments: Mapping[int, Attachment]
) -> tuple[AnnouncedContent, ...]:
    """The documents by their announcements; `contents` and `attachments` are by the numbers of the Claim."""
    told = [*request.attachments, *(each for service in request.services for each in service.attachments)]
    return tuple(
        AnnouncedContent(announced=index, content=content)
        for index, each in enumerate(told)
        for number, content in contents.items()
        if attachments[number] is each
    )
