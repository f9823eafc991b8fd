"""005010X217: the segments that the request and the response of the 278 share.

Only the shapes; which codes a side allows is said where it is used, in `x217_request` and
`x217_response`. Elements that the public BizTalk schema leaves optional with the dictionary's
whole code list, and that the public rule file for the request marks not used, are not used.
"""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Composite, Element, Rule, Use
from priorwire.x12.guides.codes import REVIEW_PATTERNS, SUBLUXATION_LEVELS
from priorwire.x12.guides.notation import comp, el, not_used, rule, told, use
from priorwire.x12.guides.shapes import hsd, pointers, procedure

#: NM101 of a provider at the event, and of one at a service line on either side.
EVENT_PROVIDERS = "71 72 73 77 AAJ DD DK DN FA G3 P3 QB QV SJ"
LINE_PROVIDERS = "72 73 77 DD DK DQ FA G3 P3 QB QV SJ"
#: Roles that senders put on a provider though this guide does not name them there; placed, then reported.
STRAY_PROVIDERS = "1P 1T 71 82 85 AAJ DN DQ PE"
TRANSPORT_PLACES = "45 FS ND PW R3"

REQUESTER_NUMBERS = "1G 1J EI G5 N5 N7 SY ZH"
SUBSCRIBER_NUMBERS = "1L 3L 6P DP EJ F6 HJ IG N6 NQ SY"
DEPENDENT_NUMBERS = "EJ SY"
PROVIDER_NUMBERS = "0B 1G 1J EI N5 N7 SY ZH"

REQUESTER_ROLES = "AD AS AT CO CV OP OR OT PC PE RF"
EVENT_PROVIDER_ROLES = "AD AS AT OP OR OT PC PE RF"
LINE_PROVIDER_ROLES = "AS OP OR OT PC PE"

CERTIFICATION_TYPES = "1 2 3 4 I N R S"
#: HI of an event by position: a principal code may only be first, an admitting code first or second.
FIRST_DIAGNOSIS = "ABF ABJ ABK APR BF BJ BK DR PR"
SECOND_DIAGNOSIS = "ABF ABJ APR BF BJ DR PR"
OTHER_DIAGNOSIS = "ABF APR BF DR PR"


#: NM101 -> PRV01: a role that is one person's alone.
_SAME_ROLE = (("AD", "AAJ"), ("AS", "DD"), ("AT", "71"), ("OP", "72"), ("OR", "DK"), ("OT", "73"), ("PC", "P3"),
              ("PE", "SJ"), ("RF", "DN"))


def same_role(roles: str) -> tuple[Rule, ...]:
    """PRV01 says what NM101 says, for each of the PRV01 codes that a loop allows."""
    return tuple(rule(f"PRV01={role}", f"NM101={name}", "PRV01 must name the same role as NM101.")
                 for role, name in _SAME_ROLE if role in roles.split())


def first_name() -> Rule:
    """NM104 of a person with a name."""
    return rule("NM102=1 NM103", "NM104", "A person is named with a first name.")


def facility() -> Composite:
    """UM04: where the service happens. The third component is not to be sent, and is accepted."""
    return comp("S", "facility",
        el("R AN 1/2", "facility code", value=told(2, billtype="A", place="B")),
        el("R ID 1/2", "A bill type, B place of service", "A B"),
        el("S ID 1", "bill frequency"))


def event_review(services: str, *, causes: tuple[str, str, str], release: str, delays: str) -> Use:
    """UM of an event."""
    return use("UM", "R1", "what is asked",
        el("R ID 1/2", "category", "AR HS IN SC"),
        el("R ID 1", "initial, extension, cancel …", CERTIFICATION_TYPES),
        el("S ID 1/2", "service type", services),
        facility(),
        comp("S", "related causes",
            el("R ID 2/3", "first cause", causes[0]),
            el("S ID 2/3", "second cause", causes[1]),
            el("S ID 2/3", "third cause", causes[2]),
            el("S ID 2", "state of the accident", value="state"),
            el("S ID 2/3", "country of the accident")),
        el("S ID 1/3", "level of service", "03 E U"),
        el("S ID 1", "condition of the patient", "1 2 3 4 5 6 7 8 9 E F G P"),
        el("S ID 1", "prognosis", "1 2 3 4 5 6 7 8"),
        el("S ID 1", "release of information", release),
        el("S ID 1/2", "reason for delay", delays),
        *(rule(" ".join(f"!UM05-{part}=AA" for part in (1, 2, 3)), f"!UM05-{place}",
               "Where it happened is told of an automobile accident only.") for place in (4, 5)))


