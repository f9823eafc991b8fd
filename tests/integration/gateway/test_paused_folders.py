"""A folder pair whose endpoint is paused: nothing is left for the other side, and what lies there is read on."""

from __future__ import annotations

from pathlib import Path

import pytest

from priorwire.gateway.endpoints_pausing import Order, pause, resume
from priorwire.model.lifecycle import Delivery
from tests.integration.gateway.conftest import World
from tests.integration.gateway.folder_world import MAILBOX, FolderWorld, folder_world


@pytest.fixture
def folders(world: World, tmp_path: Path) -> FolderWorld:
    return folder_world(world, tmp_path / "meridian")


def order() -> Order:
    return Order(endpoint_id=MAILBOX, actor="ann", reason="their transfer client loops")


def test_an_answer_is_read_while_nothing_is_left_for_them(folders: FolderWorld) -> None:
    answered = folders.submit("APPROVE")
    folders.house.run()
    taken = list(folders.house.taken)
    pause(folders.world.services, order())
    waiting = folders.submit("DENY")
    folders.pass_time()
    folders.pass_time()
    assert folders.row(answered).status == "approved"
    assert folders.row(waiting).endpoint_id != MAILBOX or folders.row(waiting).delivery is Delivery.READY
    assert folders.names("outbound") == []
    folders.house.run()
    assert folders.house.taken == taken, "neither a request nor our TA1 and 999"
    resume(folders.world.services, order())
    folders.pass_time()
    assert any(name.startswith("ACK-") for name in folders.names("outbound")), "what was held goes out"
