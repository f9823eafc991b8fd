"""How every command ends: one code a meaning, and one sentence on standard error."""

from __future__ import annotations

from enum import IntEnum

from priorwire.errors import PriorwireError, RouteError, SafetyRefusal


class Exit(IntEnum):
    """Exit codes. Stable: scripts rely on them."""

    WELL = 0
    #: Something went wrong: a setting, a file, a server, how the command was called.
    FAULT = 1
    #: The command did its work and found something to look at.
    FINDINGS = 2
    #: Refused: it could send something twice, or mix test and production.
    REFUSED = 3
    #: There is no way to the payer.
    NO_ROUTE = 4


def exit_of(error: PriorwireError) -> Exit:
    """The exit code of one of our exceptions."""
    if isinstance(error, SafetyRefusal):
        return Exit.REFUSED
    if isinstance(error, RouteError):
        return Exit.NO_ROUTE
    return Exit.FAULT
