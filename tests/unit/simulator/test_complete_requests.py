"""Whatever a complete request says comes back where a response has a place for it, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from priorwire.simulator import Simulator
from priorwire.x12 import validate
from priorwire.x12.envelope import GroupHeader, InterchangeHeader
from priorwire.x12.guides import guide_for
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import DEFAULT_DELIMITERS, Segment
from priorwire.x12.writer import SetToWrite, write_interchange
from tests.unit.simulator.conftest import Exchange
from tests.unit.simulator.messages import AT, Ask, Said, review

#: Of the members that follow: HL 1 to 3.
_PEOPLE = """
HL*1**20*1
NM1*X3*2*EXAMPLE PAYER*****PI*EXP01
HL*2*1*21*1
NM1*1P*1*SAMPLE*ALEX****XX*1234567893
REF*EI*123456789
PER*IC*PAT SAMPLE*TE*2025550101
PRV*AD*PXC*207Q00000X
HL*3*2*22*1
NM1*IL*1*SAMPLE*AVERY****MI*{member}
REF*6P*GRP-1
N3*2 EXAMPLE WAY
N4*SAMPLETON*WA*98101
DMG*D8*19700101*F
INS*Y*18******AU
"""
_AMBULANCE = """
HL*4*3*EV*1
TRN*1*T0*9PRIORWIRE
UM*HS*I*56*41:B*AA:::WA*E
DTP*439*D8*20261130
DTP*AAH*D8*20261208
HI*ABK:N186:D8:20260101
CRC*07*Y*02*09
CR1*LB*182*X*D*DH*28***DIALYSIS*STRETCHER
PWK*M1*EL***AC*PWA1
MSG*A NOTE
NM1*SJ*2*EXAMPLE AMBULANCE*****XX*1234567893
REF*ZH*A1
PER*IC*PAT*TE*2025550101
PRV*PE*PXC*341600000X
NM1*PW*2*EXAMPLE HOME
N3*3 EXAMPLE WAY
N4*SAMPLETON*WA*98101
NM1*45*2*EXAMPLE DIALYSIS
N3*9 EXAMPLE AVENUE
N4*SAMPLETON*WA*98104
NM1*CA*2*EXAMPLE REVIEWERS
REF*ZZ*0F
DTP*598*D8*20261101
HL*5*4*SS*0
TRN*1*T1*9PRIORWIRE
UM*HS*I*56*41:B
REF*BB*OLD1
DTP*472*D8*20261208
SV1*HC:A0428:NJ**UN*2***1
PWK*M1*EL***AC*PWA2
MSG*A NOTE OF THE LINE
NM1*1T*1*SAMPLE*KIM****XX*1999999984
REF*ZH*K1
"""
_CARE = """
HL*4*3*EV*1
TRN*1*T0*9PRIORWIRE
TRN*1*T00*9CLEARHOUS
UM*HS*I*42*12:B
HI*ABK:I5022
HSD*VS*3*WK*1*35*8*2*A
CRC*75*Y*EL
CR2*1*12*L4*L5****A*N***Y
CR5***A*D*REASON*2**18*ORDERS*57*89*R*1***2*A
CR6*3*20261005*RD8*20261204-20270201***W*I****20261130*20261128*20261130*RD8*20260901-20260910*H
HL*5*4*SS*0
DTP*472*RD8*20261204-20270201
SV2*0551*HC:G0299**UN*10
HL*6*4*SS*0
SV3*AD:D2392*240**40*I*2*FILLING
TOO*JP*29*M:O
HL*7*4*SS*0
SV1*HC:97110**MJ*45
"""


def _asked(text: str, member: str = "EXM1APPROVE") -> bytes:
    lines = f"BHT*0007*13*REF0001*20261120*1200{_PEOPLE.format(member=member)}{text}".split("\n")
    segments = [Segment(line.split("*"), DEFAULT_DELIMITERS) for line in lines if line]
    header = InterchangeHeader(sender="PRIORWIRE", receiver="EXPAYER", at=AT, control_number=1, usage="T")
    group = GroupHeader(
        functional_id="HI", sender="PRIORWIRE", receiver="EXPAYER", at=AT, control_number=1, version="005010X217"
    )
    body = SetToWrite(transaction="278", control_number="0001", guide_id="005010X217", body=segments)
    return write_interchange(header, [(group, [body])], DEFAULT_DELIMITERS)


def _loops(said: Said) -> Iterator[LoopNode]:
    (only,) = said.sets
    guide = guide_for(only.transaction, only.guide_id, only.purpose, only.segment_ids).guide
    assert guide is not None
    checked = validate(only, guide)
    assert checked.issues == []
    return checked.placed.root.walk()


def _texts(said: Said, loop: str) -> list[str]:
    """What stands in the loops of that name themselves, whatever their number."""
    return [segment.text() for node in _loops(said) if node.id == loop for segment in node.segments]


def test_an_ambulance_comes_back_with_its_places_where_a_response_has_them(exchange: Exchange) -> None:
    reply = exchange(_asked(_AMBULANCE))
    assert _texts(reply, "2010EC")[::3] == ["NM1*PW*2*EXAMPLE HOME", "NM1*45*2*EXAMPLE DIALYSIS"]
    assert reply.all("CR1") == ["CR1***X*D*DH*28***DIALYSIS*STRETCHER"]
    assert reply.all("UM")[0] == "UM*HS*I*56*41:B*AA:::WA*E"
    assert reply.all("DTP", "439", "AAH") == ["DTP*439*D8*20261130", "DTP*AAH*D8*20261208"]


def test_what_a_response_has_no_place_for_is_not_repeated(exchange: Exchange) -> None:
    reply = exchange(_asked(_AMBULANCE))
    assert (reply.all("CRC"), reply.all("MSG"), reply.all("PWK")) == ([], [], [])
    assert (reply.all("NM1", "CA"), reply.all("REF", "ZZ"), reply.all("DTP", "598")) == ([], [], [])
    assert not any("TE*2025550101" in each for each in _texts(reply, "2010B"))


def test_people_come_back_as_they_were_sent(exchange: Exchange) -> None:
    reply = exchange(_asked(_AMBULANCE))
    assert _texts(reply, "2010B") == [
        "NM1*1P*1*SAMPLE*ALEX****XX*1234567893",
        "REF*EI*123456789",
        "PRV*AD*PXC*207Q00000X",
    ]
    assert _texts(reply, "2010C")[1:] == [
        "REF*6P*GRP-1", "N3*2 EXAMPLE WAY", "N4*SAMPLETON*WA*98101", "DMG*D8*19700101*F", "INS*Y*18******AU",
    ]  # fmt: skip
    assert _texts(reply, "2010EA") == [
        "NM1*SJ*2*EXAMPLE AMBULANCE*****XX*1234567893",
        "REF*ZH*A1",
        "PER*IC*PAT*TE*2025550101",
        "PRV*PE*PXC*341600000X",
    ]


def test_a_line_comes_back_with_its_trace_its_number_and_its_provider_who_is_no_1t_there(exchange: Exchange) -> None:
    reply = exchange(_asked(_AMBULANCE))
    assert _texts(reply, "2000F")[1:4] == ["TRN*2*T1*9PRIORWIRE", "UM*HS*I*56*41:B", "REF*BB*OLD1"]
    assert _texts(reply, "2010FA") == ["NM1*SJ*1*SAMPLE*KIM****XX*1999999984", "REF*ZH*K1"]


def test_facts_of_the_care_come_back_and_conditions_do_not(exchange: Exchange) -> None:
    reply = exchange(_asked(_CARE))
    list(_loops(reply))
    for asked in (line for line in _CARE.splitlines() if line[:3] in {"CR2", "CR5", "CR6"}):
        assert reply.all(asked[:3]) == [asked]
    assert reply.all("CRC") == []
    assert reply.all("TRN") == ["TRN*2*T0*9PRIORWIRE", "TRN*2*T00*9CLEARHOUS"]


def test_each_kind_of_service_gets_its_quantity_authorized_in_hsd(exchange: Exchange) -> None:
    reply = exchange(_asked(_CARE))
    assert _texts(reply, "2000F").count("HSD*FL*10") == 1
    assert [text for text in _texts(reply, "2000F") if text[:3] in {"SV3", "TOO"}] == [
        "SV3*AD:D2392*240**40*I*2*FILLING",
        "TOO*JP*29*M:O",
    ]
    assert reply.all("HSD") == ["HSD*VS*3*WK*1*35*8*2*A", "HSD*FL*10", "HSD*FL*2", "HSD*FL*45"]


def test_less_is_rounded_to_whole_units_and_keeps_its_pattern(exchange: Exchange) -> None:
    assert exchange(_asked(_CARE, "EXM1MODIFY")).all("HSD")[0] == "HSD*VS*2*WK*1*35*8*2*A"


@pytest.mark.parametrize(
    ("ending", "loop", "reason"),
    [
        ("REJECT41", "2000A", "41"),
        ("REJECT79", "2010A", "79"),
        ("REJECT43", "2010B", "43"),
        ("REJECT72", "2010C", "72"),
        ("REJECT65", "2010D", "65"),
        ("REJECT57", "2000E", "57"),
        ("REJECT51", "2010EA", "51"),
        ("REJECT33", "2000F", "33"),
        ("REJECT47", "2010FA", "47"),
    ],
)
@pytest.mark.parametrize("text", [_AMBULANCE, _CARE])
def test_a_rejection_stands_at_its_loop_or_the_one_above(
    exchange: Exchange, ending: str, loop: str, reason: str, text: str
) -> None:
    """Neither request is about a dependent; the second has no provider."""
    reply = exchange(_asked(text, f"EXM1{ending}"))
    above = {"2010D": "2010C"} | ({"2010EA": "2010B", "2010FA": "2010B"} if text == _CARE else {})
    stands = [(node.id, s.element(3)) for node in _loops(reply) for s in node.segments if s.id == "AAA"]
    assert stands == [(above.get(loop, loop), reason)]
    assert reply.all("HCR") == []


def test_a_rejection_of_a_dependent_stands_at_the_dependent(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1REJECT65", dependent=True)))
    assert (reply.levels()[-1], reply.under("23")) == ("HL*4*3*23*0", [["NM1*QC*1*ROWAN*BLAKE", "AAA*N**65*C"]])


def test_one_line_is_certified_and_the_other_rejected(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1MIXEDAG")))
    first, second = reply.under("SS")
    assert any(text.startswith("HCR*A1*SIM") for text in first)
    assert second[:2] == ["TRN*2*TRACE0001L2*9PRIORWIRE", "AAA*N**AG*C"]
    assert not any(text.startswith(("HCR", "HSD")) for text in second)


def test_a_dependent_gets_the_number_that_the_payer_keeps(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1DEPNUMBER", dependent=True)))
    assert reply.under("23") == [["NM1*QC*1*ROWAN*BLAKE****MI*EXM1DEPNUMBERD01"]]


# ---------------------------------------------------------------- earlier reviews


@pytest.mark.parametrize(
    ("kind", "qualifier"), [("4", "BB"), ("R", "BB"), ("1", "BB"), ("2", "BB"), ("N", "NT"), ("S", "NT")]
)
def test_a_number_from_before_the_simulator_meets_the_members_row(
    exchange: Exchange, kind: str, qualifier: str
) -> None:
    reply = exchange(review(Ask(kind=kind, previous=(qualifier, "HELD0001"))))
    assert reply.all("HCR")[0].startswith("HCR*A1*SIM")
    assert reply.all("REF", "BB") == (["REF*BB*HELD0001"] if qualifier == "BB" else [])


def test_a_cancellation_of_a_review_from_before_is_confirmed(exchange: Exchange) -> None:
    cancel = Ask(kind="3", previous=("BB", "HELD0001"), services=())
    assert exchange(review(cancel, purpose="01")).all("HCR") == ["HCR*C"]


@pytest.mark.parametrize("kind", ["4", "R", "1", "2", "N", "S"])
def test_a_number_that_the_payer_never_gave_is_rejected(exchange: Exchange, kind: str) -> None:
    assert exchange(review(Ask(kind=kind, previous=("BB", "SIM1")))).all("AAA") == ["AAA*N**AA*C"]


def test_an_extension_of_what_is_decided_is_a_review_of_its_own(exchange: Exchange, simulator: Simulator) -> None:
    number = exchange(review(Ask())).all("HCR")[0].split("*")[2]
    more = exchange(review(Ask(reference="REF2", trace="TRACE2", kind="4", previous=("BB", number))))
    extended = more.all("HCR")[0].split("*")[2]
    assert extended != number
    assert more.all("REF", "BB") == [f"REF*BB*{number}"]
    assert [entry.duplicate for entry in simulator.journal.entries("278-request")] == [False, False]


def test_a_revision_of_a_pend_is_answered_as_revised(exchange: Exchange) -> None:
    pend = exchange(review(Ask(member="EXM1PENDINFO")))
    number = pend.all("REF", "NT")[0].split("*")[2]
    revised = Ask(
        member="EXM1PENDINFO",
        reference="REF2",
        trace="TRACE2",
        kind="S",
        previous=("NT", number),
        services=(("70553", 2),),
    )
    reply = exchange(review(revised))
    assert (reply.all("UM"), reply.all("SV1"), reply.all("HSD")) == (
        ["UM*HS*S*4*11:B"],
        ["SV1*HC:70553**UN*2"],
        ["HSD*FL*2"],
    )
    assert reply.all("TRN") == ["TRN*2*TRACE2*9PRIORWIRE", "TRN*2*TRACE2L1*9PRIORWIRE"]
