"""What explains a set says nothing that is untrue, and changes nothing but what is said."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.x12 import Checked, Guide, LoopNode, Segment, TransactionSet, issues, read, validate
from priorwire.x12.explaining import explained
from priorwire.x12.guides import guide, guides
from priorwire.x12.loops import Placing, place
from tests.cascades_x12 import WAYS
from tests.strategies_x12 import DENSITIES, SEEDS, grown
from tests.unit.x12.samples import IEA, ISA, only_set

GUIDES = pytest.mark.parametrize("guide_", guides(), ids=lambda each: f"{each.kind}-{each.id}")

_SUBSCRIBER = "NM1*IL*1*SAMPLE*SAM****MI*W1~"
_BENEFITS = (
    "BHT*0022*{}*R1*20261201*1530~HL*1**20*1~NM1*PR*2*EXAMPLE PLAN*****PI*X1~"
    "HL*2*1*21*1~NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893~HL*3*2*22*0~"
)
_REVIEW = (
    "BHT*0007*{}*R1*20261201*1530~HL*1**20*1~NM1*X3*2*EXAMPLE PLAN*****PI*X1~"
    "HL*2*1*21*1~NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893~"
)
_TRACE = "TRN*{}*T1*9012345678~"
_EVENT = "UM*HS*I*1*11:B~HI*ABK:M545~HSD*VS*6~"


def checked(kind: str, body: str) -> Checked:
    rules = guide(kind)
    inner = body.count("~")
    data = (
        f"{ISA}GS*{rules.functional_group}*AA*BB*20261201*1530*7*X*{rules.id}~"
        f"ST*{rules.transaction}*0001*{rules.id}~{body}SE*{inner + 2}*0001~GE*1*7~{IEA}"
    )
    return validate(only_set(data.encode()), rules)


def said(result: Checked) -> list[str]:
    return [f"{each.code.code} {each.place}" for each in result.issues if each.place.segment != "BHT"]


def in_loop(result: Checked, loop: str) -> list[str]:
    return [segment.id for node in result.placed.root.find_loops(loop) for segment in node.segments]


# --- one fault, one finding, by what senders did ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "finding"),
    [
        (
            "270",
            _BENEFITS.format(13) + _SUBSCRIBER + _TRACE.format(1) + "EQ*30~DTP*291*D8*20260101~",
            "S6 2000C TRN (segment 9)",
        ),
        (
            "270",
            _BENEFITS.format(13) + _SUBSCRIBER + "DMG*D8*19800101*F~" + _TRACE.format(1) + "EQ*30~",
            "S6 2000C TRN (segment 10)",
        ),
        (
            "271",
            _BENEFITS.format(11)
            + _TRACE.format(2)
            + _SUBSCRIBER
            + "EB*1**30~LS*2120~NM1*PR*2*A~LE*2120~LS*2120~NM1*P3*2*B~LE*2120~",
            "S4 2110C LS (segment 14)",
        ),
        ("278-request", _REVIEW.format(13) + "HL*3*2*22*0~" + _SUBSCRIBER + _TRACE.format(1) + _EVENT,
         "S3 2000E HL (segment 9)"),
        ("278-request", _REVIEW.format(13) + "HL*3*2*22*1~" + _SUBSCRIBER + "DMG*D8*19800101*F~REF*BB*P1~HL*4*3*EV*0~"
         + _TRACE.format(1) + _EVENT, "E7 2010C REF01 (segment 10)"),
    ],
)  # fmt: skip
def test_what_senders_do_is_one_finding(kind: str, body: str, finding: str) -> None:
    assert said(checked(kind, body)) == [finding]


_PURPOSES = {"270": "13", "271": "11", "278-request": "13", "278-response": "11"}


@pytest.mark.parametrize("kind", _PURPOSES)
def test_a_set_without_levels_is_not_told_of_each_segment(kind: str) -> None:
    begun = (_BENEFITS if kind.startswith("27") and len(kind) == 3 else _REVIEW).format(_PURPOSES[kind])
    body = "".join(f"{each}~" for each in begun.split("~")[:-1] if not each.startswith("HL*"))
    assert said(checked(kind, body + _SUBSCRIBER)) == ["L1 2000A HL (segment 1)"]


def test_benefits_behind_a_trace_too_late_are_kept() -> None:
    body = _BENEFITS.format(11) + _SUBSCRIBER + _TRACE.format(2) + "EB*1**30~DTP*291*D8*20260101~EB*C*IND*30~"
    result = checked("271", body)
    assert said(result) == ["S6 2000C TRN (segment 9)"]
    assert in_loop(result, "2110C") == ["EB", "DTP", "EB"]


def test_a_dependent_s_event_is_one_where_the_level_of_the_dependent_is_misspelt() -> None:
    event = "HL*5*4*EV*0~" + _TRACE.format(1) + _EVENT + "NM1*71*1*DOC*ANN~"
    body = _REVIEW.format(13) + "HL*3*2*22*1~" + _SUBSCRIBER + "HL*4*3*23*1~NM1*QC*1*SAMPLE*PAT~DMG*D8*20150101*F~"
    wrong = checked("278-request", body.replace("HL*4", "LH*4") + event)
    assert said(checked("278-request", body + event)) == []
    assert said(wrong) == ["S5 2000D LH (segment 9)"]


def test_levels_that_changed_places_are_one_finding() -> None:
    body = "BHT*0007*01*R1*20261201*1530~HL*1**20*1~HL*3*2*22*0~HL*2*1*21*1~"
    assert said(checked("278-notice", body)) == ["S6 2000B HL (segment 5)"]
    swapped = "BHT*0007*01*R1*20261201*1530~HL*2*1*21*0~HL*1**20*1~"
    assert said(checked("278-notice", swapped)) == ["S6 2000A HL (segment 4)"]


# --- what an explanation must not say --------------------------------------------------------------------------


def test_a_level_that_says_that_none_follows_is_told_of_though_another_below_is_absent() -> None:
    body = _REVIEW.format(13) + "HL*3*2*22*1~" + _SUBSCRIBER + "HL*4*3*EV*0~" + _TRACE.format(1) + "UM*HS*I*1*11:B~"
    body += "HI*ABK:M545~SV1*HC:99213~HL*5*4*SS*0~SV1*HC:99214~"
    assert [each for each in said(checked("278-request", body)) if each.startswith("L8 2000E HL04")]


@pytest.mark.parametrize("name", [_SUBSCRIBER, ""])
def test_a_subscriber_s_level_is_never_taken_for_a_service(name: str) -> None:
    decided = "AAA*Y**72*C~HCR*A1*AUTH1~REF*BB*P1~DTP*472*D8*20260101~"
    result = checked("278-response", _REVIEW.format(11) + "HL*3*2*22*0~" + name + _TRACE.format(2) + decided)
    assert not {"2000F", "2010FA"} & {each.place.loop for each in result.issues}
    assert not [each for each in said(result) if "HL03" in each]
    assert in_loop(result, "2000E") == []
    assert "HCR" not in in_loop(result, "2000F")


def _shape(node: LoopNode) -> tuple[object, ...]:
    items = (each.number if isinstance(each, Segment) else _shape(each) for each in node.items)
    return (node.id, node.is_known, tuple(node.known), tuple(items))


def _certain(ts: TransactionSet, rules: Guide) -> dict[int, str]:
    """Position -> loop of each segment that begins a loop by the code that tells it."""
    nodes = [node for node in place(ts, rules).root.walk() if node.is_known and node.parent and node.guide.opener.when]
    return {node.opener.number: node.id for node in nodes if node.opener and node.opener.id != "HL"}


@GUIDES
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, density=DENSITIES, ways=st.lists(st.sampled_from(sorted(WAYS)), min_size=1, max_size=2))
def test_explaining_leaves_the_tree_and_every_recognised_name(
    guide_: Guide, seed: int, density: int, ways: list[str]
) -> None:
    document = grown(guide_, seed, min(density, 50))
    random = Random(seed)
    for way in ways:
        every = list(WAYS[way](document))
        for damaged in random.sample(every, min(3, len(every))):
            ts = only_set(damaged.data())
            result, certain = validate(ts, guide_), _certain(ts, guide_)
            assert _shape(result.placed.root) == _shape(place(ts, guide_).root)
            for each in result.issues:
                if each.place.position in certain and each.place.element == 1:
                    assert each.code is not issues.LOOP_UNRECOGNISED
                if each.code is issues.LOOP_UNRECOGNISED and each.place.segment == "HL":
                    assert _names_below(ts, each.place.position, certain) <= _of_level(guide_, each.place.loop)


def _names_below(ts: TransactionSet, position: int, certain: dict[int, str]) -> set[str]:
    """Roles of what is recognised between one HL and the next."""
    found = set()
    for segment in ts.segments[position:]:
        if segment.id == "HL":
            break
        if segment.number in certain and segment.id == "NM1":
            found.add(segment.element(1))
    return found


def _of_level(rules: Guide, loop: str | None) -> set[str]:
    """Roles that may stand at a level."""
    if loop is None:
        return set()
    inner = [each.opener for _, each in rules.loops[loop].openings.get("NM1", ())]
    codes = [next((set(values) for key, values in use.when if key == 1), None) for use in inner]
    listed = [getattr(use.elements[0], "codes", None) or set() for use in inner]
    return set().union(*(each or set() for each in (*codes, *listed)))


@GUIDES
def test_a_decision_stands_where_the_placing_alone_puts_it(guide_: Guide) -> None:
    for seed in range(4):
        document = grown(guide_, seed, 25)
        for name in WAYS:
            for damaged in list(WAYS[name](document))[::5]:
                ts = only_set(damaged.data())
                decided = [each.number for each in ts.segments if each.id in ("HCR", "EB", "AAA")]
                told = validate(ts, guide_).placed.root
                assert _levels(told, decided) == _levels(place(ts, guide_).root, decided)


def _levels(root: LoopNode, positions: list[int]) -> dict[int, str]:
    return {each.number: node.id for node in root.walk() for each in node.segments if each.number in positions}


@pytest.mark.parametrize("count", [50, 500, 5_000])
def test_what_explaining_may_cost_is_bounded_by_the_size(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set that nothing explains: its segments are placed again a stated number of times, no more."""
    taken, take = 0, Placing.take

    def counting(placing: Placing, segment: Segment) -> None:
        nonlocal taken
        taken += 1
        take(placing, segment)

    monkeypatch.setattr(Placing, "take", counting)
    (ts,) = [each for each in read((ISA + _group(count)).encode()) if isinstance(each, TransactionSet)]
    explained(ts.segments, guide("278-request"), lambda placed, _aside, _most: list(placed.issues))
    assert count <= taken <= 20 * count + 1_000


def _group(count: int) -> str:
    lines = "".join(f"HL*{each * 3}*{each}*EV*1~" for each in range(count))
    return f"GS*HI*AA*BB*20261201*1530*7*X*005010X217~ST*278*0001*005010X217~{lines}SE*{count + 2}*0001~GE*1*7~{IEA}"
