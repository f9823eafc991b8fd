"""Which element of a guide which field of a request reaches, found by trying.

The maximal requests are built once as they are and once with each leaf changed. What an element
says then shows whether it is reached at all, by which fields, and with which codes. What is
reached by nothing must stand in `not_built.NOT_BUILT`, with a reason.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any

from priorwire.errors import InvalidRequest
from priorwire.mapping import (
    CURRENT_275,
    FORMER_275,
    Body,
    BuildContext,
    Document,
    build_270,
    build_275,
    build_278,
    build_278_inquiry,
)
from priorwire.model.authorization import AuthorizationRequest
from priorwire.x12 import Composite, Element, Guide, LoopNode, Segment, Usage, Use
from priorwire.x12.guides import guides
from priorwire.x12.loops import Placing
from priorwire.x12.writer import SetToWrite, set_segments
from tests import maximal
from tests.unit.mapping.variants import variants

#: Element path (``2010B/NM1/09``, ``2000E/DTP[439]/03``, ``2000E/UM/04-1``) -> what stands there, in order.
Said = dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Known:
    """One element of a guide that may be sent."""

    path: str
    label: str
    codes: frozenset[str] | None


@dataclass(kw_only=True)
class Reached:
    """What trying has shown about one guide."""

    #: Path -> the values that were seen.
    values: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: Path -> the fields that change it, those first that change little else.
    fields: dict[str, list[str]] = field(default_factory=dict)
    #: Paths whose codes are the caller's own: any code of the guide's list can be sent.
    open: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class _Sending:
    """What a 275 is built from."""

    request: AuthorizationRequest
    documents: tuple[Document, ...]
    solicited: bool
    authorization_number: str
    administrative_reference: str


@dataclass(frozen=True, kw_only=True)
class _Asking:
    """What an inquiry is built from."""

    request: AuthorizationRequest
    authorization_number: str | None = None
    administrative_reference: str | None = None


def _build_275(edition: str) -> Callable[[Any, BuildContext], Body]:
    def build(value: _Sending, context: BuildContext) -> Body:
        more = {each.name: getattr(value, each.name) for each in fields(value)[2:]}
        return build_275(value.request, value.documents, context, edition=edition, **more)

    return build


def _build_inquiry(value: _Asking, context: BuildContext) -> Body:
    return build_278_inquiry(
        value.request,
        context,
        authorization_number=value.authorization_number,
        administrative_reference=value.administrative_reference,
    )


def _asked_about(request: AuthorizationRequest) -> AuthorizationRequest:
    """Without what an inquiry never looks at; trying it would only take time."""
    bare = replace(request, attachments=(), other_reviews=(), conditions=())
    return replace(bare, ambulance=None, oxygen=None, home_health=None, spinal_manipulation=None)


def _with_documents() -> _Sending:
    plain = replace(_asked_about(maximal.event()), services=(), providers=(), diagnoses=())
    documents = tuple(
        Document(control_number=f"DOC{number}", content=b"%PDF-1.7 example", loinc="11506-3") for number in range(2)
    )
    return _Sending(
        request=plain,
        documents=documents,
        solicited=False,
        authorization_number="AUTH9",
        administrative_reference="TRACK9",
    )


def tried() -> Mapping[str, tuple[Callable[[Any, BuildContext], Body], tuple[Any, ...]]]:
    """Guide id -> how a body of it is built, and from what."""
    said_small = list(maximal.small_requests())[-1:]
    asking = [_Asking(request=_asked_about(each)) for each in (*maximal.requests()[:2], *said_small)]
    by_number = replace(asking[1], authorization_number="AUTH9", administrative_reference="TRACK9")
    return {
        "005010X217": (build_278, (*maximal.requests()[:2], *list(maximal.small_requests())[-1:])),
        "005010X279A1": (build_270, maximal.inquiries()),
        "005010X215": (_build_inquiry, (*asking, by_number)),
        CURRENT_275: (_build_275(CURRENT_275), (_with_documents(),)),
        FORMER_275: (_build_275(FORMER_275), (_with_documents(),)),
    }


def small(guide_id: str) -> Iterator[Body]:
    """More bodies, to see which codes an element may have."""
    if guide_id in ("005010X217", "005010X215"):
        for request in maximal.small_requests():
            inquired = _build_inquiry(_Asking(request=request), maximal.CONTEXT)
            yield build_278(request, maximal.CONTEXT) if guide_id == "005010X217" else inquired


def guide_of(guide_id: str) -> Guide:
    """The guide that we write by under this id: of the 278's sides the question.

    The inquiry's own tree is not public, and its guide allows whatever the request's does: that one is the measure.
    """
    measure = "005010X217" if guide_id == "005010X215" else guide_id
    return next(each for each in guides() if each.id == measure)


# --- what a guide has ---------------------------------------------------------------------------------------------


def known(guide: Guide) -> dict[str, Known]:
    """Every element and component that a guide allows to be sent, ST and SE apart."""
    return {
        each.path: each
        for loop in guide.root.walk()
        for use in loop.parts
        if isinstance(use, Use) and use.id not in ("ST", "SE")
        for each in _elements(_named(loop.id, loop.uses, use), use)
    }


def _named(loop_id: str, uses: Mapping[str, tuple[tuple[int, Use], ...]], use: Use) -> str:
    """``2000E/DTP[439]`` where a loop has several DTPs, else ``2000E/DTP``."""
    told = "/".join(sorted(code for _, codes in use.when for code in codes))
    return f"{loop_id}/{use.id}[{told}]" if len(uses[use.id]) > 1 else f"{loop_id}/{use.id}"


def _elements(path: str, use: Use) -> Iterator[Known]:
    for number, element in enumerate(use.elements, 1):
        where = f"{path}/{number:02}"
        if element.usage is Usage.NOT_USED:
            continue
        if isinstance(element, Composite):
            for place, part in enumerate(element.parts, 1):
                if part.usage is not Usage.NOT_USED:
                    yield _known(f"{where}-{place}", part)
        else:
            yield _known(where, element)


def _known(path: str, element: Element) -> Known:
    return Known(path=path, label=element.label, codes=element.codes)


# --- what is said -------------------------------------------------------------------------------------------------


def said(guide: Guide, body: Body) -> Said | None:
    """What stands at each element of a body; `None` where a changed code makes a segment that the guide has not."""
    whole = set_segments(SetToWrite(transaction=guide.transaction, control_number="0001", guide_id="", body=body))
    placing = Placing(guide)
    for segment in whole:
        placing.take(segment)
    if placing.unplaced:
        return None
    found: Said = defaultdict(list)
    for node in placing.root.walk():
        for item, index in zip(node.items, node.known, strict=True):
            use = node.guide.parts[index]
            if isinstance(item, Segment) and isinstance(use, Use):
                _read(found, named_in(node, use), item, use)
    return found


def named_in(node: LoopNode, use: Use) -> str:
    return _named(node.guide.id, node.guide.uses, use)


def _read(found: Said, path: str, segment: Segment, use: Use) -> None:
    for number, element in enumerate(use.elements, 1):
        if isinstance(element, Composite):
            for place in range(1, len(element.parts) + 1):
                _note(found, f"{path}/{number:02}-{place}", [segment.component(number, place)])
        else:
            repeats = segment.repeats(number) if element.repeat > 1 else [segment.element(number)]
            _note(found, f"{path}/{number:02}", repeats)


def _note(found: Said, path: str, values: list[str]) -> None:
    found[path] += [value for value in values if value]


# --- trying -------------------------------------------------------------------------------------------------------


@cache
def reach(guide_id: str) -> Reached:
    """What the requests reach of one guide."""
    guide = guide_of(guide_id)
    build, values = tried()[guide_id]
    result = Reached()
    changes: dict[str, Counter[str]] = defaultdict(Counter)
    width: Counter[str] = Counter()
    for value in values:
        plain = said(guide, build(value, maximal.CONTEXT))
        assert plain is not None
        for name, body in _bodies(build, value):
            found = said(guide, body) or plain
            _gather(result, found)
            for path in _differing(plain, found):
                changes[path][name] += 1
                width[name] += 1
        _gather(result, plain)
        result.open |= _open_codes(guide, build, value, plain)
    for body in small(guide_id):
        _gather(result, said(guide, body) or {})
    for path, names in changes.items():
        result.fields[path] = sorted(names, key=lambda name: (width[name] / names[name], name))[:2]
    return result


def _gather(result: Reached, found: Said) -> None:
    for path, values in found.items():
        result.values[path].update(values)


def _differing(one: Said, other: Said) -> Iterator[str]:
    return (path for path in one.keys() | other.keys() if one.get(path, []) != other.get(path, []))


def _bodies(build: Callable[[Any, BuildContext], Body], value: Any) -> Iterator[tuple[str, Body]]:
    """The body of each variant that can be built, with the field that was changed."""
    for path, changed in _variants(value):
        try:
            yield _field(path), build(changed, maximal.CONTEXT)
        except InvalidRequest:
            continue
    for path, changed in variants(maximal.CONTEXT):
        if not path.startswith(("delimiters", "at")):
            yield f"({_CONTEXT.get(path.partition('.')[0], path)})", build(value, changed)
    yield "(time)", build(value, replace(maximal.CONTEXT, at=maximal.CONTEXT.at.replace(day=2, hour=3)))


_CONTEXT = {
    "reference": "number made by us",
    "trace_number": "number made by us",
    "trace_assigner": "payer's setting",
    "payer": "payer's setting",
}


def _variants(value: Any) -> Iterator[tuple[str, Any]]:
    """`variants`, and of a word every other word."""
    yield from ((path, changed) for path, changed in variants(value) if not _LIKE_OTHERS.search(path))
    for path, words in _words(value):
        for word in words:
            yield path, _changed(value, path, word)


#: The n-th of many says what those before it say: what it takes to find out once need not be tried again.
_LIKE_OTHERS = re.compile(r"providers\[([2-9]|1\d)\]|(places|attachments|other_reviews|services)\[([3-9]|1\d)\]")


def _words(value: Any, path: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Every leaf that is one of several words, with all of them."""
    for each, changed in variants(value, path):
        leaf = _leaf(changed, each)
        if isinstance(leaf, Enum) and not _LIKE_OTHERS.search(each):
            yield each, list(type(leaf))


