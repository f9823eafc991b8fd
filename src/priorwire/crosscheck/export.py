"""Our guides in pyx12's map format, so that pyx12 can judge what it ships no map for.

pyx12 4.0.0 has no 5010 map for 270, 271 and 278. It takes another folder of maps (`map_path`), which
must hold everything that its own has: the index `maps.xml`, the dictionary `dataele.xml`, the external
codes `codes.xml`, two control maps, and one map a guide. All of it is made here from
`priorwire.x12.guides`: structure, usage, lengths, codes, and our own labels. Nothing of X12's licensed
text is in it, and nothing of pyx12's own maps.

How pyx12 reads a map decides how ours are written:

* A use is told from others of its id by its first element, if that is a required ID with a list of codes
  (and an HL by HL03). So that element is written with the values of `Use.when`; where the guide allows
  fewer, a pattern beside them says so. Where a use has nothing to be told from, its first element is
  written as AN: a code that is not allowed is then a fault of the element and not an unknown segment.
* Parts with the same ``pos`` may stand in any order, which is `Loop.ranks`.
* A date is held against its format where the two elements are numbered 1250 and 1251.
* pyx12 has no relational notes inside composites, no repeats and no dates in composites: `known_faults`.

Which map a group is read with. pyx12 looks it up by ISA12, GS01 and GS08, and then once more by BHT02, but
only for two 4010 versions whose names stand in its code. A 5010 request and response of the 278 share all
three of the first; and senders get GS01 and GS08 wrong. A subclass could not help: the choice is in the
middle of one 200-line function. So the index of a folder is made for one file: what each of its groups
declares, and the guide that our reader chose for it (`Entry`). A file with two guides under one name is
read twice over two folders (`rounds`), and each finding is taken from the reading that had the right
guide. pyx12 itself stays untouched, and a wrong GS01 is then a finding where it stands, not the end.
"""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree as ET  # only writes; pyx12 reads with defusedxml

from priorwire.crosscheck import envelope_uses
from priorwire.x12 import Composite, Element, Guide, Loop, Usage, Use, grammar
from priorwire.x12.guides import guide

#: The guides of `write_maps` unless others are named.
EXPORTED = (
    "270",
    "271",
    "278-request",
    "278-response",
    "278-inquiry",
    "278-inquiry-response",
    "278-notice",
    "278-notice-ack",
)
#: ISA12 values that pyx12 reads at all; a 5010 group travels under either in the field.
VERSIONS = ("00501", "00401")

_LABEL_MISSING = "not used"
#: The numbers by which pyx12 knows a date's format and a date, and what both are where they are used.
_FORMAT, _DATED = "1250", "1251"
_DATE_ELEMENTS = {
    _FORMAT: Element(type="ID", min=2, max=3),
    _DATED: Element(type="AN", min=1, max=35),
}


