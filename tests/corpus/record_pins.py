"""What the reviews and coverages of the samples say: ``python -m tests.corpus.record_pins`` writes it anew.

``records.json`` holds each record of each sample of class A and B, a line for each part of it (a
party, a service, a benefit): its leaves by name. Words of ours, codes, numbers and dates stand as
they are; of whatever names or numbers somebody, and of every text, only a digest stands there.
Whoever changes the readers looks at the difference before keeping it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from priorwire.gateway.inspect import inspect
from tests.corpus.conftest import CORPUS, manifest

RECORD_PINS = Path(__file__).parent / "records.json"
#: Published examples, and what payers and vendors publish themselves.
CLASSES = ("A", "B")
KINDS = ("271", "278")
BETWEEN = " | "

#: Leaves that hold a word of ours, a code, a number or a day, whoever the patient is.
_LEAVES = (
    "about admitted amount authorization_required benefit bill_type calendar category code corrected counts "
    "coverage_level decision_code diagnosis_numbers discharged effective_date end event_dates every "
    "expiration_date follow follow_code identifier_kind information injuries insurance_type issued_date kind "
    "modifiers more_to_follow network next_step on pended_for per percent period periods place_of_service "
    "places_of_service purpose quantity relationship request_valid returned revenue_code role says second_opinion "
    "service service_type service_types start status surfaces system through time unit urgency value way"
)
_SHOWN = frozenset(_LEAVES.split())
_NAME_OF_A_DATE = re.compile(r"dates\[\d+\]\.name$")
#: Sentences are shown where they are ours; a text where a code belongs is a payer's, and is not.
_OURS = frozenset({"next_step", "says"})
#: One word of ours or code; or several codes, each shorter.
CODE = re.compile(r"[A-Za-z0-9_.\-]{1,45}( [A-Z0-9]{1,5})*")
_LAST = re.compile(r"([a-z_]+)(\[\d+\])?$")
_LIST_OF_CODES = frozenset({"diagnosis_numbers", "injuries", "modifiers", "places_of_service", "service_types"})


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf of a presented record that says something, with its path; several codes in one leaf."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from leaves(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        if value and path.rpartition(".")[2] in _LIST_OF_CODES:
            yield path, " ".join(map(str, value))
            return
        for index, each in enumerate(value):
            yield from leaves(each, f"{path}[{index}]")
    elif value is not None:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def records(data: bytes) -> list[list[dict[str, str]]]:
    """Of each set, the leaves of each of its records by path; values as they are."""
    return [
        [dict(leaves(each)) for each in (shown["record"], *_more(shown)) if each is not None]
        for shown in inspect(data, "")
    ]


def _more(shown: Mapping[str, Any]) -> Sequence[Any]:
    more: Sequence[Any] = shown.get("more_records", ())
    return more


def pinned(record: Mapping[str, str]) -> list[str]:
    """A record in the words that are pinned, a line for each part of it."""
    parts: dict[str, list[str]] = {}
    for path, value in record.items():
        parts.setdefault(part_of(path), []).append(
            f"{path.removeprefix(part_of(path)).lstrip('.')} = {shown(path, value)}"
        )
    return [f"{part}: {BETWEEN.join(said)}" for part, said in parts.items()]


def part_of(path: str) -> str:
    """What a leaf is a leaf of: the party, the service, the benefit; nothing for one of the record itself."""
    return path.partition(".")[0] if "." in path else ""


def shown(path: str, value: str) -> str:
    """A value as it is pinned."""
    found = _LAST.search(path)
    last = found[1] if found else ""
    coded = last in _SHOWN or _NAME_OF_A_DATE.search(path)
    return value if last in _OURS or (coded and CODE.fullmatch(value)) else digest(value)


def digest(value: str) -> str:
    return "#" + hashlib.sha256(value.encode()).hexdigest()[:12]


def samples(*classes: str) -> list[str]:
    """The samples of some classes that can hold a record."""
    return [row["file"] for row in manifest() if row["quality_class"][0] in classes and row["transaction"] in KINDS]


def read_as(name: str) -> list[list[list[str]]]:
    """The records of a sample, by set, as they are pinned."""
    return [[pinned(each) for each in every] for every in records((CORPUS / name).read_bytes())]


def main() -> None:
    every = {name: read_as(name) for name in samples(*CLASSES)}
    RECORD_PINS.write_text(json.dumps(every, indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
