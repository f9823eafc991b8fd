"""What the reference says exists, and what exists is in the reference."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator

import pytest
from typer.core import TyperCommand

from priorwire.cli.exits import Exit
from priorwire.config import Settings
from priorwire.x12 import ISSUE_CODES
from priorwire.x12.guides import guides
from priorwire.x12.guides.notation import rule
from tests.docs.pages import PAGES, ROOT, command_line, example, verbs

SETTINGS_PAGE = (ROOT / "docs/reference/settings.md").read_text("utf-8")
VERBS = dict(verbs(command_line()))


@pytest.mark.parametrize("path", PAGES)
def test_a_generated_page_is_current(path: str) -> None:
    page = (ROOT / path).read_text("utf-8")
    assert page == PAGES[path](), "stale: run '.venv/bin/python -m tests.docs.pages'"


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = set(re.findall(r"^\| `(PRIORWIRE_[A-Z_]+)`", SETTINGS_PAGE, re.MULTILINE))
    assert documented == {f"PRIORWIRE_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize(
    "name", [name for name, field in Settings.model_fields.items() if field.default and field.default_factory is None]
)
def test_a_setting_is_documented_with_what_it_is_unless_set(name: str) -> None:
    row = next(line for line in SETTINGS_PAGE.splitlines() if line.startswith(f"| `PRIORWIRE_{name.upper()}`"))
    default = Settings.model_fields[name].default
    shown = getattr(default, "value", default)
    assert f"`{str(shown).lower() if isinstance(shown, bool) else shown}`" in row


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_help_and_an_example_that_it_takes(name: str) -> None:
    command = VERBS[name]
    assert (command.help or "").strip()
    line = example(command)
    assert name in line, "the example shows another verb"
    parse(line, VERBS)


@pytest.mark.parametrize("name", VERBS)
def test_every_option_has_help(name: str) -> None:
    wanting = [each.name for each in VERBS[name].params if not getattr(each, "help", None)]
    assert not wanting


@pytest.mark.parametrize("name", [name for name in VERBS if not name.startswith("priorwire db")])
def test_every_verb_can_print_json(name: str) -> None:
    assert any("--json" in each.opts for each in VERBS[name].params)


def test_every_exit_code_is_in_the_reference_and_in_the_readme() -> None:
    for path in ("docs/reference/cli.md", "README.md"):
        rows = re.findall(r"^\| (\d) \| ", (ROOT / path).read_text("utf-8"), re.MULTILINE)
        assert sorted(map(int, rows)) == sorted(Exit)


def test_every_finding_is_in_the_reference() -> None:
    page = (ROOT / "docs/reference/issue-codes.md").read_text("utf-8")
    assert all(f"| `{code}` |" in page for code in ISSUE_CODES)


def test_every_command_line_in_the_documents_is_one_that_the_verbs_take() -> None:
    lines = list(command_lines())
    assert len(lines) > len(VERBS)
    for where, line in lines:
        try:
            parse(line, VERBS)
        except Exception as wrong:
            raise AssertionError(f"{where}: {line}") from wrong


def test_the_readme_has_an_example_of_every_verb() -> None:
    shown = "\n".join(line for where, line in command_lines() if where == "README.md")
    assert not [name for name in VERBS if not re.search(rf"^{name}\b", shown, re.MULTILINE)]


def command_lines() -> Iterator[tuple[str, str]]:
    """Every command line in a ``sh`` block of a document that runs priorwire."""
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "deploy").glob("*.md"))]:
        for block in re.findall(r"^\s*```sh\n(.*?)^\s*```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            for line in map(str.strip, block.splitlines()):
                if line.startswith(("priorwire ", "./priorwire ")):
                    yield path.relative_to(ROOT).as_posix(), line.removeprefix("./")


def parse(line: str, known: dict[str, TyperCommand]) -> None:
    """Parse what stands after the verb as the verb itself does; runs nothing. Raises whatever the verb would."""
    for words in commands(line):
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words.pop(0)
        if words[:1] != ["priorwire"]:
            continue
        name = " ".join(words[: 3 if words[1] in ("db", "bench", "quarantine", "unmatched") else 2])
        given = words[len(name.split()) :]
        if "--key" not in given and any(each.name == "key" and each.required for each in known[name].params):
            given += ["--key", "pw_EXAMPLE"]  # from PRIORWIRE_API_KEY
        known[name].make_context(name, given)


def commands(line: str) -> Iterator[list[str]]:
    """The words of each command of a shell line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if set(word) <= set("|&;<>"):
            yield words
            words = []
        else:
            words.append(word)
    yield words


def test_every_guide_and_every_loop_is_in_the_reference() -> None:
    page = (ROOT / "docs/reference/guides.md").read_text("utf-8")
    for guide in guides():
        section = page.partition(f"## {guide.kind} {guide.id}\n")[2].partition("\n## ")[0]
        assert all(f"`{loop}`" in section for loop in guide.loops)
        assert f"Source: {guide.source}." in section


def test_the_page_about_a_new_guide_names_what_there_is() -> None:
    page = (ROOT / "docs/how-to/add-a-guide.md").read_text("utf-8")
    named = re.findall(r"`((?:src|tests)/[a-z0-9_/]+\.py)`", page)
    assert named
    assert all((ROOT / path).is_file() for path in named)
    for line in re.findall(r"^ +(rule\(.*\))$", page, re.MULTILINE):
        arguments = ast.literal_eval(line.removeprefix("rule"))
        assert rule(*arguments).says == arguments[2]
