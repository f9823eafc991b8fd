"""A 271: what the payer says about each patient's coverage (005010X279A1).

One `Coverage` a patient. The status is only what an EB says; a rejection without one is *not
found* or *rejected*, and neither is ever *inactive*. Statements about the plan as a whole
(service type 30, or none) outweigh those about single services; two that contradict each other
leave the status unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from priorwire.mapping import benefit_codes
from priorwire.mapping.benefits import Dated, benefit, cautions, dated, plan, service_types
from priorwire.mapping.patient_facts import corrected, diagnoses, military, patient_provider
from priorwire.mapping.said import inner_loops, is_level, level_segments, party, rejections, text, traces
from priorwire.mapping.trace import Found, Reading, Spot, Trace
from priorwire.model.authorization import Rejection
from priorwire.model.eligibility import Coverage, CoverageStatus
from priorwire.model.parties import PartySaid
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import Segment

_LEVELS = frozenset({"2000A", "2000B", "2000C", "2000D"})
_ABOUT = {"2000A": "payer", "2000B": "provider", "2000C": "subscriber", "2000D": "dependent"}
#: The plan as a whole.
_WHOLE_PLAN = "30"


def read_271(root: LoopNode, *, interchange: int = 1, transaction_set: int = 1) -> tuple[Reading[Coverage], ...]:
    """What a 271 says, one reading a patient, each value with its source.

    Args:
        root: the set, placed by its guide (`priorwire.x12.place`).
        interchange: ordinal of its interchange in the payload, from 1; goes into the sources.
        transaction_set: ordinal of the set in the payload, from 1.

    Returns:
        At least one reading. Never raises for what a payer sent.
    """
    if not root.items:
        return ()
    found = []
    for levels in _patients(root, (root,)):
        trace = Trace(interchange=interchange, transaction_set=transaction_set)
        record = _coverage(root, levels, trace)
        found.append(Reading(record=record, sources=trace.sources))
    return tuple(found)


def _patients(node: LoopNode, so_far: tuple[LoopNode, ...]) -> Iterator[tuple[LoopNode, ...]]:
    """The levels of each patient. A subscriber above dependents is a patient too where it has benefits itself."""
    below = [each for each in node.loops() if each.id in _LEVELS and is_level(each)]
    if not below or (node.id == "2000C" and _benefit_loops(node)):
        yield so_far
    for each in below:
        yield from _patients(each, (*so_far, each))


def _benefit_loops(level: LoopNode) -> list[LoopNode]:
    return [node for node in inner_loops(level) if node.opener is not None and node.opener.id == "EB"]


def _coverage(root: LoopNode, levels: tuple[LoopNode, ...], trace: Trace) -> Coverage:
    by_id = {level.id: level for level in levels}
    patient, loops = levels[-1], _benefit_loops(levels[-1])
    refused = _rejections(levels)
    when = _dates(by_id)
    subscriber, dependent = by_id.get("2000C"), by_id.get("2000D")
    return Coverage(
        status=trace.must("status", _status(patient, loops, refused)),
        payer=trace.take("payer", party(by_id.get("2000A"), "payer")),
        provider=trace.take("provider", party(by_id.get("2000B"), "provider")),
        subscriber=trace.take("subscriber", _person(subscriber, "subscriber")),
        patient=trace.take("patient", _person(dependent or subscriber, "patient")),
        plan=trace.take("plan", _plan(loops)),
        plan_dates=trace.take_all("plan_dates", when),
        diagnoses=trace.take_all("diagnoses", diagnoses(dependent or subscriber)),
        corrected=trace.take("corrected", corrected(dependent or subscriber)),
        military=trace.take("military", military(dependent or subscriber)),
        patient_provider=trace.take("patient_provider", patient_provider(dependent or subscriber)),
        benefits=tuple(benefit(loop, when, trace.at(f"benefits[{index}]")) for index, loop in enumerate(loops)),
        rejections=trace.take_all("rejections", refused),
        traces=trace.take_all("traces", traces(_traces(levels))),
        reference=trace.take("reference", text(root.first("BHT"), 3, "reference of the transaction")),
        cautions=trace.take_all("cautions", cautions(loops)),
    )


def _person(level: LoopNode | None, rule: str) -> Found[PartySaid] | None:
    """A person; PRV in the same loop tells of who takes care of them, and is no trade of their own."""
    found = party(level, rule)
    if found is None or found.value.taxonomy is None:
        return found
    return Found(replace(found.value, taxonomy=None), found.spot, found.rule, found.spots, found.also)


def _traces(levels: tuple[LoopNode, ...]) -> list[Segment]:
    """The patient's first: that is where ours comes back."""
    return [segment for level in reversed(levels[1:]) for segment in level_segments(level, "TRN")]


