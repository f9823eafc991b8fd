"""The receipt of a notice was reported as foreign where it stands at the level of the patient.

Whoever receives a notice may echo its trace, reject it and number its receipt at the level of
the subscriber or of the dependent, and then send no event at all.
"""

from __future__ import annotations

import pytest

from priorwire.x12 import read_one, validate
from priorwire.x12.guides import guide_for

_RECEIPT = b"TRN*2*TRACE-102*9012345678~AAA*N**75*C~REF*NT*RECEIPT102~"
_HEAD = (
    b"ISA*00*          *00*          *ZZ*EXAMPLEPLAN    *ZZ*EXAMPLEHOSPITAL*261201*0900*^*00501*000000102*0*T*:~"
    b"GS*HI*EXAMPLEPLAN*EXAMPLEHOSPITAL*20261201*0900*102*X*005010X216~ST*278*0001*005010X216~"
    b"BHT*0007*11*NOTICE-102*20261201*0900~"
    b"HL*1**20*1~NM1*FA*2*EXAMPLE HOSPITAL*****XX*1234567893~HL*2*1*21*1~NM1*X3*2*EXAMPLE PLAN*****PI*EXPLAN~"
)
_OF_THE_SUBSCRIBER = b"HL*3*2*22*0~" + _RECEIPT + b"NM1*IL*1*EXAMPLE*AVERY****MI*EX0001~DMG*D8*19800101*F~"
_OF_THE_DEPENDENT = (
    b"HL*3*2*22*1~NM1*IL*1*EXAMPLE*AVERY****MI*EX0001~REF*6P*GROUP1~"
    b"HL*4*3*23*0~" + _RECEIPT + b"NM1*QC*1*EXAMPLE*BLAIR~DMG*D8*20150101*M~"
)


def _said(levels: bytes) -> list[str]:
    count = 7 + levels.count(b"~")
    chosen = guide_for("278", "005010X216", "11", frozenset({"AAA"}))
    assert chosen.guide is not None
    assert chosen.kind == "278-notice-ack"
    data = _HEAD + levels + b"SE*%d*0001~GE*1*102~IEA*1*000000102~" % count
    return [issue.says for issue in validate(read_one(data), chosen.guide).issues]


@pytest.mark.parametrize("levels", [_OF_THE_SUBSCRIBER, _OF_THE_DEPENDENT], ids=["subscriber", "dependent"])
def test_trace_rejection_and_receipt_stand_at_the_level_of_the_patient(levels: bytes) -> None:
    assert _said(levels) == []


def test_a_decision_does_not_stand_there() -> None:
    (said,) = _said(_OF_THE_SUBSCRIBER.replace(b"REF*NT", b"HCR*A1*AUTH102~REF*NT"))
    assert said.startswith("2000C HCR")
    assert said.endswith("[S2]")