def line_review(services: str) -> Use:
    """UM of a service line."""
    return use("UM", "S1", "what is asked",
        el("R ID 1/2", "category", "HS SC"),
        el("S ID 1", "initial, extension, cancel …", CERTIFICATION_TYPES),
        el("S ID 1/2", "service type", services),
        facility(),
        *not_used(6))


def delivery(periods: str, patterns: str = REVIEW_PATTERNS) -> Use:
    """HSD of the 278."""
    return hsd("S1", units="DY FL HS MN VS", per_unit="DA MO WK", periods=periods, patterns=patterns)


def condition(label: str, category: str, conditions: str) -> Use:
    """CRC under one category."""
    return use("CRC", "S1", label,
        el("R ID 2", "category", category),
        el("R ID 1", "the conditions apply", "N Y"),
        el("R ID 2/3", "condition", conditions),
        *(el("S ID 2/3", "condition", conditions) for _ in range(4)),
        when=f"1={category}")


def admission() -> Use:
    """CL1."""
    return use("CL1", "S1", "institutional stay",
        el("S ID 1", "admission type"),
        el("S ID 1", "admission source"),
        el("S ID 1/2", "patient status"),
        el("S ID 1", "nursing home status", "1 2 3 4 5 6 7 8 9"))


def ambulance(*, weight: bool) -> Use:
    """CR1; the response has no weight."""
    return use("CR1", "S1", "ambulance transport",
        el("S ID 2", "unit of weight", "KG LB") if weight else el("N"),
        el("S R 1/10", "weight") if weight else el("N"),
        el("R ID 1", "which trip", "I R T X"),
        el("S ID 1", "reason", "A B C D E F"),
        el("S ID 2", "unit of distance", "DH DK"),
        el("S R 1/15", "distance"),
        *not_used(2),
        el("S AN 1/80", "purpose of a round trip"),
        el("S AN 1/80", "purpose of a stretcher"),
        syntax="P0102 P0506")


def spinal(*, needed: str, yes_no: str) -> Use:
    """CR2; `needed` is the usage of CR208 and CR209, `yes_no` the answers CR209 and CR212 allow."""
    return use("CR2", "S1", "spinal manipulation",
        el("S N0 1/9", "treatment number"),
        el("S R 1/15", "treatments in the series"),
        el("S ID 2/3", "first level", SUBLUXATION_LEVELS),
        el("S ID 2/3", "last level", SUBLUXATION_LEVELS),
        *not_used(3),
        el(f"{needed} ID 1", "nature of the condition", "A C D E F G M"),
        el(f"{needed} ID 1", "complication", yes_no),
        el("S AN 1/80", "description"),
        el("S AN 1/80", "description"),
        el("S ID 1", "x-rays available", yes_no),
        syntax="P0102 C0403")


def oxygen(*, equipment: str) -> Use:
    """CR5; `equipment` is the usage of CR503."""
    equipments = "A B C D E O"
    return use("CR5", "S1", "home oxygen",
        *not_used(2),
        el(f"{equipment} ID 1", "equipment", equipments),
        el("S ID 1", "second equipment", equipments),
        el("S AN 1/80", "reason for the equipment"),
        el("R R 1/15", "flow"),
        el("S R 1/15", "uses a day"),
        el("S R 1/15", "hours a period"),
        el("S AN 1/80", "orders for therapy"),
        el("S R 1/15", "arterial blood gas"),
        el("S R 1/15", "oxygen saturation"),
        el("S ID 1", "condition of the test", "E N O R S W X"),
        el("S ID 1", "finding", "1 2 3"),
        el("S ID 1", "finding", "1 2 3"),
        el("S ID 1", "finding", "1 2 3"),
        el("S R 1/15", "flow of the portable system"),
        el("R ID 1", "delivery system", "A B C D E"),
        el("S ID 1", "third equipment", equipments))


