"""A guide made from a known one keeps the places and gives up the demands."""

from __future__ import annotations

from priorwire.x12.guide import Composite, Element, Loop, Usage, Use
from priorwire.x12.guides import guide
from priorwire.x12.guides.loosened import loosened
from priorwire.x12.guides.notation import comp, el, loop, use

STRICT = loop(
    "2000E",
    "R1",
    "event",
    use("HL", "R1", "", el("R ID 1/2", "", "EV"), when="1=EV"),
    use("DTP", "S1", "", el("R ID 3", "", "435"), when="1=435"),
    use("DTP", "R1", "", el("R ID 3", "", "096"), when="1=096"),
    use("HI", "R1", "", comp("R", "", el("R ID 1", "", "A"), el("N"), syntax="P0102"), syntax="P0102"),
    loop("2010EA", "R14", "", use("NM1", "R1", "", el("R ID 2", "", "71"), when="1=71")),
)


def uses(of: Loop) -> list[Use]:
    return [part for each in of.walk() for part in each.parts if isinstance(part, Use)]


def simple(of: Use) -> list[Element]:
    return [part for each in of.elements for part in (each.parts if isinstance(each, Composite) else (each,))]


def test_nothing_but_what_opens_a_loop_is_required() -> None:
    loose = loosened(STRICT)
    openers = [each.opener for each in loose.walk()]
    assert all(each.usage is Usage.REQUIRED and each.max == 1 for each in openers)
    assert all(each.usage is Usage.SITUATIONAL for each in uses(loose) if each not in openers)
    assert all(each.usage is Usage.SITUATIONAL for one in uses(loose) for each in one.elements)


def test_nothing_is_forbidden_counted_or_closed() -> None:
    loose = loosened(STRICT)
    assert all(each.max is None for each in loose.walk())
    assert all(part.usage is Usage.SITUATIONAL and part.codes is None for one in uses(loose) for part in simple(one))
    assert all(not part.syntax for one in uses(loose) for part in one.elements if isinstance(part, Composite))


def test_what_tells_loops_apart_stays() -> None:
    assert [each.opener.when for each in loosened(STRICT).walk()] == [each.opener.when for each in STRICT.walk()]


def test_beside_the_qualifiers_named_any_other_may_stand_and_comes_last() -> None:
    dates = [each for each in uses(loosened(STRICT)) if each.id == "DTP"]
    assert [each.when for each in dates] == [((1, frozenset({"435"})),), ((1, frozenset({"096"})),), ()]


def test_the_inquiry_has_every_place_of_the_request_and_the_inquiry_s_answer_those_of_the_response() -> None:
    assert set(guide("278-inquiry").loops) == set(guide("278-request").loops)
    assert set(guide("278-inquiry-response").loops) == set(guide("278-response").loops)


def test_the_notice_takes_names_and_numbers_of_both_sides() -> None:
    loops = guide("278-notice").loops
    for name in ("2010A", "2010B"):
        assert {"NM1", "REF", "N3", "N4", "PER", "AAA"} <= {part.id for part in loops[name].parts}
