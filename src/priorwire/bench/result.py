"""What a measurement gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Result:
    """One figure, and what it is held against."""

    name: str
    value: float
    #: ``MB/s`` (10^6 bytes a second), ``ms``, ``MB`` or ``x`` (times).
    unit: str
    #: What it is compared with, in words; ``""`` where the figure stands alone.
    against: str = ""
    #: How many times `against`.
    ratio: float | None = None
    #: The limit, in words.
    target: str = ""
    #: Whether the limit is kept; `None` where there is none, or where nothing was there to measure against.
    met: bool | None = None

    def present(self) -> dict[str, object]:
        """As plain JSON."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "against": self.against,
            "ratio": self.ratio,
            "target": self.target,
            "met": self.met,
        }
