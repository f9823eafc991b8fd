"""Values that nobody else writes: put into the stories' requests, and found again however they are written."""

from __future__ import annotations

import base64
import json
import re
import shutil
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from priorwire.cli.demo_stories import load_stories
from tests.acceptance.processes import STORIES

#: The part of a story's member id that is the same in all of them; what follows chooses the scenario.
_MEMBER = re.compile(r"^EXM\d{7}")


class Canaries:
    """Values that stand nowhere else in the world, each found again however it is written."""

    def __init__(self) -> None:
        self._raw: dict[bytes, str] = {}
        self._folded: dict[bytes, str] = {}

    def mark(self, label: str, value: str) -> str:
        """Look out for `value` from now on; gives it back."""
        data = value.encode()
        for form in (data, data.hex().encode()):
            self._folded[form.lower()] = label
        for shift in range(3):  # in base64 a text looks different at each of three alignments
            coded = base64.b64encode(b"\0" * shift + data)
            whole = slice((0, 2, 3)[shift], (shift + len(data)) * 8 // 6)  # the characters made of nothing else
            self._raw[coded[whole]] = label
        return value

    def mark_date(self, label: str, value: date) -> str:
        """The same for a date, however it is written."""
        for form in ("%Y%m%d", "%m/%d/%Y", "%m%d%Y"):
            self.mark(label, value.strftime(form))
        self.mark(label, f"{value.year}, {value.month}, {value.day}")  # its repr
        return self.mark(label, value.isoformat())

    def found_in(self, data: bytes) -> list[str]:
        """Labels of what stands in `data`."""
        folded = data.lower()
        found = {label for form, label in self._folded.items() if form in folded}
        return sorted(found | {label for form, label in self._raw.items() if form in data})


def marked_request(plain: dict[str, Any], number: int, canaries: Canaries) -> dict[str, Any]:
    """A story's request about somebody of whom every value is marked."""
    request = deepcopy(plain)
    mark = canaries.mark
    person = request["subscriber"]
    prefix = mark(f"member id {number}", f"QZM{number:02}CANARY")
    person["member_id"] = prefix + _MEMBER.sub("", person["member_id"])
    person["name"] = {
        "last": mark(f"last name {number}", f"QZLAST{number:02}"),
        "first": mark(f"first name {number}", f"QZFIRST{number:02}"),
    }
    person["birth_date"] = canaries.mark_date(f"birth date {number}", date(1937, 8, 10 + number))
    person["group_number"] = mark(f"group number {number}", f"QZGROUP{number:02}")
    person["address"] = {
        "line1": mark(f"street {number}", f"{number} QZSTREET{number:02}"),
        "city": mark(f"city {number}", f"QZCITY{number:02}"),
        "state": "MT",
        "postal_code": mark(f"postal code {number}", f"59718{number:04}"),
    }
    request["client_reference"] = mark(f"client reference {number}", f"QZVISIT{number:02}")
    if "requester" in request:
        _mark_clinical(request, number, canaries)
    if number == 6:
        request["dependent"] = _marked_dependent(canaries)
    return request


def _marked_dependent(canaries: Canaries) -> dict[str, Any]:
    name = {
        "last": canaries.mark("dependent's last name", "QZCHILDLAST"),
        "first": canaries.mark("dependent's first name", "QZCHILDFIRST"),
    }
    born = canaries.mark_date("dependent's birth date", date(1941, 2, 3))
    return {"name": name, "relationship": "child", "birth_date": born}


def _mark_clinical(request: dict[str, Any], number: int, canaries: Canaries) -> None:
    for diagnosis in request["diagnoses"]:
        diagnosis["code"] = canaries.mark(f"diagnosis {number}", f"T84Q{number:02}A")
    request["note"] = canaries.mark(f"note {number}", f"QZNOTE{number:02} FELL TWICE")
    for service in request.get("services", ()):
        service["note"] = canaries.mark(f"note to a service {number}", f"QZLINE{number:02} LEFT SIDE")


def marked_stories(root: Path, canaries: Canaries) -> Path:
    """The demo's stories with marked values, for its own player."""
    for story in load_stories(STORIES):
        shutil.copytree(story.folder, root / story.name)
    for file in sorted((*root.glob("*/request.json"), *root.glob("*/corrected.json"))):
        plain = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps(marked_request(plain, int(file.parent.name[:2]), canaries)), encoding="utf-8")
    (portal,) = root.glob("*/completion.json")
    completion = json.loads(portal.read_text(encoding="utf-8")) | {
        "reference": canaries.mark("portal's reference", "QZREF10"),
        "authorization_number": canaries.mark("portal's authorization number", "QZAUTH10"),
        "note": canaries.mark("note of a person", "QZTYPED10 BY HAND"),
    }
    portal.write_text(json.dumps(completion), encoding="utf-8")
    scan = f"%PDF-1.4 {canaries.mark('attached file', 'QZSCAN10')}"
    (portal.parent / "confirmation.pdf").write_bytes(scan.encode())
    return root
