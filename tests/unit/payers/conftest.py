"""A small payer and a small request, complete unless a test takes something away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from priorwire.model.authorization import AuthorizationRequest, Diagnosis, ServiceLine
from priorwire.model.parties import PersonName, Provider, Subscriber
from priorwire.model.services import CodeSystem, ProcedureCode
from priorwire.payers import (
    ChannelKind,
    Endpoint,
    Environment,
    PayerIdentity,
    PayerProfile,
    Route,
    Transaction,
)

MakeRequest = Callable[..., AuthorizationRequest]
MakeProfile = Callable[..., PayerProfile]
MakeRoute = Callable[..., Route]

_REQUEST = AuthorizationRequest(
    payer_id="example",
    requester=Provider(organization="EXAMPLE CLINIC", npi="1234567893"),
    subscriber=Subscriber(member_id="EX1", name=PersonName(last="EXAMPLE", first="AVERY")),
    service_type="2",
    diagnoses=(Diagnosis(code="M5416"),),
    services=(ServiceLine(procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="72148")),),
)
_PROFILE = PayerProfile(
    id="example",
    name="Example",
    source="Example manual",
    edition="1",
    identity=PayerIdentity(name="EXAMPLE", identifier="EX01"),
    routes=(),
)


@pytest.fixture
def make_request() -> MakeRequest:
    """A complete request, with the fields given changed."""

    def make(**changes: Any) -> AuthorizationRequest:
        return replace(_REQUEST, **changes)

    return make


@pytest.fixture
def make_profile() -> MakeProfile:
    """A payer without routes or rules, with the fields given changed."""

    def make(**changes: Any) -> PayerProfile:
        return replace(_PROFILE, **changes)

    return make


@pytest.fixture
def make_route() -> MakeRoute:
    """A test route for everything, for all services."""

    def make(
        name: str,
        channel: ChannelKind = ChannelKind.CORE_SOAP,
        *transactions: Transaction,
        service_types: frozenset[str] = frozenset(),
        environment: Environment = Environment.TEST,
    ) -> Route:
        return Route(
            id=name,
            channel=channel,
            transactions=frozenset(transactions or Transaction),
            service_types=service_types,
            endpoint=Endpoint(id=f"example/{name}", environment=environment, url="https://payer.example/"),
        )

    return make
