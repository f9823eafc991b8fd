"""What a payer's reply may say and no record keeps, each with its reason: data for `reply_elements_page`.

A place is a pattern over paths like ``2000E/CR5/03`` (`fnmatch`, ``*`` for anything).
"""

from __future__ import annotations

from collections.abc import Mapping

_TELLS = "It tells what the element beside it is, and is looked at for that; the value beside it is kept."
_LEVEL = "It makes the tree of levels, and has said all when a service stands under its event."
_REPEATS = (
    "It repeats what the request says of the patient's state; no decision is told by it, and the request is kept."
)
_PRICE = "It repeats what the request says of price and billing; a review decides about neither."
_SENDER = "The archive keeps when the message came and from whom."
_ADDRESS = "A contact has the ways by which a document or a call gets there: telephone, fax, e-mail, web."
_PERSON = "Whether it is a person shows in the given name."

#: Kind of reply -> place -> reason.
ELEMENTS: Mapping[str, Mapping[str, str]] = {
    "278-response": {
        "ST/BHT/01": _LEVEL,
        "ST/BHT/0[45]": _SENDER,
        "*/HL/*": _LEVEL,
        "*/NM1/02": _PERSON,
        "2010C/NM1/06": "A title (Dr., Rev.) names nobody; the request's is kept.",
        "2010EA/NM1/06": "A title (Dr., Rev.) names nobody; the request's is kept.",
        "2010FA/NM1/06": "A title (Dr., Rev.) names nobody; the request's is kept.",
        "2010[EF]B/NM1/*": "Of whom to give more information the name is kept, and how to reach them.",
        "2010[EF]B/N[34]/*": _ADDRESS,
        "*/PER/0[1357]": _TELLS,
        "*/PRV/0[12]": _TELLS,
        "*/DMG/01": _TELLS,
        "*/DTP*/0[12]": _TELLS,
        "*/REF*/01": _TELLS,
        "*/HI/*-3": _TELLS,
        "*/PWK/05": _TELLS,
        "*/TOO/01": _TELLS,
        "*/INS/01": "Whether it is the subscriber shows in the level.",
        "2010C/INS/08": _REPEATS,
        "2010D/INS/17": _REPEATS,
        "*/TRN/04": "We send no part of a company, so none comes back.",
        "*/UM/04-3": "The frequency of a bill says nothing of what is authorized.",
        "2000E/UM/05-*": _REPEATS,
        "2000E/UM/0[789]": _REPEATS,
        "2000E/UM/10": _REPEATS,
        "2000E/CL1/*": _REPEATS,
        "2000E/CR[1256]/*": _REPEATS,
        "2000F/SV1/02": _PRICE,
        "2000F/SV1/07-*": "It points to diagnoses of the request by their place there.",
        "2000F/SV1/11": _PRICE,
        "2000F/SV1/20": _PRICE,
        "2000F/SV2/0[369]": _PRICE,
        "2000F/SV2/10": _PRICE,
        "2000F/SV3/02": _PRICE,
        "2000F/SV3/04-*": "Tooth and surface say which; the quadrant repeats the request.",
        "2000F/SV3/05": _REPEATS,
        "2000F/SV3/07": "A description in words; the code is kept, and the description that stands with the code.",
    }
}
