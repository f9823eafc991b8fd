"""005010X217, 278 response to a request for review.

Read from the public BizTalk schema of X217; the published response examples confirm the
order. It is not the request with answers in it: 2010EB is the contact for more information
here (transport places there), 2010EC the transport places, 2010F falls into 2010FA and
2010FB, and any level may be the last: a request that fails at a level is answered at that
level. One subscriber or dependent may hold several events.
"""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Guide
from priorwire.x12.guides import codes
from priorwire.x12.guides import x217_parts as x217
from priorwire.x12.guides.notation import loop, use
from priorwire.x12.guides.shapes import (
    REVIEW_CHANNELS,
    aaa,
    bht,
    diagnosis,
    dmg,
    dtp,
    hl,
    ins,
    msg,
    n3,
    n4,
    nm1,
    per,
    prv,
    ref,
    se,
    st,
    trn,
)

_WAYS = "BM EL EM FX VO"
_YES_NO = "N U W Y"
_ANY_CAUSE = "AA AB AP EM OA ZZ"
#: A code of HI may also be a LOINC question: the document that the payer wants.
_QUESTION = "LOI"
_PERSON_REJECTED = "58 64 65 66 67 68 71 72 73 74 75 76 77 78 79 95"
_PROVIDER_REJECTED = "15 33 35 41 43 44 45 46 47 49 51 52 79 97 IP"

service = loop("2000F", "S>1", "service line",
    hl("SS", "0"),
    trn("S3", "1 2"),
    aaa("S9", "15 33 52 57 60 61 62 AA AG T5", "C N"),
    x217.line_review(codes.LINE_SERVICES),
    x217.decision("A1 A3 A4 A6 C CT NA"),
    ref("S1", "administrative reference", "NT", when="NT"),
    ref("S1", "earlier authorization number", "BB", when="BB"),
    dtp("S1", "service date", "472"),
    dtp("S1", "issued", "102", "D8"),
    dtp("S1", "expires", "036", "D8"),
    dtp("S1", "effective", "007"),
    use("HI", "S1", "questions", diagnosis("R", _QUESTION), *(diagnosis("S", _QUESTION) for _ in range(11))),
    x217.professional(),
    x217.institutional("1 2 3 4 5 6 7 8 9"),
    x217.dental(),
    x217.tooth(),
    x217.delivery("6 7 21 26 27 29 34 35"),
    x217.paperwork(codes.LINE_REPORTS, _WAYS),
    msg("S1"),
    loop("2010FA", "S12", "provider of the service",
        nm1("provider", x217.LINE_PROVIDERS, prefix="S", number="S", qualifiers="24 34 46 XX",
            when=f"{x217.LINE_PROVIDERS} {x217.STRAY_PROVIDERS}"),
        ref("S8", "other numbers", f"G5 {x217.PROVIDER_NUMBERS}", text="S"),
        n3(),
        n4(),
        per("S1", REVIEW_CHANNELS),
        aaa("S9", _PROVIDER_REJECTED, "C N"),
        prv("S1", x217.LINE_PROVIDER_ROLES, taxonomy="R"),
        *x217.same_role(x217.LINE_PROVIDER_ROLES)),
    loop("2010FB", "S1", "whom to give more information",
        nm1("contact", "L5", number="S", qualifiers="24 34 46 PI XV XX", when="L5"),
        n3(),
        n4("R1"),
        per("S1", REVIEW_CHANNELS)))