def _steps(path: str) -> list[str | int]:
    return [int(step) if step.isdigit() else step for step in re.findall(r"[a-z_0-9]+", path)]


def _leaf(value: Any, path: str) -> Any:
    for step in _steps(path):
        value = value[step] if isinstance(step, int) else getattr(value, step)
    return value


def _changed(value: Any, path: str, leaf: Any) -> Any:
    return _set(value, _steps(path), leaf)


def _set(value: Any, steps: list[str | int], leaf: Any) -> Any:
    if not steps:
        return leaf
    step, *rest = steps
    if isinstance(step, int):
        return (*value[:step], _set(value[step], rest, leaf), *value[step + 1 :])
    assert is_dataclass(value)
    return replace(value, **{step: _set(getattr(value, step), rest, leaf)})  # type: ignore[type-var]  # asserted


def _field(path: str) -> str:
    plain = re.sub(r"\[\d+\]", "[]", path)
    return plain.removeprefix("request.")


#: What a code of no list looks like: sent where the caller says the code, and nowhere else.
_FOREIGN = "QZ9"


def _open_codes(guide: Guide, build: Callable[[Any, BuildContext], Body], value: Any, plain: Said) -> set[str]:
    """Elements with a code list in which a text of the request stands as it is."""
    listed = {each.path for each in known(guide).values() if each.codes is not None}
    found: set[str] = set()
    for path, _ in variants(value):
        if isinstance(_leaf(value, path), str) and not _LIKE_OTHERS.search(path):
            try:
                foreign = said(guide, build(_changed(value, path, _FOREIGN), maximal.CONTEXT))
            except InvalidRequest:
                continue
            if foreign is not None:
                found |= {each for each in _differing(plain, foreign) if each in listed and _FOREIGN in foreign[each]}
    for setting in ("reviewer_role", "qualifier"):
        payer = replace(maximal.CONTEXT.payer, **{setting: _FOREIGN})
        foreign = said(guide, build(value, replace(maximal.CONTEXT, payer=payer))) or {}
        found |= {each for each in listed if _FOREIGN in foreign.get(each, [])}
    return found
