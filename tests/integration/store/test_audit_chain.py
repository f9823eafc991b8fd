"""The chain holds while nobody touches it, and says where somebody did."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, delete, insert, select, update

from priorwire.errors import NoTenant
from priorwire.model.identifiers import TenantId
from priorwire.store import ChainHead, SqlStore
from priorwire.store.tables import AUDIT, AUDIT_HEADS
from tests.integration.store import samples

LINKS = 6


def fill(store: SqlStore, links: int = LINKS, tenant: TenantId = samples.TENANT) -> None:
    for number in range(links):
        with store.work(tenant) as uow:
            uow.audit.append(samples.audited(f"step.{number}", tenant))


def tamper(url: str, how: Callable[[Connection], object]) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        how(connection)
    engine.dispose()


def test_an_untouched_chain_holds(store: SqlStore) -> None:
    fill(store)
    fill(store, 2, samples.OTHER_TENANT)
    for tenant, links in ((samples.TENANT, LINKS), (samples.OTHER_TENANT, 2)):
        verdict = store.verify_audit(tenant)
        assert (verdict.links, verdict.broken_at) == (links, None)
        assert store.audit_head(tenant).position == links


def test_a_chain_without_links_holds(store: SqlStore) -> None:
    assert store.verify_audit(samples.TENANT).broken_at is None
    assert store.audit_head(samples.TENANT) == ChainHead(position=0, hash="0" * 64)


def test_the_rows_of_one_unit_of_work_follow_each_other(store: SqlStore, store_url: str) -> None:
    with store.work(samples.TENANT) as uow:
        for number in range(3):
            uow.audit.append(samples.audited(f"step.{number}"))
    engine = create_engine(store_url)
    with engine.connect() as connection:
        actions = connection.execute(select(AUDIT.c.action).order_by(AUDIT.c.position)).scalars().all()
    engine.dispose()
    assert actions == ["step.0", "step.1", "step.2"]
    assert store.verify_audit(samples.TENANT).links == 3


TAMPERINGS: dict[str, tuple[Callable[[Connection], object], int]] = {
    "altered": (lambda c: c.execute(update(AUDIT).where(AUDIT.c.position == 3).values(actor="nobody")), 3),
    "removed": (lambda c: c.execute(delete(AUDIT).where(AUDIT.c.position == 3)), 3),
    "first removed": (lambda c: c.execute(delete(AUDIT).where(AUDIT.c.position == 1)), 1),
    "last removed": (lambda c: c.execute(delete(AUDIT).where(AUDIT.c.position == LINKS)), LINKS),
    "hash altered": (lambda c: c.execute(update(AUDIT).where(AUDIT.c.position == 2).values(hash="0" * 64)), 2),
    "head set back": (lambda c: c.execute(update(AUDIT_HEADS).values(position=LINKS - 1)), LINKS + 1),
    "head removed": (lambda c: c.execute(delete(AUDIT_HEADS)), LINKS + 1),
    "appended without the head": (
        lambda c: c.execute(
            insert(AUDIT).values(**vars(samples.audited()), position=LINKS + 1, hash="0" * 64),
        ),
        LINKS + 1,
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_a_chain_that_was_touched_says_where(store: SqlStore, store_url: str, how: str) -> None:
    fill(store)
    act, where = TAMPERINGS[how]
    tamper(store_url, act)
    assert store.verify_audit(samples.TENANT).broken_at == where


def test_two_links_that_changed_places_are_noticed(store: SqlStore, store_url: str) -> None:
    fill(store)

    def swap(connection: Connection) -> None:
        for one, other in ((2, 900), (4, 2), (900, 4)):
            connection.execute(update(AUDIT).where(AUDIT.c.position == one).values(position=other))

    tamper(store_url, swap)
    assert store.verify_audit(samples.TENANT).broken_at == 2


def test_a_chain_that_was_rewritten_as_a_whole_does_not_pass_through_the_anchor(
    store: SqlStore, store_url: str
) -> None:
    fill(store)
    anchor = store.audit_head(samples.TENANT)
    fill(store, 1)
    assert store.verify_audit(samples.TENANT, anchor).broken_at is None
    tamper(store_url, lambda c: (c.execute(delete(AUDIT)), c.execute(delete(AUDIT_HEADS))))
    fill(store, LINKS - 1)
    assert store.verify_audit(samples.TENANT).broken_at is None, "by itself the new chain looks well"
    assert store.verify_audit(samples.TENANT, anchor).broken_at == LINKS, "shorter than the anchor"
    with store.work(samples.TENANT) as uow:
        uow.audit.append(samples.audited("another step"))
    assert store.verify_audit(samples.TENANT, anchor).broken_at == LINKS, "another link at the anchor"


def test_writers_at_once_make_one_chain(store: SqlStore) -> None:
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(fill, store, 5) for _ in range(6)]:
            done.result(timeout=60)
    verdict = store.verify_audit(samples.TENANT)
    assert (verdict.links, verdict.broken_at) == (30, None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), min_size=4, max_size=4)
)
def test_any_text_is_chained_as_it_is_stored(store: SqlStore, texts: list[str]) -> None:
    actor, action, subject, detail = texts
    row = samples.audited()
    with store.work(samples.TENANT) as uow:
        uow.audit.append(
            type(row)(**{**vars(row), "actor": actor, "action": action, "subject": subject, "detail": detail})
        )
    assert store.verify_audit(samples.TENANT).broken_at is None


def test_no_chain_is_without_a_tenant(store: SqlStore) -> None:
    for look in (store.verify_audit, store.audit_head):
        with pytest.raises(NoTenant):
            look(TenantId(""))
