"""Each known fault is shown at work, so that a version of an engine without it is noticed and the row can go."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from priorwire.crosscheck import KNOWN_FAULTS, crosscheck
from tests.unit.crosscheck.documents import message

_R = "278-request"
_TA1 = "TA1*000000001*261201*1530*A*000"


def _999(context: str) -> bytes:
    return (
        message("270")
        .replace(b"GS*HS*SENDER*RECEIVER*20261201*1530*1*X*005010X279A1", b"GS*FA*S2*R2*20261201*1530*1*X*005010X231A1")
        .split(b"ST*")[0]
        + f"ST*999*0001*005010X231A1~AK1*HS*1~AK2*270*0001~IK3*DMG*10**8~{context}"
        "IK4*2*1251*8~IK5*R*5~AK9*R*1*1*0~SE*9*0001~GE*1*1~IEA*1*000000007~".encode()
    )


def _sent(old: str, new: str) -> bytes:
    return message(_R, change=(old, new))


#: A transaction that pyx12 ships a map for and we have no guide of.
_277 = message("271", after=("HB*SENDER", "HN*SENDER"))
for _old, _new in ((b"005010X279A1", b"005010X214"), (b"T*271", b"T*277")):
    _277 = _277.replace(_old, _new)
#: A fault's name -> an input that shows it.
SHOWN = {
    "repeats-not-split": message("271", change=("IND*30*HM", "IND*30^33*HM")),
    "leading-blank": _sent("N3*1", "  N3*1"),
    "tab-before": _sent("N3*1", "\tN3*1"),
    "last-terminator": message(_R, after=("000000007~", "000000007")).rstrip(b"~"),
    "left-open-again": message(_R, after=("GE*1*1~", "")),
    "own-999-map": _999("CTX*SITUATIONAL TRIGGER*NM1*8**9*1^2~CTX*CLM01:X~"),
    "note-again": _sent("****MI*XMPL0001", "****MI"),
    "empty-segment-again": _sent("DMG*D8*19700402*F", "DMG"),
    "control-separator": message(_R).replace(b":", b"\x1f"),
    "cascade": _sent("DTP*AAH", "HL*9*3*ZZ*0~UM*HS*I~DTP*AAH"),
    "read-as-another": _sent("HL*5*4*SS*0", "HL*5*4*ZZ*0~MSG**X"),
    "no-map": message(_R).replace(b"ST*278", b"ST*837").replace(b"*005010X217~", b"*005010X999~"),
    "only-plain-headers": b"\xef\xbb\xbf" + message(_R),
    "lost-by-text": _sent("HI*", "~HI*"),
    "date-by-the-guide": _sent("DMG*D8*19700402", "DMG*RD8*19700402-19700403"),
    "no-day-before-1800": _sent("19700402", "17000402"),
    "crash-outside-set": message(_R, after=("~GS", "~TA1*1*261201*1530*A*000~GS")),
    "crash-at-components": _sent("11:B", "11:B:1:X"),
    "crash-at-period": _sent("20261214-20270313", "20261214-2027-0313"),
    "not-finished": _sent("11:B", "11:B:1:X"),
    "no-code-values": _sent("1234567893", "1234567890"),
    "unknown-not-looked-into": _sent("HL*5", "DTP*435*XX*1~HL*5"),
    "nothing-inside-composites": _sent("D8:20261130", "D8:20261331"),
    "levels-by-number-alone": _sent("HL*4*3*EV*1", "HL*4*3*23*1"),
    "levels-not-counted": _sent("HL*4*3*EV*1", "HL*4*2*EV*1"),
    "versions-not-compared": message(_R, after=("*005010X217~ST", "*005010X216~ST")),
    "reads-past": message(_R, after=("000000007~", "000000007")),
    "header-by-position": message(_R, after=("*1530*^*", "*1530*:*")),
    "ends-at-an-empty-segment": _sent("HI*", "~HI*"),
    "blanks-before": _sent("SAMPLE", " SAMPLE"),
    "zero-is-a-number": message(_R).replace(b"000000007", b"000000000"),
    "header-element-by-itself": message(_R, after=("ISA*00*", "ISA*03*")),
    "only-from-the-first-byte": b"\xef\xbb\xbf" + message(_R),
    "prefix-is-enough": _sent("HI*", "STC*A1*2*3*4*5~HI*"),
    "dropped-without-trailer": message(_R, after=("SE*20*0001~", "")),
    "counted-in": message(_R, after=("~IEA", f"~{_TA1}~IEA")),
    "trailer-behind-a-blank": message(_R, after=("~GE*", "~\r\nGE*")),
    "one-interchange": message(_R) + message(_R).replace(b"000000007", b"000000008"),
    "time-of-four": message(_R, after=("*1530*1*X", "*153000*1*X")),
    "header-element-by-element": message(_R).replace(b"*00*          *00*          *", b"*00**00**"),
    "not-finished-either": message(_R, after=("IEA*1*000000007~", "")),
    "no-guides": _sent("UM*HS*I", "UM*ZZ*I"),
    "no-missing-trailers": message(_R, after=("SE*20*0001~", "")),
    "lengths-only": message(_R, after=("*T*:~", "*Q*:~")),
    "reads-past-it": message(_R, after=("000000007~", "000000007")),
    "numbers-after-mending": _sent("HL*4*3*EV", "HL*7*3*EV").replace(b"HL*5*4*", b"HL*8*9*"),
    "blanks-once": _sent("SAMPLE*ROBIN", "SAMPLE *ROBIN "),
    "line-breaks-once": _sent("EXAMPLE STREET~N4*EXAMPLETOWN", "EXAMPLE\nSTREET~N4*EXAMPLE\nTOWN"),
    "group-in-the-set": message(_R, after=("*005010X217~ST", "*005010X216~ST")),
    "says-no-guide": _277,
    "no-guide": _277,
}
#: Needs a situational rule of a guide, whose own tests show it.
ELSEWHERE = {"no-situations"}


@pytest.mark.parametrize("name", SHOWN)
def test_a_known_fault_is_still_there(name: str) -> None:
    explained = {row.fault.name for compared in crosscheck(SHOWN[name]) for row in compared.rows if row.fault}
    assert name in explained


def test_every_known_fault_is_shown() -> None:
    names = [each.name for each in KNOWN_FAULTS]
    assert sorted(names) == sorted({*SHOWN, *ELSEWHERE})


def test_the_faults_are_those_of_the_versions_installed() -> None:
    assert {(each.engine, each.version) for each in KNOWN_FAULTS if each.version} == {
        ("pyx12", version("pyx12")),
        ("badx12", version("badx12")),
    }
