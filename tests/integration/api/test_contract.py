"""The OpenAPI document against the application: what it promises is what is answered."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.api.conftest import Api

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


BOUNDED = settings(
    max_examples=20, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def operations(api: Api) -> list[APIOperation[Any, Any, Any, Any]]:
    """Every operation of the document, none of which may be wrong in itself."""
    found = list(schemathesis.openapi.from_asgi("/openapi.json", api.app).get_all_operations())
    well = [each.ok() for each in found if isinstance(each, Ok)]
    assert len(well) == len(found) >= 14
    return well


def test_every_operation_answers_as_its_document_says(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.key()}"}
    for operation in operations(api):

        @BOUNDED
        @given(operation.as_strategy())
        def answers(case: Case[Any]) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        answers()


def test_without_a_key_every_operation_says_so_as_documented(api: Api) -> None:
    for operation in operations(api):
        if "security" in operation.definition.raw:

            @settings(BOUNDED, max_examples=3)
            @given(operation.as_strategy())
            def refuses(case: Case[Any]) -> None:
                case.headers.pop("Authorization", None)
                answer = case.call(headers={"Authorization": "Bearer pw_UNKNOWN"})
                assert answer.status_code in {401, 404, 422}
                case.validate_response(answer, checks=CHECKS)

            refuses()
