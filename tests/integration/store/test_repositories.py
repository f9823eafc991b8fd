"""Every kind of row comes back as it was stored, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from priorwire.errors import Conflict, NotFound
from priorwire.gateway.arrived import FileState, SetState, UnmatchedState
from priorwire.gateway.ports import Store, UnitOfWork
from priorwire.gateway.rows import Direction, Purpose, TransactionRow, WorkState
from priorwire.model.identifiers import (
    ArchiveId,
    AttachmentId,
    CaseId,
    DeliveryId,
    EventId,
    ExchangeId,
    PayerId,
    TransactionId,
    UseId,
    WorkItemId,
)
from priorwire.model.lifecycle import Delivery, Review
from priorwire.payers.profile import Transaction
from tests.integration.store import samples

AUTH_1 = TransactionId("auth_1")

GOT: dict[str, tuple[Callable[[UnitOfWork], object], object]] = {
    "case": (lambda uow: uow.cases.get(CaseId("case_1")), samples.case()),
    "transaction": (
        lambda uow: uow.transactions.get(AUTH_1),
        replace(samples.transaction(), authorization_number="AUTH55512", client_reference="CHART-99817"),
    ),
    "exchange": (
        lambda uow: uow.exchanges.get(ExchangeId("exch_1")),
        replace(samples.exchange(), remote_id="REMOTE-1"),
    ),
    "archive": (
        lambda uow: uow.archive.get(ArchiveId("arch_1")),
        (samples.archived(samples.PAYLOAD), samples.PAYLOAD),
    ),
    "archived of a transaction": (lambda uow: uow.archive.of(AUTH_1), [samples.archived(samples.PAYLOAD)]),
    "record": (lambda uow: uow.records.latest(AUTH_1), samples.record()),
    "records read from": (lambda uow: uow.records.read_from(ArchiveId("arch_1")), [samples.record()]),
    "use": (lambda uow: uow.uses.get(UseId("use_1")), samples.use()),
    "uses of a transaction": (lambda uow: uow.uses.of(AUTH_1), [samples.use()]),
    "use by its key": (lambda uow: uow.uses.by_key("use-key-1"), samples.use()),
    "attachment": (lambda uow: uow.attachments.get(AttachmentId("att_1")), samples.attachment()),
    "attachments of a transaction": (lambda uow: uow.attachments.of(AUTH_1), [samples.attachment()]),
    "attachment by its key": (lambda uow: uow.attachments.by_key("attachment-key-1"), samples.attachment()),
    "event": (lambda uow: uow.events.get(EventId("evt_1")), samples.event()),
    "events of a transaction": (lambda uow: uow.events.of(AUTH_1), [samples.event()]),
    "webhook": (lambda uow: uow.webhooks.endpoint("whk_1"), samples.webhook()),
    "webhooks": (lambda uow: uow.webhooks.endpoints(), [samples.webhook()]),
    "delivery": (lambda uow: uow.webhooks.delivery(DeliveryId("dlv_1")), samples.delivery()),
    "deliveries": (lambda uow: uow.webhooks.deliveries(), [samples.delivery()]),
    "work item": (lambda uow: uow.work_items.get(WorkItemId("work_1")), samples.work_item()),
    "work items of a transaction": (lambda uow: uow.work_items.of(AUTH_1), [samples.work_item()]),
    "unmatched": (lambda uow: uow.unmatched.listed(), [samples.unmatched()]),
    "received file": (lambda uow: uow.received.file("file_1"), samples.received_file()),
    "received files": (lambda uow: uow.received.files(FileState.DONE, limit=9), [samples.received_file()]),
    "received file of these bytes": (
        lambda uow: uow.received.file_of(samples.ENDPOINT, "e" * 64),
        samples.received_file(),
    ),
    "files that are there": (lambda uow: uow.received.files_there(samples.ENDPOINT), []),
    "received set": (lambda uow: uow.received.set(samples.received_set().id), samples.received_set()),
    "received sets": (lambda uow: uow.received.sets(SetState.PLACED, limit=9), [samples.received_set()]),
    "received sets of a file": (lambda uow: uow.received.sets_of("file_1"), [samples.received_set()]),
    "idempotency": (lambda uow: uow.idempotency.find("key-1"), samples.idempotency()),
}


def test_every_row_comes_back_as_it_was_stored(store: Store, subtests: pytest.Subtests) -> None:
    samples.store_one_of_each(store)
    for kind, (get, expected) in GOT.items():
        with subtests.test(kind), store.read(samples.TENANT) as uow:
            assert get(uow) == expected


def test_an_eligibility_inquiry_comes_back_as_one(store: Store) -> None:
    row = samples.transaction(request=samples.ELIGIBILITY)
    with store.work(samples.TENANT) as uow:
        uow.cases.add(samples.case())
        uow.transactions.add(row)
    with store.read(samples.TENANT) as uow:
        assert uow.transactions.get(AUTH_1) == row


def test_decimals_keep_their_digits(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.read(samples.TENANT) as uow:
        latest = uow.records.latest(AUTH_1)
    assert latest is not None
    quantity = latest.record.quantity  # type: ignore[union-attr]  # the sample is an authorization
    assert quantity is not None
    assert str(quantity.value) == "3.000"


MISSING: dict[str, Callable[[UnitOfWork], object]] = {
    "case": lambda uow: uow.cases.get(CaseId("case_9")),
    "transaction": lambda uow: uow.transactions.get(TransactionId("auth_9")),
    "exchange": lambda uow: uow.exchanges.get(ExchangeId("exch_9")),
    "archive": lambda uow: uow.archive.get(ArchiveId("arch_9")),
    "use": lambda uow: uow.uses.get(UseId("use_9")),
    "update of a use": lambda uow: uow.uses.update(samples.use(9)),
    "attachment": lambda uow: uow.attachments.get(AttachmentId("att_9")),
    "update of an attachment": lambda uow: uow.attachments.update(samples.attachment(9)),
    "event": lambda uow: uow.events.get(EventId("evt_9")),
    "webhook": lambda uow: uow.webhooks.endpoint("whk_9"),
    "delivery": lambda uow: uow.webhooks.delivery(DeliveryId("dlv_9")),
    "work item": lambda uow: uow.work_items.get(WorkItemId("work_9")),
    "unmatched": lambda uow: uow.unmatched.get("unm_9"),
    "update of an unmatched": lambda uow: uow.unmatched.update(samples.unmatched(9)),
    "update of a record": lambda uow: uow.records.update(samples.record(9)),
    "received file": lambda uow: uow.received.file("file_9"),
    "received set": lambda uow: uow.received.set("set_9"),
    "update of a received file": lambda uow: uow.received.update_file(samples.received_file(9)),
    "update of a received set": lambda uow: uow.received.update_set(samples.received_set(9)),
    "update of a case": lambda uow: uow.cases.update(samples.case(9)),
    "update of a transaction": lambda uow: uow.transactions.update(samples.transaction(9)),
    "update of an exchange": lambda uow: uow.exchanges.update(samples.exchange(9)),
    "update of a delivery": lambda uow: uow.webhooks.update_delivery(samples.delivery(9)),
    "update of a work item": lambda uow: uow.work_items.update(samples.work_item(9)),
}


def test_what_is_not_there_is_not_found(store: Store, subtests: pytest.Subtests) -> None:
    samples.store_one_of_each(store)
    for what, ask in MISSING.items():
        with subtests.test(what), store.work(samples.TENANT) as uow, pytest.raises(NotFound):
            ask(uow)


TWICE: dict[str, Callable[[UnitOfWork], None]] = {
    "case": lambda uow: uow.cases.add(samples.case()),
    "transaction": lambda uow: uow.transactions.add(replace(samples.transaction(2), id=AUTH_1)),
    "reference": lambda uow: uow.transactions.add(replace(samples.transaction(2), reference="REF000001")),
    "trace number": lambda uow: uow.transactions.add(replace(samples.transaction(2), trace_number="TRC000001")),
    "interchange number": lambda uow: uow.exchanges.add(replace(samples.exchange(2), interchange_number=1)),
    "group number": lambda uow: uow.exchanges.add(replace(samples.exchange(2), group_number=1)),
    "record's version": lambda uow: uow.records.append(samples.record()),
    "idempotency key": lambda uow: uow.idempotency.add(samples.idempotency()),
    "use": lambda uow: uow.uses.add(replace(samples.use(), idempotency_key=None)),
    "key of a use": lambda uow: uow.uses.add(replace(samples.use(2), idempotency_key="use-key-1")),
    "attachment": lambda uow: uow.attachments.add(replace(samples.attachment(2), id=AttachmentId("att_1"))),
    "reference of an attachment": lambda uow: uow.attachments.add(replace(samples.attachment(2), reference="PD000001")),
    "key of an attachment": lambda uow: uow.attachments.add(
        replace(samples.attachment(2), idempotency_key="attachment-key-1")
    ),
    "delivery of an event to a subscriber": lambda uow: uow.webhooks.add_delivery(samples.delivery(2)),
    "received file": lambda uow: uow.received.add_file(samples.received_file()),
    "received set": lambda uow: uow.received.add_set(samples.received_set()),
    "api key": lambda uow: uow.api_keys.add(replace(samples.api_key(2), digest="a" * 64)),
}


def test_nothing_is_stored_twice(store: Store, subtests: pytest.Subtests) -> None:
    samples.store_one_of_each(store)
    for what, store_again in TWICE.items():
        with subtests.test(what), pytest.raises(Conflict), store.work(samples.TENANT) as uow:
            store_again(uow)


def test_updates_replace_the_whole_row(store: Store) -> None:
    samples.store_one_of_each(store)
    later = samples.NOW + timedelta(hours=1)
    with store.work(samples.TENANT) as uow:
        row = uow.transactions.get(AUTH_1)
        changed = replace(
            row,
            delivery=Delivery.FINAL,
            review=Review.APPROVED,
            authorization_number="NEW1",
            administrative_reference="TRACK1",
            updated_at=later,
            decided_at=later,
        )
        uow.transactions.update(changed)
        item = replace(uow.work_items.get(WorkItemId("work_1")), state=WorkState.DONE, fields=(), completed_at=later)
        uow.work_items.update(item)
        closed = replace(uow.cases.get(CaseId("case_1")), owner=None)
        uow.cases.update(closed)
    with store.read(samples.TENANT) as uow:
        assert uow.transactions.get(AUTH_1) == changed
        assert uow.work_items.get(WorkItemId("work_1")) == item
        assert uow.cases.get(CaseId("case_1")) == closed


def test_a_transaction_is_found_by_its_reference_and_its_trace(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.read(samples.TENANT) as uow:
        row = uow.transactions.get(AUTH_1)
        assert uow.transactions.by_reference("REF000001") == row
        assert uow.transactions.by_trace("TRC000001") == row
        assert uow.transactions.by_reference("TRC000001") is None
        assert uow.transactions.by_trace("REF000001") is None


@pytest.mark.parametrize("field", ["authorization_number", "administrative_reference"])
def test_a_transaction_is_found_by_either_number_of_the_payer(store: Store, field: str) -> None:
    with store.work(samples.TENANT) as uow:
        uow.cases.add(samples.case())
        for number, value in ((1, "X-1"), (2, "X-2"), (3, "X-1")):
            uow.transactions.add(_with(samples.transaction(number), **{field: value}))
        uow.transactions.add(_with(samples.transaction(4), **{field: "X-1"}, payer_id="another_payer"))
        uow.transactions.add(samples.transaction(5))
    with store.read(samples.TENANT) as uow:
        found = uow.transactions.by_payer_reference("example_payer", "X-1")
        assert [row.id for row in found] == ["auth_1", "auth_3"]
        assert uow.transactions.by_payer_reference("example_payer", " X-2 ")[0].id == "auth_2"
        assert uow.transactions.by_payer_reference("example_payer", "x-1") == []


def _with(row: TransactionRow, **changes: str) -> TransactionRow:
    return TransactionRow(**{**vars(row), **changes})


def test_a_payer_reference_that_changed_is_found_under_the_new_one_only(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.work(samples.TENANT) as uow:
        uow.transactions.update(replace(uow.transactions.get(AUTH_1), authorization_number="NEW1"))
    with store.read(samples.TENANT) as uow:
        assert uow.transactions.by_payer_reference("example_payer", "AUTH55512") == []
        assert [row.id for row in uow.transactions.by_payer_reference("example_payer", "NEW1")] == [AUTH_1]


def test_the_same_meaning_is_listed_newest_first(store: Store) -> None:
    with store.work(samples.TENANT) as uow:
        meaning = uow.transactions.digest("the same")
        uow.cases.add(samples.case())
        for number in (2, 1, 3):
            uow.transactions.add(replace(samples.transaction(number), meaning=meaning))
        uow.transactions.add(replace(samples.transaction(4), meaning=uow.transactions.digest("another")))
        assert [row.id for row in uow.transactions.by_meaning(meaning)] == ["auth_3", "auth_1", "auth_2"]


def test_a_member_s_transactions_of_one_kind_are_listed_newest_first(store: Store) -> None:
    """Found by the number as it is: of no other member, payer, kind or case of letters."""
    member = samples.PATIENT.member_id or ""
    other = replace(samples.ELIGIBILITY, subscriber=replace(samples.PATIENT, member_id="EXM0000418"))
    with store.work(samples.TENANT) as uow:
        uow.cases.add(samples.case())
        for number in (2, 1, 3):
            uow.transactions.add(samples.transaction(number, request=samples.ELIGIBILITY))
        uow.transactions.add(samples.transaction(4))
        uow.transactions.add(samples.transaction(5, request=other))
        uow.transactions.add(
            _with(samples.transaction(6, request=samples.ELIGIBILITY), payer_id=PayerId("another_payer"))
        )

    def found(member_id: str, kind: Transaction, *, payer: str | None = "example_payer", limit: int = 9) -> list[str]:
        with store.read(samples.TENANT) as uow:
            of = PayerId(payer) if payer else None
            return [row.id for row in uow.transactions.of_member(member_id, kind=kind, payer_id=of, limit=limit)]

    assert found(f" {member} ", Transaction.ELIGIBILITY) == ["auth_3", "auth_1", "auth_2"]
    assert found(member, Transaction.ELIGIBILITY, limit=2) == ["auth_3", "auth_1"]
    assert found(member, Transaction.ELIGIBILITY, payer=None) == ["auth_6", "auth_3", "auth_1", "auth_2"]
    assert found(member, Transaction.AUTHORIZATION) == ["auth_4"]
    assert found("EXM0000418", Transaction.ELIGIBILITY) == ["auth_5"]
    assert found(member.lower(), Transaction.ELIGIBILITY) == []


def test_uses_without_a_key_do_not_collide_and_a_voided_one_stays(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.work(samples.TENANT) as uow:
        for number in (3, 2):
            uow.uses.add(replace(samples.use(number), idempotency_key=None))
        voided = replace(uow.uses.get(UseId("use_3")), voided_by="key_2", voided_at=samples.NOW)
        uow.uses.update(voided)
    with store.read(samples.TENANT) as uow:
        assert [row.id for row in uow.uses.of(AUTH_1)] == ["use_1", "use_3", "use_2"]
        assert uow.uses.get(UseId("use_3")) == voided


def test_what_carried_a_document_is_no_exchange_of_the_transaction_itself(store: Store) -> None:
    samples.store_one_of_each(store)
    carried = [replace(samples.exchange(number), purpose=Purpose.ATTACH, reference="PD000001") for number in (2, 3)]
    with store.work(samples.TENANT) as uow:
        for each in carried:
            uow.exchanges.add(each)
    with store.read(samples.TENANT) as uow:
        assert [row.id for row in uow.exchanges.of(AUTH_1)] == ["exch_1"]
        assert uow.exchanges.carrying("PD000001") == carried


def test_pages_of_transactions_join_without_gap_or_overlap(store: Store) -> None:
    with store.work(samples.TENANT) as uow:
        uow.cases.add(samples.case())
        for number in range(7):
            uow.transactions.add(samples.transaction(number))
    seen: list[str] = []
    after: TransactionId | None = None
    while True:
        with store.work(samples.TENANT) as uow:
            page = uow.transactions.listed(limit=3, after=after)
            uow.transactions.add(samples.transaction(100 + len(seen)))  # arrives while somebody turns the page
        if not page:
            break
        seen += [row.id for row in page]
        after = page[-1].id
    assert seen == [f"auth_{number}" for number in reversed(range(7))]


def test_a_page_after_nothing_known_is_empty(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.read(samples.TENANT) as uow:
        assert uow.transactions.listed(limit=5, after=TransactionId("auth_9")) == []


def test_exchanges_are_found_by_their_numbers_and_names(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.read(samples.TENANT) as uow:
        row = uow.exchanges.get(ExchangeId("exch_1"))
        assert uow.exchanges.by_interchange_number(samples.ENDPOINT, 1) == row
        assert uow.exchanges.by_group_number(samples.ENDPOINT, 1) == row
        assert uow.exchanges.by_remote_id(samples.ENDPOINT, "REMOTE-1") == row
        assert uow.exchanges.by_reference("REF000001") == row
        assert uow.exchanges.by_reference("REF000009") is None
        assert uow.exchanges.by_interchange_number("another/endpoint", 1) is None
        assert uow.exchanges.by_group_number(samples.ENDPOINT, 2) is None
        assert uow.exchanges.by_remote_id(samples.ENDPOINT, "REMOTE-2") is None


def test_a_reference_sent_again_means_the_newest_exchange(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.work(samples.TENANT) as uow:
        uow.exchanges.add(samples.exchange(2))
        newest = uow.exchanges.by_reference("REF000001")
        assert newest is not None
        assert newest.id == "exch_2"


def test_a_webhook_can_be_switched_off(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.work(samples.TENANT) as uow:
        uow.webhooks.update_endpoint(replace(uow.webhooks.endpoint("whk_1"), active=False))
        assert not uow.webhooks.endpoint("whk_1").active


def test_a_remote_name_used_again_means_the_newest_exchange(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.work(samples.TENANT) as uow:
        uow.exchanges.add(replace(samples.exchange(2), remote_id="REMOTE-1"))
        newest = uow.exchanges.by_remote_id(samples.ENDPOINT, "REMOTE-1")
        assert newest is not None
        assert newest.id == "exch_2"


def test_exchanges_without_x12_have_no_numbers_to_collide(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.work(samples.TENANT) as uow:
        for number in (2, 3):
            uow.exchanges.add(replace(samples.exchange(number), interchange_number=None, group_number=None))
        assert [row.id for row in uow.exchanges.of(AUTH_1)] == ["exch_1", "exch_2", "exch_3"]


def test_versions_of_a_record_are_in_order_and_the_last_is_the_latest(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.work(samples.TENANT) as uow:
        uow.records.append(samples.record(3))
        uow.records.append(samples.record(2))
        history = uow.records.history(AUTH_1)
        assert [row.version for row in history] == [1, 2, 3]
        assert uow.records.latest(AUTH_1) == history[-1]
        assert uow.records.latest(TransactionId("auth_9")) is None


def test_the_version_in_force_is_the_latest_whatever_its_number(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.work(samples.TENANT) as uow:
        uow.records.append(replace(samples.record(2), in_force=False))
        uow.records.append(replace(samples.record(3), in_force=False))
        for version in (2, 1, 3):
            uow.records.put_in_force(AUTH_1, version)
            latest = uow.records.latest(AUTH_1)
            assert latest is not None
            assert latest.version == version
            assert [each.in_force for each in uow.records.history(AUTH_1)].count(True) == 1
        uow.records.put_in_force(AUTH_1, None)
        assert uow.records.latest(AUTH_1) is None


def test_a_version_may_be_noted_as_withdrawn_and_keeps_what_it_says(store: Store) -> None:
    samples.store_one_of_each(store)
    withdrawn = replace(samples.record(), in_force=False, withdrawn_by="ann", withdrawn_at=samples.NOW)
    with store.work(samples.TENANT) as uow:
        uow.records.update(withdrawn)
    with store.read(samples.TENANT) as uow:
        assert list(uow.records.history(AUTH_1)) == [withdrawn]


def test_a_resolved_answer_keeps_what_stood_before_and_leaves_the_inbox(store: Store) -> None:
    samples.store_one_of_each(store)
    joined = samples.joined_unmatched()
    with store.work(samples.TENANT) as uow:
        uow.unmatched.update(joined)
    with store.read(samples.TENANT) as uow:
        assert uow.unmatched.get("unm_1") == joined
        assert list(uow.unmatched.listed()) == []
        assert list(uow.unmatched.listed(None)) == [joined]
        assert list(uow.unmatched.listed(UnmatchedState.JOINED)) == [joined]
        assert list(uow.unmatched.of_work_item(WorkItemId("work_1"))) == [joined]


def test_what_came_on_a_call_stays_its_transactions_and_what_came_by_itself_may_be_disowned(store: Store) -> None:
    samples.store_one_of_each(store)
    by_itself = samples.archived(b"x", 7)
    on_a_call = replace(samples.archived(b"y", 8), exchange_id=ExchangeId("exch_1"))
    with store.work(samples.TENANT) as uow:
        uow.archive.put(by_itself, b"x")
        uow.archive.put(on_a_call, b"y")
        uow.archive.disown(by_itself.id)
        uow.archive.disown(on_a_call.id)
    with store.read(samples.TENANT) as uow:
        assert [each.id for each in uow.archive.of(AUTH_1)] == ["arch_1", "arch_8"]
        the_set = uow.received.set_in(ArchiveId("arch_1"))
        assert the_set is not None
        assert uow.received.set_in(ArchiveId("arch_7")) is None


def test_subscribers_are_known_without_opening_their_secrets(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.work(samples.TENANT) as uow:
        assert list(uow.webhooks.subscribers()) == ["whk_1"]
        uow.webhooks.update_endpoint(replace(uow.webhooks.endpoint("whk_1"), active=False))
        assert list(uow.webhooks.subscribers()) == []


def test_the_archive_lists_what_came_in_since_a_moment(store: Store) -> None:
    with store.work(samples.TENANT) as uow:
        uow.cases.add(samples.case())
        uow.transactions.add(samples.transaction())
        for minutes, direction in enumerate((Direction.IN, Direction.OUT, Direction.IN, Direction.IN)):
            row = samples.archived(b"x", minutes, direction=direction)
            uow.archive.put(replace(row, at=samples.NOW + timedelta(minutes=minutes)), b"x")
        assert [row.id for row in uow.archive.since(samples.NOW + timedelta(minutes=2))] == ["arch_2", "arch_3"]
        assert [row.id for row in uow.archive.of(AUTH_1)] == ["arch_0", "arch_1", "arch_2", "arch_3"]


@pytest.mark.parametrize("payload", [b"", b"\x00\xff" * 3, b"~" * 100_000], ids=["empty", "binary", "long"])
def test_any_payload_is_archived_byte_for_byte(store: Store, payload: bytes) -> None:
    with store.work(samples.TENANT) as uow:
        uow.archive.put(replace(samples.archived(payload), transaction_id=None), payload)
    with store.read(samples.TENANT) as uow:
        assert uow.archive.get(ArchiveId("arch_1"))[1] == payload


def test_a_payload_is_not_archived_under_the_hash_of_another(store: Store) -> None:
    with store.work(samples.TENANT) as uow, pytest.raises(ValueError, match="another payload"):
        uow.archive.put(samples.archived(b"one"), b"two")


def test_work_is_listed_by_due_time(store: Store) -> None:
    with store.work(samples.TENANT) as uow:
        for number, hours in enumerate((5, 1, 3)):
            item = samples.work_item(number)
            state = WorkState.DONE if hours == 3 else WorkState.OPEN
            due = samples.NOW + timedelta(hours=hours)
            uow.work_items.add(replace(item, transaction_id=None, due_at=due, state=state))
        assert [item.id for item in uow.work_items.listed()] == ["work_1", "work_2", "work_0"]
        assert [item.id for item in uow.work_items.listed(WorkState.OPEN)] == ["work_1", "work_0"]


def test_rows_of_the_same_moment_keep_the_order_in_which_they_were_added(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.work(samples.TENANT) as uow:
        for number in (30, 4, 200):
            uow.events.append(samples.event(number))
        assert [row.id for row in uow.events.of(AUTH_1)] == ["evt_1", "evt_30", "evt_4", "evt_200"]


def test_an_unused_idempotency_key_is_free(store: Store) -> None:
    with store.read(samples.TENANT) as uow:
        assert uow.idempotency.find("key-1") is None


def test_times_come_back_in_utc(store: Store) -> None:
    samples.store_one_of_each(store)
    with store.read(samples.TENANT) as uow:
        times = [uow.cases.get(CaseId("case_1")).created_at, uow.events.get(EventId("evt_1")).at]
    assert all(time.utcoffset() == timedelta() for time in times)
    assert all(earlier == later for earlier, later in pairwise(times))
