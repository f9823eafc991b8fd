"""Giving out API keys, and recognising them. Only a digest is stored."""

from __future__ import annotations

import hashlib

from priorwire.clock import Clock, IdSource
from priorwire.gateway.ports import Store
from priorwire.gateway.rows import ApiKeyRow, AuditRow
from priorwire.model.identifiers import TenantId

#: Every scope that a key may have.
SCOPES = frozenset(
    {
        "eligibility.write",
        "eligibility.read",
        "authorization.write",
        "authorization.read",
        "work.write",
        "work.read",
        "webhook.manage",
    }
)


def issue_key(store: Store, clock: Clock, ids: IdSource, *, tenant: TenantId, name: str, scopes: frozenset[str]) -> str:
    """Make a key for `tenant` and return it; it cannot be shown again."""
    secret = f"pw_{ids.token(32)}"  # 160 random bits
    now = clock.now()
    row = ApiKeyRow(
        id=ids.new("key"), tenant=tenant, name=name, digest=digest_of(secret), scopes=scopes, created_at=now
    )
    with store.work(tenant) as uow:
        uow.api_keys.add(row)
        uow.audit.append(AuditRow(at=now, tenant=tenant, actor=name, action="api_key.issued", subject=row.id))
    return secret


def digest_of(key: str) -> str:
    """What is stored of a key: SHA-256, hex. A key has 160 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(key.encode()).hexdigest()
