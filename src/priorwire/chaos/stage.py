"""What stands around the gateways that are killed: the payers' side, a subscriber, a database, one shared clock."""

from __future__ import annotations

import gc
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Self

import httpx2

from priorwire import bootstrap, crash_points
from priorwire.chaos.node import Life, act, work
from priorwire.chaos.orders import TENANT, Order, Sort, order
from priorwire.chaos.payers import Place, keep_folders, listen
from priorwire.chaos.processes import ChaosFailed, await_file, end, fork, subscriber
from priorwire.clock import OffsetClock
from priorwire.config import Settings
from priorwire.gateway.mailboxes import open_mailboxes
from priorwire.gateway.ports import Services
from priorwire.gateway.webhooks import subscribe
from priorwire.payers.profile import PayerProfile
from priorwire.simulator import Credentials, Fault
from priorwire.store import SqlStore

_BEGINS = datetime(2026, 12, 1, 15, tzinfo=UTC)
#: How often the payers' side cuts a connection, is away or spoils its answer, of one.
_RATES: Mapping[Fault, float] = {
    Fault.DROP_BEFORE: 0.03,
    Fault.DROP_AFTER: 0.04,
    Fault.DROP_DURING: 0.04,
    Fault.HTTP_503: 0.03,
    Fault.HTTP_504: 0.02,
    Fault.RECEIVER_DOWN: 0.02,
    Fault.SOAP_FAULT: 0.01,
    Fault.HTML: 0.01,
    Fault.TRUNCATED: 0.01,
    Fault.WRONG_TRACE: 0.01,
    Fault.TWICE: 0.02,
}
#: Of the test's subscriber, and worth nothing elsewhere.
_SECRET = "whsec_Y2hhb3MtY2hhb3MtY2hhb3MtY2hhb3Mt"  # noqa: S105


class Stage:
    """Everything but the gateways. Use as a context: its processes end with it."""

    def __init__(self, home: Path, *, seed: int, database_url: str) -> None:
        self.home = home
        self.clock = OffsetClock(home / "clock")
        self.place = Place(home=home, clock=self.clock, seed=seed)
        self._database_url = database_url
        self._ending = ExitStack()
        self._ports = (0, 0)
        self._payers = 0
        #: The orders that were given, and taken, before the first life.
        self.orders: Sequence[Order] = ()
        #: By point and kind of work: what a gateway comes to that does each thing once.
        self.reached: Mapping[tuple[str, str], int] = {}

    def __enter__(self) -> Self:
        with ExitStack() as begun:
            begun.callback(self._end_payers)
            self.clock.advance(_BEGINS - self.clock.now())
            crash_points.arm(None)
            self._begin_payers()
            port = self._begin_others(begun)
            self.settings = self._made_settings()
            self._begin_gateway(port)
            self._ending = begun.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    @property
    def notes(self) -> Path:
        """Where a gateway notes what it has acknowledged."""
        return self.home / "acknowledged"

    @property
    def told(self) -> Path:
        """Where the subscriber notes what it was told."""
        return self.home / "told"

    # ------------------------------------------------------------ the payers' side

    def kill_payers(self) -> None:
        """Kill the process that listens, in whatever it is doing, and start it again at the same address."""
        self._end_payers()
        self._begin_payers()

    def calm(self) -> None:
        """From now on nothing goes wrong on purpose: what somebody asks, is answered."""
        self.place.calm.touch()
        self.control("DELETE", "orders")

    def control(self, method: str, path: str, content: object = None) -> None:
        """Tell the payers' side how to behave."""
        url = f"http://127.0.0.1:{self._ports[0]}/_control/{path}"
        httpx2.request(method, url, json=content, trust_env=False).raise_for_status()

    def _begin_payers(self) -> None:
        ready = self.home / "payers.ready"
        ready.unlink(missing_ok=True)
        self._payers = fork(partial(listen, self.place, _RATES, ready, self._ports), self.home / "others.log")
        await_file(ready, self._payers)
        found = json.loads(ready.read_text(encoding="ascii"))
        self._ports = found["http"], found["smtp"]

    def _end_payers(self) -> None:
        if self._payers:
            end(self._payers)
            self._payers = 0

    # ------------------------------------------------------------ and the rest

    def _begin_others(self, begun: ExitStack) -> int:
        """A keeper of the folder pair, and a subscriber; the latter's port."""
        log, ready = self.home / "others.log", self.home / "subscriber.ready"
        for work_, path in (
            (partial(keep_folders, self.place, self.home / "folders.ready"), self.home / "folders.ready"),
            (partial(subscriber, ready, self.told), ready),
        ):
            child = fork(work_, log)
            begun.callback(end, child)
            await_file(path, child)
        return int(ready.read_text(encoding="ascii"))

    def _made_settings(self) -> Settings:
        known = Credentials()
        credentials = self.home / "credentials.json"
        credentials.touch(mode=0o600)
        credentials.write_text(json.dumps({"simulator": [known.username, known.password]}), encoding="utf-8")
        http, smtp = self._ports
        return Settings(
            home=self.home,
            database_url=self._database_url,
            key_ring=str(self.home / "keys.json"),
            mailbox_tenant=TENANT,
            test_clock=self.home / "clock",
            names={"simulator_url": f"http://127.0.0.1:{http}", "simulator_smtp": f"smtp://127.0.0.1:{smtp}"},
            credentials_file=credentials,
            webhooks_to_loopback=True,
        )

    def _begin_gateway(self, port: int) -> None:
        bootstrap.initialize(self.settings).close()
        services = self._made_services()
        store = services.store
        if not isinstance(store, SqlStore):
            raise ChaosFailed("The harness needs the store that it forks to be one that it can close.")
        self.store = store
        subscribe(services, TENANT, "chaos", f"http://127.0.0.1:{port}/", _SECRET)
        open_mailboxes(services)
        self._rehearse(services)
        self.store.close()  # a connection must not be shared with a fork
        # Nor one to the payers' side: these have never called anybody, and find every table and guide read.
        self.services = replace(self._made_services(), store=store)
        # What is here stays: a fork whose collector looked through all of it would have to copy it.
        gc.collect()
        gc.freeze()

    def _made_services(self) -> Services:
        services = bootstrap.make_services(self.settings)
        profiles = {key: _with_folders(profile, self.place.folders) for key, profile in services.profiles.items()}
        return replace(services, profiles=profiles)

    def _rehearse(self, services: Services) -> None:
        """Do everything once, so that a process that is forked from this one need not learn it first."""
        draw = Random(0)  # noqa: S311 -- any will do
        orders = [order(draw, number, sort) for number, sort in enumerate(Sort)]
        act(services, Life(node="rehearsal", orders=orders, notes=self.notes, lives=self.home / "rehearsal"))
        for later in (timedelta(), timedelta(minutes=6), timedelta(minutes=6), timedelta(hours=13)):
            self.clock.advance(later)
            work(services)
        self.orders = orders
        self.reached = {(each.point, each.work): count for each, count in crash_points.reached().items()}


def _with_folders(profile: PayerProfile, folders: Path) -> PayerProfile:
    """The payer's folder pair where the harness keeps it."""
    routes = tuple(
        replace(route, endpoint=replace(route.endpoint, url=f"file://{folders}")) if route.endpoint.folders else route
        for route in profile.routes
    )
    return replace(profile, routes=routes)
