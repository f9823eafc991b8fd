"""The published schemas take what the API takes, and their examples are real requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from priorwire.api.schemas import examples
from priorwire.api.schemas.requests import AuthorizationIn, EligibilityIn
from tests.docs.request_pages import LINES_OF_CARE, STORIES, additions, request_of

SCHEMAS = Path(__file__).parents[2] / "docs/reference/schemas"
REQUESTS = sorted(each.parent.name for each in STORIES.glob("*/request.json"))


def published(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def schema_for(story: str) -> dict[str, Any]:
    return published("eligibility-inquiry" if "eligibility" in story else "authorization-request")


@pytest.mark.parametrize("name", ["authorization-request", "eligibility-inquiry"])
def test_a_published_schema_is_one_and_takes_its_own_examples_the_smallest_first(name: str) -> None:
    schema = published(name)
    jsonschema_rs.meta.validate(schema)
    sizes = [len(json.dumps(each)) for each in schema["examples"]]
    assert sizes == sorted(sizes)
    for example in schema["examples"]:
        jsonschema_rs.validate(schema, example)


@pytest.mark.parametrize("story", REQUESTS)
def test_each_storys_request_is_what_the_published_schema_says(story: str) -> None:
    jsonschema_rs.validate(schema_for(story), request_of(story))


@pytest.mark.parametrize("story", REQUESTS)
def test_an_unknown_field_is_refused_by_the_published_schema_too(story: str) -> None:
    assert not jsonschema_rs.is_valid(schema_for(story), {**request_of(story), "no_such_field": 1})


def test_the_smallest_examples_are_those_of_the_api() -> None:
    assert published("authorization-request")["examples"][0] == examples.SMALL_AUTHORIZATION
    assert published("eligibility-inquiry")["examples"][0] == examples.SMALL_ELIGIBILITY


@pytest.mark.parametrize("line", LINES_OF_CARE)
def test_each_line_of_care_adds_something_that_the_api_reads(line: str) -> None:
    body = request_of(LINES_OF_CARE[line])
    assert AuthorizationIn.model_validate(body).to_model().diagnoses
    assert list(additions(body))


def test_a_field_of_the_schema_has_the_name_of_the_api() -> None:
    for name, body in (("authorization-request", AuthorizationIn), ("eligibility-inquiry", EligibilityIn)):
        assert set(published(name)["properties"]) == set(body.model_fields)
