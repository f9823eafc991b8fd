"""One service of a request: UM, SV1, SV2 or SV3, TOO and HSD of a service line (005010X217, 2000F).

Which of the three segments a service goes into follows from its code: a dental code into SV3, a
revenue code or an ICD-10-PCS procedure into SV2, everything else into SV1. What only one of
them has room for is refused on the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from priorwire.mapping import request_codes, spelling
from priorwire.mapping.draft import Draft
from priorwire.mapping.review_segments import add_pattern, facility
from priorwire.model.authorization import AuthorizationRequest, ReviewCategory, ServiceLine
from priorwire.model.care import DentalDetail
from priorwire.model.services import CodeSystem, ProcedureCode, Quantity, Unit
from priorwire.x12.segments import Value


class _Kind(Enum):
    """What a service is billed as, and therefore asked for as."""

    PROFESSIONAL = "professional"
    INSTITUTIONAL = "institutional"
    DENTAL = "dental"


#: Fields of a service line that not every kind of service has room for.
_ONLY_FOR: Mapping[str, frozenset[_Kind]] = {
    "revenue_code": frozenset({_Kind.INSTITUTIONAL}),
    "unit_rate": frozenset({_Kind.INSTITUTIONAL}),
    "nursing_home_status": frozenset({_Kind.INSTITUTIONAL}),
    "nursing_level": frozenset({_Kind.PROFESSIONAL, _Kind.INSTITUTIONAL}),
    "epsdt": frozenset({_Kind.PROFESSIONAL}),
    "diagnosis_numbers": frozenset({_Kind.PROFESSIONAL}),
    "dental": frozenset({_Kind.DENTAL}),
}


def line_category(request: AuthorizationRequest) -> ReviewCategory:
    """What a line that names no category asks for: the event's, where a line may ask for that (005010X217, UM01)."""
    own = request.category in request_codes.LINE_CATEGORIES
    return request.category if own else ReviewCategory.HEALTH_SERVICES


def add_line_review(draft: Draft, request: AuthorizationRequest, line: ServiceLine) -> None:
    """UM of a line, where it says anything else than the event."""
    if line.category is not None and line.category not in request_codes.LINE_CATEGORIES:
        detail = "A service is reviewed as health services or as specialty care."
        draft.refuse("category", "no_such_category_here", detail)
    differs = (line.category, line.kind, line.service_type, line.place_of_service, line.bill_type)
    if any(differs):
        draft.add(
            "UM",
            request_codes.CATEGORY[line.category or line_category(request)],
            request_codes.REQUEST_KIND[line.kind] if line.kind else None,
            spelling.code(line.service_type),
            facility(draft, line.place_of_service, line.bill_type),
        )


def add_service(draft: Draft, line: ServiceLine, order: Sequence[int]) -> None:
    """SV1, SV2 or SV3 with TOO, and HSD.

    Args:
        draft: where to add.
        line: the service.
        order: indexes of the request's diagnoses in the order of HI, which SV107 points into.
    """
    kind = _kind(line)
    for field, kinds in _ONLY_FOR.items():
        if kind not in kinds and getattr(line, field) not in (None, ()):
            draft.refuse(field, "not_for_this_service", f"Has no place at a {kind.value} service.")
    match kind:
        case _Kind.PROFESSIONAL:
            left = _add_professional(draft, line, order)
        case _Kind.INSTITUTIONAL:
            left = _add_institutional(draft, line)
        case _:
            left = _add_dental(draft, line)
    add_pattern(draft, left, line.delivery, "quantity")


def add_example(draft: Draft, line: ServiceLine) -> None:
    """SV1, SV2 or SV3 with the code alone, to search by: the payer may have changed everything else."""
    match _kind(line):
        case _Kind.PROFESSIONAL:
            draft.add("SV1", _procedure(draft, line, request_codes.PROFESSIONAL_SYSTEM))
        case _Kind.INSTITUTIONAL:
            draft.add("SV2", *_institutional_code(draft, line))
        case _:
            procedure = _procedure(draft, line, request_codes.DENTAL_SYSTEM)
            draft.add("SV3", procedure, None, None, None, None, "1")


def procedure_parts(qualifier: str, procedure: ProcedureCode) -> tuple[str, ...]:
    """The composite of a procedure: qualifier, code, modifiers."""
    modifiers = (spelling.code(each) or "" for each in procedure.modifiers)
    return (qualifier, spelling.code(procedure.code) or "", *modifiers)


def _kind(line: ServiceLine) -> _Kind:
    system = line.procedure.system
    if system is CodeSystem.CDT:
        return _Kind.DENTAL
    if line.revenue_code or system in (CodeSystem.REVENUE, CodeSystem.ICD10_PCS):
        return _Kind.INSTITUTIONAL
    return _Kind.PROFESSIONAL


