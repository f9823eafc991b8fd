"""A 275 was said to be out of order, or to hold what it must not, for what its parties may have.

The standard lists a party's birth date, taxonomy, contact, numbers and dates before its
address; the address was expected first, and birth date and taxonomy not at all.
"""

from __future__ import annotations

import pytest

from priorwire.x12 import read_one, validate
from priorwire.x12.guides import guide_for

_BEFORE = b"""\
ISA*00*          *00*          *ZZ*EXAMPLESENDER  *ZZ*EXAMPLERECEIVER*261201*0900*^*00602*000000101*0*T*:~
GS*PI*EXAMPLESENDER*EXAMPLERECEIVER*20261201*0900*101*X*006020X316~
ST*275*0001*006020X316~
BGN*02*ATT-101*20261201~
"""
_PARTIES = b"""\
NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893~
PRV*PE*PXC*207Q00000X~
PER*IC*EXAMPLE DESK*TE*5555550100~
REF*EI*001234567~
NX1*1P~
N3*1 EXAMPLE STREET~
N4*ANYTOWN*CA*90210~
NM1*X3*2*EXAMPLE PLAN*****PI*EXPLAN~
NM1*QC*1*EXAMPLE*AVERY****MI*EX0001~
DMG*D8*19800101*F~
REF*EJ*ACCOUNT1~
DTP*AAH*D8*20261130~
"""
_DOCUMENT = b"""\
LX*1~
TRN*1*ACN-101~
DTP*368*D8*20261201~
CAT*AE*TX~
OOI*1*47*ATTACHMENT~
BDS*ASC*5*HELLO~
"""


def _said(parties: bytes) -> list[str]:
    count = 3 + parties.count(b"~") + _DOCUMENT.count(b"~")
    data = _BEFORE + parties + _DOCUMENT + b"SE*%d*0001~GE*1*101~IEA*1*000000101~" % count
    chosen = guide_for("275", "006020X316", "", frozenset())
    assert chosen.guide is not None
    return [issue.says for issue in validate(read_one(data), chosen.guide).issues]


def test_a_party_has_its_birth_date_taxonomy_contact_and_numbers_before_its_address() -> None:
    assert _said(_PARTIES) == []


@pytest.mark.parametrize("late", [b"PER*IC*EXAMPLE DESK*TE*5555550100~\n", b"REF*EI*001234567~\n"])
def test_what_stands_behind_the_address_is_out_of_sequence(late: bytes) -> None:
    address = b"N4*ANYTOWN*CA*90210~\n"
    (said,) = _said(_PARTIES.replace(late, b"").replace(address, address + late))
    assert said.endswith("[S6]")


def test_a_party_has_one_birth_date() -> None:
    birth = b"DMG*D8*19800101*F~\n"
    (said,) = _said(_PARTIES.replace(birth, birth * 2))
    assert said.endswith("[S4]")
