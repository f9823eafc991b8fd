"""Every guide is a table that can be walked: what is said in it can be reached and does not contradict itself."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from itertools import pairwise

import pytest

from priorwire.x12.guide import Composite, Element, Guide, Loop, Relation, Syntax, Usage, Use
from priorwire.x12.guides import KINDS, guide, guides

GUIDES = guides()
EACH = pytest.mark.parametrize("one", GUIDES, ids=lambda one: f"{one.kind}-{one.id}")

FUNCTIONAL_GROUPS = {"270": "HS", "271": "HB", "278": "HI", "275": "PI", "999": "FA"}
TYPES = re.compile(r"AN|ID|DT|TM|R|B|N\d")


def uses(one: Guide) -> Iterator[tuple[str, Use]]:
    for loop in one.root.walk():
        for part in loop.parts:
            if isinstance(part, Use):
                yield f"{loop.id} {part.id}", part


def elements(one: Guide) -> Iterator[tuple[str, Element]]:
    for where, part in uses(one):
        for number, element in enumerate(part.elements, 1):
            simple = element.parts if isinstance(element, Composite) else (element,)
            for component, each in enumerate(simple, 1):
                yield f"{where}{number:02}-{component}", each


def notes(one: Guide) -> Iterator[tuple[str, Syntax, int]]:
    for where, part in uses(one):
        for note in part.syntax:
            yield where, note, len(part.elements)
        for element in part.elements:
            if isinstance(element, Composite):
                for note in element.syntax:
                    yield where, note, len(element.parts)


def told_apart(several: list[Use]) -> bool:
    """Whether each but the last says by which values it is known, and no value stands for two."""
    if any(not each.when for each in several[:-1]):
        return False
    values = [value for each in several for _, allowed in each.when for value in allowed]
    return len(values) == len(set(values))


@EACH
def test_loops_that_share_an_id_are_the_same_loop_but_for_how_often(one: Guide) -> None:
    by_id: dict[str, set[Loop]] = defaultdict(set)
    for loop in one.root.walk():
        by_id[loop.id].add(replace(loop, usage=Usage.SITUATIONAL, max=1))
    assert {name for name, different in by_id.items() if len(different) > 1} == set()


@EACH
def test_sibling_loops_that_begin_alike_are_told_apart(one: Guide) -> None:
    for loop in one.root.walk():
        openers: dict[str, list[Use]] = defaultdict(list)
        for part in loop.parts:
            if isinstance(part, Loop):
                openers[part.opener.id].append(part.opener)
        for name, several in openers.items():
            if len(several) > 1:
                assert all(each.when for each in several), (loop.id, name)
                assert told_apart(several), (loop.id, name)


@EACH
def test_uses_of_one_segment_in_one_loop_are_told_apart(one: Guide) -> None:
    for loop in one.root.walk():
        beside: dict[str, list[Use]] = defaultdict(list)
        for part in loop.parts:
            if isinstance(part, Use):
                beside[part.id].append(part)
        assert [name for name, several in beside.items() if not told_apart(several)] == []


@EACH
def test_uses_of_one_segment_stand_together(one: Guide) -> None:
    for loop in one.root.walk():
        order = [part.id for part in loop.parts if isinstance(part, Use)]
        runs = [after for before, after in pairwise(["", *order]) if before != after]
        assert len(runs) == len(set(runs)), loop.id


@EACH
def test_every_loop_can_be_entered(one: Guide) -> None:
    for loop in one.root.walk():
        first = loop.parts[0]
        assert isinstance(first, Use), loop.id
        assert first.usage is Usage.REQUIRED, loop.id
        assert first.max == 1, loop.id


@EACH
def test_a_level_opens_by_its_hl03(one: Guide) -> None:
    levels = [loop.opener for loop in one.root.walk() if loop.opener.id == "HL"]
    assert all([place for place, _ in each.when] == [3] for each in levels)


@EACH
def test_the_values_a_use_is_known_by_include_every_code_it_allows(one: Guide) -> None:
    for where, part in uses(one):
        for place, values in part.when:
            number, component = place if isinstance(place, tuple) else (place, 1)
            element = part.elements[number - 1]
            simple = element.parts[component - 1] if isinstance(element, Composite) else element
            assert (simple.codes or frozenset()) <= values, where


@EACH
def test_sizes_and_types_make_sense(one: Guide) -> None:
    for where, element in elements(one):
        assert TYPES.fullmatch(element.type), where
        assert 1 <= element.min <= element.max, where
        assert element.repeat >= 1, where


@EACH
def test_every_code_is_as_long_as_its_element_may_be(one: Guide) -> None:
    for where, element in elements(one):
        for code in element.codes or ():
            assert element.min <= len(code) <= element.max, (where, code)


@EACH
def test_relational_notes_name_elements_that_exist(one: Guide) -> None:
    for where, note, count in notes(one):
        assert len(note.numbers) > 1, where
        assert len(set(note.numbers)) == len(note.numbers), where
        assert all(1 <= number <= count for number in note.numbers), where


@EACH
def test_no_relational_note_asks_for_what_may_not_be_sent(one: Guide) -> None:
    for where, part in uses(one):
        for note in part.syntax:
            barred = [part.elements[number - 1].usage is Usage.NOT_USED for number in note.numbers]
            if note.relation in (Relation.PAIRED, Relation.CONDITIONAL):
                assert all(barred) or not any(barred), where
            else:
                assert not all(barred), where


@EACH
def test_the_set_begins_with_st_and_ends_with_se(one: Guide) -> None:
    assert one.root.opener.id == "ST"
    assert one.root.parts[-1].id == "SE"


@EACH
def test_st03_allows_exactly_the_ids_the_guide_goes_by(one: Guide) -> None:
    third = one.root.opener.elements[2]
    assert isinstance(third, Element)
    assert third.codes == frozenset({one.id, *one.also})


@EACH
def test_bht02_allows_exactly_the_purposes_of_a_278(one: Guide) -> None:
    if one.transaction != "278":
        assert one.purposes == frozenset()
        return
    heading = next(part for where, part in uses(one) if where == "ST BHT")
    second = heading.elements[1]
    assert isinstance(second, Element)
    assert second.codes == one.purposes


@EACH
def test_a_guide_says_what_it_is_and_where_it_is_from(one: Guide) -> None:
    assert one.kind in KINDS
    assert one.functional_group == FUNCTIONAL_GROUPS[one.transaction]
    assert one.source


@EACH
def test_what_is_used_has_a_label(one: Guide) -> None:
    if not one.certain:
        return
    bare = [where for where, element in elements(one) if element.usage is not Usage.NOT_USED and not element.label]
    assert bare == []


def test_there_is_a_guide_for_every_kind_that_is_a_transaction() -> None:
    assert {one.kind for one in GUIDES} == set(KINDS) - {"TA1", "other"}
    assert all(guide(one.kind).kind == one.kind for one in GUIDES)


def test_only_what_was_read_from_a_published_structure_counts_as_certain() -> None:
    assert {one.kind for one in GUIDES if one.certain} == {"270", "271", "278-request", "278-response", "999"}


def test_the_request_and_the_response_number_their_loops_differently() -> None:
    request, response = guide("278-request").loops, guide("278-response").loops
    assert request["2010EB"].label == response["2010EC"].label == "place of transport"
    assert {"2010F"} == set(request) - set(response)
    assert {"2010FA", "2010FB"} == set(response) - set(request)


def test_an_event_hangs_on_the_dependent_or_on_the_subscriber() -> None:
    loops = guide("278-request").loops
    inside = {
        name: next(part for part in loops[name].parts if isinstance(part, Loop) and part.id == "2000E")
        for name in ("2000C", "2000D")
    }
    assert inside["2000D"].usage is Usage.REQUIRED
    assert inside["2000C"].usage is Usage.SITUATIONAL


def test_the_270_has_no_number_for_a_dependent_and_the_278_response_has() -> None:
    numbers = {
        (kind, name): guide(kind).loops[name].opener.elements[8].usage
        for kind, name in (("270", "2100D"), ("278-request", "2010D"), ("278-response", "2010D"))
    }
    assert numbers == {
        ("270", "2100D"): Usage.NOT_USED,
        ("278-request", "2010D"): Usage.NOT_USED,
        ("278-response", "2010D"): Usage.SITUATIONAL,
    }


def test_importing_the_package_loads_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    package = sys.modules["priorwire.x12.guides"]
    for name in [name for name in sys.modules if name.startswith("priorwire.x12.guides")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys.modules["priorwire.x12"], "guides", package)
    import_module("priorwire.x12.guides")
    tables = [name for name in sys.modules if re.match(r"priorwire\.x12\.guides\.(x2|attach|codes|shapes)", name)]
    assert tables == []