def _rejections(levels: tuple[LoopNode, ...]) -> list[Found[Rejection]]:
    found: list[Found[Rejection]] = []
    for level in levels:
        for node in inner_loops(level):
            under_benefit = node.opener is not None and node.opener.id == "EB"
            about = "benefit" if under_benefit else _ABOUT.get(level.id, "transaction")
            found += rejections(node.all("AAA"), about)
    return found


def _dates(by_id: dict[str, LoopNode]) -> list[Found[Dated]]:
    """Those of the patient; of the subscriber, where the dependent has none of the same name."""
    own: list[Found[Dated]] = []
    for level_id, rule in (("2000D", "date of the patient"), ("2000C", "date of the subscriber")):
        level = by_id.get(level_id)
        if level is None:
            continue
        segments = [each for node in inner_loops(level) if not _is_benefit(node) for each in node.all("DTP")]
        named = {each.value[0] for each in own}
        own += [each for each in dated(segments, rule) if each.value[0] not in named]
    return own


def _is_benefit(node: LoopNode) -> bool:
    each: LoopNode | None = node
    while each is not None and not is_level(each):
        if each.opener is not None and each.opener.id == "EB":
            return True
        each = each.parent
    return False


# --- the status ---------------------------------------------------------------------------------------------


def _status(patient: LoopNode, loops: list[LoopNode], refused: list[Found[Rejection]]) -> Found[CoverageStatus]:
    above = [each for each in refused if each.value.about != "benefit"]
    stated = _stated([loop.segments[0] for loop in loops])
    if stated is not None:
        return stated
    if above:
        return _refused(above)
    opener = patient.opener or patient.segments[0]
    return Found(CoverageStatus.UNKNOWN, Spot(segment=opener, element=0), "nothing here says it")


def _refused(found: list[Found[Rejection]]) -> Found[CoverageStatus]:
    for each in found:
        if each.value.code in benefit_codes.NOT_FOUND:
            return each.named(CoverageStatus.NOT_FOUND).under("the person was not found")
    return found[0].named(CoverageStatus.REJECTED).under("the inquiry was refused")


def _stated(segments: list[Segment]) -> Found[CoverageStatus] | None:
    """What the EB rows say, of the whole plan if any does."""
    rows = [each for each in segments if each.element(1).strip() in benefit_codes.COVERAGE]
    if not rows:
        return None
    whole = [each for each in rows if _types(each) <= {_WHOLE_PLAN} or _WHOLE_PLAN in _types(each)]
    spots = [Spot(segment=each, element=1) for each in whole or rows]
    said = {benefit_codes.COVERAGE[spot.read()] for spot in spots}
    if len(said) == 1:
        return Found(said.pop(), spots[0], "benefit information of the plan" if whole else "benefit information")
    if whole or _contradicting(rows):
        return Found(CoverageStatus.UNKNOWN, spots[0], "statements that contradict each other")
    active = next(spot for spot in spots if benefit_codes.COVERAGE[spot.read()] is CoverageStatus.ACTIVE)
    return Found(CoverageStatus.ACTIVE, active, "active for some services")


def _contradicting(rows: list[Segment]) -> bool:
    """Whether one service is said to be covered and not to be covered."""
    by_type: dict[str, set[CoverageStatus]] = {}
    for row in rows:
        for each in _types(row):
            by_type.setdefault(each, set()).add(benefit_codes.COVERAGE[row.element(1).strip()])
    return any(len(said) > 1 for said in by_type.values())


def _types(segment: Segment) -> set[str]:
    return {each.value for each in service_types(segment)}


def _plan(loops: list[LoopNode]) -> Found[str] | None:
    """The plan's name on the row about the whole plan, else of the first row that states the coverage and names one."""
    rows = [loop.segments[0] for loop in loops if loop.segments[0].element(1).strip() in benefit_codes.COVERAGE]
    for row in sorted(rows, key=lambda each: _WHOLE_PLAN not in _types(each)):
        found = plan(row)
        if found:
            return found
    return None
