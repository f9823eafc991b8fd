"""Does what an eligibility check asked about need an authorization? For each procedure, and for any other service."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from priorwire.errors import Conflict
from priorwire.gateway.ports import Services
from priorwire.mapping import authorization_need
from priorwire.model.eligibility import Answer, AuthorizationNeed, Coverage, EligibilityInquiry, Network
from priorwire.model.identifiers import TenantId, TransactionId
from priorwire.model.services import ProcedureCode


@dataclass(frozen=True, kw_only=True)
class NeedQuestion:
    """A service, as it would be given."""

    procedure: ProcedureCode | None = None
    service_types: Collection[str] = ()
    network: Network = Network.NOT_STATED
    #: Two-digit CMS code.
    place_of_service: str | None = None


def needs_of(coverage: Coverage, inquiry: EligibilityInquiry) -> dict[ProcedureCode | None, AuthorizationNeed]:
    """The need of each procedure that was asked about; of the service types alone where none was (`None`)."""
    return {
        procedure: authorization_need(
            coverage,
            procedure=procedure,
            service_types=inquiry.service_types,
            place_of_service=inquiry.place_of_service,
        )
        for procedure in inquiry.procedures or (None,)
    }


def overall(needs: Iterable[AuthorizationNeed]) -> Answer:
    """Of several services: yes where one needs it, and no or not stated only where that holds for all."""
    answers = {each.answer for each in needs}
    if Answer.YES in answers:
        return Answer.YES
    return answers.pop() if len(answers) == 1 else Answer.UNKNOWN


def need_by_check(
    services: Services, tenant: TenantId, check: TransactionId, question: NeedQuestion
) -> AuthorizationNeed:
    """What the answer to an eligibility check says of a service.

    Raises:
        NotFound: there is no such check.
        Conflict: the payer has not answered it.
    """
    with services.store.read(tenant) as uow:
        latest = uow.records.latest(uow.transactions.get(check).id)
    if latest is None or not isinstance(latest.record, Coverage):
        raise Conflict("The payer has not answered this eligibility check yet.")
    return authorization_need(
        latest.record,
        procedure=question.procedure,
        service_types=question.service_types,
        network=question.network,
        place_of_service=question.place_of_service,
    )
