"""A FHIR document in and out: strict JSON with exact numbers, and the media type of FHIR."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, NoReturn

from fastapi import Depends, Request
from fastapi.responses import JSONResponse

from priorwire.api.fhir.outcomes import MEDIA_TYPE, Unreadable
from priorwire.gateway.ports import Services
from priorwire.mapping.fhir import Loss
from priorwire.payers.profile import PayerProfile


def _never(name: str) -> NoReturn:
    raise ValueError(name)


async def _document(request: Request) -> object:
    """The body as JSON; numbers with a fraction as decimals, and nothing that is no JSON."""
    try:
        return json.loads(await request.body(), parse_float=Decimal, parse_constant=_never)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error


#: The document of a POST.
Posted = Annotated[object, Depends(_document)]


class FhirResponse(JSONResponse):
    """A FHIR document."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """JSON in which a decimal is the number that it is."""
        return _exact(content).encode()


def _exact(value: object) -> str:
    """JSON text. The standard library would make a binary fraction of a decimal."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(key)}:{_exact(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_exact, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value, ensure_ascii=False)


def answer(document: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK, **headers: str) -> FhirResponse:
    """A FHIR document with its status."""
    return FhirResponse(dict(document), status_code=int(status), headers=headers)


def payer_ids(services: Services) -> dict[str, str]:
    """Our payer ids, by themselves and by the identifier that the payer is known by.

    Two payers of one identifier are told apart by our ids only.
    """
    profiles: Sequence[PayerProfile] = tuple(services.profiles.values())
    known = [each.identity.identifier for each in profiles]
    by_number = {each.identity.identifier: each.id for each in profiles if known.count(each.identity.identifier) == 1}
    return by_number | {each.id: each.id for each in profiles}


def told(losses: Sequence[Loss]) -> list[dict[str, Any]]:
    """What did not come over, as issues: information for whoever runs the sending system."""
    return [
        {
            "severity": "information",
            "code": "informational",
            "details": {"coding": [{"system": "urn:priorwire:loss", "code": each.code}], "text": each.says},
            "expression": [each.path],
        }
        for each in losses
    ]
