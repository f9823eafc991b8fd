"""A finding in one segment, before it is known where the segment stands."""

from __future__ import annotations

from dataclasses import dataclass

from .issues import IssueCode


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding in a segment, before it is known where the segment stands."""

    code: IssueCode
    element: int | None = None
    component: int | None = None
    repeat: int | None = None
    #: The payer's sentence, where the part of the guide that is broken was narrowed by one.
    rule: str | None = None
