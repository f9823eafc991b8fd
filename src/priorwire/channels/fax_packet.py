"""The fax: a cover sheet without a patient's value, and the request on the pages behind it.

Pure: the same request and context give the same bytes. Vector PDF in US Letter; the
carrier makes the raster. Our reference stands on every page as text and as a Code 128
barcode, because the payer's answer comes back as paper and has no other key.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import letter
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from priorwire.channels.fax_sections import Rows, sections
from priorwire.channels.wording import words
from priorwire.errors import Fault, InvalidRequest
from priorwire.gateway.ways import RenderContext
from priorwire.model.authorization import AuthorizationRequest, Urgency

#: Carriers refuse more; a request this long is a mistake.
MAX_PAGES: Final = 100
SUBJECT: Final = "Prior authorization request"
_WIDTH, _HEIGHT = letter
_MARGIN: Final = 54.0
_TOP: Final = _HEIGHT - _MARGIN
#: Everything below belongs to the footer: barcode, reference, page number.
_BOTTOM: Final = _MARGIN + 50
_LABEL_WIDTH: Final = 150.0
_FONT, _BOLD = "Helvetica", "Helvetica-Bold"
#: Fax lines lie 1/204 inch apart at best: smaller type does not survive a second copy.
_SIZE: Final = 11.0
_LEADING: Final = 15.0
#: Three fax dots: narrower bars do not survive the raster.
_BAR: Final = 3 * 72 / 204
_BAR_HEIGHT: Final = 24.0

_CONFIDENTIAL: Final = (
    "CONFIDENTIAL. The pages behind this cover hold health information that federal and state law protects. "
    "They are meant for the recipient named above and for nobody else."
)
_MISDIRECTED: Final = (
    "If this fax reached you by mistake: do not read on, copy it or pass it on. Please tell the sender at once, by "
    "the telephone or fax number above, and destroy every page."
)
_REDISCLOSURE: Final = (
    "Whoever receives this information may use it only for the purpose it was sent for. Disclosing it further "
    "without the patient's authorization, or another permission in law, is prohibited; records of treatment for "
    "substance use disorder are under the stricter rules of 42 CFR part 2."
)
_HOW_TO_ANSWER: Final = (
    "Please send your decision to the sender's fax number and keep the reference below on it, "
    "or return this page with it."
)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """One printed line: a heading, or a label (first line only) beside a value."""

    label: str = ""
    text: str = ""
    heading: bool = False


def packet(request: AuthorizationRequest, context: RenderContext) -> bytes:
    """The whole fax as PDF. Raises InvalidRequest where it would exceed `MAX_PAGES`."""
    lines = [line for title, rows in sections(request) for line in _section(title, rows)]
    pages = _paged(lines)
    total = len(pages) + 1
    if total > MAX_PAGES:
        fault = Fault(pointer="", code="fax_too_long", detail=f"The fax would exceed {MAX_PAGES} pages.")
        raise InvalidRequest((fault,), "The request is too long for a fax.")
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter, invariant=1, pageCompression=1)
    canvas.setTitle(SUBJECT)
    canvas.setAuthor("Priorwire")
    _cover(canvas, request, context, total)
    for number, page in enumerate(pages, 2):
        _body(canvas, page)
        _footer(canvas, context.reference, number, total)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


# ---------------------------------------------------------------- the cover


def _cover(canvas: Canvas, request: AuthorizationRequest, context: RenderContext, total: int) -> None:
    contact = request.requester.contact
    urgent = request.urgency in (Urgency.EMERGENCY, Urgency.URGENT)
    rows = [
        ("Date", context.at.strftime("%m/%d/%Y %H:%M UTC")),
        ("To", context.payer.name),
        ("To, fax", context.endpoint.fax_number or ""),
        ("From", words(request.requester)),
        ("From, fax", (contact.fax if contact else None) or ""),
        ("From, telephone", (contact.telephone if contact else None) or ""),
        ("Pages", f"{total}, this one included"),
        ("Urgency", "EXPEDITED" if urgent else "Standard"),
        ("Subject", SUBJECT),
        ("Reference", context.reference),
    ]
    lines = [_Line(text="Fax", heading=True), *_section("", rows)]
    for paragraph in (_HOW_TO_ANSWER, _CONFIDENTIAL, _MISDIRECTED, _REDISCLOSURE):
        lines += [_Line(), *(_Line(label=text) for text in _wrapped(paragraph, _WIDTH - 2 * _MARGIN))]
    _body(canvas, lines)
    _footer(canvas, context.reference, 1, total)
    canvas.showPage()


# ---------------------------------------------------------------- how it is laid out


def _section(title: str, rows: Rows) -> list[_Line]:
    """A heading and its rows; rows without a value, and sections without rows, are left out."""
    lines: list[_Line] = []
    for label, value in rows:
        parts = _wrapped(value, _WIDTH - 2 * _MARGIN - _LABEL_WIDTH)
        lines += [_Line(label=label if first else "", text=part) for first, part in zip(_first(), parts, strict=False)]
    if lines and title:
        return [_Line(), _Line(text=title, heading=True), *lines]
    return lines


def _first() -> Iterator[bool]:
    yield True
    while True:
        yield False


def _paged(lines: list[_Line]) -> list[list[_Line]]:
    """Lines by page. A heading never stands alone at a page's foot, nor a gap at its head."""
    room = int((_TOP - _BOTTOM) / _LEADING)
    pages: list[list[_Line]] = [[]]
    for line in lines:
        page = pages[-1]
        if len(page) >= room - (2 if line.heading else 0):
            pages.append([])
        if pages[-1] or line.heading or line.text:
            pages[-1].append(line)
    return pages


