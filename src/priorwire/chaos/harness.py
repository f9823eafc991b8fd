"""Kill gateways, one life after the other, until so many have died; then let everything come to rest and count."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError

from priorwire.chaos import promises
from priorwire.chaos.node import Life, Paper, live
from priorwire.chaos.orders import TENANT, WANTS_DOCUMENT, Order, Sort, order
from priorwire.chaos.processes import ChaosFailed, ended, fork
from priorwire.chaos.promises import Promise
from priorwire.chaos.records import Records, Tables
from priorwire.chaos.report import ENGINE_POINTS, Plan, Report
from priorwire.chaos.stage import Stage
from priorwire.crash_points import Aim
from priorwire.errors import StoreError
from priorwire.gateway.fax_status import FaxStatus
from priorwire.model.identifiers import TransactionId
from priorwire.simulator import read_journal

_STEPS = tuple(timedelta(hours=hours) for hours in (0.06, 0.1, 0.1, 0.5, 4, 13))
#: After so many rounds both sides are compared, in the middle of it all.
_LOOKED_AT_EVERY = 25
#: After so many rounds one node lives undisturbed: where everybody dies, less is done than comes in.
_UNDISTURBED_EVERY = 8
#: At the end: how far time is moved at least, and while files are on their way; how often at most.
_REST, _A_LOOK, _RESTS = timedelta(hours=12), timedelta(minutes=6), 400
#: A node that does not come to the place it is aimed at dies after so many points, from and to.
_AT_THE_LATEST = (30, 200)
#: How many new requests come in a round for each node, from and to.
_NEW = (1, 2)
#: The newest of the requests whose payers may want a document, and how many are tried in a life.
_PAPERS, _PAPERS_AT_ONCE = 12, 3
_BUSY = 0.3
#: How often, and after how many real seconds, a database that is away or a folder that is full is looked at.
_LOOKS, _LOOK = 200, 0.2
#: When in a round the payers' side is killed, in real seconds from its start.
_KILLED_WITHIN = 0.4

T = TypeVar("T")


class Chaos:
    """One run, in an empty folder. Must be used by a process without threads: it forks."""

    def __init__(self, plan: Plan, home: Path) -> None:
        self._plan = plan
        self._home = home
        self._draw = Random(plan.seed)  # noqa: S311 -- the same seed kills at the same places
        self._report = Report(plan=plan)
        self._orders: dict[str, Order] = {}
        self._lives_file = home / "lives"
        self._read_to = 0

    def run(self) -> Report:
        """Kill, settle, count. Raises ChaosFailed where the harness cannot go on."""
        began = time.monotonic()
        with Stage(self._home, seed=self._plan.seed, database_url=self._plan.database_url) as self._stage:
            if self._plan.engine_every:
                import priorwire.engine.dbos_queue  # noqa: F401, PLC0415 -- takes a second: once here, not in each fork
            self._report.reached.update(self._stage.reached)
            self._orders |= {each.key: each for each in self._stage.orders}
            held = self._kill_all()
            self._settle()
            self._conclude(held)
        self._report.seconds = time.monotonic() - began
        return self._report

    def _conclude(self, held: Promise) -> None:
        records = self._records()
        verdict = self._patiently(lambda: self._stage.store.verify_audit(TENANT))
        chain = () if verdict.broken_at is None else ("chain",)
        self._report.promises = (
            held,
            *self._patiently(lambda: tuple(promises.settled(records))),
            Promise(name="the audit chain holds", checked=verdict.links, broken=chain),
        )
        self._report.with_people = promises.with_people(records)
        self._report.requests = len(self._orders)
        self._report.sorts = Counter(each.sort.name.lower() for each in self._orders.values())

    # ------------------------------------------------------------ rounds

    def _kill_all(self) -> Promise:
        """Rounds until so many nodes have died; whether every case had an owner at each of the looks between."""
        checked, broken, turn = 0, list[str](), 0
        while self._report.kills.total() < self._plan.kills:
            turn += 1
            self._round(turn)
            if turn % _UNDISTURBED_EVERY == 0:
                self._lived([self._resting()])
            self._stage.clock.advance(self._draw.choice(_STEPS))
            if turn % _LOOKED_AT_EVERY == 0:
                seen = self._patiently(lambda: promises.owned(self._records()))
                checked, broken = checked + seen.checked, [*broken, *seen.broken]
        if turn < _LOOKED_AT_EVERY:
            seen = self._patiently(lambda: promises.owned(self._records()))
            checked, broken = seen.checked, [*seen.broken]
        name = "no case without owner and next date, between two crashes"
        return Promise(name=name, checked=checked, broken=tuple(dict.fromkeys(broken)))

    def _round(self, turn: int) -> None:
        """As many nodes at once as the plan has, each with orders of its own and a place to die at."""
        engine = _is_turn(turn, self._plan.engine_every)
        orders, papers, reports = self._wanted(), self._papers(), self._reports()
        share = self._plan.workers
        lives = [
            self._life(
                Life(
                    node=f"node-{turn}-{index}",
                    orders=orders[index::share],
                    papers=papers[index::share],
                    reports=reports[index::share],
                    engine=engine,
                    notes=self._stage.notes,
                    lives=self._lives_file,
                )
            )
            for index in range(share)
        ]
        self._lived(lives, kill_payers=_is_turn(turn, self._plan.payers_every))

    def _life(self, life: Life) -> Life:
        """With a place to die at: aimed at where few have died so far."""
        works = defaultdict[str, list[str]](list)
        for point, work in sorted(self._report.reached):
            if point not in ENGINE_POINTS or life.engine:
                works[point].append(work)
        points, died = list(works), self._report.by_point
        weights = [(1 + life.engine * (each in ENGINE_POINTS)) / (1 + died[each]) ** 4 for each in points]
        (point,) = self._draw.choices(points, weights=weights)
        (work,) = self._draw.choices(works[point], [1 / (1 + self._report.kills[point, each]) for each in works[point]])
        aim = Aim(point=point, work=work, occurrence=1 + int(self._draw.random() < 1 / 4))
        if not died[point]:  # nobody has died there yet: at whatever work, and as soon as anybody comes there
            aim = Aim(point=point)
        return replace(life, aim=aim, at_the_latest=self._draw.randint(*_AT_THE_LATEST))

    def _wanted(self) -> list[Order]:
        """Those that nobody has acknowledged yet, again, and some new ones."""
        acknowledged = self._acknowledged()
        again = [each for key, each in self._orders.items() if key not in acknowledged]
        new = [
            order(self._draw, len(self._orders) + number)
            for number in range(self._plan.workers * self._draw.randint(*_NEW))
        ]
        self._orders |= {each.key: each for each in new}
        if any(each.sort is Sort.FAX for each in new) and self._draw.random() < _BUSY:
            self._stage.control("POST", "faxes/orders", {"number": "", "outcome": "busy"})
        return [*again, *new]

    def _papers(self) -> list[Paper]:
        """Documents for some of the newest requests whose payers may want one."""
        acknowledged, sent = self._acknowledged(), self._noted("document")
        open_ones = [
            Paper(order=each, transaction_id=TransactionId(next(iter(acknowledged[key]))))
            for key, each in self._orders.items()
            if each.ending == WANTS_DOCUMENT and each.sort is Sort.DOCUMENT and key in acknowledged and key not in sent
        ]
        newest = open_ones[-_PAPERS:]
        return self._draw.sample(newest, min(len(newest), _PAPERS_AT_ONCE))

    def _reports(self) -> list[FaxStatus]:
        """What the carrier has to report and has not got rid of yet."""
        heard = self._noted("fax")
        faxes = [each for each in read_journal(self._stage.place.journal) if each.kind == "fax"]
        return [
            FaxStatus(
                reference=each.reference,
                final=True,
                delivered=each.scenario == "delivered",
                pages=1,
                error=None if each.scenario == "delivered" else each.scenario,
            )
            for each in faxes
            if each.reference not in heard
        ]

    def _lived(self, lives: Sequence[Life], *, kill_payers: bool = False) -> None:
        """Live them all at once, and note how each ended."""
        log = self._home / "nodes.log"
        children = [fork(partial(live, self._stage.settings, self._stage.services, each), log) for each in lives]
        if kill_payers:
            time.sleep(self._draw.random() * _KILLED_WITHIN)
            self._stage.kill_payers()
            self._report.payers_kills += 1
        self._report.lives += len(lives)
        for life, how in zip(lives, [ended(child) for child in children], strict=True):
            if how == 1 and self._plan.outages:
                self._report.fell += 1
            elif how not in (0, -signal.SIGKILL) or (how and life.aim is None):
                raise ChaosFailed(f"A node ended with {how} by itself: see {log}.")
        self._read_lives()

    def _read_lives(self) -> None:
        """What the nodes noted: what they reached, and where they died."""
        if not self._lives_file.exists():
            return
        with self._lives_file.open("rb") as file:
            file.seek(self._read_to)
            lines = file.read().splitlines()
            self._read_to = file.tell()
        for line in lines:
            told: dict[str, Any] = json.loads(line)
            self._report.reached.update({(point, work): count for point, work, count in told["reached"]})
            if told["died"] is not None:
                self._report.kills[told["died"][0], told["died"][1]] += 1
                self._report.engine_kills += told["engine"]

    def _acknowledged(self) -> dict[str, frozenset[str]]:
        return {key: frozenset(ids) for key, ids in self._noted("order").items()}

    def _noted(self, what: str) -> dict[str, set[str]]:
        """What was acknowledged, by key."""
        found: dict[str, set[str]] = defaultdict(set)
        if self._stage.notes.exists():
            for line in self._stage.notes.read_text(encoding="ascii").splitlines():
                kind, key, row_id = line.split()
                if kind == what:
                    found[key].add(row_id)
        return found

    # ------------------------------------------------------------ the end

    def _settle(self) -> None:
        """Nothing dies any more: who was not acknowledged asks again, and time passes until nothing is due."""
        self._stage.calm()
        for _ in range(_RESTS):
            rest = self._resting()
            self._lived([rest])
            if not self._pass_time() and not rest.orders and not rest.reports:
                return
        raise ChaosFailed("It does not come to rest: something is due again and again.")

    def _resting(self) -> Life:
        """A node that does all there is to do and is not killed."""
        acknowledged = self._acknowledged()
        again = [each for key, each in self._orders.items() if key not in acknowledged]
        reports = self._reports()
        return Life(node="node-rest", orders=again, reports=reports, notes=self._stage.notes, lives=self._lives_file)

    def _pass_time(self) -> bool:
        """Move time to where something is due; whether anything is."""
        if self._files_wait():
            self._stage.clock.advance(_A_LOOK)
            return True
        first = self._patiently(lambda: Tables(self._stage.settings.store_url).next_due())
        if first is not None:
            self._stage.clock.advance(max(first - self._stage.clock.now(), _REST))
        return first is not None

    def _files_wait(self) -> bool:
        """Whether a file waits for us, once the other side has taken what waits for it."""
        folders = self._stage.place.folders
        for _ in range(_LOOKS):
            if not any((folders / "outbound").glob("*.x12")):
                return any((folders / "inbound").glob("*.x12"))
            time.sleep(_LOOK / 4)
        raise ChaosFailed("The other side of the folders does not take what waits there.")

    def _patiently(self, look: Callable[[], T]) -> T:
        """Look into the database, waiting for one that is away, and close it: a fork must not share a connection."""
        for _ in range(_LOOKS if self._plan.outages else 1):
            try:
                return look()
            except (StoreError, OperationalError) as error:
                away = error
                time.sleep(_LOOK)
            finally:
                self._stage.store.close()
        raise ChaosFailed("The database did not come back.") from away

    def _records(self) -> Records:
        return Records(
            tables=Tables(self._stage.settings.store_url),
            place=self._stage.place,
            told=self._stage.told,
            orders=self._orders,
            acknowledged=self._acknowledged(),
        )


def _is_turn(turn: int, every: int) -> bool:
    return bool(every) and turn % every == 0
