"""Writes the recorded files of `sample_transactions/`: ``python -m tests.acceptance.record_stories [FOLDER...]``.

People write README.md, request.json, corrected.json and completion.json; everything else is recorded by
playing the story (`recorded.play`), or written, where it is a notice (`notices`). Recording twice gives
the same bytes: review what a recording changes as you would review code, because it is what payers will
be sent.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from tests.acceptance.notices import NOTICES, expected_of_notice
from tests.acceptance.recorded import STORIES, as_text, expected_of, files_of, play


def confirmation() -> bytes:
    """The page that a portal shows at the end, as a person saves it."""
    buffer = io.BytesIO()
    page = Canvas(buffer, pagesize=letter, invariant=1)
    lines = (
        "SUMMIT BENEFIT TRUST (EXAMPLE PORTAL)",
        "Your request was approved.",
        "Reference number: SBT-2026-EX-0010",
        "Authorization number: SBTEX0010",
        "Valid from 01/25/2027 to 04/25/2027, 1 unit",
        "This payer, this page and this patient are invented.",
    )
    for number, line in enumerate(lines):
        page.drawString(72, 700 - 20 * number, line)
    page.save()
    return buffer.getvalue()


def record(story: Path) -> dict[str, bytes]:
    """Every recorded file of a story's folder, by name."""
    if story.name in NOTICES:
        files = NOTICES[story.name]
        return {**files, "expected.json": as_text(expected_of_notice(files))}
    with tempfile.TemporaryDirectory() as scratch:
        played = play(story, Path(scratch))
    return {**files_of(played), "expected.json": as_text(expected_of(story, played))}


def main(names: list[str]) -> None:
    """Record the stories named, or all."""
    (STORIES / "10-portal-only" / "confirmation.pdf").write_bytes(confirmation())
    stories = [STORIES / name for name in names] or sorted(each for each in STORIES.iterdir() if each.is_dir())
    for story in stories:
        for name, content in record(story).items():
            (story / name).write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])