def _add_professional(draft: Draft, line: ServiceLine, order: Sequence[int]) -> Quantity | None:
    unit, count = _counted(line.quantity, request_codes.PROFESSIONAL_UNIT)
    draft.add(
        "SV1",
        _procedure(draft, line, request_codes.PROFESSIONAL_SYSTEM),
        spelling.amount(line.charge),
        unit,
        count,
        None,
        None,
        _pointers(draft, line, order),
        *(None,) * 3,
        spelling.yes_no(line.epsdt),
        *(None,) * 8,
        spelling.code(line.nursing_level),
    )
    return None if unit else line.quantity


def _add_institutional(draft: Draft, line: ServiceLine) -> Quantity | None:
    unit, count = _counted(line.quantity, request_codes.INSTITUTIONAL_UNIT)
    draft.add(
        "SV2",
        *_institutional_code(draft, line),
        spelling.amount(line.charge),
        unit,
        count,
        spelling.amount(line.unit_rate),
        None,
        None,
        spelling.code(line.nursing_home_status),
        spelling.code(line.nursing_level),
    )
    return None if unit else line.quantity


def _institutional_code(draft: Draft, line: ServiceLine) -> tuple[Value, Value]:
    """SV201 and SV202. A revenue code alone has no composite: nothing can be added to it."""
    if line.procedure.system is not CodeSystem.REVENUE:
        return spelling.code(line.revenue_code), _procedure(draft, line, request_codes.INSTITUTIONAL_SYSTEM)
    for field in ("modifiers", "through", "description"):
        if getattr(line.procedure, field):
            draft.refuse(f"procedure/{field}", "not_for_this_service", "A revenue code stands alone.")
    if line.revenue_code:
        draft.refuse("revenue_code", "one_of_two", "The service is a revenue code itself.")
    return spelling.code(line.procedure.code), None


def _add_dental(draft: Draft, line: ServiceLine) -> Quantity | None:
    """SV3 and its TOO; SV306 is required, and a line without a quantity asks for one service."""
    fits = line.quantity is not None and line.quantity.unit is Unit.UNITS
    count = spelling.number(line.quantity.value) if line.quantity and fits else "1"
    dental = line.dental or DentalDetail()
    replaced = None if dental.replacement is None else "R" if dental.replacement else "I"
    draft.add(
        "SV3",
        _procedure(draft, line, request_codes.DENTAL_SYSTEM),
        spelling.amount(line.charge),
        None,
        _codes(dental.oral_cavity),
        replaced,
        count,
        draft.text(dental.description),
    )
    for index, tooth in enumerate(dental.teeth):
        with draft.about("dental", "teeth", index):
            draft.add("TOO", "JP", spelling.code(tooth.number), _codes(tooth.surfaces))
    return None if fits else line.quantity


def _codes(codes: Sequence[str]) -> tuple[str, ...] | None:
    return tuple(spelling.code(each) or "" for each in codes) or None


def _counted(quantity: Quantity | None, units: Mapping[Unit, str]) -> tuple[str | None, str | None]:
    if quantity is None or quantity.unit not in units:
        return None, None
    return units[quantity.unit], spelling.number(quantity.value)


def _procedure(draft: Draft, line: ServiceLine, systems: Mapping[CodeSystem, str]) -> tuple[str, ...] | None:
    """SV101, SV202 or SV301: with its modifiers, description and end of range."""
    procedure = line.procedure
    qualifier = systems.get(procedure.system)
    if qualifier is None:
        draft.refuse("procedure/system", "no_such_code_system", "A 278 has no qualifier for this code system.")
        return None
    if len(procedure.modifiers) > _MODIFIERS:
        draft.refuse(f"procedure/modifiers/{_MODIFIERS}", "too_many", "A procedure has at most four modifiers.")
    code, modifiers = procedure_parts(qualifier, procedure)[1], procedure_parts(qualifier, procedure)[2:]
    filled = (*modifiers, *("",) * _MODIFIERS)[:_MODIFIERS]
    end = spelling.code(procedure.through) or ""
    return (qualifier, code, *filled, draft.text(procedure.description) or "", end)


_MODIFIERS = 4


def _pointers(draft: Draft, line: ServiceLine, order: Sequence[int]) -> tuple[str, ...] | None:
    """SV107: places in HI, which need not be those in the request."""
    found = []
    for place, number in enumerate(line.diagnosis_numbers):
        if 1 <= number <= len(order):
            found.append(str(order.index(number - 1) + 1))
        else:
            draft.refuse(f"diagnosis_numbers/{place}", "no_such_diagnosis", "The request has no such diagnosis.")
    return tuple(found) or None
