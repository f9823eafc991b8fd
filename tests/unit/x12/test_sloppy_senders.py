"""What senders do without harm is said once, at its place, and no louder than it deserves."""

from __future__ import annotations

import pytest

from priorwire.x12 import Issue, TransactionSet, acknowledge, read, validate
from priorwire.x12.guides import guide, guide_for
from tests.unit.x12.samples import IEA, ISA, only_set

_HEAD = "GS*{group}*AA*BB*20261201*1530*7*X*{guide}~ST*{kind}*0001*{guide}~"
_TAIL = "SE*{count}*0001~GE*1*7~" + IEA


def enveloped(kind: str, guide_id: str, group: str, body: str, count: int) -> bytes:
    head = _HEAD.format(group=group, guide=guide_id, kind=kind)
    return f"{ISA}{head}{body}{_TAIL.format(count=count + 2)}".encode("latin-1")


def findings(ts: TransactionSet) -> list[Issue]:
    chosen = guide_for(ts.transaction, ts.guide_id, ts.purpose, ts.segment_ids, ts.source_role).guide
    return validate(ts, chosen).issues if chosen else ts.issues


@pytest.mark.parametrize("payload", ["hello:world", "a^b^c^d~e*f", "\x00\x01\xff\xfe", "   ", " padded "])
@pytest.mark.parametrize("edition", ["005010X211", "004050X151", "005010"])
def test_bytes_of_a_document_are_not_looked_into(payload: str, edition: str) -> None:
    body = f"BGN*02*REF1*20261201~LX*1~CAT*AE*HL~EFI*05~BIN*{len(payload)}*{payload}~"
    found = findings(only_set(enveloped("275", edition, "PI", body, 5)))
    assert [each for each in found if each.place.segment in ("EFI", "BIN")] == []


def test_text_behind_each_terminator_is_said_once_an_interchange() -> None:
    one = enveloped("278", "005010X217", "HI", "BHT*0007*13*R1*20261201*1530~", 1).replace(b"~", b'~",\n "')
    other = one.replace(b"000000007", b"000000008")
    found = [each for event in read(one + other) for each in event.issues if each.code.code == "I19"]
    # Once in it, where it first stands, and once behind it, where whole groups may be lost.
    assert [each.place.start // len(one) for each in found] == [0, 0, 1, 1]
    assert found[0].place.start == len(ISA)


_UM = "UM*HS*I*1*11:B~"
_BEFORE = (
    "BHT*0007*13*R1*20261201*1530~HL*1**20*1~NM1*X3*2*EXAMPLE PLAN*****PI*X1~HL*2*1*21*1~"
    "NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893~HL*3*2*22*1~NM1*IL*1*SAMPLE*SAM****MI*W1~"
    "HL*4*3*EV*0~"
)


@pytest.mark.parametrize(
    "padded",
    ["UM*HS*I*1*11:B*  ~", "UM*HS*I*1*11:B* *  ~", "UM*HS*I*  *11:B~", "UM*HS*I*1*11:B*****   ~"],
)
def test_an_element_of_blanks_is_padding_and_nothing_else(padded: str) -> None:
    ts = only_set(enveloped("278", "005010X217", "HI", _BEFORE + padded, 9))
    rules = guide("278-request")
    assert {each.code.code for each in validate(ts, rules).issues} <= {"E15"}
    assert not validate(ts, rules).has_errors


@pytest.mark.parametrize("count", ["0", "1"])
def test_who_sends_nothing_but_a_ta1_may_count_it(count: str) -> None:
    data = f"{ISA}TA1*000000007*261201*1530*A*000~IEA*{count}*000000007~".encode()
    assert not any(each.is_error for event in read(data) for each in event.issues)
    (answer,) = acknowledge(read(data), findings)
    assert answer.is_accepted


def test_a_wrong_count_of_groups_is_an_error_still() -> None:
    data = enveloped("278", "005010X217", "HI", _BEFORE + _UM, 9).replace(b"IEA*1", b"IEA*2")
    assert [each.code.code for event in read(data) for each in event.issues if each.is_error] == ["I6"]


@pytest.mark.parametrize(
    ("source", "kind"), [("FA", "278-notice-ack"), ("1P", "278-notice-ack"), ("X3", "278-response")]
)
def test_a_decision_is_believed_from_one_who_decides(source: str, kind: str) -> None:
    body = f"BHT*0007*11*R1*20261201*1530~HL*1**20*1~NM1*{source}*2*EXAMPLE*****XX*1234567893~HCR*A1*AUTH1~"
    ts = only_set(enveloped("278", "005010X216", "HI", body, 4))
    assert guide_for(ts.transaction, ts.guide_id, ts.purpose, ts.segment_ids, ts.source_role).kind == kind
