"""A gateway to measure: its database, its keys, and the payers on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, event

from priorwire.bench.loopback import CREDENTIALS, loopback_payer, profiles
from priorwire.channels import HttpClients, SmtpSettings, make_channels
from priorwire.clock import RandomIds, SystemClock
from priorwire.errors import ConfigurationError
from priorwire.gateway.ports import Services
from priorwire.payers.profile import Environment
from priorwire.store import KeyRing, SqlStore, Vault, create_key_ring


@dataclass(frozen=True, kw_only=True)
class Site:
    """Enough for another process to be a gateway of it."""

    url: str
    keys: Path
    #: Where the payers listen.
    port: int
    #: Calls at once that each payer takes.
    concurrency: int = 16

    @property
    def is_postgresql(self) -> bool:
        """Whether it is the other database."""
        return self.url.startswith("postgres")

    def vault(self) -> Vault:
        """Its keys."""
        return Vault(KeyRing.load(self.keys))

    def store(self) -> SqlStore:
        """Its record. The caller closes it."""
        return SqlStore(self.url, self.vault(), SystemClock())

    def services(self, store: SqlStore, clients: HttpClients | None = None) -> Services:
        """What the use cases need. Whoever calls payers by it closes `clients`."""
        clock = SystemClock()
        clients = clients or HttpClients()
        return Services(
            store=store,
            clock=clock,
            ids=RandomIds(clock),
            profiles=profiles(self.port, concurrency=self.concurrency),
            channels=make_channels(CREDENTIALS, SmtpSettings(sender="bench@gateway.example"), clients),
            webhook_transport=_Nobody(),
            environment=Environment.TEST,
            lease=timedelta(minutes=3),
        )


class _Nobody:
    """No subscriber is told."""

    def post(self, url: str, headers: object, body: bytes) -> int:  # noqa: ARG002 -- the port's
        return 204


@contextmanager
def new_site(url: str = "") -> Iterator[Site]:
    """A site on an empty database; without `url`, on an SQLite file of its own that goes with the block.

    Raises:
        ConfigurationError: the database is in use.
    """
    with TemporaryDirectory(prefix="priorwire-bench-") as folder, loopback_payer() as port:
        create_key_ring(Path(folder) / "keys.json")
        site = Site(url=url or f"sqlite:///{Path(folder) / 'bench.db'}", keys=Path(folder) / "keys.json", port=port)
        store = site.store()
        try:
            store.upgrade()
            _refuse_used(store)
        finally:
            store.close()
        yield site


def _refuse_used(store: SqlStore) -> None:
    if store.is_in_use() or store.tenants() or store.next_due() is not None:
        raise ConfigurationError("The database to measure with must be an empty one: what is stored would be moved.")


class CommitCount:
    """Counts the commits of this process that wrote, whichever engine they are of, and the statements."""

    def __init__(self) -> None:
        self.commits = 0
        self.statements = 0
        event.listen(Engine, "after_cursor_execute", self._executed)
        event.listen(Engine, "commit", self._committed)

    def close(self) -> None:
        """Count no more."""
        event.remove(Engine, "after_cursor_execute", self._executed)
        event.remove(Engine, "commit", self._committed)

    def _executed(self, connection: Any, _cursor: Any, _statement: str, _given: Any, context: Any, _many: Any) -> None:
        self.statements += 1
        if context.isinsert or context.isupdate or context.isdelete:
            connection.info["priorwire_wrote"] = True

    def _committed(self, connection: Any) -> None:
        self.commits += connection.info.pop("priorwire_wrote", False)
