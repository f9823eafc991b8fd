"""By what the known faults of the engines are recognised: where a finding points, and what stands there.

A value is looked at here and never told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from priorwire.crosscheck.export import VERSIONS
from priorwire.crosscheck.finding import LEFT_OUT, SETS, STOPPED, Finding, Opinion, Spot
from priorwire.crosscheck.layout import Layout
from priorwire.crosscheck.pyx12_peer import ENVELOPE
from priorwire.x12 import Level, Segment, grammar


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything by which a fault may be recognised."""

    layout: Layout
    ours: Opinion
    theirs: Opinion

    def segment(self, finding: Finding) -> Segment | None:
        """The segment that a finding points at; of the envelope the first of its id."""
        spot = finding.spot
        return self.layout.segment(spot.set, spot.position) or self._envelope.get(spot.segment)

    def ours_at(self, finding: Finding) -> list[Finding]:
        """What we find in the same segment."""
        return self._ours_by_place.get((finding.spot.set, finding.spot.position), [])

    def theirs_at(self, finding: Finding) -> list[Finding]:
        """What the peer finds in the same segment."""
        return self._theirs_by_place.get((finding.spot.set, finding.spot.position), [])

    def our_codes(self) -> frozenset[str]:
        """The codes of all that we find."""
        return self._our_codes

    def our_codes_in(self, number: int) -> frozenset[str]:
        """The codes of what we find in one set; 0 is outside of any."""
        return self._our_codes_by_set.get(number, frozenset())

    def is_displaced(self, spot: Spot) -> bool:
        """Whether something of ours at or before a place means that what follows may seem out of place."""
        return self._displaced_from.get(spot.set, spot.position + 1) <= spot.position

    def is_behind_wrong_level(self, spot: Spot) -> bool:
        """Whether at or before a place we find a level to be another than it says."""
        return self._wrong_level_from.get(spot.set, spot.position + 1) <= spot.position

    @cached_property
    def has_tabs(self) -> bool:
        """Whether a tab stands between segments."""
        return any(b"\t" in each for each in self.layout.between())

    @cached_property
    def ids(self) -> Counter[str]:
        """How often each segment id occurs in the whole input."""
        return Counter(segment.id for _, segment in self.layout.segments)

    @cached_property
    def is_mistaken(self) -> bool:
        """Whether some segment would be taken for one of an envelope by how its id begins, or has too many elements."""
        return any(
            segment.id.startswith(prefix) and (segment.id != prefix or len(segment.elements) > most + 1)
            for _, segment in self.layout.segments
            for prefix, most in _BY_PREFIX.items()
        )

    @cached_property
    def has_others_outside(self) -> bool:
        """Whether a segment that is none of an envelope's stands outside of any set."""
        return any(not number and segment.id not in ENVELOPE for number, segment in self.layout.segments)

    @cached_property
    def _envelope(self) -> dict[str, Segment]:
        found: dict[str, Segment] = {}
        for number, each in self.layout.segments:
            if not number:
                found.setdefault(each.id, each)
        return found

    @cached_property
    def _our_codes_by_set(self) -> dict[int, frozenset[str]]:
        found: dict[int, set[str]] = {}
        for each in self.ours.findings:
            found.setdefault(each.spot.set, set()).add(each.code)
        return {number: frozenset(codes) for number, codes in found.items()}

    @cached_property
    def _displaced_from(self) -> dict[int, int]:
        """The first position in each set from which what follows may seem out of place."""
        return self._first_in_sets(lambda each: each.code in _DISPLACING)

    @cached_property
    def _wrong_level_from(self) -> dict[int, int]:
        """The first position in each set of a level that we find to be another than it says."""
        return self._first_in_sets(lambda each: each.code == "L4" and each.spot.segment == "HL")

    def _first_in_sets(self, counts: Callable[[Finding], bool]) -> dict[int, int]:
        """Set -> the first position of those of our findings that count."""
        found: dict[int, int] = {}
        for each in self.ours.findings:
            if counts(each):
                found[each.spot.set] = min(each.spot.position, found.get(each.spot.set, each.spot.position))
        return found

    @cached_property
    def _ours_by_place(self) -> dict[tuple[int, int], list[Finding]]:
        return _by_place(self.ours)

    @cached_property
    def _theirs_by_place(self) -> dict[tuple[int, int], list[Finding]]:
        return _by_place(self.theirs)

    @cached_property
    def _our_codes(self) -> frozenset[str]:
        return frozenset(each.code for each in self.ours.findings)


def _by_place(opinion: Opinion) -> dict[tuple[int, int], list[Finding]]:
    found: dict[tuple[int, int], list[Finding]] = {}
    for each in opinion.findings:
        if each.spot.position:
            found.setdefault((each.spot.set, each.spot.position), []).append(each)
    return found


#: Whether a fault explains a finding that only one side has.
Applies = Callable[[Case, Finding], bool]


def codes(*listed: str) -> Applies:
    """By the finding's code alone."""
    return lambda _, finding: finding.code in listed


