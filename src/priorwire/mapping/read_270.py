"""Our own 270, read back: the inverse of `build_270` (005010X279A1).

In the spelling that is sent and in its normal form: see `read_278_request`. The first diagnosis
is the principal one; what `build_270` deliberately does not send is absent.
"""

from __future__ import annotations

from decimal import Decimal

from priorwire.mapping import spelling
from priorwire.mapping.read_request_care import number
from priorwire.mapping.read_request_parties import dependent, provider, subscriber
from priorwire.mapping.read_request_services import procedure, span
from priorwire.mapping.request_codes import (
    DEPENDENT_NUMBER_270,
    DIAGNOSIS_270,
    ELIGIBILITY_PROCEDURE,
    INQUIRER_NUMBER,
    INQUIRER_PRV,
    RELATIONSHIP_270,
    SUBSCRIBER_NUMBER_270,
    inverse,
)
from priorwire.model.authorization import Diagnosis
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.parties import Provider, ProviderRole
from priorwire.x12 import LoopNode, Segment

_DIAGNOSES, _ROLES = inverse(DIAGNOSIS_270), inverse(INQUIRER_PRV)


def read_270(root: LoopNode, payer_id: str) -> EligibilityInquiry:
    """The question that a placed 270 asks about its (only) patient.

    Args:
        root: the set, placed by the guide of a 270.
        payer_id: our id of the payer, which no transaction carries.

    Raises:
        ValueError: nobody asks, or there is no subscriber.
    """
    names = {loop_id: next(iter(root.find_loops(loop_id)), None) for loop_id in ("2100B", "2100C", "2100D")}
    asking, insured, covered = names.values()
    if asking is None or insured is None:
        raise ValueError("not a question about coverage: a level is missing")
    patient = covered or insured
    questions = patient.loops("2110D" if covered else "2110C")
    asked = [each for each in (node.first("EQ") for node in questions) if each is not None]
    return EligibilityInquiry(
        payer_id=payer_id,
        provider=_inquirer(asking),
        subscriber=subscriber(insured, SUBSCRIBER_NUMBER_270),
        dependent=dependent(covered, DEPENDENT_NUMBER_270, RELATIONSHIP_270) if covered else None,
        service_types=tuple(code.strip() for each in asked for code in each.repeats(1)),
        procedures=tuple(procedure(each.components(2), ELIGIBILITY_PROCEDURE) for each in asked if each.element(2)),
        diagnoses=_diagnoses(patient.first("HI")),
        place_of_service=_first(questions, "III", 2, "ZZ"),
        family=any(each.element(3) == "FAM" for each in asked),
        authorization_number=_first(questions, "REF", 2, "G1"),
        referral_number=_first(questions, "REF", 2, "9F"),
        spend_down=_amount(questions, "R"),
        spend_down_billed=_amount(questions, "PB"),
        dates=span(patient, "291"),
        card_issued=issued.start if (issued := span(patient, "102")) else None,
    )


def _inquirer(node: LoopNode) -> Provider:
    told = node.first("PRV")
    role = _ROLES.get(told.element(1)) if told else None
    if node.opener is not None and node.opener.element(1) == "FA":
        role = ProviderRole.FACILITY
    return provider(node, INQUIRER_NUMBER, role, tax=("FI", "TJ"))


def _diagnoses(segment: Segment | None) -> tuple[Diagnosis, ...]:
    codes = [segment.components(element) for element in range(1, len(segment.elements))] if segment else []
    return tuple(Diagnosis(code=code.strip(), kind=_DIAGNOSES[kind]) for kind, code, *_ in codes if kind in _DIAGNOSES)


def _qualified(questions: list[LoopNode], segment_id: str, qualifier: str) -> Segment | None:
    return next((found for node in questions if (found := node.first(segment_id, {1: qualifier}))), None)


def _first(questions: list[LoopNode], segment_id: str, element: int, qualifier: str) -> str | None:
    found = _qualified(questions, segment_id, qualifier)
    return spelling.said(found.element(element)) if found else None


def _amount(questions: list[LoopNode], qualifier: str) -> Decimal | None:
    found = _qualified(questions, "AMT", qualifier)
    return number(found, 2) if found else None
