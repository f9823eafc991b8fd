"""005010X279A1: what the 270 and the 271 share."""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Use
from priorwire.x12.guides.notation import not_used, use
from priorwire.x12.guides.shapes import diagnosis

#: GS08 and ST03: the errata is in force; the bare base version is still sent.
CURRENT = "005010X279A1"
BASE = "005010X279"

PAYERS = "2B 36 GP P5 PR"
PAYER_QUALIFIERS = "24 46 FI NI PI XV XX"
RECEIVERS = "1P 2B 36 80 FA GP P5 PR"
RECEIVER_QUALIFIERS = "24 34 FI PI PP SV XV XX"
RECEIVER_NUMBERS = "0B 1C 1D 1J 4A CT EL EO HPI JD N5 N7 Q4 SY TJ"
RECEIVER_ROLES = "AD AT BI CO CV H HH LA OT P1 P2 PC PE R RF SB SK SU"
PATIENT_PROVIDER_ROLES = "AD AT BI CO CV H HH LA OT P1 P2 PC PE R RF SK SU"

#: EQ02 and EB13.
PROCEDURE_SYSTEMS = "AD CJ HC ID IV N4 ZZ"


def diagnoses() -> Use:
    """HI of 2100C and 2100D: eight codes, the principal first."""
    return use("HI", "S1", "diagnoses",
        diagnosis("R", "ABK BK"),
        *(diagnosis("S", "ABF BF") for _ in range(7)),
        *not_used(4))
