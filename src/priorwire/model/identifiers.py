"""Identifiers as types of their own, so that one cannot stand where another is meant.

Our own identifiers are made by `priorwire.clock.IdSource.new` with the prefix named here.
"""

from __future__ import annotations

from typing import NewType

TenantId = NewType("TenantId", str)
#: ``case_…``: one need for a service, from draft to closed, over every channel.
CaseId = NewType("CaseId", str)
#: ``auth_…`` or ``elig_…``: one submission to a payer.
TransactionId = NewType("TransactionId", str)
#: ``exch_…``: one exchange with a payer (a send, a poll, an inquiry) for a transaction.
ExchangeId = NewType("ExchangeId", str)
#: ``arch_…``: one archived payload.
ArchiveId = NewType("ArchiveId", str)
#: ``work_…``: one thing that a person must do.
WorkItemId = NewType("WorkItemId", str)
#: ``evt_…``: one change that subscribers are told of.
EventId = NewType("EventId", str)
#: ``dlv_…``: the delivery of one event to one subscriber.
DeliveryId = NewType("DeliveryId", str)
#: ``use_…``: a service that was given under an authorization.
UseId = NewType("UseId", str)
#: ``att_…``: one document on its way to a review.
AttachmentId = NewType("AttachmentId", str)
#: The id of a companion guide, which is the name of its folder.
PayerId = NewType("PayerId", str)
#: One endpoint of a payer's guide: ``{payer}/{route}``; the unit of rate limits and of control numbers.
EndpointId = NewType("EndpointId", str)

_NPI_LENGTH = 10
#: What the constant prefix 80840 adds to the sum.
_PREFIX_ADDS = 24


def npi_is_valid(npi: str) -> bool:
    """Whether a National Provider Identifier passes its check digit.

    Ten digits; the last is the Luhn digit over ``80840`` and the first nine (45 CFR 162.406;
    ISO/IEC 7812 with the prefix for health applications in the United States).
    """
    if len(npi) != _NPI_LENGTH or not (npi.isascii() and npi.isdigit()):
        return False
    # Every second digit, from the right, counts as the digits of its double: 7 as 1 + 4.
    digits = (int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(npi)))
    return (_PREFIX_ADDS + sum(sum(divmod(value, 10)) for value in digits)) % 10 == 0
