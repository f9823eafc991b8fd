"""``bench correlation``: does every reply find its request, and none another's?

Thousands of open cases that are easily mistaken for each other stand in a store of their own, on SQLite; the
gateway's own `whose` is asked about each reply, through the store's own look-ups. No figure depends on the machine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from priorwire.bench.open_cases import BEGAN, OpenCase, case_row, open_cases
from priorwire.bench.result import Result
from priorwire.bench.stray_replies import Reply, stray_replies
from priorwire.clock import FixedClock
from priorwire.gateway.correlate import Match
from priorwire.gateway.whose import keys_of, whose
from priorwire.model.identifiers import TenantId
from priorwire.store import KeyRing, SqlStore, Vault

#: Of the replies that name us, and of the others that are ours and were not joined, so much of one.
JOINED, RIGHT_FIRST = 0.995, 0.95


@dataclass(kw_only=True)
class Tally:
    """What came of the replies."""

    replies: int = 0
    #: By kind of reply.
    false_joins: Counter[str] = field(default_factory=Counter)
    named: int = 0
    named_and_joined: int = 0
    #: Ours, and in the inbox; and those of them whose request stands first there.
    waiting: Counter[str] = field(default_factory=Counter)
    right_first: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)

    def add(self, reply: Reply, joined: Match | None, first: str | None) -> None:
        """Count a reply: what it was joined to, or what stands first among the suggestions."""
        self.replies += 1
        self.named += reply.names_us
        if joined is not None:
            self.joined[reply.kind] += 1
            right = joined.transaction_id == reply.owner
            self.false_joins[reply.kind] += not right
            self.named_and_joined += reply.names_us and right
        elif reply.owner is not None:
            self.waiting[reply.kind] += 1
            self.right_first[reply.kind] += first == reply.owner

    def results(self) -> Iterator[Result]:
        """The promises, and what was kept of them."""
        waiting, first, wrong = self.waiting.total(), self.right_first.total(), self.false_joins.total()
        yield Result(name="replies", value=self.replies, unit="")
        yield Result(name="joined to a wrong request", value=wrong, unit="", target="0", met=wrong == 0)
        share = self.named_and_joined / self.named
        yield _share("joined, of those with an identifier of ours", share, self.named, JOINED)
        yield _share("right request first, of ours in the inbox", first / waiting, waiting, RIGHT_FIRST)
        for kind, count in self.waiting.most_common():
            yield _share(f"  first in the inbox: {kind}", self.right_first[kind] / count, count, None)


def _share(name: str, share: float, of: int, target: float | None) -> Result:
    met = None if target is None else share >= target
    wanted = "" if target is None else f"at least {target:.1%}"
    return Result(name=name, value=share * 100, unit="%", against=f"{of} replies", target=wanted, met=met)


def measure(*, cases: int, replies: int, seed: int) -> Tally:
    """Generate, join, count. The same for the same numbers."""
    made = open_cases(cases, seed)
    with TemporaryDirectory(prefix="priorwire-correlation-") as folder:
        store = SqlStore(f"sqlite:///{Path(folder) / 'cases.db'}", Vault(KeyRing.generate()), FixedClock(BEGAN))
        try:
            store.upgrade()
            _fill(store, made)
            return _joined(store, stray_replies(made, replies, seed))
        finally:
            store.close()


def _fill(store: SqlStore, cases: Sequence[OpenCase]) -> None:
    by_tenant: dict[TenantId, list[OpenCase]] = defaultdict(list)
    for case in cases:
        by_tenant[case.row.tenant].append(case)
    for tenant, own in by_tenant.items():
        with store.work(tenant) as uow:
            for case in own:
                uow.cases.add(case_row(case))
                uow.transactions.add(case.row)


def _joined(store: SqlStore, replies: Iterator[Reply]) -> Tally:
    tally = Tally()
    for reply in replies:
        with store.read(reply.tenant) as uow:
            found = whose(uow, reply.record, keys_of(reply.record), reply.payer, reply.call)
        if isinstance(found, Match):
            tally.add(reply, found, None)
        else:
            tally.add(reply, None, found.candidates[0].transaction_id if found.candidates else None)
    return tally
