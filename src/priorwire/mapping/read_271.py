"""A 271: what the payer says about each patient's coverage (005010X279A1).

One `Coverage` a patient. The status is only what an EB says; a rejection without one is *not
found* or *rejected*, and neither is ever *inactive*. Statements about the plan as a whole
(service type 30, or none) outweigh those about single services; two that contradict each other
leave the status unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import replace

from priorwire.mapping import benefit_codes
from priorwire.mapping.benefits import Dated, Inherited, Stated, cautions, dated, opening, plan, stated
from priorwire.mapping.patient_facts import corrected, diagnoses, military, of_patient, patient_provider
from priorwire.mapping.remembered import Remembered, part_of, remembered
from priorwire.mapping.said import party, rejections, text, traces
from priorwire.mapping.trace import Found, Part, Reading, Spot, Trace
from priorwire.model.authorization import Rejection
from priorwire.model.eligibility import Benefit, Coverage, CoverageStatus
from priorwire.model.parties import PartySaid
from priorwire.x12.events import Kept
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import Segment

_LEVELS = frozenset({"2000A", "2000B", "2000C", "2000D"})
_ABOUT = {"2000A": "payer", "2000B": "provider", "2000C": "subscriber", "2000D": "dependent"}
#: The plan as a whole.
_WHOLE_PLAN = "30"


def read_271(
    root: LoopNode,
    *,
    interchange: int = 1,
    transaction_set: int = 1,
    kept: MutableMapping[object, Kept | None] | None = None,
) -> tuple[Reading[Coverage], ...]:
    """What a 271 says, one reading a patient, each value with its source.

    Args:
        root: the set, placed by its guide (`priorwire.x12.place`).
        interchange: ordinal of its interchange in the payload, from 1; goes into the sources.
        transaction_set: ordinal of the set in the payload, from 1.
        kept: where its interchange keeps what came before (`InterchangeStarted.kept`), which makes a batch
            faster to read, and nothing else.

    Returns:
        At least one reading. Never raises for what a payer sent.
    """
    if not root.items:
        return ()
    found, memory = [], remembered(kept)
    for levels in _patients(_Level(root), ()):
        trace = Trace(interchange=interchange, transaction_set=transaction_set)
        record = _coverage(levels, trace, memory)
        found.append(Reading(record=record, sources=trace.sources))
    return tuple(found)


class _Level:
    """One level with everything up to the next, looked through once."""

    __slots__ = ("below", "benefits", "id", "node", "segments")

    def __init__(self, node: LoopNode) -> None:
        self.node = node
        self.id = node.guide.id
        #: The levels directly below.
        self.below: list[LoopNode] = []
        #: The loops that an EB opens, in order.
        self.benefits: list[LoopNode] = []
        #: Id -> its segments with the loop of each, and whether that loop is a benefit's; EB apart.
        self.segments: dict[str, list[tuple[Segment, LoopNode, bool]]] = {}
        self._gather(node, of_benefit=False)

    def _gather(self, node: LoopNode, *, of_benefit: bool) -> None:
        inner: list[LoopNode] = []
        for item in node.items:
            if isinstance(item, Segment):
                self.segments.setdefault(item.elements[0], []).append((item, node, of_benefit))
            elif _opens_benefit(item):
                self.benefits.append(item)
                if len(item.items) > 1:
                    inner.append(item)
            elif not item.is_level:
                inner.append(item)
            elif node is self.node:
                self.below.append(item)
        for each in inner:
            self._gather(each, of_benefit=of_benefit or _opens_benefit(each))

    def all(self, segment_id: str) -> Iterator[Segment]:
        """Its segments of that id."""
        return (each for each, _, _ in self.segments.get(segment_id, ()))


def _opens_benefit(node: LoopNode) -> bool:
    return node.guide.parts[0].id == "EB"


def _patients(level: _Level, above: tuple[_Level, ...]) -> Iterator[tuple[_Level, ...]]:
    """The levels of each patient. A subscriber above dependents is a patient too where it has benefits itself."""
    so_far = (*above, level)
    below = [each for each in level.below if each.id in _LEVELS]
    if not below or (level.id == "2000C" and level.benefits):
        yield so_far
    for each in below:
        yield from _patients(_Level(each), so_far)


def _coverage(levels: Sequence[_Level], trace: Trace, memory: Remembered | None) -> Coverage:
    by_id = {level.id: level.node for level in levels}
    root, patient = levels[0].node, levels[-1]
    refused, when = _rejections(levels), _dates(levels)
    subscriber, dependent = by_id.get("2000C"), by_id.get("2000D")
    person = dependent or subscriber
    own, named = of_patient(person), _person(subscriber, "subscriber")
    parts = [part_of(loop, stated, memory) for loop in patient.benefits]
    rows = _rows(patient.benefits, parts)
    inherited = Inherited(when)
    return Coverage(
        status=trace.must("status", _status(patient.node, rows, refused)),
        payer=_party(by_id.get("2000A"), _payer, trace, memory),
        provider=_party(by_id.get("2000B"), _provider, trace, memory),
        subscriber=trace.take("subscriber", named),
        patient=trace.take("patient", _person(dependent, "patient") if dependent else named and named.by("patient")),
        plan=trace.take("plan", _plan(rows)),
        plan_dates=trace.take_all("plan_dates", when),
        diagnoses=trace.take_all("diagnoses", diagnoses(own)),
        corrected=trace.take("corrected", corrected(own)),
        military=trace.take("military", military(own)),
        patient_provider=trace.take("patient_provider", patient_provider(own)),
        benefits=tuple([_benefit(f"benefits[{index}]", each, inherited, trace) for index, each in enumerate(parts)]),
        rejections=trace.take_all("rejections", refused),
        traces=trace.take_all("traces", traces(_traces(levels))),
        reference=trace.take("reference", text(root.first("BHT"), 3, "reference of the transaction")),
        cautions=trace.take_all("cautions", cautions(patient.benefits, [each.value for each in parts])),
    )


def _benefit(path: str, part: Part[Stated], inherited: Inherited, trace: Trace) -> Benefit:
    return inherited.given_to(trace.take_part(path, part), path, trace)


def _party(
    level: LoopNode | None,
    read: Callable[[LoopNode, Trace], PartySaid | None],
    trace: Trace,
    memory: Remembered | None,
) -> PartySaid | None:
    return trace.take_part("", part_of(level, read, memory)) if level is not None else None


def _payer(level: LoopNode, trace: Trace) -> PartySaid | None:
    return trace.take("payer", party(level, "payer"))


def _provider(level: LoopNode, trace: Trace) -> PartySaid | None:
    return trace.take("provider", party(level, "provider"))


def _person(level: LoopNode | None, rule: str) -> Found[PartySaid] | None:
    """A person; PRV in the same loop tells of who takes care of them, and is no trade of their own."""
    found = party(level, rule)
    if found is None or found.value.taxonomy is None:
        return found
    return Found(replace(found.value, taxonomy=None), found.spot, found.rule, found.spots, found.also)


def _traces(levels: Sequence[_Level]) -> list[Segment]:
    """The patient's first: that is where ours comes back."""
    return [each for level in reversed(levels[1:]) for each in level.all("TRN")]


