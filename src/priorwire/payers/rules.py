"""What must hold within one companion guide beyond each key's own type.

Every rule is a function from a part of the profile to its faults; those about a route stand
in the table `_ROUTE_RULES`. A fault's pointer is the dotted path in the guide's file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from priorwire.errors import Fault
from priorwire.payers import paths
from priorwire.payers.profile import (
    ChannelKind,
    Endpoint,
    Environment,
    Narrowing,
    PayerProfile,
    Playbook,
    Route,
    Transaction,
    X12Address,
)
from priorwire.x12.segments import Delimiters

#: Identification code qualifiers of a reviewer or information source (NM108 of 270 and 278 requests).
PAYER_QUALIFIERS = ("PI", "XV", "46", "24", "34")
#: Entity identifier codes of a reviewer in a 278 that a payer may have (NM101).
REVIEWER_ROLES = ("X3", "PR")
#: Interchange id qualifiers in use for health care (ISA05, ISA07).
INTERCHANGE_QUALIFIERS = ("ZZ", "01", "14", "20", "27", "28", "29", "30", "33")
#: Editions of the 275 to a review, the usual one first: CORE's rules and the Da Vinci guides name 006020X316.
ATTACHMENT_EDITIONS = ("006020X316", "005010X211")
#: Guides that a companion guide may narrow, by their kind.
NARROWED_KINDS = ("270", "278-request", "278-inquiry")

#: Channels that carry X12, and hence need an address; the rest go through a person or a machine without it.
X12_CHANNELS = frozenset({ChannelKind.CORE_SOAP, ChannelKind.REST_X12, ChannelKind.DIRECTORY})
#: From the one that answers surest to the last resort: X12, then the portal, then fax.
PREFERENCE = (
    ChannelKind.CORE_SOAP,
    ChannelKind.REST_X12,
    ChannelKind.DIRECTORY,
    ChannelKind.PORTAL,
    ChannelKind.EFAX,
)

#: ISA06 and ISA08 hold fifteen characters, GS02 and GS03 two to fifteen.
_SHORTEST_ID = 2
_ID_LENGTH = 15
#: TRN03 is exactly ten (X12 RFI 1272: no convention about its first digit may be enforced).
_TRACE_ASSIGNER_LENGTH = 10
_SERVICE_TYPE = re.compile(r"[0-9A-Z]{1,2}", re.ASCII)
_ROUTE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_X12_TEXT = re.compile(r"[A-Z0-9 ]+", re.ASCII)
_FAX_DOMAIN = re.compile(r"domain=[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII)
_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}", re.ASCII)
_FOLDER_URL = re.compile(r"file:///[^?#\\]+")
_SUFFIX = re.compile(r"[A-Za-z0-9._-]{1,16}", re.ASCII)
#: The most that a guide may set of each of an endpoint's limits.
_MOST = {"concurrency": 100, "starts_per_second": 1000, "down_after": 1000}
_SECRET_HEADERS = ("authorization", "cookie", "api-key", "apikey", "token", "password", "secret")


def profile_faults(profile: PayerProfile) -> tuple[Fault, ...]:
    """Everything that is wrong with a profile whose keys are all of the right type."""
    return tuple(_faults(profile))


def _faults(profile: PayerProfile) -> Iterator[Fault]:
    if not profile.routes:
        yield Fault(pointer="routes", code="required", detail="is required: at least one way to the payer")
    for number, route in enumerate(profile.routes):
        for rule in _ROUTE_RULES:
            yield from rule(f"routes[{number}]", route)
        if route.endpoint.x12:
            yield from _address_faults(f"routes[{number}].endpoint.x12", route.endpoint.x12)
    yield from _repeated_routes(profile.routes)
    yield from _order_faults(profile.routes)
    for number, narrowing in enumerate(profile.narrowings):
        yield from _narrowing_faults(f"narrowings[{number}]", narrowing)
    yield from _playbook_faults(profile.playbook)


def _route_id(where: str, route: Route) -> Iterator[Fault]:
    if not _ROUTE_ID.fullmatch(route.id):
        detail = "must be small letters, digits and hyphens, at most 40"
        yield Fault(pointer=f"{where}.id", code="name", detail=detail)


def _service_types(where: str, route: Route) -> Iterator[Fault]:
    if not all(map(_SERVICE_TYPE.fullmatch, route.service_types)):
        detail = "holds a code that is no service type (element 1365: one or two letters or digits)"
        yield Fault(pointer=f"{where}.service_types", code="service_type", detail=detail)


def _x12_needs(where: str, route: Route) -> Iterator[Fault]:
    carries = route.channel in X12_CHANNELS
    if carries and route.endpoint.x12 is None:
        detail = "is required: this channel carries X12 and needs the envelope's address"
        yield Fault(pointer=f"{where}.endpoint.x12", code="required", detail=detail)
    if not carries and route.endpoint.x12 is not None:
        detail = "has no use: this channel carries no X12; leave it out"
        yield Fault(pointer=f"{where}.endpoint.x12", code="unused", detail=detail)
    if route.real_time and (not carries or route.channel is ChannelKind.DIRECTORY):
        detail = "must be false: nothing answers at once on this channel"
        yield Fault(pointer=f"{where}.real_time", code="real_time", detail=detail)
    if not carries and route.transactions != {Transaction.AUTHORIZATION}:
        detail = "must be authorization alone: only an authorization can go by fax or through a portal"
        yield Fault(pointer=f"{where}.transactions", code="channel", detail=detail)


def _core_needs(where: str, route: Route) -> Iterator[Fault]:
    core = route.endpoint.core
    if route.channel is not ChannelKind.CORE_SOAP:
        if core is not None:
            yield Fault(pointer=f"{where}.endpoint.core", code="unused", detail="has no use: this channel is not CORE")
        return
    given = {transaction for transaction, _ in core.payload_types} if core else set()
    for transaction in sorted(route.transactions - given, key=lambda each: each.value):
        detail = "is required: a CORE envelope names the type of its payload, and the payer says how"
        pointer = f"{where}.endpoint.core.payload_types.{transaction.value}"
        yield Fault(pointer=pointer, code="required", detail=detail)


def _fax_needs(where: str, route: Route) -> Iterator[Fault]:
    number = route.endpoint.fax_number
    if route.channel is not ChannelKind.EFAX:
        if number is not None:
            yield Fault(pointer=f"{where}.endpoint.fax_number", code="unused", detail="has no use: this is not fax")
    elif number is None or not _E164.fullmatch(number):
        detail = "is required in E.164 form: a plus sign, country code and number, digits only"
        yield Fault(pointer=f"{where}.endpoint.fax_number", code="fax_number", detail=detail)


def _folder_needs(where: str, route: Route) -> Iterator[Fault]:
    folders, pointer = route.endpoint.folders, f"{where}.endpoint.folders"
    if route.channel is not ChannelKind.DIRECTORY:
        if folders is not None:
            yield Fault(pointer=pointer, code="unused", detail="has no use: this channel has no folders")
        return
    if folders is None:
        detail = "is required: a table with the folders of this channel; it may be empty"
        yield Fault(pointer=pointer, code="required", detail=detail)
        return
    named = {key: getattr(folders, key) for key in ("outbound", "inbound", "processed", "sent")}
    given = {key: name for key, name in named.items() if name is not None}
    for key, name in given.items():
        if not _FOLDER.fullmatch(name):
            detail = "must be the plain name of a folder: letters, digits, underscore, dot and hyphen"
            yield Fault(pointer=f"{pointer}.{key}", code="folder", detail=detail)
    if len(set(given.values())) < len(given):
        yield Fault(pointer=pointer, code="contradiction", detail="names one folder for two uses")
    if not _SUFFIX.fullmatch(folders.suffix):
        detail = "must be at most 16 letters, digits, dots and hyphens"
        yield Fault(pointer=f"{pointer}.suffix", code="suffix", detail=detail)
    if not folders.names:
        yield Fault(pointer=f"{pointer}.names", code="empty", detail="is empty: no file would ever be read")


def _portal_needs(where: str, route: Route) -> Iterator[Fault]:
    endpoint = route.endpoint
    if route.channel is not ChannelKind.PORTAL:
        if endpoint.portal_fields or endpoint.portal_instructions:
            detail = "has no use: this is not a portal"
            yield Fault(pointer=f"{where}.endpoint.portal_fields", code="unused", detail=detail)
        return
    for key in ("portal_fields", "portal_instructions"):
        if not getattr(endpoint, key):
            detail = "is required: a person works from it"
            yield Fault(pointer=f"{where}.endpoint.{key}", code="required", detail=detail)
    for number, field in enumerate(endpoint.portal_fields):
        wrong = paths.problem(field.source)
        if wrong:
            pointer = f"{where}.endpoint.portal_fields[{number}].source"
            yield Fault(pointer=pointer, code="path", detail=wrong)


def _hours_needs(where: str, route: Route) -> Iterator[Fault]:
    hours, pointer = route.endpoint.hours, f"{where}.endpoint.hours"
    if route.endpoint.acknowledges_within is not None and (route.real_time or route.channel not in X12_CHANNELS):
        detail = "has no use: only what is answered later is acknowledged beforehand, on a channel that carries X12"
        yield Fault(pointer=f"{where}.endpoint.acknowledges_within", code="unused", detail=detail)
    if hours is None:
        return
    if route.channel is ChannelKind.PORTAL:
        yield Fault(pointer=pointer, code="unused", detail="has no use: a person goes there, whenever they can")
    if hours.closes == hours.opens:
        detail = "is the time at which it opens; leave both out where it never closes"
        yield Fault(pointer=f"{pointer}.closes", code="contradiction", detail=detail)
    over_night = hours.closes is not None and hours.closes <= hours.opens
    early = hours.cut_off is not None and hours.cut_off <= hours.opens
    late = hours.cut_off is not None and hours.closes is not None and hours.cut_off > hours.closes
    if not over_night and (early or late):
        detail = "must lie between the times at which it opens and closes"
        yield Fault(pointer=f"{pointer}.cut_off", code="contradiction", detail=detail)


def _url(where: str, route: Route) -> Iterator[Fault]:
    endpoint = route.endpoint
    if route.channel is ChannelKind.DIRECTORY:
        if not _FOLDER_URL.fullmatch(endpoint.url):
            detail = "must be file:// and the full path of a folder on this channel"
            yield Fault(pointer=f"{where}.endpoint.url", code="scheme", detail=detail)
        return
    parts = _split(endpoint)
    if parts is None:
        yield Fault(pointer=f"{where}.endpoint.url", code="url", detail="is no address: scheme://host:port/path")
        return
    scheme, has_credential = parts
    if has_credential:
        detail = "must not hold a user or a password; name a credential of the settings in 'credential'"
        yield Fault(pointer=f"{where}.endpoint.url", code="secret", detail=detail)
    wanted = ("smtp", "smtps") if route.channel is ChannelKind.EFAX else ("https", "http")
    if scheme not in wanted:
        detail = f"must begin with {' or '.join(f'{each}://' for each in wanted)} on this channel"
        yield Fault(pointer=f"{where}.endpoint.url", code="scheme", detail=detail)
    if route.channel is ChannelKind.EFAX and not _FAX_DOMAIN.fullmatch(urlsplit(endpoint.url).query):
        detail = "must end in '?domain=' and the domain to which the carrier wants its mail"
        yield Fault(pointer=f"{where}.endpoint.url", code="fax_domain", detail=detail)
    if endpoint.environment is Environment.PRODUCTION and scheme == "http":
        detail = "must be https:// in production: patients' data travel there"
        yield Fault(pointer=f"{where}.endpoint.url", code="plain_http", detail=detail)


def _split(endpoint: Endpoint) -> tuple[str, bool] | None:
    """Scheme of the address and whether it holds a credential; `None` where it is no address."""
    try:
        parts = urlsplit(endpoint.url)
        usable = bool(parts.scheme and parts.hostname) and (parts.port or True)
    except ValueError:
        return None
    return (parts.scheme, "@" in parts.netloc) if usable else None


def _headers(where: str, route: Route) -> Iterator[Fault]:
    for name, _ in route.endpoint.extra_headers:
        if any(word in name.lower() for word in _SECRET_HEADERS):
            detail = "looks like a credential; put it in the settings and name it in 'credential'"
            yield Fault(pointer=f"{where}.endpoint.extra_headers.{name}", code="secret", detail=detail)


def _limits(where: str, route: Route) -> Iterator[Fault]:
    """A figure that no payer allows is a slip of the pen, and would be found out by the payer."""
    for key, most in _MOST.items():
        if getattr(route.endpoint, key) > most:
            yield Fault(pointer=f"{where}.endpoint.{key}", code="too_large", detail=f"must be at most {most}")


_ROUTE_RULES: tuple[Callable[[str, Route], Iterator[Fault]], ...] = (
    _route_id,
    _service_types,
    _x12_needs,
    _core_needs,
    _fax_needs,
    _folder_needs,
    _portal_needs,
    _hours_needs,
    _url,
    _headers,
    _limits,
)


def _address_faults(where: str, address: X12Address) -> Iterator[Fault]:
    for key in ("sender", "receiver", "group_sender", "group_receiver"):
        text = getattr(address, key)
        if not (_SHORTEST_ID <= len(text) <= _ID_LENGTH and _X12_TEXT.fullmatch(text) and text == text.strip()):
            detail = "must be 2 to 15 capital letters and digits"
            yield Fault(pointer=f"{where}.{key}", code="identifier", detail=detail)
    if len(address.trace_assigner) != _TRACE_ASSIGNER_LENGTH or not _X12_TEXT.fullmatch(address.trace_assigner):
        detail = "must be exactly ten capital letters and digits (TRN03)"
        yield Fault(pointer=f"{where}.trace_assigner", code="trace_assigner", detail=detail)
    if not _can_delimit(address.delimiters):
        detail = "must be four different single characters, none a letter, a digit or a blank"
        yield Fault(pointer=f"{where}.delimiters", code="delimiters", detail=detail)


def _can_delimit(delimiters: Delimiters) -> bool:
    four = (delimiters.element, delimiters.repetition, delimiters.component, delimiters.segment)
    marks = {each for each in four if each and len(each) == 1 and each.isascii() and each.isprintable()}
    return len(marks) == len(four) and not any(each.isalnum() or each.isspace() for each in marks)


def _repeated_routes(routes: tuple[Route, ...]) -> Iterator[Fault]:
    counts = Counter(route.id for route in routes)
    for number, route in enumerate(routes):
        if counts[route.id] > 1:
            detail = "is used by another route too; ids tell endpoints and their control numbers apart"
            yield Fault(pointer=f"routes[{number}].id", code="repeated", detail=detail)


def _order_faults(routes: tuple[Route, ...]) -> Iterator[Fault]:
    """Routes are tried as listed, so a weaker channel may not hide a stronger one for the same services."""
    for number, route in enumerate(routes):
        if any(_hides(earlier, route) for earlier in routes[:number]):
            detail = "comes after a weaker channel for the same services; list X12 before portal before fax"
            yield Fault(pointer=f"routes[{number}]", code="order", detail=detail)


def _hides(earlier: Route, later: Route) -> bool:
    return (
        PREFERENCE.index(earlier.channel) > PREFERENCE.index(later.channel)
        and earlier.endpoint.environment is later.endpoint.environment
        and not earlier.transactions.isdisjoint(later.transactions)
        and earlier.service_types == later.service_types
    )


def _narrowing_faults(where: str, narrowing: Narrowing) -> Iterator[Fault]:
    if narrowing.guide not in NARROWED_KINDS:
        detail = f"must be one of {', '.join(NARROWED_KINDS)}: what we send can be narrowed, not what payers answer"
        yield Fault(pointer=f"{where}.guide", code="guide", detail=detail)
    limits = (narrowing.codes, narrowing.max_length, narrowing.max_use)
    if not (narrowing.require or narrowing.forbid or any(limit is not None for limit in limits)):
        detail = "narrows nothing: give require, forbid, codes, max_length or max_use"
        yield Fault(pointer=where, code="no_effect", detail=detail)
    if narrowing.forbid and (narrowing.require or any(limit is not None for limit in limits)):
        detail = "forbids and narrows at once; what is forbidden takes no further rule"
        yield Fault(pointer=where, code="contradiction", detail=detail)


def _playbook_faults(playbook: Playbook) -> Iterator[Fault]:
    for number, (path, _) in enumerate(playbook.requires):
        wrong = paths.problem(path)
        if wrong:
            yield Fault(pointer=f"playbook.requires[{number}].path", code="path", detail=wrong)
    if playbook.required_codes & playbook.not_required_codes:
        detail = "holds a code that required_codes holds too; the payer cannot mean both"
        yield Fault(pointer="playbook.not_required_codes", code="contradiction", detail=detail)
