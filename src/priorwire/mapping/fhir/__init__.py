"""FHIR R4, both ways: Da Vinci PAS 2.2 for reviews, CoverageEligibility for coverage. In plain dicts.

Writing: `write_request`, `write_response`, `write_eligibility_request` and
`write_eligibility_response` give a document and its losses. Reading: `read_request`,
`read_response`, `read_inquiry`, `read_eligibility_request` and `read_eligibility_response` give
the model's words and the losses, or raise `InvalidRequest` with every fault at its FHIRPath.
A loss names a place that the other side has none for; nothing is dropped in silence.
"""

from __future__ import annotations

from priorwire.mapping.fhir.asked_parties import with_inquirer, with_parties
from priorwire.mapping.fhir.eligibility_request import read_eligibility_request, write_eligibility_request
from priorwire.mapping.fhir.eligibility_response import write_eligibility_response
from priorwire.mapping.fhir.eligibility_response_read import read_eligibility_response
from priorwire.mapping.fhir.loss import Declared, Loss
from priorwire.mapping.fhir.matching import match
from priorwire.mapping.fhir.pas_inquiry import read_inquiry
from priorwire.mapping.fhir.pas_request import Written, claim_type, settled, write_request
from priorwire.mapping.fhir.pas_request_read import read_request
from priorwire.mapping.fhir.pas_response import ReplyContext, write_response
from priorwire.mapping.fhir.pas_response_read import read_response

__all__ = [
    "Declared",
    "Loss",
    "ReplyContext",
    "Written",
    "claim_type",
    "match",
    "read_eligibility_request",
    "read_eligibility_response",
    "read_inquiry",
    "read_request",
    "read_response",
    "settled",
    "with_inquirer",
    "with_parties",
    "write_eligibility_request",
    "write_eligibility_response",
    "write_request",
    "write_response",
]
