"""The stories that are not played: a notice (005010X216) and what acknowledges it, written by the engine's writer.

The gateway sends no notice of its own, so nothing here is built by it: each side's segments stand
here as text, in the order of the guide, and a file is what the writer makes of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from priorwire.gateway.inspect import inspect
from priorwire.x12.envelope import GroupHeader, InterchangeHeader
from priorwire.x12.segments import DEFAULT_DELIMITERS, Segment
from priorwire.x12.writer import SetToWrite, write_interchange
from tests.acceptance.recorded import BEGINS

_GUIDE = "005010X216"
_HOSPITAL, _PRACTICE, _PAYER = "EXHOSPITAL", "PRIORWIRE", "NORTHWIND"

#: In a notice who informs stands at the top: the hospital at HL 20, the payer at HL 21.
_ADMITTED = """
BHT*0007*CN*EXH-ADM-0039*20261201*1500*NO
HL*1**20*1
NM1*FA*2*EXAMPLE GENERAL HOSPITAL*****XX*1666666650
PER*IC*PAT SAMPLE*TE*2025550101
HL*2*1*21*1
NM1*X3*2*NORTHWIND HEALTH*****PI*NWH01
HL*3*2*22*1
NM1*IL*1*SAMPLE*KLARA****MI*EXM0000039
DMG*D8*19670223*F
HL*4*3*EV*0
TRN*1*EXH-TRN-0039*9EXHOSPITL
UM*AR*I*1*11:A**03
DTP*435*D8*20261130
HI*ABK:I2109*ABJ:R079
CL1*1*1*30
NM1*71*1*EXAMPLE*MIKA****XX*1888888843
PRV*AT*PXC*207RC0000X
NM1*FA*2*EXAMPLE GENERAL HOSPITAL*****XX*1666666650
"""
#: The payer gives the trace back, and the number under which it keeps the notice. It decides nothing.
_NOTED = """
BHT*0007*11*EXH-ADM-0039*20261201*1500
HL*1**20*1
NM1*FA*2*EXAMPLE GENERAL HOSPITAL*****XX*1666666650
HL*2*1*21*1
NM1*X3*2*NORTHWIND HEALTH*****PI*NWH01
HL*3*2*22*1
NM1*IL*1*SAMPLE*KLARA****MI*EXM0000039
DMG*D8*19670223*F
HL*4*3*EV*0
TRN*2*EXH-TRN-0039*9EXHOSPITL
UM*AR*I*1*11:A**03
REF*NT*NTADM0000039
"""

#: A review that was decided elsewhere (by telephone): the payer informs the practice. BHT02 CN: it is complete.
_DECIDED = """
BHT*0007*CN*NWH-DEC-0040*20261201*1500*NO
HL*1**20*1
NM1*X3*2*NORTHWIND HEALTH*****PI*NWH01
PER*IC*UTILIZATION MANAGEMENT*TE*8005550100
HL*2*1*21*1
NM1*1P*2*EXAMPLE SPINE CLINIC*****XX*1234567893
HL*3*2*22*1
NM1*IL*1*SAMPLE*LASSE****MI*EXM0000040
DMG*D8*19731118*M
HL*4*3*EV*1
TRN*1*NWH-TRN-0040*9NORTHWIND
UM*HS*I*62*22:B
HCR*A1*NWHEX0040
DTP*102*D8*20261201
DTP*036*D8*20270314
DTP*007*RD8*20261214-20270314
HI*ABK:M5416
HL*5*4*SS*0
DTP*472*D8*20261214
SV1*HC:72148**UN*1
HSD*FL*1
"""
#: The practice has no such patient: the notice is for somebody else.
_UNKNOWN = """
BHT*0007*11*NWH-DEC-0040*20261201*1500
HL*1**20*1
NM1*X3*2*NORTHWIND HEALTH*****PI*NWH01
HL*2*1*21*1
NM1*1P*2*EXAMPLE SPINE CLINIC*****XX*1234567893
HL*3*2*22*0
NM1*IL*1*SAMPLE*LASSE****MI*EXM0000040
AAA*N**75*N
DMG*D8*19731118*M
"""


def _written(text: str, sender: str, receiver: str) -> bytes:
    segments = [Segment(line.split("*"), DEFAULT_DELIMITERS) for line in text.strip().splitlines()]
    header = InterchangeHeader(sender=sender, receiver=receiver, at=BEGINS, control_number=1, usage="T")
    group = GroupHeader(
        functional_id="HI", sender=sender, receiver=receiver, at=BEGINS, control_number=1, version=_GUIDE
    )
    body = SetToWrite(transaction="278", control_number="0001", guide_id=_GUIDE, body=segments)
    return write_interchange(header, [(group, [body])], DEFAULT_DELIMITERS)


#: By story, the files that the writer makes.
NOTICES: Mapping[str, Mapping[str, bytes]] = {
    "39-admission-notice": {
        "notice.x12": _written(_ADMITTED, _HOSPITAL, _PAYER),
        "acknowledgment.x12": _written(_NOTED, _PAYER, _HOSPITAL),
    },
    "40-decision-notice": {
        "notice.x12": _written(_DECIDED, _PAYER, _PRACTICE),
        "acknowledgment.x12": _written(_UNKNOWN, _PRACTICE, _PAYER),
    },
}


def expected_of_notice(files: Mapping[str, bytes]) -> dict[str, object]:
    """The content of ``expected.json``: of each file, which set it holds and what it says."""
    said = {name: next(inspect(data, name)) for name, data in files.items()}
    return {name.removesuffix(".x12"): {"kind": each["kind"], "record": each["record"]} for name, each in said.items()}
