"""FHIR and the API say the same of a review, whatever a payer replies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorwire.mapping import read_278
from priorwire.mapping.fhir import ReplyContext, read_response, write_response
from priorwire.mapping.fhir.systems import pas
from priorwire.model.authorization import AuthorizationRecord, ReviewStatus
from tests.unit.mapping.pas_bundles import decided, response
from tests.unit.mapping.samples import placed
from tests.unit.mapping.samples import response as reply

CONTEXT = ReplyContext(reference="PW1", at=datetime(2026, 12, 1, tzinfo=UTC))
OPEN = {ReviewStatus.PENDED, ReviewStatus.CONTACT_PAYER, ReviewStatus.UNKNOWN}
FINAL = {"A1": "APPROVED", "A2": "PARTIALLY_APPROVED", "A3": "DENIED", "A6": "APPROVED_MODIFIED", "C": "CANCELLED"}

_CODES = st.sampled_from(["A1", "A2", "A3", "A4", "A6", "C", "CT", "NA", "I1"])
_LEVEL = st.tuples(st.lists(st.just("AAA*N**57*C"), max_size=1), st.lists(_CODES.map("HCR*{}*N1".format), max_size=2))


def record_of(event: tuple[list[str], list[str]], services: list[tuple[list[str], list[str]]]) -> AuthorizationRecord:
    lines = [
        f"HL*{number}*4*SS*0\n" + "\n".join((*refused, *said, "SV1*HC:97110**UN*3"))
        for number, (refused, said) in enumerate(services, 5)
    ]
    (found,) = read_278(placed("278-response", reply("\n".join((*event[0], "UM*HS*I*1", *event[1], *lines)))))
    return found.record


def header_code(claim: dict[str, Any]) -> str | None:
    for each in claim.get("adjudication", ()):
        for action in each.get("extension", ()):
            for part in action["extension"]:
                if part["url"] == pas("reviewActionCode"):
                    codings = part["valueCodeableConcept"].get("coding", [{}])
                    code: str | None = codings[0].get("code")
                    return code
    return None


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_LEVEL, st.lists(_LEVEL, max_size=3))
def test_a_reply_is_in_fhir_what_it_is_in_the_api(
    event: tuple[list[str], list[str]], services: list[tuple[list[str], list[str]]]
) -> None:
    record = record_of(event, services)
    written = write_response(record, CONTEXT)
    claim = written.document["entry"][0]["resource"]
    back = read_response(written.document).record
    assert back.status is record.status
    assert "status" not in {each.path for each in written.losses}
    assert (claim["outcome"] == "error") is (record.status is ReviewStatus.REJECTED)
    if record.status in OPEN:
        assert claim["outcome"] == "partial"
    if claim["outcome"] == "complete":
        assert not OPEN & {record.status, *(each.status for each in record.services)}
    code = header_code(claim)
    if code in FINAL:
        assert record.status is ReviewStatus[FINAL[code]]
    assert [each.status for each in back.services if each.status not in OPEN] == [
        each.status
        for each in record.services
        if each.status not in OPEN and not (each.status is ReviewStatus.REJECTED and not _named(record, each))
    ]


def _named(record: AuthorizationRecord, service: object) -> bool:
    """Whether an error names it: a refusal of the whole is told of the whole."""
    number = next(index for index, each in enumerate(record.services, 1) if each is service)
    return any(each.service == number for each in record.rejections)


def test_an_approval_that_a_service_takes_back_has_no_code_of_an_approval() -> None:
    taken_back = record_of(([], ["HCR*A1*N1"]), [([], ["HCR*A3**0F"])])
    in_part = record_of(([], ["HCR*A1*N1"]), [([], ["HCR*A3**0F"]), ([], ["HCR*A1*N1"])])
    claims = [write_response(each, CONTEXT).document["entry"][0]["resource"] for each in (taken_back, in_part)]
    assert [(header_code(each), each["outcome"]) for each in claims] == [(None, "partial"), ("A2", "complete")]


@pytest.mark.parametrize(
    ("whole", "items", "status"),
    [
        ("A1", ("A3",), ReviewStatus.UNKNOWN),
        ("A1", ("A3", "A1"), ReviewStatus.PARTIALLY_APPROVED),
        ("A1", ("A4", "A1"), ReviewStatus.PENDED),
        ("A1", ("A1",), ReviewStatus.APPROVED),
        ("A3", ("A1",), ReviewStatus.DENIED),
    ],
)
def test_what_others_promise_of_the_whole_is_held_against_their_items(
    whole: str, items: tuple[str, ...], status: ReviewStatus
) -> None:
    listed = [{"itemSequence": number, "adjudication": decided(code)} for number, code in enumerate(items, 1)]
    assert read_response(response(*listed, adjudication=decided(whole))).record.status is status
