"""What the guides of our requests have and we do not send, each with its reason: data for `request_reach`.

A place is a pattern over paths like ``2000E/UM/04-3`` (`fnmatch`, ``*`` for anything). Under
`CODES` a place also names the codes of its list that are not sent; ``*`` there means all that are not.
"""

from __future__ import annotations

from collections.abc import Mapping

_ONE_COMPANY = "One company asks; it has no parts that a payer would tell apart."
_PAYER_IS_ONE = "The payer is an organization; these name a person."
_SSN = "A social security number is never asked for or sent."
_ICD9 = "ICD-9 has not been in use since October 2015."
_WE_ARE_PROVIDERS = "A provider asks; the other codes are for payers and employers that ask one another."
_NPI_OR_TAX = "A provider is named by its NPI, or by its tax number where it has none."
_EXAMPLE = "An inquiry finds a review by number, or by what payers search by; the rest would only make it miss."
_SAMPLES = "No published sample shows it to be needed; the review itself has said it, or nothing depends on it."
_ORDER = "Telephone, extension, fax, e-mail and web address are sent in this order."

#: Guide id -> place -> reason.
ELEMENTS: Mapping[str, Mapping[str, str]] = {
    "005010X217": {
        "2010A/NM1/0[457]": _PAYER_IS_ONE,
        "2000[EF]/TRN/04": _ONE_COMPANY,
        "2000[EF]/UM/04-3": "The frequency of a bill is not to be sent by the public rule file for the request.",
    },
    "005010X279A1": {
        "2100A/NM1/0[457]": _PAYER_IS_ONE,
        "2000[CD]/TRN/04": _ONE_COMPANY,
        "2100[CD]/PRV/*": "Which provider the patient is signed on with, the payer knows and answers.",
        "2110[CD]/DTP/*": "The inquiry has one date for all its questions, told with the name.",
    },
    "005010X215": {
        "ST/BHT/06": "Only a reservation says so, and it is found like any other review.",
        "2010A/NM1/0[457]": _PAYER_IS_ONE,
        "2000E/TRN/04": _ONE_COMPANY,
        "2000E/UM/04-3": "As in the request.",
        "2000E/UM/05*": _EXAMPLE,
        "2000E/UM/07": _EXAMPLE,
        "2000E/UM/08": _EXAMPLE,
        "2000E/UM/09": _EXAMPLE,
        "2000E/UM/10": _EXAMPLE,
        "2000E/DTP?439?/*": _EXAMPLE,
        "2000E/DTP?484?/*": _EXAMPLE,
        "2000E/DTP?ABC?/*": _EXAMPLE,
        "2000E/DTP?431?/*": _EXAMPLE,
        "2000E/HI/*": "Payers search by one diagnosis.",
        "2000E/HSD/*": "The payer may have changed the quantity.",
        "2000E/CRC*": _EXAMPLE,
        "2000E/CL1/*": _EXAMPLE,
        "2000E/CR*/*": _EXAMPLE,
        "2000E/PWK/*": "An inquiry announces nothing.",
        "2000E/MSG/*": _EXAMPLE,
        "2010EB/*": _EXAMPLE,
        "2010EC/*": _EXAMPLE,
        "2000F/TRN/*": "The trace is the inquiry's own, once, at the event.",
        "2000F/UM/*": _EXAMPLE,
        "2000F/REF*": "The number of the event finds the review.",
        "2000F/SV1/*": "The code alone finds the service.",
        "2000F/SV2/*": "The code alone finds the service.",
        "2000F/SV3/*": "The code alone finds the service.",
        "2000F/TOO/*": "The code alone finds the service.",
        "2000F/HSD/*": "The payer may have changed the quantity.",
        "2000F/PWK/*": "An inquiry announces nothing.",
        "2000F/MSG/*": _EXAMPLE,
        "2010F/*": "The providers of the event find the review.",
    },
    "006020X316": {
        "ST/BGN/0[4-9]": "Published samples end with the date.",
        "1000A/NM1/0[4567]": _PAYER_IS_ONE,
        "1000[ABCD]/*": _SAMPLES,
        "2000A/TRN/0[34]": "Published samples give the number alone: it is the announcement's, or the payer's.",
        "2000A/STC/*": "The answer repeats the question's code; the rest of STC is a payer's to say.",
        "2000A/REF/*": _SAMPLES,
        "2100A/CAT/0[34]": "Only a document of several versions names one.",
        "2110A/OOI/04": _SAMPLES,
    },
    "005010X211": {
        "ST/BGN/0[4-9]": "Published samples end with the date.",
        "1000A/NM1/0[4567]": _PAYER_IS_ONE,
        "1000[ABCD]/*": _SAMPLES,
        "2000A/TRN/0[34]": "Published samples give the number alone: it is the announcement's, or the payer's.",
        "2000A/STC/*": "The answer repeats the question's code; the rest of STC is a payer's to say.",
        "2000A/REF/*": _SAMPLES,
        "2100A/CAT/0[34]": "Only a document of several versions names one.",
        "2110A/EFI/*": "Published samples give the security level alone.",
    },
}

