"""``/fhir``: a PAS bundle in and out through the whole gateway, and failures in FHIR's own shape."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.parameters import Parameters
from httpx2 import Response
from sqlalchemy import select

from priorwire.api.fhir.documents import FhirResponse
from priorwire.gateway.attach import attachments_of
from priorwire.gateway.rows import AttachmentRow
from priorwire.mapping import BuildContext
from priorwire.mapping.fhir import read_response, write_eligibility_request, write_request
from priorwire.model.authorization import AuthorizationRequest, RequestKind, ReviewStatus
from priorwire.model.care import Attachment, AttachmentWay
from priorwire.model.identifiers import TransactionId
from priorwire.model.lifecycle import Attachment as State
from priorwire.store.tables import AUDIT
from tests.integration.api.conftest import Api
from tests.integration.gateway.conftest import TENANT, inquiry_for, request_for
from tests.unit.mapping.pas_bundles import coded, ext

FHIR = {"content-type": "application/fhir+json"}
SUBMIT, INQUIRE = "/fhir/Claim/$submit", "/fhir/Claim/$inquire"


def context(api: Api, name: str = "1") -> BuildContext:
    return BuildContext(
        reference=f"B-{name}",
        trace_number=f"T-{name}",
        trace_assigner="9EXAMPLE00",
        at=api.world.clock.now(),
        payer=api.world.services.profiles["northwind-health"].identity,  # type: ignore[index]  # an id by its text
    )


def as_json(document: Any) -> Any:
    return json.loads(bytes(FhirResponse(document).body))


def asking(api: Api, request: AuthorizationRequest, name: str = "1") -> dict[str, Any]:
    document: dict[str, Any] = as_json(write_request(request, context(api, name)).document)
    return document


def post(api: Api, path: str, document: Any, **headers: str) -> Response:
    return api.client.post(path, content=json.dumps(document), headers=FHIR | headers)


def outcome(answer: Response, status: int, *codes: str) -> dict[str, Any]:
    """An OperationOutcome with exactly these codes of ours."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    body: dict[str, Any] = answer.json()
    OperationOutcome.model_validate(body)
    assert [each["details"]["coding"][0]["code"] for each in body["issue"]] == list(codes)
    return body


DECISIONS = [
    ("APPROVE", ReviewStatus.APPROVED, "complete", "A1"),
    ("MODIFY", ReviewStatus.APPROVED_MODIFIED, "complete", "A6"),
    ("DENY", ReviewStatus.DENIED, "complete", "A3"),
    ("PENDREVIEW", ReviewStatus.PENDED, "partial", "A4"),
    ("REJECT72", ReviewStatus.REJECTED, "error", None),
]


@pytest.mark.parametrize(("ending", "status", "how", "code"), DECISIONS)
def test_a_submitted_bundle_is_answered_with_what_the_payer_said(
    api: Api, ending: str, status: ReviewStatus, how: str, code: str | None
) -> None:
    sent = asking(api, request_for(ending))
    answer = post(api, SUBMIT, sent)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+json"
    body = answer.json()
    Bundle.model_validate(json.loads(answer.text, parse_float=Decimal))
    first = body["entry"][0]["resource"]
    assert (first["outcome"], first["request"]["reference"]) == (how, sent["entry"][0]["fullUrl"])
    assert body["identifier"]["value"] == "B-1"
    assert [each["itemSequence"] for each in first["item"]] == [1]
    assert code is None or f'"{code}"' in json.dumps(first["adjudication"])
    record = read_response(body).record
    shown = api.client.get(answer.headers["location"]).json()
    assert (record.status, record.authorization_number) == (status, shown["record"]["authorization_number"])
    assert {"Patient", "Organization", "Coverage"} <= {each["resource"]["resourceType"] for each in body["entry"]}


def test_what_the_278_cannot_carry_is_told_beside_the_answer(api: Api) -> None:
    sent = asking(api, request_for("APPROVE"))
    sent["entry"][0]["resource"]["item"][0]["udi"] = [{"display": "A SECRET"}]
    last = post(api, SUBMIT, sent).json()["entry"][-1]["resource"]
    OperationOutcome.model_validate(last)
    (told,) = [each for each in last["issue"] if each["expression"][0].startswith("Bundle")]
    assert (told["severity"], told["code"]) == ("information", "informational")
    assert told["expression"] == ["Bundle.entry[0].resource.item[0].udi"]
    assert "SECRET" not in json.dumps(last)


