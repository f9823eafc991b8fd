"""What depends on what: each form of rule, once kept and once broken, on a small guide of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from priorwire.x12 import Guide, Level, Loop, Place, Severity, Use, validate
from priorwire.x12.guide import Fact, Rule
from priorwire.x12.guides import guide
from priorwire.x12.guides.notation import rule, ruled
from tests.unit.x12.samples import BODY, GUIDE, interchange, lines, only_set, transaction

PATIENT = (*BODY[:3], "HL*2*1*22*1~", BODY[4])
EVENT = ("HL*3*2*EV*0~", "UM*HS*I~")


def with_rule(wanted: Rule, *, segment: str = "") -> Guide:
    """The guide of the samples with a rule of its event, or of one segment there."""

    def changed(part: Loop) -> Loop:
        parts = tuple(changed(each) if isinstance(each, Loop) else each for each in part.parts)
        if part.id == "2000E" and segment:
            own = (ruled(each, wanted) if isinstance(each, Use) and each.id == segment else each for each in parts)
            return replace(part, parts=tuple(own))
        return replace(part, parts=parts, rules=(wanted,) if part.id == "2000E" else ())

    return replace(GUIDE, root=changed(GUIDE.root))


def found(wanted: Rule, *body: str, segment: str = "") -> list[str]:
    """Findings of an event with `body` behind its UM, which stands at 8."""
    ts = only_set(interchange(transaction(*PATIENT, *EVENT, *body)))
    return lines(validate(ts, with_rule(wanted, segment=segment)).issues)


@pytest.mark.parametrize(
    ("when", "then", "kept", "broken", "finding"),
    [
        ("UM01=HS", "REF01=BB", ("REF*BB*1~",), ("REF*NT*1~",), "S12 2000E REF 7 0 0 0"),
        ("UM01=HS", "REF01=BB | REF01=NT", ("REF*NT*1~",), (), "S12 2000E REF 7 0 0 0"),
        ("UM01=AR", "REF01=BB", (), (), ""),
        ("HCR", "2010EA", ("HCR*A1~", "NM1*71*1~"), ("HCR*A1~",), "L11 2010EA NM1 7 0 0 0"),
        ("!HCR", "!2010EA", ("HCR*A1~", "NM1*71*1~"), ("NM1*71*1~",), "L12 2010EA NM1 9 0 0 0"),
        ("2010EA", "!HCR", ("NM1*71*1~",), ("HCR*A1~", "NM1*71*1~"), "S13 2000E HCR 9 0 0 0"),
        ("HCR01=A4", "UM02=2", ("HCR*A1~",), ("HCR*A4~",), "E17 2000E HCR 9 1 0 0"),
        ("HCR", "UM03", (), ("HCR*A1~",), "E14 2000E UM 8 3 0 0"),
        ("BHT02=13@ST", "HCR", ("HCR*A1~",), (), "S12 2000E HCR 7 0 0 0"),
        ("HI01-2", "HCR", ("HCR*A1~", "HI*ABK:I10~"), ("HI*ABK:I10~",), "S12 2000E HCR 7 0 0 0"),
        ("NM101=71@2010EA", "HCR", ("NM1*72*1~",), ("NM1*71*1~",), "S12 2000E HCR 7 0 0 0"),
    ],
)
def test_a_rule_of_a_loop(when: str, then: str, kept: tuple[str, ...], broken: tuple[str, ...], finding: str) -> None:
    wanted = rule(when, then, "So it is.")
    assert found(wanted, *kept) == []
    assert found(wanted, *broken) == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("when", "then", "kept", "broken", "finding"),
    [
        ("HCR01=A4", "HCR03", "HCR*A4**0U~", "HCR*A4*1~", "E14 2000E HCR 9 3 0 0"),
        ("HCR01=A4", "!HCR02", "HCR*A4**0U~", "HCR*A4*1~", "E16 2000E HCR 9 2 0 0"),
        ("HCR01=A3", "HCR03=0F", "HCR*A3**0F~", "HCR*A3**0U~", "E17 2000E HCR 9 1 0 0"),
    ],
)
def test_a_rule_of_a_segment(when: str, then: str, kept: str, broken: str, finding: str) -> None:
    wanted = rule(when, then, "So it is.")
    assert found(wanted, kept, segment="HCR") == []
    assert found(wanted, broken, segment="HCR") == [finding]


def test_a_finding_has_the_rule_in_words_its_level_and_what_called_for_it() -> None:
    ts = only_set(interchange(transaction(*PATIENT, *EVENT, "HCR*A4~")))
    wanted = rule("HCR01=A4", "REF01=NT", "What waits has a number.", firm=False)
    (issue,) = validate(ts, with_rule(wanted)).issues
    assert (issue.code.level, issue.severity) == (Level.SITUATIONAL, Severity.WARNING)
    assert "What waits has a number." in issue.says
    called = ts.segments[8]
    assert issue.trigger == Place(
        segment="HCR", position=9, element=1, loop="2000E", start=called.start, end=called.end + 1
    )
    others = frozenset(Level) - {Level.SITUATIONAL}
    assert validate(ts, with_rule(wanted), levels=others).issues == []


def test_nothing_follows_from_what_was_found_wrong_already() -> None:
    disagree = rule("HCR01=A4", "UM02=2", "So it is.")
    ts = only_set(interchange(transaction(*PATIENT, "HL*3*2*EV*0~", "UM*HS*9~", "HCR*A4~")))
    assert lines(validate(ts, with_rule(disagree)).issues) == ["E7 2000E UM 8 2 0 0"]


def test_a_loop_that_was_not_recognised_is_not_also_absent() -> None:
    assert found(rule("UM", "2010EA", "So it is."), "NM1*QQ*1~") == ["L4 - NM1 9 1 0 0"]


@pytest.mark.parametrize("text", ["um01", "UM01=", "2000E=1", "NM101=71@", ""])
def test_a_fact_that_is_not_in_the_notation_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="notation"):
        rule("UM", text, "So it is.")


def test_the_notation_says_what_it_means() -> None:
    assert rule("!CR106=A,B", "HI01-2 | 2010EB", "So it is.") == Rule(
        when=(Fact(segment="CR1", element=6, values=frozenset("AB"), absent=True),),
        then=(Fact(segment="HI", element=1, component=2), Fact(loop="2010EB")),
        says="So it is.",
    )


def test_a_guide_of_samples_has_no_rules() -> None:
    for kind in ("278-inquiry", "278-inquiry-response", "278-notice", "278-notice-ack", "275"):
        assert not any(loop.has_rules for loop in guide(kind).root.walk())