def _wrapped(text: str, width: float) -> list[str]:
    """`text` in lines of at most `width` points; a word that is longer is cut."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in _printable(paragraph).split():
            for piece in _pieces(word, width):
                joined = f"{line} {piece}" if line else piece
                if stringWidth(joined, _FONT, _SIZE) <= width:
                    line = joined
                else:
                    lines.append(line)
                    line = piece
        if line:
            lines.append(line)
    return lines


def _pieces(word: str, width: float) -> Iterator[str]:
    piece = ""
    for character in word:
        if stringWidth(piece + character, _FONT, _SIZE) > width:
            yield piece
            piece = ""
        piece += character
    yield piece


def _printable(text: str) -> str:
    """`text` in the characters that the built-in fonts have; a letter with another mark loses the mark."""
    return "".join(character if _has_glyph(character) else _nearest(character) for character in text)


def _nearest(character: str) -> str:
    kept = "".join(part for part in unicodedata.normalize("NFKD", character) if _has_glyph(part))
    return kept or ("" if unicodedata.combining(character) else "?")


def _has_glyph(character: str) -> bool:
    try:
        return character.encode("cp1252")[0] >= 0x20  # noqa: PLR2004  (below are control characters)
    except UnicodeEncodeError:
        return False


def _body(canvas: Canvas, lines: list[_Line]) -> None:
    y = _TOP
    for line in lines:
        y -= _LEADING
        if line.heading:
            canvas.setFont(_BOLD, _SIZE + 1)
            canvas.drawString(_MARGIN, y, line.text)
            continue
        canvas.setFont(_FONT, _SIZE)
        if line.label:
            canvas.drawString(_MARGIN, y, line.label)
        if line.text:
            canvas.drawString(_MARGIN + _LABEL_WIDTH, y, line.text)


def _footer(canvas: Canvas, reference: str, number: int, total: int) -> None:
    modules = Code128(reference, barWidth=1, quiet=0).width
    # a reference too long for bars of three dots still gets the widest that fit
    width = min(_BAR, (_WIDTH - 2 * _MARGIN) / modules)
    Code128(reference, barWidth=width, barHeight=_BAR_HEIGHT, quiet=0).drawOn(canvas, _MARGIN, _MARGIN)
    canvas.setFont(_FONT, _SIZE)
    canvas.drawString(_MARGIN, _MARGIN - _LEADING, f"Reference {reference}")
    canvas.drawRightString(_WIDTH - _MARGIN, _MARGIN - _LEADING, f"Page {number} of {total}")
