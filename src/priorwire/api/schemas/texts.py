"""What a text must be so that X12 can carry it: found at the door, where its JSON pointer is known.

The rules are those of `mapping.spelling`: free text is spelled in X12's basic characters and
must still fit and say something; an identifier is never changed, so it may hold nothing that
an interchange uses as a separator.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from priorwire.mapping import spelling
from priorwire.x12.guides.codes import ELIGIBILITY_SERVICES, EVENT_SERVICES
from priorwire.x12.segments import DEFAULT_DELIMITERS

#: Printable ASCII without what payers use as separators (``* : ^ ~ | > <`` and the back-tick).
_CARRIED = re.compile(r"[ !\"#$%&'()+,\-./0-9;=?@A-Z\[\]\\_a-z{}]*", re.ASCII)


def _spelled(shortest: int, longest: int) -> AfterValidator:
    """Free text that has `shortest` to `longest` characters also when it is spelled for X12."""

    def check(text: str) -> str:
        sent = spelling.free_text(text, DEFAULT_DELIMITERS) or ""
        if text and len(sent) < max(shortest, 1):
            raise PydanticCustomError("not_spellable", "Too little of this can be spelled in X12's Latin letters.")
        if len(sent) > longest:
            raise PydanticCustomError(
                "too_long_as_sent",
                "Spelled in X12's letters this has more than {longest} characters.",
                {"longest": longest},
            )
        return text

    return AfterValidator(check)


def _carried(text: str) -> str:
    if not _CARRIED.fullmatch(text):
        raise PydanticCustomError(
            "identifier", "An identifier is printable ASCII without * : ^ ~ | < > and `, which X12 needs as separators."
        )
    return text


def _web_address(text: str) -> str:
    """The scheme is not sent, so its colon may stand."""
    _carried(spelling.web_address(text) or "")
    return text


def _event_service(text: str) -> str:
    return _listed(text, _EVENT_SERVICES, "A 278 reviews no service type of this code.")


def _eligibility_service(text: str) -> str:
    return _listed(text, _ELIGIBILITY_SERVICES, "A 270 knows no service type of this code.")


_EVENT_SERVICES = frozenset(EVENT_SERVICES.split())
_ELIGIBILITY_SERVICES = frozenset(ELIGIBILITY_SERVICES.split())


def _listed(text: str, codes: frozenset[str], says: str) -> str:
    if text not in codes:
        raise PydanticCustomError("service_type", says)
    return text


#: Names of people and organizations, and of contacts.
Name = Annotated[str, Field(min_length=1, max_length=60), _spelled(1, 60)]
FirstName = Annotated[str, Field(max_length=35), _spelled(1, 35)]
MiddleName = Annotated[str, Field(max_length=25), _spelled(1, 25)]
Suffix = Annotated[str, Field(max_length=10), _spelled(1, 10)]
AddressLine = Annotated[str, Field(min_length=1, max_length=55), _spelled(1, 55)]
City = Annotated[str, Field(min_length=2, max_length=30), _spelled(2, 30)]
#: A message of one segment.
Note = Annotated[str, Field(min_length=1, max_length=264), _spelled(1, 264)]

MemberId = Annotated[str, Field(min_length=2, max_length=80), AfterValidator(_carried)]
#: A number that somebody gave: a group's, an authorization's.
Reference = Annotated[str, Field(min_length=1, max_length=50), AfterValidator(_carried)]
Email = Annotated[str, Field(min_length=3, max_length=256, pattern=r"^[^@ ]+@[^@ ]+$"), AfterValidator(_carried)]
WebAddress = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_web_address)]

#: A code of a published list, with or without its point.
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.]{0,19}$")]
EventServiceType = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,2}$"), AfterValidator(_event_service)]
EligibilityServiceType = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,2}$"), AfterValidator(_eligibility_service)]
PlaceOfService = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
PayerIdText = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,80}$", description="Id of the payer's companion guide.")]
#: Ours alone, never sent.
ClientReference = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