def test_a_caller_that_will_not_wait_gets_a_pend(api: Api) -> None:
    answer = post(api, SUBMIT, asking(api, request_for("APPROVE")), prefer="respond-async")
    first = answer.json()["entry"][0]["resource"]
    assert (first["outcome"], read_response(answer.json()).record.status) == ("partial", ReviewStatus.PENDED)
    assert first["processNote"][0]["text"].startswith("The payer has not answered yet")
    assert api.world.x217s() == 0


def test_the_same_key_again_sends_nothing_twice(api: Api) -> None:
    sent = asking(api, request_for("APPROVE"))
    first = post(api, SUBMIT, sent, **{"idempotency-key": "k-1"})
    again = post(api, SUBMIT, sent, **{"idempotency-key": "k-1"})
    assert again.json() == first.json()
    assert api.world.x217s() == 1
    outcome(
        post(api, SUBMIT, asking(api, request_for("DENY")), **{"idempotency-key": "k-1"}), 422, "idempotency_conflict"
    )
    outcome(post(api, SUBMIT, sent), 409, "conflict")


def test_who_sent_it_stands_in_the_audit(api: Api) -> None:
    post(api, SUBMIT, asking(api, request_for("APPROVE")))
    with api.world.store.read(TENANT) as uow:
        row = uow.transactions.listed(limit=1)[0]
    assert ("tests", "transaction.received", row.id) in audited(api)


def audited(api: Api) -> set[tuple[str, str, str]]:
    with api.world.store._engines.reading.connect() as connection:
        rows = connection.execute(select(AUDIT.c.actor, AUDIT.c.action, AUDIT.c.subject))
        return {(each.actor, each.action, each.subject) for each in rows}


# --- updates and inquiries ----------------------------------------------------------------------------------------


def test_an_update_that_names_its_claim_carries_the_number_that_the_payer_gave(api: Api) -> None:
    request = request_for("APPROVE", client_reference="urn:example:requests|R-1")
    first = post(api, SUBMIT, asking(api, request))
    number = read_response(first.json()).record.authorization_number
    extended = request_for("APPROVE", kind=RequestKind.EXTENSION, client_reference="urn:example:requests|R-2")
    sent = asking(api, extended, "2")
    earlier = {"type": "Claim", "identifier": {"system": "urn:example:requests", "value": "R-1"}}
    sent["entry"][0]["resource"]["related"][0]["claim"] = earlier
    post(api, SUBMIT, sent)
    with api.world.store.read(TENANT) as uow:
        row = uow.transactions.listed(limit=1)[0]
    assert isinstance(row.request, AuthorizationRequest)
    assert (row.request.kind, row.request.previous_authorization_number) == (RequestKind.EXTENSION, number)


def inquiring(api: Api, ending: str, **more: Any) -> dict[str, Any]:
    sent = asking(api, request_for(ending), "inquiry")
    claim = sent["entry"][0]["resource"]
    claim["extension"] = []
    claim["item"] = [
        {
            "sequence": 1,
            "productOrService": coded("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-applicable"),
        }
    ]
    for name in ("diagnosis", "supportingInfo", "careTeam"):
        claim.pop(name, None)
    claim.update(more)
    return sent


