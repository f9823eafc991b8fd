"""What a text must be so that X12 can carry it: found at the door, where its JSON pointer is known.

The rules are those of `mapping.spelling`: free text is spelled in X12's basic characters and
must still fit and say something; an identifier is never changed, so it may hold nothing that
an interchange uses as a separator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from priorwire.mapping import code_lists, spelling
from priorwire.x12.guides.codes import ELIGIBILITY_SERVICES
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


@dataclass(frozen=True)
class Listed:
    """Of a code: one of a list of `mapping.code_lists`, which the JSON schema shows."""

    codes: frozenset[str]
    says: str = "Not a code of this list."

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "enum": sorted(self.codes)}

    def _check(self, code: str) -> str:
        if code not in self.codes:
            raise PydanticCustomError("code_list", self.says)
        return code


@dataclass(frozen=True)
class Among:
    """Of a word: one of those that have a place here, which the JSON schema shows."""

    words: tuple[Enum, ...]
    says: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        handler(schema)
        return {"enum": [each.value for each in self.words], "type": "string"}

    def _check(self, word: Enum) -> Enum:
        if word not in self.words:
            raise PydanticCustomError("no_such_word_here", self.says)
        return word


def among(words: Iterable[Enum | None], says: str) -> Among:
    """Those of `words`, which are of one kind, in the order in which that names them."""
    known = {each for each in words if each is not None}
    (kind,) = {type(each) for each in known}
    return Among(tuple(each for each in kind if each in known), says)


#: A number is no day: ``20261214`` would be read as seconds since 1970.
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _written(day: object) -> object:
    if isinstance(day, date) or (isinstance(day, str) and _ISO_DAY.fullmatch(day.strip())):
        return day
    raise PydanticCustomError("day", "A day is written as a text, year first: '2026-12-14'.")


#: Earlier years are typing errors, and nobody in a request was born before.
Day = Annotated[date, Field(ge=date(1850, 1, 1)), BeforeValidator(_written)]

#: Names of people and organizations, and of contacts.
Name = Annotated[str, Field(min_length=1, max_length=60), _spelled(1, 60)]
#: A 278 names a person with a first name.
FirstName = Annotated[str, Field(min_length=1, max_length=35), _spelled(1, 35)]
FirstNameIfAny = Annotated[str, Field(max_length=35), _spelled(1, 35)]
MiddleName = Annotated[str, Field(max_length=25), _spelled(1, 25)]
Prefix = Annotated[str, Field(max_length=10), _spelled(1, 10)]
Suffix = Annotated[str, Field(max_length=10), _spelled(1, 10)]
AddressLine = Annotated[str, Field(min_length=1, max_length=55), _spelled(1, 55)]
City = Annotated[str, Field(min_length=2, max_length=30), _spelled(2, 30)]
#: What describes something in few words.
Description = Annotated[str, Field(min_length=1, max_length=80), _spelled(1, 80)]
#: Why somebody else refused, in their words.
Reason = Annotated[str, Field(min_length=1, max_length=50), _spelled(1, 50)]
#: A message of one segment.
Note = Annotated[str, Field(min_length=1, max_length=264), _spelled(1, 264)]

MemberId = Annotated[str, Field(min_length=2, max_length=80), AfterValidator(_carried)]
#: A number that somebody gave: a group's, an authorization's.
Reference = Annotated[str, Field(min_length=1, max_length=50), AfterValidator(_carried)]
Email = Annotated[str, Field(min_length=3, max_length=256, pattern=r"^[^@ ]+@[^@ ]+$"), AfterValidator(_carried)]
WebAddress = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_web_address)]

#: A code of a published list, with or without its point.
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.]{0,19}$")]
EventServiceType = Annotated[str, Listed(code_lists.EVENT_SERVICE_TYPES, "A 278 reviews no service type of this code.")]
LineServiceType = Annotated[str, Listed(code_lists.LINE_SERVICE_TYPES, "A 278 reviews no service type of this code.")]
EligibilityServiceType = Annotated[
    str, Listed(frozenset(ELIGIBILITY_SERVICES.split()), "A 270 knows no service type of this code.")
]
BillType = Annotated[str, Field(pattern=r"^[0-9]{2}$", description="First two digits of the UB-04 type of bill.")]
PlaceOfService = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
PayerIdText = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,80}$", description="Id of the payer's companion guide.")]
#: Ours alone, never sent.
ClientReference = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
