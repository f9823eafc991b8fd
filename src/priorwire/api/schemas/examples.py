"""Request bodies to start from: the least that is taken, and one with most of what can be said.

Everybody in them is invented. The full one is also what a faulty body is mended with, to look
for faults beyond the schema's (`priorwire.api.review`).
"""

from __future__ import annotations

from typing import Any

SMALL_AUTHORIZATION: dict[str, Any] = {
    "payer_id": "northwind-health",
    "requester": {"organization": "EXAMPLE SPINE CLINIC", "npi": "1234567893"},
    "subscriber": {
        "member_id": "EX0000001APPROVE",
        "name": {"last": "EXAMPLE", "first": "AVERY"},
        "birth_date": "1980-02-29",
    },
    "service_type": "62",
    "diagnoses": [{"code": "M54.16", "kind": "principal"}],
    "services": [{"procedure": {"code": "72148"}}],
}

FULL_AUTHORIZATION: dict[str, Any] = {
    "payer_id": "northwind-health",
    "requester": {
        "organization": "EXAMPLE SPINE CLINIC",
        "npi": "1234567893",
        "tax_id": "123456789",
        "taxonomy": "207X00000X",
        "address": {
            "line1": "1 EXAMPLE WAY",
            "line2": "SUITE 2",
            "city": "SAMPLETON",
            "state": "WA",
            "postal_code": "98101",
        },
        "contact": {
            "name": "PAT SAMPLE",
            "telephone": "2025550101",
            "fax": "2025550102",
            "email": "pat@clinic.example",
        },
    },
    "subscriber": {
        "member_id": "EX0000002APPROVE",
        "name": {"last": "EXAMPLE", "first": "AVERY", "middle": "B", "suffix": "JR"},
        "birth_date": "1980-02-29",
        "gender": "female",
        "group_number": "GRP-100",
        "address": {"line1": "2 EXAMPLE WAY", "city": "SAMPLETON", "state": "WA", "postal_code": "98101-0001"},
    },
    "dependent": {
        "name": {"last": "EXAMPLE", "first": "CASEY"},
        "relationship": "child",
        "birth_date": "2015-06-01",
        "gender": "male",
    },
    "category": "health_services",
    "kind": "initial",
    "service_type": "62",
    "place_of_service": "22",
    "urgency": "elective",
    "diagnoses": [{"code": "M54.16", "kind": "principal"}, {"code": "G89.29", "on": "2026-01-15"}],
    "event_dates": {"start": "2026-12-14", "end": "2026-12-28"},
    "providers": [
        {
            "person": {"last": "SAMPLE", "first": "RILEY"},
            "npi": "1999999984",
            "role": "rendering",
            "taxonomy": "207X00000X",
        },
        {"organization": "EXAMPLE IMAGING", "npi": "1000000004", "role": "facility"},
    ],
    "services": [
        {
            "procedure": {"code": "72148", "system": "cpt_hcpcs", "modifiers": ["TC"]},
            "quantity": {"value": "1", "unit": "units"},
            "dates": {"start": "2026-12-14"},
            "note": "Without contrast.",
        }
    ],
    "note": "Conservative care for six weeks without relief.",
    "client_reference": "visit-1042",
}

SMALL_ELIGIBILITY: dict[str, Any] = {
    "payer_id": "northwind-health",
    "provider": {"organization": "EXAMPLE SPINE CLINIC", "npi": "1234567893"},
    "subscriber": {
        "member_id": "EX0000001ELIG1",
        "name": {"last": "EXAMPLE", "first": "AVERY"},
        "birth_date": "1980-02-29",
    },
}

FULL_ELIGIBILITY: dict[str, Any] = {
    **SMALL_ELIGIBILITY,
    "subscriber": {**SMALL_ELIGIBILITY["subscriber"], "gender": "female", "group_number": "GRP-100"},
    "dependent": {"name": {"last": "EXAMPLE", "first": "CASEY"}, "relationship": "child", "birth_date": "2015-06-01"},
    "service_types": ["30"],
    "procedures": [{"code": "72148", "modifiers": ["TC"]}],
    "place_of_service": "22",
    "dates": {"start": "2026-12-14"},
    "client_reference": "visit-1042",
}

SMALL_COMPLETION: dict[str, Any] = {"outcome": "submitted", "reference": "PORTAL-0001"}

FULL_COMPLETION: dict[str, Any] = {
    "outcome": "approved",
    "reference": "PORTAL-0001",
    "authorization_number": "AUTH-0001",
    "effective_date": "2026-12-14",
    "expiration_date": "2027-03-13",
    "quantity": "1",
    "unit": "units",
    "note": "Read on the portal's confirmation page.",
    "attachments": ["JVBERi0xLjQKJSBhbiBleGFtcGxlCg=="],
}

SUBSCRIPTION: dict[str, Any] = {"url": "https://hooks.example.com/priorwire"}

USE: dict[str, Any] = {
    "on": "2026-12-14",
    "procedure": {"code": "72148"},
    "quantity": {"value": "1"},
    "claim_reference": "claim-2044",
    "provider_npi": "1234567893",
    "place_of_service": "22",
}

CLAIM: dict[str, Any] = {
    "procedure": {"code": "72148"},
    "dates": {"start": "2026-12-14"},
    "quantity": {"value": "1"},
    "authorization_number": "AUTH-0001",
    "rendering_npi": "1234567893",
    "place_of_service": "22",
    "claim_reference": "claim-2044",
}

SEARCH: dict[str, Any] = {"member_id": "EX0000001APPROVE", "service_date": "2026-12-14"}
