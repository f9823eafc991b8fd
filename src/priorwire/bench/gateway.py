"""``bench gateway``: what the gateway adds to a real-time check, and how many it sustains beside the bare work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

from priorwire.bench.bare import BareWork, bare_call, bare_rate
from priorwire.bench.loopback import PAYERS
from priorwire.bench.result import Result
from priorwire.bench.site import CommitCount, Site, new_site
from priorwire.bench.sleeping import TENANTS
from priorwire.bench.timing import now, processor, spread
from priorwire.channels import HttpClients
from priorwire.clock import SystemClock
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.intake import Command
from priorwire.gateway.messages import Numbers, request_bytes
from priorwire.gateway.ports import Services
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.parties import PersonName, Provider, Subscriber
from priorwire.payers.profile import Transaction

#: Milliseconds that the gateway may add, and the part of the bare work's rate that it is to sustain.
MEDIAN, P99, SUSTAINED = 5.0, 20.0, 0.5
#: Done before measuring begins: first uses of guides, statements and connections.
_WARM = 20


@dataclass(frozen=True, kw_only=True)
class GatewayRun:
    """What to measure with."""

    #: Checks one after the other, each beside a bare exchange; and as many again at once.
    checks: int
    #: How many at once.
    threads: int = 8
    #: An empty database; an SQLite file of its own where it is empty.
    url: str = ""


def measure(plan: GatewayRun, tell: Callable[[str], None] = lambda _said: None) -> Iterator[Result]:
    """Every result, as it is known; `tell` hears what is going on. Raises ConfigurationError for a used database."""
    with new_site(plan.url) as site:
        store, clients = site.store(), HttpClients()
        try:
            services = site.services(store, clients)
            tell("one after the other")
            yield from _added(site, services, plan, clients)
            tell(f"{plan.threads} at once")
            yield from _sustained(site, services, plan)
        finally:
            clients.close()
            store.close()


def _added(site: Site, services: Services, plan: GatewayRun, clients: HttpClients) -> Iterator[Result]:
    """Turn about, so that whatever else the machine does happens to both."""
    bare = bare_call(_bare_work(site, services, plan, 0), clients)
    with_gateway, without = [], []
    computed = 0.0
    for number in range(_WARM + plan.checks):
        began = now()
        bare()
        between, computing = now(), processor()
        _check(services, number)
        with_gateway.append(now() - between)
        computed += processor() - computing
        without.append(between - began)
    ours, bares = spread(with_gateway[_WARM:]), spread(without[_WARM:])
    for name, limit in (("median", MEDIAN), ("p99", P99)):
        took, took_bare = getattr(ours, name), getattr(bares, name)
        yield Result(
            name=f"added to a real-time check, {name}",
            value=took - took_bare,
            unit="ms",
            against=f"bare exchange: {took_bare:.2f} ms",
            ratio=took / took_bare,
            target=f"at most {limit:g} ms",
            met=took - took_bare <= limit,
        )
    yield Result(name="  processor time of a check", value=computed / len(with_gateway) * 1_000, unit="ms")


def _sustained(site: Site, services: Services, plan: GatewayRun) -> Iterator[Result]:
    count = CommitCount()
    numbers = range(_WARM + plan.checks, _WARM + 2 * plan.checks)
    began = now()
    with ThreadPoolExecutor(plan.threads) as pool:
        answered = sum(pool.map(lambda number: _check(services, number), numbers))
    rate = plan.checks / (now() - began)
    count.close()
    commits = count.commits / plan.checks
    bare = bare_rate(_bare_work(site, services, plan, commits))
    yield Result(
        name=f"checks a second, {plan.threads} at once",
        value=rate,
        unit="checks/s",
        against=f"bare: {bare:.0f}/s, each {commits:.1f} commits and a call",
        ratio=rate / bare,
        target=f"at least {SUSTAINED:g} x",
        met=rate / bare >= SUSTAINED,
    )
    yield Result(
        name="  checks that were answered",
        value=answered,
        unit="",
        target=f"all of {plan.checks}",
        met=answered == plan.checks,
    )


def _check(services: Services, number: int) -> bool:
    """One check; whether the payer's answer was read."""
    command = Command(tenant=TENANTS[number % len(TENANTS)], actor="bench", request=_inquiry(number))
    return check_eligibility(services, command).row.status == "active"


def _inquiry(number: int) -> EligibilityInquiry:
    return EligibilityInquiry(
        payer_id=PAYERS[0],
        provider=Provider(organization="EXAMPLE CLINIC", npi="1234567893"),
        subscriber=Subscriber(
            member_id=f"XMP{100_000_000 + number}",
            name=PersonName(last="SAMPLE", first="ALEX"),
            birth_date=date(1950, 1, 1) + timedelta(days=number % 9_000),
        ),
    )


def _bare_work(site: Site, services: Services, plan: GatewayRun, commits: float) -> BareWork:
    profile = services.profiles[PAYERS[0]]
    numbers = Numbers(interchange=1, group=1, reference="PWBARE", trace="PTBARE")
    return BareWork(
        site=site,
        transaction=Transaction.ELIGIBILITY,
        payload=request_bytes(_inquiry(0), profile, profile.routes[0], numbers, SystemClock().now()),
        commits=commits,
        calls=plan.checks,
        threads=plan.threads,
    )
