"""The composition root: settings in, a working gateway out. Nothing else chooses an implementation."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from priorwire import crash_points
from priorwire.channels import HttpClients, SmtpSettings, WebhookPoster, make_channels
from priorwire.channels.breakable import breakable, breakable_transport
from priorwire.clock import Clock, OffsetClock, RandomIds, SystemClock
from priorwire.config import Settings
from priorwire.errors import ConfigurationError
from priorwire.gateway.endpoints import known_endpoints
from priorwire.gateway.mailboxes import open_mailboxes
from priorwire.gateway.owners import open_sweep
from priorwire.gateway.ports import Services
from priorwire.gateway.steps import run_due
from priorwire.model.identifiers import TenantId
from priorwire.payers import load_profiles
from priorwire.payers.profile import Environment
from priorwire.store import KeyRing, SqlStore, Vault, create_key_ring

if TYPE_CHECKING:
    from priorwire.engine import Worker


def make_clock(settings: Settings) -> Clock:
    """The machine's clock, or the test clock that the settings name."""
    return OffsetClock(settings.test_clock) if settings.test_clock else SystemClock()


def make_store(settings: Settings) -> SqlStore:
    """The store; its schema is not looked at yet.

    Raises:
        ConfigurationError: there is no key ring, or others can read it.
    """
    path = settings.key_ring_path
    if not path.is_file():
        raise ConfigurationError(f"There is no key ring at {path}: run 'priorwire db init' first.")
    return SqlStore(settings.store_url, Vault(KeyRing.load(path)), make_clock(settings))


def initialize(settings: Settings) -> SqlStore:
    """Make what is missing: the home folder, the key ring, the schema. Safe to repeat.

    Raises:
        ConfigurationError: the database is in use and its key ring is not there. A new one could
            not open what is stored, and would not recognise a request that was sent before.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not settings.key_ring_path.is_file():
        _refuse_without_its_keys(settings)
        create_key_ring(settings.key_ring_path)
    store = make_store(settings)
    store.upgrade()
    return store


def _refuse_without_its_keys(settings: Settings) -> None:
    store = SqlStore(settings.store_url, Vault(KeyRing.generate()), make_clock(settings))
    in_use = store.is_in_use()
    store.close()
    if in_use:
        raise ConfigurationError(
            f"The database holds data already, and its key ring is not at {settings.key_ring_path}. "
            "Put the key ring back: without it nothing stored can be read."
        )


def make_services(settings: Settings) -> Services:
    """Everything that the use cases need.

    Raises:
        ConfigurationError, GuideError, StoreError: what is wrong and what to do.
    """
    if crash_points.is_on() and settings.environment is Environment.PRODUCTION:
        raise ConfigurationError(
            f"{crash_points.VARIABLE} is for tests: a gateway in production does not start with it."
        )
    store = make_store(settings)
    store.check_schema()
    clock = make_clock(settings)
    return Services(
        store=store,
        clock=clock,
        ids=RandomIds(clock),
        profiles=load_profiles(settings.companion_guides, settings.names),
        channels=breakable(
            make_channels(settings.credentials(), SmtpSettings(sender=settings.fax_sender), HttpClients())
        ),
        webhook_transport=breakable_transport(WebhookPoster(allow_loopback=settings.webhooks_to_loopback)),
        environment=settings.environment,
        mailbox_tenant=TenantId(settings.mailbox_tenant),
        lease=settings.lease,
        coverage_age=settings.coverage_age,
    )


def make_worker(settings: Settings, services: Services) -> Worker:
    """A worker over `services`, with every mailbox due; not started. Importing its engine takes a second."""
    from priorwire.engine.jobs import EndpointLimits, Limits  # noqa: PLC0415 -- late on purpose, see above
    from priorwire.engine.worker import Intervals, Worker  # noqa: PLC0415 -- as above

    open_mailboxes(services)
    open_sweep(services)
    dispatch = timedelta(seconds=settings.dispatch_seconds)
    own = {
        each.id: EndpointLimits(calls=each.concurrency, starts_per_second=each.starts_per_second)
        for each in known_endpoints(services).values()
    }
    return Worker(
        services,
        database_url=settings.store_url,
        node=settings.node,
        run_due=partial(run_due, services),
        intervals=Intervals(dispatch=dispatch, queue=min(dispatch, Intervals().queue)),
        limits=Limits(own=own),
    )