def level(*levels: Level) -> Applies:
    """By the level of the rule that we say is broken."""
    return lambda _, finding: finding.level in levels


def did_not_finish(case: Case, finding: Finding) -> bool:
    return bool(case.theirs.stopped) and finding.code != STOPPED


def stopped(name: str, *ours: str) -> Applies:
    """The peer ended by an exception of this name, and we find one of some codes (or any, where none is named)."""

    def applies(case: Case, finding: Finding) -> bool:
        return (
            finding.code == STOPPED and case.theirs.stopped == name and (not ours or bool(case.our_codes() & {*ours}))
        )

    return applies


def no_map(case: Case, finding: Finding) -> bool:
    if finding.code != STOPPED or case.theirs.stopped != "EngineError":
        return False
    kinds = {case.layout.kind(number) for number in range(1, len(case.layout.sets) + 1)}
    return not kinds or bool(kinds - _JUDGED) or bool(case.our_codes() & _UNNAMED)


#: Findings of ours where a group names nothing that a map could be found by.
_UNNAMED = frozenset({"G7", "G15"})


#: The kinds of which pyx12 has our guide.
_JUDGED = frozenset(
    {
        "270",
        "271",
        "278-request",
        "278-response",
        "278-inquiry",
        "278-inquiry-response",
        "278-notice",
        "278-notice-ack",
    }
)


def repeats(case: Case, finding: Finding) -> bool:
    segment = case.segment(finding)
    return (
        segment is not None
        and finding.reports in {"IK4 5", "IK4 6", "IK4 7", "IK4 8", "IK3 8"}
        and len(segment.repeats(finding.spot.element)) > 1
    )


#: Findings of ours after which a tree is no longer the guide's, so that what follows may seem out of place.
_DISPLACING = frozenset({"S1", "S2", "S3", "S5", "S6", "S7", "L1", "L2", "L3", "L4", "L5", "L7", "L9"})


def displaced(case: Case, finding: Finding) -> bool:
    return case.is_displaced(finding.spot)


def wrong_level(case: Case, finding: Finding) -> bool:
    """At or behind a level that we find to be another than it says."""
    return case.is_behind_wrong_level(finding.spot)


def cascade(case: Case, finding: Finding) -> bool:
    structural = {"IK3 1", "IK3 2", "IK3 3", "IK3 4", "IK3 5", "HL1", "HL2"}
    return finding.code in structural and displaced(case, finding)


def numbers_after_mending(case: Case, finding: Finding) -> bool:
    mended = {"L4", "L5", "L7", "L9"}
    return finding.code in {"HL1", "HL2"} and bool(mended & case.our_codes_in(finding.spot.set))


def read_as_another(case: Case, finding: Finding) -> bool:
    return finding.code in {"IK4 1", "IK4 7", "IK4 10"} and displaced(case, finding)


def unknown_segment(case: Case, finding: Finding) -> bool:
    return any(each.code in {"IK3 1", "IK3 2"} for each in case.theirs_at(finding))


def note_again(case: Case, finding: Finding) -> bool:
    return finding.code == "IK3 8" and any(each.spot.element for each in case.ours_at(finding))


def in_composite(_: Case, finding: Finding) -> bool:
    return finding.code in {"E1", "E2", "E8", "E9", "E10"} and finding.spot.component > 0


def text_at(case: Case, finding: Finding) -> str:
    """What stands where a finding points; looked at, never told."""
    segment, spot = case.segment(finding), finding.spot
    if segment is None or not spot.element:
        return ""
    return segment.component(spot.element, spot.component) if spot.component else segment.element(spot.element)


def blanks_at_the_end(case: Case, finding: Finding) -> bool:
    if finding.code in {"AK9 4", "TA1 001", "IK5 3"}:
        return "E15" in case.our_codes()
    return finding.code[:3] == "IK4" and text_at(case, finding).endswith(" ")


def last_terminator(case: Case, finding: Finding) -> bool:
    return finding.code in {"TA1 023", "AK9 3", "IK5 2"} and "I21" in case.our_codes()


def blanks_before(case: Case, finding: Finding) -> bool:
    value = text_at(case, finding)
    return finding.code == "E15" and (value.startswith(" ") or not value.strip(" "))


def date_by_the_guide(case: Case, finding: Finding) -> bool:
    pairs = dict(grammar.DATED_ELEMENTS.get(finding.spot.segment, ()))
    declared = pairs.get(finding.spot.element)
    wrong = any(each.spot.element == declared for each in case.ours_at(finding))
    return finding.code in {"IK4 8", "IK4 9"} and declared is not None and wrong


#: Before this year pyx12 takes no day for one.
_FIRST_YEAR = "1800"


def early_day(case: Case, finding: Finding) -> bool:
    value = text_at(case, finding)
    return finding.code == "IK4 8" and value[:4].isdigit() and value[:4] < _FIRST_YEAR


def zero(case: Case, finding: Finding) -> bool:
    return finding.code in {"I7", "G5"} and not text_at(case, finding).strip("0")


