"""What a practice may write: the published JSON schemas, and the page with a request of each line of care."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from priorwire.api.schemas.requests import AuthorizationIn, EligibilityIn

STORIES = Path(__file__).parents[2] / "sample_transactions"
_SCHEMAS = "docs/reference/schemas"
#: Who is asked about whom and for what: it stands in nearly every request, and belongs to no line of care.
_COMMON = frozenset(
    {"payer_id", "requester", "subscriber", "service_type", "diagnoses", "services", "client_reference"}
)
_COMMON_OF_A_SERVICE = frozenset({"procedure", "quantity", "dates"})

#: A line of care, and the story whose request shows it.
LINES_OF_CARE: Mapping[str, str] = {
    "Imaging": "11-imaging-in-part",
    "Surgery": "12-knee-surgery",
    "Physical therapy": "13-physical-therapy-extended",
    "Durable medical equipment": "14-power-wheelchair",
    "Oxygen": "26-oxygen-at-home",
    "Home health care": "15-home-health-renewed",
    "Infusion": "16-infusion-call-the-payer",
    "Inpatient admission": "22-emergency-admission",
    "Behavioural inpatient": "17-behavioural-inpatient",
    "Genetic test": "18-genetic-test-not-required",
    "Ambulance": "19-ambulance-transport",
    "Dental implant": "20-dental-implant-appealed",
    "Specialty referral": "21-specialty-referral-of-a-child",
    "Chiropractic care": "27-chiropractic-care",
}


def schema_of(body: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a body, with its dialect; its examples stand in it, the smallest first."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **body.model_json_schema()}


def schema_text(body: type[BaseModel]) -> str:
    return json.dumps(schema_of(body), indent=2, ensure_ascii=False) + "\n"


def request_of(story: str) -> dict[str, Any]:
    """The body of a story."""
    body: dict[str, Any] = json.loads((STORIES / story / "request.json").read_text(encoding="utf-8"))
    return body


def requests_page(made: str) -> str:
    return "\n".join(
        (
            "# Requests",
            "",
            made,
            "",
            "The bodies that `POST /v1/authorizations` and `POST /v1/eligibility-checks` take, as JSON schemas:",
            "[authorization request](schemas/authorization-request.schema.json) and",
            "[eligibility inquiry](schemas/eligibility-inquiry.schema.json). Each begins with the smallest body that",
            "is taken, then one with most of what can be said, under `examples`.",
            "",
            "A request names who asks, the member, the diagnoses and the services. What a line of care adds to that is",
            "in the last column; the file is a whole request that a test sends.",
            "",
            "| Line of care | Request | Adds |",
            "|---|---|---|",
            *(_row(line, story) for line, story in LINES_OF_CARE.items()),
            "",
            "Every other kind of request, and every kind of answer, is in the table of",
            "[sample_transactions](../../sample_transactions/README.md).",
            "",
        )
    )


def _row(line: str, story: str) -> str:
    adds = ", ".join(f"`{name}`" for name in additions(request_of(story)))
    return f"| {line} | [{story}](../../sample_transactions/{story}/request.json) | {adds} |"


def additions(body: Mapping[str, Any]) -> Iterator[str]:
    """Names of what a body says beside the common part, in its order."""
    yield from (name for name in body if name not in _COMMON)
    told = {name for service in body.get("services", ()) for name in service}
    yield from (f"services[].{name}" for name in sorted(told - _COMMON_OF_A_SERVICE))


def request_pages(made: str) -> dict[str, Callable[[], str]]:
    """The pages by their path."""
    return {
        "docs/reference/requests.md": lambda: requests_page(made),
        f"{_SCHEMAS}/authorization-request.schema.json": lambda: schema_text(AuthorizationIn),
        f"{_SCHEMAS}/eligibility-inquiry.schema.json": lambda: schema_text(EligibilityIn),
    }
