"""Who did what to which row, as a chain in which no link can be changed unnoticed.

The hash of a link is ``SHA-256(hash of the one before || canonical JSON of the link)``; the
first follows 32 zero bytes. Each tenant has a chain of its own. A link altered, removed, added
between or put elsewhere breaks every hash after it. Whoever can rewrite the whole chain *and*
its head can still forge it: `head` is what an operator keeps outside the database.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy import Row as SqlRow

from priorwire.gateway.rows import AuditRow
from priorwire.model.identifiers import TenantId
from priorwire.store.session import Session, execute
from priorwire.store.tables import AUDIT, AUDIT_HEADS

_BEFORE_THE_FIRST = bytes(32).hex()
_OURS = AUDIT_HEADS.c.tenant == bindparam("of_tenant")
_HEAD = select(AUDIT_HEADS).where(_OURS).with_for_update()
_LINKS = insert(AUDIT)
_MOVED = update(AUDIT_HEADS).where(_OURS)


@dataclass(frozen=True, kw_only=True)
class ChainHead:
    """The last link of a tenant's chain: enough to prove all of it."""

    #: How many links there are.
    position: int
    #: 64 hexadecimal digits.
    hash: str


@dataclass(frozen=True, kw_only=True)
class ChainVerdict:
    """What a look at a whole chain found."""

    #: Links that were read.
    links: int
    #: The first place where the chain does not hold; `None` where it holds.
    broken_at: int | None = None
    #: In words, which rule is broken there.
    reason: str | None = None


class SqlAudit:
    """`gateway.ports.Audit`. Keeps the rows until the unit of work commits, then appends them together."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: list[AuditRow] = []

    def append(self, row: AuditRow) -> None:
        if row.tenant != self._session.tenant:
            raise ValueError("a unit of work stores rows of its own tenant only")
        self._waiting.append(row)

    def flush(self) -> None:
        """Write the rows as the last act before the commit.

        The head's row stays locked until then, and every other unit of work of the tenant that wants to append waits
        for it. Taken last, the lock is held for the shortest time, and cannot close a circle with other locks.
        """
        if not self._waiting:
            return
        head = self._locked_head()
        links = []
        for position, row in enumerate(self._waiting, start=head.position + 1):
            head = ChainHead(position=position, hash=link_hash(head.hash, position, row))
            links.append({**vars(row), "position": position, "hash": head.hash})
        self._session.execute(_LINKS, links)
        self._session.execute(_MOVED, {"of_tenant": self._session.tenant, "position": head.position, "hash": head.hash})
        self._waiting.clear()

    def _locked_head(self) -> ChainHead:
        whose = {"of_tenant": self._session.tenant}
        found = self._session.execute(_HEAD, whose).one_or_none()
        if found is None:
            first = self._session.upsert(AUDIT_HEADS).values(
                tenant=self._session.tenant, position=0, hash=_BEFORE_THE_FIRST
            )
            self._session.execute(first.on_conflict_do_nothing())
            found = self._session.execute(_HEAD, whose).one()
        return ChainHead(position=found.position, hash=found.hash)


def link_hash(before: str, position: int, row: AuditRow) -> str:
    """The hash of the link at `position`, as 64 hexadecimal digits; `before` is that of the one before."""
    said = {
        "position": position,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "tenant": row.tenant,
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "detail": row.detail,
    }
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(bytes.fromhex(before) + canonical.encode("utf-8")).hexdigest()


def head(connection: Connection, tenant: TenantId) -> ChainHead:
    """The chain's head; position 0 where there is no link yet."""
    found = execute(connection, select(AUDIT_HEADS).where(AUDIT_HEADS.c.tenant == tenant)).one_or_none()
    if found is None:
        return ChainHead(position=0, hash=_BEFORE_THE_FIRST)
    return ChainHead(position=found.position, hash=found.hash)


def verify_chain(connection: Connection, tenant: TenantId, anchor: ChainHead | None = None) -> ChainVerdict:
    """Read a tenant's whole chain and compute every hash anew.

    `anchor` is a head that was kept outside: the chain must still pass through it.
    """
    links = select(AUDIT).where(AUDIT.c.tenant == tenant).order_by(AUDIT.c.position)
    last = ChainHead(position=0, hash=_BEFORE_THE_FIRST)
    with execute(connection, links.execution_options(yield_per=1000)) as found:  # a chain may not fit into memory
        for link in found:
            if link.position != last.position + 1:
                return _broken(last.position + 1, "a link is missing")
            if link.hash != link_hash(last.hash, link.position, _row(link)):
                return _broken(link.position, "the link does not follow from the one before")
            last = ChainHead(position=link.position, hash=link.hash)
            if anchor is not None and anchor.position == last.position and anchor != last:
                return _broken(last.position, "the chain was rewritten since the anchor was kept")
    if head(connection, tenant) != last:
        return _broken(last.position + 1, "the head names another last link")
    if anchor is not None and anchor.position > last.position:
        return _broken(last.position + 1, "the chain ends before the anchor")
    return ChainVerdict(links=last.position)


def _broken(position: int, reason: str) -> ChainVerdict:
    return ChainVerdict(links=position - 1, broken_at=position, reason=reason)


def _row(found: SqlRow[Any]) -> AuditRow:
    return AuditRow(
        at=found.at,
        tenant=found.tenant,
        actor=found.actor,
        action=found.action,
        subject=found.subject,
        detail=found.detail,
    )
