"""The implementation guides, and which of them a transaction set is read with.

Importing this package loads no guide: each is a table of some size, and is read from its
file when somebody first asks for it.

A set is routed by ST01, and a 278 then by BHT02, which says who speaks: 13, 01 and 36 ask,
11 answers, 28 inquires, 49 answers an inquiry, CN, 14 and 22 give notice. ST03 refines the
words that several guides share (an X215 with 13 still inquires, an X216 with 01 withdraws a
notice) and is otherwise only believed where BHT02 says nothing. Senders get it wrong often:
a set is never refused for it. What was declared stays on record; that it contradicts is a
deviation.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, lru_cache
from importlib import import_module
from types import MappingProxyType

from priorwire.errors import GuideError
from priorwire.x12.guide import Guide
from priorwire.x12.guides.loosened import loosened

__all__ = ["KINDS", "Chosen", "Deviation", "guide", "guide_for", "guides"]

#: Every word that `inspect` may call a transaction set or a control segment.
KINDS = (
    "270",
    "271",
    "278-request",
    "278-response",
    "278-inquiry",
    "278-inquiry-response",
    "278-notice",
    "278-notice-ack",
    "275",
    "999",
    "TA1",
    "other",
)

#: Where each guide stands: kind to the modules and names, the one to read by default first.
_SHELF = MappingProxyType(
    {
        "270": (("x279_270", "GUIDE"),),
        "271": (("x279_271", "GUIDE"),),
        "278-request": (("x217_request", "GUIDE"),),
        "278-response": (("x217_response", "GUIDE"),),
        "278-inquiry": (("x215_inquiry", "GUIDE"),),
        "278-inquiry-response": (("x215_response", "GUIDE"),),
        "278-notice": (("x216_notice", "GUIDE"),),
        "278-notice-ack": (("x216_acknowledgment", "GUIDE"),),
        "275": (("attachments_275", "X316"), ("attachments_275", "X211"), ("attachments_275", "X210")),
        "999": (("x231_999", "GUIDE"),),
    }
)

#: The same for what is no transaction set: a guide of one segment.
_CONTROL = MappingProxyType({"TA1": (("ta1", "GUIDE"),)})


class Deviation(Enum):
    """What was odd about the choice, as a sentence to report; never a value of the message."""

    VERSION_MISSING = "No guide is named in ST03 or GS08: read with the usual one."
    VERSION_UNSUPPORTED = "Version not supported: read leniently with the nearest guide."
    GUIDE_OF_ANOTHER_TRANSACTION = "The guide named in ST03 or GS08 belongs to another transaction: ST01 was believed."
    PURPOSE_MISSING = "BHT02 is missing: the kind was told from the guide named and the segments present."
    PURPOSE_UNKNOWN = "BHT02 is no purpose of a 278: the kind was told from the guide named and the segments present."
    GUIDE_CONTRADICTS_PURPOSE = "The guide named in ST03 or GS08 has no such BHT02: BHT02 was believed."
    ANSWER_IN_A_QUESTION = "BHT02 asks, but a decision (HCR) or a rejection (AAA) is present: BHT02 was believed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a set is read as."""

    #: `None` where there is no guide for it as a transaction set: TA1, and transactions that are not ours.
    guide: Guide | None
    #: One of `KINDS`.
    kind: str
    deviations: tuple[Deviation, ...] = ()


def guides() -> tuple[Guide, ...]:
    """Every guide of a transaction set, in the order of `KINDS`; the first of a kind is the one `guide` gives."""
    return tuple(each for kind in _SHELF for each in _of_kind(kind))


def guide(kind: str) -> Guide:
    """The guide to write or read a kind with; ``TA1`` is one segment, and its guide too.

    Raises:
        GuideError: there is no guide of that kind (``other`` has none).
    """
    if kind not in _SHELF and kind not in _CONTROL:
        raise GuideError(f"no implementation guide of kind {kind!r}; there are: {', '.join((*_SHELF, *_CONTROL))}")
    return _of_kind(kind)[0]


def guide_for(transaction: str, guide_id: str, purpose: str, segment_ids: Collection[str], source: str = "") -> Chosen:
    """Choose the guide to read a set with.

    Args:
        transaction: ST01, or ``TA1`` for that control segment.
        guide_id: ST03, or GS08 where ST03 is absent; ``""`` where neither names one.
        purpose: BHT02; ``""`` where absent.
        segment_ids: Ids of the segments seen so far; HCR and AAA help where BHT02 does not.
        source: NM101 of whoever speaks in the first level; ``""`` where nobody knows.
    """
    answers = frozenset(filter(segment_ids.__contains__, _ANSWERS))
    return _chosen(transaction.strip(), guide_id, purpose.strip(), answers, is_decided=source.strip() in _REVIEWERS)


@lru_cache(maxsize=256)
def _chosen(transaction: str, guide_id: str, purpose: str, answers: frozenset[str], *, is_decided: bool) -> Chosen:
    kind, deviations = _kind(transaction, guide_id, purpose, answers, is_decided=is_decided)
    if kind not in _SHELF:
        return Chosen(guide=None, kind=kind)
    chosen, odd = _edition(kind, guide_id.strip())
    return Chosen(guide=chosen, kind=kind, deviations=(*deviations, *odd))


