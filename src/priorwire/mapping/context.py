"""What a builder must be told beside the request: names, numbers, the time, the payer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from priorwire.payers.profile import PayerIdentity
from priorwire.x12.segments import DEFAULT_DELIMITERS, Delimiters

#: TRN02 (005010X217 and X279, TRN). An attachment's number is as long at most: the 275 repeats it in TRN02.
_LONGEST_TRACE = 50


@dataclass(frozen=True, kw_only=True)
class BuildContext:
    """One transaction set to be built. Numbers and time are made elsewhere, and stored before anything is sent."""

    #: BHT03, 1 to 50 characters; the payer gives it back, so it is unique for ever.
    reference: str
    #: TRN02, 1 to 50 characters, of this very message: an inquiry has one of its own.
    trace_number: str
    #: TRN03, exactly ten characters naming who assigned `trace_number`.
    trace_assigner: str
    #: Creation date and time, in the time zone that they are to be stated in.
    at: datetime
    payer: PayerIdentity
    delimiters: Delimiters = DEFAULT_DELIMITERS

    def line_trace(self, number: int) -> str:
        """TRN02 of a service line; `number` counts them from 1. Unique as `trace_number` is."""
        return self._derived(f"-{number}")

    def attachment_number(self, number: int, line: int = 0) -> str:
        """PWK06 of a document that the practice gave no number: the `number`-th, from 1, of a line or (0) the event."""
        return self._derived(f"-D{line}-{number}" if line else f"-D{number}")

    def _derived(self, suffix: str) -> str:
        # Of a number that is too long already the end is kept: numbers differ there, prefixes are alike.
        return self.trace_number[-(_LONGEST_TRACE - len(suffix)) :] + suffix
