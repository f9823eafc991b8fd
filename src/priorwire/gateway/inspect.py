"""Look into any interchange, without a database: one plain object a transaction set, ready for JSON."""

from __future__ import annotations

from collections.abc import Iterator

from priorwire.errors import RemoteX12Error
from priorwire.gateway.coverage_text import summary_lines
from priorwire.gateway.presentation import present_record
from priorwire.gateway.reading import Read, SetRead, read_payload
from priorwire.model.eligibility import Coverage
from priorwire.x12 import Issue


def inspect(data: bytes, name: str) -> Iterator[dict[str, object]]:
    """What `data` says, set by set.

    A finding outside any set (of an envelope, or of bytes that fit nowhere) is added to the
    set before it, or to the first one; a payload that holds no set at all gives one object of
    kind ``other``, ``refused``. Never raises for what the bytes are.
    """
    waiting: list[Issue] = []
    last: dict[str, object] | None = None
    try:
        for said in read_payload(data):
            if isinstance(said, Issue):
                waiting.append(said)
                continue
            if last is not None:
                yield last
            last = _present(said, name)
            _add(last, waiting)
            waiting = []
    except RemoteX12Error as unreadable:
        if last is not None:
            _add(last, waiting)
            yield last
        yield _refused(name, unreadable.message)
        return
    if last is None:
        last = _refused(name, "There is no transaction set in it.")
    _add(last, waiting)
    yield last


def _present(said: SetRead, name: str) -> dict[str, object]:
    records = [present_record(reading.record) for reading in said.readings]
    shown: dict[str, object] = {
        "file": name,
        "interchange": said.interchange_number,
        "group": said.group_number,
        "set": said.set_number,
        "kind": said.kind,
        "guide": said.guide_id,
        "read": said.read.value,
        "issues": [present_issue(issue) for issue in said.issues],
        "record": records[0] if records else None,
    }
    summaries = [summary_lines(reading.record) for reading in said.readings if isinstance(reading.record, Coverage)]
    if summaries:
        shown["summaries"] = [list(lines) for lines in summaries]
    if len(records) > 1:
        shown["more_records"] = records[1:]
    if said.acknowledgment is not None:
        shown["acknowledgment"] = said.acknowledgment.present()
    return shown


def present_issue(issue: Issue) -> dict[str, object]:
    """A finding as plain JSON. Says where and which rule, never a value."""
    place = issue.place
    return {
        "code": issue.code.code,
        "severity": issue.severity.value,
        "segment": place.segment,
        "position": place.position,
        "element": place.element,
        "component": place.component,
        "repeat": place.repeat,
        "loop": place.loop,
        "says": issue.says,
    }


def _add(shown: dict[str, object], issues: list[Issue]) -> None:
    if not issues:
        return
    listed = shown["issues"]
    assert isinstance(listed, list)
    listed.extend(present_issue(issue) for issue in issues)
    if shown["read"] == Read.CLEAN.value:
        shown["read"] = Read.FINDINGS.value


def _refused(name: str, why: str) -> dict[str, object]:
    issue = {
        "code": "I0",
        "severity": "error",
        "segment": "",
        "position": 0,
        "element": None,
        "component": None,
        "repeat": None,
        "loop": None,
        "says": f"{why} [I0]",
    }
    return {
        "file": name,
        "interchange": "",
        "group": "",
        "set": "",
        "kind": "other",
        "guide": "",
        "read": Read.REFUSED.value,
        "issues": [issue],
        "record": None,
    }
