"""What a guide may say of a folder pair, and what it may not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from priorwire.errors import GuideError
from priorwire.payers.profile import Acknowledging, FolderSettings
from tests.example_guide import batch_guide, endpoint_of

GUIDE = batch_guide(folders='sent = "gone"\nacknowledge = ["999"]\npoll_every = "PT10M"')


def folders(tmp_path: Path, text: str = GUIDE) -> FolderSettings | None:
    return endpoint_of(tmp_path, text).folders


def test_what_the_guide_does_not_say_is_as_usual(tmp_path: Path) -> None:
    assert folders(tmp_path) == FolderSettings(
        sent="gone", acknowledge=frozenset({Acknowledging.ACK_999}), poll_every=timedelta(minutes=10)
    )


@pytest.mark.parametrize(
    ("old", "new", "pointer", "code"),
    [
        ('sent = "gone"', 'sent = "../gone"', "routes[0].endpoint.folders.sent", "folder"),
        ('sent = "gone"', 'sent = ".hidden"', "routes[0].endpoint.folders.sent", "folder"),
        ('sent = "gone"', 'sent = "outbound"', "routes[0].endpoint.folders", "contradiction"),
        ('sent = "gone"', 'suffix = "/x"', "routes[0].endpoint.folders.suffix", "suffix"),
        ('sent = "gone"', "names = []", "routes[0].endpoint.folders.names", "empty"),
        ('["999"]', '["997"]', "routes[0].endpoint.folders.acknowledge", "unknown_value"),
        ("file:///var", "https://var", "routes[0].endpoint.url", "scheme"),
        ("file:///var", "file://var", "routes[0].endpoint.url", "scheme"),
        ('"authorization"]', '"authorization"]\nreal_time = true', "routes[0].real_time", "real_time"),
        ("[routes.endpoint.folders]", "[routes.endpoint.core]", "routes[0].endpoint.folders", "required"),
        ('channel = "directory"', 'channel = "rest_x12"', "routes[0].endpoint.folders", "unused"),
    ],
)
def test_a_fault_names_its_place_and_its_rule(tmp_path: Path, old: str, new: str, pointer: str, code: str) -> None:
    assert old in GUIDE
    text = GUIDE.replace(old, new, 1)
    if code == "required":
        text = text[: text.index("[routes.endpoint.core]")]
    with pytest.raises(GuideError) as caught:
        folders(tmp_path, text)
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in caught.value.faults}
