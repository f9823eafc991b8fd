"""The keys that everything sealed depends on: a file, readable by its owner only.

::

    {"format": 1,
     "wrap":   {"current": "w1", "keys": {"w1": "…base64, 32 bytes…"}},
     "index":  {"current": "i1", "keys": {"i1": "…"}},
     "digest": "…"}

* ``wrap`` keys wrap the key of each record (AES-256-GCM). A new one is added and made current;
  the old ones stay until `rotation.rewrap` has left none of their records.
* ``index`` keys make blind indexes. Look-ups try every one of them, so an old one stays until
  `rotation.reindex` has run.
* ``digest`` recognises the same request sent twice, for as long as requests are kept: it is
  never changed, since a changed one would forget them, and a duplicate could go to a payer.

Losing this file loses every sealed value: back it up apart from the database.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from priorwire.errors import ConfigurationError

_KEY_BYTES = 32
_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Generation:
    """Keys of one use: the current one makes, all of them read."""

    current: str
    #: By id. Not shown: keys have no business in a log.
    keys: Mapping[str, bytes] = field(repr=False)

    def joined_by(self, key: bytes) -> Generation:
        """With one key more, which is current from now on."""
        prefix = self.current.rstrip("0123456789")
        number = max(int(name.removeprefix(prefix)) for name in self.keys) + 1
        name = f"{prefix}{number}"
        return Generation(current=name, keys={**self.keys, name: key})


@dataclass(frozen=True, kw_only=True)
class KeyRing:
    """Every key of an installation."""

    wrap: Generation
    index: Generation
    digest: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> KeyRing:
        """A fresh ring out of the operating system's randomness."""
        return cls(
            wrap=Generation(current="w1", keys={"w1": _new_key()}),
            index=Generation(current="i1", keys={"i1": _new_key()}),
            digest=_new_key(),
        )

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Read a ring.

        Raises:
            ConfigurationError: the file is missing, open to others, or not a key ring.
        """
        try:
            with path.open("rb") as file:
                _refuse_if_open_to_others(file.fileno())
                content = file.read()
        except FileNotFoundError:
            raise ConfigurationError("the key ring is missing: 'priorwire db init' makes one") from None
        return _parsed(content)

    def with_new_wrapping_key(self) -> KeyRing:
        """For rotation: what is sealed from now on uses a new key."""
        return replace(self, wrap=self.wrap.joined_by(_new_key()))

    def with_new_index_key(self) -> KeyRing:
        """For rotation: what is indexed from now on uses a new key."""
        return replace(self, index=self.index.joined_by(_new_key()))

    def save(self, path: Path) -> None:
        """Replace the file at `path` as a whole; readable by its owner only."""
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        _write_new(beside, _text(self))
        beside.replace(path)


def create_key_ring(path: Path) -> KeyRing:
    """Make a ring and store it at `path`, mode 0600.

    Raises:
        ConfigurationError: there is a file already. It is never overwritten: that would lose every sealed value.
    """
    ring = KeyRing.generate()
    try:
        _write_new(path, _text(ring))
    except FileExistsError:
        raise ConfigurationError("there is a key ring already, and it is never overwritten") from None
    return ring


@dataclass(frozen=True, kw_only=True)
class _Keys:
    current: str
    keys: dict[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class _Document:
    format: int
    wrap: _Keys
    index: _Keys
    digest: str = field(repr=False)


_DOCUMENT: TypeAdapter[_Document] = TypeAdapter(_Document)


def _new_key() -> bytes:
    return secrets.token_bytes(_KEY_BYTES)


def _write_new(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # a ring that a power cut can take back loses what was sealed with it


def _refuse_if_open_to_others(descriptor: int) -> None:
    mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(f"the key ring is open to others (mode {mode:04o}): run 'chmod 600' on it")


def _text(ring: KeyRing) -> str:
    document = _Document(
        format=_FORMAT, wrap=_encoded(ring.wrap), index=_encoded(ring.index), digest=_base64(ring.digest)
    )
    return _DOCUMENT.dump_json(document, indent=1).decode("ascii") + "\n"


def _encoded(generation: Generation) -> _Keys:
    return _Keys(current=generation.current, keys={name: _base64(key) for name, key in generation.keys.items()})


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _parsed(content: bytes) -> KeyRing:
    try:
        document = _DOCUMENT.validate_json(content)
    except ValidationError:
        # Without the cause: it would show the document, which is all keys.
        raise ConfigurationError("the key ring is not one that this program wrote") from None
    if document.format != _FORMAT:
        raise ConfigurationError(f"the key ring has format {document.format}; this program reads {_FORMAT}")
    return KeyRing(
        wrap=_generation(document.wrap, "wrap"),
        index=_generation(document.index, "index"),
        digest=_key(document.digest, "digest"),
    )


def _generation(found: _Keys, use: str) -> Generation:
    keys = {name: _key(text, use) for name, text in found.keys.items()}
    if found.current not in keys:
        raise ConfigurationError(f"the key ring's current '{use}' key is not in it")
    if not all(re.fullmatch(rf"{use[0]}[1-9][0-9]*", name) for name in keys):
        raise ConfigurationError(f"a '{use}' key of the key ring is not named '{use[0]}1', '{use[0]}2' …")
    return Generation(current=found.current, keys=keys)


def _key(text: str, use: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigurationError(f"a '{use}' key of the key ring is not {_KEY_BYTES} bytes in base64")
    return key