def _rejections(levels: Sequence[_Level]) -> list[Found[Rejection]]:
    found: list[Found[Rejection]] = []
    for level in levels:
        nearest = _ABOUT.get(level.id, "transaction")
        for segment, node, _ in level.segments.get("AAA", ()):
            found += rejections((segment,), "benefit" if _opens_benefit(node) else nearest)
    return found


def _dates(levels: Sequence[_Level]) -> list[Found[Dated]]:
    """Those of the patient; of the subscriber, where the dependent has none of the same name."""
    own: list[Found[Dated]] = []
    by_id = {level.id: level for level in levels}
    for level_id, rule in (("2000D", "date of the patient"), ("2000C", "date of the subscriber")):
        level = by_id.get(level_id)
        if level is None:
            continue
        segments = [each for each, _, of_benefit in level.segments.get("DTP", ()) if not of_benefit]
        named = {each.value[0] for each in own}
        own += [each for each in dated(segments, rule) if each.value[0] not in named]
    return own


# --- the status ---------------------------------------------------------------------------------------------


#: An EB that decides the coverage, and the service types that it does so for.
_Row = tuple[Segment, frozenset[str]]


def _rows(loops: Sequence[LoopNode], parts: Sequence[Part[Stated]]) -> list[_Row]:
    return [
        (segment, frozenset(part.value.benefit.service_types))
        for loop, part in zip(loops, parts, strict=True)
        if (segment := opening(loop)).element(1).strip() in benefit_codes.COVERAGE
    ]


def _status(patient: LoopNode, rows: Sequence[_Row], refused: list[Found[Rejection]]) -> Found[CoverageStatus]:
    above = [each for each in refused if each.value.about != "benefit"]
    said = _said_of_coverage(rows)
    if said is not None:
        return said
    if above:
        return _refused(above)
    opener = patient.opener or patient.segments[0]
    return Found(CoverageStatus.UNKNOWN, Spot(segment=opener, element=0), "nothing here says it")


def _refused(found: list[Found[Rejection]]) -> Found[CoverageStatus]:
    for each in found:
        if each.value.code in benefit_codes.NOT_FOUND:
            return each.named(CoverageStatus.NOT_FOUND).under("the person was not found")
    return found[0].named(CoverageStatus.REJECTED).under("the inquiry was refused")


def _said_of_coverage(rows: Sequence[_Row]) -> Found[CoverageStatus] | None:
    """What the EB rows say, of the whole plan if any does."""
    if not rows:
        return None
    whole = [segment for segment, types in rows if not types or _WHOLE_PLAN in types]
    spots = [Spot(segment=each, element=1) for each in whole or [segment for segment, _ in rows]]
    said = {benefit_codes.COVERAGE[spot.read()] for spot in spots}
    if len(said) == 1:
        return Found(said.pop(), spots[0], "benefit information of the plan" if whole else "benefit information")
    if whole or _contradicting(rows):
        return Found(CoverageStatus.UNKNOWN, spots[0], "statements that contradict each other")
    active = next(spot for spot in spots if benefit_codes.COVERAGE[spot.read()] is CoverageStatus.ACTIVE)
    return Found(CoverageStatus.ACTIVE, active, "active for some services")


def _contradicting(rows: Sequence[_Row]) -> bool:
    """Whether one service is said to be covered and not to be covered."""
    by_type: dict[str, set[CoverageStatus]] = {}
    for row, types in rows:
        for each in types:
            by_type.setdefault(each, set()).add(benefit_codes.COVERAGE[row.element(1).strip()])
    return any(len(said) > 1 for said in by_type.values())


def _plan(rows: Sequence[_Row]) -> Found[str] | None:
    """The plan's name on the row about the whole plan, else of the first row that states the coverage and names one."""
    for segment, _ in sorted(rows, key=lambda each: _WHOLE_PLAN not in each[1]):
        found = plan(segment)
        if found:
            return found
    return None
