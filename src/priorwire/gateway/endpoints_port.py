"""What the use cases need to know of the installation's endpoints; a part of `ports`, provided by `priorwire.store`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from priorwire.gateway.endpoints_state import EndpointRow


class Endpoints(Protocol):
    """What is known of the installation's endpoints, whoever asks. One that nobody noted anything of is in order."""

    def standing(self, endpoint_id: str) -> tuple[EndpointRow, EndpointRow]:
        """The endpoint and the kill switch, neither of which can be paused before this unit of work ends."""
        ...

    def changing(self, endpoint_id: str, *, stops: bool = False) -> EndpointRow:
        """The row, to be changed: nobody else changes it meanwhile.

        With `stops`, once every unit of work that has seen its `standing` has ended, and before any other sees it.
        """
        ...

    def update(self, row: EndpointRow) -> None: ...
    def begin_probe(self, endpoint_id: str, now: datetime, until: datetime) -> bool:
        """Whether the caller's message is the one that tries an endpoint that is down, until `until`."""
        ...

    def ails(self, endpoint_id: str) -> bool: ...
    def not_in_order(self) -> Sequence[EndpointRow]:
        """Those that are, or were, paused or down, by id; the kill switch among them."""
        ...

    def listed(self) -> Sequence[EndpointRow]:
        """All of which anything is noted, by id."""
        ...