#: The two sides of a 278 share their codes.
_OF_278: Mapping[tuple[str, str], str] = {
    ("2010A/NM1/02", "1"): _PAYER_IS_ONE,
    ("2010B/NM1/01", "2B 36 PR"): _WE_ARE_PROVIDERS,
    ("*/NM1/08", "34"): _SSN,
    ("*/NM1/08", "46 XV"): _NPI_OR_TAX,
    ("2010C/NM1/08", "II"): "The standard health identifier was never introduced.",
    ("*/REF/01", "SY"): _SSN,
    ("*/PER/05", "*"): _ORDER,
    ("*/PER/07", "*"): _ORDER,
    ("2010B/PRV/01", "CO CV"): "Who covers for somebody or gives counsel asks in their own name.",
    ("2000E/HI/*", "BF BJ BK PR"): _ICD9,
}

#: Guide id -> (place, codes) -> reason.
CODES: Mapping[str, Mapping[tuple[str, str], str]] = {
    "005010X217": {
        **_OF_278,
        ("ST/BHT/02", "36"): "A reservation is told by UM01 and BHT06, as in the published example.",
        ("2000E/CR1/01", "KG"): "Weight is told in pounds.",
        ("2000E/CR1/05", "DK"): "Distance is told in miles.",
        ("2000E/CR6/10", "ID"): _ICD9,
        ("2000F/SV2/02-1", "ID"): _ICD9,
        ("2010F/NM1/01", "1T"): "A clinic and a group have codes of their own.",
    },
    "005010X215": {
        **_OF_278,
        ("ST/BHT/02", "*"): "An inquiry has a purpose of its own (28).",
        ("2000F/SV2/02-1", "ID"): _ICD9,
    },
    "005010X279A1": {
        ("ST/BHT/02", "01"): "A question that was asked is not taken back.",
        ("2100A/NM1/01", "2B 36 GP P5"): "Whoever answers, answers as the payer.",
        ("2100A/NM1/02", "1"): _PAYER_IS_ONE,
        ("2100B/NM1/01", "2B 36 GP P5 PR"): _WE_ARE_PROVIDERS,
        ("2100B/NM1/01", "80"): "A hospital asks as a facility.",
        ("2100B/NM1/08", "34"): _SSN,
        ("2100B/NM1/08", "24 PI PP SV XV"): _NPI_OR_TAX,
        ("2100B/REF/01", "4A EL JD"): "Personal numbers and passwords of users do not belong in a message.",
        ("2100B/REF/01", "HPI"): "The NPI stands in NM109.",
        ("2100B/REF/01", "Q4"): "A number that was once in use says nothing about coverage.",
        ("*/REF/01", "SY"): _SSN,
        ("2100B/PRV/01", "*"): "What kind of place asks, its taxonomy says; the codes of roles are sent.",
        ("2100C/NM1/08", "II"): "The standard health identifier was never introduced.",
        ("2100[CD]/REF/01", "1W"): "The member id stands in NM109.",
        ("2100[CD]/REF/01", "GH"): "The number of the card is sent; its serial number is not printed on most.",
        ("2100[CD]/REF/01", "Y4"): "The claim number of an accident insurer is not a health plan's.",
        ("2100D/REF/01", "IF MRC"): "The payer's own filing of a member; no card shows it.",
        ("*/HI/*", "BF BK"): _ICD9,
        ("*/EQ/02-1", "CJ"): "CPT codes are sent as HCPCS level I (HC).",
        ("*/EQ/02-1", "ID"): _ICD9,
    },
    "006020X316": {("2110A/BDS/01", "ASC"): "A document is bytes; base64 carries them all."},
    "005010X211": {},
}
