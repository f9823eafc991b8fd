"""Every value of a record says where it was read, whatever a payer sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.mapping import Reading, read_271, read_278
from priorwire.mapping.trace import Spot, leaves
from priorwire.model.authorization import AuthorizationRecord
from priorwire.model.eligibility import Answer, Coverage, Network
from priorwire.model.evidence import Source
from priorwire.x12 import LoopNode, Segment, TransactionSet, place, read
from priorwire.x12.guides import guide
from tests.unit.mapping.samples import coverage, reread, response, segments

Reader = Callable[[LoopNode], Sequence[Reading[AuthorizationRecord] | Reading[Coverage]]]

_EVENT = """TRN*2*PWTRACE0001*9EXAMPLE01
    TRN*1*PAYER1*1PAYERPAYR
    AAA*N**33*C
    UM*HS*I*1
    HCR*A6*CERT1*0L^09
    REF*NT*TRACK1
    REF*BB*CERT0
    DTP*AAH*D8*20261210
    DTP*102*D8*20261202
    DTP*036*D8*20270601
    DTP*007*D8*20261205
    HI*ABK:M5416*LOI:18842-5
    HSD*VS*12
    PWK*OZ*FX
    MSG*CALL US
    NM1*L5*2*RECORDS DESK
    PER*IC**TE*5555550199*EX*7*FX*5555550198
    HL*5*4*SS*0
    TRN*2*LINE1*9EXAMPLE01
    HCR*A4*N2*0U
    REF*NT*TRACK2
    DTP*472*RD8*20261211-20261213
    SV1*HC:97110:GP:59**UN*24
    HSD*VS*6
    MSG*SEND NOTES
    HL*6*4*SS*0
    SV2*0120***DA*3
    HL*7*4*SS*0
    AAA*N**AG*C
    SV3*AD:D2740*****2"""

_BENEFITS = """EB*1**30**GOLD PLAN
    EB*A*IND*98^MH*HM*GOLD PLAN*27*15*.2*VS*12*Y*Y*HC:78452:26
    HSD*VS*20***23*1
    DTP*348*D8*20260101
    AAA*N**52*C
    MSG*AFTER DEDUCTIBLE
    III*ZZ*11
    III***44*OUTPATIENT ONLY
    LS*2120
    NM1*X3*2*EXAMPLE REVIEW
    PER*IC*DESK*TE*5555550100*UR*WWW.EXAMPLE.ORG
    LE*2120"""

BODIES: dict[str, tuple[str, Reader]] = {
    "278-response": (response(_EVENT), read_278),
    "271": (coverage(_BENEFITS, subscriber="DMG*D8*19700402*F\nDTP*291*RD8*20260101-20261231"), read_271),
}


def without_source(reading: Reading[AuthorizationRecord] | Reading[Coverage]) -> list[str]:
    """Leaves that nobody accounts for; what a payer did not state has no place to point to."""
    silent = (Network.NOT_STATED, Answer.NOT_STATED)
    record = reading.record
    unstated = {
        f"benefits[{index}].{name}"
        for index, each in enumerate(record.benefits if isinstance(record, Coverage) else ())
        for name, value in (("network", each.network), ("authorization_required", each.authorization_required))
        if value in silent
    }
    return [leaf for leaf in leaves(record) if leaf not in reading.sources and leaf not in unstated]


@pytest.mark.parametrize("kind", BODIES)
def test_every_leaf_has_a_source_and_every_source_a_leaf(kind: str) -> None:
    text, reader = BODIES[kind]
    ts = reread(kind, segments(text))
    (reading,) = reader(place(ts, guide(kind)).root)
    assert without_source(reading) == []
    assert set(reading.sources) <= set(leaves(reading.record))
    assert len(reading.sources) > 60


@pytest.mark.parametrize("kind", BODIES)
def test_a_source_points_at_the_segment_it_names(kind: str) -> None:
    text, reader = BODIES[kind]
    ts = reread(kind, segments(text))
    (reading,) = reader(place(ts, guide(kind)).root)
    for source in reading.sources.values():
        segment = ts.segments[source.position - 1]
        assert (source.segment, source.segment_start, source.segment_end) == (segment.id, segment.start, segment.end)
        assert source.rule


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("form", ["plain", "lines", "folded", "mark before", "padded", "letters"])
def test_a_value_stands_at_its_bytes(kind: str, form: str) -> None:
    payload = formed(kind, form)
    ts = next(each for each in read(payload) if isinstance(each, TransactionSet))
    (reading,) = BODIES[kind][1](place(ts, guide(kind)).root)
    for source in reading.sources.values():
        segment = ts.segments[source.position - 1]
        there = unbroken(payload[source.start : source.end])
        assert there == Spot(segment, source.element, source.component, source.repeat).read() or source.element == 0
        assert unbroken(payload[source.segment_start : source.segment_end]) == segment.text()


def formed(kind: str, form: str) -> bytes:
    """The answer as different senders would write it."""
    head, tail = _envelope(kind)
    lines = ["*".join(each.elements) for each in segments(BODIES[kind][0])]
    text = f"{head}{''.join(f'{line}~' for line in lines)}{tail}"
    match form:
        case "lines":
            return text.replace("~", "~\r\n").encode()
        case "folded":
            opening, rest = text[:106], text[106:]
            return (opening + "\n".join(rest[at : at + 41] for at in range(0, len(rest), 41))).encode()
        case "mark before":
            return text.encode("utf-8-sig")
        case "padded":
            return text.replace("SAMPLE*ROBIN", "SAMPLE   *  ROBIN ").replace("*CERT1*", "* CERT1 *").encode()
        case "letters":
            named = text.replace("EXAMPLE HEALTH", "ÉXÄMPLE ŁEALTHà").replace("SAMPLE*ROBIN", "SAMPLÉ*RÖBINà")
            return named.encode("utf-8")
    return text.encode()


def unbroken(data: bytes) -> str:
    """Text as it is after its line breaks are undone."""
    return data.decode("latin-1").replace("\n", "").replace("\r", "")


def test_a_value_that_rests_on_several_places_names_them_all() -> None:
    lines = "HL*5*4*SS*0\nHCR*A1*N1\nHL*6*4*SS*0\nHCR*A3"
    text = response(f"UM*HS*I*1\n{lines}")
    (reading,) = read_278(place(reread("278-response", segments(text)), guide("278-response")).root)
    source = reading.sources["status"]
    assert source.rule == "rolled up from the services"
    assert sorted([source.position, *(each.position for each in source.also)]) == [13, 15]
    step = read_one_step("AAA*N**72*C").also
    assert [(each.segment, each.element) for each in step] == [("AAA", 4)]


def read_one_step(rejection: str) -> Source:
    root = place(reread("278-response", segments(response(rejection))), guide("278-response")).root
    (reading,) = read_278(root)
    return reading.sources["rejections[0].next_step"]


@pytest.mark.parametrize(
    ("path", "segment", "element", "rule"),
    [
        ("authorization_number", "HCR", 2, "authorization number of the decision"),
        ("administrative_reference", "REF", 2, "administrative reference"),
        ("quantity.unit", "HSD", 1, "authorized quantity"),
        ("services[0].reviewed_quantity.unit", "HSD", 1, "repeated beside a decision that does not certify it"),
        ("services[0].procedure.modifiers[1]", "SV1", 1, "service"),
        ("services[1].status", "HCR", 1, "inherited from the event"),
        ("services[1].authorization_number", "HCR", 2, "inherited from the event"),
        ("services[2].status", "AAA", 0, "refused without a decision"),
        ("rejections[0].about", "AAA", 0, "rejection"),
        ("reasons[1].code", "HCR", 3, "reason of the decision"),
        ("subscriber.birth_date", "DMG", 2, "subscriber"),
        ("contacts[0].fax", "PER", 8, "contact for more information"),
    ],
)
def test_sources_name_element_and_rule(path: str, segment: str, element: int, rule: str) -> None:
    text, reader = BODIES["278-response"]
    (reading,) = reader(place(reread("278-response", segments(text)), guide("278-response")).root)
    source = reading.sources[path]
    assert (source.segment, source.element, source.rule) == (segment, element, rule)


def test_a_value_is_what_stands_at_its_source() -> None:
    text, reader = BODIES["278-response"]
    ts = reread("278-response", segments(text))
    (reading,) = reader(place(ts, guide("278-response")).root)
    record = reading.record
    assert isinstance(record, AuthorizationRecord)
    values = {
        "authorization_number": record.authorization_number,
        "reference": record.reference,
        "reasons[1].code": record.reasons[1].code,
        "services[0].authorization_number": record.services[0].authorization_number,
        "traces[0].number": record.traces[0].number,
    }
    for path, value in values.items():
        source = reading.sources[path]
        repeats = ts.segments[source.position - 1].repeats(source.element)
        assert repeats[(source.repeat or 1) - 1] == value


def test_ordinals_of_the_payload_are_written_down() -> None:
    text, _ = BODIES["278-response"]
    root = place(reread("278-response", segments(text)), guide("278-response")).root
    (reading,) = read_278(root, interchange=3, transaction_set=7)
    assert {(each.interchange, each.transaction_set) for each in reading.sources.values()} == {(3, 7)}


@st.composite
def damaged(draw: st.DrawFn, kind: str) -> TransactionSet:
    """An answer with segments lost, moved, doubled, or with elements replaced."""
    text, _ = BODIES[kind]
    body = [list(each.elements) for each in segments(text)]
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(body) - 1))
        match draw(st.sampled_from(["lose", "move", "double", "replace", "cut"])):
            case "lose":
                del body[at]
            case "move":
                body.insert(draw(st.integers(0, len(body) - 1)), body.pop(at))
            case "double":
                body.insert(at, list(body[at]))
            case "replace":
                number = draw(st.integers(1, max(1, len(body[at]) - 1)))
                body[at][number : number + 1] = [
                    draw(st.sampled_from(["", " ", "ZZ", "A1", "9", "^", ":", "20269999", "-", "é"]))
                ]
            case _:
                del body[at][draw(st.integers(1, len(body[at]))) :]
        if not body:
            break
    lines = ["*".join(each) for each in body]
    head, tail = _envelope(kind)
    data = f"{head}{''.join(f'{line}~' for line in lines)}{tail}".encode()
    return next(each for each in read(data) if isinstance(each, TransactionSet))


def _envelope(kind: str) -> tuple[str, str]:
    rules = guide(kind)
    isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261201*1504*^*00501*000000001*0*T*:~"
    gs = f"GS*{rules.functional_group}*SENDER*RECEIVER*20261201*1504*1*X*{rules.id}~"
    return f"{isa}{gs}ST*{rules.transaction}*0001*{rules.id}~", "SE*1*0001~GE*1*1~IEA*1*000000001~"


@pytest.mark.parametrize("kind", BODIES)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_never_raises_and_never_costs_a_source(kind: str, data: st.DataObject) -> None:
    _, reader = BODIES[kind]
    ts = data.draw(damaged(kind))
    for reading in reader(place(ts, guide(kind)).root):
        assert without_source(reading) == []
        for source in reading.sources.values():
            segment = ts.segments[source.position - 1]
            assert segment.id == source.segment
            assert segment.start <= source.start <= source.end <= segment.end


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_without_a_decision_nothing_is_certified(data: st.DataObject) -> None:
    ts = data.draw(damaged("278-response"))
    kept: list[Segment] = [each for each in ts.segments if each.id != "HCR"]
    undecided = TransactionSet(segments=kept, interchange=ts.interchange, group=ts.group)
    for reading in read_278(place(undecided, guide("278-response")).root):
        assert reading.record.status.value in ("rejected", "unknown")
        assert reading.record.authorization_number is None
        assert {each.status.value for each in reading.record.services} <= {"rejected", "unknown"}
