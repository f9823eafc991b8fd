"""Bytes in, events out.

`Reader.next_event` has exactly three outcomes: an event, `NEED_DATA` (or, once closed and
drained, `END`), or it raises `RemoteX12Error`. It raises for two reasons only: there is no ISA
at all, or one of the named limits of `grammar` is passed. Everything else that is wrong is an
`Issue` in an event, because a bad message from a payer is ordinary.

Theory of operation:

* Bytes are decoded as latin-1, one character a byte, so that positions stay byte positions
  whatever the sender meant the bytes to be (UTF-8 shows up as characters outside X12's set).
* Before an ISA the delimiters are unknown: only an ISA is looked for (`header`). From the ISA
  to the IEA the text is cut at the terminator that the ISA declared, never at line ends. After
  an IEA the last delimiters still serve, for a TA1 that trails; anything else there is stray.
* A segment id is a row of `_STEPS` or it belongs to the open transaction set.
* At most one transaction set is held. Whatever the chunks are, the events are the same: a
  decision is taken only when the bytes that it rests on are there or the input is closed.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from priorwire.errors import RemoteX12Error

from . import grammar, issues
from .events import END, NEED_DATA, Event, Pause, TransactionSet
from .header import ISA, ISA_AMID, header_issues, read_header
from .issues import Issue, IssueCode, Place
from .nesting import Nesting
from .segments import Delimiters, FoldedSegment, Segment
from .set_text import SegmentsOfText
from .whole_sets import Uncut, WholeSets


def read(data: bytes | Iterable[bytes]) -> Iterator[Event]:
    """The events of a whole input, given at once or in chunks.

    Raises:
        RemoteX12Error: there is no ISA, or a limit is passed (see `grammar`).
    """
    reader = Reader()
    for chunk in (data,) if isinstance(data, bytes | bytearray | memoryview) else data:
        reader.feed(bytes(chunk))
        yield from reader.events()
    reader.close()
    yield from reader.events()


def read_one(data: bytes) -> TransactionSet:
    """The only transaction set of an input, e.g. of a message that was just written.

    Raises:
        RemoteX12Error: as `read`, or the input does not hold exactly one transaction set.
    """
    sets = [event for event in read(data) if isinstance(event, TransactionSet)]
    if len(sets) != 1:
        raise RemoteX12Error(f"exactly one transaction set was expected here, {len(sets)} were found")
    return sets[0]


class Reader:
    """Reads X12 as it arrives."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0  # where the next thing begins in _text
        self._scanned = 0  # up to where _text was searched in vain
        self._base = 0  # byte offset of _text[0] in the input
        self._chunks: list[bytes] = []  # fed, not joined to _text yet
        self._chunks_size = 0
        self._last_size = 0  # of what was joined last
        self._needed = 0  # how long _text must be before looking again is worth it
        self._closed = False
        self._cut: _Cut | None = None
        self._mark: Place | None = None  # of a byte order mark before the ISA that is looked for
        self._ready: deque[Event] = deque()
        self._nesting = Nesting(self._ready)

    def feed(self, data: bytes) -> None:
        """Take more bytes.

        Raises:
            ValueError: the reader was closed.
        """
        if self._closed:
            raise ValueError("this reader is closed; make a new one for more data")
        self._chunks.append(data)
        self._chunks_size += len(data)

    def close(self) -> None:
        """Say that nothing follows: what is open is then ended with an issue, not waited for."""
        self._closed = True

    def next_event(self) -> Event | Pause:
        """The next event, or `NEED_DATA`, or `END` when closed and drained.

        Raises:
            RemoteX12Error: there is no ISA, or a limit is passed (see `grammar`).
        """
        while not self._ready:
            if not self._step():
                return self._exhausted()
        return self._ready.popleft()

    def events(self) -> Iterator[Event]:
        """All events that the bytes so far give.

        Raises:
            RemoteX12Error: as `next_event`.
        """
        while not isinstance(event := self.next_event(), Pause):
            yield event

    def _exhausted(self) -> Event | Pause:
        if not self._closed:
            return NEED_DATA
        self._nesting.end_interchange(None)
        return self._ready.popleft() if self._ready else END

    def _step(self) -> bool:
        """Read one thing; false where nothing can be done until more bytes come, or ever."""
        if not self._gathered():
            return False
        cut = self._cut
        if cut is None:
            return self._seek()
        self._at = cut.skip(self._text, self._at)
        if not self._closed and len(self._text) - self._at < _SHORTEST:
            return False
        if self._nesting.interchange is not None:
            taken = self._set(cut) if self._text.startswith(cut.sets.start, self._at) else None
            return self._segment(cut) if taken is None else taken
        if self._text.startswith(cut.ta1, self._at):
            return self._segment(cut)
        return self._seek()

    def _gathered(self) -> bool:
        """Join the chunks that came, unless something long is known to be incomplete still."""
        if not self._closed and len(self._text) + self._chunks_size < self._needed:
            return False
        if self._chunks:
            self._base += self._at
            self._scanned = max(0, self._scanned - self._at)
            self._text = self._text[self._at :] + b"".join(self._chunks).decode("latin-1")
            self._last_size = self._chunks_size
            self._at = self._chunks_size = 0
            self._chunks = []
        self._needed = 0
        return True

    # --- outside an interchange ---------------------------------------------------------------

    def _seek(self) -> bool:
        """Look for an ISA, past anything else."""
        start = self._at
        self._at = _LEADING.match(self._text, start).end()  # type: ignore[union-attr]  # it matches anything
        mark = self._text.find(grammar.BYTE_ORDER_MARK, start, self._at)
        if mark >= 0:
            at = self._base + mark
            self._mark = Place(start=at, end=at + len(grammar.BYTE_ORDER_MARK))
        match = ISA.search(self._text, max(self._at, self._scanned))
        ahead = (match.start() if match else len(self._text)) - self._at
        surely = ahead if match or self._closed else ahead - _ISA_START  # an ISA may have begun at the end
        if self._cut is None and (surely > grammar.MAX_LEADING_BYTES or (match is None and self._closed)):
            raise RemoteX12Error(
                f"no ISA in the first {self._base + self._at + min(ahead, grammar.MAX_LEADING_BYTES)} bytes: this is "
                "not an X12 interchange. Check that the right file was given, unpacked and decrypted."
            )
        if match is not None and ahead == 0:
            return self._header()
        if match is None and not self._closed and surely <= grammar.MAX_SEGMENT_BYTES:
            self._scanned = max(self._scanned, len(self._text) - _ISA_START)
            return False
        end = self._at + min(ahead, grammar.MAX_SEGMENT_BYTES)
        self._stray_text(self._at, end)
        self._at = end
        return ahead > 0

    def _header(self) -> bool:
        head = self._text[self._at : self._at + grammar.MAX_HEADER_BYTES]
        complete = self._closed or len(head) == grammar.MAX_HEADER_BYTES
        header = read_header(head, complete=complete)
        if header is None and not complete:
            return False
        if header is None:
            self._nesting.stray_text(*self._range(self._at, self._at + 3), issues.HEADER_UNREADABLE)
            self._at += 3
            return True
        segment = header.segment(self._base + self._at)
        self._cut = _cut_by(header.delimiters)
        found = header_issues(header, segment)
        if self._mark is not None:
            found.insert(0, Issue(code=issues.MARK_BEFORE, place=self._mark))
            self._mark = None
        self._nesting.start_interchange(segment, found)
        self._at = self._scanned = self._at + header.end
        return True

    # --- inside an interchange ---------------------------------------------------------------

    def _set(self, cut: _Cut) -> bool | None:
        """Take a whole set; false to wait for the rest of it, `None` where it must be read segment by segment."""
        found, end = cut.sets.cut(self._text, self._at, self._scanned, self._base)
        if isinstance(found, SegmentsOfText):
            self._at = self._scanned = end + 1
            self._nesting.take_set(found)
            return True
        awaited = max(_AWAITED, _AWAITED_CHUNKS * self._last_size)
        if found is Uncut.INCOMPLETE and not self._closed and len(self._text) - self._at < awaited:
            self._scanned = end
            return False
        self._scanned = self._at
        return None

    def _segment(self, cut: _Cut) -> bool:
        at = self._at
        counted = cut.counted.get(self._text[at : at + 4])
        end = self._end(cut) if counted is None else self._counted_end(cut, counted)
        if end is None:
            return False
        raw = self._text[at : abs(end)]
        self._at = self._scanned = min(abs(end) + 1, len(self._text))
        if counted is not None and end > 0:
            self._take(cut, raw.split(cut.separator, counted + 1), at, end, ())
        elif counted is not None:
            self._take(cut, raw.split(cut.separator, counted + 1), at, -end, (issues.COUNTED_LENGTH_WRONG,))
        elif cut.opening.match(raw) and not cut.is_folded(raw) and self._at > end:
            self._take(cut, raw.split(cut.separator), at, end, ())
        elif raw:
            self._irregular(cut, raw, at, end)
        else:
            self._nesting.stray_text(*self._range(at, at + 1), issues.TERMINATOR_REPEATED)
        return True

    def _end(self, cut: _Cut) -> int | None:
        """Where the segment ends: at its terminator, or where a closed input ends."""
        end = self._text.find(cut.terminator, max(self._at, self._scanned))
        length = (end if end >= 0 else len(self._text)) - self._at
        if length > grammar.MAX_SEGMENT_BYTES:
            raise RemoteX12Error(
                f"the segment at byte {self._base + self._at} is longer than {grammar.MAX_SEGMENT_BYTES} bytes: the "
                "terminator that the ISA declares does not occur. Check bytes 104 to 106 of the ISA."
            )
        if end < 0:
            self._scanned = len(self._text)
        return end if end >= 0 else len(self._text) if self._closed and length else None

    def _counted_end(self, cut: _Cut, number: int) -> int | None:
        """Where a BIN or BDS ends by its declared length; negative where that is wrong and a terminator was sought."""
        text, at = self._text, self._at
        for _ in range(number + 1):
            at = text.find(cut.separator, at) + 1
            if at == 0:
                return self._uncounted_end(cut)
        length = text[self._at : at - 1].rpartition(cut.separator)[2]
        if not (length.isascii() and length.isdigit()) or int(length) > grammar.MAX_BINARY_BYTES:
            return self._uncounted_end(cut)
        end = at + int(length)
        if end >= len(text) and not self._closed:
            self._needed = end + 1
            return None
        return end if text.startswith(cut.terminator, end) else self._uncounted_end(cut)

    def _uncounted_end(self, cut: _Cut) -> int | None:
        end = self._end(cut)
        return None if end is None else -end

    def _irregular(self, cut: _Cut, raw: str, at: int, end: int) -> None:
        """A segment with something beside it: text before, a line break within, an ISA amid, or no terminator."""
        codes: tuple[IssueCode, ...] = () if self._at > end else (issues.TERMINATOR_MISSING,)
        following = ISA.match(raw) or ISA_AMID.search(raw)
        if following:
            raw, codes = raw[: following.start()], (issues.TERMINATOR_MISSING,)
            self._at = self._scanned = at + following.start()
        if codes:
            raw = raw.rstrip(grammar.PADDING)
            end = at + len(raw)
        junk = cut.junk(raw)
        self._stray_text(at, at + junk)
        if junk < len(raw):
            self._folded(cut, raw[junk:], at + junk, end, codes)
        if following:
            self._nesting.end_interchange(None)

    def _folded(self, cut: _Cut, segment: str, at: int, end: int, codes: tuple[IssueCode, ...]) -> None:
        stood: Sequence[int] | None = None
        if cut.is_folded(segment):
            segment, stood = _unfolded(segment)
            if not self._nesting.has_issue(issues.LINE_BREAK_INSIDE):
                codes = (*codes, issues.LINE_BREAK_INSIDE)
        self._take(cut, segment.split(cut.separator), at, end, codes, stood)

    def _take(
        self,
        cut: _Cut,
        elements: list[str],
        at: int,
        end: int,
        codes: tuple[IssueCode, ...],
        stood: Sequence[int] | None = None,
    ) -> None:
        start, end = self._range(at, end)
        if len(elements) > grammar.MAX_ELEMENTS:
            raise RemoteX12Error(
                f"the segment at byte {start} has more than {grammar.MAX_ELEMENTS} elements: the separators that the "
                "ISA declares are not those of the data. Check bytes 4 and 104 to 106 of the ISA."
            )
        if stood is None:
            segment = Segment(elements, cut.delimiters, start=start, end=end)
        else:
            segment = FoldedSegment(elements, cut.delimiters, stood=stood, start=start, end=end)
        self._nesting.take(segment, codes)

    def _stray_text(self, at: int, end: int) -> None:
        """Report text that is no segment, if there is any but padding."""
        length = len(self._text[at:end].rstrip(grammar.PADDING))
        if length:
            self._nesting.stray_text(*self._range(at, at + length), issues.TEXT_BETWEEN)

    def _range(self, at: int, end: int) -> tuple[int, int]:
        return self._base + at, self._base + end


