"""A tenant's rows are nobody else's: not by id, not by list, not by number, not by a careless row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from priorwire.errors import Conflict, NoTenant, NotFound, StaleFence
from priorwire.gateway.ports import Store, UnitOfWork
from priorwire.gateway.rows import DueKind
from priorwire.model.identifiers import (
    ArchiveId,
    AttachmentId,
    CaseId,
    DeliveryId,
    EventId,
    ExchangeId,
    TenantId,
    TransactionId,
    UseId,
    WorkItemId,
)
from priorwire.payers.profile import Transaction
from priorwire.store import SqlStore
from tests.integration.store import samples

AUTH_1 = TransactionId("auth_1")
ARCH_1 = ArchiveId("arch_1")

BY_ID: dict[str, Callable[[UnitOfWork], object]] = {
    "case": lambda uow: uow.cases.get(CaseId("case_1")),
    "transaction": lambda uow: uow.transactions.get(AUTH_1),
    "exchange": lambda uow: uow.exchanges.get(ExchangeId("exch_1")),
    "archive": lambda uow: uow.archive.get(ARCH_1),
    "use": lambda uow: uow.uses.get(UseId("use_1")),
    "attachment": lambda uow: uow.attachments.get(AttachmentId("att_1")),
    "event": lambda uow: uow.events.get(EventId("evt_1")),
    "webhook": lambda uow: uow.webhooks.endpoint("whk_1"),
    "delivery": lambda uow: uow.webhooks.delivery(DeliveryId("dlv_1")),
    "work item": lambda uow: uow.work_items.get(WorkItemId("work_1")),
    "update of a case": lambda uow: uow.cases.update(samples.case(tenant=uow.tenant)),
    "update of a transaction": lambda uow: uow.transactions.update(samples.transaction(tenant=uow.tenant)),
    "update of an exchange": lambda uow: uow.exchanges.update(samples.exchange(tenant=uow.tenant)),
    "update of a delivery": lambda uow: uow.webhooks.update_delivery(samples.delivery(tenant=uow.tenant)),
    "update of a use": lambda uow: uow.uses.update(samples.use(tenant=uow.tenant)),
    "update of an attachment": lambda uow: uow.attachments.update(samples.attachment(tenant=uow.tenant)),
    "update of a work item": lambda uow: uow.work_items.update(samples.work_item(tenant=uow.tenant)),
    "unmatched": lambda uow: uow.unmatched.get("unm_1"),
}

IN_LISTS: dict[str, Callable[[UnitOfWork], object]] = {
    "reference": lambda uow: uow.transactions.by_reference("REF000001"),
    "trace": lambda uow: uow.transactions.by_trace("TRC000001"),
    "payer reference": lambda uow: uow.transactions.by_payer_reference("example_payer", "AUTH55512"),
    "member": lambda uow: uow.transactions.of_member("EXM0000417", kind=Transaction.AUTHORIZATION, limit=5),
    "meaning": lambda uow: uow.transactions.by_meaning("meaning-1"),
    "transactions": lambda uow: uow.transactions.listed(limit=10),
    "exchanges": lambda uow: uow.exchanges.of(AUTH_1),
    "interchange number": lambda uow: uow.exchanges.by_interchange_number(samples.ENDPOINT, 1),
    "group number": lambda uow: uow.exchanges.by_group_number(samples.ENDPOINT, 1),
    "remote id": lambda uow: uow.exchanges.by_remote_id(samples.ENDPOINT, "REMOTE-1"),
    "archive": lambda uow: uow.archive.of(AUTH_1),
    "archive since": lambda uow: uow.archive.since(samples.NOW - timedelta(days=1)),
    "latest record": lambda uow: uow.records.latest(AUTH_1),
    "history": lambda uow: uow.records.history(AUTH_1),
    "records read from": lambda uow: uow.records.read_from(ARCH_1),
    "uses": lambda uow: uow.uses.of(AUTH_1),
    "use by its key": lambda uow: uow.uses.by_key("use-key-1"),
    "attachments": lambda uow: uow.attachments.of(AUTH_1),
    "attachment by its key": lambda uow: uow.attachments.by_key("attachment-key-1"),
    "attempts of a message": lambda uow: uow.exchanges.carrying("REF000001"),
    "events": lambda uow: uow.events.of(AUTH_1),
    "webhooks": lambda uow: uow.webhooks.endpoints(),
    "deliveries": lambda uow: uow.webhooks.deliveries(),
    "work items": lambda uow: uow.work_items.listed(),
    "work items of a transaction": lambda uow: uow.work_items.of(AUTH_1),
    "unmatched": lambda uow: uow.unmatched.listed(),
    "subscribers": lambda uow: uow.webhooks.subscribers(),
    "a set by its bytes": lambda uow: uow.received.set_in(ARCH_1),
    "idempotency": lambda uow: uow.idempotency.find("key-1"),
}


def test_the_id_of_another_tenant_is_not_found(store: Store, subtests: pytest.Subtests) -> None:
    samples.store_one_of_each(store)
    for what, ask in BY_ID.items():
        with subtests.test(what), store.work(samples.OTHER_TENANT) as uow, pytest.raises(NotFound):
            ask(uow)


def test_the_rows_of_another_tenant_are_in_no_list(store: Store, subtests: pytest.Subtests) -> None:
    samples.store_one_of_each(store)
    for what, ask in IN_LISTS.items():
        with subtests.test(what):
            with store.read(samples.TENANT) as uow:
                assert ask(uow), "the test must be able to fail"
            with store.read(samples.OTHER_TENANT) as uow:
                assert not ask(uow)


def test_two_tenants_may_hold_the_same_ids(store: Store) -> None:
    samples.store_one_of_each(store)
    samples.store_one_of_each(store, samples.OTHER_TENANT)
    for tenant in (samples.TENANT, samples.OTHER_TENANT):
        with store.read(tenant) as uow:
            assert uow.transactions.get(AUTH_1).tenant == tenant


@pytest.mark.parametrize("tenant", ["", " "])
def test_no_unit_of_work_is_without_a_tenant(store: Store, tenant: str) -> None:
    with pytest.raises(NoTenant):
        store.work(TenantId(tenant))
    with pytest.raises(NoTenant):
        store.read(TenantId(tenant))


def test_a_row_of_another_tenant_is_not_stored(store: Store) -> None:
    samples.store_one_of_each(store)
    other = samples.OTHER_TENANT
    writes: list[Callable[[UnitOfWork], None]] = [
        lambda uow: uow.cases.add(samples.case(2, other)),
        lambda uow: uow.cases.update(samples.case(1, other)),
        lambda uow: uow.archive.put(samples.archived(b"", 2, tenant=other), b""),
        lambda uow: uow.audit.append(samples.audited(tenant=other)),
    ]
    for write in writes:
        with store.work(samples.TENANT) as uow, pytest.raises(ValueError, match="own tenant"):
            write(uow)


def test_the_database_refuses_a_row_that_points_to_another_tenants(store: Store) -> None:
    samples.store_one_of_each(store)
    with pytest.raises(Conflict), store.work(samples.OTHER_TENANT) as uow:
        uow.events.append(replace(samples.event(2), tenant=samples.OTHER_TENANT))


def test_a_due_row_is_held_in_its_own_tenant_only(store: Store) -> None:
    until = samples.NOW + timedelta(minutes=3)
    with store.work(samples.TENANT) as uow:
        held = uow.due.take(DueKind.TRANSACTION, "auth_1", samples.ENDPOINT, until)
    with store.work(samples.OTHER_TENANT) as uow:
        with pytest.raises(StaleFence):
            uow.due.check(held)
        with pytest.raises(StaleFence):
            uow.due.settle(held, None)


def test_a_reference_tells_whose_it_is(store: Store) -> None:
    samples.store_one_of_each(store)
    samples.store_one_of_each(store, samples.OTHER_TENANT)
    assert store.owner_of("REF000001") == samples.TENANT
    assert store.owner_of("REF900001") == samples.OTHER_TENANT
    assert store.owner_of("REF000404") is None


@pytest.mark.parametrize("field", ["reference", "trace_number"])
def test_no_two_requests_share_a_reference_whosever_they_are(store: Store, field: str) -> None:
    samples.store_one_of_each(store)
    samples.store_one_of_each(store, samples.OTHER_TENANT)
    second = samples.transaction(2, samples.OTHER_TENANT)
    taken = {field: getattr(samples.transaction(), field)}
    with pytest.raises(Conflict), store.work(samples.OTHER_TENANT) as uow:
        uow.transactions.add(type(second)(**{**vars(second), **taken}))


def test_equal_values_of_two_tenants_have_different_digests(store: SqlStore) -> None:
    with store.read(samples.TENANT) as one, store.read(samples.OTHER_TENANT) as other:
        assert one.transactions.digest("same") == one.transactions.digest("same")
        assert one.transactions.digest("same") != other.transactions.digest("same")
