"""A request that came as FHIR against the rules of the JSON API: one set of rules, two ways in.

What the schema or the payer's playbook finds is told at the element that the value came from. A
field that the schema does not have at its place is no fault here: FHIR has it everywhere, X12 does
not, so that it is left out and told as a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from priorwire.api.problems import faults_in, route_faults
from priorwire.api.schemas.requests import AuthorizationIn, EligibilityIn
from priorwire.errors import Fault, InvalidRequest, RouteError
from priorwire.mapping.fhir import Loss
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.eligibility import EligibilityInquiry

T = TypeVar("T")

_AUTHORIZATION = TypeAdapter(AuthorizationRequest)
_ELIGIBILITY = TypeAdapter(EligibilityInquiry)


class Places:
    """Places in the document, by places in the request."""

    def __init__(self, by_pointer: Mapping[str, str], whole: str) -> None:
        """`whole` is the FHIRPath of what `by_pointer` (JSON pointers) does not name."""
        self._by_pointer = by_pointer
        self._whole = whole

    def of(self, pointer: str) -> tuple[str, str]:
        """The FHIRPath of the nearest part that is known, and our name of the field in it (or nothing)."""
        known = pointer
        while known and known not in self._by_pointer:
            known = known.rpartition("/")[0]
        return self._by_pointer.get(known, self._whole), pointer[len(known) :].strip("/").replace("/", ".")

    def fault(self, fault: Fault) -> Fault:
        """A fault of the request as one of the document."""
        place, field = self.of(fault.pointer)
        return Fault(pointer=place, code=fault.code, detail=_named(fault.detail, field))

    def loss(self, fault: Fault) -> Loss:
        """What X12 has no place for."""
        place, field = self.of(fault.pointer)
        return Loss(path=place, code="no_place", says=_named("X12 has no place for it here.", field))


def _named(sentence: str, field: str) -> str:
    return f"{sentence} (Our name of the field: {field}.)" if field else sentence


def checked_authorization(request: AuthorizationRequest, places: Places) -> tuple[AuthorizationRequest, list[Loss]]:
    """The request as the JSON API would have taken it in, and what that one has no place for.

    Raises:
        InvalidRequest: every fault with its JSON pointer into the request.
    """
    said = _AUTHORIZATION.dump_python(request, mode="json", exclude_defaults=True)
    return _checked(said, lambda body: AuthorizationIn.model_validate(body).to_model(), places)


def checked_inquiry(inquiry: EligibilityInquiry, places: Places) -> tuple[EligibilityInquiry, list[Loss]]:
    """The inquiry, likewise. Raises InvalidRequest."""
    said = _ELIGIBILITY.dump_python(inquiry, mode="json", exclude_defaults=True)
    return _checked(said, lambda body: EligibilityIn.model_validate(body).to_model(), places)


def _checked(said: dict[str, Any], take_in: Callable[[object], T], places: Places) -> tuple[T, list[Loss]]:
    losses: list[Loss] = []
    while True:
        try:
            return take_in(said), losses
        except ValidationError as wrong:
            every = wrong.errors()
            extra = [each for each in every if each["type"] == "extra_forbidden"]
            if len(extra) < len(every):
                raise InvalidRequest(faults_in(each for each in every if each not in extra)) from None
            losses += map(places.loss, faults_in(extra))
            for each in extra:
                _leave_out(said, each["loc"])


def _leave_out(said: Any, place: tuple[int | str, ...]) -> None:
    for part in place[:-1]:
        said = said[part]
    del said[place[-1]]


@contextmanager
def placed(places: Places) -> Iterator[None]:
    """Faults of what is done inside, at their places in the document instead of the request."""
    try:
        yield
    except InvalidRequest as error:
        raise InvalidRequest(tuple(map(places.fault, error.faults)), error.message) from error
    except RouteError as error:
        raise InvalidRequest(tuple(map(places.fault, route_faults(error)))) from error
