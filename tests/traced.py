"""Changing the bytes that a value was read from: what may change, and what must.

`changes` takes a payload, changes the bytes of one traced value to another valid one of the
same kind and length, reads again, and compares leaf by leaf.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from priorwire.gateway.reading import SetRead, read_payload
from priorwire.mapping import Reading, review_codes
from priorwire.mapping.trace import leaves
from priorwire.model.evidence import Source

#: Where a coded value stands -> codes of which one can take another's place without making another message of it.
_CODES: Mapping[tuple[str, int, int], tuple[str, ...]] = MappingProxyType(
    {
        ("HCR", 1, 0): ("A1", "A3", "A4", "A6", "NA"),
        ("HCR", 3, 0): ("0B", "0F", "0L", "0U", "0V", "0W"),
        ("HCR", 4, 0): ("Y", "N"),
        ("UM", 1, 0): tuple(review_codes.CATEGORY),
        ("UM", 2, 0): tuple(review_codes.KIND),
        ("UM", 6, 0): ("U", "E"),
        ("AAA", 2, 1): ("15", "41", "42", "57", "72", "75"),
        ("AAA", 3, 1): ("15", "41", "42", "57", "72", "75"),
        ("AAA", 4, 0): ("C", "N", "P", "R", "S", "Y"),
        ("TRN", 1, 0): ("1", "2"),
        ("BHT", 6, 0): ("18", "19"),
        ("DMG", 3, 0): ("F", "M"),
        ("HSD", 1, 0): ("VS", "DY", "MN", "HS"),
        ("HSD", 3, 0): tuple(review_codes.PER),
        ("HSD", 5, 0): ("34", "35", "21"),
        ("PWK", 1, 0): tuple(review_codes.REPORT),
        ("PWK", 2, 0): tuple(review_codes.WAY),
        ("SV1", 1, 1): ("HC", "IV", "WK"),
        ("SV1", 3, 0): ("UN", "MJ"),
        ("SV2", 2, 1): ("HC", "IV", "WK"),
        ("SV2", 4, 0): ("UN", "DA"),
        ("DTP", 1, 0): ("439", "484", "431"),
        ("NM1", 8, 0): ("XX", "24", "46", "MI", "II", "PI", "XV"),
        ("EB", 2, 0): ("IND", "FAM", "ESP"),
        ("EB", 6, 0): ("23", "24", "25", "27", "29", "32"),
        ("EB", 9, 0): ("VS", "DY", "MN"),
        ("EB", 11, 0): ("Y", "N"),
        ("EB", 12, 0): ("Y", "N", "W"),
        ("EB", 13, 1): ("HC", "IV", "WK"),
        **{("HI", element, 1): ("ABF", "APR") for element in range(1, 13)},
    }
)
#: Places whose other values would make another message, another party or another order of it.
_LEFT_ALONE = frozenset(
    {("BHT", 2), ("NM1", 1), ("INS", 2), ("REF", 1), ("EB", 1), ("EB", 3), ("EB", 4), ("EB", 8), ("III", 1), ("HI", 0)}
)

#: How many other codes are tried.
_TRIED = 6

Shown = tuple[str, Source]


def everything(data: bytes) -> dict[tuple[int, str], Shown]:
    """Every traced leaf of a payload: number of its record and path -> what it says, and its source."""
    found: dict[tuple[int, str], Shown] = {}
    for number, reading in enumerate(readings(data)):
        said = dict(_leaves(reading))
        found.update({(number, path): (said[path], source) for path, source in reading.sources.items()})
    return found


def readings(data: bytes) -> Iterator[Reading[object]]:
    """Every record of a payload."""
    for said in read_payload(data):
        if isinstance(said, SetRead):
            yield from said.readings


def _leaves(reading: Reading[object]) -> Iterator[tuple[str, str]]:
    for path in leaves(reading.record):
        value: object = reading.record
        for name, index in re.findall(r"([a-z_0-9]+)|\[(\d+)\]", path):
            value = getattr(value, name) if name else value[int(index)]  # type: ignore[index]  # a tuple has one
        yield path, str(value)


def others(text: str, source: Source, draw: random.Random) -> Sequence[str]:
    """Other valid values of the same kind and length that say only something else; none where there are none."""
    place = (source.segment, source.element)
    if source.element == 0 or not text or place in _LEFT_ALONE:
        return ()
    listed = _CODES.get((*place, source.component or 0))
    if listed is not None:
        like = [each for each in listed if each != text and len(each) == len(text)] if text in listed else []
        return draw.sample(like, min(len(like), _TRIED))
    if source.segment == "HI" and source.component == 1:
        return ()
    if re.fullmatch(r"\d{8}(-\d{8})?", text):
        return _next_day(text)
    if re.fullmatch(r"[\d.]+", text):
        return (re.sub(r"\d(?=\D*$)", lambda digit: str(int(digit[0]) % 9 + 1), text),)
    changed = text[:-1] + ("B" if text[-1] != "B" else "D")
    return (changed,) if changed.isascii() else ()


def _next_day(text: str) -> Sequence[str]:
    try:
        days = [date(int(each[:4]), int(each[4:6]), int(each[6:])) for each in text.split("-")]
    except ValueError:
        return ()
    return ("-".join(f"{each + timedelta(days=1):%Y%m%d}" for each in days),)


def rests_on(source: Source, start: int, end: int) -> bool:
    """Whether a value was read from there, or rests on it beside."""
    if source.element and source.start < end and start < source.end:
        return True
    return any(rests_on(each, start, end) for each in source.also)


def changes(
    data: bytes, key: tuple[int, str], before: Mapping[tuple[int, str], Shown], draw: random.Random
) -> list[str] | None:
    """Change the bytes of one leaf; what went wrong, by path; `None` where there is nothing to change them to.

    The leaf must change (or go) with one value or another, for several codes may say the same
    to us; and whatever else changes must rest on the same bytes.
    """
    _, source = before[key]
    there = data[source.start : source.end].decode("latin-1")
    tried = others(there, source, draw)
    if not tried:
        return None
    wrong, moved = [], False
    for new in tried:
        after = everything(data[: source.start] + new.encode("latin-1") + data[source.end :])
        moved = moved or key not in after or after[key][0] != before[key][0]
        wrong += [f"{each} changed with {key}" for each in undeclared(before, after, source)]
    return wrong if moved else [*wrong, f"{key} did not change with its bytes ({source.segment}, {source.element})"]


def undeclared(
    before: Mapping[tuple[int, str], Shown], after: Mapping[tuple[int, str], Shown], source: Source
) -> Iterator[tuple[int, str]]:
    """The leaves that changed, came or went, and do not rest on the bytes that were changed."""
    for key in before.keys() | after.keys():
        said, now = before.get(key), after.get(key)
        if said is not None and now is not None and said[0] == now[0]:
            continue
        if not any(rests_on(each[1], source.start, source.end) for each in (said, now) if each is not None):
            yield key
