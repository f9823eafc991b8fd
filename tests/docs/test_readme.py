"""The README can be walked: every file it names is there, and every function on the road is in it."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

README = (ROOT / "README.md").read_text("utf-8")
ROAD = re.findall(r"\[`([\w.]+)`\]\((src/priorwire/[\w/]+\.py)\)", README)
DOCUMENTS = [
    path.relative_to(ROOT).as_posix()
    for path in (
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "deploy").glob("*.md"),
    )
]


def test_the_road_is_long() -> None:
    assert len(ROAD) > 25


@pytest.mark.parametrize(("name", "path"), ROAD, ids=[name for name, _ in ROAD])
def test_a_stage_of_the_road_is_where_it_is_said_to_be(name: str, path: str) -> None:
    module, _, function = name.rpartition(".")
    assert path.removeprefix("src/priorwire/").removesuffix(".py").endswith(module.replace(".", "/"))
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    path = ROOT / document
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    targets = [each for each in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in each]
    missing = [each for each in targets if not (path.parent / each).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_of_the_project_that_is_named_is_there(document: str) -> None:
    named = re.findall(
        r"`((?:src|tests|docs|deploy|companion_guides|sample_transactions)/[\w./-]*)`",
        (ROOT / document).read_text("utf-8"),
    )
    assert not [each for each in named if not (ROOT / each).exists()]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_speaks_of_the_project_alone(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    assert not re.search(r"/(work|shared|root)/|\bsession\b|issue #?\d|\bTODO\b|\bFIXME\b", text)


def test_the_tree_names_every_room() -> None:
    rooms = {path.name for path in (ROOT / "src/priorwire").iterdir() if path.is_dir() and path.name != "__pycache__"}
    tree = README.partition("## The tree")[2].partition("## ")[0]
    assert not [room for room in rooms if not re.search(rf"(?<![\w/]){room}/", tree)]


@pytest.mark.parametrize("verb", ["inspect", "validate", "ack"])
def test_the_examples_that_need_no_gateway_run(verb: str, tmp_path: Path) -> None:
    lines = [line for line in README.splitlines() if line.startswith(f"priorwire {verb} ")]
    assert lines
    for line in lines:
        command = [sys.executable, "-m", *line.split()]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        assert done.stdout
        if "--json" in line:
            assert all(json.loads(each)["read"] == "clean" for each in done.stdout.splitlines())


def test_every_page_of_the_decisions_has_its_parts_and_is_listed() -> None:
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text("utf-8")
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    assert len(pages) >= 17
    parts = ["## Context", "## Decision", "## Consequences", "## Alternatives", "## Where it stands"]
    for page in pages:
        text = page.read_text("utf-8")
        assert re.findall(r"^## .*$", text, re.MULTILINE) == parts, page.name
        assert f"]({page.name})" in index, page.name
        assert len(text.splitlines()) < 60, f"{page.name} is longer than a page"


def test_every_key_of_a_companion_guide_is_documented() -> None:
    page = (ROOT / "docs/reference/companion-guides.md").read_text("utf-8")
    tree = ast.parse((ROOT / "src/priorwire/payers/loader.py").read_text("utf-8"))
    asked = {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "table"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }
    assert len(asked) > 40
    assert not [key for key in sorted(asked) if not re.search(rf"[`\[.]{key}[`\]]", page)]


def test_every_call_of_the_api_is_documented() -> None:
    from priorwire.api.routes import authorizations, eligibility_checks, ledger, operations, webhooks, work_items  # noqa: PLC0415

    page = (ROOT / "docs/reference/api.md").read_text("utf-8")
    for module in (authorizations, eligibility_checks, ledger, operations, webhooks, work_items):
        for route in module.router.routes:
            path = re.sub(r"\{\w+\}", "{id}", route.path)
            (method,) = route.methods
            assert f"`{method} {path}`" in page