def is_exportable(transaction: str) -> bool:
    """Whether pyx12 could read a guide of ours for this ST01.

    Not a 999, whose CTX is told apart by a text with a blank (pyx12 ships a map for it), and not a 275,
    whose BIN is counted and not delimited.
    """
    return transaction in {"270", "271", "278"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a folder's index: what a group declares, and the guide to read it with."""

    #: GS01 and GS08, as sent.
    group: str
    name: str
    #: BHT02, by which pyx12 tells the two 4010 guides of the 278 apart; ``""`` for any.
    purpose: str = ""
    guide: Guide = field(compare=False, repr=False)

    @property
    def file(self) -> str:
        """The name of its map."""
        return f"{self.guide.kind}.{self.guide.id}{'' if self.guide.certain else '.lenient'}.xml"


def usual_entries() -> tuple[Entry, ...]:
    """Each guide under its own names; the response of a 278 only where no request has them."""
    found: dict[tuple[str, str], Entry] = {}
    for each in map(guide, EXPORTED):
        for name in (each.id, *sorted(each.also)):
            found.setdefault((each.functional_group, name), Entry(group=each.functional_group, name=name, guide=each))
    return tuple(found.values())


def map_folder(entries: Sequence[Entry]) -> Path:
    """A folder with the maps of some entries; made once a process, removed at its end."""
    key = tuple((each.group, each.name, each.purpose, each.file) for each in entries)
    if key not in _FOLDERS:
        folder = tempfile.TemporaryDirectory(prefix="priorwire-maps-")
        atexit.register(folder.cleanup)
        _FOLDERS[key] = Path(folder.name)
        write_maps(_FOLDERS[key], entries)
    return _FOLDERS[key]


_FOLDERS: dict[tuple[tuple[str, ...], ...], Path] = {}


def write_maps(folder: Path, entries: Sequence[Entry] = ()) -> tuple[Path, ...]:
    """Write a whole folder for pyx12's `map_path`.

    Args:
        folder: where; made if absent, files of the same names are written over.
        entries: what the index says and which maps there are; by default `usual_entries` and every guide.

    Returns:
        The files written.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = entries or usual_entries()
    exported = {each.file: each.guide for each in listed}
    if not entries:
        exported |= {Entry(group="", name="", guide=each).file: each for each in map(guide, EXPORTED)}
    # The format stands first in a DMG, and must not tell one DMG from another.
    elements = {name: replace(each, type="AN") for name, each in _DATE_ELEMENTS.items()}
    written = {
        "maps.xml": _index(listed),
        "codes.xml": _external_codes(),
        **{f"x12.control.{version}.xml": _map(None, elements) for version in VERSIONS},
        **{name: _map(each, elements) for name, each in exported.items()},
    }
    written["dataele.xml"] = _dictionary(elements)
    for name, root in written.items():
        ET.indent(root)
        ET.ElementTree(root).write(folder / name, encoding="utf-8", xml_declaration=True)
    return tuple(folder / name for name in written)


# --- the folder -------------------------------------------------------------------------------------------


def _index(entries: Iterable[Entry]) -> ET.Element:
    root = ET.Element("maps")
    for version in VERSIONS:
        listed = ET.SubElement(root, "version", icvn=version)
        for each in entries:
            purpose = {"tspc": each.purpose} if each.purpose else {}
            line = ET.SubElement(listed, "map", purpose, vriic=each.name, fic=each.group, abbr=each.guide.kind)
            line.text = each.file
    return root


def _external_codes() -> ET.Element:
    """No list: what X12 keeps outside the standard is not ours to ship."""
    return ET.Element("codesets")


def _dictionary(elements: dict[str, Element]) -> ET.Element:
    root = ET.Element("data_elements")
    for number, element in sorted(elements.items()):
        ET.SubElement(
            root,
            "data_ele",
            ele_num=number,
            data_type=element.type,
            min_len=str(element.min),
            max_len=str(element.max),
            name=number,
        )
    return root


# --- one map ----------------------------------------------------------------------------------------------


def _map(exported: Guide | None, elements: dict[str, Element]) -> ET.Element:
    """A guide inside its envelope; the envelope alone is a control map."""
    versions = (exported.id, *exported.also) if exported and exported.certain else ()
    group = exported.functional_group if exported else ""
    name = exported.id if exported else "envelope"
    root = ET.Element("transaction", xid=exported.kind if exported else "X12", name=name)
    writing = _Writing(elements)
    interchange = _loop_element(root, "ISA_LOOP", Usage.REQUIRED, None, 10, "interchange")
    writing.use(interchange, envelope_uses.isa(), 10)
    writing.use(interchange, envelope_uses.ta1(), 20)
    groups = _loop_element(interchange, "GS_LOOP", Usage.REQUIRED, None, 30, "group")
    writing.use(groups, envelope_uses.gs(group, versions), 10)
    if exported:
        sets = _loop_element(groups, "ST_LOOP", Usage.REQUIRED, None, 20, "set")
        writing.parts(sets, exported.root)
    writing.use(groups, envelope_uses.ge(), 30)
    writing.use(interchange, envelope_uses.ta1(), 40)  # it belongs before the groups, and is sent behind them
    writing.use(interchange, envelope_uses.iea(), 50)
    return root


def _loop_element(parent: ET.Element, xid: str, usage: Usage, repeat: int | None, pos: int, label: str) -> ET.Element:
    return ET.SubElement(
        parent,
        "loop",
        xid=xid,
        name=label or _LABEL_MISSING,
        usage=usage.value,
        pos=f"{pos:04}",
        repeat=_most(repeat),
    )


def _most(count: int | None) -> str:
    return ">1" if count is None else str(count)


class _Writing:
    """One map being written; what it uses of the dictionary is collected on the way."""

    def __init__(self, elements: dict[str, Element]) -> None:
        self._elements = elements

    def parts(self, parent: ET.Element, loop: Loop) -> None:
        """The uses and loops of a loop; those of one rank stand at one position."""
        for part, rank in zip(loop.parts, loop.ranks, strict=True):
            pos = (rank + 1) * 10
            if isinstance(part, Use):
                self.use(parent, part, pos)
            else:
                self.parts(_loop_element(parent, part.id, part.usage, part.max, pos, part.label), part)

    def use(self, parent: ET.Element, use: Use, pos: int) -> None:
        """One use of a segment."""
        label = use.label or _LABEL_MISSING
        segment = ET.SubElement(
            parent, "segment", xid=use.id, name=label, usage=use.usage.value, pos=f"{pos:04}", max_use=_most(use.max)
        )
        for note in use.syntax:
            numbers = "".join(f"{number:02}" for number in note.numbers)
            ET.SubElement(segment, "syntax").text = note.relation.value + numbers
        told = {place: values for place, values in use.when if isinstance(place, int)}
        dated = _dated(use)
        for number, element in enumerate(use.elements, 1):
            xid = f"{use.id}{number:02}"
            if isinstance(element, Composite):
                self._composite(segment, element, xid, number)
            else:
                tells = told.get(number)
                listed = _element(segment, element, xid, number)
                listed.set("data_ele", dated.get(number) or self._numbered(element, number, tells))
                _codes(listed, element, tells)
                if tells:
                    listed.set("usage", Usage.REQUIRED.value)

    def _composite(self, segment: ET.Element, composite: Composite, xid: str, number: int) -> None:
        label = composite.label or _LABEL_MISSING
        listed = ET.SubElement(
            segment,
            "composite",
            xid=xid,
            name=label,
            usage=composite.usage.value,
            seq=f"{number:02}",
            repeat=str(composite.repeat),
        )
        for component, part in enumerate(composite.parts, 1):
            below = _element(listed, part, f"{xid}-{component}", component)
            below.set("data_ele", self._numbered(part, component, None))
            _codes(below, part, None)

    def _numbered(self, element: Element, number: int, tells: frozenset[str] | None) -> str:
        """The number in the dictionary for a type and lengths; ours, since theirs would carry X12's names."""
        # See the module: a first ID with codes would decide what the segment is.
        first = number == 1 and element.type == "ID" and tells is None
        kind = "ID" if tells and number == 1 else "AN" if first else element.type
        return self._listed(f"{kind}_{element.min}_{element.max}", kind, element)

    def _listed(self, name: str, kind: str, element: Element) -> str:
        self._elements.setdefault(name, Element(type=kind, min=element.min, max=element.max))
        return name


def _element(parent: ET.Element, element: Element, xid: str, number: int) -> ET.Element:
    return ET.SubElement(
        parent,
        "element",
        xid=xid,
        name=element.label or _LABEL_MISSING,
        usage=element.usage.value,
        seq=f"{number:02}",
    )


def _codes(listed: ET.Element, element: Element, tells: frozenset[str] | None) -> None:
    codes = tells or element.codes
    if codes is None:
        return
    if tells and element.codes is not None and tells != element.codes:
        ET.SubElement(listed, "regex").text = f"^({'|'.join(sorted(element.codes))})$"
    values = ET.SubElement(listed, "valid_codes")
    for code in _ordered(codes):
        ET.SubElement(values, "code").text = code


def _ordered(codes: Iterable[str]) -> list[str]:
    """Backwards, so that 5010 is the first version in ISA12: pyx12 takes the first for the map's own."""
    return sorted(codes, reverse=True)


def _dated(use: Use) -> dict[int, str]:
    """The elements of a segment that pyx12 is to hold against each other: a date and its format."""
    numbers: dict[int, str] = {}
    for date, form in grammar.DATED_ELEMENTS.get(use.id, ()):
        pair = {form: _FORMAT, date: _DATED}
        if all(_has_shape(use, number, name) for number, name in pair.items()):
            numbers |= pair
    return numbers


def _has_shape(use: Use, number: int, name: str) -> bool:
    element, usual = use.elements[number - 1] if number <= len(use.elements) else None, _DATE_ELEMENTS[name]
    return isinstance(element, Element) and (element.type, element.min, element.max) == (
        usual.type,
        usual.min,
        usual.max,
    )
