"""What is remembered of an interchange makes its reading faster, and changes nothing that is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.mapping import Reading, read_271, read_278
from priorwire.mapping.benefits import stated
from priorwire.mapping.makers import changed, maker
from priorwire.mapping.remembered import Remembered, part_of, remembered
from priorwire.model.authorization import AuthorizationRecord
from priorwire.model.eligibility import Benefit, Coverage
from priorwire.model.evidence import Source
from priorwire.x12 import TransactionSet, place, read
from priorwire.x12.events import Kept
from priorwire.x12.guides import guide
from tests.unit.mapping.samples import coverage, placed, response, segments

_ROWS = (
    "EB*1*IND*30*HM*GOLD PLAN",
    "EB*6**30^98",
    "EB*C*IND*30*HM**23*500*****Y*N\nDTP*291*RD8*20260101-20261231",
    "EB*A*FAM*98:86*HM*GOLD*27**20***Y\nHSD*VS*12***29\nMSG*SEE THE BOOKLET",
    "EB*B*IND*98*LONG NAME OF A PLAN*27*15\nAAA*N**52*C\nDTP*999*D8*20260105",
    "EB*F**33**P**25***VS*10\nIII*ZZ*11\nIII***44*ONLY THERE",
    "EB*R*IND*30\nREF*18*PLAN1\nLS*2120\nNM1*PRP*2*OTHER PLAN*****PI*X1\nN3*ROAD 1\nPER*IC**TE*5555550100\nLE*2120",
    "EB*W*IND*30\nLS*2120\nNM1*PRP*2*OTHER PLAN*****PI*X1\nAAA*N**42*R\nLE*2120",
)
_PATIENT = (
    "DMG*D8*19700402*F",
    "DTP*291*RD8*20260101-20261231",
    "DTP*346*D8*20260101",
    "REF*6P*GROUP1",
    "TRN*2*A1*9EX",
)
_EVENT = (
    "HCR*A1*CERT1",
    "HCR*A3**0L",
    "REF*NT*TRACK1",
    "DTP*AAH*D8*20261210",
    "PWK*OZ*FX",
    "NM1*71*1*SAMPLE*KIM\nPER*IC**TE*5555550199",
    "HL*5*4*SS*0\nHCR*A4*N2*0U\nSV1*HC:97110:GP**UN*24\nNM1*SJ*2*EXAMPLE CLINIC",
)


@st.composite
def batches(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Kind and text of the sets of one interchange, which share most of what they say."""
    kind = draw(st.sampled_from(["271", "278-response"]))
    pool, parts = (_ROWS, _PATIENT) if kind == "271" else (_EVENT, ())
    made = []
    for _ in range(draw(st.integers(2, 5))):
        rows = draw(st.lists(st.sampled_from(pool), max_size=5))
        above = draw(st.lists(st.sampled_from(parts), max_size=3, unique=True)) if parts else []
        body = "\n".join(rows)
        made.append((kind, coverage(body, subscriber="\n".join(above)) if parts else response(body)))
    return made + draw(st.lists(st.sampled_from(made), min_size=2, max_size=4))


def shown(readings: Sequence[Reading[Any]]) -> list[tuple[object, dict[str, Source]]]:
    return [(each.record, dict(each.sources)) for each in readings]


@settings(max_examples=60, deadline=None)
@given(batches())
def test_what_came_before_changes_nothing_that_is_read(batch: list[tuple[str, str]]) -> None:
    kept: dict[object, Kept | None] = {}
    for number, (kind, text) in enumerate(batch, 1):
        reader: Any = read_271 if kind == "271" else read_278
        root = placed(kind, text)
        assert shown(reader(root, transaction_set=number, kept=kept)) == shown(reader(root, transaction_set=number))


def test_a_loop_that_says_the_same_is_read_once_and_stands_where_it_stands() -> None:
    memory, texts = Remembered(), [f"{_ROWS[0]}\n{_ROWS[5]}", f"{_ROWS[5]}\n{_ROWS[0]}", f"{_ROWS[2]}\n{_ROWS[5]}"]
    loops = [node for text in texts for node in placed("271", coverage(text)).find_loops("2110C")]
    read_of = {id(each): part_of(each, stated, memory) for each in loops}
    limits = [each for each in loops if each.segments[0].element(1) == "F"]
    second, third = (read_of[id(each)] for each in limits[1:])
    assert third.value is second.value
    positions = [min(place[0].number for _, place in read_of[id(each)].places()) for each in limits]
    assert positions == [each.segments[0].number for each in limits]
    assert len(set(positions)) == len(positions)


def test_nothing_is_remembered_of_the_first_set_or_without_an_interchange() -> None:
    kept: dict[object, Kept | None] = {}
    assert remembered(None) is None
    assert remembered(kept) is None
    memory = remembered(kept)
    assert isinstance(memory, Remembered)
    assert remembered(kept) is memory


def test_it_is_dropped_with_the_interchange_and_never_grows_beyond_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("priorwire.mapping.remembered._MAX_PARTS", 2)
    memory = Remembered()
    loops = placed("271", coverage("\n".join(f"EB*C*IND*{each}" for each in range(30, 40)))).find_loops("2110C")
    for each in (*loops, *loops):
        part_of(each, stated, memory)
    assert 0 < memory.size <= 2
    memory.forget()
    assert memory.size == 0


def test_the_reader_of_a_payload_drops_it_when_the_interchange_ends() -> None:
    head = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261201*1504*^*00501*000000001*0*T*:~"
    lines = ["*".join(each.elements) for each in segments(coverage(_ROWS[0]))]
    sets = "".join(
        f"{'~'.join((f'ST*271*{number:04}*005010X279A1', *lines, f'SE*{len(lines) + 2}*{number:04}'))}~"
        for number in (1, 2, 3)
    )
    data = f"{head}GS*HB*SENDER*RECEIVER*20261201*1504*1*X*005010X279A1~{sets}GE*3*1~IEA*1*000000001~".encode()
    held, kept = 0, None
    for event in read(data):
        if isinstance(event, TransactionSet):
            kept = event.interchange.kept
            read_271(place(event, guide("271")).root, kept=kept)
            held = max(held, len(kept))
    assert held == 1
    assert kept == {}


def test_a_record_made_fast_is_the_record() -> None:
    makes: list[tuple[Any, dict[str, Any]]] = [
        (Benefit, {"information": "active", "plan": "GOLD"}),
        (Coverage, {"status": None, "plan": "GOLD"}),
        (AuthorizationRecord, {"status": None, "reference": "R"}),
    ]
    for kind, values in makes:
        whole = kind(**values)
        made = maker(kind)(**values)
        assert made == whole
        assert hash(made) == hash(whole)
        assert changed(made, plan="SILVER") == kind(**{**values, "plan": "SILVER"}) if kind is Benefit else True


def test_a_class_that_does_more_is_refused() -> None:
    class WithMore:
        def __post_init__(self) -> None: ...

    with pytest.raises(TypeError, match="does more"):
        maker(WithMore)
