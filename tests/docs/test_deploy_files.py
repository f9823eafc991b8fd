"""The files of ``deploy/`` name settings that exist and verbs with options that they take."""

from __future__ import annotations

import re
import tomllib
from configparser import ConfigParser
from typing import Any

import pytest
import yaml

from priorwire.config import Settings
from tests.docs.pages import ROOT, command_line, verbs

DEPLOY = ROOT / "deploy"
SETTINGS = {f"PRIORWIRE_{name.upper()}" for name in Settings.model_fields}
VERBS = dict(verbs(command_line()))
SERVICES = ["set-up", "api", "worker-1", "worker-2"]
UNITS = ["priorwire.service", "priorwire-worker@.service"]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return parsed


def takes(words: list[str]) -> None:
    name = " ".join(["priorwire", *words[: 2 if words[0] == "db" else 1]])
    VERBS[name].make_context(name, words[len(name.split()) - 1 :])


def test_there_are_a_database_an_api_and_two_workers(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"database", *SERVICES}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_a_verb_with_options_that_it_takes(compose: dict[str, Any], service: str) -> None:
    takes(compose["services"][service]["command"])


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_set_up_by_settings_that_exist(compose: dict[str, Any], service: str) -> None:
    given = set(compose["services"][service]["environment"])
    assert {"PRIORWIRE_DATABASE_URL", "PRIORWIRE_KEY_RING"} <= given <= SETTINGS


def test_workers_have_names_of_their_own(compose: dict[str, Any]) -> None:
    names = [compose["services"][each]["environment"]["PRIORWIRE_NODE"] for each in ("worker-1", "worker-2")]
    assert len(set(names)) == len(names)


def test_what_is_mounted_and_waited_for_is_there(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        named = [each.partition(":")[0] for each in service["volumes"] if not each.startswith(("$", ".", "/"))]
        assert set(named) <= set(compose["volumes"])


def test_the_database_is_postgresql_and_the_api_is_not_open_to_the_world(compose: dict[str, Any]) -> None:
    assert compose["services"]["database"]["image"].startswith("postgres:")
    assert compose["services"]["api"]["ports"] == ["127.0.0.1:8470:8470"]


def test_a_password_is_asked_for_and_never_written_down(compose: dict[str, Any]) -> None:
    given = compose["services"]["database"]["environment"]["POSTGRES_PASSWORD"]
    assert re.fullmatch(r"\$\{POSTGRES_PASSWORD:\?[^}]+\}", given)


@pytest.mark.parametrize("name", ["Containerfile", "compose.yaml", "gateway.env.example", *UNITS, "runbook.md"])
def test_every_setting_that_is_named_exists(name: str) -> None:
    named = set(re.findall(r"PRIORWIRE_[A-Z_]+", (DEPLOY / name).read_text("utf-8")))
    assert named <= SETTINGS


def test_the_container_starts_a_verb_and_copies_what_is_there() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    (command,) = re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)
    takes(tomllib.loads(f"words = {command}")["words"])
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / each).exists() for each in sources.split())
    assert re.search(r"^USER priorwire$", text, re.MULTILINE)


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_verbs_with_options_that_they_take(name: str) -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys are not lower case
    unit.read_string((DEPLOY / name).read_text("utf-8"))
    for key in ("ExecStartPre", "ExecStart"):
        if unit.has_option("Service", key):
            interpreter, *words = unit.get("Service", key).split()
            assert interpreter == "/opt/priorwire/.venv/bin/python"
            assert words[:2] == ["-m", "priorwire"]
            takes(words[2:])
