"""Test and production never meet, whatever changed while a row waited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from priorwire.gateway import queries
from priorwire.gateway.rows import WorkKind
from priorwire.gateway.steps import run_due
from priorwire.model.identifiers import PayerId
from priorwire.model.lifecycle import Delivery
from priorwire.payers.profile import Environment
from tests.integration.gateway.conftest import TENANT, World, request_for

NORTHWIND = PayerId("northwind-health")


def in_production(world: World) -> None:
    """The payer's guide is changed: its endpoint is a production one now."""
    profile = world.services.profiles[NORTHWIND]
    routes = tuple(
        replace(route, endpoint=replace(route.endpoint, environment=Environment.PRODUCTION)) for route in profile.routes
    )
    world.services.profiles[NORTHWIND] = replace(profile, routes=routes)  # type: ignore[index]  # a dict in tests


def test_a_waiting_test_record_does_not_follow_its_endpoint_into_production(world: World) -> None:
    row = world.submit(request_for("APPROVE"), at_once=False)
    in_production(world)
    world.tick()
    assert world.core.sent == []
    assert world.row(row.id).delivery is Delivery.REFUSED
    (item,) = queries.work_items(world.services, TENANT)
    assert item.kind is WorkKind.REFUSED
    assert "cannot go to endpoint 'northwind-health/core'" in item.instructions


def test_a_pending_test_record_is_not_asked_about_in_production(world: World) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    in_production(world)
    world.pass_time(timedelta(days=1))
    assert len(world.core.sent) == 1
    assert world.row(row.id).status == "pended"
    assert [item.kind for item in queries.work_items(world.services, TENANT)] == [WorkKind.STATUS_CHECK]


def test_a_gateway_of_the_other_environment_sends_nothing_from_this_database(world: World) -> None:
    row = world.submit(request_for("APPROVE"), at_once=False)
    elsewhere = replace(world.services, environment=Environment.PRODUCTION)
    for lease in world.claim():
        run_due(elsewhere, lease)
    assert world.core.sent == []
    assert world.row(row.id).delivery is Delivery.REFUSED
