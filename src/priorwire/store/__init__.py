"""The record: everything that was asked, sent, received and decided, on SQLite or PostgreSQL.

The only room that imports SQLAlchemy. Its door is `SqlStore`; `Vault` and the key ring come
with it, since what names a patient is sealed before it reaches the database.
"""

from priorwire.store.audit import ChainHead, ChainVerdict
from priorwire.store.database import SqlStore
from priorwire.store.key_ring import KeyRing, create_key_ring
from priorwire.store.vault import Vault

__all__ = ["ChainHead", "ChainVerdict", "KeyRing", "SqlStore", "Vault", "create_key_ring"]
