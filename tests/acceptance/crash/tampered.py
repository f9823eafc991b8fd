"""A program that lets a short run of the harness end well, spoils one thing of it after the other, and judges again.

Prints as JSON which promises the harness then calls broken: a judge that finds nothing wrong with a
spoilt record proves nothing by finding nothing wrong. Each spoiling is done to a copy.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from priorwire.chaos import Chaos, Plan
from priorwire.chaos.payers import Place
from priorwire.chaos.promises import settled
from priorwire.chaos.records import Records, Tables

_DATABASE = "priorwire.db"


def _in_tables(statement: str) -> Callable[[Path], None]:
    def spoil(home: Path) -> None:
        with sqlite3.connect(home / _DATABASE) as connection:
            assert connection.execute(statement).rowcount == 1, f"there was nothing to spoil: {statement}"

    return spoil


def _one(table: str, where: str) -> str:
    return f"rowid = (select rowid from {table} where {where} limit 1)"


#: Calls that brought their answer with them.
_ANSWERED = "select exchange_id from archive where direction = 'in' and exchange_id is not null"
_SUBMITTED = f"select id from exchanges where state = 'final' and purpose = 'submit' and id in ({_ANSWERED})"
_OF_AN_ANSWERED = f"exchange_id in ({_SUBMITTED})"


def _told_nothing(home: Path) -> None:
    (home / "told").write_text("", encoding="ascii")


def _sent_twice(home: Path) -> None:
    journal = home / "journal.jsonl"
    lines = journal.read_text(encoding="ascii").splitlines()
    again = next(line for line in lines if '"kind":"278-request"' in line and '"reached_payer":true' in line)
    journal.write_text("\n".join([*lines, again]) + "\n", encoding="ascii")


def _left_in_the_folder(home: Path) -> None:
    done = next((home / "folders" / "processed").glob("*.x12"))
    done.rename(home / "folders" / "inbound" / done.name)


#: What is done to a record that was in order -> a word of the promise that it breaks.
SPOILINGS: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "a request goes out twice": (_sent_twice, "no payer got"),
    "an answer is altered": (
        _in_tables(
            "update archive set sha256 = 'other' where " + _one("archive", f"direction = 'in' and {_OF_AN_ANSWERED}")
        ),
        "every reply is in our archive",
    ),
    "a request is altered": (
        _in_tables(
            "update archive set sha256 = 'other' where " + _one("archive", f"direction = 'out' and {_OF_AN_ANSWERED}")
        ),
        "what a payer got is in our archive",
    ),
    "a decision is lost": (
        _in_tables("update transactions set status = 'submitted' where " + _one("transactions", "status = 'approved'")),
        "every case stands as its payer decided",
    ),
    "a decision is another one": (
        _in_tables("update transactions set status = 'denied' where " + _one("transactions", "status = 'approved'")),
        "every case stands as its payer decided",
    ),
    "a work item is gone": (
        _in_tables("update work_items set state = 'done' where " + _one("work_items", "kind = 'portal_submission'")),
        "no case, document, file or event without owner",
    ),
    "a call never ends": (
        _in_tables("update exchanges set state = 'sending' where " + _one("exchanges", "state = 'final'")),
        "every exchange ended",
    ),
    "a row is due for ever": (
        _in_tables("update due_index set next_due_at = 1 where " + _one("due_index", "kind = 'transaction'")),
        "nothing is due",
    ),
    "an answer was never read": (
        _in_tables("update exchanges set detail = null where " + _one("exchanges", f"id in ({_ANSWERED})")),
        "joined, unmatched or in quarantine",
    ),
    "a file was never moved": (_left_in_the_folder, "every file that came"),
    "a file was not archived": (
        _in_tables("update received_files set archive_id = null where " + _one("received_files", "state = 'done'")),
        "every file that came",
    ),
    "nobody was told": (_told_nothing, "the practice was told"),
}


def main() -> None:
    """Run, spoil, judge, tell."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "run"
        home.mkdir()
        chaos = Chaos(Plan(kills=4, seed=11, engine_every=0), home)
        assert chaos.run().kept
        records = chaos._records()
        found = {name: _judged(home, records, spoil) for name, (spoil, _) in SPOILINGS.items()}
    sys.stdout.write(json.dumps(found) + "\n")


def _judged(home: Path, records: Records, spoil: Callable[[Path], None]) -> list[str]:
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(home, copy)
        spoil(copy)
        spoilt = replace(
            records,
            tables=Tables(f"sqlite:///{copy / _DATABASE}"),
            place=Place(home=copy, clock=records.place.clock, seed=records.place.seed),
            told=copy / "told",
        )
        return [each.name for each in settled(spoilt) if each.broken]


if __name__ == "__main__":
    main()
