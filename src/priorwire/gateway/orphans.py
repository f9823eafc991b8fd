"""A row without an owner: what it is, and what it lacks. Values only; `store` finds them, `owners` mends them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from priorwire.model.identifiers import TenantId


class Subject(Enum):
    """What may be without an owner."""

    TRANSACTION = "transaction"
    ATTACHMENT = "attachment"
    #: An event on its way to a subscriber.
    DELIVERY = "delivery"
    RECEIVED_FILE = "received_file"
    RECEIVED_SET = "received_set"
    #: One that began, or whose answer is not read, and that nobody comes back to.
    EXCHANGE = "exchange"
    #: One that is open, and of which no transaction is due or before a person.
    CASE = "case"


class Lack(Enum):
    """What a row must have and has not."""

    DUE_ROW = "due_row"
    WORK_ITEM = "work_item"


@dataclass(frozen=True, kw_only=True)
class Orphan:
    """One row that nobody moves."""

    subject: Subject
    lacks: Lack
    tenant: TenantId
    id: str
