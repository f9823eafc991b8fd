"""How long it takes to find an authorization among many by a number that somebody has in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from priorwire.bench.result import Result
from priorwire.bench.site import Site
from priorwire.bench.sleeping import Sleeper
from priorwire.bench.timing import now, spread
from priorwire.gateway.find import Key, find
from priorwire.gateway.ports import Store

#: Milliseconds that 95 of 100 searches may take.
LIMIT = 50.0
_NUMBERS: tuple[tuple[Key, Callable[[Sleeper], str]], ...] = (
    (Key.TRACE, lambda sleeper: sleeper.trace_number),
    (Key.MEMBER, lambda sleeper: sleeper.member_id),
    (Key.PAYER_NUMBER, lambda sleeper: sleeper.authorization_number),
    (Key.CONTROL_NUMBER, lambda sleeper: str(sleeper.control_number)),
)


def search_results(site: Site, rows: int, searches: int) -> Iterator[Result]:
    """So many searches by each kind of number, scattered over all that is stored."""
    store = site.store()
    try:
        for key, number_of in _NUMBERS:
            sought = [Sleeper(number=turn * 7_919 % rows) for turn in range(searches)]
            found, took = _searched(store, key, number_of, sought)
            yield _told(key, rows, took, right=found == len(sought))
    finally:
        store.close()


def _searched(
    store: Store, key: Key, number_of: Callable[[Sleeper], str], sought: list[Sleeper]
) -> tuple[int, list[float]]:
    """How often the one that was sought was among what was found, and how long each search took."""
    right, took = 0, []
    for each in sought:
        began = now()
        found = find(store, each.tenant, key, number_of(each))
        took.append(now() - began)
        right += each.id in {row.id for row in found}
    return right, took


def _told(key: Key, rows: int, took: list[float], *, right: bool) -> Result:
    found = spread(took)
    return Result(
        name=f"search by {key.value.replace('_', ' ')}, p95",
        value=found.p95,
        unit="ms",
        against=f"{rows} authorizations; median {found.median:.2f} ms" + ("" if right else "; SOME WERE NOT FOUND"),
        target=f"at most {LIMIT:g} ms, each found",
        met=right and found.p95 <= LIMIT,
    )
