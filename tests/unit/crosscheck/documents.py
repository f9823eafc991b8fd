"""Small right messages of each kind, and the same with one thing changed. All people and numbers are invented."""

from __future__ import annotations

_ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261201*1530*^*00501*000000007*0*T*:"
_LEVELS = (
    "HL*1**20*1",
    "NM1*{payer}*2*EXAMPLE PAYER*****PI*EXHP1",
    "HL*2*1*21*1",
    "NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893",
)
_REQUEST = (
    "BHT*0007*13*REF1*20261201*1530",
    *(each.format(payer="X3") for each in _LEVELS),
    "HL*3*2*22*1",
    "NM1*IL*1*SAMPLE*ROBIN****MI*XMPL0001",
    "REF*SY*000000001",
    "N3*1 EXAMPLE STREET",
    "N4*EXAMPLETOWN*PA*191030001",
    "DMG*D8*19700402*F",
    "HL*4*3*EV*1",
    "TRN*1*TRACE0001*9EXAMPLE01",
    "UM*HS*I*1*11:B",
    "DTP*AAH*RD8*20261214-20270313",
    "HI*ABK:M5416:D8:20261130",
    "HL*5*4*SS*0",
    "SV1*HC:97110**UN*4",
)
_RESPONSE = (
    "BHT*0007*11*REF1*20261201*1530*18",
    *(each.format(payer="X3") for each in _LEVELS),
    "HL*3*2*22*1",
    "NM1*IL*1*SAMPLE*ROBIN****MI*XMPL0001",
    "DMG*D8*19700402*F",
    "HL*4*3*EV*1",
    "TRN*2*TRACE0001*9EXAMPLE01",
    "UM*HS*I*1*11:B",
    "HCR*A1*AUTH0001",
    "DTP*102*D8*20261201",
    "HI*ABK:M5416",
    "HL*5*4*SS*0",
    "SV1*HC:97110**UN*4",
)
_ASKS = (
    "BHT*0022*13*REF1*20261201*1530",
    *(each.format(payer="PR") for each in _LEVELS),
    "HL*3*2*22*0",
    "TRN*1*TRACE0001*9EXAMPLE01",
    "NM1*IL*1*SAMPLE*ROBIN****MI*XMPL0001",
    "DMG*D8*19700402*F",
    "DTP*291*D8*20261210",
    "EQ*30",
)
_SAYS = (
    "BHT*0022*11*REF1*20261201*1530",
    *(each.format(payer="PR") for each in _LEVELS),
    "HL*3*2*22*0",
    "TRN*2*TRACE0001*9EXAMPLE01",
    "NM1*IL*1*SAMPLE*ROBIN****MI*XMPL0001",
    "DMG*D8*19700402*F",
    "DTP*346*D8*20260101",
    "EB*1*IND*30*HM",
    "EB*C*IND*30*HM**23*1500*****Y",
)

#: Kind -> GS01, GS08 and ST03, ST01, and the body.
_KINDS = {
    "270": ("HS", "005010X279A1", "270", _ASKS),
    "271": ("HB", "005010X279A1", "271", _SAYS),
    "278-request": ("HI", "005010X217", "278", _REQUEST),
    "278-response": ("HI", "005010X217", "278", _RESPONSE),
}
KINDS = tuple(_KINDS)


def message(*kinds: str, change: tuple[str, str] = ("", ""), after: tuple[str, str] = ("", "")) -> bytes:
    """One interchange with a set of each kind, each in its group.

    Args:
        kinds: what to write.
        change: what to replace in the bodies before segments are counted: a text that is there, and another.
        after: what to replace in the whole, counts and all.
    """
    groups = "".join(_group(number, kind, change) for number, kind in enumerate(kinds, 1))
    return _changed(f"{_ISA}~{groups}IEA*{len(kinds)}*000000007~", after).encode("latin-1")


def _group(number: int, kind: str, change: tuple[str, str]) -> str:
    code, version, transaction, body = _KINDS[kind]
    segments = _changed("~".join(body) + "~", change)
    count = segments.count("~") + 2
    header = f"GS*{code}*SENDER*RECEIVER*20261201*1530*{number}*X*{version}~ST*{transaction}*0001*{version}~"
    return f"{header}{segments}SE*{count}*0001~GE*1*{number}~"


def _changed(text: str, change: tuple[str, str]) -> str:
    old, new = change
    assert old in text
    return text.replace(old, new, 1) if old else text
