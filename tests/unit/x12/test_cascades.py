"""A cascade is a defect: whatever one thing is done to a right set, one finding says so, there.

Every place of sets of every guide (`tests.strategies_x12`) is tried in every way of `tests.cascades_x12`.
"""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.x12 import Guide, Issue, TransactionSet, read, validate
from priorwire.x12.guides import guides
from tests.cascades_x12 import WAYS, Damaged
from tests.strategies_x12 import DENSITIES, SEEDS, grown
from tests.unit.x12.samples import GS, IEA, ISA, only_set, transaction

GUIDES = pytest.mark.parametrize("guide", guides(), ids=lambda each: f"{each.kind}-{each.id}")
SETS = tuple((seed, (0, 20, 45)[seed % 3]) for seed in range(8))


def found(damaged: Damaged) -> list[Issue]:
    return list(validate(only_set(damaged.data()), damaged.guide).issues)


def assert_one(damaged: Damaged) -> None:
    issues = found(damaged)
    least = 0 if damaged.may_be_right else 1
    said = [(each.code.code, str(each.place)) for each in issues]
    assert least <= len(issues) <= 1, said
    for issue in issues:
        assert issue.code.code in damaged.codes, said
        assert damaged.position - damaged.before <= issue.place.position <= damaged.position + damaged.after, said
        assert issue.place.start < issue.place.end


@GUIDES
@pytest.mark.parametrize("way", WAYS)
def test_one_fault_anywhere_is_one_finding(guide: Guide, way: str) -> None:
    for seed, density in SETS:
        document = grown(guide, seed, density)
        if len(document.leaves) <= 60:
            for damaged in WAYS[way](document):
                assert_one(damaged)


@GUIDES
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, density=DENSITIES, way=st.sampled_from(sorted(WAYS)))
def test_no_damage_makes_more_findings_than_a_person_can_use(guide: Guide, seed: int, density: int, way: str) -> None:
    document = grown(guide, seed, min(density, 60))
    every = list(WAYS[way](document))
    for damaged in islice(Random(seed).sample(every, len(every)), 3):
        assert len(found(damaged)) <= 10


@GUIDES
def test_every_segment_stands_in_the_tree_as_it_was_sent(guide: Guide) -> None:
    document = grown(guide, 2, 20)
    for name in WAYS:
        for damaged in WAYS[name](document):
            ts = only_set(damaged.data())
            root = validate(ts, guide).placed.root
            assert sorted(map(id, root.all_segments())) == sorted(map(id, ts.segments))
            for node in root.walk():
                assert len(node.items) == len(node.known)


# --- the envelope ----------------------------------------------------------------------------------------------

SETS_OF_TWO = [each + "~" for number in ("0001", "0002") for each in transaction(number=number).split("~")[:-1]]
WHOLE = [ISA, GS, *SETS_OF_TWO, "GE*2*7~", IEA]
#: Segment -> the finding when it is absent, and when it stands twice.
ENVELOPE = {"GS": ("G1", "I31"), "ST": ("I20", "I31"), "SE": ("T1", "I24"), "GE": ("G2", "I24"), "IEA": ("I5", "I19")}


def codes(lines: list[str]) -> list[str]:
    return [issue.code.code for event in read("".join(lines).encode("latin-1")) for issue in event.issues]


@pytest.mark.parametrize("index", [n for n, line in enumerate(WHOLE) if line.split("*")[0] in ENVELOPE])
def test_an_envelope_segment_absent_or_sent_twice_is_one_finding(index: int) -> None:
    absent, repeated = ENVELOPE[WHOLE[index].split("*")[0]]
    assert codes(WHOLE) == []
    assert codes([*WHOLE[:index], *WHOLE[index + 1 :]]) == [absent]
    assert codes([*WHOLE[: index + 1], *WHOLE[index:]]) == [repeated]


def test_a_header_sent_twice_loses_no_set() -> None:
    for index in (1, 2):
        data = "".join([*WHOLE[: index + 1], *WHOLE[index:]]).encode("latin-1")
        assert len([event for event in read(data) if isinstance(event, TransactionSet)]) == 2
