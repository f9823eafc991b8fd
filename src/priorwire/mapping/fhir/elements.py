"""Pieces of FHIR, written: codings, identifiers, extensions, periods, and a bundle's entries."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from priorwire.mapping.fhir import systems
from priorwire.model.services import DateSpan

#: An object of JSON, as it goes into a document.
Json = dict[str, Any]


def filled_in(**parts: object) -> Json:
    """An object with the parts that say something. A trailing underscore (``class_``) is not part of a name."""
    return {name.rstrip("_"): part for name, part in parts.items() if part not in (None, "", [], {}, ())}


def coding(system: str | None, code: str) -> Json:
    """One code of a system; no display: X12's and the AMA's texts are licensed."""
    return filled_in(system=system, code=code)


def concept(system: str | None, code: str | None) -> Json | None:
    """A code alone."""
    return {"coding": [coding(system, code)]} if code else None


def absent(reason: str = "unknown") -> Json:
    """Says that a required part is not known."""
    return {"extension": [{"url": systems.ABSENT, "valueCode": reason}]}


def extension(url: str, **value: object) -> list[Json]:
    """One extension, e.g. ``extension(url, valueString="x")``; nothing where the value is absent."""
    return [{"url": url, **value}] if all(each not in (None, "", [], {}) for each in value.values()) else []


def coded_extension(url: str, system: str, code: str | None) -> list[Json]:
    """An extension whose value is one code."""
    return extension(url, valueCodeableConcept=concept(system, code))


def identifier(system: str | None, value: str, *, type_: Json | None = None, **more: object) -> Json:
    """An identifier. Where its system is not known, that is said (PAS: the system is required)."""
    unknown = None if system else absent()
    return filled_in(type_=type_, system=system, _system=unknown, value=value, **more)


def token(text: str) -> Json:
    """``system|value``, FHIR's own notation of an identifier in one string, as an identifier."""
    system, bar, value = text.partition("|")
    return identifier(system or None, value) if bar else identifier(None, text)


def day(value: date | None) -> str | None:
    """A date."""
    return value.isoformat() if value else None


def instant(at: datetime) -> str:
    """A moment, to the second, with its zone."""
    return at.isoformat(timespec="seconds")


def period(start: date | None, end: date | None) -> Json | None:
    """A period; `None` where neither end is known."""
    return filled_in(start=day(start), end=day(end)) or None


def dated(name: str, span: DateSpan | None) -> Json:
    """A choice of date and period: ``servicedDate`` of one day, ``servicedPeriod`` of a range."""
    if span is None:
        return {}
    if span.end is None:
        return {f"{name}Date": day(span.start)}
    return {f"{name}Period": period(span.start, span.end)}


def number(value: Decimal) -> int | Decimal:
    """A number of JSON: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else value.normalize()


def money(value: Decimal | None) -> Json | None:
    """US dollars."""
    return {"value": number(value), "currency": "USD"} if value is not None else None


class Entries:
    """The entries of a bundle: each resource once, under a URN that is made from the bundle's own name."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._entries: list[Json] = []

    def add(self, resource: Json) -> Json:
        """A reference to the resource, which is in the bundle from now on."""
        for entry in self._entries:
            if entry["resource"] == resource:
                return {"reference": entry["fullUrl"]}
        return {"reference": self._place(resource)}

    def first(self, resource: Json) -> None:
        """Put the resource that the bundle is about before all others."""
        self._place(resource)
        self._entries.insert(0, self._entries.pop())

    def _place(self, resource: Json) -> str:
        # The name is made of the bundle's and a number, so that the same request gives the same bytes.
        named = hashlib.sha256(f"{self._seed}/{len(self._entries)}".encode()).digest()
        url = f"urn:uuid:{uuid.UUID(bytes=named[:16], version=5)}"
        self._entries.append({"fullUrl": url, "resource": resource})
        return url

    def listed(self) -> list[Json]:
        """All of them, the first one first."""
        return list(self._entries)


def bundle(profile: str, name: Json, at: datetime, entries: Iterable[Json]) -> Json:
    """A collection, as PAS exchanges them."""
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [systems.profile(profile)]},
        "identifier": name,
        "type": "collection",
        "timestamp": instant(at),
        "entry": list(entries),
    }


def resource(kind: str, profile: str | None, **parts: object) -> Json:
    """A resource that says which profile of PAS it follows."""
    meta = {"meta": {"profile": [systems.profile(profile)]}} if profile else {}
    return {"resourceType": kind, **meta, **filled_in(**parts)}


def inverted(table: Mapping[Any, str]) -> dict[str, Any]:
    """A code table the other way round; of two words with one code the first stands."""
    turned: dict[str, Any] = {}
    for word, code in table.items():
        turned.setdefault(code, word)
    return turned
