"""What the samples read as, in one file: ``python -m tests.corpus.pins`` writes it anew.

``pins.json`` holds for each transaction set of each sample its kind, how it was read, the
status of what it says, and each finding with its place; nothing of what the sample says.
Whoever changes the engine looks at the difference before keeping it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from priorwire.gateway.inspect import inspect
from tests.corpus.conftest import CORPUS, manifest

PINS = Path(__file__).parent / "pins.json"
#: The class of published examples. Their findings are explained one by one, in ``class_a.toml``.
EXPLAINED = "A"


def pinned(data: bytes) -> list[dict[str, Any]]:
    """Every set of an input, in the words that are pinned."""
    return [_set(each) for each in inspect(data, "")]


def _set(shown: Mapping[str, Any]) -> dict[str, Any]:
    said = [record for record in (shown["record"], *shown.get("more_records", ())) if record]
    return {
        "kind": shown["kind"],
        "read": shown["read"],
        "status": [record["status"] for record in said if "status" in record],
        "issues": [finding(each) for each in shown["issues"]],
    }


def finding(issue: Mapping[str, Any]) -> str:
    """One finding on one line: code, loop, segment, position, element, component, repeat."""
    numbers = (issue["position"], issue["element"], issue["component"], issue["repeat"])
    where = (issue["loop"] or "-", issue["segment"] or "-", *(str(number or 0) for number in numbers))
    return " ".join((issue["code"], *where))


def samples(*, explained: bool) -> list[str]:
    """Names of the samples of class A, or of all others."""
    return [row["file"] for row in manifest() if row["quality_class"].startswith(EXPLAINED) is explained]


def read_as(name: str) -> list[dict[str, Any]]:
    return pinned((CORPUS / name).read_bytes())


def main() -> None:
    every = {name: read_as(name) for name in samples(explained=False)}
    PINS.write_text(json.dumps(every, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
