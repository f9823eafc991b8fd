"""What can be wrong with X12, as values.

A finding is never an exception: a bad message from a payer is ordinary. Each `Issue` is a
code, a place and (by its code) what a TA1 or a 999 says about it, so that acknowledging is
a projection of the findings and never a second analysis.

Rules for editing the codes:

* a code is never reused or renumbered; the first letter tells the family
  (I interchange, G group, T transaction set, S segment, E element, C code value, L loop);
* ``says`` is one sentence in our own words, without any value of the message;
* a code that a 999 can report carries the 999 code (005010X231A1); one that it cannot
  (an external code list, a payer's rule) carries none and is never acknowledged.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from .grammar import SEGMENT_ID
from .segments import Segment


class Severity(Enum):
    """How bad: an error makes a set of ours unsendable; a warning is a deviation that was read past."""

    ERROR = "error"
    WARNING = "warning"


class Level(IntEnum):
    """Which kind of rule was broken, by the WEDI SNIP numbering."""

    SYNTAX = 1
    GUIDE = 2
    SITUATIONAL = 4
    CODES = 5
    PAYER = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IssueCode:
    """One kind of finding. There is one object a code, so that two are equal where they are the same."""

    #: e.g. ``E1``.
    code: str
    #: One sentence in our own words.
    says: str
    level: Level = Level.SYNTAX
    severity: Severity = Severity.ERROR
    #: TA105 note code, AK905, IK502, IK304 and IK403 of an acknowledgment that reports it.
    ta105: str | None = None
    ak905: str | None = None
    ik502: str | None = None
    ik304: str | None = None
    ik403: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the input: as precise as the finding allows."""

    #: Segment id, ``""`` where no segment could be made out.
    segment: str = ""
    #: Number of the segment in its transaction set, ST being 1 (IK302); 0 outside a set.
    position: int = 0
    element: int | None = None
    component: int | None = None
    #: Which repeat of the element, the first being 1.
    repeat: int | None = None
    #: Loop of the guide, e.g. ``2010C``.
    loop: str | None = None
    #: Byte range in the input: first byte, and one past the last.
    start: int = 0
    end: int = 0

    def __str__(self) -> str:
        where = f"{self.segment}{self.element:02}" if self.element else self.segment
        where += f"-{self.component}" if self.component else ""
        where += f" repeat {self.repeat}" if self.repeat and self.repeat > 1 else ""
        return " ".join(filter(None, (self.loop, where, f"(segment {self.position})" if self.position else "")))


