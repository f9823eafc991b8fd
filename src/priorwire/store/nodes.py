"""Which nodes live. Belongs to the installation, not to a tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from priorwire.store.session import execute, upsert
from priorwire.store.tables import NODES


def beat(connection: Connection, node: str, now: datetime) -> None:
    """Note that a node lives."""
    new = upsert(connection.dialect.name, NODES).values(node=node, beat_at=now)
    execute(connection, new.on_conflict_do_update(index_elements=["node"], set_={"beat_at": now}))


def silent(connection: Connection, before: datetime) -> Sequence[str]:
    """Nodes whose last beat is older; the longest silent first."""
    chosen = select(NODES.c.node).where(NODES.c.beat_at < before).order_by(NODES.c.beat_at)
    return execute(connection, chosen).scalars().all()


def bury(connection: Connection, node: str) -> None:
    """Forget a node."""
    execute(connection, delete(NODES).where(NODES.c.node == node))
