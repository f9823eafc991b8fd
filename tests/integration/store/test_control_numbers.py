"""No number is given out twice, whoever asks and however many ask at once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, update

from priorwire.errors import Conflict
from priorwire.gateway.ports import Store
from priorwire.store.tables import CONTROL_NUMBERS
from tests.integration.store import samples


def _next(store: Store, name: str = "interchange", endpoint: str = samples.ENDPOINT) -> int:
    with store.work(samples.TENANT) as uow:
        return uow.control_numbers.next(endpoint, name)


def test_numbers_count_from_one(store: Store) -> None:
    assert [_next(store) for _ in range(3)] == [1, 2, 3]


def test_each_endpoint_and_each_name_has_a_sequence_of_its_own(store: Store) -> None:
    assert _next(store) == 1
    assert _next(store, name="group") == 1
    assert _next(store, endpoint="another/endpoint") == 1
    assert _next(store) == 2


def test_tenants_share_the_sequence_of_an_endpoint(store: Store) -> None:
    assert _next(store) == 1
    with store.work(samples.OTHER_TENANT) as uow:
        assert uow.control_numbers.next(samples.ENDPOINT, "interchange") == 2


def test_one_unit_of_work_may_take_several(store: Store) -> None:
    with store.work(samples.TENANT) as uow:
        assert [uow.control_numbers.next(samples.ENDPOINT, "group") for _ in range(3)] == [1, 2, 3]


def test_after_the_largest_number_comes_one(store: Store, store_url: str) -> None:
    _next(store)
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(update(CONTROL_NUMBERS).values(last=999_999_998))
    engine.dispose()
    assert [_next(store) for _ in range(3)] == [999_999_999, 1, 2]


def test_many_threads_get_every_number_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: _next(store), range(160)))
    assert sorted(numbers) == list(range(1, 161))


def test_two_processes_get_every_number_once(store: Store, store_url: str) -> None:
    script = Path(__file__).with_name("number_taker.py")
    takers = [
        subprocess.Popen(
            [sys.executable, script, store_url, tenant, "100"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for tenant in (samples.TENANT, samples.OTHER_TENANT)
    ]
    for taker in takers:
        assert taker.stdout is not None
        assert taker.stdout.readline() == "ready\n"
    numbers: list[list[int]] = []
    for taker in takers:
        assert taker.stdin is not None
        taker.stdin.write("go\n")
        taker.stdin.flush()
    for taker in takers:
        output, _ = taker.communicate(timeout=60)
        assert taker.returncode == 0
        numbers.append([int(line) for line in output.split()])
    assert sorted(numbers[0] + numbers[1]) == list(range(1, 201))
    assert all(taken == sorted(taken) for taken in numbers)


@pytest.mark.parametrize("field", ["interchange_number", "group_number"])
def test_the_database_refuses_a_number_that_an_endpoint_has_seen_whoever_sends_it(store: Store, field: str) -> None:
    samples.store_one_of_each(store)
    samples.store_one_of_each(store, samples.OTHER_TENANT)
    numbers = {"interchange_number": 7, "group_number": 7, field: 1}
    row = samples.exchange(2, samples.OTHER_TENANT)
    with pytest.raises(Conflict), store.work(samples.OTHER_TENANT) as uow:
        uow.exchanges.add(type(row)(**{**vars(row), **numbers}))
