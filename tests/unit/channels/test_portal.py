"""The worksheet for a portal."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from priorwire.channels.portal import Portal
from priorwire.gateway.rows import WorkField
from priorwire.gateway.ways import Failure, HandedOver, Message, NotSent
from priorwire.model.identifiers import ExchangeId
from priorwire.payers.profile import Transaction
from tests.unit.channels.request_samples import AT, PORTAL_FIELDS, REFERENCE, REQUEST, context


def message(payload: bytes) -> Message:
    return Message(
        exchange_id=ExchangeId("exch_1"),
        transaction=Transaction.AUTHORIZATION,
        endpoint=context(portal_fields=PORTAL_FIELDS).endpoint,
        payload=payload,
        content_type="application/json",
        payload_id="1",
        reference=REFERENCE,
        urgent=True,
        at=AT,
    )


def worksheet() -> bytes:
    return Portal().render(REQUEST, context(portal_fields=PORTAL_FIELDS)).payload


def test_the_fields_stand_in_the_portals_order_as_a_person_types_them() -> None:
    outcome = Portal().send(message(worksheet()))
    assert isinstance(outcome, HandedOver)
    assert outcome.fields == (
        WorkField(label="Member number", value="CANARY4711"),
        WorkField(label="Patient's birth date", value="07/04/2011"),
        WorkField(label="Procedures", value="CPT/HCPCS 27447-RT-22, CPT/HCPCS 97110"),
        WorkField(label="Diagnosis codes", value="M17.11, I10"),
        WorkField(label="Requester's e-mail", value=""),
        WorkField(label="Earlier reference", value="", required=False),
    )
    assert outcome.url == "https://portal.example/start"


def test_a_required_field_without_a_value_stays_visible_with_a_note() -> None:
    fields = {each["label"]: each for each in json.loads(worksheet())["fields"]}
    assert fields["Requester's e-mail"]["value"] == ""
    assert fields["Requester's e-mail"]["note"] == "The request does not say; ask the practice before submitting."
    assert fields["Earlier reference"]["note"] is None
    assert fields["Member number"]["note"] is None


def test_the_instructions_say_what_is_missing_and_carry_no_value() -> None:
    outcome = Portal().send(message(worksheet()))
    assert isinstance(outcome, HandedOver)
    assert outcome.instructions == (
        "1. Log in.\n2. Choose New request.\n"
        "This is an urgent request: choose the expedited option.\n"
        "Not in the request, ask the practice first: Requester's e-mail.\n"
        f"Note the portal's own reference number; ours is {REFERENCE}."
    )


def test_the_same_request_gives_the_same_worksheet() -> None:
    assert worksheet() == worksheet()


def test_instructions_stand_even_where_the_guide_has_none() -> None:
    blank = replace(context(), endpoint=replace(context().endpoint, portal_instructions=None))
    outcome = Portal().send(message(Portal().render(REQUEST, blank).payload))
    assert isinstance(outcome, HandedOver)
    assert outcome.instructions.startswith("Enter the fields below")


@pytest.mark.parametrize("payload", [b"", b"ISA*00*", b"[]", b'{"fields": [{"label": "x"}]}', b'{"fields": []}'])
def test_what_is_no_worksheet_is_not_handed_over(payload: bytes) -> None:
    assert Portal().send(message(payload)) == NotSent(
        failure=Failure.CONFIGURATION, detail="the payload is not a portal worksheet"
    )
