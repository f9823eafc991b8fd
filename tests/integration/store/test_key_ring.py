"""The key ring's file: its owner's only, never overwritten, and refused where it is not whole."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from priorwire.errors import ConfigurationError
from priorwire.store import KeyRing, create_key_ring


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_a_ring_comes_back_as_it_was_made(path: Path) -> None:
    assert create_key_ring(path) == KeyRing.load(path)


def test_the_file_is_its_owners_only(path: Path) -> None:
    ring = create_key_ring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    ring.with_new_wrapping_key().save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644])
def test_a_file_that_is_open_to_others_is_refused(path: Path, mode: int) -> None:
    create_key_ring(path)
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        KeyRing.load(path)


def test_a_ring_is_never_overwritten(path: Path) -> None:
    ring = create_key_ring(path)
    with pytest.raises(ConfigurationError, match="never overwritten"):
        create_key_ring(path)
    assert KeyRing.load(path) == ring


def test_a_missing_ring_is_said_to_be_missing(path: Path) -> None:
    with pytest.raises(ConfigurationError, match="missing"):
        KeyRing.load(path)


def test_two_rings_have_no_key_in_common(path: Path) -> None:
    one, other = KeyRing.generate(), KeyRing.generate()
    keys = [key for ring in (one, other) for key in (ring.wrap.keys["w1"], ring.index.keys["i1"], ring.digest)]
    assert len(set(keys)) == 6
    assert {len(key) for key in keys} == {32}


def test_a_rotated_ring_keeps_the_old_keys_and_makes_the_new_one_current(path: Path) -> None:
    ring = create_key_ring(path)
    ring.with_new_wrapping_key().with_new_wrapping_key().with_new_index_key().save(path)
    rotated = KeyRing.load(path)
    assert (rotated.wrap.current, list(rotated.wrap.keys)) == ("w3", ["w1", "w2", "w3"])
    assert (rotated.index.current, list(rotated.index.keys)) == ("i2", ["i1", "i2"])
    assert rotated.wrap.keys["w1"] == ring.wrap.keys["w1"]
    assert rotated.digest == ring.digest


FAULTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "another format": lambda ring: ring.update(format=2),
    "no digest key": lambda ring: ring.pop("digest"),
    "a current key that is not there": lambda ring: ring["wrap"].update(current="w9"),
    "no keys": lambda ring: ring["index"].update(keys={}),
    "a short key": lambda ring: ring["wrap"]["keys"].update(w1=base64.b64encode(b"short").decode()),
    "a key that is no base64": lambda ring: ring.update(digest="%%%"),
    "a key of another name": lambda ring: ring["wrap"]["keys"].update(key=ring["digest"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_ring_that_is_not_whole_is_refused_without_showing_it(path: Path, fault: str) -> None:
    create_key_ring(path)
    document = json.loads(path.read_text())
    secret = document["wrap"]["keys"]["w1"]
    FAULTS[fault](document)
    path.write_text(json.dumps(document))
    with pytest.raises(ConfigurationError) as caught:
        KeyRing.load(path)
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_that_is_no_json_is_refused(path: Path) -> None:
    create_key_ring(path)
    path.write_bytes(b"\xff\x00")
    with pytest.raises(ConfigurationError):
        KeyRing.load(path)


def test_a_ring_does_not_show_its_keys() -> None:
    ring = KeyRing.generate()
    shown = repr(ring)
    assert repr(ring.digest) not in shown
    assert repr(ring.wrap.keys["w1"]) not in shown
