"""005010X217, 278 request for review.

Read from the public BizTalk schema of X217 and the public rule file for its request, which
agree segment by segment. Exactly one 2000A, 2000B, 2000C and 2000E: one patient and one
event a set. The event hangs on the dependent where there is one, else on the subscriber.
"""

# fmt: off
from __future__ import annotations

from dataclasses import replace

from priorwire.x12.guide import Guide, Usage
from priorwire.x12.guides import codes
from priorwire.x12.guides import x217_parts as x217
from priorwire.x12.guides.notation import comp, el, loop, rule, ruled, use
from priorwire.x12.guides.shapes import (
    REVIEW_CHANNELS,
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

_PERIODS = "6 7 21 26 27 34 35"
_WAYS = "AA BM EL EM FX VO"
_numbered = rule("PWK02=BM,EL,EM,FX", "PWK06", "A document that is sent along is found by its control number.")

service = loop("2000F", "S>1", "service line",
    hl("SS", "0"),
    trn("S2", "1"),
    x217.line_review(codes.LINE_SERVICES),
    ref("S1", "earlier authorization number", "BB", when="BB"),
    ref("S1", "earlier administrative reference", "NT", when="NT"),
    dtp("S1", "service date", "472", alone=True),
    x217.professional(),
    x217.institutional("1 2 3 4 5 6 7 8"),
    x217.dental(),
    x217.tooth(),
    x217.delivery(_PERIODS),
    x217.paperwork(codes.LINE_REPORTS, _WAYS, _numbered),
    msg("S1"),
    loop("2010F", "S10", "provider of the service",
        ruled(nm1("provider", f"1T {x217.LINE_PROVIDERS}", prefix="S", number="S", qualifiers="24 34 46 XX"),
              x217.first_name()),
        ref("S8", "other numbers", x217.PROVIDER_NUMBERS, text="S"),
        n3(),
        n4(),
        per("S1", REVIEW_CHANNELS),
        prv("S1", x217.LINE_PROVIDER_ROLES, taxonomy="R"),
        *x217.same_role(x217.LINE_PROVIDER_ROLES)))

event = loop("2000E", "R1", "patient event",
    hl("EV", "0 1"),
    trn("S2", "1"),
    x217.event_review(
        codes.EVENT_SERVICES,
        causes=("AA AP EM", "AP EM", "AP"), release="M Y", delays="1 2 3 4 7 8 10 11 15 16 17"),
    ref("S1", "earlier authorization number", "BB", when="BB"),
    ref("S1", "earlier administrative reference", "NT", when="NT"),
    dtp("S1", "accident", "439", "D8"),
    dtp("S1", "last menstrual period", "484", "D8"),
    dtp("S1", "estimated birth", "ABC", "D8"),
    dtp("S1", "onset", "431", "D8"),
    dtp("S1", "event", "AAH"),
    dtp("S1", "admission", "435"),
    dtp("S1", "discharge", "096", "D8"),
    use("HI", "S1", "diagnoses",
        diagnosis("R", x217.FIRST_DIAGNOSIS, dated=True),
        diagnosis("S", x217.SECOND_DIAGNOSIS, dated=True),
        *(diagnosis("S", x217.OTHER_DIAGNOSIS, dated=True) for _ in range(10))),
    x217.delivery(_PERIODS),
    x217.condition("ambulance", "07", codes.AMBULANCE_CONDITIONS),
    x217.condition("chiropractic", "08", codes.CHIROPRACTIC_CONDITIONS),
    x217.condition("medical equipment", "09", codes.EQUIPMENT_CONDITIONS),
    x217.condition("oxygen", "11", codes.OXYGEN_CONDITIONS),
    x217.condition("functional limitations", "75", codes.FUNCTIONAL_LIMITATIONS),
    x217.condition("activities permitted", "76", codes.ACTIVITIES_PERMITTED),
    x217.condition("mental status", "77", codes.MENTAL_STATUS),
    x217.admission(),
    x217.ambulance(weight=True),
    x217.spinal(needed="R", yes_no="N Y"),
    x217.oxygen(equipment="R"),
    x217.home_health("1 2 3 4 6 I R S", surgery="HC ID", period="RD8"),
    x217.paperwork(codes.EVENT_REPORTS, _WAYS, _numbered),
    msg("S1"),
    loop("2010EA", "S14", "provider of the event",
        ruled(nm1("provider", x217.EVENT_PROVIDERS, prefix="S", number="S", qualifiers="24 34 46 XX",
                  when=f"{x217.EVENT_PROVIDERS} {x217.STRAY_PROVIDERS}"),
              x217.first_name()),
        ref("S7", "other numbers", x217.PROVIDER_NUMBERS, text="S"),
        n3(),
        n4(),
        per("S1", REVIEW_CHANNELS),
        prv("S1", x217.EVENT_PROVIDER_ROLES, taxonomy="R"),
        *x217.same_role(x217.EVENT_PROVIDER_ROLES)),
    loop("2010EB", "S5", "place of transport",
        nm1("place", x217.TRANSPORT_PLACES, entity="2", given="N", suffix="N", number="N",
            when=x217.TRANSPORT_PLACES),
        n3("R1"),
        n4("R1", city="S")),
    loop("2010EC", "S3", "other review organization",
        nm1("organization", "00 CA GG", entity="2", given="N", suffix="N", number="N", when="00 CA GG"),
        use("REF", "R1", "why it denied",
            el("R ID 2/3", "kind of number", "ZZ"),
            el("R AN 1/50", "reason"),
            el("N"),
            comp("S", "further reasons",
                el("R ID 2/3", "kind of number", "ZZ"), el("R AN 1/50", "reason"),
                el("S ID 2/3", "kind of number", "ZZ"), el("S AN 1/50", "reason"),
                el("S ID 2/3", "kind of number", "ZZ"), el("S AN 1/50", "reason"),
                syntax="P0304 P0506"),
            syntax="R0203"),
        dtp("R1", "when it denied", "598", "D8", alone=True)),
    service,
    rule("UM01=AR", "DTP01=435", "An admission review names the day of the admission."),
    rule("UM01=AR", "2010EA", "An admission review names a provider of the event."),
    rule("CR1", "2010EB", "An ambulance transport names its places."),
    # Published examples send RU with BHT02 13, so that it depends on what is asked and not on BHT02.
    rule("UM01=IN", "BHT06=RU@ST", "A reservation of medical services says so in BHT06.", firm=False),
    rule("UM02=1,2,3,4,N,R,S", "REF01=BB | REF01=NT",
         "Whatever is not a first request names the earlier one.", firm=False))

dependent = loop("2000D", "S1", "dependent",
    hl("23", "1"),
    loop("2010D", "R1", "dependent's name",
        ruled(nm1("dependent", "QC", entity="1", prefix="N", number="N"), x217.first_name()),
        ref("S3", "other numbers", x217.DEPENDENT_NUMBERS),
        n3(),
        n4(),
        dmg("F M U", birth="R"),
        ins("N", "01 19 G8", birth="S")),
    event)

subscriber = loop("2000C", "R1", "subscriber",
    hl("22", "1"),
    loop("2010C", "R1", "subscriber's name",
        ruled(nm1("subscriber", "IL", entity="1", prefix="S", qualifiers="II MI"), x217.first_name()),
        ref("S9", "other numbers", x217.SUBSCRIBER_NUMBERS),
        n3(),
        n4(),
        dmg("F M U", birth="R"),
        ins("Y", "18", military="AO AU DI PV RU")),
    dependent,
    replace(event, usage=Usage.SITUATIONAL),
    rule("2000D", "!2000E", "The event is the dependent's where there is one."),
    rule("!2000D", "2000E", "A request is about one event."))

requester = loop("2000B", "R1", "requester",
    hl("21", "1", also="19"),
    loop("2010B", "R1", "requester's name",
        ruled(nm1("requester", "1P 2B 36 FA PR", qualifiers="24 34 46 XV XX"), x217.first_name()),
        ref("S8", "other numbers", x217.REQUESTER_NUMBERS),
        n3(),
        n4(),
        per("S1", REVIEW_CHANNELS),
        prv("S1", x217.REQUESTER_ROLES),
        rule("NM108=24", "!REF01=EI", "The employer's number stands in NM109 already."),
        rule("NM108=34", "!REF01=SY", "The social security number stands in NM109 already.")),
    subscriber)

GUIDE = Guide(
    id="005010X217",
    kind="278-request",
    transaction="278",
    functional_group="HI",
    purposes=frozenset({"13", "01", "36"}),
    source="public BizTalk schema X12_00501_278 and public rule file for 278RV 005010X217",
    root=loop("ST", "R1", "set",
        st("278", "005010X217"),
        bht("0007", "01 13 36", kind=x217.transaction_kind("S", "RU")),
        loop("2000A", "R1", "review organization",
            hl("20", "1", parent="N"),
            loop("2010A", "R1", "review organization's name",
                nm1("review organization", "X3 PR 2B 36", qualifiers="24 34 46 PI XV")),
            requester),
        se()))
