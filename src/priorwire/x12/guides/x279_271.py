"""005010X279A1, 271 eligibility response.

Read from the public BizTalk schema of the base X279 and the public rule file of X279A1,
which adds N3 and N4 to 2100B. LS and LE stand around 2120 and only with it; payers leave
one or both out, so they are segments of 2110 here and not a loop of their own.
"""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Guide, Loop, Use
from priorwire.x12.guides import x279_parts as x279
from priorwire.x12.guides.codes import (
    BENEFIT_INFORMATION,
    BENEFIT_PATTERNS,
    ELIGIBILITY_SERVICES,
    INSURANCE_TYPES,
    MILITARY_RANKS,
)
from priorwire.x12.guides.notation import el, loop, not_used, rule, told, use
from priorwire.x12.guides.shapes import (
    aaa,
    bht,
    dmg,
    dtp,
    hl,
    hsd,
    ins,
    msg,
    n3,
    n4,
    nm1,
    per,
    pointers,
    procedure,
    prv,
    ref,
    se,
    st,
    trn,
)

_CHANNELS = "ED EM FX TE UR"
_ACTIONS = "C N R S W X Y"
_PERSON_DATES = "096 102 152 291 307 318 340 341 342 343 346 347 356 357 382 435 442 458 472 539 540 636 771"
_BENEFIT_DATES = "096 193 194 198 290 291 292 295 304 307 318 346 348 349 356 357 435 472 636 771"
_ENTITIES = "13 1I 1P 2B 36 73 FA GP GW I3 IL LR OC P3 P4 P5 PR PRP SEP TTP VER VN VY X3"


def _military() -> Use:
    return use("MPI", "S1", "military service",
        el("R ID 1", "status of the information", "A C L O P S T"),
        el("R ID 2", "employment status", "AE AO AS AT AU CC DD HD IR LX PE RE RM RR RU"),
        el("R ID 1", "government service", "A B C D E F G H I J K L M N O Q R S U W"),
        el("S AN 1/80", "description"),
        el("S ID 2", "rank", MILITARY_RANKS),
        el("S ID 2/3", "format", "D8 RD8"),
        el("S AN 1/35", "period"),
        syntax="P0607")


def _benefit(coverage: str) -> Use:
    return use("EB", "R1", "benefit",
        el("R ID 1/3", "active, deductible, co-payment …", BENEFIT_INFORMATION),
        el("S ID 3", "coverage level", coverage),
        el("S ID 1/2 x99", "service type", ELIGIBILITY_SERVICES),
        el("S ID 1/3", "insurance type", INSURANCE_TYPES),
        el("S AN 1/50", "plan"),
        el("S ID 1/2", "period", "6 7 13 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36"),
        el("S R 1/18", "amount"),
        el("S R 1/10", "percent as a fraction"),
        el("S ID 2", "unit", "8H 99 CA CE D3 DB DY HS LA LE M2 MN P6 QA S7 S8 VS YY"),
        el("S R 1/15", "quantity"),
        el("S ID 1", "authorization required", "N U Y"),
        el("S ID 1", "in network", "N U W Y"),
        procedure("S", x279.PROCEDURE_SYSTEMS, end=True),
        pointers(),
        syntax="P0910")


def _benefits(side: str, coverage: str, numbers: str) -> Loop:
    """2110C or 2110D with what stands in it."""
    return loop(f"2110{side}", "S>1", "benefit",
        _benefit(coverage),
        hsd("S9", units="DY FL HS MN VS", per_unit="DA MO VS WK YR",
            periods="6 7 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35", patterns=BENEFIT_PATTERNS),
        ref("S9", "other numbers", numbers, text="S"),
        dtp("S20", "date of the benefit", _BENEFIT_DATES, alone=True),
        aaa("S9", "15 33 52 53 54 55 56 57 60 61 62 63 69 70 98 AA AE AF AG AO CI E8 IA MA", "C N R W X Y",
            valid="N Y"),
        msg("S10"),
        loop(f"2115{side}", "S10", "where or for what it holds",
            use("III", "R1", "place, injury or text",
                el("S ID 1/3", "code list", "GR NI ZZ"),
                el("S AN 1/30", "code", value=told(1, place="ZZ")),
                el("S ID 2", "category", "44"),
                el("S AN 1/264", "text"),
                *not_used(5),
                syntax="P0102 L030405")),
        use("LS", "S1", "start of related names", el("R AN 1/4", "loop", "2120")),
        loop(f"2120{side}", "S23", "related name",
            nm1("payer, provider or organization", _ENTITIES, number="S",
                qualifiers="24 34 46 FA FI II MI NI PI PP SV XV XX", relation="01 02 27 41 48 65 72"),
            n3(),
            n4(location="RJ"),
            per("S3", f"{_CHANNELS} WP"),
            prv("S1", x279.RECEIVER_ROLES)),
        use("LE", "S1", "end of related names", el("R AN 1/4", "loop", "2120")),
        rule(f"2120{side} !LE", "LS", "Related names stand between LS and LE.", firm=False),
        rule(f"!2120{side} LE", "!LS", "LS and LE stand around related names only.", firm=False))


