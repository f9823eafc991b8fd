"""Documents that come to the simulated payers: taken by their length, filed by their number, acknowledged by form."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.simulator.attachments import Filed, read_delivered
from priorwire.x12 import read_one
from priorwire.x12.segments import Segment

_HEAD = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*PAYER          *261201*1500*^*00602*000000001*0*T*:~"
    "GS*PI*SENDER*PAYER*20261201*1500*1*X*{guide}~ST*275*0001*{guide}~BGN*11*PD1*20261201~"
    "NM1*PR*2*PAYER*****PI*P1~NM1*41*2*CLINIC*****XX*1234567893~NM1*1P*2*CLINIC*****XX*1234567893~"
    "NM1*QC*1*EXAMPLE*AVERY****MI*EX1~LX*1~TRN*{trace}*NUMBER1~DTP*368*D8*20261201~CAT*AE*IA~"
)
_TAIL = "~SE*12*0001~GE*1*1~IEA*1*000000001~"


def delivered(held: bytes, guide: str = "006020X316", trace: str = "2") -> tuple[Segment, ...]:
    data = _HEAD.format(guide=guide, trace=trace).encode() + held + _TAIL.encode()
    return tuple(read_one(data).segments)


def only(segments: tuple[Segment, ...]) -> Filed:
    (document,) = read_delivered(segments).documents
    return document


@given(st.binary(min_size=1, max_size=400))
def test_the_bytes_are_taken_by_their_length_in_both_editions(content: bytes) -> None:
    coded = b64encode(content)
    encoded = b"OOI*1*47*ATTACHMENT~BDS*B64*%d*%s" % (len(coded), coded)
    raw = b"EFI*05~BIN*%d*%s" % (len(content), content)
    for held, guide in ((encoded, "006020X316"), (raw, "005010X211")):
        document = only(delivered(held, guide))
        assert (document.content, document.is_whole, document.number) == (content, True, "NUMBER1")


def test_whose_it_is_and_what_it_answers() -> None:
    segments = delivered(b"BDS*B64*4*" + b64encode(b"abc"))
    found = read_delivered(segments)
    assert (found.reference, found.is_answer, found.member) == ("PD1", True, "EX1")
    assert only(segments).is_answer
    assert not only(delivered(b"BDS*B64*4*" + b64encode(b"abc"), trace="1")).is_answer


@pytest.mark.parametrize("held", [b"BDS*B64*7*" + b64encode(b"abc"), b"BDS*B64*5*a~b~c", b"OOI*1*47*ATTACHMENT"])
def test_what_is_not_whole_is_told(held: bytes) -> None:
    assert not only(delivered(held)).is_whole
