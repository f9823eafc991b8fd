"""Rows and tables have the same fields: what is added to one and forgotten in the other fails here."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from priorwire.gateway import arrived
from priorwire.gateway import rows as gateway_rows
from priorwire.gateway.rows import AuditRow, DueRow
from priorwire.store.archive import ARCHIVE_ROWS
from priorwire.store.attachments import ATTACHMENT_ROWS
from priorwire.store.clients import API_KEY_ROWS, IDEMPOTENCY_ROWS
from priorwire.store.exchanges import EXCHANGE_ROWS
from priorwire.store.received import RECEIVED_FILE_ROWS, RECEIVED_SET_ROWS
from priorwire.store.records import RECORD_ROWS
from priorwire.store.row_tables import RowTable
from priorwire.store.tables import METADATA
from priorwire.store.transactions import CASE_ROWS, TRANSACTION_ROWS
from priorwire.store.uses import USE_ROWS
from priorwire.store.webhooks import DELIVERY_ROWS, ENDPOINT_ROWS, EVENT_ROWS
from priorwire.store.work_items import UNMATCHED_ROWS, WORK_ITEM_ROWS

ROW_TABLES: tuple[RowTable[Any], ...] = (
    API_KEY_ROWS,
    ARCHIVE_ROWS,
    ATTACHMENT_ROWS,
    CASE_ROWS,
    DELIVERY_ROWS,
    ENDPOINT_ROWS,
    EVENT_ROWS,
    EXCHANGE_ROWS,
    IDEMPOTENCY_ROWS,
    RECEIVED_FILE_ROWS,
    RECEIVED_SET_ROWS,
    RECORD_ROWS,
    TRANSACTION_ROWS,
    UNMATCHED_ROWS,
    USE_ROWS,
    WORK_ITEM_ROWS,
)

#: Columns that are no field: the order of insertion, the record's key, and an archived payload.
BESIDE = {"seq", "key_id", "data_key"}

each_table = pytest.mark.parametrize("rows", ROW_TABLES, ids=lambda rows: rows.table.name)


@each_table
def test_every_field_has_a_column_and_every_column_a_field(rows: RowTable[Any]) -> None:
    fields = {each.name for each in dataclasses.fields(rows.type)}
    columns = {column.name for column in rows.table.c}
    beside = BESIDE | {f"{name}_index" for name in rows.indexed} | ({"payload"} if rows is ARCHIVE_ROWS else set())
    assert fields == columns - beside


@each_table
def test_a_field_may_be_absent_where_its_column_may_be_null(rows: RowTable[Any]) -> None:
    for each in dataclasses.fields(rows.type):
        assert rows.table.c[each.name].nullable == ("None" in str(each.type).split(" | ")), each.name


@each_table
def test_what_is_sealed_lies_in_bytes_and_nothing_else_does(rows: RowTable[Any]) -> None:
    in_bytes = {column.name for column in rows.table.c if column.type.python_type is bytes}
    sealed = set(rows.sealed) | ({"payload"} if rows is ARCHIVE_ROWS else set())
    assert in_bytes == (sealed | {"data_key"} if sealed else set())


@each_table
def test_the_key_tells_the_tenants_rows_apart(rows: RowTable[Any]) -> None:
    uniques = [
        {column.name for column in constraint.columns}  # type: ignore[attr-defined]  # of unique constraints
        for constraint in rows.table.constraints
        if type(constraint).__name__ == "UniqueConstraint"
    ]
    assert {"tenant", *rows.key} in uniques


def test_every_row_of_the_gateway_has_a_table() -> None:
    kept_otherwise = {AuditRow, DueRow}
    declared = {
        each
        for name, each in (vars(gateway_rows) | vars(arrived)).items()
        if name.endswith("Row") and dataclasses.is_dataclass(each)
    }
    assert declared - kept_otherwise == {rows.type for rows in ROW_TABLES}


def test_every_reference_between_rows_stays_within_its_tenant() -> None:
    for table in METADATA.sorted_tables:
        for reference in table.foreign_key_constraints:
            assert reference.column_keys[0] == "tenant"
            assert reference.elements[0].column.name == "tenant"
            assert reference.initially == "DEFERRED"
