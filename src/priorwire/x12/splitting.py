"""A file taken apart: each transaction set, and each TA1, in an interchange of its own.

A file may hold many interchanges for many parties. Whoever keeps the parts apart must not
change them: header, group header and set are the sender's own bytes; only the trailers are
made, because they count what is no longer there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .events import InterchangeEnded, InterchangeStarted, Ta1Read, TransactionSet
from .reader import read
from .segments import Segment


@dataclass(frozen=True, kw_only=True)
class Part:
    """One transaction set, or TA1."""

    #: Ordinals from 1: of the interchange in the input, of the part in the input.
    interchange: int
    ordinal: int
    #: Who sent the interchange, and the number that they gave it: ISA05, ISA06 and ISA13 as sent.
    interchange_number: str
    payload: bytes


@dataclass(frozen=True, kw_only=True)
class Parts:
    """An input, taken apart."""

    parts: tuple[Part, ...]
    #: Whether its last interchange has its end, and that fits: else the input was cut off, or is still being written.
    is_whole: bool


def split(data: bytes) -> Parts:
    """Take an input apart.

    Raises:
        RemoteX12Error: there is no interchange in it, or it passes a limit.
    """
    whole = False
    parts: list[Part] = []
    for event in read(data):
        match event:
            case InterchangeStarted():
                whole = False
            case InterchangeEnded():
                whole = _is_closed(event)
            case TransactionSet() | Ta1Read():
                parts += _part(data, event, len(parts) + 1)
            case _:
                pass  # headers and trailers are taken from what refers to them
    return Parts(parts=tuple(parts), is_whole=whole)


def _is_closed(ended: InterchangeEnded) -> bool:
    """Whether its trailer is there, and says its number and the count of its groups: half a number is none."""
    if ended.trailer is None:
        return False
    count, number = ended.trailer.element(1).strip(), ended.trailer.element(2).strip()
    return number == ended.interchange.control_number.strip() and count.lstrip("0") == str(ended.groups or "")


def _part(data: bytes, event: TransactionSet | Ta1Read, ordinal: int) -> Iterator[Part]:
    started = event.interchange
    if started is None:
        return  # after an interchange's end, and so in none: whose it is cannot be said
    mark, stop = started.delimiters.element, started.delimiters.segment
    pieces = [_bytes(data, started.header)]
    if isinstance(event, Ta1Read):
        pieces.append(_bytes(data, event.segment))
    elif event.group is None:
        pieces.append(_set_bytes(data, event))
    else:
        trailer = f"GE{mark}1{mark}{event.group.control_number}{stop}"
        pieces += [_bytes(data, event.group.header), _set_bytes(data, event), trailer.encode("latin-1")]
    groups = int(isinstance(event, TransactionSet) and event.group is not None)
    pieces.append(f"IEA{mark}{groups}{mark}{started.control_number}{stop}".encode("latin-1"))
    header = started.header
    yield Part(
        interchange=started.index,
        ordinal=ordinal,
        interchange_number=f"{header.element(5)} {header.element(6).strip()} {started.control_number.strip()}",
        payload=b"".join(pieces),
    )


def _set_bytes(data: bytes, the_set: TransactionSet) -> bytes:
    return data[the_set.segments[0].start : the_set.segments[-1].end + 1]


def _bytes(data: bytes, segment: Segment) -> bytes:
    return data[segment.start : segment.end + 1]
