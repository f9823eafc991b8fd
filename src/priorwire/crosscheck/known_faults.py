"""What is known to be wrong with the engines, or beyond them, as data.

A difference between two engines is either one of these or something to look at. A fault is a row: its
name, the engine, the version it was last seen in, one sentence, which side of a difference it explains,
and how it is recognised. Rules for editing:

* a row explains as little as it can: by the finding's code and place, and by what stands there;
* one row in `tests/unit/crosscheck/test_known_faults.py` shows each fault at work, so that a version of
  the engine without it is noticed, and the row can go;
* what our own engine does on purpose and others do not stands here too, under our name.

Not in the table, since they make no difference in findings, and still reasons not to lean on a peer:
pyx12 opens files as ASCII (it is handed text here); it cannot make a TA1; its 999 says 005010X231 where
X231A1 is in force; it parses its maps anew for each input and keeps two kilobytes a set to the end.
badx12 writes segments without their separators, so what it emits must never be stored or sent; it takes
the text of a message for a file's name first; a second ISA is skipped and its groups join the first.
"""

from __future__ import annotations

from dataclasses import dataclass

from priorwire.crosscheck import recognising as seen
from priorwire.crosscheck.recognising import Applies
from priorwire.x12 import Level


@dataclass(frozen=True, kw_only=True)
class KnownFault:
    """One thing that an engine does not do, or does wrong."""

    #: A short name that stays.
    name: str
    engine: str
    #: The version in which it was last seen; ours is this one.
    version: str
    says: str
    #: Whether it explains what only the peer finds (or nobody but the peer misses), or what only we find.
    theirs: bool
    applies: Applies


_PYX12, _BADX12, _OURS = ("pyx12", "4.0.0"), ("badx12", "0.2.1"), ("priorwire", "")


def _fault(whose: tuple[str, str], name: str, says: str, applies: Applies, *, theirs: bool) -> KnownFault:
    engine, version = whose
    return KnownFault(name=name, engine=engine, version=version, says=says, theirs=theirs, applies=applies)