class _Cut:
    """How to cut text, made once from the delimiters of an interchange."""

    def __init__(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.sets = WholeSets(delimiters)
        self.separator = delimiters.element
        self.terminator = delimiters.segment
        self.ta1 = "TA1" + delimiters.element
        self.counted = {name + delimiters.element: number for name, number in grammar.COUNTED_DATA.items()}
        separator = re.escape(delimiters.element)
        self.opening = re.compile(rf"(?!ISA)[A-Z][A-Z0-9]{{1,2}}{separator}")
        self._line = re.compile(rf"(?:^|[\r\n])[^A-Za-z0-9\r\n]*([A-Z][A-Z0-9]{{1,2}}){separator}")
        self._folds = delimiters.segment not in "\r\n"
        # A terminator that is a line end, or a blank as separator, is not padding.
        padding = "".join(each for each in grammar.PADDING if each not in str(delimiters))
        self._padding = re.compile(f"[{re.escape(padding)}]*")

    def skip(self, text: str, at: int) -> int:
        """Past the padding at `at`."""
        return self._padding.match(text, at).end()  # type: ignore[union-attr]  # it matches anything

    def is_folded(self, raw: str) -> bool:
        """Whether a line break stands in `raw`. Where lines end segments, what is left of one is data."""
        return self._folds and ("\n" in raw or "\r" in raw)

    def junk(self, raw: str) -> int:
        """How much of `raw` stands before the segment in it; all of it where there is none."""
        if self.opening.match(raw):
            return 0
        starts = [match.start(1) for match in self._line.finditer(raw)]
        if starts:
            return starts[-1]
        return 0 if self.separator in raw or grammar.is_segment_id(raw) else len(raw)


@lru_cache(maxsize=64)
def _cut_by(delimiters: Delimiters) -> _Cut:
    """The same for every interchange of those delimiters: it keeps nothing of any."""
    return _Cut(delimiters)


#: Padding before an ISA, a byte order mark among it.
_LEADING = re.compile(f"(?:{grammar.BYTE_ORDER_MARK}|[{re.escape(grammar.PADDING)}])*")
#: The most characters that `ISA` looks at.
_ISA_START = 16
#: How much of a set is held to take it whole: so many characters, or so many times what came last. Waiting
#: for more would make small chunks of a large set slow, for what is held is copied with each.
_AWAITED = 65_536
_AWAITED_CHUNKS = 16
#: Fewer characters than these cannot be told apart at the start of a segment (``TA1*``).
_SHORTEST = 4


def _unfolded(text: str) -> tuple[str, Sequence[int]]:
    """Undo a line break inside a segment, and where each character that is left stood.

    An indented continuation is one blank, any other is nothing.
    """
    kept: list[str] = []
    stood: list[int] = []
    at = 0
    for broken in _BREAK.finditer(text):
        kept.append(text[at : broken.start()])
        stood.extend(range(at, broken.start()))
        if broken[1] is not None:
            kept.append(" ")
            stood.append(broken.start())
        at = broken.end()
    kept.append(text[at:])
    stood.extend(range(at, len(text)))
    return "".join(kept), stood


#: A line break with the indentation of what follows, or a bare one.
_BREAK = re.compile(r"([ \t]*[\r\n]+[ \t]+)|[\r\n]+")
