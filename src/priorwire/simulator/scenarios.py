"""Which behaviour a member id or a procedure meets: the simulator's table, and its manual.

The member id (2010C NM109) is looked up by how it *ends*, upper-cased: ``EXM0000042APPROVE``
meets the row ``APPROVE``. Where several rows fit, the longest ending wins. A member id that
fits no row is looked up by the first procedure asked (`PROCEDURES`); what fits neither meets
`DEFAULT`. An order of ``PUT /_control/scenarios`` goes before all of them.

Rules for editing: rows are only added, never renamed or given another meaning, because the
stories of ``sample_transactions/`` and the tests of people we do not know rest on them. The
whole table can be had from a running simulator: ``GET /_control/scenarios``.

What a row says about a 270 (`coverage`, `authorization`) and about a 278 (`first`, then
`later` once `after` has passed by the simulator's clock) is independent of each other: every
row answers both. Reason codes are of external list 886, rejection codes of list 901,
follow-up codes of element 889, action codes of element 306.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from .faults import FAULTS, Fault


class Coverage(Enum):
    """What the payer's books say of the member; the value is EB01 or the AAA03 sent."""

    ACTIVE = "1"
    INACTIVE = "6"
    CANNOT_PROCESS = "V"
    #: No EB at all: whoever reads it as covered, or as not covered, guesses.
    SILENT = ""


class Picture(Enum):
    """Which benefits a 271 tells of an active member (`benefits`)."""

    #: The least that the guide asks for.
    PLAIN = "plain"
    #: Both networks, what is left of each amount, limits, the procedures by place.
    RICH = "rich"
    #: Other payers beside this one, and the primary care provider.
    OTHER_PAYERS = "other payers"
    #: The family's amounts beside the person's, and visits of which some are used.
    FAMILY = "family"


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """An AAA: the request is not looked at, and where it stopped."""

    #: Loop of a 278 response that holds the AAA (`refusals.LOOPS`); a 271 puts it in its like. Where the request has
    #: nothing for that loop (no dependent, no provider), the AAA stands in the one above.
    loop: str
    #: AAA03.
    reason: str
    #: AAA04.
    follow_up: str

    @property
    def summary(self) -> str:
        """In a few codes."""
        return f"AAA {self.reason} {self.follow_up} at {self.loop}"


@dataclass(frozen=True, kw_only=True)
class Line:
    """The decision on one service line."""

    #: HCR01; empty where the line is refused.
    action: str = ""
    #: HCR03.
    reasons: tuple[str, ...] = ()
    #: An AAA of loop ``2000F`` in place of a decision.
    rejection: Rejection | None = None

    @property
    def summary(self) -> str:
        """In a few codes."""
        return self.rejection.summary if self.rejection else " ".join((self.action, *self.reasons))


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the payer says of a review at one time."""

    #: HCR01 at the event; `None` for no HCR there.
    action: str | None = None
    #: HCR03 at the event.
    reasons: tuple[str, ...] = ()
    #: Decisions of the service lines, taken in turn; none: the lines inherit the event's.
    lines: tuple[Line, ...] = ()
    #: How much of each asked quantity (HSD02) is granted, in percent.
    percent: int = 100
    rejection: Rejection | None = None
    #: Report types (PWK01) and LOINC questions (HI, qualifier LOI) that the payer wants.
    documents: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    #: MSG01.
    message: str = ""
    #: What the payer adds to the subscriber's id to make a dependent's own (2010D NM109); empty: it names none.
    dependent_number: str = ""

    @property
    def granted(self) -> bool:
        """Whether an authorization number goes with it."""
        return self.action in GRANTING or any(line.action in GRANTING for line in self.lines)

    @property
    def pended(self) -> bool:
        """Whether another answer is to follow (BHT06 19)."""
        return self.action == "A4"

    @property
    def summary(self) -> str:
        """The verdict in a few codes, for the journal."""
        if self.rejection:
            return self.rejection.summary
        said = [*([self.action] if self.action else []), *self.reasons]
        said += [line.summary for line in self.lines]
        return " / ".join(said) or "nothing"


#: Element 306 values that come with an authorization number.
GRANTING = frozenset({"A1", "A2", "A6"})


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One row: how payers treat the member ids that end in `suffix`."""

    suffix: str
    #: What it shows, in a sentence.
    says: str
    coverage: Coverage = Coverage.ACTIVE
    picture: Picture = Picture.PLAIN
    #: EB11 for what is asked; `None`: by `PROCEDURES`.
    authorization: str | None = None
    #: In place of a 271's benefits.
    eligibility_rejection: Rejection | None = None
    first: Verdict
    later: Verdict | None = None
    #: By the simulator's clock, from when the request came.
    after: timedelta = timedelta()
    fault: Fault | None = None

    def verdict(self, waited: timedelta) -> Verdict:
        """What the payer says once `waited` has passed since the request."""
        return self.later if self.later is not None and waited >= self.after else self.first


