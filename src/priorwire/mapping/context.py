"""What a builder must be told beside the request: names, numbers, the time, the payer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from priorwire.payers.profile import PayerIdentity
from priorwire.x12.segments import DEFAULT_DELIMITERS, Delimiters


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
