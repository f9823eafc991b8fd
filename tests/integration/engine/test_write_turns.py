"""The queue's writers and the record's take turns at one SQLite file, in one process."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from priorwire.engine.database import system_engine
from priorwire.write_lock import write_lock_of


def _engine(sqlite_url: str) -> sa.Engine:
    engine = system_engine(sqlite_url, connections=4)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE told (word TEXT)"))
    return engine


def _write(engine: sa.Engine, word: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO told VALUES (:word)"), {"word": word})


def _words(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT word FROM told")).scalars())


def test_writer_waits_for_its_turn_and_reader_does_not(sqlite_url: str) -> None:
    engine = _engine(sqlite_url)
    lock = write_lock_of(Path(sa.make_url(sqlite_url).database or ""))
    begun = threading.Event()

    def write() -> None:
        begun.set()
        _write(engine, "after")

    with ThreadPoolExecutor(1) as pool:
        lock.acquire()
        done = pool.submit(write)
        assert begun.wait(30)
        with pytest.raises(TimeoutError):
            done.result(timeout=0.2)
        assert _words(engine) == []
        lock.release()
        done.result(timeout=30)
    assert _words(engine) == ["after"]
    engine.dispose()


@pytest.mark.parametrize("ends", ["commit", "rollback", "failure", "close"])
def test_turn_ends_with_the_transaction(sqlite_url: str, ends: str) -> None:
    engine = _engine(sqlite_url)
    connection = engine.connect()
    connection.execute(sa.text("INSERT INTO told VALUES ('one')"))
    if ends == "commit":
        connection.commit()
    elif ends == "rollback":
        connection.rollback()
    elif ends == "failure":
        with pytest.raises(sa.exc.OperationalError):
            connection.execute(sa.text("INSERT INTO nothing VALUES (1)"))
    connection.close()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_write, engine, "two").result(timeout=20)
    assert _words(engine) == (["one", "two"] if ends == "commit" else ["two"])
    engine.dispose()


def test_many_writers_all_get_their_turn(sqlite_url: str) -> None:
    engine = _engine(sqlite_url)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(_write, engine, str(number)) for number in range(100)]:
            done.result(timeout=60)
    assert sorted(map(int, _words(engine))) == list(range(100))
    engine.dispose()
