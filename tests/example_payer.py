"""An example payer that is reached by X12, for tests that make the bytes of a message."""

from __future__ import annotations

from priorwire.gateway.messages import Numbers
from priorwire.payers.profile import (
    ChannelKind,
    Endpoint,
    Environment,
    PayerIdentity,
    PayerProfile,
    Route,
    Transaction,
    X12Address,
)

_ENDPOINT = Endpoint(
    id="example/main",
    environment=Environment.TEST,
    url="https://payer.example",
    x12=X12Address(
        sender_qualifier="ZZ",
        sender="CLINIC",
        receiver_qualifier="ZZ",
        receiver="PAYER",
        group_sender="CLINIC",
        group_receiver="PAYER",
        trace_assigner="9EXAMPLE01",
    ),
)
ROUTE = Route(
    id="main",
    channel=ChannelKind.REST_X12,
    transactions=frozenset({Transaction.AUTHORIZATION, Transaction.ELIGIBILITY}),
    endpoint=_ENDPOINT,
)
PROFILE = PayerProfile(
    id="example",
    name="Example",
    source="invented",
    edition="1",
    identity=PayerIdentity(name="EXAMPLE", identifier="EX1"),
    routes=(ROUTE,),
)
NUMBERS = Numbers(interchange=1, group=1, reference="REFERENCE1", trace="TRACE1")
