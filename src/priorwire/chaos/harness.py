"""Kill gateways, one life after the other, until so many have died; then let everything come to rest and count."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

import httpx2
from sqlalchemy.exc import OperationalError

from priorwire import bootstrap, crash_points
from priorwire.chaos import promises
from priorwire.chaos.node import Life, live
from priorwire.chaos.orders import TENANT, Order, order
from priorwire.chaos.processes import ChaosFailed, await_file, end, ended, fork, subscriber
from priorwire.chaos.promises import Promise, Records
from priorwire.clock import OffsetClock
from priorwire.config import Settings
from priorwire.errors import StoreError
from priorwire.gateway.webhooks import subscribe
from priorwire.simulator import Credentials
from priorwire.simulator.server import run as run_simulator
from priorwire.store import SqlStore

_BEGINS = datetime(2026, 12, 1, 15, tzinfo=UTC)
#: Points are aimed at up to this time that a life reaches them. The more often, the later in its life a node dies.
_UP_TO = {"commit": 14, "archive": 4, "claim": 4, "enqueue": 6, "send": 4, "post": 4}
#: How often the payers' side cuts a connection or is away, of one.
_RATES = {"drop_before": 0.03, "drop_after": 0.04, "drop_during": 0.04, "http_503": 0.03, "http_504": 0.02}
_STEPS = tuple(timedelta(hours=hours) for hours in (0.06, 0.06, 0.5, 4, 20))
#: Of the test's subscriber, and worth nothing elsewhere.
_SECRET = "whsec_Y2hhb3MtY2hhb3MtY2hhb3MtY2hhb3Mt"  # noqa: S105
#: After so many rounds both sides are compared, in the middle of it all.
_LOOKED_AT_EVERY = 5
_REST = timedelta(hours=20)
_RESTS = 60
#: How often, and after how many real seconds, a database that is away is looked for.
_LOOKS, _LOOK = 200, 0.2

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done."""

    kills: int
    seed: int
    #: Gateways at once.
    workers: int = 1
    #: One round of so many is lived with the real engine and its queue; 0: none.
    engine_every: int = 12
    #: Empty: an SQLite file. Else the address of an empty database.
    database_url: str = ""
    #: Somebody stops and starts the database meanwhile: what cannot reach it is tried again.
    outages: bool = False


