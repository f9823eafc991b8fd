"""A reply that repeats the request's announcement of a document: nobody is told that the payer wants it."""

from __future__ import annotations

import re

from priorwire.gateway import queries
from priorwire.gateway.attach import AttachCommand, attach_document
from priorwire.gateway.explain import explain_stored
from priorwire.gateway.rows import TransactionRow
from priorwire.gateway.ways import Final, Message, SendOutcome
from priorwire.model.authorization import AuthorizationRecord
from priorwire.model.care import Attachment
from priorwire.model.lifecycle import Attachment as State
from tests.integration.gateway.conftest import TENANT, World, request_for

PDF = b"%PDF-1.7 an example page"


def pended_with_an_echo(world: World) -> TransactionRow:
    """The payer reviews, and repeats the request's PWK behind its decision."""

    def fate(message: Message, _payload: bytes) -> SendOutcome:
        answer = world.simulator.exchange(message.payload, "test").payload
        found = re.search(rb"PWK\*[^~]*~", message.payload)
        assert found is not None
        counted = re.sub(rb"SE\*(\d+)", lambda count: b"SE*%d" % (int(count[1]) + 1), answer)
        return Final(payload=re.sub(rb"(HCR\*[^~]*~)", rb"\1" + found[0], counted, count=1), simulated=True)

    world.core.fates = [fate]
    return world.submit(request_for("PENDREVIEW", attachments=(Attachment(report_type="RR"),)))


def test_what_the_payer_only_repeats_is_not_wanted(world: World) -> None:
    row = pended_with_an_echo(world)
    latest = queries.transaction(world.services, TENANT, row.id).latest
    assert latest is not None
    assert isinstance(latest.record, AuthorizationRecord)
    assert latest.record.requested_documents == ()
    assert [each.code for each in latest.record.repeated_documents] == ["RR"]
    (leaf,) = explain_stored(world.services, TENANT, row.id, "repeated_documents[0].code").leaves
    assert (leaf.value, leaf.place.source.segment) == ("RR", "PWK")


def test_the_document_still_goes_as_it_was_announced(world: World) -> None:
    row = pended_with_an_echo(world)
    command = AttachCommand(tenant=TENANT, actor="test", transaction_id=row.id, content=PDF)
    sent = attach_document(world.services, command).row
    assert (sent.state, sent.solicited) == (State.ACKNOWLEDGED, False)
    assert sent.control_number == f"{row.trace_number}-D1"
