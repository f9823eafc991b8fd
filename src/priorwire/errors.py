"""Every exception priorwire raises, by who is to blame and what the caller does next.

::

    PriorwireError
    ├── RequestError              what a person or a program asked cannot be done as asked
    │   ├── InvalidRequest        the request has faults; each stands in ``faults`` with its JSON pointer
    │   ├── NotFound              nothing of that id here (or not yours)
    │   ├── Conflict              the thing is in a state that forbids this
    │   │   ├── IllegalTransition     a lifecycle table has no such move
    │   │   └── IdempotencyConflict   same key, different request
    │   ├── Unauthorized          no key, or a wrong one
    │   └── Forbidden             a key without the scope
    ├── RouteError                no way to the payer
    │   ├── UnknownPayer          no companion guide of that id
    │   └── NoRoute               the payer's guide has no usable route for this service
    ├── GuideError                a companion guide or an implementation guide is wrong or missing
    ├── X12Error
    │   ├── LocalX12Error         we were about to write something that X12 does not allow
    │   └── RemoteX12Error        what we were given cannot be read as X12 at all
    ├── SafetyRefusal             doing this could send a request twice, or cross test and production
    ├── StoreError
    │   ├── StaleFence            another worker owns this row by now: drop the result
    │   ├── NoTenant              a query without a tenant
    │   └── VaultError            a stored value cannot be opened (wrong key, moved or altered row)
    └── ConfigurationError        a setting is missing or contradicts another

The docstring of a class is its default message. No message, here or anywhere, carries the
value of an element or of a request field: it says *where* and *which rule*, never *what*.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong with a request, a guide file or a setting: where, which rule, what to do."""

    #: JSON pointer (RFC 6901) into the document, or a dotted path for TOML.
    pointer: str
    #: Stable machine word, e.g. ``required``, ``npi_check_digit``.
    code: str
    #: A sentence for a person. Never holds the offending value.
    detail: str


class PriorwireError(Exception):
    """Something went wrong in priorwire."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])

    @property
    def message(self) -> str:
        """The sentence to show."""
        return str(self.args[0])


class RequestError(PriorwireError):
    """The request cannot be done as asked."""


class InvalidRequest(RequestError):
    """The request has faults; every one is listed with its place."""

    def __init__(self, faults: tuple[Fault, ...], message: str | None = None) -> None:
        super().__init__(message)
        self.faults = faults


class NotFound(RequestError):
    """There is nothing with that id here."""


class Conflict(RequestError):
    """The state it is in does not allow this."""


class IllegalTransition(Conflict):
    """The lifecycle has no such move."""


class IdempotencyConflict(Conflict):
    """This Idempotency-Key was used for a different request. Use a new key for a new request."""


class Unauthorized(RequestError):
    """An API key is required: send it as 'Authorization: Bearer <key>'."""


class Forbidden(RequestError):
    """This API key does not have the scope that the call needs."""


class RouteError(PriorwireError):
    """There is no way to send this."""


class UnknownPayer(RouteError):
    """No companion guide has that payer id. 'priorwire db payers' lists the ones installed."""


class NoRoute(RouteError):
    """The payer's companion guide has no usable route for this service."""


class GuideError(PriorwireError):
    """A guide is missing or wrong; every fault is listed with its path."""

    def __init__(self, message: str | None = None, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class X12Error(PriorwireError):
    """An X12 rule was broken."""


class LocalX12Error(X12Error):
    """We were about to write something that X12 does not allow."""


class RemoteX12Error(X12Error):
    """What was received cannot be read as X12."""


class SafetyRefusal(PriorwireError):
    """Refused: this could send a request twice, or mix test and production."""


class StoreError(PriorwireError):
    """The store refused."""


class StaleFence(StoreError):
    """Another worker has taken this row since; its result stands and this one is dropped."""


class NoTenant(StoreError):
    """A query needs a tenant."""


class VaultError(StoreError):
    """A stored value cannot be opened: wrong key, or the row was moved or altered."""


class ConfigurationError(PriorwireError):
    """A setting is missing or contradicts another."""
