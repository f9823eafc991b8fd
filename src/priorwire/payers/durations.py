"""Durations as text, the way a companion guide writes them: ``PT90S``, ``PT4H``, ``P1D``, ``P7DT12H``.

The ISO 8601 duration without years and months, which have no fixed length, and without
fractions, which no payer's window needs.
"""

from __future__ import annotations

import re
from datetime import timedelta

_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?",
    re.ASCII,
)


def parse_duration(text: str) -> timedelta:
    """The duration that `text` writes.

    Raises:
        ValueError: it is not a duration of whole weeks, days, hours, minutes and seconds.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError("a duration reads like PT90S, PT4H or P1D")
    return timedelta(**{unit: int(digits) for unit, digits in found.groupdict().items() if digits})


def format_duration(duration: timedelta) -> str:
    """`duration` as `parse_duration` reads it back; whole seconds, not negative.

    Raises:
        ValueError: the duration is negative or has a fraction of a second.
    """
    if duration < timedelta() or duration.microseconds:
        raise ValueError("only whole seconds, not negative, can be written")
    minutes, seconds = divmod(duration.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days = f"{duration.days}D" if duration.days else ""
    time = "".join(f"{value}{unit}" for value, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if value)
    return "P" + days + (f"T{time}" if time else "") if days or time else "PT0S"
