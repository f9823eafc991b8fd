"""A queue that keeps nothing: for a process that does at once what it claims, as harnesses and simulations do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from priorwire.gateway.rows import DueRow


class AtOnce:
    """`jobs.Jobs`: what the dispatcher claims lies in `rows` until `taken`, and is gone with the process.

    Nothing is lost by that: a claimed row that nobody did is due again when its lease ends.
    """

    def __init__(self) -> None:
        self.rows: list[DueRow] = []

    def taken(self) -> list[DueRow]:
        """What was claimed since the last look, in the order of ids: the same for the same claims."""
        rows = sorted(self.rows, key=lambda each: (each.kind.value, each.tenant, each.id))
        self.rows.clear()
        return rows

    def enqueue(self, _connection: object, row: DueRow) -> None:
        self.rows.append(row)

    def waiting(self) -> Mapping[str, int]:
        return {}

    def running(self, _node: str) -> int:
        return 0

    def free(self, _node: str) -> int:
        return 0

    def forget(self, _before: datetime) -> int:
        return 0
