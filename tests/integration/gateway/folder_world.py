"""The gateway with one payer behind a folder pair, and somebody who kills its processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from priorwire.channels.directory import Directory
from priorwire.gateway.arrived import FileState, ReceivedFileRow, ReceivedSetRow, SetState, UnmatchedRow
from priorwire.gateway.mailboxes import open_mailboxes
from priorwire.gateway.ports import Store
from priorwire.gateway.rows import TransactionRow
from priorwire.gateway.ways import Accepted, Mailbox, Message, NotSent, SendOutcome, Uncertain, WaitingFile
from priorwire.model.identifiers import PayerId, TenantId
from priorwire.payers.profile import ChannelKind, Endpoint, PayerProfile
from priorwire.simulator import FolderClearinghouse
from tests.integration.gateway.conftest import TENANT, World, request_for

PAYER = PayerId("meridian-medicaid")
MAILBOX = "meridian-medicaid/batch"
LEASE = timedelta(minutes=3, seconds=1)


class Killed(BaseException):
    """The process died here."""


@dataclass
class Killer:
    """Lets the process die at the n-th moment from now on; counts moments all the same."""

    moments: int = 0
    at: int | None = None

    def moment(self) -> None:
        self.moments += 1
        if self.at is not None and self.moments == self.at:
            self.at = None
            raise Killed

    def soon(self, moments: int) -> None:
        self.at = self.moments + moments


class _Work:
    """A unit of work that may die before it begins, before it commits and after."""

    def __init__(self, inner: Any, killer: Killer) -> None:
        self._inner, self._killer = inner, killer

    def __enter__(self) -> Any:
        self._killer.moment()
        return self._inner.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            try:
                self._killer.moment()
            except Killed as killed:
                self._inner.__exit__(Killed, killed, None)
                raise
        self._inner.__exit__(kind, error, trace)
        if kind is None:
            self._killer.moment()


class MortalStore:
    """A store whose process may die."""

    def __init__(self, inner: Store, killer: Killer) -> None:
        self._inner, self._killer = inner, killer

    def work(self, tenant: TenantId) -> Any:
        return _Work(self._inner.work(tenant), self._killer)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class MortalDirectory(Directory):
    """A folder pair whose process may die before and after each thing that it does there."""

    def __init__(self, killer: Killer) -> None:
        self._killer = killer

    def _around(self, act: Callable[[], Any]) -> Any:
        self._killer.moment()
        done = act()
        self._killer.moment()
        return done

    def send(self, message: Message) -> SendOutcome:
        return cast("SendOutcome", self._around(lambda: super(MortalDirectory, self).send(message)))

    def whereabouts(self, endpoint: Endpoint, reference: str, payload_id: str) -> Accepted | NotSent | Uncertain:
        look = super().whereabouts
        return cast("Accepted | NotSent | Uncertain", self._around(lambda: look(endpoint, reference, payload_id)))

    def leave(self, endpoint: Endpoint, name: str, payload: bytes) -> None:
        leave = super().leave
        self._around(lambda: leave(endpoint, name, payload))

    def waiting(self, endpoint: Endpoint) -> Sequence[WaitingFile]:
        waiting = super().waiting
        return cast("Sequence[WaitingFile]", self._around(lambda: waiting(endpoint)))

    def file_away(self, endpoint: Endpoint, name: str, sha256: str) -> bool:
        away = super().file_away
        return bool(self._around(lambda: away(endpoint, name, sha256)))


@dataclass
class FolderWorld:
    """`World` with a folder pair for one payer."""

    world: World
    root: Path
    house: FolderClearinghouse
    killer: Killer

    def submit(self, ending: str, **more: object) -> TransactionRow:
        return self.world.submit(request_for(ending, payer=str(PAYER), service_type="12", **more))

    def pass_time(self, by: timedelta = timedelta(minutes=6)) -> None:
        """As a worker does, and the clearinghouse beside it: whatever a step raises, the lease does the rest."""
        self.world.clock.advance(by)
        while self.world.engine_tick():
            pass

    def round(self, times: int = 1) -> None:
        """The clearinghouse takes and answers; a file stands still; its sets are placed."""
        for _ in range(times):
            self.house.run()
            self.pass_time()
            self.pass_time(timedelta(seconds=31))

    def row(self, row: TransactionRow) -> TransactionRow:
        return self.world.row(row.id)

    def files(self, state: FileState) -> Sequence[ReceivedFileRow]:
        with self.world.store.read(TENANT) as uow:
            return uow.received.files(state, limit=1000)

    def sets(self, state: SetState, tenant: TenantId = TENANT) -> Sequence[ReceivedSetRow]:
        with self.world.store.read(tenant) as uow:
            return uow.received.sets(state, limit=1000)

    def unmatched(self) -> Sequence[UnmatchedRow]:
        with self.world.store.read(TENANT) as uow:
            return uow.unmatched.listed()

    def history(self, row: TransactionRow) -> list[str]:
        with self.world.store.read(row.tenant) as uow:
            return [str(each.record.status.value) for each in uow.records.history(row.id)]

    def requests_taken(self) -> int:
        return sum(b"~ST*278*0001*005010X217~" in payload for _, payload in self.house.taken)

    def taken_of(self, row: TransactionRow) -> int:
        return sum(name.startswith(f"{row.reference}-") for name, _ in self.house.taken)

    def acknowledgments_taken(self) -> list[str]:
        return [name for name, _ in self.house.taken if name.startswith("ACK-")]

    def names(self, folder: str) -> list[str]:
        return sorted(each.name for each in (self.root / folder).iterdir())

    def drop(self, name: str, payload: bytes) -> None:
        (self.root / "inbound" / name).write_bytes(payload)

    def take_away_sent(self) -> None:
        """A transfer client that deletes what it has sent, and a guide that says so."""
        profile = self.world.services.profiles[PAYER]
        routes = tuple(
            replace(route, endpoint=replace(route.endpoint, folders=replace(route.endpoint.folders, sent=None)))
            if route.endpoint.folders
            else route
            for route in profile.routes
        )
        profiles = {**self.world.services.profiles, PAYER: replace(profile, routes=routes)}
        self.world.services = replace(self.world.services, profiles=profiles)


def folder_world(world: World, root: Path) -> FolderWorld:
    """`world`, with meridian's folders under `root`."""
    killer = Killer()
    house = FolderClearinghouse(world.simulator, root, sent="sent")
    services = world.services
    profiles = {**services.profiles, PAYER: _at(services.profiles[PAYER], root)}
    directory: Mailbox = MortalDirectory(killer)
    world.services = replace(
        services,
        store=cast("Store", MortalStore(world.store, killer)),
        profiles=profiles,
        channels={**services.channels, ChannelKind.DIRECTORY: directory},
        mailbox_tenant=TENANT,
    )
    open_mailboxes(world.services)
    killer.moments = 0
    return FolderWorld(world=world, root=root, house=house, killer=killer)


def _at(profile: PayerProfile, root: Path) -> PayerProfile:
    routes = tuple(
        replace(route, endpoint=replace(route.endpoint, url=f"file://{root}")) if route.endpoint.folders else route
        for route in profile.routes
    )
    return replace(profile, routes=routes)
