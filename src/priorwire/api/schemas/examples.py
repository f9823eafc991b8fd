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
        "relationship": "spouse",
        "birth_date": "1982-06-01",
        "gender": "male",
        "numbers": [{"kind": "patient_account", "number": "CHART-1042"}],
        "address": {"line1": "2 EXAMPLE WAY", "city": "SAMPLETON", "state": "WA", "postal_code": "98101-0001"},
    },
    "category": "health_services",
    "kind": "initial",
    "service_type": "62",
    "place_of_service": "22",
    "urgency": "elective",
    "accident": {"causes": ["auto_accident"], "on": "2026-01-10", "state": "WA"},
    "information_release": "Y",
    "diagnoses": [{"code": "M54.16", "kind": "principal"}, {"code": "G89.29", "on": "2026-01-15"}],
    "event_dates": {"start": "2026-12-14", "end": "2027-01-29"},
    "onset": "2026-01-12",
    "conditions": [{"category": "functional_limitations", "codes": ["AL"]}],
    "attachments": [
        {"report_type": "RR", "way": "fax", "control_number": "XRAY-1042", "description": "X-ray of January"}
    ],
    "providers": [
        {
            "person": {"last": "SAMPLE", "first": "RILEY", "prefix": "DR"},
            "npi": "1999999984",
            "role": "rendering",
            "taxonomy": "207X00000X",
            "numbers": [{"kind": "state_license", "number": "MD60000000", "state": "WA"}],
        },
        {"organization": "EXAMPLE IMAGING", "npi": "1000000004", "role": "facility"},
    ],
    "services": [
        {
            "procedure": {"code": "72148", "system": "cpt_hcpcs", "modifiers": ["TC"]},
            "quantity": {"value": "1", "unit": "units"},
            "dates": {"start": "2026-12-14"},
            "charge": "850.00",
            "diagnosis_numbers": [1, 2],
            "note": "Without contrast.",
        },
        {
            "procedure": {"code": "97110", "modifiers": ["GP"]},
            "service_type": "PT",
            "place_of_service": "11",
            "quantity": {"value": "12", "unit": "visits"},
            "delivery": {"per": "week", "every": "1", "period": "week", "periods": 6},
            "dates": {"start": "2026-12-21", "end": "2027-01-29"},
            "providers": [{"organization": "EXAMPLE THERAPY", "npi": "1000000012", "role": "clinic"}],
        },
    ],
    "note": "Conservative care for six weeks without relief.",
    "client_reference": "visit-1042",
}

#: What only some lines of care have.
RARE_PARTS: dict[str, Any] = {
    "admission": {"admitted": {"start": "2026-12-14"}, "days": {"value": "3", "unit": "days"}, "type_code": "3"},
    "ambulance": {
        "trip": "initial",
        "reason": "A",
        "distance_miles": "12",
        "places": [
            {"role": "pick_up", "address": {"line1": "2 EXAMPLE WAY", "city": "SAMPLETON", "state": "WA"}},
            {
                "role": "drop_off",
                "name": "EXAMPLE HOSPITAL",
                "address": {"line1": "3 EXAMPLE WAY", "city": "SAMPLETON", "state": "WA"},
            },
        ],
    },
    "spinal_manipulation": {"nature": "A", "treatment_number": 1, "treatments_in_series": "12", "first_level": "L5"},
    "oxygen": {"equipment": ["A"], "flow_rate": "2", "saturation": "87", "delivery_system": "A"},
    "home_health": {
        "prognosis": "4",
        "started": "2026-12-14",
        "certification_period": {"start": "2026-12-14", "end": "2027-02-11"},
        "surgery": {"code": "27447"},
        "surgery_on": "2026-01-20",
        "last_stay": {"start": "2026-01-20", "end": "2026-01-24"},
        "discharged_from": "A",
    },
    "other_reviews": [
        {"role": "00", "organization": "EXAMPLE INSURER", "reasons": ["NOT COVERED"], "on": "2026-01-05"}
    ],
    "dental": {"teeth": [{"number": "14", "surfaces": ["M", "O"]}]},
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
    "subscriber": {
        **SMALL_ELIGIBILITY["subscriber"],
        "gender": "female",
        "group_number": "GRP-100",
        "numbers": [{"kind": "card", "number": "CARD-0001"}],
    },
    "dependent": {
        "name": {"last": "EXAMPLE", "first": "CASEY"},
        "relationship": "spouse",
        "birth_date": "1982-06-01",
        "gender": "male",
        "numbers": [{"kind": "patient_account", "number": "CHART-1042"}],
    },
    "service_types": ["30", "62"],
    "procedures": [{"code": "72148", "modifiers": ["TC"]}],
    "diagnoses": [{"code": "M54.16", "kind": "principal"}],
    "place_of_service": "22",
    "referral_number": "REFERRAL-0001",
    "dates": {"start": "2026-12-14"},
    "card_issued": "2026-01-01",
    "client_reference": "visit-1042",
}

JOIN: dict[str, Any] = {"action": "join", "transaction_id": "auth_01example"}

DISMISSAL: dict[str, Any] = {"action": "dismiss", "reason": "It is about another practice's patient."}

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

DOCUMENT: dict[str, Any] = {
    "content": "JVBERi0xLjQKJSBhbiBleGFtcGxlCg==",
    "announced": 0,
    "description": "report of the MRI",
}

TEXT_DOCUMENT: dict[str, Any] = {"text": "EXAMPLE: six weeks of physical therapy.", "loinc": "18776-5"}

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