@dataclass(kw_only=True)
class Report:
    """What was done, and what held."""

    plan: Plan
    kills: Counter[str] = field(default_factory=Counter)
    engine_kills: int = 0
    lives: int = 0
    #: Lives that ended by themselves because the database was away.
    fell: int = 0
    requests: int = 0
    with_people: int = 0
    promises: tuple[Promise, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether every promise was."""
        return not any(each.broken for each in self.promises)

    def present(self) -> dict[str, object]:
        """As plain JSON."""
        return {
            "seed": self.plan.seed,
            "workers": self.plan.workers,
            "database": (self.plan.database_url or "sqlite").partition(":")[0].partition("+")[0],
            "kills": self.kills.total(),
            "kills_by_point": {point: self.kills[point] for point in crash_points.POINTS},
            "kills_in_the_engine": self.engine_kills,
            "lives": self.lives,
            "fell_in_outages": self.fell,
            "requests": self.requests,
            "with_people": self.with_people,
            "promises": [each.present() for each in self.promises],
            "kept": self.kept,
        }


class Chaos:
    """One run, in an empty folder. Must be used by a process without threads: it forks."""

    def __init__(self, plan: Plan, home: Path) -> None:
        self._plan = plan
        self._home = home
        self._draw = Random(plan.seed)  # noqa: S311 -- the same seed kills at the same places
        self._clock = OffsetClock(home / "clock")
        self._report = Report(plan=plan)
        self._orders: dict[str, Order] = {}
        self._ending = ExitStack()

    def run(self) -> Report:
        """Kill, settle, count. Raises ChaosFailed where the harness cannot go on."""
        with self._ending:
            self._clock.advance(_BEGINS - self._clock.now())
            self._begin()
            held = self._kill_all()
            self._settle()
            self._report.promises = (held, *self._patiently(lambda: tuple(promises.settled(self._records()))))
            self._report.with_people = self._patiently(lambda: promises.with_people(self._records()))
            self._report.requests = len(self._orders)
        return self._report

    # ------------------------------------------------------------ what stands around

    def _begin(self) -> None:
        crash_points.arm(None)
        self._payers = self._begin_payers()
        port = self._begin_subscriber()
        self._settings = self._made_settings()
        bootstrap.initialize(self._settings).close()
        self._services = bootstrap.make_services(self._settings)
        store = self._services.store
        if not isinstance(store, SqlStore):
            raise ChaosFailed("The harness needs the store that it forks to be one that it can close.")
        self._store = store
        subscribe(self._services, TENANT, "chaos", f"http://127.0.0.1:{port}/", _SECRET)
        self._store.close()  # a connection must not be shared with a fork
        self._control("PUT", "faults/rates", {"rates": _RATES})
        if self._plan.engine_every:
            import priorwire.engine.dbos_queue  # noqa: F401, PLC0415 -- takes a second: once here, not in each fork

    def _begin_payers(self) -> str:
        ready = self._home / "payers.ready"
        work = partial(
            run_simulator,
            "127.0.0.1",
            0,
            journal=self._home / "journal.jsonl",
            clock=self._clock,
            seed=self._plan.seed,
            callback_url=None,
            fax_secret=None,
            smtp_port=0,
            ready_file=ready,
        )
        found = json.loads(self._served(work, ready))
        self._names = {
            "simulator_url": f"http://127.0.0.1:{found['http']}",
            "simulator_smtp": f"smtp://127.0.0.1:{found['smtp']}",
        }
        return self._names["simulator_url"]

    def _begin_subscriber(self) -> int:
        ready = self._home / "subscriber.ready"
        return int(self._served(partial(subscriber, ready, self._home / "told"), ready))

    def _served(self, work: partial[None], ready: Path) -> str:
        child = fork(work, self._home / "others.log")
        self._ending.callback(end, child)
        await_file(ready, child)
        return ready.read_text(encoding="ascii")

    def _made_settings(self) -> Settings:
        known = Credentials()
        credentials = self._home / "credentials.json"
        credentials.touch(mode=0o600)
        credentials.write_text(json.dumps({"simulator": [known.username, known.password]}), encoding="utf-8")
        return Settings(
            home=self._home,
            database_url=self._plan.database_url,
            key_ring=str(self._home / "keys.json"),
            test_clock=self._home / "clock",
            names=self._names,
            credentials_file=credentials,
            webhooks_to_loopback=True,
        )

    def _control(self, method: str, path: str, content: object = None) -> None:
        httpx2.request(method, f"{self._payers}/_control/{path}", json=content, trust_env=False).raise_for_status()

    # ------------------------------------------------------------ rounds

    def _kill_all(self) -> Promise:
        """Rounds until so many nodes have died; whether every case had an owner at each of the looks between."""
        checked, broken, turn = 0, list[str](), 0
        while self._report.kills.total() < self._plan.kills:
            turn += 1
            self._round(turn)
            self._clock.advance(self._draw.choice(_STEPS))
            if turn % _LOOKED_AT_EVERY == 0:
                seen = self._patiently(lambda: promises.owned(self._records()))
                checked, broken = checked + seen.checked, [*broken, *seen.broken]
        name = "no case without owner and next date, between two crashes"
        return Promise(name=name, checked=checked, broken=tuple(dict.fromkeys(broken)))

    def _round(self, turn: int) -> None:
        """As many nodes at once as the plan has, each with orders of its own and a place to die at."""
        every = self._plan.engine_every
        engine = bool(every) and turn % every == 0
        orders = self._wanted()
        lives = [
            self._life(index, orders[index :: self._plan.workers], engine=engine) for index in range(self._plan.workers)
        ]
        for life, how in zip(lives, self._lived(lives), strict=True):
            if how == -signal.SIGKILL and life.crash:
                self._report.kills[life.crash[0]] += 1
                self._report.engine_kills += engine
            elif how == 1 and self._plan.outages:
                self._report.fell += 1
            elif how != 0:
                raise ChaosFailed(f"A node ended with {how} by itself: see {self._home / 'nodes.log'}.")

    def _wanted(self) -> list[Order]:
        """Those that nobody has acknowledged yet, again, and some new ones."""
        acknowledged = self._acknowledged()
        again = [each for key, each in self._orders.items() if key not in acknowledged]
        new = [order(self._draw, len(self._orders) + number) for number in range(self._draw.randrange(1, 3))]
        self._orders |= {each.key: each for each in new}
        return [*again, *new]

    def _life(self, index: int, orders: Sequence[Order], *, engine: bool) -> Life:
        fewest = min(self._report.kills[each] for each in crash_points.POINTS)
        point = self._draw.choice([each for each in crash_points.POINTS if self._report.kills[each] <= fewest + 1])
        occurrence = self._draw.randint(1, _UP_TO[point.partition(".")[0]])
        return Life(node=f"node-{index}", orders=orders, crash=(point, occurrence), engine=engine, notes=self._notes)

    def _lived(self, lives: Sequence[Life]) -> list[int]:
        """Live them all at once; how each ended."""
        self._report.lives += len(lives)
        log = self._home / "nodes.log"
        return [
            ended(child) for child in [fork(partial(live, self._settings, self._services, each), log) for each in lives]
        ]

    @property
    def _notes(self) -> Path:
        return self._home / "acknowledged"

    def _acknowledged(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        if self._notes.exists():
            for line in self._notes.read_text(encoding="ascii").splitlines():
                key, transaction_id = line.split()
                found[key].add(transaction_id)
        return {key: frozenset(ids) for key, ids in found.items()}

    # ------------------------------------------------------------ the end

    def _settle(self) -> None:
        """Nothing dies any more: practices send again what was not acknowledged, and time passes until all is done."""
        self._control("DELETE", "orders")
        for _ in range(_RESTS):
            acknowledged = self._acknowledged()
            again = [each for key, each in self._orders.items() if key not in acknowledged]
            (how,) = self._lived([Life(node="node-0", orders=again, crash=None, engine=False, notes=self._notes)])
            if how != 0 and not self._plan.outages:
                raise ChaosFailed(f"The last node ended with {how}: see {self._home / 'nodes.log'}.")
            waits = self._patiently(self._store.next_due)
            if waits is None and not again:
                return
            self._clock.advance(_REST)

    def _patiently(self, look: Callable[[], T]) -> T:
        """Look into the store, and close it: a connection must not be shared with a fork. An outage is waited for."""
        for _ in range(_LOOKS if self._plan.outages else 1):
            try:
                return look()
            except (StoreError, OperationalError) as error:
                away = error
                time.sleep(_LOOK)
            finally:
                self._store.close()
        raise ChaosFailed("The database did not come back.") from away

    def _records(self) -> Records:
        return Records(
            services=self._services,
            store=self._store,
            database_url=self._settings.store_url,
            journal=self._home / "journal.jsonl",
            told=self._home / "told",
            acknowledged=self._acknowledged(),
            endings={key: each.ending for key, each in self._orders.items()},
        )