#: Granted as asked for, and refused for want of need.
APPROVED = Verdict(action="A1")
DENIED = Verdict(action="A3", reasons=("0F",), message="CRITERIA FOR THIS SERVICE ARE NOT MET. APPEAL RIGHTS APPLY")


def opposite(verdict: Verdict) -> Verdict:
    """What a payer says that thinks again: denied what was granted, granted what was not."""
    return DENIED if verdict.granted else APPROVED


def _rejected(loop: str, reason: str, follow_up: str) -> Verdict:
    return Verdict(rejection=Rejection(loop=loop, reason=reason, follow_up=follow_up))


def _pended(reason: str, *, documents: tuple[str, ...] = (), questions: tuple[str, ...] = ()) -> Verdict:
    return Verdict(action="A4", reasons=(reason,), documents=documents, questions=questions)


def _everywhere(suffix: str, says: str, loop: str, reason: str, follow_up: str) -> Scenario:
    """A row that refuses a 270 and a 278 with the same AAA."""
    verdict = _rejected(loop, reason, follow_up)
    return Scenario(suffix=suffix, says=says, eligibility_rejection=verdict.rejection, first=verdict)


#: Pended: a medical review goes on.
IN_REVIEW = _pended("0V")

_ROWS = (
    # ---- eligibility
    Scenario(suffix="ELIG1", says="active; authorization required (EB11 Y)", authorization="Y", first=APPROVED),
    Scenario(
        suffix="ELIG0",
        says="active; authorization not required (EB11 N); a 278 gets NA",
        authorization="N",
        first=Verdict(action="NA", reasons=("0H",)),
    ),
    Scenario(suffix="ELIGU", says="active; the payer does not know (EB11 U)", authorization="U", first=APPROVED),
    Scenario(
        suffix="INACTIVE",
        says="coverage inactive (EB01 6); a 278 gets AAA 95",
        coverage=Coverage.INACTIVE,
        first=_rejected("2010C", "95", "N"),
    ),
    Scenario(
        suffix="CANNOT",
        says="the payer cannot process the inquiry (EB01 V)",
        coverage=Coverage.CANNOT_PROCESS,
        first=Verdict(action="CT"),
    ),
    _everywhere("NOTFOUND", "subscriber not found: AAA 75, correct and resubmit", "2010C", "75", "C"),
    _everywhere("BIRTHDATE", "birth date does not match: AAA 71, correct and resubmit", "2010C", "71", "C"),
    _everywhere("PAYERDOWN", "payer cannot answer now: AAA 42, resubmit the original", "2010A", "42", "P"),
    Scenario(
        suffix="ELIGRICH",
        says="active; both networks, deductibles and limits with what is left, the procedures by place",
        picture=Picture.RICH,
        first=APPROVED,
    ),
    Scenario(
        suffix="ELIGOTHER",
        says="active; other payers pay before and beside this one; a primary care provider is named",
        picture=Picture.OTHER_PAYERS,
        first=APPROVED,
    ),
    Scenario(
        suffix="ELIGFAMILY",
        says="active; the family's amounts beside the person's, and visits of which some are used",
        picture=Picture.FAMILY,
        first=APPROVED,
    ),
    # ---- review: decided at once
    Scenario(suffix="APPROVE", says="approved at once: A1, number, units, dates", first=APPROVED),
    Scenario(
        suffix="MODIFY",
        says="approved for less: A6 at the event with 60 % of the quantity, A1 at each line",
        first=Verdict(action="A6", lines=(Line(action="A1"),), percent=60),
    ),
    Scenario(suffix="DENY", says="denied with a reason: A3, 0F (not medically necessary), and a message", first=DENIED),
    Scenario(
        suffix="MIXED",
        says="no decision at the event; lines in turn A1 and A3 0M",
        first=Verdict(lines=(Line(action="A1"), Line(action="A3", reasons=("0M",)))),
    ),
    Scenario(
        suffix="PARTIAL",
        says="A2 at the event; lines in turn A1 and A3 0F",
        first=Verdict(action="A2", lines=(Line(action="A1"), Line(action="A3", reasons=("0F",)))),
    ),
    Scenario(
        suffix="CONTACT",
        says="contact payer: CT, a message and a telephone",
        first=Verdict(action="CT", message="CALL UTILIZATION MANAGEMENT BEFORE THE SERVICE"),
    ),
    Scenario(suffix="NOTREQ", says="no action required: NA 0H", first=Verdict(action="NA", reasons=("0H",))),
    Scenario(
        suffix="SILENT", says="neither HCR nor AAA: nothing may be inferred", coverage=Coverage.SILENT, first=Verdict()
    ),
    Scenario(suffix="CANCELLED", says="the review was withdrawn: C, whatever is asked", first=Verdict(action="C")),
    Scenario(
        suffix="DEPNUMBER",
        says="approved at once; a dependent comes back with a member number of its own (2010D NM109)",
        first=Verdict(action="A1", dependent_number="D01"),
    ),
    # ---- review: pended
    Scenario(
        suffix="PENDINFO",
        says="A4 0U with documents and a LOINC question; approved after 3 days",
        first=_pended("0U", documents=("M1", "DG"), questions=("18776-5",)),
        later=APPROVED,
        after=timedelta(days=3),
    ),
    Scenario(
        suffix="PENDREVIEW",
        says="A4 0V (in review); approved after 2 days",
        first=_pended("0V"),
        later=APPROVED,
        after=timedelta(days=2),
    ),
    Scenario(
        suffix="PENDFORWARD",
        says="A4 0B (with an external organization); approved after 5 days",
        first=_pended("0B"),
        later=APPROVED,
        after=timedelta(days=5),
    ),
    Scenario(
        suffix="PENDDENY",
        says="A4 0V; denied (A3 0F) after 2 days",
        first=_pended("0V"),
        later=DENIED,
        after=timedelta(days=2),
    ),
    Scenario(
        suffix="PENDMODIFY",
        says="A4 0V; approved for 60 % (A6) after 2 days",
        first=_pended("0V"),
        later=Verdict(action="A6", lines=(Line(action="A1"),), percent=60),
        after=timedelta(days=2),
    ),
    Scenario(suffix="PENDLONG", says="A4 0V and never anything else", first=_pended("0V")),
    # ---- rejected before review
    Scenario(
        suffix="REJECT72",
        says="subscriber id invalid: AAA 72 C at 2010C, never reviewed",
        first=_rejected("2010C", "72", "C"),
    ),
    Scenario(
        suffix="REJECT43",
        says="requester's provider id invalid: AAA 43 C at 2010B",
        first=_rejected("2010B", "43", "C"),
    ),
    Scenario(suffix="REJECT57", says="service dates invalid: AAA 57 C at 2000E", first=_rejected("2000E", "57", "C")),
    Scenario(
        suffix="REJECT41",
        says="the submitter may not ask this payer: AAA 41 N at 2000A",
        first=_rejected("2000A", "41", "N"),
    ),
    Scenario(
        suffix="REJECT79",
        says="the payer's id is not one of this payer's: AAA 79 N at 2010A",
        first=_rejected("2010A", "79", "N"),
    ),
    Scenario(
        suffix="REJECT65",
        says="patient's name invalid: AAA 65 C at 2010D",
        first=_rejected("2010D", "65", "C"),
    ),
    Scenario(
        suffix="REJECT51",
        says="provider of the event not on file: AAA 51 N at 2010EA",
        first=_rejected("2010EA", "51", "N"),
    ),
    Scenario(
        suffix="REJECT33",
        says="the first service cannot be read: AAA 33 C at 2000F",
        first=_rejected("2000F", "33", "C"),
    ),
    Scenario(
        suffix="REJECT47",
        says="provider of a service licensed in another state: AAA 47 C at 2010FA",
        first=_rejected("2010FA", "47", "C"),
    ),
    Scenario(
        suffix="MIXEDAG",
        says="no decision at the event; lines in turn A1 and AAA AG C (2000F)",
        first=Verdict(
            lines=(Line(action="A1"), Line(rejection=Rejection(loop="2000F", reason="AG", follow_up="C"))),
        ),
    ),
)
#: How a number begins that a payer gave before the simulator was started: whoever quotes it names a review that
#: the payer has, and meets the member's row.
HELD = "HELD"


