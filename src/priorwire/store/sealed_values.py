"""Turns the values of sealed columns into bytes and back, with nothing lost on the way.

JSON by pydantic: decimals travel as text and stay exact, dates as ISO 8601, enumerations as
their values. A request and a record may be one of two types; the bytes begin with which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from priorwire.errors import StoreError
from priorwire.gateway.rows import WorkField
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest
from priorwire.model.eligibility import Coverage, EligibilityInquiry
from priorwire.model.evidence import Source
from priorwire.model.ledger import Use


class Codec(Protocol):
    """Bytes for the values of one sealed column."""

    def dump(self, value: Any) -> bytes:
        """The bytes of `value`."""
        ...

    def load(self, content: bytes) -> Any:
        """The value that `dump` was given. Raises StoreError where the bytes are none of ours."""
        ...


class TextCodec:
    """A string."""

    def dump(self, value: str) -> bytes:
        return value.encode("utf-8")

    def load(self, content: bytes) -> str:
        return content.decode("utf-8")


class JsonCodec:
    """A value of one type."""

    def __init__(self, annotation: Any) -> None:
        self._adapter: TypeAdapter[Any] = TypeAdapter(annotation)

    def dump(self, value: Any) -> bytes:
        return self._adapter.dump_json(dict(value) if isinstance(value, Mapping) else value)

    def load(self, content: bytes) -> Any:
        try:
            return self._adapter.validate_json(content)
        except ValidationError:
            # Without the cause: its text quotes the input, which is a patient's.
            raise StoreError("a sealed value does not fit its type: was it written by another version?") from None


@dataclass(frozen=True)
class OneOfCodec:
    """A value of one of several types, by the word that its bytes begin with."""

    types: Mapping[bytes, type]

    def dump(self, value: Any) -> bytes:
        word = next(word for word, kind in self.types.items() if isinstance(value, kind))
        return word + b" " + _CODECS[self.types[word]].dump(value)

    def load(self, content: bytes) -> Any:
        word, _, rest = content.partition(b" ")
        if word not in self.types:
            raise StoreError("a sealed value is of a type that this version does not know")
        return _CODECS[self.types[word]].load(rest)


_CODECS: Mapping[type, JsonCodec] = {
    kind: JsonCodec(kind) for kind in (AuthorizationRequest, EligibilityInquiry, AuthorizationRecord, Coverage)
}

TEXT = TextCodec()
REQUEST = OneOfCodec({b"authorization": AuthorizationRequest, b"eligibility": EligibilityInquiry})
RECORD = OneOfCodec({b"authorization": AuthorizationRecord, b"coverage": Coverage})
SOURCES = JsonCodec(dict[str, Source])
USE = JsonCodec(Use)
WORK_FIELDS = JsonCodec(tuple[WorkField, ...])
