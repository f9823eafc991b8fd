"""What a 271 says of the patient beside who it is: diagnoses, corrections, military service, who takes care of them.

All of it stands in the patient's own level, outside the benefits (005010X279A1, 2100C and 2100D).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from priorwire.mapping import benefit_codes, spelling
from priorwire.mapping.said import text
from priorwire.mapping.trace import Found, Spot
from priorwire.model.authorization import DiagnosisSaid
from priorwire.model.eligibility import MilitarySaid
from priorwire.model.parties import PartySaid
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import Segment

#: INS03 and INS04 of an answer whose data of the patient differ from the question's.
_CHANGED = ("001", "25")
#: PRV02 of a taxonomy code.
_TAXONOMY = frozenset({"PXC", "ZZ"})
_DIAGNOSIS = {"ABK": "principal", "BK": "principal", "ABF": "other", "BF": "other"}


#: The segments by id that stand in a patient's level and tell of the patient.
OwnSegments = Mapping[str, Sequence[Segment]]


def of_patient(level: LoopNode | None) -> OwnSegments:
    """Those of the level and of the loops directly in it; not of benefits or of those whom they name."""
    if level is None:
        return {}
    nodes = [level, *(each for each in level.loops() if not each.is_level and each.guide.parts[0].id != "EB")]
    own: dict[str, list[Segment]] = {}
    for node in nodes:
        for segment in node.segments:
            own.setdefault(segment.elements[0], []).append(segment)
    return own


def diagnoses(own: OwnSegments) -> list[Found[DiagnosisSaid]]:
    """HI, whose order is what the benefits' pointers count."""
    found = []
    for segment in own.get("HI", ()):
        for element in range(1, len(segment.elements)):
            kind, code = (Spot(segment=segment, element=element, component=number) for number in (1, 2))
            if kind.read() and code.read():
                said = DiagnosisSaid(
                    code=spelling.read_code(code.read()), kind=_DIAGNOSIS.get(kind.read(), kind.read())
                )
                found.append(Found(said, code, "diagnosis", {"kind": kind}))
    return found


def corrected(own: OwnSegments) -> Found[bool] | None:
    """Whether the payer gives back other data of the patient than it was asked with; it never says that it does not."""
    for segment in own.get("INS", ()):
        if (segment.element(3).strip(), segment.element(4).strip()) == _CHANGED:
            return Found(value=True, spot=Spot(segment=segment, element=3), rule="change of identifying data")
    return None


def military(own: OwnSegments) -> Found[MilitarySaid] | None:
    """MPI."""
    for segment in own.get("MPI", ()):
        texts = {
            leaf: found
            for element, leaf in enumerate(("information", "employment", "branch", "description", "rank"), 1)
            if (found := text(segment, element, "military service"))
        }
        when = spelling.read_span(segment.element(7))
        values = {leaf: found.value for leaf, found in texts.items()}
        if "information" in values:
            code = values["information"]
            values["information"] = benefit_codes.MILITARY_INFORMATION.get(code, code)
        spots = {leaf: found.spot for leaf, found in texts.items()}
        if values or when:
            return Found(
                MilitarySaid(**values, dates=when), Spot(segment=segment, element=7), "military service", spots
            )
    return None


def patient_provider(own: OwnSegments) -> Found[PartySaid] | None:
    """PRV: what the provider who takes care of the patient is, by taxonomy or by number."""
    for segment in own.get("PRV", ()):
        role, kind, number = (text(segment, element, "provider of the patient") for element in (1, 2, 3))
        if role is None:
            continue
        word = benefit_codes.PATIENT_PROVIDER.get(role.value, role.value)
        if number is None or kind is None:
            return Found(PartySaid(role=word), role.spot, role.rule)
        if kind.value in _TAXONOMY:
            return Found(PartySaid(role=word, taxonomy=number.value), role.spot, role.rule, {"taxonomy": number.spot})
        said = PartySaid(
            role=word,
            identifier=number.value,
            identifier_kind=benefit_codes.PROVIDER_NUMBER.get(kind.value, kind.value),
        )
        spots = {"identifier": number.spot, "identifier_kind": kind.spot}
        return Found(said, role.spot, role.rule, spots)
    return None