def line_breaks(case: Case, finding: Finding) -> bool:
    return finding.code in {"IK4 5", "IK4 6"} and "I22" in case.our_codes()


def outside_guides(case: Case, finding: Finding) -> bool:
    return finding.spot.set > 0 and case.layout.guide(finding.spot.set) is None


def odd_header(case: Case, finding: Finding) -> bool:
    """pyx12 took the input for something else, and its header is not plain."""
    if finding.code == LEFT_OUT:
        return True
    if finding.code != STOPPED or case.theirs.stopped != "X12Error":
        return False
    if case.ours.stopped or not case.layout.segments:
        return True
    header = case.layout.segments[0][1]
    return (
        header.start > 0
        or header.element(12) not in VERSIONS
        or header.end - header.start != grammar.ISA_TERMINATOR_AT
        or bool(case.our_codes() & {"I1", "I2", "I3", "I22", "I23"})
    )


def lost_by_text(case: Case, finding: Finding) -> bool:
    envelope = {SETS, "TA1 023", "TA1 024", "AK9 3", "IK5 2"}
    return finding.code in envelope and bool(case.our_codes() & {"I1", "I19", "S1", "S11"})


def tab_before(case: Case, finding: Finding) -> bool:
    hidden = finding.code in {"IK3 1", "IK3 2", "IK3 3", "AK9 3", "IK5 2", "TA1 023", "TA1 024", SETS}
    return hidden and case.has_tabs


def own_context(case: Case, finding: Finding) -> bool:
    return case.layout.kind(finding.spot.set) == "999" and finding.spot.segment == "CTX"


def left_open(case: Case, finding: Finding) -> bool:
    return finding.code in {"TA1 024", "AK9 3"} and bool({"T1", "G2"} & case.our_codes())


def segments_outside(case: Case, finding: Finding) -> bool:
    return stopped("AttributeError")(case, finding) and case.has_others_outside


def control_separator(_: Case, finding: Finding) -> bool:
    return finding.code == "IK4 6" and finding.spot.segment == "ISA" and finding.spot.element in {11, 16}


def once_a_group(case: Case, finding: Finding) -> bool:
    return (
        finding.code == "IK4 7" and finding.spot.segment == "GS" and bool(case.our_codes() & {"G9", "G7", "T7", "T9"})
    )


def empty_segment(case: Case, finding: Finding) -> bool:
    return any(each.code == "S8" for each in case.ours_at(finding))


# --- badx12 ---


def beyond_envelopes(_: Case, finding: Finding) -> bool:
    return finding.level > Level.SYNTAX or finding.code[0] in "SLEC" or finding.code in {"G9", "T7", "T8", "T9"}


def only_lengths(_: Case, finding: Finding) -> bool:
    return finding.code[0] in "IGT" and finding.spot.element > 0


def not_from_the_first_byte(case: Case, finding: Finding) -> bool:
    refused = stopped("InvalidFileTypeError")(case, finding) and not case.layout.segments
    return finding.code == LEFT_OUT or refused


#: How many elements each segment of the envelope has in badx12; an id that begins like one is taken for it.
_BY_PREFIX = {"ISA": 16, "GS": 8, "ST": 3, "SE": 2, "GE": 2, "IEA": 2}


def taken_for_envelope(case: Case, finding: Finding) -> bool:
    if finding.code == STOPPED:
        return case.theirs.stopped in {"IndexError", "ValueError"} and case.is_mistaken
    return finding.spot.segment in {"ST", "SE", "GS", "GE"} and case.is_mistaken


def lost_trailer(case: Case, finding: Finding) -> bool:
    if finding.code not in {STOPPED, SETS}:
        return False
    if case.theirs.stopped not in {"ValueError", "AttributeError"} and finding.code != SETS:
        return False
    absent = bool({"T1", "G1", "G2", "I1", "I5", "I19", "I24"} & case.our_codes()) or any(case.layout.between())
    terminators = {segment.delimiters.segment for _, segment in case.layout.segments}
    return absent or "\n" in terminators


def without_trailer(case: Case, finding: Finding) -> bool:
    counted = finding.code in {SETS, "SegmentCountError", "IDMismatchError"}
    return counted and bool({"T1", "G2"} & case.our_codes())


def counted_in(case: Case, finding: Finding) -> bool:
    return finding.code == "SegmentCountError" and finding.spot.segment == "SE" and case.has_others_outside


def several(case: Case, finding: Finding) -> bool:
    return finding.spot.segment in {"ISA", "IEA"} and case.ids["ISA"] > 1


def long_time(_: Case, finding: Finding) -> bool:
    return finding.spot.segment == "GS" and finding.spot.element == _GS_TIME and finding.reports == "IK4 5"


_GS_TIME = 5


def fixed_lengths(case: Case, finding: Finding) -> bool:
    return finding.code == "FieldValidationError" and finding.spot.segment == "ISA" and "I1" in case.our_codes()
