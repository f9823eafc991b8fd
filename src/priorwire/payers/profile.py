"""A payer, as its companion guide describes it: values only. `loader` makes them from TOML.

Nothing here is a rule of X12; it is what one payer wants within those rules, and how to
reach it. Durations are `timedelta`; what times of day and calendars mean is computed in `windows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta, tzinfo
from enum import Enum

from priorwire.x12.segments import DEFAULT_DELIMITERS, Delimiters


class Transaction(Enum):
    """What may be exchanged with a payer."""

    ELIGIBILITY = "eligibility"
    AUTHORIZATION = "authorization"
    #: Asking where an authorization stands (278 inquiry).
    INQUIRY = "inquiry"
    #: A document to a review (275).
    ATTACHMENT = "attachment"


class ChannelKind(Enum):
    """The ways to a payer; one module of `priorwire.channels` each."""

    CORE_SOAP = "core_soap"
    REST_X12 = "rest_x12"
    #: A pair of watched folders, as a file transfer client leaves files.
    DIRECTORY = "directory"
    EFAX = "efax"
    PORTAL = "portal"


class Environment(Enum):
    """Test and production never mix: a test record cannot reach a production endpoint."""

    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True, kw_only=True)
class PayerIdentity:
    """How the payer is named inside a transaction."""

    name: str
    identifier: str
    #: Identification code qualifier: ``PI`` payor id, ``XV`` national plan id, ``46`` electronic id.
    qualifier: str = "PI"
    #: Entity identifier code of the reviewer in a 278: ``X3`` or ``PR``.
    reviewer_role: str = "X3"


@dataclass(frozen=True, kw_only=True)
class X12Address:
    """The envelope that an endpoint wants."""

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    group_sender: str
    group_receiver: str
    #: Ten characters naming us in trace numbers (TRN03).
    trace_assigner: str
    delimiters: Delimiters = DEFAULT_DELIMITERS


@dataclass(frozen=True, kw_only=True)
class CoreSettings:
    """CAQH CORE connectivity, phase by phase different (facts: the numbering trap)."""

    namespace: str = "http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"
    rule_version: str = "2.2.0"
    must_understand: bool = False
    #: Payload type strings by transaction.
    payload_types: tuple[tuple[Transaction, str], ...] = ()


class Acknowledging(Enum):
    """What a trading partner wants to hear of what it sent."""

    #: About each interchange.
    TA1 = "ta1"
    #: About each group.
    ACK_999 = "999"


@dataclass(frozen=True, kw_only=True)
class FolderSettings:
    """A folder pair. Folders are named from the endpoint's own folder."""

    #: Where we leave files, each complete under its name from the moment that it has it.
    outbound: str = "outbound"
    #: Where the other side's files appear.
    inbound: str = "inbound"
    #: Where a file of theirs goes once it is archived; never the inbound folder.
    processed: str = "processed"
    #: Where the transfer client keeps every file of ours that it has sent; `None` where it deletes them.
    sent: str | None = None
    #: How the name of a file of ours ends.
    suffix: str = ".x12"
    #: Patterns (``*``, ``?``) of names in the inbound folder that are messages; all others are left alone.
    names: tuple[str, ...] = ("*",)
    #: Patterns of names that are still being written.
    temporary: tuple[str, ...] = (".*", "*.tmp", "*.part", "*.partial", "*.filepart")
    #: A file is complete when its size and time stood still for so long.
    stable_for: timedelta = timedelta(seconds=30)
    #: A file that ends before its interchange does is waited for so long, and then put aside.
    incomplete_after: timedelta = timedelta(hours=1)
    #: How often the inbound folder is looked into.
    poll_every: timedelta = timedelta(minutes=5)
    #: What goes back about what we were sent.
    acknowledge: frozenset[Acknowledging] = frozenset()


@dataclass(frozen=True, kw_only=True)
class PortalField:
    """One field of a payer's portal, in the portal's own order."""

    label: str
    #: Dotted path into the request, e.g. ``subscriber.member_id``.
    source: str
    required: bool = True


