"""TA1 and 999 in the words of the lifecycle.

An acknowledgment is about the form of a message and about nothing else: accepted is not a
receipt by a reviewer, and rejected means that no reviewer ever saw it (005010X231A1).
"""

from __future__ import annotations

from dataclasses import dataclass

from priorwire.model.lifecycle import AcknowledgmentEvent
from priorwire.x12.acknowledge import Acknowledgment999, Finding999, SetOutcome, Ta1, Verdict


@dataclass(frozen=True, kw_only=True)
class AcknowledgmentFinding:
    """One thing that the other side found wrong: its place and its codes, never a value."""

    #: Segment id, its number in the set (ST is 1), loop; empty or 0 for a finding about the whole.
    segment: str = ""
    position: int = 0
    loop: str = ""
    element: int = 0
    component: int = 0
    repeat: int = 0
    #: Code as sent, and the element that it stood in (``TA105``, ``AK905``, ``IK502``, ``IK304``, ``IK403``).
    code: str
    list: str

    def present(self) -> dict[str, object]:
        """As plain JSON; what does not apply is null."""
        return {
            "segment": self.segment or None,
            "position": self.position or None,
            "loop": self.loop or None,
            "element": self.element or None,
            "component": self.component or None,
            "repeat": self.repeat or None,
            "code": self.code,
            "list": self.list,
        }


@dataclass(frozen=True, kw_only=True)
class AcknowledgmentSaid:
    """What an acknowledgment says of our message."""

    event: AcknowledgmentEvent
    #: ISA13 of ours, by a TA1; `None` in a 999, or where it is no number.
    interchange_number: int | None = None
    #: GS06 of ours, by a 999; `None` in a TA1, or where it is no number.
    group_number: int | None = None
    #: ST02 of each set that a 999 names, with what it says of it.
    sets: tuple[tuple[str, AcknowledgmentEvent | None], ...] = ()
    findings: tuple[AcknowledgmentFinding, ...] = ()

    def present(self) -> dict[str, object]:
        """As plain JSON."""
        return {
            "event": self.event.value,
            "interchange_number": self.interchange_number,
            "group_number": self.group_number,
            "sets": [{"set": number, "event": event.value if event else None} for number, event in self.sets],
            "findings": [each.present() for each in self.findings],
        }


_OF_A_SET = {
    Verdict.ACCEPTED: AcknowledgmentEvent.SET_ACCEPTED,
    Verdict.ACCEPTED_WITH_ERRORS: AcknowledgmentEvent.SET_ACCEPTED_WITH_ERRORS,
}

#: TA105 of an interchange without a finding.
_NO_NOTE = frozenset({"", "000"})


def say_ta1(ta1: Ta1) -> AcknowledgmentSaid | None:
    """What a TA1 says; `None` where its verdict is none of X12's: it then says nothing."""
    if ta1.verdict.is_accepted:
        event = AcknowledgmentEvent.INTERCHANGE_ACCEPTED
    elif ta1.verdict.is_rejected:
        event = AcknowledgmentEvent.REJECTED
    else:
        return None
    findings = () if ta1.note in _NO_NOTE else (AcknowledgmentFinding(code=ta1.note, list="TA105"),)
    return AcknowledgmentSaid(event=event, interchange_number=_number(ta1.control_number), findings=findings)


def say_999(said: Acknowledgment999) -> AcknowledgmentSaid | None:
    """What a 999 says of a group of ours; `None` where no verdict can be made out.

    One rejected set makes the whole a rejection: we send one set an interchange, so that a
    partly accepted group can only be one in which ours was not.
    """
    sets = tuple((each.control_number, _event(each.verdict)) for each in said.sets)
    event = _whole(said.verdict, [event for _, event in sets])
    if event is None:
        return None
    findings = [AcknowledgmentFinding(code=code, list="AK905") for code in said.codes]
    for each in said.sets:
        findings += _findings(each)
    return AcknowledgmentSaid(
        event=event, group_number=_number(said.group_control_number), sets=sets, findings=tuple(findings)
    )


def _event(verdict: Verdict) -> AcknowledgmentEvent | None:
    return AcknowledgmentEvent.REJECTED if verdict.is_rejected else _OF_A_SET.get(verdict)


def _whole(verdict: Verdict, sets: list[AcknowledgmentEvent | None]) -> AcknowledgmentEvent | None:
    """The group's verdict and those of its sets, the worst of them; a missing AK9 leaves the sets'."""
    said = {each for each in (_event(verdict), *sets) if each is not None}
    for event in (
        AcknowledgmentEvent.REJECTED,
        AcknowledgmentEvent.SET_ACCEPTED_WITH_ERRORS,
        AcknowledgmentEvent.SET_ACCEPTED,
    ):
        if event in said:
            return event
    return None


def _findings(outcome: SetOutcome) -> list[AcknowledgmentFinding]:
    whole = [AcknowledgmentFinding(code=code, list="IK502") for code in outcome.codes]
    return whole + [_finding(each) for each in outcome.findings]


def _finding(found: Finding999) -> AcknowledgmentFinding:
    in_element = bool(found.element_code)
    return AcknowledgmentFinding(
        segment=found.segment,
        position=found.position,
        loop=found.loop,
        element=found.element,
        component=found.component,
        repeat=found.repeat,
        code=found.element_code if in_element else found.segment_code,
        list="IK403" if in_element else "IK304",
    )


def _number(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() else None