def place_of(
    segment: Segment,
    *,
    element: int | None = None,
    component: int | None = None,
    repeat: int | None = None,
    loop: str | None = None,
) -> Place:
    """The place of a segment that was read, or of a part of it.

    What stands where a segment id should and is none may be anything, a name too: it is left out.
    """
    name = segment.elements[0]
    return Place(
        segment=name if SEGMENT_ID.fullmatch(name) else "",
        position=segment.number,
        element=element,
        component=component,
        repeat=repeat,
        loop=loop or None,
        start=segment.start,
        end=segment.end + 1,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One finding."""

    code: IssueCode
    place: Place
    #: What the guide or the payer's overlay adds, in our own words: which rule, what to do. Never a value.
    detail: str = ""
    #: Overrides the code's severity: a guide that is known only from samples cannot call anything an error.
    weight: Severity | None = None
    #: What called for it, where the finding is that a situational rule is broken: CTX of a 999.
    trigger: Place | None = None

    @property
    def severity(self) -> Severity:
        """How bad it is here."""
        return self.weight or self.code.severity

    @property
    def is_error(self) -> bool:
        """Whether a set of ours with this finding may not be sent."""
        return self.severity is Severity.ERROR

    @property
    def says(self) -> str:
        """The whole sentence: place, rule, what to do, code."""
        text = f"{self.place}: {self.code.says}" if str(self.place) else self.code.says
        return f"{text} {self.detail}".rstrip() + f" [{self.code.code}]"


#: Every code there is, by its short name.
ISSUE_CODES: dict[str, IssueCode] = {}


def _code(
    code: str,
    says: str,
    *,
    level: Level = Level.SYNTAX,
    severity: Severity = Severity.ERROR,
    ta105: str | None = None,
    ak905: str | None = None,
    ik502: str | None = None,
    ik304: str | None = None,
    ik403: str | None = None,
) -> IssueCode:
    made = IssueCode(
        code=code,
        says=says,
        level=level,
        severity=severity,
        ta105=ta105,
        ak905=ak905,
        ik502=ik502,
        ik304=ik304,
        ik403=ik403,
    )
    if code in ISSUE_CODES:
        raise ValueError(f"issue code {code} is taken: a code is never reused")
    ISSUE_CODES[code] = made
    return made


_WARNING = Severity.WARNING

# I: the interchange. TA105 note codes.
ISA_NOT_FIXED = _code(
    "I1",
    "The ISA is not 106 bytes long as X12 fixes it; it was read by its separators.",
    severity=_WARNING,
    ta105="022",
)
DELIMITERS_CLASH = _code(
    "I2", "Two of the four delimiters that the ISA declares are the same or cannot be delimiters.", ta105="027"
)
REPETITION_NOT_DECLARED = _code(
    "I3", "ISA11 declares no repetition separator; repeats are not split.", severity=_WARNING, ta105="002"
)
INTERCHANGE_NUMBERS_DIFFER = _code("I4", "The control numbers in ISA13 and IEA02 differ.", ta105="001")
IEA_MISSING = _code("I5", "The interchange ends without an IEA.", ta105="023")
GROUP_COUNT_WRONG = _code("I6", "IEA01 is not the number of groups.", ta105="021")
INTERCHANGE_NUMBER_INVALID = _code("I7", "ISA13 is not a number of nine digits above zero.", ta105="018")
AUTHORIZATION_QUALIFIER = _code("I8", "ISA01 is not a known qualifier.", severity=_WARNING, ta105="010")
SECURITY_QUALIFIER = _code("I9", "ISA03 is not a known qualifier.", severity=_WARNING, ta105="012")
SENDER_QUALIFIER = _code("I10", "ISA05 is not a known qualifier.", severity=_WARNING, ta105="005")
SENDER_ID = _code("I11", "ISA06 names no sender.", ta105="006")
RECEIVER_QUALIFIER = _code("I12", "ISA07 is not a known qualifier.", severity=_WARNING, ta105="007")
RECEIVER_ID = _code("I13", "ISA08 names no receiver.", ta105="008")
INTERCHANGE_DATE = _code("I14", "ISA09 is not a date.", severity=_WARNING, ta105="014")
INTERCHANGE_TIME = _code("I15", "ISA10 is not a time of day.", severity=_WARNING, ta105="015")
INTERCHANGE_VERSION = _code("I16", "ISA12 is not a version number of five digits.", severity=_WARNING, ta105="017")
ACK_REQUESTED = _code("I17", "ISA14 is neither 0 nor 1.", severity=_WARNING, ta105="019")
USAGE_INDICATOR = _code("I18", "ISA15 is neither P, T nor I.", severity=_WARNING, ta105="020")
TEXT_BETWEEN = _code("I19", "There is text here that is no segment; it was read past.", severity=_WARNING, ta105="022")
SEGMENT_OUTSIDE = _code(
    "I20", "This segment stands outside any transaction set and is no envelope segment.", ta105="024"
)
TERMINATOR_MISSING = _code(
    "I21", "The last segment has no terminator; the input may be cut off.", severity=_WARNING, ta105="004"
)
LINE_BREAK_INSIDE = _code(
    "I22", "A line break stands inside a segment; it was read past.", severity=_WARNING, ta105="022"
)
HEADER_UNREADABLE = _code("I23", "An ISA here has too few elements to read the interchange by.", ta105="022")
TRAILER_OUTSIDE = _code("I24", "This trailer closes nothing that was opened.", ta105="022")
NO_GROUPS = _code("I25", "The interchange holds neither a group nor a TA1.", severity=_WARNING, ta105="022")
MARK_BEFORE = _code(
    "I26", "A byte order mark stands before the interchange; it was read past.", severity=_WARNING, ta105="022"
)
AUTHORIZATION_MISSING = _code(
    "I27", "ISA01 announces an authorization that ISA02 does not hold.", severity=_WARNING, ta105="011"
)
SECURITY_MISSING = _code("I28", "ISA03 announces a password that ISA04 does not hold.", severity=_WARNING, ta105="013")
STANDARD_ID = _code(
    "I29", "ISA11 is not U, the standards id of an interchange before 00402.", severity=_WARNING, ta105="016"
)
INTERCHANGE_NUMBER_REUSED = _code(
    "I30",
    "ISA13 stands in an earlier interchange between the same two parties here.",
    severity=_WARNING,
    ta105="025",
)
HEADER_REPEATED = _code("I31", "This header stands twice running; one of the two was read past.", ta105="022")

# G: the functional group. AK905 codes; a 999 has none for a GS whose elements are wrong, a TA1 has 024.
GS_MISSING = _code("G1", "A transaction set stands outside any group: its GS is missing.", ta105="024")
GE_MISSING = _code("G2", "The group ends without a GE.", ak905="3")
GROUP_NUMBERS_DIFFER = _code("G3", "The control numbers in GS06 and GE02 differ.", ak905="4")
SET_COUNT_WRONG = _code("G4", "GE01 is not the number of transaction sets.", ak905="5")
GROUP_NUMBER_INVALID = _code("G5", "GS06 is not a number of one to nine digits above zero.", ak905="6")
GROUP_NUMBER_REUSED = _code("G6", "GS06 stands in an earlier group of this interchange.", ak905="19")
GROUP_VERSION_MISSING = _code(
    "G7", "GS08 names no version: six digits, and the id of a guide behind them.", severity=_WARNING, ak905="2"
)
GROUP_EMPTY = _code("G8", "The group holds no transaction set.", severity=_WARNING, ak905="5")
FUNCTIONAL_GROUP_DIFFERS = _code(
    "G9", "GS01 is not the code that this transaction travels under.", level=Level.GUIDE, severity=_WARNING, ik502="18"
)
GROUP_SENDER = _code("G10", "GS02 is not a code of 2 to 15 characters.", severity=_WARNING, ta105="024")
GROUP_RECEIVER = _code("G11", "GS03 is not a code of 2 to 15 characters.", severity=_WARNING, ta105="024")
GROUP_DATE = _code("G12", "GS04 is not a date of eight digits.", severity=_WARNING, ta105="024")
GROUP_TIME = _code("G13", "GS05 is not a time of day.", severity=_WARNING, ta105="024")
GROUP_AGENCY = _code("G14", "GS07 is not X, the agency of these standards.", severity=_WARNING, ta105="024")
FUNCTIONAL_GROUP_INVALID = _code("G15", "GS01 is not a code of two letters or digits.", severity=_WARNING, ak905="1")
GROUP_HEADER_LONG = _code("G16", "The GS has more than eight elements.", severity=_WARNING, ta105="024")

# T: the transaction set. IK502 codes.
SE_MISSING = _code("T1", "The transaction set ends without an SE.", ik502="2")
SET_NUMBERS_DIFFER = _code("T2", "The control numbers in ST02 and SE02 differ.", ik502="3")
SEGMENT_COUNT_WRONG = _code("T3", "SE01 is not the number of segments from ST to SE.", ik502="4")
SET_ID_INVALID = _code("T4", "ST01 is not a transaction set id of three digits.", ik502="6")
SET_NUMBER_INVALID = _code("T5", "ST02 is not a control number of four to nine characters.", ik502="7")
SET_NUMBER_REUSED = _code("T6", "ST02 stands in an earlier set of this group.", ik502="23")
GUIDE_IDS_DIFFER = _code("T7", "ST03 and GS08 name different implementation guides.", severity=_WARNING, ik502="19")
GUIDE_UNKNOWN = _code(
    "T8",
    "No implementation guide here covers this transaction set; only its syntax was checked.",
    level=Level.GUIDE,
    severity=_WARNING,
    ik502="I6",
)
GUIDE_ASSUMED = _code(
    "T9",
    "The guide that ST03 or GS08 names does not fit this transaction; it was read by its purpose and content.",
    level=Level.GUIDE,
    severity=_WARNING,
    ik502="19",
)

# S: a segment. IK304 codes.
SEGMENT_ID_UNKNOWN = _code("S1", "This is not a segment id.", ik304="1")
SEGMENT_UNEXPECTED = _code("S2", "The guide does not have this segment here.", ik304="2")
SEGMENT_MISSING = _code("S3", "A required segment is absent.", ik304="3")
SEGMENT_TOO_OFTEN = _code("S4", "The segment stands here more often than the guide allows.", ik304="5")
SEGMENT_NOT_IN_SET = _code("S5", "The guide has no such segment anywhere in this transaction.", ik304="6")
SEGMENT_OUT_OF_SEQUENCE = _code("S6", "The segment is out of sequence.", ik304="7")
SEGMENT_NOT_USED = _code("S7", "The guide says that this segment is not used.", level=Level.GUIDE, ik304="I4")
SEGMENT_EMPTY = _code("S8", "The segment has no data element.", ik304="8")
TRAILING_SEPARATORS = _code("S9", "The segment ends in separators without data.", severity=_WARNING, ik304="8")
COUNTED_LENGTH_WRONG = _code(
    "S10",
    "The declared length of the binary data does not end at a terminator; the data was read up to the next one.",
    ik304="8",
)
TERMINATOR_REPEATED = _code("S11", "A segment terminator without a segment before it.", severity=_WARNING, ta105="022")
DEPENDENT_SEGMENT_MISSING = _code(
    "S12", "A segment is absent that this situation calls for.", level=Level.SITUATIONAL, ik304="I6"
)
DEPENDENT_SEGMENT_PRESENT = _code(
    "S13", "The segment is not to be sent in this situation.", level=Level.SITUATIONAL, ik304="I9"
)

# L: loops and the hierarchy. IK304 codes.
LOOP_MISSING = _code("L1", "A required loop is absent.", level=Level.GUIDE, ik304="I7")
LOOP_TOO_OFTEN = _code("L2", "The loop stands here more often than the guide allows.", ik304="4")
LOOP_NOT_USED = _code("L3", "The guide says that this loop is not used.", level=Level.GUIDE, ik304="I4")
LOOP_UNRECOGNISED = _code(
    "L4", "No loop of the guide begins like this here; what belongs to it was kept apart.", ik304="2"
)
HL_PARENT_INVALID = _code(
    "L5", "HL02 names no earlier level that may hold this one; the order of levels was used.", ik304="8", ik403="7"
)
HL_NUMBER_INVALID = _code(
    "L6", "HL01 does not count the levels from 1 without gaps.", severity=_WARNING, ik304="8", ik403="7"
)
HL_NUMBER_REUSED = _code("L7", "HL01 stands at an earlier level.", ik304="8", ik403="7")
HL_CHILD_CODE_WRONG = _code(
    "L8", "HL04 does not agree with whether levels follow below.", severity=_WARNING, ik304="8", ik403="7"
)
HL_LEVEL_MISPLACED = _code("L9", "The level that must hold this one is absent.", ik304="2")
BRACKET_UNBALANCED = _code("L10", "LS and LE do not pair.", severity=_WARNING, ik304="3")
DEPENDENT_LOOP_MISSING = _code(
    "L11", "A loop is absent that this situation calls for.", level=Level.SITUATIONAL, ik304="I6"
)
DEPENDENT_LOOP_PRESENT = _code(
    "L12", "The loop is not to be sent in this situation.", level=Level.SITUATIONAL, ik304="I9"
)

# E: an element. IK403 codes.
ELEMENT_MISSING = _code("E1", "A required element is absent.", ik403="1")
CONDITIONAL_MISSING = _code("E2", "An element that others here call for is absent.", ik403="2")
TOO_MANY_ELEMENTS = _code("E3", "There are more elements than the segment has.", ik403="3")
ELEMENT_SHORT = _code("E4", "The element is too short.", ik403="4")
ELEMENT_LONG = _code("E5", "The element is too long.", ik403="5")
CHARACTER_INVALID = _code("E6", "The element has a character that its type or X12 does not allow.", ik403="6")
CODE_NOT_ALLOWED = _code("E7", "The code is not one that the guide allows here.", level=Level.GUIDE, ik403="I6")
DATE_INVALID = _code("E8", "This is not a date, or not in the declared format.", ik403="8")
TIME_INVALID = _code("E9", "This is not a time of day.", ik403="9")
EXCLUSION_BROKEN = _code("E10", "Elements stand together that exclude each other.", ik403="10")
TOO_MANY_REPEATS = _code("E11", "The element repeats more often than allowed.", ik403="12")
TOO_MANY_COMPONENTS = _code("E12", "There are more components than the composite has.", ik403="13")
ELEMENT_NOT_USED = _code("E13", "The guide says that this element is not used.", level=Level.GUIDE, ik403="I10")
DEPENDENT_MISSING = _code(
    "E14", "An element is absent that this situation calls for.", level=Level.SITUATIONAL, ik403="I9"
)
BLANKS_AROUND = _code("E15", "The element begins or ends with blanks.", severity=_WARNING, ik403="6")
DEPENDENT_PRESENT = _code(
    "E16", "The element is not to be sent in this situation.", level=Level.SITUATIONAL, ik403="I13"
)
CODES_DISAGREE = _code("E17", "The code does not go with another one here.", level=Level.SITUATIONAL, ik403="I6")

# C: values of external code lists and check digits. A 999 has no code for them.
NPI_CHECK_DIGIT = _code("C1", "The NPI is not ten digits with a right check digit.", level=Level.CODES)
ICD_10_SHAPE = _code(
    "C2", "The value does not have the shape of an ICD-10-CM code.", level=Level.CODES, severity=_WARNING
)
ICD_POINT = _code(
    "C3", "The diagnosis code has a decimal point, which is not sent in X12.", level=Level.CODES, severity=_WARNING
)
ICD_9_SHAPE = _code(
    "C4", "The value does not have the shape of an ICD-9-CM code.", level=Level.CODES, severity=_WARNING
)
PROCEDURE_SHAPE = _code(
    "C5", "The value does not have the shape of a CPT or HCPCS code.", level=Level.CODES, severity=_WARNING
)
DENTAL_SHAPE = _code("C6", "The value does not have the shape of a CDT code.", level=Level.CODES, severity=_WARNING)
DRUG_SHAPE = _code(
    "C7", "The value is not a drug code of eleven digits without hyphens (NDC 5-4-2).", level=Level.CODES,
    severity=_WARNING,
)  # fmt: skip
REVENUE_SHAPE = _code("C8", "The value is not a revenue code of four digits.", level=Level.CODES, severity=_WARNING)
PLACE_SHAPE = _code("C9", "The value is not a place of service of two digits.", level=Level.CODES, severity=_WARNING)
BILL_TYPE_SHAPE = _code(
    "C10",
    "The value is not the two digits of a type of bill that name the facility.",
    level=Level.CODES,
    severity=_WARNING,
)
TAXONOMY_SHAPE = _code(
    "C11", "The value does not have the shape of a provider taxonomy code.", level=Level.CODES, severity=_WARNING
)
POSTAL_SHAPE = _code(
    "C12", "The value is not a ZIP code of five or nine digits without a hyphen.", level=Level.CODES, severity=_WARNING
)
STATE_UNKNOWN = _code(
    "C13", "The value is no state, territory or province of North America.", level=Level.CODES, severity=_WARNING
)
DRG_SHAPE = _code("C14", "The value is not a DRG of three digits.", level=Level.CODES, severity=_WARNING)
LOINC_SHAPE = _code(
    "C15", "The value is not a LOINC number with a right check digit.", level=Level.CODES, severity=_WARNING
)

# P: a payer's own rule, laid over the guide. Never acknowledged by a 999.
PAYER_RULE = _code("P1", "The payer's companion guide does not allow this.", level=Level.PAYER)
