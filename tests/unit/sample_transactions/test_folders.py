"""What stands in the folders of `sample_transactions/`: complete, invented, and written for people."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from priorwire.api.schemas.requests import AuthorizationIn, CompletionIn, EligibilityIn
from priorwire.model.identifiers import npi_is_valid
from priorwire.simulator.scenarios import SCENARIOS

STORIES = Path(__file__).parents[3] / "sample_transactions"
FOLDERS = sorted(each for each in STORIES.iterdir() if each.is_dir())
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
