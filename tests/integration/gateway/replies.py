"""Answers of a payer made out of one of its own: another decision, another moment, another number."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from priorwire.gateway.rows import EventRow, RecordRow, TransactionRow, WorkItemRow, WorkKind, WorkState
from tests.integration.gateway.conftest import World
from tests.integration.gateway.folder_world import FolderWorld

APPROVED, DENIED, PENDED = b"HCR*A1*AUTH77001", b"HCR*A3**0F", b"HCR*A4**0U"
CANCELLED = b"HCR*C*AUTH77001"


def reply(answer: bytes, decision: bytes, at: datetime, number: int = 0) -> bytes:
    """`answer` with another decision, made at another moment, in an interchange of another number."""
    made = re.sub(rb"HCR\*[^~]*", decision, answer)
    stamp = f"{at:%Y%m%d}*{at:%H%M%S}".encode()
    made = re.sub(rb"(BHT\*\w+\*\w+\*\w+\*)\d{8}\*\d+", rb"\g<1>" + stamp, made)
    return renumbered(made, number) if number else made


def renumbered(answer: bytes, number: int) -> bytes:
    """The same in an interchange of another number."""
    old = answer[90:99]
    new = f"{number:09}".encode()
    return answer[:90] + new + answer[99:].replace(b"*" + old + b"~", b"*" + new + b"~")


def without_identifiers(answer: bytes, row: TransactionRow) -> bytes:
    """The same, naming no request of ours."""
    return answer.replace(row.reference.encode(), b"NOTOURS").replace(row.trace_number.encode(), b"NEITHER")


def answer_to(folders: FolderWorld, row: TransactionRow) -> bytes:
    """The payer's answer to `row`, taken out of the folder before anybody saw it. Its acknowledgments stay."""
    folders.house.run()
    inbound: Path = folders.root / "inbound"
    found = [each for each in inbound.iterdir() if row.reference.encode() in each.read_bytes()]
    (file,) = found
    payload = file.read_bytes()
    file.unlink()
    return payload


def arrives(folders: FolderWorld, name: str, payload: bytes) -> None:
    """A file is left, stands still and is placed."""
    folders.drop(name, payload)
    folders.pass_time()
    folders.pass_time(timedelta(seconds=31))


def history(world: World, row: TransactionRow) -> list[RecordRow]:
    with world.store.read(row.tenant) as uow:
        return list(uow.records.history(row.id))


def events(world: World, row: TransactionRow) -> list[EventRow]:
    with world.store.read(row.tenant) as uow:
        return list(uow.events.of(row.id))


def items(world: World, row: TransactionRow) -> list[WorkItemRow]:
    with world.store.read(row.tenant) as uow:
        return list(uow.work_items.of(row.id))


def open_kinds(world: World, row: TransactionRow) -> set[WorkKind]:
    return {each.kind for each in items(world, row) if each.state is WorkState.OPEN}
