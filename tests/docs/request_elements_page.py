"""The page about what of a guide our requests reach, made of `request_reach` and `not_built`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.docs import not_built
from tests.docs.request_reach import Known, Reached, guide_of, known, reach, tried

_TITLES = {
    "005010X217": "Request for review: 278, 005010X217",
    "005010X279A1": "Eligibility: 270, 005010X279A1",
    "005010X215": "Inquiry about a review: 278, 005010X215",
    "006020X316": "Documents: 275, 006020X316",
    "005010X211": "Documents: 275, 005010X211",
}


@dataclass(frozen=True, kw_only=True)
class Missing:
    """One element that is not reached, or some codes of one that is."""

    path: str
    #: Empty where the element as a whole is not reached.
    codes: frozenset[str] = frozenset()


def missing(guide_id: str) -> Iterator[Missing]:
    """What of a guide nothing reaches."""
    found = reach(guide_id)
    for path, element in known(guide_of(guide_id)).items():
        said = found.values.get(path)
        if not said:
            yield Missing(path=path)
        elif element.codes is not None and path not in found.open and element.codes - said:
            yield Missing(path=path, codes=element.codes - said)


def reasons(guide_id: str, each: Missing) -> dict[str, str]:
    """Why it is not sent: for the element (under ``""``), or for each of its codes that has a reason."""
    if not each.codes:
        said = [why for place, why in not_built.ELEMENTS[guide_id].items() if fnmatchcase(each.path, place)]
        return {"": said[0]} if said else {}
    found: dict[str, str] = {}
    for (place, codes), why in not_built.CODES[guide_id].items():
        if fnmatchcase(each.path, place):
            listed = each.codes if codes == "*" else frozenset(codes.split()) & each.codes
            found |= {code: why for code in listed if code not in found}
    return found


def request_elements_page(made: str) -> str:
    """The whole page; `made` says how it is made anew."""
    return "\n".join(
        (
            "# What a request reaches",
            "",
            made,
            "",
            "Which field of the JSON fills which element, found by building requests that say everything and changing",
            "one field at a time. *Always* is a code that the guide leaves no choice about, or that follows from",
            "something being there. `[]` stands for each of a list. What no field fills stands below each table, with",
            "the reason; a test holds both to the guide and to the code.",
            "",
            *(line for guide_id in tried() for line in _section(guide_id)),
        )
    )


def _section(guide_id: str) -> Iterator[str]:
    elements, found = known(guide_of(guide_id)), reach(guide_id)
    sent = [each for each in elements.values() if found.values.get(each.path)]
    yield from (f"## {_TITLES[guide_id]}", "")
    yield from (f"{len(sent)} of {len(elements)} elements and components can be filled.", "")
    yield from ("| Loop | Segment | Elements and what fills them |", "|---|---|---|")
    for (loop, segment), group in _by_segment(sent).items():
        yield f"| {loop} | `{segment}` | {'; '.join(_filled(each, found) for each in group)} |"
    yield from ("", "Not built:", "", "| Where | Why |", "|---|---|")
    yield from (f"| {', '.join(places)} | {why} |" for why, places in _grouped(guide_id).items())
    yield ""


def _by_segment(elements: list[Known]) -> Mapping[tuple[str, str], list[Known]]:
    found: dict[tuple[str, str], list[Known]] = defaultdict(list)
    for each in elements:
        loop, segment, _ = _parts(each.path)
        found[loop, segment].append(each)
    return found


def _parts(path: str) -> tuple[str, str, str]:
    """Loop, segment with its telling codes, element."""
    loop, rest = path.split("/", 1)
    segment, element = rest.rsplit("/", 1)
    return loop, segment, element


def _filled(each: Known, found: Reached) -> str:
    element = _parts(each.path)[2]
    names = found.fields.get(each.path)
    if names:
        return f"{element} " + " or ".join(name if name.startswith("(") else f"`{name}`" for name in names)
    codes = sorted(found.values[each.path])
    return f"{element} always" + (f" {' or '.join(codes)}" if each.codes is not None and len(codes) < _FEW else "")


_FEW = 4


def _grouped(guide_id: str) -> Mapping[str, list[str]]:
    """Reason -> the places, those of one segment together."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for each in missing(guide_id):
        loop, segment, element = _parts(each.path)
        codes: dict[str, list[str]] = defaultdict(list)
        for code, why in reasons(guide_id, each).items():
            codes[why].append(code)
        for why, listed in codes.items():
            what = f" ({' '.join(sorted(listed))})" if each.codes else ""
            found[why][f"{loop} {re.sub(r'[|]', '/', segment)}"].append(f"{element}{what}")
    return {
        why: [f"{place} {', '.join(elements)}" for place, elements in places.items()] for why, places in found.items()
    }
