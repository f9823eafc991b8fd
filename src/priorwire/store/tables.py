"""The tables of the record, for SQLite and PostgreSQL alike.

Rules for editing: a change here needs a migration under `migrations/versions` (a test compares
the two on both databases). A column bears the name of the field that it holds, so that
`row_tables` can map them without a list; a test compares those, too.

Theory. Every tenant's row carries its tenant, and references between rows are made of tenant
*and* id: the database itself refuses a row that points to another tenant's. References are
checked at commit, so that a unit of work may write in any order. ``seq`` counts insertions;
it orders rows that bear the same time. What names a patient lies in a *sealed* column
(bytes, see `vault`), beside ``key_id`` and ``data_key``, the record's own key as wrapped.

Not here: the tables of the queue, which DBOS makes in the same database.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from priorwire.gateway.arrived import Before, FileState, SetState, Suggestion, UnmatchedState
from priorwire.gateway.rows import DeliveryState, Direction, DueKind, ExchangeState, Purpose, WorkKind, WorkState
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import Acknowledgment, Attachment, CaseState, Delivery, Review
from priorwire.payers.profile import ChannelKind, Environment, Transaction
from priorwire.store.column_types import Counter, Level, Moment, Structure, Word

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def _seq() -> Column[int]:
    return Column("seq", Counter, primary_key=True, autoincrement=True)


def _id(name: str, *, nullable: bool = False, primary_key: bool = False) -> Column[str]:
    return Column(name, String(64), nullable=nullable, primary_key=primary_key)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=nullable)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Moment, nullable=nullable)


def _sealed(name: str, *, nullable: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=nullable)


def _data_key() -> tuple[Column[Any], Column[Any]]:
    return _id("key_id"), _sealed("data_key")


def _refers(column: str, to: str) -> ForeignKeyConstraint:
    """`column` names a row of `to` of the same tenant; checked at commit; no check where it is null."""
    return ForeignKeyConstraint(["tenant", column], [f"{to}.tenant", f"{to}.id"], deferrable=True, initially="DEFERRED")


CASES = Table(
    "cases",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    Column("state", Word(CaseState), nullable=False),
    _text("owner", nullable=True),
    _moment("created_at"),
    _moment("updated_at"),
    UniqueConstraint("tenant", "id"),
)

TRANSACTIONS = Table(
    "transactions",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    _id("case_id"),
    Column("kind", Word(Transaction), nullable=False),
    _text("payer_id"),
    *_data_key(),
    _sealed("request"),
    Column("environment", Word(Environment), nullable=False),
    Column("delivery", Word(Delivery), nullable=False),
    Column("acknowledgment", Word(Acknowledgment), nullable=False),
    Column("review", Word(Review), nullable=True),
    _id("status"),
    Column("evidence", Level(Evidence), nullable=False),
    Column("channel", Word(ChannelKind), nullable=False),
    _text("route_id"),
    _text("endpoint_id"),
    Column("route_reasons", Structure(tuple[str, ...]), nullable=False),
    _id("reference"),
    _id("trace_number"),
    _sealed("administrative_reference", nullable=True),
    _sealed("authorization_number", nullable=True),
    # Blind indexes: how the numbers above are found without opening a row.
    _text("administrative_reference_index", nullable=True),
    _text("authorization_number_index", nullable=True),
    # The member's number itself lies in the request.
    _text("member_id_index", nullable=True),
    _id("meaning"),
    _number("attempts"),
    _number("asks"),
    _id("corrects", nullable=True),
    _id("superseded_by", nullable=True),
    _flag("simulated"),
    # The practice's own name for the request: nobody stops it from being a chart number, so it is sealed.
    _sealed("client_reference", nullable=True),
    _moment("created_at"),
    _moment("updated_at"),
    _moment("decided_at", nullable=True),
    _moment("ends_at", nullable=True),
    UniqueConstraint("tenant", "id"),
    # A reply is joined to its request by these: no two requests may share one, whosever they are. A carrier's report
    # names nothing else, and tells by it whose it is.
    UniqueConstraint("reference"),
    UniqueConstraint("trace_number"),
    _refers("case_id", "cases"),
    _refers("corrects", "transactions"),
    _refers("superseded_by", "transactions"),
    Index(None, "tenant", "meaning"),
    # By the member's number newest first, which is how the latest answer about a coverage is looked for.
    Index(None, "tenant", "member_id_index", "seq"),
    Index(None, "tenant", "authorization_number_index"),
    Index(None, "tenant", "administrative_reference_index"),
    Index(None, "tenant", "case_id"),
)

EXCHANGES = Table(
    "exchanges",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    _id("transaction_id"),
    _text("endpoint_id"),
    Column("purpose", Word(Purpose), nullable=False),
    Column("state", Word(ExchangeState), nullable=False),
    _number("fence"),
    _number("interchange_number", nullable=True),
    _number("group_number", nullable=True),
    _text("set_number", nullable=True),
    _id("reference"),
    _id("trace_number"),
    _text("payload_id"),
    _text("remote_id", nullable=True),
    _text("failure", nullable=True),
    _text("detail", nullable=True),
    _moment("began_at"),
    _moment("ended_at", nullable=True),
    UniqueConstraint("tenant", "id"),
    # Over all tenants: an endpoint sees one sequence of numbers, whoever sends.
    UniqueConstraint("endpoint_id", "interchange_number"),
    UniqueConstraint("endpoint_id", "group_number"),
    _refers("transaction_id", "transactions"),
    Index(None, "tenant", "transaction_id"),
    Index(None, "tenant", "endpoint_id", "remote_id"),
    Index(None, "tenant", "reference"),
    # For people: a payer's desk names the control number, and not which endpoint of ours it came by.
    Index(None, "tenant", "interchange_number"),
    Index(None, "tenant", "group_number"),
)

ARCHIVE = Table(
    "archive",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    Column("direction", Word(Direction), nullable=False),
    _text("content_type"),
    _text("endpoint_id"),
    _id("transaction_id", nullable=True),
    _id("exchange_id", nullable=True),
    _id("sha256"),
    _number("size"),
    _flag("simulated"),
    _moment("at"),
    *_data_key(),
    _sealed("payload"),
    UniqueConstraint("tenant", "id"),
    _refers("transaction_id", "transactions"),
    _refers("exchange_id", "exchanges"),
    Index(None, "tenant", "transaction_id"),
    Index(None, "tenant", "direction", "at"),
)

RECORDS = Table(
    "records",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("transaction_id"),
    _number("version"),
    *_data_key(),
    _sealed("record"),
    _sealed("sources"),
    Column("evidence", Level(Evidence), nullable=False),
    _id("archive_id", nullable=True),
    _number("interchange", nullable=True),
    _number("transaction_set", nullable=True),
    _text("matched_by", nullable=True),
    _moment("at"),
    _moment("said_at", nullable=True),
    _flag("in_force"),
    _id("unmatched_id", nullable=True),
    _text("withdrawn_by", nullable=True),
    _moment("withdrawn_at", nullable=True),
    UniqueConstraint("tenant", "transaction_id", "version"),
    _refers("transaction_id", "transactions"),
    _refers("archive_id", "archive"),
    _refers("unmatched_id", "unmatched"),
    Index(None, "tenant", "archive_id"),
)

USES = Table(
    "uses",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    _id("transaction_id"),
    *_data_key(),
    _sealed("use"),
    _text("idempotency_key", nullable=True),
    _text("recorded_by"),
    _moment("recorded_at"),
    _text("voided_by", nullable=True),
    _moment("voided_at", nullable=True),
    UniqueConstraint("tenant", "id"),
    UniqueConstraint("tenant", "idempotency_key"),
    _refers("transaction_id", "transactions"),
    Index(None, "tenant", "transaction_id"),
)

ATTACHMENTS = Table(
    "attachments",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    _id("transaction_id"),
    Column("state", Word(Attachment), nullable=False),
    Column("evidence", Level(Evidence), nullable=False),
    *_data_key(),
    # Numbers and descriptions are a practice's own words: nobody stops them from naming a patient.
    _sealed("control_number"),
    _flag("solicited"),
    _text("report_type", nullable=True),
    _text("loinc", nullable=True),
    _sealed("description", nullable=True),
    _text("content_type"),
    _number("size"),
    _id("document_id"),
    _id("meaning"),
    _id("reference"),
    _text("route_id", nullable=True),
    _text("endpoint_id", nullable=True),
    _number("attempts"),
    _text("detail", nullable=True),
    _id("work_item_id", nullable=True),
    _flag("simulated"),
    _text("idempotency_key", nullable=True),
    _text("created_by"),
    _moment("created_at"),
    _moment("updated_at"),
    UniqueConstraint("tenant", "id"),
    UniqueConstraint("reference"),
    UniqueConstraint("tenant", "idempotency_key"),
    _refers("transaction_id", "transactions"),
    _refers("document_id", "archive"),
    _refers("work_item_id", "work_items"),
    Index(None, "tenant", "transaction_id"),
)

EVENTS = Table(
    "events",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    _text("type"),
    _id("transaction_id"),
    Column("data", Structure(dict[str, str | None]), nullable=False),
    _moment("at"),
    UniqueConstraint("tenant", "id"),
    _refers("transaction_id", "transactions"),
    Index(None, "tenant", "transaction_id"),
)

WEBHOOK_ENDPOINTS = Table(
    "webhook_endpoints",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    _text("url"),
    *_data_key(),
    _sealed("secret"),
    _flag("active"),
    _moment("created_at"),
    UniqueConstraint("tenant", "id"),
)

WEBHOOK_DELIVERIES = Table(
    "webhook_deliveries",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    _id("event_id"),
    _id("endpoint_id"),
    Column("state", Word(DeliveryState), nullable=False),
    _number("attempts"),
    _number("last_status", nullable=True),
    _text("last_detail", nullable=True),
    _moment("updated_at"),
    UniqueConstraint("tenant", "id"),
    # An event goes to a subscriber as one delivery, however often that is tried.
    UniqueConstraint("tenant", "event_id", "endpoint_id"),
    _refers("event_id", "events"),
    _refers("endpoint_id", "webhook_endpoints"),
)

WORK_ITEMS = Table(
    "work_items",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    Column("kind", Word(WorkKind), nullable=False),
    Column("state", Word(WorkState), nullable=False),
    _id("transaction_id", nullable=True),
    _text("payer_id"),
    _text("instructions"),
    _text("url", nullable=True),
    *_data_key(),
    _sealed("fields"),
    _moment("due_at"),
    _text("due_rule"),
    _text("completed_by", nullable=True),
    _moment("completed_at", nullable=True),
    _moment("created_at"),
    UniqueConstraint("tenant", "id"),
    _refers("transaction_id", "transactions"),
    Index(None, "tenant", "state", "due_at"),
    Index(None, "tenant", "transaction_id"),
)

UNMATCHED = Table(
    "unmatched",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    _id("archive_id"),
    _number("interchange"),
    _number("transaction_set"),
    _text("reason"),
    Column("candidates", Structure(tuple[Suggestion, ...]), nullable=False),
    _number("review", nullable=True),
    _id("work_item_id", nullable=True),
    _moment("at"),
    Column("state", Word(UnmatchedState), nullable=False),
    _text("resolved_by", nullable=True),
    _moment("resolved_at", nullable=True),
    *_data_key(),
    # A person's own words: nobody stops them from naming a patient.
    _sealed("note", nullable=True),
    _id("transaction_id", nullable=True),
    Column("before", Structure(Before | None), nullable=True),
    UniqueConstraint("tenant", "id"),
    _refers("archive_id", "archive"),
    _refers("work_item_id", "work_items"),
    _refers("transaction_id", "transactions"),
    Index(None, "tenant", "state"),
    Index(None, "tenant", "work_item_id"),
)

RECEIVED_FILES = Table(
    "received_files",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    _text("endpoint_id"),
    *_data_key(),
    _sealed("name"),
    _number("size"),
    _text("modified"),
    Column("state", Word(FileState), nullable=False),
    _moment("sighted_at"),
    _id("sha256", nullable=True),
    _id("archive_id", nullable=True),
    _moment("moved_at", nullable=True),
    _number("sets"),
    _text("acknowledgment_name", nullable=True),
    _id("acknowledgment_archive_id", nullable=True),
    _text("cause", nullable=True),
    _number("failures"),
    _flag("released"),
    _moment("updated_at"),
    UniqueConstraint("tenant", "id"),
    _refers("archive_id", "archive"),
    _refers("acknowledgment_archive_id", "archive"),
    Index(None, "tenant", "endpoint_id", "sha256"),
    Index(None, "tenant", "endpoint_id", "moved_at"),
    Index(None, "tenant", "state"),
)

RECEIVED_SETS = Table(
    "received_sets",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    # The file is its mailbox's tenant's: no reference.
    _id("file_id"),
    _text("endpoint_id"),
    _id("archive_id"),
    _number("interchange"),
    _number("transaction_set"),
    _text("interchange_number"),
    Column("state", Word(SetState), nullable=False),
    _id("transaction_id", nullable=True),
    _text("cause", nullable=True),
    _number("failures"),
    _flag("released"),
    _moment("created_at"),
    _moment("updated_at"),
    UniqueConstraint("tenant", "id"),
    # Over all tenants: a set that was found to be one's is never another's as well.
    UniqueConstraint("id"),
    _refers("archive_id", "archive"),
    _refers("transaction_id", "transactions"),
    Index(None, "tenant", "state"),
    Index(None, "tenant", "file_id"),
    Index(None, "tenant", "archive_id"),
    Index(None, "endpoint_id", "interchange_number"),
)

IDEMPOTENCY = Table(
    "idempotency",
    METADATA,
    _seq(),
    _id("tenant"),
    _text("key"),
    _id("fingerprint"),
    _id("transaction_id"),
    _moment("at"),
    UniqueConstraint("tenant", "key"),
    _refers("transaction_id", "transactions"),
)

API_KEYS = Table(
    "api_keys",
    METADATA,
    _seq(),
    _id("tenant"),
    _id("id"),
    _text("name"),
    # Looked up before the tenant is known: it is the key that says whose request this is.
    _id("digest"),
    Column("scopes", Structure(frozenset[str]), nullable=False),
    _flag("active"),
    _moment("created_at"),
    UniqueConstraint("tenant", "id"),
    UniqueConstraint("digest"),
)

AUDIT = Table(
    "audit",
    METADATA,
    _seq(),
    _id("tenant"),
    # The link's place in its tenant's chain, from 1.
    _number("position"),
    _moment("at"),
    _text("actor"),
    _text("action"),
    _text("subject"),
    _text("detail"),
    _id("hash"),
    UniqueConstraint("tenant", "position"),
)

AUDIT_HEADS = Table(
    "audit_heads",
    METADATA,
    _id("tenant", primary_key=True),
    _number("position"),
    _id("hash"),
)

CONTROL_NUMBERS = Table(
    "control_numbers",
    METADATA,
    Column("endpoint_id", Text, primary_key=True),
    _id("name", primary_key=True),
    _number("last"),
)

DUE_INDEX = Table(
    "due_index",
    METADATA,
    _id("tenant", primary_key=True),
    Column("kind", Word(DueKind), primary_key=True),
    _id("id", primary_key=True),
    _text("partition"),
    # Null: not due any more. While somebody holds the row: the end of the lease, so that a dead holder's
    # row becomes due by itself.
    _moment("next_due_at", nullable=True),
    # When the gateway acts by itself: the row may be due earlier, for a deadline that passes. Null: whenever it is due.
    _moment("acts_at", nullable=True),
    _moment("lease_until", nullable=True),
    _number("fence"),
    # The endpoint that it is put off for, because that is paused or down.
    _text("waits_for", nullable=True),
)

# Partial: rows that wait for nothing cost the dispatcher nothing.
Index(
    "ix_due_index_next_due_at",
    DUE_INDEX.c.next_due_at,
    sqlite_where=DUE_INDEX.c.next_due_at.is_not(None),
    postgresql_where=DUE_INDEX.c.next_due_at.is_not(None),
)

Index(
    "ix_due_index_waits_for",
    DUE_INDEX.c.waits_for,
    DUE_INDEX.c.id,
    sqlite_where=DUE_INDEX.c.waits_for.is_not(None),
    postgresql_where=DUE_INDEX.c.waits_for.is_not(None),
)

# The installation's, not a tenant's: all tenants share the ways to a payer.
ENDPOINT_STATES = Table(
    "endpoint_states",
    METADATA,
    Column("endpoint_id", Text, primary_key=True),
    _moment("paused_at", nullable=True),
    _moment("paused_until", nullable=True),
    _text("paused_by", nullable=True),
    _text("pause_reason", nullable=True),
    _number("failures"),
    _moment("first_failed_at", nullable=True),
    _moment("last_failed_at", nullable=True),
    _moment("open_until", nullable=True),
    _moment("probe_until", nullable=True),
)

NODES = Table(
    "nodes",
    METADATA,
    _id("node", primary_key=True),
    _moment("beat_at"),
)
