"""What stands in the folders of `sample_transactions/`: complete, invented, and written for people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from priorwire.api.schemas.requests import AuthorizationIn, CompletionIn, EligibilityIn
from priorwire.model.identifiers import npi_is_valid
from priorwire.simulator.refusals import LOOPS
from priorwire.simulator.scenarios import SCENARIOS
from priorwire.x12 import TransactionSet, read, validate
from priorwire.x12.guides import guide_for

STORIES = Path(__file__).parents[3] / "sample_transactions"
FOLDERS = sorted(each for each in STORIES.iterdir() if each.is_dir())
TABLE = (STORIES / "README.md").read_text(encoding="utf-8")
REQUESTS = sorted(STORIES.glob("*/request.json")) + sorted(STORIES.glob("*/corrected.json"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.name)
def test_a_readme_has_a_title_one_sentence_and_says_that_people_are_invented(folder: Path) -> None:
    lines = [line for line in (folder / "README.md").read_text(encoding="utf-8").splitlines() if line.strip()]
    assert lines[0].startswith("# ")
    assert lines[1].endswith(".")
    assert len(lines[1]) <= 130
    assert "invented" in lines[-1]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.name)
def test_a_readme_names_every_file_beside_it(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    for file in folder.iterdir():
        assert file.name == "README.md" or f"`{file.name}`" in text


@pytest.mark.parametrize("file", REQUESTS, ids=lambda each: f"{each.parent.name}/{each.name}")
def test_a_request_is_one_that_the_api_takes(file: Path) -> None:
    schema = EligibilityIn if "eligibility" in file.parent.name else AuthorizationIn
    schema.model_validate_json(file.read_text(encoding="utf-8")).to_model()


@pytest.mark.parametrize("file", REQUESTS, ids=lambda each: f"{each.parent.name}/{each.name}")
def test_people_and_providers_are_plainly_invented(file: Path) -> None:
    request = json.loads(file.read_text(encoding="utf-8"))
    text = file.read_text(encoding="utf-8")
    assert request["subscriber"]["name"]["last"] == "SAMPLE"
    assert request["subscriber"]["member_id"].startswith("EXM")
    npis = re.findall(r'"npi": "(\d+)"', text)
    assert npis
    for npi in npis:
        assert npi_is_valid(npi)
        assert npi == "1234567893" or len(set(npi[1:8])) == 1
    for organization in re.findall(r'"organization": "([^"]+)"', text):
        assert organization.startswith("EXAMPLE ")


@pytest.mark.parametrize("file", REQUESTS, ids=lambda each: f"{each.parent.name}/{each.name}")
def test_an_electronic_story_asks_for_a_behaviour_of_the_simulator_by_its_member_id(file: Path) -> None:
    request = json.loads(file.read_text(encoding="utf-8"))
    if (file.parent / "outbound.x12").exists():
        ending = re.sub(r"^EXM\d{7}", "", request["subscriber"]["member_id"])
        assert ending in SCENARIOS


def test_the_portal_story_is_completed_as_the_api_takes_it() -> None:
    folder = STORIES / "10-portal-only"
    entered = CompletionIn.model_validate_json((folder / "completion.json").read_text(encoding="utf-8"))
    assert entered.reference
    assert (folder / "confirmation.pdf").read_bytes().startswith(b"%PDF-")


# ---------------------------------------------------------------- what they show together


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.name)
def test_the_table_names_every_story(folder: Path) -> None:
    assert f"`{folder.name}`" in TABLE


def test_the_table_names_no_story_that_is_not_there() -> None:
    assert set(re.findall(r"`(\d\d-[a-z-]+)`", TABLE)) == {each.name for each in FOLDERS}


def test_every_kind_of_request_is_sent() -> None:
    assert {um.split("*")[2] for um in _segments("*outbound.x12", "UM")} == set("I1234NRS")


def test_every_decision_is_answered() -> None:
    assert {hcr.split("*")[1] for hcr in _segments("*response.x12", "HCR")} == {
        "A1",
        "A2",
        "A3",
        "A4",
        "A6",
        "C",
        "CT",
        "NA",
    }


def test_every_level_is_rejected_once_at_least() -> None:
    assert {loop for file in STORIES.glob("*/*response.x12") for loop in _rejected(file)} == {*LOOPS, "271"}


def test_every_admission_review_and_referral_is_of_its_category() -> None:
    assert {um.split("*")[1] for um in _segments("*outbound.x12", "UM")} == {"AR", "HS", "SC"}


def test_a_dependent_is_asked_about_in_both_transactions() -> None:
    assert {nm1.split("*")[1] for nm1 in _segments("*outbound.x12", "NM1")} >= {"QC", "03"}


def _segments(files: str, segment_id: str) -> Iterator[str]:
    for file in STORIES.glob(f"*/{files}"):
        yield from (text for text in file.read_text(encoding="ascii").split("~") if text.startswith(f"{segment_id}*"))


def _rejected(file: Path) -> Iterator[str]:
    """Loops in which an AAA stands; of a 271, only that there is one."""
    for event in read(file.read_bytes()):
        if not isinstance(event, TransactionSet):
            continue
        found = guide_for(event.transaction, event.guide_id, event.purpose, event.segment_ids).guide
        assert found is not None
        for node in validate(event, found).placed.root.walk():
            if node.all("AAA"):
                yield "271" if event.transaction == "271" else node.id
