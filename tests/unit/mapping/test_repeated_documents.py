"""Documents that a reply asks for, apart from those that the request announced and the reply only repeats."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.mapping import Reading, announced, build_278, read_278, told_apart
from priorwire.mapping.trace import leaves
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest, PendedFor, ReviewStatus
from priorwire.model.care import Attachment, AttachmentWay
from tests import maximal
from tests.unit.mapping.samples import placed, reread, response


def reading(event: str, *services: str) -> Reading[AuthorizationRecord]:
    lines = (f"HL*{number}*4*SS*0\n{segments}" for number, segments in enumerate(services, 5))
    (found,) = read_278(placed("278-response", response("\n".join((event, *lines)))))
    return found


OURS = (
    Attachment(report_type="M1", way=AttachmentWay.ELECTRONIC, control_number="Ctl1"),
    Attachment(report_type="OB", way=AttachmentWay.VOICE),
)


def codes(record: AuthorizationRecord) -> tuple[list[str], list[str]]:
    return [each.code for each in record.requested_documents], [each.code for each in record.repeated_documents]


def test_what_the_request_announced_and_the_reply_repeats_is_not_wanted() -> None:
    said = reading("HCR*A4\nPWK*M1*EL***AC*CTL1\nPWK*OB*VO\nPWK*OZ*FX", "HCR*A4\nPWK*M1*EL***AC*Ctl1")
    assert codes(said.record) == (["M1", "OB", "OZ", "M1"], [])
    apart = told_apart(said, OURS)
    assert codes(apart.record) == (["OZ"], ["M1", "OB", "M1"])
    assert [each.service for each in apart.record.repeated_documents] == [None, None, 1]


@pytest.mark.parametrize("sent", ["PWK*M1*EL***AC*OTHER", "PWK*M1*EL", "PWK*M1*FX***AC*Ctl1", "PWK*RR*EL***AC*Ctl1"])
def test_another_number_way_or_report_is_asked_for(sent: str) -> None:
    said = reading(f"HCR*A4\n{sent}\nHI*LOI:18842-5")
    assert told_apart(said, OURS) is said


def test_a_review_does_not_wait_for_what_is_only_repeated() -> None:
    said = reading("HCR*A4\nPWK*M1*EL***AC*Ctl1", "SV1*HC:97110", "HCR*A4\nPWK*M1*EL***AC*Ctl1", "HCR*A4\nPWK*OZ*FX")
    apart = told_apart(said, OURS)
    assert said.record.pended_for is PendedFor.INFORMATION
    assert [each.pended_for for each in apart.record.services] == [
        PendedFor.INFORMATION, PendedFor.NOT_STATED, PendedFor.INFORMATION,
    ]  # fmt: skip
    without = told_apart(reading("HCR*A4\nPWK*M1*EL***AC*Ctl1", "SV1*HC:97110"), OURS)
    assert (without.record.pended_for, without.record.services[0].pended_for) == (PendedFor.NOT_STATED,) * 2
    assert without.sources["pended_for"].segment == "HCR"


def test_a_reason_says_that_information_is_wanted_all_the_same() -> None:
    apart = told_apart(reading("HCR*A4**0U\nPWK*M1*EL***AC*Ctl1"), OURS)
    assert (apart.record.pended_for, codes(apart.record)) == (PendedFor.INFORMATION, ([], ["M1"]))


def test_available_on_request_is_what_only_a_provider_says() -> None:
    said = reading("HCR*A4\nPWK*M1*AA", "HCR*A4\nPWK*M1*AA")
    assert (codes(said.record), said.record.pended_for) == (([], ["M1", "M1"]), PendedFor.NOT_STATED)
    assert said.record.services[0].pended_for is PendedFor.NOT_STATED
    assert said.sources["repeated_documents[1].code"].rule == "document announced by the request"


_PWK = st.builds(
    "PWK*{}*{}{}".format,
    st.sampled_from(["M1", "OB", "OZ"]),
    st.sampled_from(["EL", "FX", "AA", "VO"]),
    st.sampled_from(["***AC*Ctl1", "***AC*N2", ""]),
)
_LEVEL = st.tuples(st.sampled_from(["", "HCR*A4", "HCR*A4**0U", "HCR*A1*N1"]), st.lists(_PWK, max_size=3))


@settings(max_examples=150, deadline=None)
@given(_LEVEL, st.lists(_LEVEL, max_size=2))
def test_nothing_is_lost_and_every_leaf_keeps_its_source(
    event: tuple[str, list[str]], services: list[tuple[str, list[str]]]
) -> None:
    head, *lines = ["\n".join(filter(None, ("UM*HS*I*1", said, *sent))) for said, sent in (event, *services)]
    before = reading(head, *lines)
    after = told_apart(before, OURS)
    assert set(leaves(after.record)) == set(after.sources)
    whole, apart = (sorted(itertools.chain(*codes(each.record))) for each in (before, after))
    assert apart == whole
    assert told_apart(after, OURS).record == after.record
    assert after.record.status is before.record.status
    waits = [after.record.pended_for, *(each.pended_for for each in after.record.services)]
    pended = [after.record.status, *(each.status for each in after.record.services)]
    assert [each is not None for each in waits] == [each is ReviewStatus.PENDED for each in pended]


@pytest.mark.parametrize("request_", maximal.requests(), ids=["event", "admission", "reservation"])
def test_a_reply_that_repeats_our_own_announcements_wants_none_of_them(request_: AuthorizationRequest) -> None:
    sent = reread("278-request", build_278(request_, maximal.CONTEXT)).segments
    echoed = "\n".join("*".join(each.elements) for each in sent if each.id == "PWK")
    said = told_apart(reading(f"HCR*A4\n{echoed}"), announced(request_, maximal.CONTEXT))
    assert (said.record.requested_documents, len(said.record.repeated_documents)) == ((), echoed.count("PWK"))