event = loop("2000E", "S>1", "patient event",
    hl("EV", "0 1"),
    trn("S3", "1 2"),
    aaa("S9", "15 33 52 56 57 60 61 62 AA AF AH AI AJ AK AM AN T5", "C N"),
    x217.event_review(
        codes.EVENT_SERVICES + "AH",
        causes=(_ANY_CAUSE, _ANY_CAUSE, _ANY_CAUSE), release="A I M N O Y",
        delays="1 2 3 4 5 6 7 8 9 10 11 15 16 17"),
    x217.decision("A1 A2 A3 A4 A6 C CT NA"),
    ref("S1", "administrative reference", "NT", when="NT"),
    ref("S1", "earlier authorization number", "BB", when="BB"),
    dtp("S1", "accident", "439", "D8"),
    dtp("S1", "last menstrual period", "484", "D8"),
    dtp("S1", "estimated birth", "ABC", "D8"),
    dtp("S1", "onset", "431", "D8"),
    dtp("S1", "event", "AAH"),
    dtp("S1", "admission", "435"),
    dtp("S1", "discharge", "096", "D8"),
    dtp("S1", "issued", "102", "D8"),
    dtp("S1", "expires", "036", "D8"),
    dtp("S1", "effective", "007"),
    use("HI", "S1", "diagnoses and questions",
        diagnosis("R", f"{x217.FIRST_DIAGNOSIS} {_QUESTION}", dated=True),
        diagnosis("S", f"{x217.SECOND_DIAGNOSIS} {_QUESTION}", dated=True),
        *(diagnosis("S", f"{x217.OTHER_DIAGNOSIS} {_QUESTION}", dated=True) for _ in range(10))),
    x217.delivery("6 7 21 26 27 34 35", codes.REVIEW_PATTERNS + "WE"),
    x217.admission(),
    x217.ambulance(weight=False),
    x217.spinal(needed="S", yes_no=_YES_NO),
    x217.oxygen(equipment="S"),
    x217.home_health("1 2 3 4 5 6 I R S"),
    x217.paperwork(codes.EVENT_REPORTS, _WAYS),
    msg("S1"),
    loop("2010EA", "S14", "provider of the event",
        nm1("provider", x217.EVENT_PROVIDERS, prefix="S", number="S", qualifiers="24 34 46 XX",
            when=f"{x217.EVENT_PROVIDERS} {x217.STRAY_PROVIDERS}"),
        ref("S7", "other numbers", x217.PROVIDER_NUMBERS, text="S"),
        n3(),
        n4(),
        per("S1", REVIEW_CHANNELS),
        aaa("S9", _PROVIDER_REJECTED, "C N"),
        prv("S1", x217.EVENT_PROVIDER_ROLES, taxonomy="R"),
        *x217.same_role(x217.EVENT_PROVIDER_ROLES)),
    loop("2010EB", "S1", "whom to give more information",
        nm1("contact", "L5", number="S", qualifiers="24 34 46 PI XV XX", when="L5"),
        n3(),
        n4(),
        per("S1", REVIEW_CHANNELS, "EM EX FX TE")),
    loop("2010EC", "S5", "place of transport",
        nm1("place", x217.TRANSPORT_PLACES, entity="2", last="R", given="N", suffix="N", number="N",
            when=x217.TRANSPORT_PLACES),
        n3("R1"),
        n4("R1", city="S"),
        aaa("S9", "15 33 47 97", "C N")),
    service)

dependent = loop("2000D", "S1", "dependent",
    hl("23", "0 1"),
    loop("2010D", "R1", "dependent's name",
        nm1("dependent", "QC", entity="1", number="S", qualifiers="II MI"),
        ref("S3", "other numbers", x217.DEPENDENT_NUMBERS),
        n3(),
        n4(),
        aaa("S9", "15 33 58 64 65 66 67 68 71 77 95", "C N"),
        dmg("F M U", birth="R"),
        ins("N", "01 19 G8", birth="S")),
    event)

subscriber = loop("2000C", "S1", "subscriber",
    hl("22", "0 1"),
    loop("2010C", "R1", "subscriber's name",
        nm1("subscriber", "IL", entity="1", prefix="S", qualifiers="II MI"),
        ref("S9", "other numbers", x217.SUBSCRIBER_NUMBERS),
        n3(),
        n4(),
        aaa("S9", _PERSON_REJECTED, "C N"),
        dmg("F M U", birth="R"),
        ins("Y", "18", military="AO AU DI PV RU")),
    event,
    dependent)

requester = loop("2000B", "S1", "requester",
    hl("21", "0 1", also="19"),
    loop("2010B", "R2", "requester's name",
        nm1("requester", "1P FA", qualifiers="24 34 46 XX"),
        ref("S8", "other numbers", x217.REQUESTER_NUMBERS),
        aaa("S9", "15 35 41 43 44 45 46 47 49 51 79 97", "C N R"),
        prv("S1", x217.REQUESTER_ROLES)),
    subscriber)

GUIDE = Guide(
    id="005010X217",
    kind="278-response",
    transaction="278",
    functional_group="HI",
    purposes=frozenset({"11"}),
    source="public BizTalk schema X12_00501_278; order confirmed by published examples",
    root=loop("ST", "R1", "set",
        st("278", "005010X217"),
        bht("0007", "11", kind=x217.transaction_kind("R", "18 19 AT RU")),
        loop("2000A", "R1", "review organization",
            hl("20", "0 1", parent="N"),
            aaa("S9", "04 41 42 79", "C N P Y", valid="N Y"),
            loop("2010A", "R1", "review organization's name",
                nm1("review organization", "X3 PR 2B 36", qualifiers="24 34 46 PI XV"),
                per("S1", REVIEW_CHANNELS),
                aaa("S9", "42 79 80 T4", "N P Y")),
            requester),
        se()))
