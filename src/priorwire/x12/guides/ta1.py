"""TA1, interchange acknowledgment: one segment between ISA and IEA, without ST and SE.

Read from X12.5 as two open implementations and a public rule file have it, which agree on the
elements and on the two lists of codes. What the codes mean is said in our own words.
"""

# fmt: off
from __future__ import annotations

from types import MappingProxyType

from priorwire.x12.guide import Guide
from priorwire.x12.guides.notation import el, loop, rule, use

#: TA104: what became of the interchange.
VERDICTS = MappingProxyType({
    "A": "taken, nothing found",
    "E": "taken, although something was found",
    "R": "refused",
})

#: TA105: what was found, one code only.
NOTES = MappingProxyType({
    "000": "nothing is wrong",
    "001": "ISA13 and IEA02 are not the same",
    "002": "the standard that ISA11 names, or the separator there, is not read here",
    "003": "the version of the envelope is not read here",
    "004": "the segment terminator cannot be one",
    "005": "ISA05 is no kind of sender id",
    "006": "ISA06 is no sender",
    "007": "ISA07 is no kind of receiver id",
    "008": "ISA08 is no receiver",
    "009": "the receiver in ISA08 is not known here",
    "010": "ISA01 is no kind of authorization",
    "011": "ISA02 is not the authorization that ISA01 announces",
    "012": "ISA03 is no kind of security",
    "013": "ISA04 is not the security that ISA03 announces",
    "014": "ISA09 is no date",
    "015": "ISA10 is no time",
    "016": "ISA11 is no standards id",
    "017": "ISA12 is no version of an envelope",
    "018": "ISA13 is no control number",
    "019": "ISA14 does not say whether an acknowledgment is wanted",
    "020": "ISA15 does not say whether this is a test",
    "021": "IEA01 is not the number of groups",
    "022": "the envelopes are not nested as they must be",
    "023": "the input ends before the interchange does",
    "024": "something between ISA and IEA does not belong there, or a GS is wrong",
    "025": "ISA13 was used before",
    "026": "the element separator cannot be one",
    "027": "the component separator cannot be one",
    "028": "the date of a deferred delivery is wrong",
    "029": "the time of a deferred delivery is wrong",
    "030": "the time code of a deferred delivery is wrong",
    "031": "the grade of service is wrong",
})

SEGMENT = use("TA1", "R1", "what became of an interchange",
    el("R N0 9", "its control number, ISA13"),
    el("R DT 6", "its date, ISA09"),
    el("R TM 4", "its time, ISA10"),
    el("R ID 1", "taken or refused", " ".join(VERDICTS)),
    el("R ID 3", "what was found", " ".join(NOTES)),
    rule("TA104=A", "TA105=000", "An interchange that is taken without a finding has note 000."),
    rule("TA105=000", "TA104=A", "An interchange without a finding is taken."))

GUIDE = Guide(
    id="TA1",
    kind="TA1",
    transaction="",
    functional_group="",
    source="X12.5 as two open implementations and a public rule file have it",
    root=loop("TA1", "R1", "interchange acknowledgment", SEGMENT))
