"""The first tables: everything that the record began with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0001_pre"
down_revision = None
branch_labels = None
depends_on = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.String(27).with_variant(TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    _api_keys()
    _audit()
    _audit_heads()
    _cases()
    _control_numbers()
    _due_index()
    _endpoint_states()
    _nodes()
    _webhook_endpoints()
    _transactions()
    _events()
    _exchanges()
    _idempotency()
    _work_items()
    _archive()
    _webhook_deliveries()
    _unmatched()
    _records()
    _uses()
    _attachments()
    _received_files()
    _received_sets()


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_api_keys_tenant_id")),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sa.UniqueConstraint("tenant", "position", name=op.f("uq_audit_tenant_position")),
    )


def _audit_heads() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_audit_heads")),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_cases")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_cases_tenant_id")),
    )


def _control_numbers() -> None:
    op.create_table(
        "control_numbers",
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("endpoint_id", "name", name=op.f("pk_control_numbers")),
    )


def _due_index() -> None:
    op.create_table(
        "due_index",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("partition", sa.Text(), nullable=False),
        sa.Column("next_due_at", MOMENT, nullable=True),
        sa.Column("acts_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("waits_for", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "kind", "id", name=op.f("pk_due_index")),
    )
    op.create_index(
        "ix_due_index_next_due_at",
        "due_index",
        ["next_due_at"],
        unique=False,
        sqlite_where=sa.text("next_due_at IS NOT NULL"),
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_due_index_waits_for",
        "due_index",
        ["waits_for", "id"],
        unique=False,
        sqlite_where=sa.text("waits_for IS NOT NULL"),
        postgresql_where=sa.text("waits_for IS NOT NULL"),
    )


def _endpoint_states() -> None:
    op.create_table(
        "endpoint_states",
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("paused_until", MOMENT, nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_failed_at", MOMENT, nullable=True),
        sa.Column("last_failed_at", MOMENT, nullable=True),
        sa.Column("open_until", MOMENT, nullable=True),
        sa.Column("probe_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_endpoint_states")),
    )


def _nodes() -> None:
    op.create_table(
        "nodes",
        sa.Column("node", sa.String(64), nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_nodes")),
    )


def _webhook_endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_webhook_endpoints")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_webhook_endpoints_tenant_id")),
    )


def _transactions() -> None:
    op.create_table(
        "transactions",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("environment", sa.String(40), nullable=False),
        sa.Column("delivery", sa.String(40), nullable=False),
        sa.Column("acknowledgment", sa.String(40), nullable=False),
        sa.Column("review", sa.String(40), nullable=True),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("evidence", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("route_id", sa.Text(), nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("route_reasons", sa.JSON(), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("trace_number", sa.String(64), nullable=False),
        sa.Column("administrative_reference", sa.LargeBinary(), nullable=True),
        sa.Column("authorization_number", sa.LargeBinary(), nullable=True),
        sa.Column("administrative_reference_index", sa.Text(), nullable=True),
        sa.Column("authorization_number_index", sa.Text(), nullable=True),
        sa.Column("member_id_index", sa.Text(), nullable=True),
        sa.Column("meaning", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.String(64), nullable=True),
        sa.Column("superseded_by", sa.String(64), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("client_reference", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"],
            ["cases.tenant", "cases.id"],
            name=op.f("fk_transactions_tenant_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "corrects"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_transactions_tenant_corrects"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "superseded_by"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_transactions_tenant_superseded_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_transactions")),
        sa.UniqueConstraint("reference", name=op.f("uq_transactions_reference")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_transactions_tenant_id")),
        sa.UniqueConstraint("trace_number", name=op.f("uq_transactions_trace_number")),
    )
    op.create_index(
        op.f("ix_transactions_tenant_administrative_reference_index"),
        "transactions",
        ["tenant", "administrative_reference_index"],
        unique=False,
    )
    op.create_index(
        op.f("ix_transactions_tenant_authorization_number_index"),
        "transactions",
        ["tenant", "authorization_number_index"],
        unique=False,
    )
    op.create_index(op.f("ix_transactions_tenant_case_id"), "transactions", ["tenant", "case_id"], unique=False)
    op.create_index(op.f("ix_transactions_tenant_meaning"), "transactions", ["tenant", "meaning"], unique=False)
    op.create_index(
        op.f("ix_transactions_tenant_member_id_index_seq"),
        "transactions",
        ["tenant", "member_id_index", "seq"],
        unique=False,
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.String(64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "transaction_id"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_events_tenant_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_events_tenant_id")),
    )
    op.create_index(op.f("ix_events_tenant_transaction_id"), "events", ["tenant", "transaction_id"], unique=False)


def _exchanges() -> None:
    op.create_table(
        "exchanges",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("transaction_id", sa.String(64), nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("interchange_number", sa.Integer(), nullable=True),
        sa.Column("group_number", sa.Integer(), nullable=True),
        sa.Column("set_number", sa.Text(), nullable=True),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("trace_number", sa.String(64), nullable=False),
        sa.Column("payload_id", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "transaction_id"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_exchanges_tenant_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_exchanges")),
        sa.UniqueConstraint("endpoint_id", "group_number", name=op.f("uq_exchanges_endpoint_id_group_number")),
        sa.UniqueConstraint(
            "endpoint_id", "interchange_number", name=op.f("uq_exchanges_endpoint_id_interchange_number")
        ),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_exchanges_tenant_id")),
    )
    op.create_index(
        op.f("ix_exchanges_tenant_endpoint_id_remote_id"),
        "exchanges",
        ["tenant", "endpoint_id", "remote_id"],
        unique=False,
    )
    for name in ("interchange_number", "group_number"):
        op.create_index(op.f(f"ix_exchanges_tenant_{name}"), "exchanges", ["tenant", name], unique=False)
    op.create_index(op.f("ix_exchanges_tenant_reference"), "exchanges", ["tenant", "reference"], unique=False)
    op.create_index(op.f("ix_exchanges_tenant_transaction_id"), "exchanges", ["tenant", "transaction_id"], unique=False)


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("transaction_id", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "transaction_id"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_idempotency_tenant_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_idempotency")),
        sa.UniqueConstraint("tenant", "key", name=op.f("uq_idempotency_tenant_key")),
    )


def _work_items() -> None:
    op.create_table(
        "work_items",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("transaction_id", sa.String(64), nullable=True),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("due_rule", sa.Text(), nullable=False),
        sa.Column("completed_by", sa.Text(), nullable=True),
        sa.Column("completed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "transaction_id"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_work_items_tenant_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_work_items")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_work_items_tenant_id")),
    )
    op.create_index(
        op.f("ix_work_items_tenant_state_due_at"), "work_items", ["tenant", "state", "due_at"], unique=False
    )
    op.create_index(
        op.f("ix_work_items_tenant_transaction_id"), "work_items", ["tenant", "transaction_id"], unique=False
    )


def _archive() -> None:
    op.create_table(
        "archive",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("direction", sa.String(40), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.String(64), nullable=True),
        sa.Column("exchange_id", sa.String(64), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "exchange_id"],
            ["exchanges.tenant", "exchanges.id"],
            name=op.f("fk_archive_tenant_exchange_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "transaction_id"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_archive_tenant_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_archive")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_archive_tenant_id")),
    )
    op.create_index(op.f("ix_archive_tenant_direction_at"), "archive", ["tenant", "direction", "at"], unique=False)
    op.create_index(op.f("ix_archive_tenant_transaction_id"), "archive", ["tenant", "transaction_id"], unique=False)


def _webhook_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("endpoint_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_detail", sa.Text(), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "endpoint_id"],
            ["webhook_endpoints.tenant", "webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_tenant_endpoint_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "event_id"],
            ["events.tenant", "events.id"],
            name=op.f("fk_webhook_deliveries_tenant_event_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint(
            "tenant", "event_id", "endpoint_id", name=op.f("uq_webhook_deliveries_tenant_event_id_endpoint_id")
        ),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_webhook_deliveries_tenant_id")),
    )


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("transaction_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("sources", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sa.SmallInteger(), nullable=False),
        sa.Column("archive_id", sa.String(64), nullable=True),
        sa.Column("interchange", sa.Integer(), nullable=True),
        sa.Column("transaction_set", sa.Integer(), nullable=True),
        sa.Column("matched_by", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("said_at", MOMENT, nullable=True),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("unmatched_id", sa.String(64), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "unmatched_id"],
            ["unmatched.tenant", "unmatched.id"],
            name=op.f("fk_records_tenant_unmatched_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "archive_id"],
            ["archive.tenant", "archive.id"],
            name=op.f("fk_records_tenant_archive_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "transaction_id"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_records_tenant_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_records")),
        sa.UniqueConstraint(
            "tenant", "transaction_id", "version", name=op.f("uq_records_tenant_transaction_id_version")
        ),
    )
    op.create_index(op.f("ix_records_tenant_archive_id"), "records", ["tenant", "archive_id"], unique=False)


def _uses() -> None:
    op.create_table(
        "uses",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("transaction_id", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("use", sa.LargeBinary(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("voided_by", sa.Text(), nullable=True),
        sa.Column("voided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "transaction_id"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_uses_tenant_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_uses")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_uses_tenant_id")),
        sa.UniqueConstraint("tenant", "idempotency_key", name=op.f("uq_uses_tenant_idempotency_key")),
    )
    op.create_index(op.f("ix_uses_tenant_transaction_id"), "uses", ["tenant", "transaction_id"], unique=False)


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("transaction_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("evidence", sa.SmallInteger(), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("control_number", sa.LargeBinary(), nullable=False),
        sa.Column("solicited", sa.Boolean(), nullable=False),
        sa.Column("report_type", sa.Text(), nullable=True),
        sa.Column("loinc", sa.Text(), nullable=True),
        sa.Column("description", sa.LargeBinary(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(64), nullable=False),
        sa.Column("meaning", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("route_id", sa.Text(), nullable=True),
        sa.Column("endpoint_id", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("work_item_id", sa.String(64), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "document_id"],
            ["archive.tenant", "archive.id"],
            name=op.f("fk_attachments_tenant_document_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "transaction_id"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_attachments_tenant_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "work_item_id"],
            ["work_items.tenant", "work_items.id"],
            name=op.f("fk_attachments_tenant_work_item_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_attachments")),
        sa.UniqueConstraint("reference", name=op.f("uq_attachments_reference")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_attachments_tenant_id")),
        sa.UniqueConstraint("tenant", "idempotency_key", name=op.f("uq_attachments_tenant_idempotency_key")),
    )
    op.create_index(
        op.f("ix_attachments_tenant_transaction_id"), "attachments", ["tenant", "transaction_id"], unique=False
    )


def _unmatched() -> None:
    op.create_table(
        "unmatched",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("archive_id", sa.String(64), nullable=False),
        sa.Column("interchange", sa.Integer(), nullable=False),
        sa.Column("transaction_set", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("review", sa.Integer(), nullable=True),
        sa.Column("work_item_id", sa.String(64), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("transaction_id", sa.String(64), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "archive_id"],
            ["archive.tenant", "archive.id"],
            name=op.f("fk_unmatched_tenant_archive_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "work_item_id"],
            ["work_items.tenant", "work_items.id"],
            name=op.f("fk_unmatched_tenant_work_item_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "transaction_id"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_unmatched_tenant_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_unmatched")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_unmatched_tenant_id")),
    )
    op.create_index(op.f("ix_unmatched_tenant_state"), "unmatched", ["tenant", "state"], unique=False)
    op.create_index(op.f("ix_unmatched_tenant_work_item_id"), "unmatched", ["tenant", "work_item_id"], unique=False)


def _received_files() -> None:
    op.create_table(
        "received_files",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("modified", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("sighted_at", MOMENT, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("archive_id", sa.String(64), nullable=True),
        sa.Column("moved_at", MOMENT, nullable=True),
        sa.Column("sets", sa.Integer(), nullable=False),
        sa.Column("acknowledgment_name", sa.Text(), nullable=True),
        sa.Column("acknowledgment_archive_id", sa.String(64), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "acknowledgment_archive_id"],
            ["archive.tenant", "archive.id"],
            name=op.f("fk_received_files_tenant_acknowledgment_archive_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "archive_id"],
            ["archive.tenant", "archive.id"],
            name=op.f("fk_received_files_tenant_archive_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_received_files")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_received_files_tenant_id")),
    )
    op.create_index(
        op.f("ix_received_files_tenant_endpoint_id_moved_at"),
        "received_files",
        ["tenant", "endpoint_id", "moved_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_received_files_tenant_endpoint_id_sha256"),
        "received_files",
        ["tenant", "endpoint_id", "sha256"],
        unique=False,
    )
    op.create_index(
        op.f("ix_received_files_tenant_state"),
        "received_files",
        ["tenant", "state"],
        unique=False,
    )


def _received_sets() -> None:
    op.create_table(
        "received_sets",
        sa.Column("seq", COUNTER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("file_id", sa.String(64), nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("archive_id", sa.String(64), nullable=False),
        sa.Column("interchange", sa.Integer(), nullable=False),
        sa.Column("transaction_set", sa.Integer(), nullable=False),
        sa.Column("interchange_number", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("transaction_id", sa.String(64), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "archive_id"],
            ["archive.tenant", "archive.id"],
            name=op.f("fk_received_sets_tenant_archive_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "transaction_id"],
            ["transactions.tenant", "transactions.id"],
            name=op.f("fk_received_sets_tenant_transaction_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_received_sets")),
        sa.UniqueConstraint("id", name=op.f("uq_received_sets_id")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_received_sets_tenant_id")),
    )
    op.create_index(
        op.f("ix_received_sets_endpoint_id_interchange_number"),
        "received_sets",
        ["endpoint_id", "interchange_number"],
        unique=False,
    )
    op.create_index(op.f("ix_received_sets_tenant_archive_id"), "received_sets", ["tenant", "archive_id"], unique=False)
    op.create_index(
        op.f("ix_received_sets_tenant_file_id"),
        "received_sets",
        ["tenant", "file_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_received_sets_tenant_state"),
        "received_sets",
        ["tenant", "state"],
        unique=False,
    )
