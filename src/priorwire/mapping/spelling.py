"""How our text becomes X12 text, and back again where X12's own spelling is undone.

X12 has no escape: a delimiter in a value breaks the message. There are two kinds of values,
with a rule each:

* **free text** (names, streets, messages) is cleaned by `free_text`, so that a note with a
  colon still reaches the payer;
* **identifiers** (member ids, numbers, codes) go as they are, blanks around them apart. One
  that holds a delimiter is refused by `make_segment`: a changed identifier is another person.

Sent text is upper case in X12's basic character set (X12.6, basic set), because some payers take
nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from priorwire.model.services import DateSpan
from priorwire.x12.segments import Delimiters

_BASIC = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !\"&'()*+,-./:;?=")

#: Letters that Unicode does not take apart, and signs whose loss would change what a note says.
_SPELLED: Mapping[str, str] = {
    "\N{LATIN CAPITAL LETTER SHARP S}": "SS",
    "\N{LATIN CAPITAL LETTER AE}": "AE",
    "\N{LATIN CAPITAL LIGATURE OE}": "OE",
    "\N{LATIN CAPITAL LETTER O WITH STROKE}": "O",
    "\N{LATIN CAPITAL LETTER D WITH STROKE}": "D",
    "\N{LATIN CAPITAL LETTER L WITH STROKE}": "L",
    "\N{LATIN CAPITAL LETTER ETH}": "D",
    "\N{LATIN CAPITAL LETTER THORN}": "TH",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{DEGREE SIGN}": " DEGREES ",
    "\N{PLUS-MINUS SIGN}": "+/-",
    "\N{LESS-THAN OR EQUAL TO}": " AT MOST ",
    "\N{GREATER-THAN OR EQUAL TO}": " AT LEAST ",
    # What the micro sign becomes in upper case: a dose in micrograms is written MCG.
    "\N{GREEK CAPITAL LETTER MU}": "MC",
    "<": " LESS THAN ",
    ">": " GREATER THAN ",
    "%": " PERCENT ",
    "#": " NO. ",
    "$": " USD ",
    "@": " AT ",
    "~": " ABOUT ",
    "_": "-",
    "[": "(",
    "]": ")",
    "{": "(",
    "}": ")",
    "\\": "/",
    "|": "/",
}


def free_text(text: str | None, delimiters: Delimiters) -> str | None:
    """Names, streets and messages as they are sent; `None` where nothing is left.

    Upper case, transliterated to X12's basic character set; what cannot be spelled in it, a line
    break and every delimiter of the interchange becomes a blank; runs of blanks become one.
    """
    if text is None:
        return None
    plain = "".join(map(_plain, text.upper()))
    barred = frozenset(str(delimiters))
    kept = (each if each in _BASIC and each not in barred else " " for each in plain)
    return " ".join("".join(kept).split()) or None


def _plain(character: str) -> str:
    """One upper-case character in basic letters; blanks and combining marks apart, what has none stays and is dropped.

    What Unicode writes as a small number (a fraction, an exponent) is set off by blanks: run
    together with the digits before it, it would be another number.
    """
    spelled = _SPELLED.get(character)
    if spelled is not None or character in _BASIC:
        return spelled or character
    name = unicodedata.name(character, "")
    if name.startswith("GREEK CAPITAL LETTER "):
        return name.removeprefix("GREEK CAPITAL LETTER ").split()[0]
    taken_apart = unicodedata.normalize("NFKD", character).upper().replace("\N{FRACTION SLASH}", "/")
    bare = "".join(each for each in taken_apart if not unicodedata.combining(each))
    return f" {bare} " if unicodedata.category(character) == "No" else bare


def identifier(text: str | None) -> str | None:
    """An identifier as it is sent: unchanged but for blanks around it; `None` where nothing is left."""
    return (text.strip() or None) if text is not None else None


def code(text: str | None) -> str | None:
    """A code of a published list as it is sent: upper case, without blanks around it and without decimal point.

    The decimal point of ICD codes is not sent (005010X217, HI).
    """
    return (text.strip().upper().replace(".", "") or None) if text is not None else None


def read_code(text: str) -> str:
    """A code of a published list as it compares with ours: without the decimal point that some payers send."""
    return text.replace(".", "") or text


#: Digits of a number of the United States with its country code.
_WITH_COUNTRY_CODE = 11
_EXTENSION = re.compile(r"(?i)(?:ext\.?|x)\s*(\d+)\s*$")


def telephone(text: str | None) -> tuple[str | None, str | None]:
    """Number and extension as PER takes them: digits only, without the country code of the United States."""
    if text is None:
        return None, None
    found = _EXTENSION.search(text)
    main = text[: found.start()] if found else text
    digits = "".join(character for character in main if character in "0123456789")
    if len(digits) == _WITH_COUNTRY_CODE and digits.startswith("1"):
        digits = digits[1:]
    return digits or None, found.group(1) if found else None


def web_address(text: str | None) -> str | None:
    """A URL without its scheme, whose colon X12 could not carry in most interchanges."""
    return identifier(re.sub(r"(?i)^https?://", "", text.strip())) if text is not None else None


def day(value: date) -> str:
    """A date as CCYYMMDD."""
    return f"{value:%Y%m%d}"


def clock(value: datetime) -> str:
    """A time of day as HHMM."""
    return f"{value:%H%M}"


def span(value: DateSpan) -> tuple[str, str]:
    """Format qualifier and text of one day (``D8``) or a range (``RD8``)."""
    if value.end is None:
        return "D8", day(value.start)
    return "RD8", f"{day(value.start)}-{day(value.end)}"


def number(value: Decimal) -> str:
    """A number as X12 type R: no exponent, no needless zeros (X12.6: leading and trailing zeros are suppressed)."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return sign + (digits.lstrip("0") or "0")