def found(answer: Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    body = answer.json()
    Parameters.model_validate(json.loads(answer.text, parse_float=Decimal))
    return [each["resource"] for each in body.get("parameter", []) if each["name"] == "return"]


def test_an_inquiry_is_answered_with_how_it_stands_now(api: Api) -> None:
    post(api, SUBMIT, asking(api, request_for("APPROVE")), prefer="respond-async")
    (waiting,) = found(post(api, INQUIRE, inquiring(api, "APPROVE")))
    assert read_response(waiting).record.status is ReviewStatus.PENDED
    assert api.world.tick() == 1
    (now,) = found(post(api, INQUIRE, inquiring(api, "APPROVE")))
    record = read_response(now).record
    assert record.status is ReviewStatus.APPROVED
    assert now["meta"]["profile"][0].endswith("profile-pas-inquiry-response-bundle")
    by_number = [ext("authorizationNumber", valueString=record.authorization_number)]
    assert len(found(post(api, INQUIRE, inquiring(api, "APPROVE", extension=by_number)))) == 1
    other = [ext("authorizationNumber", valueString="ANOTHER")]
    assert found(post(api, INQUIRE, inquiring(api, "APPROVE", extension=other))) == []


def test_an_inquiry_finds_by_code_and_never_another_member_or_tenant(api: Api) -> None:
    post(api, SUBMIT, asking(api, request_for("DENY")))
    code = request_for("DENY").services[0].procedure.code
    for wanted, count in ((code, 1), ("99999", 0)):
        item = {"sequence": 1, "productOrService": coded("http://www.ama-assn.org/go/cpt", wanted)}
        assert len(found(post(api, INQUIRE, inquiring(api, "DENY", item=[item])))) == count
    assert found(post(api, INQUIRE, inquiring(api, "APPROVE"))) == []
    stranger = api.caller(tenant="another")
    answer = stranger.post(INQUIRE, content=json.dumps(inquiring(api, "DENY")), headers=FHIR)
    assert found(answer) == []


# --- coverage -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/fhir/CoverageEligibilityRequest", "/fhir/CoverageEligibilityRequest/$submit"])
def test_a_question_about_coverage_is_answered(api: Api, path: str) -> None:
    sent = as_json(write_eligibility_request(inquiry_for("ACTIVE"), context(api)).document)
    answer = post(api, path, sent)
    assert answer.status_code == 200, answer.text
    Bundle.model_validate(json.loads(answer.text, parse_float=Decimal))
    first = answer.json()["entry"][0]["resource"]
    assert (first["resourceType"], first["outcome"]) == ("CoverageEligibilityResponse", "complete")
    assert first["insurance"][0]["inforce"] is True
    assert api.client.get(answer.headers["location"]).json()["status"] == "active"


def test_what_a_270_has_no_place_for_is_left_out_and_told(api: Api) -> None:
    sent = as_json(write_eligibility_request(inquiry_for("ACTIVE"), context(api)).document)
    requester = sent["entry"][0]["resource"]["provider"]["reference"]
    place = next(n for n, each in enumerate(sent["entry"]) if each["fullUrl"] == requester)
    assert sent["entry"][place]["resource"]["contact"]
    last = post(api, "/fhir/CoverageEligibilityRequest", sent).json()["entry"][-1]["resource"]
    (told,) = [each for each in last["issue"] if each["expression"] == [f"Bundle.entry[{place}].resource"]]
    assert told["details"]["coding"][0]["code"] == "no_place"
    assert "contact" in told["details"]["text"]


# --- failures -----------------------------------------------------------------------------------------------------


def test_faults_come_with_fhirpath_and_our_codes(api: Api) -> None:
    sent = asking(api, request_for("APPROVE"))
    claim = sent["entry"][0]["resource"]
    claim["use"], claim["status"] = "claim", "draft"
    body = outcome(post(api, SUBMIT, sent), 422, "use", "status")
    assert [each["expression"] for each in body["issue"]] == [
        ["Bundle.entry[0].resource.use"],
        ["Bundle.entry[0].resource.status"],
    ]


def test_a_rule_of_the_json_schema_is_told_at_the_element(api: Api) -> None:
    sent = asking(api, request_for("APPROVE"))
    requester = sent["entry"][0]["resource"]["provider"]["reference"]
    place = next(n for n, each in enumerate(sent["entry"]) if each["fullUrl"] == requester)
    sent["entry"][place]["resource"]["identifier"][0]["value"] = "1234567890"
    body = outcome(post(api, SUBMIT, sent), 422, "npi_check_digit")
    assert body["issue"][0]["expression"] == [f"Bundle.entry[{place}].resource"]
    assert "1234567890" not in json.dumps(body)
    assert api.world.x217s() == 0


@pytest.mark.parametrize("text", ["", "{", "[1,", "NaN", "\xff"])
def test_what_is_no_json_is_refused(api: Api, text: str) -> None:
    answer = api.client.post(SUBMIT, content=text.encode("latin-1"), headers=FHIR)
    outcome(answer, 400, "unreadable")


def test_a_door_wants_a_key_with_its_scope(api: Api) -> None:
    scopes = {
        SUBMIT: "authorization.write",
        INQUIRE: "authorization.read",
        "/fhir/CoverageEligibilityRequest": "eligibility.write",
    }
    for path, scope in scopes.items():
        nobody = api.anonymous.post(path, content="{}", headers=FHIR)
        outcome(nobody, 401, "unauthorized")
        assert nobody.headers["www-authenticate"] == "Bearer"
        for other in set(scopes.values()) - {scope}:
            outcome(api.caller(frozenset({other})).post(path, content="{}", headers=FHIR), 403, "forbidden")
        assert api.caller(frozenset({scope})).post(path, content="{}", headers=FHIR).status_code == 422


def test_what_is_not_here_is_said_in_fhirs_shape(api: Api) -> None:
    outcome(api.client.get("/fhir/Patient/1"), 404, "not_found")
    outcome(api.client.get(SUBMIT), 405, "method_not_allowed")


def test_the_server_says_what_it_can_do(api: Api) -> None:
    answer = api.anonymous.get("/fhir/metadata")
    assert answer.status_code == 200
    CapabilityStatement.model_validate(answer.json())
    (rest,) = answer.json()["rest"]
    assert [each["type"] for each in rest["resource"]] == ["Claim", "CoverageEligibilityRequest"]


# --- documents that come with a Claim ---------------------------------------------------------------------------

PDF = b"%PDF-1.7 an example page"


def with_content(document: dict[str, Any], content_type: str, data: bytes, **more: Any) -> dict[str, Any]:
    """The bundle, its one announced document in it."""
    (info,) = (each for each in document["entry"][0]["resource"]["supportingInfo"] if "valueReference" in each)
    info["valueReference"] = {"reference": "urn:uuid:6f9619ff-8b86-4011-b42d-00c04fc964ff"}
    attachment = {"contentType": content_type, "data": base64.b64encode(data).decode()} | more
    held = {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": attachment}]}
    document["entry"].append({"fullUrl": info["valueReference"]["reference"], "resource": held})
    return document


def announcing(api: Api, ending: str, way: AttachmentWay = AttachmentWay.ELECTRONIC) -> dict[str, Any]:
    return asking(api, request_for(ending, attachments=(Attachment(report_type="RR", way=way),)))


def documents_of(api: Api, answer: Response) -> list[AttachmentRow]:
    transaction = TransactionId(answer.headers["location"].rpartition("/")[2])
    return list(attachments_of(api.world.services, TENANT, transaction))


@pytest.mark.parametrize(("content_type", "data"), [("application/pdf", PDF), ("text/plain", b"Six weeks of therapy.")])
def test_what_an_announced_document_holds_goes_to_the_payer(api: Api, content_type: str, data: bytes) -> None:
    answer = post(api, SUBMIT, with_content(announcing(api, "PENDREVIEW"), content_type, data))
    assert answer.status_code == 200, answer.text
    (sent,) = documents_of(api, answer)
    assert (sent.state, sent.solicited) == (State.ACKNOWLEDGED, False)
    assert [each.reached_payer for each in api.world.simulator.journal.entries("275")] == [True]


def test_the_same_bundle_again_sends_its_documents_once(api: Api) -> None:
    bundle_ = with_content(announcing(api, "PENDREVIEW"), "application/pdf", PDF)
    answers = [post(api, SUBMIT, bundle_, **{"idempotency-key": "one"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert len(documents_of(api, answers[0])) == 1
    assert len(api.world.simulator.journal.entries("275")) == 1


@pytest.mark.parametrize(
    ("content_type", "data", "way"),
    [
        ("application/zip", b"PK a zip", AttachmentWay.ELECTRONIC),
        ("application/pdf", PDF, AttachmentWay.MAIL),
    ],
)
def test_a_document_that_cannot_go_is_told_and_the_submission_stands(
    api: Api, content_type: str, data: bytes, way: AttachmentWay
) -> None:
    answer = post(api, SUBMIT, with_content(announcing(api, "PENDREVIEW", way), content_type, data))
    assert answer.status_code == 200
    assert documents_of(api, answer) == []
    told = [each for each in answer.json()["entry"][-1]["resource"]["issue"] if "entry[" in each["expression"][0]]
    assert [each["details"]["coding"][0]["code"] for each in told] == ["not_read"]
