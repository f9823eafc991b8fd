"""Two hundred thousand broken inputs: declared errors only, and bounded work for each byte.

Small right inputs of every guide, and some with an envelope that is odd already, are broken
at random: bytes and segments put in, taken out, doubled, exchanged, cut off. Each goes the
whole way: reader, choice of the guide, placing, checking at all levels, and for some the
acknowledgment. The seeds are fixed: a failure names its seed and happens again. More inputs:
PRIORWIRE_FUZZ=2000000.

Work is counted as calls of Python functions, which does not depend on the machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from random import Random
from types import FrameType

import pytest

from priorwire.errors import RemoteX12Error
from priorwire.x12 import ISSUE_CODES, Issue, TransactionSet, acknowledge, read, segments_of, validate
from priorwire.x12.guides import guide_for, guides
from priorwire.x12.proving import WARM_AFTER
from tests.strategies_x12 import grown

#: Inputs in all, and in one test: small enough that two processes share them evenly.
INPUTS = int(os.environ.get("PRIORWIRE_FUZZ", "200000"))
CHUNK = 2_500
#: One input in so many is also acknowledged, and its work counted.
ACKNOWLEDGED, COUNTED = 50, 100

#: Calls that one byte of an input may cost, and one input whatever its size (choosing a guide, an envelope).
#: A right set costs about 4 a byte; one that is wrong everywhere, and is tried to be explained, some five times that.
CALLS_PER_BYTE, CALLS_PER_INPUT = 30, 4_000

_ENVELOPES = (
    (
        b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261201*1530*^*00501*000000007*0*T*:~"
        b"TA1*000000007*261201*1530*A*000~IEA*0*000000007~"
    ),
    (
        b"ISA*00* *00* *ZZ*SENDER*ZZ*RECEIVER*261201*1530*U*00401*7*0*T*:~\r\n"
        b"GS*HI*A*B*20261201*1530*7*X*004010X094~\r\n"
        b"ST*278*0001~\r\nBHT*0078*13*1*20261201*1530~\r\nHL*1**20*1~\r\nSE*4*0001~\r\nGE*1*7~\r\nIEA*1*7~\r\n"
    ),
    (
        b"ISA|00|          |00|          |ZZ|SENDER         |ZZ|RECEIVER       |261201|1530|{|00501|000000007|0|T|>\n"
        b"GS|HB|A|B|20261201|1530|7|X|005010X279A1\nST|271|0001|005010X279A1\nHL|1||20|0\nNM1|PR|2|X\nSE|4|0001\n"
        b"GE|1|7\nIEA|1|000000007\n"
    ),
)
#: Bytes that mean something, and some that mean nothing.
_PIECES = (b"*", b"~", b":", b"^", b"\r\n", b" ", b"\x00", b"\xff", b"A", b"9", b"-", b".", b"HL*2*1*22*0~", b"NM1*",
           b"LS*2120~", b"LE*2120~", b"SE*1*0001~", b"ST*278*0002~", b"GE*1*7~", b"IEA*1*000000007~", b"BIN*9*",
           b"EB*1~", b"HL*1*1*EV*1~", b"AAA*N**42*Y~", b"ISA*00*", b"GS*HI*", b"~~", b"999999999999")  # fmt: skip


@cache
def seeds() -> tuple[bytes, ...]:
    """Right inputs, of at most some forty segments."""
    made = [grown(guide, seed, density).data() for guide in guides() for seed, density in ((1, 0), (2, 25), (3, 40))]
    return (*_ENVELOPES, *(data for data in made if len(data) < 2_000))


def mutated(random: Random) -> bytes:
    data = random.choice(seeds())
    for _ in range(random.randint(1, 4)):
        data = random.choice(_MUTATIONS)(data, random)
    return data


def _put_in(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(_PIECES) + data[at:]


def _written_over(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    piece = random.choice(_PIECES)
    return data[:at] + piece + data[at + len(piece) :]


def _taken_out(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at + random.randint(1, 12) :]


def _cut_off(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _any_byte(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _segments(change: Callable[[list[bytes], Random], None]) -> Callable[[bytes, Random], bytes]:
    def changed(data: bytes, random: Random) -> bytes:
        parts = data.split(b"~")
        change(parts, random)
        return b"~".join(parts)

    return changed


def _doubled(parts: list[bytes], random: Random) -> None:
    at = random.randrange(len(parts))
    parts[at:at] = parts[at : at + random.randint(1, 3)]


def _dropped(parts: list[bytes], random: Random) -> None:
    del parts[random.randrange(len(parts))]


def _exchanged(parts: list[bytes], random: Random) -> None:
    one, other = random.randrange(len(parts)), random.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]


def _borrowed(parts: list[bytes], random: Random) -> None:
    """A segment of another input, of another guide maybe."""
    parts.insert(random.randrange(len(parts) + 1), random.choice(random.choice(seeds()).split(b"~")))


_MUTATIONS = (
    _put_in, _written_over, _taken_out, _cut_off, _any_byte, _segments(_doubled), _segments(_dropped),
    _segments(_exchanged), _segments(_borrowed),
)  # fmt: skip


def whole_way(data: bytes) -> None:
    """Read, place and check an input; the one declared error is that it cannot be read at all."""
    try:
        for event in read(data):
            for issue in found(event) if isinstance(event, TransactionSet) else event.issues:
                assert ISSUE_CODES[issue.code.code] is issue.code
                assert 0 <= issue.place.start <= issue.place.end <= len(data) + 1
            for segment in segments_of(event):
                assert 0 <= segment.start <= segment.end <= len(data)
    except RemoteX12Error:
        return


def found(ts: TransactionSet) -> list[Issue]:
    guide = guide_for(ts.transaction, ts.guide_id, ts.purpose, ts.segment_ids, ts.source_role).guide
    if guide is None:
        return ts.issues
    checked = validate(ts, guide)
    assert sum(1 for _ in checked.placed.root.all_segments()) == len(ts.segments)
    return checked.issues


def answered(data: bytes) -> None:
    """Acknowledge an input."""
    try:
        for answer in acknowledge(read(data), found):
            assert answer.ta1.id == "TA1"
    except RemoteX12Error:
        return


@pytest.mark.parametrize("chunk", range(-(-INPUTS // CHUNK)))
def test_a_broken_input_raises_nothing_but_the_declared_error(chunk: int) -> None:
    seeds()
    for number in range(chunk * CHUNK, min((chunk + 1) * CHUNK, INPUTS)):
        data = mutated(Random(number))
        try:
            whole_way(data)
            if number % ACKNOWLEDGED == 0:
                answered(data)
            if number % COUNTED == 0:
                assert calls(data) <= CALLS_PER_INPUT + CALLS_PER_BYTE * len(data)
        except Exception as wrong:
            raise AssertionError(f"input {number} of the fuzz") from wrong


def calls(data: bytes) -> int:
    """How many Python functions the whole way of an input calls. What its guides are compiled to costs once, before."""
    for _ in range(WARM_AFTER + 1):
        whole_way(data)
    counted = 0

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        whole_way(data)
    finally:
        sys.setprofile(before)
    return counted


_HEAD = _ENVELOPES[0][:106] + b"GS*HI*A*B*20261201*1530*7*X*005010X217~ST*278*0001*005010X217~"
#: What grows without end, each in its own way of being wrong.
_GROWING: dict[str, Callable[[int], bytes]] = {
    "levels": lambda n: b"".join(b"HL*%d*%d*EV*1~" % (at + 1, at) for at in range(n)),
    "levels of one number": lambda n: b"HL*1*1*SS*0~" * n,
    "levels of no parent": lambda n: b"".join(b"HL*%d*999999*22*1~" % at for at in range(n)),
    "segments of no place": lambda n: b"ZZZ*1~" * n,
    "empty segments": lambda n: b"~" * n,
    "names of nobody": lambda n: b"NM1*QQ*1~" * n,
    "benefits outside": lambda n: b"EB*1~LS*2120~" * n,
    "elements": lambda n: b"REF" + b"*A" * min(n, 900) + b"~",
    "repeats": lambda n: b"HCR*A1*1*" + b"^".join([b"0U"] * n) + b"~",
    "components": lambda n: b"HI*" + b":".join([b"ABK"] * n) + b"~",
    "blanks": lambda n: b" " * n * 4 + b"~",
    "line breaks": lambda n: b"REF*BB*A" + b"\r\n" * n + b"~",
    "headers": lambda n: b"ISA*00*" * n,
    "sets": lambda n: b"SE*3*0001~ST*278*0001~HL*1**20*1~" * n,
    "binary of no length": lambda n: b"BIN*99999*~" * n,
}
_SMALL, _LARGE = 200, 1_600
#: Calls may grow with the bytes, and a quarter more for what is done once in a while.
_LINEAR = 1.25


@pytest.mark.parametrize("what", _GROWING)
def test_work_grows_with_the_bytes_and_not_faster(what: str) -> None:
    small, large = (_HEAD + _GROWING[what](n) for n in (_SMALL, _LARGE))
    assert calls(large) <= CALLS_PER_INPUT + CALLS_PER_BYTE * len(large)
    assert calls(large) <= CALLS_PER_INPUT + calls(small) * _LINEAR * len(large) / len(small)
