"""One thing done to a right transaction set, at every place where it can be done, by what people and programs do.

Each way is a function that gives, for a set, what its segments then are, where it was done, and which codes
a person would give it there. Nothing here asks the engine what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from priorwire.x12 import Guide, Usage
from tests.strategies_x12 import Document, Leaf, enveloped

#: Segments as text, ST to SE.
Texts = list[str]
#: A qualifier and a level that no guide has, and an id.
_NO_CODE, _NO_ID = "Q9", "ZZZ"


@dataclass(frozen=True, kw_only=True)
class Damaged:
    """A set with one fault."""

    guide: Guide
    texts: Texts
    #: Number of the segment at which it was done, ST being 1; of one that was taken away, of what follows it.
    position: int
    #: The id of the segment that it was done to.
    segment: str
    #: Codes of the finding that a person would expect.
    codes: frozenset[str]
    #: How far from there it may stand: the loop of something absent began earlier.
    before: int = 0
    after: int = 0
    #: Whether what is left may be a right set too.
    may_be_right: bool = False

    def data(self) -> bytes:
        *inner, trailer = self.texts
        number = trailer.split("*")[2]
        return enveloped(self.guide, "".join(f"{each}~" for each in (*inner, f"SE*{len(self.texts)}*{number}")))


Way = Callable[[Document], Iterator[Damaged]]
WAYS: dict[str, Way] = {}


def way(name: str) -> Callable[[Way], Way]:
    def keep(function: Way) -> Way:
        WAYS[name] = function
        return function

    return keep


def _places(document: Document) -> Iterator[tuple[int, Leaf, Texts]]:
    """Index, segment and all texts, header and trailer aside."""
    leaves = document.leaves
    texts = [leaf.text() for leaf in leaves]
    for index, leaf in enumerate(leaves):
        if leaf.use.id not in ("ST", "SE"):
            yield index, leaf, texts


def opens(leaf: Leaf) -> bool:
    """Whether it begins a loop of the set."""
    return leaf.parent.parent is not None and leaf.parent.opener is leaf


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


@way("a segment taken away")
def taken_away(document: Document) -> Iterator[Damaged]:
    """Whatever begins a loop or a level, and whatever must stand."""
    for index, leaf, texts in _places(document):
        if opens(leaf) or leaf.use.usage is Usage.REQUIRED:
            yield Damaged(
                guide=document.guide,
                texts=[*texts[:index], *texts[index + 1 :]],
                position=index + 1,
                segment=leaf.use.id,
                codes=_codes("L1 L11 S3 S12") | (_codes("L2 L8 L9 S2 S4 S6 E17") if opens(leaf) else frozenset()),
                before=index,
                after=len(texts) if opens(leaf) else 0,
                may_be_right=opens(leaf) and not _is_called_for(leaf),
            )


def _is_called_for(leaf: Leaf) -> bool:
    """Whether its loop must stand, and stands once; or it is a level."""
    branch = leaf.parent
    same = [item for item in branch.parent.items if item.index == branch.index] if branch.parent else []
    return branch.loop.usage is Usage.REQUIRED and len(same) == 1


@way("a segment id misspelt")
def misspelt(document: Document) -> Iterator[Damaged]:
    for index, leaf, texts in _places(document):
        for name in {leaf.use.id[:-1] + "Z", leaf.use.id[::-1], leaf.use.id.lower()} - document.guide.segment_ids:
            changed = name + texts[index][len(leaf.use.id) :]
            yield Damaged(
                guide=document.guide,
                texts=[*texts[:index], changed, *texts[index + 1 :]],
                position=index + 1,
                segment=name if name.isupper() and name[0].isalpha() else "",
                codes=_codes("S5" if name.isupper() and name[0].isalpha() else "S1"),
            )


@way("a code that tells what a segment is, unknown")
def unknown_qualifier(document: Document) -> Iterator[Damaged]:
    for index, leaf, texts in _places(document):
        # What opens a CTX tells whether it is one of a business unit, which may be any.
        keys = [key for key, _ in leaf.use.when if isinstance(key, int) and leaf.use.id not in ("HL", "CTX")]
        for key in keys:
            elements = texts[index].split("*")
            elements[key] = _NO_CODE
            yield Damaged(
                guide=document.guide,
                texts=[*texts[:index], "*".join(elements), *texts[index + 1 :]],
                position=index + 1,
                segment=leaf.use.id,
                codes=_codes("L4") if opens(leaf) else _codes("E7 E4"),
                may_be_right=not document.guide.certain,
            )


@way("a segment sent twice")
def twice(document: Document) -> Iterator[Damaged]:
    for index, leaf, texts in _places(document):
        if leaf.use.max == 1 or opens(leaf):
            yield Damaged(
                guide=document.guide,
                texts=[*texts[: index + 1], *texts[index:]],
                position=index + 2,
                segment=leaf.use.id,
                codes=_codes("L7" if leaf.use.id == "HL" else "L2 S3 S4"),
                before=1,
                may_be_right=leaf.use.id != "HL" and opens(leaf) and leaf.parent.loop.max != 1,
            )


@way("two neighbours exchanged")
def exchanged(document: Document) -> Iterator[Damaged]:
    leaves = document.leaves
    for index, _leaf, texts in _places(document):
        following = leaves[index + 1]
        if following.use.id != "SE" and texts[index] != texts[index + 1]:
            yield Damaged(
                guide=document.guide,
                texts=[*texts[:index], texts[index + 1], texts[index], *texts[index + 2 :]],
                position=index + 1,
                segment="",
                codes=_codes("S2 S3 S4 S6 E7 E12 E17"),
                after=3,
                may_be_right=True,
            )


@way("a segment that the guide does not have, in between")
def put_between(document: Document) -> Iterator[Damaged]:
    for index, _leaf, texts in _places(document):
        yield Damaged(
            guide=document.guide,
            texts=[*texts[: index + 1], f"{_NO_ID}*1", *texts[index + 1 :]],
            position=index + 2,
            segment=_NO_ID,
            codes=_codes("S5"),
        )


def _changed_levels(document: Document, element: int, values: Callable[[Leaf], Sequence[str]]) -> Iterator[Damaged]:
    for index, leaf, texts in _places(document):
        if leaf.use.id == "HL":
            elements = texts[index].split("*")
            for value in values(leaf):
                if value != elements[element]:
                    changed = "*".join([*elements[:element], value, *elements[element + 1 :]])
                    yield Damaged(
                        guide=document.guide,
                        texts=[*texts[:index], changed, *texts[index + 1 :]],
                        position=index + 1,
                        segment="HL",
                        codes=_LEVEL_CODES[element],
                        before=index if element == _PARENT else 0,  # the right parent may then lack what it needs
                        may_be_right=element in (_PARENT, _LEVEL) and value.isalnum() and value not in _STRANGE,
                    )


_NUMBER, _PARENT, _LEVEL, _CHILDREN = 1, 2, 3, 4
#: What no HL of a generated set says.
_STRANGE = ("77", "99", "QQ")
_LEVEL_CODES = {_NUMBER: _codes("L6"), _PARENT: _codes("L5 L1 L8"), _LEVEL: _codes("L4 L5 L9 E7"),
                _CHILDREN: _codes("L8 E7")}  # fmt: skip


@way("HL01 out of its turn")
def wrong_number(document: Document) -> Iterator[Damaged]:
    yield from _changed_levels(document, _NUMBER, lambda _leaf: _STRANGE[:1])


@way("HL02 of another level, of none, its own")
def wrong_parent(document: Document) -> Iterator[Damaged]:
    yield from _changed_levels(document, _PARENT, lambda leaf: ("99", "", leaf.get(1), "1", "2") if leaf.get(2) else ())


@way("HL03 of another level, or of none")
def wrong_kind_of_level(document: Document) -> Iterator[Damaged]:
    yield from _changed_levels(document, _LEVEL, lambda _leaf: ("QQ", *sorted(document.guide.levels)))


@way("HL04 that is not so")
def wrong_child_code(document: Document) -> Iterator[Damaged]:
    yield from _changed_levels(document, _CHILDREN, lambda _leaf: ("0", "1", "7"))
