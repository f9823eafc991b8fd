"""Batches of transaction sets to measure with: invented, generated set by set, the same each time.

A set is a template of its guide's usual parts. Names, numbers, dates and amounts change from set to
set; what repeats is what repeats in a payer's own files (the payer, its clinics, its service types
and plans), and an engine may remember that. Every tenth set of a faulty batch has one fault, of each
kind in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from priorwire.x12.grammar import is_npi

#: Sets of one interchange: a day's file of one sender.
SETS_PER_INTERCHANGE = 2_500
#: One set of so many is faulty in a faulty batch.
FAULTY_EVERY = 10

_LAST = ("SAMPLE", "EXAMPLE", "SPECIMEN", "MODEL", "PATTERN", "TRIAL", "MUSTER", "PRUEBA")
_FIRST = ("ALEX", "KIM", "ROBIN", "SAM", "JO", "CHRIS", "PAT", "LEE", "TONI", "MAX")
_STREETS = ("MAIN STREET", "FIRST AVENUE", "EXAMPLE ROAD", "PINE LANE", "HARBOR DRIVE")
_CITIES = (("SPRINGFIELD", "IL", "62701"), ("PORTLAND", "OR", "97204"), ("DAYTON", "OH", "45402"))
_SERVICES = ("1", "33", "35", "47", "86", "88", "98", "AL", "MH", "UC")
_PLANS = ("BRONZE", "SILVER", "GOLD", "PLATINUM")
_PROCEDURES = ("97110", "97112", "97140", "70551", "72148", "E0601", "99213", "29881", "45378", "90837", "K0823")
_DIAGNOSES = (
    "M545",
    "S83512A",
    "G4733",
    "E119",
    "J449",
    "I10",
    "F329",
    "K219",
    "M1711",
    "N179",
    "C50911",
    "R109",
    "Z9981",
)
_TAXONOMIES = ("207Q00000X", "207X00000X", "225100000X", "2085R0202X")


def batch(kind: str, size: int, *, faulty: bool = False) -> Iterator[bytes]:
    """A batch of whole interchanges, at least `size` bytes long, in chunks of one set each.

    Args:
        kind: ``271`` or ``278-response``.
        size: in bytes.
        faulty: whether every tenth set has a fault.
    """
    written = number = interchange = 0
    while written < size:
        interchange += 1
        head, sets = _head(kind, interchange), 0
        yield head
        written += len(head)
        while written < size and sets < SETS_PER_INTERCHANGE:
            number, sets = number + 1, sets + 1
            made = one_set(kind, number, sets, fault=number // FAULTY_EVERY if _is_due(number, faulty=faulty) else None)
            written += len(made)
            yield made
        yield f"GE*{sets}*{interchange}~IEA*1*{interchange:09}~".encode()


def _is_due(number: int, *, faulty: bool) -> bool:
    return faulty and number % FAULTY_EVERY == 0


def alone(kind: str) -> bytes:
    """One interchange with one set, and nothing wrong in it."""
    return _head(kind, 1) + one_set(kind, 1, 1) + b"GE*1*1~IEA*1*000000001~"


def one_set(kind: str, number: int, position: int, *, fault: int | None = None) -> bytes:
    """One set, ST to SE.

    Args:
        kind: ``271`` or ``278-response``.
        number: tells its values from those of other sets.
        position: its ST02.
        fault: which kind of fault it has, by turns; `None` for none.
    """
    lines = list(_KINDS[kind][1](number))
    if fault is not None:
        faults = _FAULTS[kind]
        sent, broken = faults[fault % len(faults)]
        at = next(index for index, line in enumerate(lines) if line.startswith(sent))
        lines[at : at + 1] = [lines[at].replace(sent, broken, 1)] if broken else []
    transaction, guide = kind[:3], _KINDS[kind][0][1]
    head = f"ST*{transaction}*{position:04}*{guide}"
    return ("~".join((head, *lines, f"SE*{len(lines) + 2}*{position:04}")) + "~").encode()


def _head(kind: str, number: int) -> bytes:
    group, guide = _KINDS[kind][0]
    return (
        f"ISA*00*          *00*          *ZZ*EXAMPLEPAYER   *ZZ*EXAMPLECLINIC  *261102*0915*^*00501*{number:09}*0*T*:~"
        f"GS*{group}*EXAMPLEPAYER*EXAMPLECLINIC*20261102*0915*{number}*X*{guide}~"
    ).encode()


def _npi(number: int) -> str:
    """An identifier with a right check digit; those of 199 are given to nobody here."""
    stem = f"19900{number % 10_000:04}"
    return next(stem + check for check in "0123456789" if is_npi(stem + check))


_CLINICS = tuple(_npi(number) for number in range(40))


def _person(number: int) -> tuple[str, str, str]:
    return _LAST[number % len(_LAST)], _FIRST[number % len(_FIRST)], f"XMP{100_000_000 + number * 7919 % 899_999_999}"


def _address(number: int) -> tuple[str, str]:
    city, state, postal = _CITIES[number % len(_CITIES)]
    return f"N3*{1 + number % 9_900} {_STREETS[number % len(_STREETS)]}", f"N4*{city}*{state}*{postal}"


def _day(number: int, first_year: int) -> str:
    return f"{first_year + number % 60}{1 + number % 12:02}{1 + number % 28:02}"


def _period(number: int, months: int) -> str:
    """From some day on, for so many months."""
    month, day = number * 5 % 12, 1 + number % 28
    over, until = divmod(month + months, 12)
    return f"2026{month + 1:02}{day:02}-{2026 + over}{until + 1:02}{day:02}"


def benefits(number: int) -> Iterator[str]:
    last, first, member = _person(number)
    plan, period = _PLANS[number * 7 % 4], _period(number, 12)
    yield f"BHT*0022*11*REF{number:010}*20261102*0915"
    yield "HL*1**20*1"
    yield "NM1*PR*2*EXAMPLE HEALTH PLAN*****PI*XMPL1"
    yield "PER*IC*PROVIDER SERVICES*TE*8005550142*UR*PAYER.EXAMPLE"
    yield "HL*2*1*21*1"
    yield f"NM1*1P*2*EXAMPLE CLINIC {number % 40}*****XX*{_CLINICS[number % 40]}"
    yield "HL*3*2*22*0"
    yield f"TRN*2*{number:012}*9EXAMPLE01"
    yield f"NM1*IL*1*{last}*{first}*Q***MI*{member}"
    yield f"REF*6P*GRP{number % 977:05}*EXAMPLE EMPLOYER"
    yield from _address(number)
    yield f"DMG*D8*{_day(number, 1940)}*{'FM'[number % 2]}"
    yield "INS*Y*18*001*25"
    yield f"DTP*346*D8*{_day(number, 1966)}"
    yield f"DTP*291*RD8*{period}"
    yield f"EB*1*IND*30*HM*EXAMPLE HEALTH PLAN {plan}"
    yield f"EB*1*IND*{'^'.join(_SERVICES)}*HM"
    for turn, (whose, span) in enumerate((("IND", "23"), ("IND", "29"), ("FAM", "23"), ("FAM", "29"))):
        left = (number * 7919 + turn * 1201) % 300_000
        yield f"EB*C*{whose}*30*HM**{span}*{left // 100}.{left % 100:02}*****{'YN'[turn % 2]}"
        yield f"DTP*291*RD8*{period}"
    for turn, service in enumerate((*_SERVICES, *_SERVICES, *_SERVICES)):
        part = (number * 31 + turn * 7) % 90
        share, amount = (f".{10 + part}", "") if turn % 2 == 0 else ("", f"{10 + part}")
        yield f"EB*{'AB'[turn % 2]}*IND*{service}*HM*{plan}*27*{amount}*{share}****{'YNW'[turn // len(_SERVICES)]}"
        if turn % 4 == 0:
            yield f"HSD*VS*{5 + turn}***{'23'}"
        if turn % 5 == 0:
            yield f"MSG*BENEFIT {turn} MAY NEED A REFERRAL, SEE THE BOOKLET OF THE PLAN, PAGE {number % 90}"
    yield "EB*R*IND*30"
    yield f"REF*18*PLAN{number % 50:03}"
    yield "LS*2120"
    yield "NM1*PRP*2*EXAMPLE SECOND PAYER*****PI*XMPL2"
    yield from _address(number + 1)
    yield "PER*IC**TE*8005550143"
    yield "LE*2120"


def _lines_278(number: int) -> Iterator[str]:
    last, first, member = _person(number)
    period = _period(number, 3)
    begins, ends = period.split("-")
    yield f"BHT*0007*11*REF{number:010}*20261102*0915*18"
    yield "HL*1**20*1"
    yield "NM1*X3*2*EXAMPLE HEALTH PLAN*****PI*XMPL1"
    yield "PER*IC*REVIEW DESK*TE*8005550144"
    yield "HL*2*1*21*1"
    yield f"NM1*1P*2*EXAMPLE CLINIC {number % 40}*****XX*{_CLINICS[number % 40]}"
    yield "HL*3*2*22*1"
    yield f"NM1*IL*1*{last}*{first}*Q***MI*{member}"
    yield f"DMG*D8*{_day(number, 1940)}*{'FM'[number % 2]}"
    yield "HL*4*3*EV*1"
    yield f"TRN*2*{number:012}*9EXAMPLE01"
    yield f"UM*HS*I*{number % 4 + 1}*{('11', '12', '22')[number % 3]}:B"
    yield f"HCR*A1*AUTH{number:08}"
    yield f"REF*NT*ADM{number:08}"
    yield f"DTP*AAH*RD8*{period}"
    yield f"DTP*102*D8*{begins}"
    yield f"DTP*036*D8*{ends}"
    yield f"HI*ABK:{_DIAGNOSES[number % 13]}*ABF:{_DIAGNOSES[(number * 5 + 1) % 13]}"
    yield f"MSG*THIS DECISION HOLDS WHILE COVERAGE HOLDS, SEE NOTICE {number % 500}"
    yield f"NM1*71*1*{_LAST[(number + 3) % 8]}*{_FIRST[(number + 5) % 10]}****XX*{_CLINICS[(number + 9) % 40]}"
    yield from _address(number)
    yield f"PER*IC*FRONT DESK*TE*555555{number % 100 + 100:04}"
    yield f"PRV*AT*PXC*{_TAXONOMIES[number % 4]}"
    for line in range(4):
        yield f"HL*{5 + line}*4*SS*0"
        yield f"TRN*2*{number:010}{line}*9EXAMPLE01"
        yield f"HCR*{'A1' if line % 2 == 0 else 'A6'}*AUTH{number:08}"
        yield f"DTP*472*RD8*{period}"
        yield f"SV1*HC:{_PROCEDURES[(number + line) % 11]}*{100 + number % 400}.5*UN*{6 + line}"
        yield f"HSD*VS*{6 + line}*WK*2*34*{4 + line}"
        last, first, _ = _person(number + line)
        yield f"NM1*SJ*1*{last}*{first}****XX*{_CLINICS[(number + line) % 40]}"


#: Kind -> GS01 and GS08, and what stands between ST and SE.
_KINDS = MappingProxyType(
    {
        "271": (("HB", "005010X279A1"), benefits),
        "278-response": (("HI", "005010X217"), _lines_278),
    }
)

#: Kind -> what a segment begins with, and what stands there instead; nothing where the segment is left out.
_FAULTS = MappingProxyType(
    {
        "271": (
            ("EB*1*IND*30", "EB*ZZ*IND*30"),  # a code that the guide does not have
            ("DMG*D8*", "DMG*D8*1"),  # no date
            ("NM1*IL*1*", ""),  # a required loop is absent
            ("TRN*2*", "TRN**"),  # a required element is absent
            ("N3*", "N3**"),  # another
            ("INS*Y*18", "INS*Y*99"),
            ("HSD*VS*", "HSD*VS*X"),  # no number
            ("LS*2120", "ZZZ*2120"),  # no such segment
            ("NM1*1P*2*", "NM1*1P*2**"),  # what follows stands one element too late
            ("HL*3*2*22*0", "HL*3*9*22*0"),  # no such parent
        ),
        "278-response": (
            ("HCR*A1", "HCR*ZZ"),
            ("DMG*D8*", "DMG*D8*1"),
            ("NM1*IL*1*", ""),
            ("TRN*2*", "TRN**"),
            ("DTP*102*D8*2026", "DTP*102*D8*2O26"),
            ("UM*HS*I", "UM*HS*Q"),
            ("HI*ABK:", "HI*ZZZ:"),
            ("MSG*", "ZZZ*"),
            ("PRV*AT*PXC*", "PRV*AT*PXC**"),
            ("HL*4*3*EV*1", "HL*4*9*EV*1"),
        ),
    }
)