class Weekday(Enum):
    """A day of the week; its place in the enumeration is `date.weekday`."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When an endpoint takes messages, by the clocks of one place. What they mean is computed in `windows`."""

    zone: tzinfo
    #: Business days.
    days: frozenset[Weekday] = frozenset(Weekday)
    opens: time = time(0)
    #: `None` for midnight at the day's end; not later than `opens`: on the day after.
    closes: time | None = None
    #: From here on a message counts as received when the next business day opens; `None` where it never does.
    cut_off: time | None = None
    #: Days that are no business days, whatever day of the week they are.
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where and how a route ends."""

    #: ``{payer}/{route}``: the unit of rate limits, of health and of control numbers.
    id: str
    environment: Environment
    #: The names of settings that the file may use in it are filled already; see `loader`.
    url: str
    #: Name of a credential in the settings. Never the credential itself.
    credential: str | None = None
    x12: X12Address | None = None
    core: CoreSettings | None = None
    extra_headers: tuple[tuple[str, str], ...] = ()
    connect_timeout: timedelta = timedelta(seconds=10)
    read_timeout: timedelta = timedelta(seconds=60)
    #: Calls that may be under way at once, over all nodes.
    concurrency: int = 4
    #: Calls that may begin within any second, over all nodes.
    starts_per_second: int = 10
    #: After so many failures in a row it counts as down.
    down_after: int = 5
    #: How long it is left alone then before one message tries it: the n-th time for the n-th entry, the last one
    #: repeats. CORE's batch rule forbids trying again sooner than 90 s and takes a quarter of an hour for down.
    probe_after: tuple[timedelta, ...] = (timedelta(seconds=90), timedelta(minutes=5), timedelta(minutes=15))
    #: When it takes messages; `None` for always.
    hours: Hours | None = None
    #: Within what time after a message its acknowledgment is expected; `None` for what is usual on the channel.
    acknowledges_within: timedelta | None = None
    #: Fax number in E.164 form, for `EFAX`.
    fax_number: str | None = None
    #: For `DIRECTORY`.
    folders: FolderSettings | None = None
    #: Instructions and fields, for `PORTAL`.
    portal_fields: tuple[PortalField, ...] = ()
    portal_instructions: str | None = None


@dataclass(frozen=True, kw_only=True)
class Route:
    """One way to the payer, for some transactions and perhaps only some services."""

    id: str
    channel: ChannelKind
    transactions: frozenset[Transaction]
    #: Service type codes that this route is for; empty for all.
    service_types: frozenset[str] = frozenset()
    #: Whether the payer answers while we wait.
    real_time: bool = False
    #: Edition of the 275 that it takes, of `rules.ATTACHMENT_EDITIONS`; `None` where it takes none.
    attachment_edition: str | None = None
    endpoint: Endpoint


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long this payer takes, and how often it may be asked. Calendar time."""

    #: When to ask after a pend: the n-th inquiry waits for the n-th entry, the last one repeats.
    ask_after: tuple[timedelta, ...] = (timedelta(hours=4), timedelta(hours=12), timedelta(hours=24))
    #: When to ask after losing sight of a request that may have arrived.
    ask_when_uncertain: tuple[timedelta, ...] = (timedelta(seconds=90), timedelta(minutes=10), timedelta(hours=1))
    #: When to try again what was provably not sent, or what a payer that is down refused.
    try_again_after: tuple[timedelta, ...] = (timedelta(seconds=90), timedelta(minutes=5), timedelta(minutes=15))
    #: The payer's own window for a standard and an urgent decision. A guide that states none gets those of
    #: its payer class (`classes`).
    decides_within: timedelta = timedelta(days=7)
    decides_urgent_within: timedelta = timedelta(hours=72)


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """One way in which the payer narrows a guide. An overlay may only narrow; `overlay` refuses the rest."""

    #: Guide kind, e.g. ``278-request``.
    guide: str
    #: ``LOOP``, ``LOOP/SEG``, ``LOOP/SEG/03`` or ``LOOP/SEG/03-2``, as in the guide's data. Where a loop
    #: uses a segment more than once, the use is named by a value that tells it: ``LOOP/SEG[BB]/02``.
    path: str
    require: bool = False
    forbid: bool = False
    #: Only these codes, a subset of the guide's.
    codes: frozenset[str] | None = None
    max_length: int | None = None
    max_use: int | None = None
    #: The payer's rule in our words, shown with the finding.
    because: str


@dataclass(frozen=True, kw_only=True)
class Playbook:
    """What this payer wants to see, and when it wants to be asked at all."""

    #: Request paths that must be filled (their grammar is in `paths`), with the reason in our words.
    requires: tuple[tuple[str, str], ...] = ()
    #: Procedure codes that this payer lists as needing an authorization, and as not needing one.
    required_codes: frozenset[str] = frozenset()
    not_required_codes: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class PayerProfile:
    """One companion guide."""

    id: str
    name: str
    #: Who says so and when: the guide's source, edition and date.
    source: str
    edition: str
    #: One of `classes.CLASSES`: ``commercial``, ``medicare_advantage``, ``medicaid`` …
    payer_class: str = "commercial"
    identity: PayerIdentity
    routes: tuple[Route, ...]
    timing: Timing = Timing()
    narrowings: tuple[Narrowing, ...] = ()
    playbook: Playbook = Playbook()
