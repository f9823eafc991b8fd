"""What pyx12 reads in our maps is what our guides say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from pyx12.map_if import load_map_file
from pyx12.map_index import map_index
from pyx12.params import params

from priorwire.crosscheck import Verdict, crosscheck, pyx12_validate, write_maps
from priorwire.crosscheck.export import EXPORTED, usual_entries
from priorwire.x12 import Composite, Element, Guide, Loop, Use
from priorwire.x12.guides import guide
from tests.strategies_x12 import DENSITIES, SEEDS, grown
from tests.unit.crosscheck.documents import message


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole folder of maps."""
    path = tmp_path_factory.mktemp("maps")
    write_maps(path)
    return path


def _read(folder: Path, exported: Guide) -> Any:
    name = next(each.name for each in folder.glob(f"{exported.kind}.{exported.id}*"))
    return load_map_file(name, params(), str(folder)).getnodebypath("/ISA_LOOP/GS_LOOP/ST_LOOP")


def _pairs(loop: Loop, node: Any) -> Iterator[tuple[Use | Loop, Any]]:
    """Each part of a loop beside what pyx12 has for it, outermost first."""
    children = list(node.childIterator())
    assert len(children) == len(loop.parts)
    left = [*children]
    for part in loop.parts:
        twin = next(each for each in left if each.id == part.id and each.is_loop() == isinstance(part, Loop))
        left.remove(twin)
        yield part, twin
        if isinstance(part, Loop):
            yield from _pairs(part, twin)


@pytest.mark.parametrize("kind", EXPORTED)
def test_usage_and_repeat_of_every_part_arrive(folder: Path, kind: str) -> None:
    exported = guide(kind)
    for part, node in _pairs(exported.root, _read(folder, exported)):
        assert node.usage == part.usage.value
        most = part.max if part.max is not None else ">1"
        assert (node.repeat if isinstance(part, Loop) else node.max_use) == str(most)


@pytest.mark.parametrize("kind", EXPORTED)
def test_every_element_arrives_with_its_lengths_and_codes(folder: Path, kind: str) -> None:
    exported = guide(kind)
    uses = [(part, node) for part, node in _pairs(exported.root, _read(folder, exported)) if isinstance(part, Use)]
    for use, node in uses:
        told = {place for place, _ in use.when}
        assert len(node.children) == len(use.elements)
        for number, (element, child) in enumerate(zip(use.elements, node.children, strict=True), 1):
            parts = element.parts if isinstance(element, Composite) else (element,)
            children = child.children if isinstance(element, Composite) else (child,)
            assert len(parts) == len(children)
            for one, twin in zip(parts, children, strict=True):
                assert (twin.min_len, twin.max_len) == (one.min, one.max)
                assert twin.usage == one.usage.value or number in told
                assert _allowed(twin) == one.codes or number in told


def _allowed(node: Any) -> frozenset[str] | None:
    codes = frozenset(node.valid_codes)
    if node.rec is not None:
        codes = frozenset(each for each in codes if node.rec.search(each))
    return codes or None


@pytest.mark.parametrize("kind", EXPORTED)
def test_where_a_use_is_told_by_more_codes_than_it_allows_a_pattern_keeps_the_others_out(
    folder: Path, kind: str
) -> None:
    exported = guide(kind)
    for part, node in _pairs(exported.root, _read(folder, exported)):
        for place, values in part.when if isinstance(part, Use) else ():
            assert isinstance(place, int)
            assert isinstance(part, Use)
            element = part.elements[place - 1]
            assert isinstance(element, Element)
            assert frozenset(node.children[place - 1].valid_codes) == values
            if element.codes is not None:
                assert _allowed(node.children[place - 1]) == element.codes & values


def test_the_index_names_each_guide_by_what_a_group_declares(folder: Path) -> None:
    index = map_index(str(folder))
    for entry in usual_entries():
        assert index.get_filename("00501", entry.name, entry.group) == entry.file
        assert (folder / entry.file).is_file()


def test_nothing_but_codes_and_our_own_labels_is_in_a_map(folder: Path) -> None:
    labels = {each for path in folder.glob("*.xml") for each in re.findall(r' name="([^"]*)"', path.read_text("utf-8"))}
    ours = {part.label for kind in EXPORTED for loop in guide(kind).root.walk() for part in (loop, *loop.parts)}
    assert {"payer's name", "decision"} <= labels
    assert not any("Hierarchical" in each or "Information Source" in each for each in labels)
    assert {each for each in ours if each} <= labels


#: A set grown from the acknowledgment of a notice may hold a decision, and is then read as a review's answer.
GROWN = [kind for kind in EXPORTED if kind != "278-notice-ack"]


@pytest.mark.parametrize("kind", GROWN)
@settings(max_examples=5, deadline=None)
@given(seed=SEEDS, density=DENSITIES)
def test_what_a_guide_allows_is_accepted_over_its_map_or_it_is_said_why_not(kind: str, seed: int, density: int) -> None:
    pyx12, _ = crosscheck(_written(kind, seed, density))
    assert pyx12.unexplained == ()
    assert pyx12.ours.accepted
    assert pyx12.count(Verdict.AGREED) == 0


def _written(kind: str, seed: int, density: int) -> bytes:
    exported = guide(kind)
    leaves = grown(exported, seed, density).leaves
    body = "~".join(each.text() for each in leaves[1:-1])
    start = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261201*1530*^*00501*000000007*0*T*:~"
    group = f"GS*{exported.functional_group}*SENDER*RECEIVER*20261201*1530*7*X*{exported.id}~"
    number = leaves[0].get(2)
    return f"{start}{group}{leaves[0].text()}~{body}~SE*{len(leaves)}*{number}~GE*1*7~IEA*1*000000007~".encode()


def test_validating_says_whether_pyx12_accepts() -> None:
    assert pyx12_validate(message("278-response"))
    assert not pyx12_validate(message("278-response", change=("UM*HS", "UM*ZZ")))
