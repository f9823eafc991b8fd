"""The ISA: right ones, wrong ones, and what is said about them."""

from __future__ import annotations

import pytest

from priorwire.errors import RemoteX12Error
from priorwire.x12 import Delimiters, InterchangeStarted, grammar, read
from tests.unit.x12.samples import GE, GS, IEA, ISA, interchange, lines, transaction
from tests.unit.x12.test_reader import reads

REST = f"{GS}{transaction()}{GE}{IEA}"


def header_of(data: str) -> InterchangeStarted:
    (found,) = [event for event in read(data.encode("latin-1")) if isinstance(event, InterchangeStarted)]
    return found


def test_the_positions_follow_from_the_widths() -> None:
    assert grammar.ISA_SEPARATORS_AT == (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
    assert len(ISA) == grammar.ISA_LENGTH
    assert sum(grammar.ISA_WIDTHS) + 16 + 3 + 1 == grammar.ISA_LENGTH


def test_collapsed_blanks() -> None:
    collapsed = "ISA*00* *00* *ZZ*SENDER *ZZ*RECEIVER *261201*1530*{*00501*000000007*0*T*:~"
    reads((collapsed + " " + REST).encode(), "ISA:I1", "GS", "SET7", "GE", "IEA")
    assert header_of(collapsed + REST).delimiters == Delimiters(repetition="{")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("*RECEIVER       *", "*RECEIVER      *", "ISA:I1"),
        ("*000000007*0", "*00000007*0", "ISA:I7"),
        ("*000000007*0", "*00000000Z*0", "ISA:I7"),
        ("*000000007*0", "*000000000*0", "ISA:I7"),
        ("*0*T*", "*01*T*", "ISA:I17"),
        ("*00*          *00*", "*03*          *00*", "ISA:I27"),
        ("*00*          *00*", "*03*AUTHORIZED*00*", "ISA"),
        ("          *00*          *ZZ", "          *01*          *ZZ", "ISA:I28"),
        ("          *00*          *ZZ", "          *01*UNGUESSED *ZZ", "ISA"),
        ("*^*00501*", "*^*00401*", "ISA:I29"),
        ("*^*00501*", "*^*A0401*", "ISA:I16"),
        ("*T*:~", "*T*:\n~", "ISA:I1"),
        ("*261201*", "*261301*", "ISA:I14"),
        ("*1530*^", "*2561*^", "ISA:I15"),
        ("*00*          *00*", "*07*          *00*", "ISA:I8"),
        ("          *00*          *ZZ", "          *07*          *ZZ", "ISA:I9"),
        ("ZZ*SENDER", "QQ*SENDER", "ISA:I10"),
        ("*SENDER         *", "*               *", "ISA:I11"),
        ("*ZZ*RECEIVER", "*QQ*RECEIVER", "ISA:I12"),
        ("*RECEIVER       *", "*               *", "ISA:I13"),
        ("*00501*", "*0X501*", "ISA:I16"),
        ("*0*T*", "*2*T*", "ISA:I17"),
        ("*0*T*", "*0*X*", "ISA:I18"),
        ("*^*00501*", "*U*00501*", "ISA:I3"),
        ("*^*00501*", "* *00501*", "ISA:I3"),
        ("*U*00401*", "*U*00401*", "ISA"),
        ("*^*00501*", "*:*00501*", "ISA:I2"),
        ("*^*00501*", "*~*00501*", "ISA:I2"),
        ("*T*:~", "*T*~~", "ISA:I2"),
    ],
)
def test_each_element_has_its_finding(old: str, new: str, expected: str) -> None:
    data = (ISA if old in ISA else ISA.replace("*^*00501*", "*U*00401*")).replace(old, new) + REST
    if "\n~" in new:
        assert header_of(data).delimiters.component == ":"
    else:
        trailer = "IEA:I4" if expected == "ISA:I7" and "*00000007*" not in new else "IEA"
        reads(data.encode(), expected, "GS", "SET7", "GE", trailer)


def test_a_4010_header_has_no_repetition_separator() -> None:
    found = header_of(ISA.replace("*^*00501*", "*U*00401*") + REST)
    assert (found.delimiters.repetition, found.issues) == (None, [])


def test_isa11_equal_to_isa16_serves_as_both() -> None:
    found = header_of(ISA.replace("*T*:~", "*T*^~") + REST)
    assert (found.delimiters.repetition, found.delimiters.component) == ("^", "^")
    assert lines(found.issues) == ["I2 - ISA 0 11 0 0"]


def test_too_few_elements_are_read_by_what_follows() -> None:
    data = "ISA*00*...*ZZ*SOMEBODY*ZZ*PAYERID*...~\n" + REST
    reads(data.encode(), "ISA:I1,I9,I12,I13,I14,I15,I16,I7,I17,I18", "GS", "SET7", "GE", "IEA:I4")
    assert header_of(data).delimiters.segment == "~"


def test_too_few_elements_with_line_ends_as_terminators() -> None:
    data = "ISA*00*..*ZZ*SOMEBODY*ZZ*PAYERID\n" + REST.replace("~", "\n")
    assert header_of(data).delimiters.segment == "\n"


def test_a_declared_terminator_that_never_ends_anything_is_not_believed() -> None:
    data = ISA[:104] + "#/" + "components/schemas/" * 40 + "END~" + REST
    reads(data.encode(), "ISA:I1", "GS", "SET7", "GE", "IEA")
    assert header_of(data).delimiters.segment == "~"


def test_an_isa_with_nothing_to_read_it_by_is_stray_and_the_next_is_read() -> None:
    reads(b"ISA*00*nothing that follows\n" + interchange(), "ISA:I1,I9,I10,I11,I12,I13,I14,I15,I16,I7,I17,I18",
          "IEA:I25,I5", "ISA", "GS", "SET7", "GE", "IEA")  # fmt: skip


def test_an_isa_alone_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(RemoteX12Error, match="no ISA"):
        list(read(b"ISA*00*nothing that follows"))


def test_an_isa_without_a_component_separator() -> None:
    data = ISA[:104] + "\n" + REST.replace("~", "\n")
    found = header_of(data)
    assert (found.delimiters.segment, found.delimiters.component) == ("\n", "\x1f")
    assert lines(found.issues)[0] == "I1 - ISA 0 0 0 0"
