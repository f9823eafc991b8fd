"""Generated from the public BizTalk schemas of X279 and X217 (X12_00501_270, _271, _278): the long code lists.

Codes only. What a code means is licensed text and is not here. A short list stands in the
guide itself, where it is used.
"""

from __future__ import annotations

#: EQ01 and EB03 of the 270 and 271: service types (element 1365).
ELIGIBILITY_SERVICES = (
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 30 32 33 34 35 36 37 38 39 40 "
    "41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 "
    "76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99 A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 AA "
    "AB AC AD AE AF AG AH AI AJ AK AL AM AN AO AQ AR B1 B2 B3 BA BB BC BD BE BF BG BH BI BJ BK BL BM BN BP BQ "
    "BR BS BT BU BV BW BX BY BZ C1 CA CB CC CD CE CF CG CH CI CJ CK CL CM CN CO CP CQ DG DM DS GF GN GY IC MH "
    "NI ON PT PU RN RT TC TN UC "
)

#: EB04 of the 271: insurance types (element 1336).
INSURANCE_TYPES = (
    "12 13 14 15 16 41 42 43 47 AP C1 CO CP D DB EP FF GP HM HN HS IN IP LC LD LI LT MA MB MC MH MI MP OT PE "
    "PL PP PR PS QM RP SP TF WC WU "
)

#: EB01 of the 271: what kind of benefit row it is (element 1390).
BENEFIT_INFORMATION = "1 2 3 4 5 6 7 8 A B C CB D E F G H I J K L M MC N O P Q R S T U V W X Y "

#: MPI05 of the 271: rank (element 1596).
MILITARY_RANKS = (
    "A1 A2 A3 B1 B2 C1 C2 C3 C4 C5 C6 C7 C8 C9 E1 F1 F2 F3 F4 G1 G4 L1 L2 L3 L4 L5 L6 M1 M2 M3 M4 M5 M6 P1 P2 "
    "P3 P4 P5 R1 R2 S1 S2 S3 S4 S5 S6 S7 S8 S9 SA SB SC T1 V1 W1 "
)

#: HSD07 of the 271: days of a delivery pattern (element 678).
BENEFIT_PATTERNS = "1 2 3 4 5 6 7 8 9 A B C D E F G H J K L M N O P Q R S SG SL SP SX SY SZ T U V W X Y "

#: UM03 of a 278 service line: the service types that can be reviewed.
LINE_SERVICES = (
    "1 2 3 4 5 6 7 8 11 12 14 15 16 17 18 20 21 23 24 25 26 27 28 33 35 36 37 38 39 40 42 44 45 46 54 56 61 "
    "62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79 80 82 83 84 85 86 87 88 93 A4 A6 A9 AD AE AF AG AI "
    "AJ AK AL AR B1 BB BC BD BE BF BG BL BN BP BQ BS BY BZ C1 GY IC MH NI ON PT PU RN RT TC TN "
)

#: HSD07 of the 278: days of a delivery pattern (element 678).
REVIEW_PATTERNS = "1 2 3 4 5 6 7 8 9 A B C D E F G H J K L M N O P Q R S SA SB SC SD SG SL SP SX SY SZ T U V W X Y "

#: PWK01 of a 278 event: kinds of report (element 755).
EVENT_REPORTS = (
    "03 04 05 06 07 08 09 10 11 13 15 21 48 55 59 77 A3 A4 AM AS AT B2 B3 BR BS BT CB CK D2 DA DB DG DJ DS FM "
    "HC HR I5 IR LA M1 NN OB OC OD OE OX P4 P5 P6 P7 PE PN PO PQ PY PZ QC QR RB RR RT RX SG V5 "
)

#: CR203 and CR204 of the 278: levels of the spine (element 1367).
SUBLUXATION_LEVELS = "C1 C2 C3 C4 C5 C6 C7 CO IL L1 L2 L3 L4 L5 OC SA T1 T10 T11 T12 T2 T3 T4 T5 T6 T7 T8 T9 "

#: CRC03 to CRC07 of the 278 under category 07: ambulance (element 1321).
AMBULANCE_CONDITIONS = "01 02 03 04 05 06 07 08 09 41 43 60 5A 9D "

#: CRC03 to CRC07 of the 278 under category 08: chiropractic (element 1321).
CHIROPRACTIC_CONDITIONS = "11 12 14 24 25 27 30 "

#: CRC03 to CRC07 of the 278 under category 09: medical equipment (element 1321).
EQUIPMENT_CONDITIONS = (
    "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 29 30 31 32 33 35 37 38 "
    "40 41 42 43 44 45 46 58 59 60 9D 9H 9J 9K IH LB SL "
)

#: CRC03 to CRC07 of the 278 under category 11: oxygen (element 1321).
OXYGEN_CONDITIONS = "06 16 17 25 33 37 39 5A 9J 9K DY "

#: CRC03 to CRC07 of the 278 under category 75: functional limitations (element 1321).
FUNCTIONAL_LIMITATIONS = (
    "02 03 04 05 06 11 12 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 30 31 32 35 37 39 40 41 42 43 44 45 46 "
    "68 69 5A 9E 9F 9H AA AL BL BPD BTD CA CB CNJ CO DY EL EP HL LB LE OL PA PW SL TNJ WA WR "
)

#: CRC03 to CRC07 of the 278 under category 76: activities permitted (element 1321).
ACTIVITIES_PERMITTED = "10 13 19 21 22 27 31 40 BR CA CB CR EL EP IH NR PA PW TR UT WA WR "

#: CRC03 to CRC07 of the 278 under category 77: mental status (element 1321).
MENTAL_STATUS = "01 05 07 13 20 22 23 26 33 34 68 69 5A 9E 9F 9J 9K AG BPD BTD CB CM DI DP FO HO LE MC OT UN "

#: UM03 of a 278 event: one more than a line may have.
EVENT_SERVICES = LINE_SERVICES + "CQ "

#: PWK01 of a 278 service line: one more than an event may have.
LINE_REPORTS = EVENT_REPORTS + "XP "