# --- which kind -------------------------------------------------------------------------------------------

#: A 278's guides, by the number in their ids; 094 is the 4010 ancestor of 217.
_REVIEW, _INQUIRY, _NOTICE = "217", "215", "216"
_FAMILIES = MappingProxyType({"217": _REVIEW, "094": _REVIEW, "215": _INQUIRY, "216": _NOTICE})

#: BHT02 by guide: the purposes each guide has.
_OWN = MappingProxyType(
    {
        _REVIEW: {"13": "278-request", "01": "278-request", "36": "278-request", "11": "278-response"},
        _INQUIRY: {"28": "278-inquiry", "49": "278-inquiry-response"},
        _NOTICE: {
            "CN": "278-notice",
            "14": "278-notice",
            "22": "278-notice",
            "01": "278-notice",
            "11": "278-notice-ack",
        },
    }
)

#: What a set is when BHT02 does not tell: without and with an answer in it.
_BY_CONTENT = MappingProxyType(
    {
        _REVIEW: ("278-request", "278-response"),
        _INQUIRY: ("278-inquiry", "278-inquiry-response"),
        _NOTICE: ("278-notice", "278-notice-ack"),
    }
)

_ANSWERS = frozenset({"HCR", "AAA"})
#: Who decides: NM101 of a utilization management organization or payer.
_REVIEWERS = frozenset({"X3", "PR", "2B", "36"})
_QUESTIONS = frozenset({"278-request", "278-inquiry"})


def _kind(
    transaction: str, guide_id: str, purpose: str, segment_ids: Collection[str], *, is_decided: bool
) -> tuple[str, tuple[Deviation, ...]]:
    if transaction != "278":
        return (transaction if transaction in KINDS else "other"), ()
    family = _family(guide_id)
    kind, deviations = _kind_of_278(family, purpose, segment_ids, is_decided=is_decided)
    if kind in _QUESTIONS and not _ANSWERS.isdisjoint(segment_ids):
        deviations += (Deviation.ANSWER_IN_A_QUESTION,)
    return kind, deviations


def _kind_of_278(
    family: str | None, purpose: str, segment_ids: Collection[str], *, is_decided: bool
) -> tuple[str, tuple[Deviation, ...]]:
    own = _OWN[family or _REVIEW].get(purpose)
    if own == "278-notice-ack" and "HCR" in segment_ids and is_decided:
        # An acknowledgment repeats a decision and makes none. Only one who decides sends a review's answer: from
        # one this is that, under the wrong guide's name; from a provider it is what was received, said again.
        return "278-response", (Deviation.GUIDE_CONTRADICTS_PURPOSE,)
    if own:
        return own, ()
    for other in (_REVIEW, _INQUIRY, _NOTICE):
        if meant := _OWN[other].get(purpose):
            return meant, (Deviation.GUIDE_CONTRADICTS_PURPOSE,) if family else ()
    asks, answers = _BY_CONTENT[family or _REVIEW]
    odd = Deviation.PURPOSE_UNKNOWN if purpose else Deviation.PURPOSE_MISSING
    return (asks if _ANSWERS.isdisjoint(segment_ids) else answers), (odd,)


def _family(guide_id: str) -> str | None:
    """Which 278 guide an id names, editions and errata aside; `None` where it names none."""
    found = re.match(r"00\d{4}X(\d{3})", guide_id.strip())
    return _FAMILIES.get(found[1]) if found else None


# --- which edition ----------------------------------------------------------------------------------------


def _edition(kind: str, guide_id: str) -> tuple[Guide, tuple[Deviation, ...]]:
    editions = _of_kind(kind)
    for each in editions:
        if guide_id == each.id or guide_id in each.also:
            return each, ()
    if not guide_id:
        return editions[0], (Deviation.VERSION_MISSING,)
    named = {each.transaction for each in guides() if guide_id == each.id or guide_id in each.also}
    if editions[0].transaction in named:
        return editions[0], ()  # another 278 guide: the choice of the kind has reported that already
    if named:
        return editions[0], (Deviation.GUIDE_OF_ANOTHER_TRANSACTION,)
    return _lenient(kind, _nearest(editions, guide_id)), (Deviation.VERSION_UNSUPPORTED,)


def _nearest(editions: Sequence[Guide], guide_id: str) -> int:
    """Which edition is nearest by version and release (``005010``), the first of them where several are."""
    version = guide_id[:_VERSION]
    if not (version.isascii() and version.isdecimal()):
        return 0
    return min(range(len(editions)), key=lambda each: abs(int(editions[each].id[:_VERSION]) - int(version)))


#: Digits of a version and release, which an id begins with.
_VERSION = 6


@cache
def _of_kind(kind: str) -> tuple[Guide, ...]:
    found = (getattr(import_module(f"{__name__}.{module}"), name) for module, name in {**_SHELF, **_CONTROL}[kind])
    return tuple(each for each in found if isinstance(each, Guide))


@cache
def _lenient(kind: str, edition: int) -> Guide:
    """The guide of a kind without its demands, for a version that it was not written for."""
    nearest = _of_kind(kind)[edition]
    return replace(nearest, root=loosened(nearest.root), certain=False)
