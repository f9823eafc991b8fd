"""005010X279A1, 270 eligibility inquiry.

Read from the public BizTalk schema of the base X279 and the public rule file of X279A1.
Where 2000C has no dependents (HL04 = 0) the question stands in 2110C, else in 2110D.
"""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Guide
from priorwire.x12.guides import x279_parts as x279
from priorwire.x12.guides.codes import ELIGIBILITY_SERVICES
from priorwire.x12.guides.notation import el, loop, not_used, rule, told, use
from priorwire.x12.guides.shapes import (
    bht,
    dmg,
    dtp,
    hl,
    ins,
    n3,
    n4,
    nm1,
    pointers,
    procedure,
    prv,
    ref,
    se,
    st,
    trn,
)

_PROVIDER_QUALIFIERS = "9K D3 EI HPI PXC SY TJ"

place_of_service = use("III", "S1", "place of service",
    el("R ID 1/3", "code list", "ZZ"),
    el("R AN 1/30", "code", value=told(1, place="ZZ")),
    *not_used(7))

dependent = loop("2000D", "S>1", "dependent",
    hl("23", "0"),
    trn("S2", "1"),
    loop("2100D", "R1", "dependent's name",
        nm1("dependent", "03", entity="1", number="N"),
        ref("S9", "other numbers", "18 1L 1W 6P CT EA EJ F6 GH HJ IF IG MRC N6 SY Y4"),
        n3(),
        n4(),
        prv("S1", x279.PATIENT_PROVIDER_ROLES, qualifiers=_PROVIDER_QUALIFIERS),
        dmg("F M"),
        ins("N", "01 19 34", birth="S"),
        x279.diagnoses(),
        dtp("S2", "plan or card date", "102 291", alone=True),
        loop("2110D", "R99", "question",
            use("EQ", "R1", "what is asked",
                el("S ID 1/2 x99", "service type", ELIGIBILITY_SERVICES),
                procedure("S", x279.PROCEDURE_SYSTEMS),
                el("N"),
                el("N"),
                pointers(),
                syntax="R0102"),
            place_of_service,
            ref("S1", "authorization or referral number", "9F G1"),
            dtp("S1", "plan date", "291", alone=True))))

subscriber = loop("2000C", "R>1", "subscriber",
    hl("22", "0 1"),
    trn("S2", "1"),
    loop("2100C", "R1", "subscriber's name",
        nm1("subscriber", "IL", entity="1", number="S", qualifiers="II MI"),
        ref("S9", "other numbers", "18 1L 1W 3H 6P CT EA EJ F6 GH HJ IG N6 NQ SY Y4"),
        n3(),
        n4(),
        prv("S1", x279.PATIENT_PROVIDER_ROLES, qualifiers=_PROVIDER_QUALIFIERS),
        dmg("F M"),
        ins("Y", "18", birth="R"),
        x279.diagnoses(),
        dtp("S2", "plan or card date", "102 291", alone=True),
        loop("2110C", "S99", "question",
            use("EQ", "R1", "what is asked",
                el("S ID 1/2 x99", "service type", ELIGIBILITY_SERVICES),
                procedure("S", x279.PROCEDURE_SYSTEMS),
                el("S ID 3", "coverage level", "FAM"),
                el("N"),
                pointers(),
                syntax="R0102"),
            use("AMT", "S1", "spend down",
                el("R ID 1/3", "which amount", "R"), el("R R 1/18", "amount"), el("N"), when="1=R"),
            use("AMT", "S1", "billed towards the spend down",
                el("R ID 1/3", "which amount", "PB"), el("R R 1/18", "amount"), el("N"), when="1=PB"),
            place_of_service,
            ref("S1", "authorization or referral number", "9F G1"),
            dtp("S1", "plan date", "291", alone=True)),
        rule("HL04=0@2000C", "2110C", "Where no dependent follows, the question is the subscriber's.")),
    dependent)

GUIDE = Guide(
    id=x279.CURRENT,
    also=frozenset({x279.BASE}),
    kind="270",
    transaction="270",
    functional_group="HS",
    source="public BizTalk schema X12_00501_270 and public rule file for 270 005010X279A1",
    root=loop("ST", "R1", "set",
        st("270", f"{x279.CURRENT} {x279.BASE}"),
        bht("0022", "13 01", reference="S", kind=el("S ID 2", "kind of transaction", "RT")),
        loop("2000A", "R>1", "payer",
            hl("20", "1", parent="N"),
            loop("2100A", "R1", "payer's name",
                nm1("payer", x279.PAYERS, last="R", qualifiers=x279.PAYER_QUALIFIERS)),
            loop("2000B", "R>1", "who asks",
                hl("21", "1"),
                loop("2100B", "R1", "name of who asks",
                    nm1("who asks", x279.RECEIVERS, last="R", qualifiers=x279.RECEIVER_QUALIFIERS),
                    ref("S9", "other numbers", x279.RECEIVER_NUMBERS, text="S"),
                    n3(),
                    n4(),
                    prv("S1", x279.RECEIVER_ROLES)),
                subscriber)),
        se()))
