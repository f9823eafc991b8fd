"""The page about FHIR names every field of the model, and every loss that the mapping declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest

from priorwire.mapping.fhir.loss import Declared
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest, ServiceDecision, ServiceLine
from priorwire.model.eligibility import Benefit, Coverage, EligibilityInquiry
from tests.docs.fhir_page import TABLES

PARTS: Mapping[str, dict[str, Any]] = {
    "Claim": {"": AuthorizationRequest, "services[].": ServiceLine},
    "ClaimResponse": {"": AuthorizationRecord, "services[].": ServiceDecision},
    "CoverageEligibilityRequest": {"": EligibilityInquiry},
    "CoverageEligibilityResponse": {"": Coverage, "benefits[].": Benefit},
}


@pytest.mark.parametrize(("title", "resource", "places", "losses"), TABLES)
def test_every_field_has_a_place_or_is_lost(
    title: str, resource: str, places: Mapping[str, str], losses: Declared
) -> None:
    every = {f"{prefix}{each.name}" for prefix, model in PARTS[resource].items() for each in fields(model)}
    nowhere = every - set(places) - set(losses.always)
    assert not nowhere, title
    assert set(places) <= every
    assert not set(places) & set(losses.always)
