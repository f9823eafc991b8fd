"""The benches at a few hundred rows: figures come out, counts agree. Nothing here looks at a clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, func, select

from priorwire.bench.claims import claim_results, rounds_of
from priorwire.bench.engine import EngineRun, measure
from priorwire.bench.gateway import GatewayRun
from priorwire.bench.gateway import measure as measure_gateway
from priorwire.bench.loopback import answer
from priorwire.bench.result import Result
from priorwire.bench.site import Site, new_site
from priorwire.bench.sleeping import TENANTS, Sleeper, fill, inquiry_of
from priorwire.errors import ConfigurationError
from priorwire.gateway.find import Key, find
from priorwire.gateway.reading import SetRead, read_payload
from priorwire.gateway.rows import Purpose
from priorwire.store.tables import DUE_INDEX, RECORDS

_ROWS = 1_000
_NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)


@pytest.fixture
def site(empty_url: str) -> Iterator[Site]:
    """A site with sleepers on each kind of database."""
    with new_site(empty_url) as made:
        assert list(fill(made.url, made.vault(), _ROWS, _NOW)) == [_ROWS]
        yield made


def _by_name(results: list[Result]) -> dict[str, Result]:
    named = {each.name: each for each in results}
    assert len(named) == len(results)
    return named


def test_engine_bench_tells_every_figure(empty_url: str) -> None:
    said: list[str] = []
    results = _by_name(list(measure(EngineRun(rows=_ROWS, polls=20, searches=4, url=empty_url), said.append)))
    for name in ("trace", "member", "payer number", "control number"):
        assert "NOT FOUND" not in results[f"search by {name}, p95"].against
    assert results["polls by one worker"].value > 0
    assert results["polls by 2 workers"].value > 0
    assert (results["polls by one worker"].ratio or 0) > 0
    assert results["what a second worker adds"].unit == "%"
    assert said[-1] == "polling with two workers"
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(RECORDS)) == 40, "each poll kept what it was told"
    engine.dispose()


def test_claims_take_every_row_that_is_due_and_no_other(site: Site) -> None:
    results = _by_name(list(claim_results(site, _ROWS)))
    rounds = rounds_of(_ROWS)
    assert rounds == 2
    of_others = results["  rows of other endpoints that got a job meanwhile"].value
    engine = create_engine(site.url)
    held = DUE_INDEX.c.lease_until.is_not(None)
    with engine.connect() as connection:
        # One share alone, of the second as much as was claimed before the bench had enough, and the third.
        claimed = connection.scalar(select(func.count()).select_from(DUE_INDEX).where(held)) or 0
        asleep = connection.scalar(select(func.count()).select_from(DUE_INDEX).where(~held)) or 0
    engine.dispose()
    assert claimed + asleep == _ROWS
    assert claimed >= rounds * 100
    assert 0 < of_others <= rounds * 100


def test_sleepers_are_stored_as_the_gateway_stores_them(site: Site) -> None:
    store = site.store()
    for sleeper in (Sleeper(number=0), Sleeper(number=_ROWS - 1)):
        with store.read(sleeper.tenant) as uow:
            row = uow.transactions.get(sleeper.id)
            assert row.member_id == sleeper.member_id
            assert [each.purpose for each in uow.exchanges.of(row.id)] == [Purpose.SUBMIT]
            assert uow.cases.get(row.case_id).tenant == sleeper.tenant
            other = next(each for each in TENANTS if each != sleeper.tenant)
        assert find(store, sleeper.tenant, Key.TRACE, sleeper.trace_number) == [row]
        assert find(store, other, Key.TRACE, sleeper.trace_number) == []
    assert store.next_due() == _NOW + timedelta(days=1)
    store.close()


def test_used_database_is_refused(site: Site) -> None:
    with pytest.raises(ConfigurationError), new_site(site.url):
        pass


def test_payer_on_this_machine_answers_what_the_gateway_reads() -> None:
    asked = inquiry_of(Sleeper(number=5), 1)
    said = [each for each in read_payload(answer(asked.decode()).encode()) if isinstance(each, SetRead)]
    assert [(each.kind, len(each.readings), [i for i in each.issues if i.is_error]) for each in said] == [
        ("278-inquiry-response", 1, [])
    ]
    assert said[0].readings[0].record.status.value == "pended"


def test_gateway_bench_tells_every_figure(empty_url: str) -> None:
    results = _by_name(list(measure_gateway(GatewayRun(checks=20, threads=4, url=empty_url))))
    assert {"added to a real-time check, median", "added to a real-time check, p99"} <= results.keys()
    assert results["  checks that were answered"].value == 20
    assert (results["checks a second, 4 at once"].ratio or 0) > 0