def _fault_row(fault: Fault) -> Scenario:
    """``EXM1DROPAFTER`` meets `Fault.DROP_AFTER` once on its 270 and once on its 278; then all goes well."""
    return Scenario(
        suffix=fault.value.replace("_", "").upper(),
        says=f"once: {FAULTS[fault].says}; else as APPROVE",
        first=APPROVED,
        fault=fault,
    )


#: Every row by its suffix.
SCENARIOS: Mapping[str, Scenario] = {
    row.suffix: row for row in (*_ROWS, *(_fault_row(fault) for fault in Fault if fault is not Fault.DROP_UNREAD))
}
#: What applies where nothing fits.
DEFAULT = SCENARIOS["APPROVE"]


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """How payers treat a procedure, for member ids that fit no row."""

    #: EB11.
    authorization: str
    #: The suffix of the row that a 278 for it meets.
    scenario: str


_REQUIRED = (
    *("22633", "27130", "27447", "29881", "43644", "63047", "64483", "70450", "70551", "70553"),
    *("72148", "90867", "D7210", "E0260", "E0470", "E0601", "E1390", "J1745"),
)
_NOT_REQUIRED = ("36415", "71046", "80053", "85025", "99213", "99214")
#: By procedure code, whatever its qualifier. Keep in step with what the companion guides of this project require.
PROCEDURES: Mapping[str, Procedure] = {
    **{code: Procedure(authorization="Y", scenario="APPROVE") for code in _REQUIRED},
    **{code: Procedure(authorization="N", scenario="NOTREQ") for code in _NOT_REQUIRED},
    "22612": Procedure(authorization="Y", scenario="PENDINFO"),
    "97110": Procedure(authorization="Y", scenario="MODIFY"),
    "15823": Procedure(authorization="Y", scenario="DENY"),
    "K0823": Procedure(authorization="Y", scenario="CONTACT"),
}
#: EB11 of a service type (EQ01) by itself; one that is not here is ``U``.
SERVICE_TYPES: Mapping[str, str] = {"4": "Y", "18": "Y", "42": "Y", "45": "Y", "48": "Y", "98": "N", "1": "N"}

_BY_LENGTH = sorted(SCENARIOS, key=len, reverse=True)


def scenario_of(member: str, procedures: tuple[str, ...] = ()) -> Scenario:
    """The row for a member id, else for the first procedure of the table, else `DEFAULT`."""
    ending = member.strip().upper()
    for suffix in _BY_LENGTH:
        if ending.endswith(suffix):
            return SCENARIOS[suffix]
    known = next((PROCEDURES[code] for code in procedures if code in PROCEDURES), None)
    return SCENARIOS[known.scenario] if known else DEFAULT


def authorization_of(scenario: Scenario, *, procedure: str = "", service_type: str = "") -> str:
    """EB11 for one thing asked: the row's, else the procedure's or the service type's, else ``U``."""
    if scenario.authorization is not None:
        return scenario.authorization
    if procedure:
        return PROCEDURES[procedure].authorization if procedure in PROCEDURES else "U"
    return SERVICE_TYPES.get(service_type, "U")
