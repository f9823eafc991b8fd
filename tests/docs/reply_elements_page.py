"""The page about what of a payer's reply no record keeps, made of `reply_reach` and `not_read`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from tests.docs import not_read
from tests.docs.reply_reach import REPLIES, guide_of, unread
from tests.docs.request_reach import known

_TITLES = {"278-response": "Answer to a request for review: 278 response, 005010X217"}


def reason(kind: str, path: str) -> str | None:
    """Why an element is not read."""
    return next((why for place, why in not_read.ELEMENTS[kind].items() if fnmatchcase(path, place)), None)


def reply_elements_page(made: str) -> str:
    """The whole page; `made` says how it is made anew."""
    return "\n".join(
        (
            "# What of a reply is not kept",
            "",
            made,
            "",
            "Every element that the guide of a reply has is in the record, or stands here with the reason. Which are",
            "read is found by reading grown replies and following the source of every value; a test holds the list to",
            "both. The message itself is archived before anything reads it, and `include=x12` gives it back whole.",
            "",
            *(line for kind in REPLIES for line in _section(kind)),
        )
    )


def _section(kind: str) -> Iterator[str]:
    left, every = unread(kind), known(guide_of(kind))
    yield from (f"## {_TITLES[kind]}", "")
    yield from (f"{len(every) - len(left)} of {len(every)} elements and components are kept.", "")
    yield from ("| Not kept | Why |", "|---|---|")
    yield from (f"| {', '.join(f'`{each}`' for each in paths)} | {why} |" for why, paths in _grouped(kind).items())
    yield ""


def _grouped(kind: str) -> Mapping[str, list[str]]:
    """Reason -> segments, with their elements."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in unread(kind):
        segment, element = path.rsplit("/", 1)
        found[reason(kind, path) or ""][segment].append(element)
    return {why: [f"{name} {' '.join(each)}" for name, each in group.items()] for why, group in found.items()}