dependent = loop("2000D", "S>1", "dependent",
    hl("23", "0"),
    trn("S3", "1 2"),
    loop("2100D", "R1", "dependent's name",
        nm1("dependent", "03", entity="1", number="N"),
        ref("S9", "other numbers", "18 1L 1W 49 6P CE CT EA EJ F6 GH HJ IF IG MRC N6 NQ Q4 SY Y4", text="S"),
        n3(),
        n4(),
        aaa("S9", "15 35 42 43 45 47 48 49 51 52 56 57 58 60 61 62 63 64 65 66 67 68 71 77", _ACTIONS, valid="N Y"),
        prv("S1", x279.PATIENT_PROVIDER_ROLES),
        dmg("F M U"),
        ins("N", "01 19 20 21 39 40 53 G8", change="S", birth="S"),
        x279.diagnoses(),
        dtp("S9", "date", _PERSON_DATES, alone=True),
        _military(),
        _benefits("D", "CHD DEP ECH ESP FAM IND SPC SPO", "18 1L 1W 49 6P 9F ALS CLI F6 FO G1 IG N6 NQ")))

subscriber = loop("2000C", "S>1", "subscriber",
    hl("22", "0 1"),
    trn("S3", "1 2"),
    loop("2100C", "R1", "subscriber's name",
        nm1("subscriber", "IL", entity="1", number="S", qualifiers="II MI"),
        ref("S9", "other numbers", "18 1L 1W 3H 49 6P CE CT EA EJ F6 GH HJ IF IG N6 NQ Q4 SY Y4", text="S"),
        n3(),
        n4(),
        aaa("S9", "15 35 42 43 45 47 48 49 51 52 56 57 58 60 61 62 63 71 72 73 74 75 76 78", _ACTIONS, valid="N Y"),
        prv("S1", x279.PATIENT_PROVIDER_ROLES),
        dmg("F M U"),
        ins("Y", "18", change="S", birth="S"),
        x279.diagnoses(),
        dtp("S9", "date", _PERSON_DATES, alone=True),
        _military(),
        _benefits("C", "CHD DEP ECH EMP ESP FAM IND SPC SPO", "18 1L 1W 49 6P 9F ALS CLI F6 FO G1 IG M7 N6 NQ")),
    dependent)

GUIDE = Guide(
    id=x279.CURRENT,
    also=frozenset({x279.BASE}),
    kind="271",
    transaction="271",
    functional_group="HB",
    source="public BizTalk schema X12_00501_271 and public rule file for 271 005010X279A1",
    root=loop("ST", "R1", "set",
        st("271", f"{x279.CURRENT} {x279.BASE}"),
        bht("0022", "11 06", reference="S", kind=el("N")),
        loop("2000A", "R>1", "payer",
            hl("20", "0 1", parent="N"),
            aaa("S9", "04 41 42 79", "C N P R S Y", valid="N Y"),
            loop("2100A", "R1", "payer's name",
                nm1("payer", x279.PAYERS, last="R", qualifiers=x279.PAYER_QUALIFIERS),
                per("S3", _CHANNELS),
                aaa("S9", "04 41 42 79 80 T4", "C N P R S W X Y", valid="N Y")),
            loop("2000B", "S>1", "who asked",
                hl("21", "0 1"),
                loop("2100B", "R1", "name of who asked",
                    nm1("who asked", x279.RECEIVERS, qualifiers=x279.RECEIVER_QUALIFIERS),
                    n3(),
                    n4(),
                    ref("S9", "other numbers", x279.RECEIVER_NUMBERS, text="S"),
                    aaa("S9", "15 41 43 44 45 46 47 48 50 51 79 97 T4", _ACTIONS, valid="N Y"),
                    prv("S1", x279.RECEIVER_ROLES)),
                subscriber)),
        se()))