# fmt: off
KNOWN_FAULTS: tuple[KnownFault, ...] = (
    # --- what pyx12 alone finds ---
    _fault(_PYX12, "repeats-not-split",
        "It does not split repeats: EB03 with two service types is one that is too long and unknown.",
        seen.repeats, theirs=True),
    _fault(_PYX12, "leading-blank",
        "It takes blanks between a terminator and the next segment for a fault of that segment.",
        seen.codes("LEAD"), theirs=True),
    _fault(_PYX12, "tab-before",
        "It takes a tab between a terminator and the next segment for a part of its id, which it then does not know.",
        seen.tab_before, theirs=True),
    _fault(_PYX12, "last-terminator",
        "It does not read a last segment without its terminator.",
        seen.last_terminator, theirs=True),
    _fault(_PYX12, "left-open-again",
        "It reports a missing trailer once more at the trailer around it.",
        seen.left_open, theirs=True),
    _fault(_PYX12, "own-999-map",
        "It judges a 999 by its own map, which has one CTX at a place and no position or reference of two parts.",
        seen.own_context, theirs=True),
    _fault(_PYX12, "note-again",
        "It reports a missing element a second time as a broken relational note of the segment.",
        seen.note_again, theirs=True),
    _fault(_PYX12, "empty-segment-again",
        "Of a segment without elements it also misses each required one.",
        seen.empty_segment, theirs=True),
    _fault(_PYX12, "control-separator",
        "It takes a control character that ISA declares as a separator for bad data.",
        seen.control_separator, theirs=True),
    _fault(_PYX12, "cascade",
        "After a missing or unknown segment it loses its place: what follows in the loop is unknown, "
        "too often, or missed.",
        seen.cascade, theirs=True),
    _fault(_PYX12, "read-as-another",
        "Behind a segment that it could not place, it reads what follows as another segment of the same id.",
        seen.read_as_another, theirs=True),
    _fault(_PYX12, "no-map",
        "It has no map for this transaction: it ships none, and none of our guides could be exported.",
        seen.no_map, theirs=True),
    _fault(_PYX12, "only-plain-headers",
        "It takes an input for X12 only if it begins with ISA, 106 bytes long, of version 00401 or 00501.",
        seen.odd_header, theirs=True),
    _fault(_PYX12, "lost-by-text",
        "Text before a segment hides it, and an empty segment ends its reading: sets and trailers are then missing.",
        seen.lost_by_text, theirs=True),
    _fault(_PYX12, "date-by-the-guide",
        "It holds a date against the formats that the guide allows, not against the one that is declared.",
        seen.date_by_the_guide, theirs=True),
    _fault(_PYX12, "no-day-before-1800",
        "It takes no day before 1800.",
        seen.early_day, theirs=True),
    _fault(_PYX12, "crash-outside-set",
        "It breaks off at a faulty segment outside of any set, a TA1 for one.",
        seen.segments_outside, theirs=True),
    _fault(_PYX12, "crash-at-components",
        "It breaks off at a composite with too many components.",
        seen.stopped("IndexError", "E12"), theirs=True),
    _fault(_PYX12, "crash-at-period",
        "It breaks off at a period with more than one hyphen.",
        seen.stopped("ValueError", "E8"), theirs=True),
    # --- what pyx12 does not find ---
    _fault(_PYX12, "not-finished",
        "It stopped before it could say.",
        seen.did_not_finish, theirs=False),
    _fault(_PYX12, "no-code-values",
        "It knows no check digits and no shapes of codes.",
        seen.level(Level.CODES), theirs=False),
    _fault(_PYX12, "no-situations",
        "Its maps have no situational rules.",
        seen.level(Level.SITUATIONAL), theirs=False),
    _fault(_PYX12, "unknown-not-looked-into",
        "It does not look at the elements of a segment that it does not know.",
        seen.unknown_segment, theirs=False),
    _fault(_PYX12, "nothing-inside-composites",
        "Inside a composite it checks neither relational notes nor dates, nor whether the first component is there.",
        seen.in_composite, theirs=False),
    _fault(_PYX12, "levels-by-number-alone",
        "It believes an HL03 that does not fit what stands below: it finds what follows unknown, and does not look "
        "into it.",
        seen.wrong_level, theirs=False),
    _fault(_PYX12, "levels-not-counted",
        "It does not hold HL04 against the levels that follow, nor HL02 against the kind of level.",
        seen.codes("L5", "L8"), theirs=False),
    _fault(_PYX12, "versions-not-compared",
        "It does not compare ST03 with GS08, nor either with BHT02: it is handed the guide that we chose.",
        seen.codes("T7", "T9"), theirs=False),
    _fault(_PYX12, "reads-past",
        "It reads past text and line breaks between and in segments, and a missing last terminator, without a word.",
        seen.codes("I19", "I21", "I22", "I26"), theirs=False),
    _fault(_PYX12, "header-by-position",
        "It reads ISA by position and does not see that its separators stand elsewhere, or are the same.",
        seen.codes("I1", "I2"), theirs=False),
    _fault(_PYX12, "ends-at-an-empty-segment",
        "It ends its reading at an empty segment and does not see what stands behind it.",
        lambda case, _: "S11" in case.our_codes(), theirs=False),
    _fault(_PYX12, "blanks-before",
        "It sees blanks behind a seen.value, not those before it.",
        seen.blanks_before, theirs=False),
    _fault(_PYX12, "zero-is-a-number",
        "It takes zero for a control number.",
        seen.zero, theirs=False),
    _fault(_PYX12, "header-element-by-itself",
        "It looks at each element of ISA by itself: whether ISA02 and ISA04 hold what ISA01 and ISA03 announce, "
        "and whether ISA11 goes with the version, it does not see.",
        seen.codes("I27", "I28", "I29"), theirs=False),
    # --- what badx12 alone finds ---
    _fault(_BADX12, "only-from-the-first-byte",
        "It takes an input only if it begins with ISA: a byte order mark or a blank is the end.",
        seen.not_from_the_first_byte, theirs=True),
    _fault(_BADX12, "prefix-is-enough",
        "It takes a segment whose id begins with ST, SE, GS or GE (an STC) for one, and breaks off or miscounts.",
        seen.taken_for_envelope, theirs=True),
    _fault(_BADX12, "trailer-behind-a-blank",
        "It drops line feeds, terminators too, sees no trailer behind a carriage return, a blank or text, "
        "and breaks off without one.",
        seen.lost_trailer, theirs=True),
    _fault(_BADX12, "dropped-without-trailer",
        "It drops a set or group without its trailer, and then miscounts.",
        seen.without_trailer, theirs=True),
    _fault(_BADX12, "counted-in",
        "It counts a TA1 behind a set as a segment of that set.",
        seen.counted_in, theirs=True),
    _fault(_BADX12, "one-interchange",
        "It joins the groups of several interchanges and holds them against the last trailer.",
        seen.several, theirs=True),
    _fault(_BADX12, "time-of-four",
        "It allows four digits in GS05, where seconds may stand.",
        seen.long_time, theirs=True),
    _fault(_BADX12, "header-element-by-element",
        "Of an ISA that is not 106 bytes long it reports each short element.",
        seen.fixed_lengths, theirs=True),
    # --- what badx12 does not find ---
    _fault(_BADX12, "not-finished-either",
        "It stopped before it could say.",
        seen.did_not_finish, theirs=False),
    _fault(_BADX12, "no-guides",
        "It looks at envelopes only: it knows no guide, no element's type and no code.",
        seen.beyond_envelopes, theirs=False),
    _fault(_BADX12, "no-missing-trailers",
        "It does not say that a trailer is absent.",
        seen.codes("T1", "G2", "I5"), theirs=False),
    _fault(_BADX12, "lengths-only",
        "Of the envelope's elements it checks the length, and nothing else.",
        seen.only_lengths, theirs=False),
    _fault(_BADX12, "reads-past-it",
        "It reads past text and line breaks, a missing last terminator and an ISA of another length, without a word.",
        seen.codes("I1", "I19", "I21", "I22", "I26"), theirs=False),
    # --- what our engine does on purpose ---
    _fault(_OURS, "numbers-after-mending",
        "Where an HL02 leads nowhere and the order of the levels is used, their numbers are not counted any more.",
        seen.numbers_after_mending, theirs=True),
    _fault(_OURS, "blanks-once",
        "Blanks behind a value are reported once a set, and are no part of the value.",
        seen.blanks_at_the_end, theirs=True),
    _fault(_OURS, "line-breaks-once",
        "Line breaks inside segments are reported once and are no part of the data.",
        seen.line_breaks, theirs=True),
    _fault(_OURS, "group-in-the-set",
        "A GS that does not go with its sets is reported at the set.",
        seen.once_a_group, theirs=True),
    _fault(_OURS, "no-guide",
        "There is no guide of ours for this transaction; pyx12 has a map of its own, or badx12 looks no further.",
        seen.outside_guides, theirs=True),
    _fault(_OURS, "says-no-guide",
        "That it has no guide is a finding of ours only.",
        seen.codes("T8"), theirs=False),
)