def amount(value: Decimal | None) -> str | None:
    """A number as it is sent; `None` where there is none."""
    return number(value) if value is not None else None


def day_if_any(value: date | None) -> str | None:
    """A date as CCYYMMDD; `None` where there is none."""
    return day(value) if value is not None else None


def days_between(value: DateSpan) -> str:
    """A range even of one day, where X12 takes ranges only (``RD8``)."""
    return f"{day(value.start)}-{day(value.end or value.start)}"


def yes_no(value: bool | None) -> str | None:  # noqa: FBT001 - a value of the request, no switch
    """``Y`` or ``N``; `None` where it is not said."""
    return None if value is None else "Y" if value else "N"


# --- reading ------------------------------------------------------------------------------------------------------


def said(text: str) -> str | None:
    """A value of a reply without the blanks that payers pad with; `None` where nothing is left."""
    return text.strip() or None


def read_day(text: str) -> date | None:
    """CCYYMMDD as a date; `None` where it is not one (payers send ``20055002``). Times after it are ignored."""
    digits = text.strip()
    if len(digits) not in (8, 12, 14) or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return date.fromisoformat(digits[:8])
    except ValueError:
        return None


def read_span(text: str) -> DateSpan | None:
    """A DTP's date or range; `None` where its start cannot be read. A range with an empty end is one day.

    The declared format is not trusted: payers send a range under ``D8`` and a day under ``RD8``.
    """
    first, dash, last = text.partition("-")
    start = read_day(first)
    end = read_day(last) if dash else None
    if start is None or (end is not None and end < start):
        return None
    return DateSpan(start=start, end=end)


def read_yes_no(text: str) -> bool | None:
    """``Y`` or ``N``; `None` where it is neither."""
    return {"Y": True, "N": False}.get(text.strip())


def read_count(text: str) -> int | None:
    """A number of type N0; `None` where it is not one."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() else None


_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)", re.ASCII).fullmatch


def read_number(text: str) -> Decimal | None:
    """A number of type R; `None` where it is not one."""
    plain = text.strip()
    if _NUMBER(plain) is None:
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None