def home_health(certifications: str, *, surgery: str = "", period: str = "") -> Use:
    """CR6; `surgery` are the CR610 code systems and `period` the CR615 formats, where the side uses them."""
    return use("CR6", "S1", "home health care",
        el("R ID 1", "prognosis", "1 2 3 4 5 6 7 8"),
        el("R DT 8", "start of care"),
        el("S ID 2/3", "format", "RD8"),
        el("S AN 1/35", "certification period"),
        *not_used(2),
        el("R ID 1", "Medicare covers it", "W"),
        el("R ID 1", "kind of certification", certifications),
        el("S DT 8", "surgery on"),
        el("S ID 2", "code system of the surgery", surgery),
        el("S AN 1/15", "surgery", value=told(10, hcpcs="HC")),
        el("S DT 8", "order on"),
        el("S DT 8", "last visit on"),
        el("S DT 8", "last contact on"),
        el("S ID 2/3", "format", period),
        el("S AN 1/35", "last stay in hospital"),
        el("S ID 1", "where the patient came from", "A B C D E F G H L M O P R S T"),
        *not_used(4),
        syntax="P0304 P091011 P151617")


def paperwork(reports: str, ways: str, *rules: Rule) -> Use:
    """PWK: what is sent along (request), or wanted (response)."""
    return use("PWK", "S10", "documents",
        el("R ID 2", "kind of report", reports),
        el("R ID 1/2", "how it comes", ways),
        *not_used(2),
        el("S ID 1/2", "kind of number", "AC"),
        el("S AN 2/80", "attachment control number"),
        el("S AN 1/80", "description"),
        *not_used(2),
        *rules,
        syntax="P0506")


def professional() -> Use:
    """SV1."""
    return use("SV1", "S1", "professional service",
        procedure("R", "HC IV N4 WK", description=True, end=True),
        el("S R 1/18", "charge"),
        el("S ID 2", "unit", "F2 MJ UN"),
        el("S R 1/15", "quantity"),
        *not_used(2),
        pointers(),
        *not_used(3),
        el("S ID 1", "EPSDT", "N Y"),
        *not_used(8),
        el("S ID 1", "nursing level of care", "1 2 3 4 5 6 7 8"),
        el("N"),
        syntax="P0304")


def institutional(levels: str) -> Use:
    """SV2; `levels` are the SV209 values."""
    return use("SV2", "S1", "institutional service",
        el("S AN 1/48", "revenue code", value="revenue"),
        procedure("S", "HC ID IV N4 WK ZZ", description=True, end=True),
        el("S R 1/18", "charge"),
        el("S ID 2", "unit", "DA F2 UN"),
        el("S R 1/15", "quantity"),
        el("S R 1/10", "rate"),
        *not_used(2),
        el("S ID 1", "nursing home status", levels),
        el("S ID 1", "nursing level of care", "1 2 3 4 5 6 7 8"),
        syntax="R0102 P0405")


def dental() -> Use:
    """SV3."""
    return use("SV3", "S1", "dental service",
        procedure("R", "AD", description=True, end=True),
        el("S R 1/18", "charge"),
        el("N"),
        comp("S", "oral cavity",
            el("R ID 1/3", "area"),
            *(el("S ID 1/3", "further area") for _ in range(4))),
        el("S ID 1", "initial or replacement", "I R"),
        el("R R 1/15", "quantity"),
        el("S AN 1/80", "description"),
        *not_used(4))


def tooth() -> Use:
    """TOO."""
    surfaces = "B D F I L M O"
    return use("TOO", "S32", "tooth",
        el("R ID 1/3", "numbering", "JP"),
        el("R AN 1/30", "tooth"),
        comp("S", "surfaces",
            el("R ID 1/2", "surface", surfaces),
            *(el("S ID 1/2", "further surface", surfaces) for _ in range(4))),
        syntax="P0102")


def decision(actions: str) -> Use:
    """HCR: what was decided. Its reasons are an open list that X12 keeps outside the standard."""
    return use("HCR", "S1", "decision",
        el("R ID 1/2", "action", actions),
        el("S AN 1/50", "authorization number"),
        el("S AN 1/30 x5", "reason"),
        el("S ID 1", "second surgical opinion", "N Y"))


def transaction_kind(usage: str, kinds: str) -> Element:
    """BHT06."""
    return el(f"{usage} ID 2", "kind of transaction", kinds)
