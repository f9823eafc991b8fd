"""What can go wrong between the gateway and a payer, on purpose: the one catalogue.

Every fault is a row of `FAULTS`, whatever the way (`Way`): CAQH CORE over SOAP, X12 over REST,
or a folder pair. The column that matters most is `FaultRow.reaches_payer`: after a fault that
does, the payer holds the request although the sender may never learn it, and a 278 must not be
sent again; after one that does not, the payer knows nothing.

Who meets which fault is `fault_book`'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Way(Enum):
    """How a message came; the value is `Entry.via`."""

    CORE = "core"
    REST = "rest"
    FOLDER = "folder"

    @classmethod
    def of(cls, via: str) -> Way:
        """The way of a `Entry.via`; what is handed over in process goes as REST does."""
        return next((way for way in cls if way.value == via), cls.REST)


class Seen(Enum):
    """What a sender that waits for its answer sees of it, whatever the transport."""

    #: X12 comes back, spoiled or not.
    REPLY = "a reply"
    #: Nothing that can be read, or nothing at all: the request may have arrived.
    NOTHING = "nothing"
    #: The other side says that it did not take the request, and that it may be sent again.
    NOT_NOW = "not now"
    #: The log-in is refused.
    LOCKED_OUT = "locked out"
    #: The other side says that the message itself is wrong.
    REFUSED = "refused"


class Fault(Enum):
    """One thing that goes wrong. The value is its name in control calls, settings and the journal."""

    DROP_UNREAD = "drop_unread"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    DROP_DURING = "drop_during"
    SILENCE = "silence"
    HOLD = "hold"
    SLOW = "slow"
    DRIP = "drip"
    LATE = "late"
    REORDERED = "reordered"
    ANSWER_FIRST = "answer_first"
    TWICE = "twice"
    SAME_NUMBER = "same_number"
    TOGETHER = "together"
    ACK_BEFORE_TA1 = "ack_before_ta1"
    WITH_POISON = "with_poison"
    TRUNCATED = "truncated"
    HALF_RENAMED = "half_renamed"
    OTHER_SUBMITTER = "other_submitter"
    WRONG_TRACE = "wrong_trace"
    ALTERED_TRACE = "altered_trace"
    MISSING_TRACE = "missing_trace"
    ALTERED_REFERENCE = "altered_reference"
    MISSING_REFERENCE = "missing_reference"
    UNIDENTIFIED = "unidentified"
    WRONG_MODE = "wrong_mode"
    TA1_REJECT = "ta1_reject"
    ACK_999_REJECT = "ack_999_reject"
    AAA_42 = "aaa_42"
    AAA_80 = "aaa_80"
    PENDED_FIRST = "pended_first"
    REVERSED = "reversed"
    HTTP_401 = "http_401"
    HTTP_429 = "http_429"
    HTTP_500 = "http_500"
    HTTP_502 = "http_502"
    HTTP_503 = "http_503"
    HTTP_504 = "http_504"
    HTML = "html"
    WRONG_TYPE = "wrong_type"
    SOAP_FAULT = "soap_fault"
    SOAP_SENDER = "soap_sender"
    RECEIVER_DOWN = "receiver_down"
    MULTIPART = "multipart"

    @property
    def reaches_payer(self) -> bool:
        """Whether the payer holds the request all the same."""
        return FAULTS[self].reaches_payer

    def goes(self, way: Way, kind: str) -> bool:
        """Whether a message of this kind can meet it on this way."""
        row = FAULTS[self]
        return way in row.ways and (row.kinds is None or kind in row.kinds)


_HTTP = frozenset({Way.CORE, Way.REST})
_CORE = frozenset({Way.CORE})
_FOLDER = frozenset({Way.FOLDER})
_ALL = frozenset(Way)
#: Messages that payers answer in X12, and those whose answer can be turned.
_ANSWERED = frozenset({"270", "278-request", "278-inquiry"})
_REQUEST = frozenset({"278-request"})

#: By the simulator's clock: how late a late answer is, and after how long a decision comes by itself or is reversed.
LATE_BY = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class FaultRow:
    """What a fault does."""

    #: Whether the payer acts on the request (records the review) all the same.
    reaches_payer: bool
    ways: frozenset[Way] = _ALL
    #: The kinds of message that can meet it; `None` for every kind.
    kinds: frozenset[str] | None = None
    #: What a sender sees that waits for the answer; over a folder pair nobody waits.
    seen: Seen = Seen.REPLY
    #: What goes wrong.
    says: str


def _lost(says: str, *, reaches: bool, ways: frozenset[Way] = _HTTP) -> FaultRow:
    return FaultRow(reaches_payer=reaches, ways=ways, seen=Seen.NOTHING, says=says)


def _spoils(says: str, ways: frozenset[Way] = _ALL) -> FaultRow:
    return FaultRow(reaches_payer=True, ways=ways, says=says)


def _rejects(says: str) -> FaultRow:
    return FaultRow(reaches_payer=False, says=says)


def _refuses(says: str) -> FaultRow:
    return FaultRow(reaches_payer=False, kinds=_ANSWERED, says=says)


def _turns(says: str) -> FaultRow:
    return FaultRow(reaches_payer=True, kinds=_REQUEST, says=says)


FAULTS: Mapping[Fault, FaultRow] = {
    # ---- the message or its answer is lost
    Fault.DROP_UNREAD: _lost(
        "the connection closes before the body is read; by order only, never journalled", reaches=False
    ),
    Fault.DROP_BEFORE: _lost("the body is read and lost: the connection closes", reaches=False, ways=_ALL),
    Fault.DROP_AFTER: _lost("the payer takes the request; the connection closes unanswered", reaches=True),
    Fault.DROP_DURING: _lost("the connection closes in the middle of the reply", reaches=True),
    Fault.SILENCE: _lost(
        "the payer takes the request, and nothing comes back until the sender gives up", reaches=True, ways=_ALL
    ),
    # ---- the answer comes at another time
    Fault.HOLD: _spoils("the reply waits until it is released, or so many seconds", _HTTP),
    Fault.SLOW: _spoils("the reply comes so many seconds late (1 unless told)", _HTTP),
    Fault.DRIP: _spoils("the reply drips out over so many seconds (1 unless told)", _HTTP),
    Fault.LATE: _spoils("acknowledgments come at once, and the answer 2 days later by the payers' clock", _FOLDER),
    Fault.REORDERED: _spoils("the answer comes after the answer to the next file, or 2 days later", _FOLDER),
    Fault.ANSWER_FIRST: _spoils("the answer comes before its TA1 and 999", _FOLDER),
    # ---- the answer is packed otherwise
    Fault.TWICE: _spoils("the reply holds the same interchange twice; in folders, two files with the same bytes"),
    Fault.SAME_NUMBER: _spoils("the answer comes twice, the second with other bytes under the same ISA13"),
    Fault.TOGETHER: _spoils("TA1, 999 and the answer come as interchanges of one reply, or of one file"),
    Fault.ACK_BEFORE_TA1: _spoils("a 999 comes before the TA1, each in an interchange of its own, then the answer"),
    Fault.WITH_POISON: _spoils("the answer comes together with an interchange that nothing can be made of"),
    Fault.TRUNCATED: _spoils("the X12 of the reply ends in its middle"),
    Fault.HALF_RENAMED: _spoils("the answer's file is written and never renamed", _FOLDER),
    # ---- whose answer it is cannot be told
    Fault.OTHER_SUBMITTER: _spoils("the reply is addressed to another submitter and answers its reference and trace"),
    Fault.WRONG_TRACE: _spoils("the reply answers another reference and trace"),
    Fault.ALTERED_TRACE: _spoils("the traces come back altered (TRN02); the reference is right"),
    Fault.MISSING_TRACE: _spoils("no trace comes back; the reference is right"),
    Fault.ALTERED_REFERENCE: _spoils("the reference comes back altered (BHT03); the traces are right"),
    Fault.MISSING_REFERENCE: _spoils("no reference comes back (BHT03 is empty); the traces are right"),
    Fault.UNIDENTIFIED: _spoils("neither reference nor trace comes back"),
    # ---- what it says
    Fault.WRONG_MODE: _spoils("the reply is marked as production (ISA15 P)"),
    Fault.TA1_REJECT: _rejects("a TA1 that rejects the interchange (note code 006)"),
    Fault.ACK_999_REJECT: _rejects("a 999 that rejects the transaction set"),
    Fault.AAA_42: _refuses("the payer is down: AAA 42, the original may be sent again"),
    Fault.AAA_80: _refuses("the payer did not answer the clearinghouse: AAA 80, the original may be sent again"),
    Fault.PENDED_FIRST: _turns(
        "pended (A4 0V); the decision comes 2 days later by the payers' clock: by itself in folders, else if asked for"
    ),
    Fault.REVERSED: _turns(
        "2 days later by the payers' clock an approval is denied, a denial approved; told by itself in folders, "
        "else if asked for"
    ),
    # ---- HTTP and its envelopes
    Fault.HTTP_401: FaultRow(
        reaches_payer=False, ways=_HTTP, seen=Seen.LOCKED_OUT, says="HTTP 401, though the log-in is right"
    ),
    Fault.HTTP_429: FaultRow(
        reaches_payer=False, ways=_HTTP, seen=Seen.NOT_NOW, says="HTTP 429 with Retry-After before the payer sees it"
    ),
    Fault.HTTP_500: _lost("HTTP 500 without a body that says more, although the payer took the request", reaches=True),
    Fault.HTTP_502: _lost("HTTP 502 before the payer sees anything", reaches=False),
    Fault.HTTP_503: _lost("HTTP 503 before the payer sees anything", reaches=False),
    Fault.HTTP_504: _lost("HTTP 504 although the payer took the request", reaches=True),
    Fault.HTML: _lost("HTTP 200 with an HTML page", reaches=False),
    Fault.WRONG_TYPE: _spoils("the reply is right and its Content-Type is text/plain", _HTTP),
    Fault.SOAP_FAULT: _lost("a SOAP 1.2 fault; over REST, HTTP 500 with JSON", reaches=False),
    Fault.SOAP_SENDER: FaultRow(
        reaches_payer=False,
        ways=_HTTP,
        seen=Seen.REFUSED,
        says="a SOAP 1.2 fault with the code Sender; over REST, HTTP 400 with JSON",
    ),
    Fault.RECEIVER_DOWN: _lost("a CORE envelope with ErrorCode Receiver; over REST, HTTP 502 with JSON", reaches=False),
    Fault.MULTIPART: _spoils("over SOAP, the reply is multipart/related with an XOP part", _HTTP),
}


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """A fault that an exchange has met."""

    fault: Fault
    #: Real seconds, for `Fault.HOLD`, `Fault.SLOW` and `Fault.DRIP`.
    seconds: float | None = None
    #: After so many bytes of the reply's body `Fault.DROP_DURING` cuts it; `None` for its middle.
    cut_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """What about an exchange decides which fault it meets."""

    kind: str
    payer: str
    member: str
    #: BHT03.
    reference: str
    #: The fault of the member id's scenario.
    scenario_fault: Fault | None
    way: Way = Way.REST


@dataclass(frozen=True, kw_only=True)
class FaultOrder:
    """A fault for the next exchanges that fit."""

    fault: Fault
    #: ``270``, ``278-request``, ``278-inquiry``, ``275``; `None` for any.
    kind: str | None = None
    #: ISA08 of the request; `None` for any.
    payer: str | None = None
    #: A whole member id; `None` for any.
    member: str | None = None
    #: `None` for any.
    way: Way | None = None
    #: How many more exchanges; `None` for ever.
    times: int | None = 1
    #: Real seconds, for hold, slow and drip.
    seconds: float | None = None
    #: Byte of the reply's body, for drop_during.
    cut_at: int | None = None

    def fits(self, exchange: Meeting) -> bool:
        """Whether this exchange is meant."""
        return (
            self.fault is not Fault.DROP_UNREAD
            and self.fault.goes(exchange.way, exchange.kind)
            and self.way in (None, exchange.way)
            and self.kind in (None, exchange.kind)
            and self.payer in (None, exchange.payer)
            and self.member in (None, exchange.member)
        )
