"""What may be said of a failure: its type and where it was raised, never its message.

An exception of a library can quote whatever it was given, a patient's name included.
"""

from __future__ import annotations


def described(error: BaseException) -> dict[str, str]:
    """The type of `error` and the module and line that raised it, for a log's extra fields."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "unknown" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
    return {"error": type(error).__name__, "place": place}
