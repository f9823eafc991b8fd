"""The guides against the machine-readable structure that they were written from.

That structure (extracted from the public schemas of X279 and X217) lies beside the samples.
Every difference is named in `DIFFERENCES` with its reason, and every named one must still exist.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from priorwire.x12.guide import Composite, Element, Loop, Usage, Use
from priorwire.x12.guides import guide
from tests.corpus.conftest import TREES, needs_trees

Node = dict[str, Any]
#: Where, what of it, ours, theirs.
Difference = tuple[str, str, object, object]

#: Where the schema is known to be wrong or older: the rule file of the errata or of the request says so.
DIFFERENCES = {
    # X279A1: the errata's own id beside the base.
    ("270/ST03", "codes"),
    ("271/ST03", "codes"),
    # X279A1 adds the address of who asked.
    ("271/2000A/2000B/2100B", "parts"),
    # X279A1 allows more numbers and roles.
    ("270/2000A/2000B/2000C/2000D/2100D/REF01", "codes"),
    ("271/2000A/2000B/2000C/2100C/REF01", "codes"),
    ("271/2000A/2000B/2000C/2000D/2100D/REF01", "codes"),
    ("271/2000A/2000B/2000C/2000D/2100D/PRV01", "codes"),
    ("271/2000A/2000B/2000C/2100C/2110C/2120C/NM101", "codes"),
    ("271/2000A/2000B/2000C/2000D/2100D/2110D/2120D/NM101", "codes"),
    # LS and LE are a loop there, whose segments are required inside it; and say 2120.
    *((f"271/2000A/2000B/2000C/{at}/{bracket}", "usage") for at in ("2100C/2110C", "2000D/2100D/2110D")
      for bracket in ("LS", "LE")),
    *((f"271/2000A/2000B/2000C/{at}/{bracket}01", "codes") for at in ("2100C/2110C", "2000D/2100D/2110D")
      for bracket in ("LS", "LE")),
    # The reason of another organization's denial is what the segment is for: the rule file requires it.
    ("278-request/2000A/2000B/2000C/2000D/2000E/2010EC/REF02", "usage"),
    ("278-request/2000A/2000B/2000C/2000E/2010EC/REF02", "usage"),
    # One kind of report is for service lines only, says the rule file.
    *((f"278-{side}/2000A/2000B/2000C/{at}/PWK01", "codes") for side in ("request", "response")
      for at in ("2000E", "2000D/2000E")),
    # Left open in the response: the schema lists the whole dictionary, and no second source is there.
    *((f"278-response/2000A/2000B/2000C/{at}/{part}", what) for at in ("2000E", "2000D/2000E")
      for part, what in (("CR610", "leftover"), ("CR615", "codes"))),
}  # fmt: skip

#: The schema makes header and trailer optional, because it splits both sides of the 278 off one root.
ENVELOPE = {"ST", "BHT", "SE", "2000A"}
#: Loops that the schema has and the guides do not.
DISSOLVED = {"LS", "A1_BHT", "A3_BHT"}

SIDES = {"270": ("270", ""), "271": ("271", ""), "278-request": ("278", "A1_BHT"), "278-response": ("278", "A3_BHT")}


def tree(kind: str) -> Node:
    file, side = SIDES[kind]
    root: Node = json.loads((TREES / f"tree_{file}.json").read_text(encoding="utf-8"))
    if side:
        root["children"] = [each for each in root["children"] if each["kind"] == "segment" or each["name"] == side]
    return root


def name_of(node: Node) -> str:
    name: str = node["id"] if node["kind"] == "segment" else node["name"]
    for prefix in ("TS278A1_", "TS278A3_", "TS270_", "TS271_"):
        name = name.removeprefix(prefix)
    return name.removesuffix("_Loop")


def children(node: Node) -> Iterator[Node]:
    """Yield what stands in a loop, with the schema's own groupings dissolved."""
    for each in node.get("children", ()):
        if each["kind"] == "group" or (each["kind"] == "loop" and name_of(each) in DISSOLVED):
            yield from children(each)
        else:
            yield each


def compare_loop(ours: Loop, theirs: Node, path: str) -> Iterator[Difference]:
    there = list(children(theirs))
    yield from differing(path, "parts", [part.id for part in ours.parts], [name_of(each) for each in there])
    seen: Counter[str] = Counter()
    for each in there:
        name = name_of(each)
        same = [part for part in ours.parts if part.id == name]
        part = same[seen[name]] if seen[name] < len(same) else None
        seen[name] += 1
        if part is None:
            continue  # `parts` has said so
        where = f"{path}/{name}"
        yield from differing(where, "max", part.max, each["max"])
        if name not in ENVELOPE:
            yield from differing(where, "usage", part.usage.value, each["usage"])
        if isinstance(part, Loop):
            yield from compare_loop(part, each, where)
        else:
            yield from compare_use(part, each, where)


def compare_use(ours: Use, theirs: Node, where: str) -> Iterator[Difference]:
    yield from differing(where, "elements", len(ours.elements), len(theirs["elements"]))
    for number, (here, there) in enumerate(zip(ours.elements, theirs["elements"], strict=False), 1):
        yield from compare_element(here, there, f"{where}{number:02}")


def compare_element(ours: Element | Composite, theirs: Node, where: str) -> Iterator[Difference]:
    if ours.usage is Usage.NOT_USED:
        # The schema has no word for it; but what it requires cannot be unused.
        yield from differing(where, "required", theirs["usage"] == "R", False)
        return
    yield from differing(where, "usage", ours.usage.value, theirs["usage"])
    if isinstance(ours, Composite):
        yield from differing(where, "components", len(ours.parts), len(theirs.get("components", ())))
        for number, (here, there) in enumerate(zip(ours.parts, theirs["components"], strict=False), 1):
            yield from compare_element(here, there, f"{where}-{number}")
        return
    yield from differing(where, "codes", ours.codes or frozenset(), frozenset(theirs.get("codes", ())))
    yield from differing(where, "leftover", bool(theirs.get("full_x12_list")), False)
    if "min" in theirs:
        yield from differing(where, "size", (ours.min, ours.max), (theirs["min"], theirs["max"]))
    elif "max" in theirs:
        yield from differing(where, "repeat", ours.repeat, theirs["max"])


def differing(where: str, what: str, ours: object, theirs: object) -> Iterator[Difference]:
    if ours != theirs:
        yield where, what, ours, theirs


def found(kind: str) -> list[Difference]:
    return list(compare_loop(guide(kind).root, tree(kind), kind))


@needs_trees
@pytest.mark.parametrize("kind", SIDES)
def test_a_guide_says_what_the_schema_says_or_the_difference_has_a_reason(kind: str) -> None:
    assert [each for each in found(kind) if each[:2] not in DIFFERENCES] == []


@needs_trees
def test_every_reason_is_still_needed() -> None:
    existing = {each[:2] for kind in SIDES for each in found(kind)}
    assert existing >= DIFFERENCES
