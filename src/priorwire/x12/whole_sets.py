"""Transaction sets cut out of the text at once, where nothing about their text is irregular.

Cutting a set segment by segment costs more than checking it. So the reader first looks for a
set that is all there, ST to SE, in which every segment begins where the one before ended, with
an id, and is neither an envelope's nor counted data. Only such a set is taken here; every
other is read segment by segment, as if this did not exist, with the same events.
"""

from __future__ import annotations

import re
from enum import Enum

from . import grammar
from .segments import Delimiters
from .set_text import SegmentsOfText


class Uncut(Enum):
    """Why there is no set."""

    #: It may be one, but is not all here.
    INCOMPLETE = "incomplete"
    #: It has to be read segment by segment.
    IRREGULAR = "irregular"


class WholeSets:
    """Cuts whole sets for the delimiters of one interchange."""

    def __init__(self, delimiters: Delimiters) -> None:
        self.start = "ST" + delimiters.element
        self._delimiters = delimiters
        self._trailer = "SE" + delimiters.element
        separator = re.escape(delimiters.element)
        others = "|".join((*_ENVELOPE, *grammar.COUNTED_DATA))
        first = re.escape("".join(sorted({"I", *(each[0] for each in (*_ENVELOPE, *grammar.COUNTED_DATA))})))
        # Most begin with a letter that no other begins with: then the others are not tried.
        is_none = f"(?:(?![{first}])|(?!ISA|(?:{others}){separator}))"
        ordinary = f"{is_none}[A-Z][A-Z0-9]{{1,2}}{separator}"
        terminator = delimiters.segment
        #: What may stand between two segments -> where one is not followed by an ordinary segment.
        self._joints = {
            terminator + line_end: re.compile(f"{re.escape(terminator + line_end)}(?!{ordinary})")
            for line_end in _LINE_ENDS
        }
        self._is_usual = terminator not in grammar.PADDING

    def cut(self, text: str, at: int, scanned: int, base: int) -> tuple[SegmentsOfText | Uncut, int]:
        """The set that begins at `at`, and where it ends; or why there is none, and up to where was searched.

        Args:
            text: what is here of the input.
            at: where an ST stands in it.
            scanned: up to where it was searched in vain.
            base: byte offset of the text in the input.
        """
        first = text.find(self._delimiters.segment, at)
        if not self._is_usual:
            return Uncut.IRREGULAR, at
        if first < 0 or first + _LONGEST_JOINT > len(text):
            return Uncut.INCOMPLETE, at
        joint = self._joint(text, first)
        found = self._joints[joint].search(text, max(at, scanned))
        if found is None:
            return Uncut.INCOMPLETE, max(at, len(text) - len(joint))
        last = found.end()
        if not text.startswith(self._trailer, last):
            return (Uncut.INCOMPLETE if len(text) < last + _OPENING else Uncut.IRREGULAR), found.start()
        end = text.find(self._delimiters.segment, last)
        if end < 0:
            return Uncut.INCOMPLETE, found.start()
        whole = text[at:end]
        is_regular = self._is_joined(whole, joint) and self._is_within_limits(whole, joint)
        return (SegmentsOfText(whole, joint, self._delimiters, base + at) if is_regular else Uncut.IRREGULAR), end

    def _joint(self, text: str, first: int) -> str:
        """What stands between the segments, told from behind the first."""
        if text[first + 1] not in "\r\n":
            return self._delimiters.segment
        return next(each for each in self._joints if text.startswith(each, first))

    def _is_joined(self, whole: str, joint: str) -> bool:
        """Whether nothing but the joints breaks the text."""
        if len(joint) == 1:
            return ("\n" not in whole or joint == "\n") and ("\r" not in whole or joint == "\r")
        joints = whole.count(joint)
        if whole.count(joint[0]) != joints:
            return False
        return all(whole.count(line_end) == (joints if line_end in joint else 0) for line_end in "\r\n")

    def _is_within_limits(self, whole: str, joint: str) -> bool:
        """Whether no limit of `grammar` is near; a set of usual size cannot pass any."""
        separator, most = self._delimiters.element, grammar.MAX_ELEMENTS
        if whole.count(separator) < most and len(whole) < min(grammar.MAX_SEGMENT_BYTES, grammar.MAX_SEGMENTS_PER_SET):
            return True
        parts = whole.split(joint)
        return (
            len(parts) <= grammar.MAX_SEGMENTS_PER_SET
            and max(map(len, parts)) <= grammar.MAX_SEGMENT_BYTES
            and all(each.count(separator) < most for each in parts)
        )


#: Segments that open, close or stand between sets.
_ENVELOPE = ("ST", "SE", "GS", "GE", "IEA", "TA1")
#: What may follow a terminator, the longest first.
_LINE_ENDS = ("\r\n", "\n", "")
_LONGEST_JOINT = 3
#: Characters by which a segment is told: an id and a separator.
_OPENING = 4
