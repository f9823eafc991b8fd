"""Seals what may name a patient, and finds it again without opening it.

Theory. Each write of a record gets a data key of its own (AES-256-GCM). The record's sealed
columns are encrypted with it; the data key is wrapped by the key ring's current key and stored
beside them. Rotating the ring re-wraps the data keys and leaves the columns alone, however
large they are.

Both carry *associated data*, which the cipher checks and does not store: table, column, tenant
and row, for the wrapped key also the id of the key that wraps it. A value that was copied to
another row, column or tenant therefore does not open, and neither does one that was altered.
What this cannot see is an older value of the same row put back together with its data key: the
audit chain and the database's own rights stand against that.

A *blind index* is a keyed digest (HMAC-SHA256) under a key derived for one tenant and one
field: equal values of one tenant are equal, nothing else can be learned from it without the
ring. It bears the id of its key, so that look-ups go on while a key is being changed.

The cipher's nonces are random: 96 bits, at most a handful under one data key and, under one
wrapping key, far below the 2**32 that NIST SP 800-38D section 8.3 allows.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from priorwire.errors import VaultError
from priorwire.store.key_ring import KeyRing

_NONCE_BYTES = 12
_DATA_KEY_COLUMN = "data_key"
#: Stands in every associated data: a later layout of sealed values is another word here.
_LAYOUT = "priorwire-1"
#: Below this, compressing costs more than it saves.
_WORTH_COMPRESSING = 1024
_PLAIN, _COMPRESSED = b"\x00", b"\x01"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a sealed record lives. Moving it is noticed."""

    table: str
    tenant: str
    #: The row's identifier, unique in its table and tenant.
    row: str

    def associated_data(self, column: str, key_id: str = "") -> bytes:
        """What the cipher binds a value to; JSON, so that no two places give the same bytes."""
        return json.dumps([_LAYOUT, self.table, column, self.tenant, self.row, key_id]).encode("ascii")


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A record's sealed columns, and its wrapped data key."""

    key_id: str
    data_key: bytes
    columns: Mapping[str, bytes | None]


class Vault:
    """Seals and opens records with the keys of one ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._wrapping = {name: AESGCM(key) for name, key in ring.wrap.keys.items()}
        #: Keys of tenants' fields, by id of the key that they come from: as secret as the ring, and as many as tenants.
        self._index_keys: dict[tuple[str, str, str], bytes] = {}

    @property
    def wrapping_key_id(self) -> str:
        """Id of the key that wraps from now on."""
        return self._ring.wrap.current

    @property
    def index_key_id(self) -> str:
        """Id of the key that indexes from now on."""
        return self._ring.index.current

    def seal(self, place: Place, values: Mapping[str, bytes | None]) -> Sealed:
        """Seal the columns of one record under a new data key. An absent value stays absent."""
        data_key = AESGCM.generate_key(bit_length=256)
        cipher = AESGCM(data_key)
        columns = {
            column: None if value is None else _encrypted(cipher, _packed(value), place.associated_data(column))
            for column, value in values.items()
        }
        key_id, wrapped = self._wrap(place, data_key)
        return Sealed(key_id=key_id, data_key=wrapped, columns=columns)

    def open(self, place: Place, sealed: Sealed) -> dict[str, bytes | None]:
        """What `seal` was given.

        Raises:
            VaultError: the key is not in the ring, or the row was moved or altered.
        """
        cipher = AESGCM(self._unwrap(place, sealed.key_id, sealed.data_key))
        return {
            column: None if value is None else _unpacked(_decrypted(cipher, value, place, column))
            for column, value in sealed.columns.items()
        }

    def rewrap(self, place: Place, key_id: str, data_key: bytes) -> tuple[str, bytes]:
        """The same data key, wrapped by the current key: its id and the wrapped key. Raises VaultError."""
        return self._wrap(place, self._unwrap(place, key_id, data_key))

    def index(self, tenant: str, field: str, value: str) -> str:
        """The blind index to store for `value`: key id, colon, 64 hexadecimal digits."""
        return self._index_by(self._ring.index.current, tenant, field, value)

    def indexes(self, tenant: str, field: str, value: str) -> tuple[str, ...]:
        """Every blind index that `value` may be stored under: one a key."""
        return tuple(self._index_by(key_id, tenant, field, value) for key_id in self._ring.index.keys)

    def digest(self, tenant: str, text: str) -> str:
        """A keyed digest of `text` for this tenant: 64 hexadecimal digits, the same for ever."""
        return _hmac(_derived(self._ring.digest, tenant, "digest"), text).hex()

    def _index_by(self, key_id: str, tenant: str, field: str, value: str) -> str:
        # Blanks around an identifier are padding in X12 (X12.6, alphanumeric elements); nothing else is normalised,
        # since two identifiers that differ in case may be two.
        name = (key_id, tenant, field)
        key = self._index_keys.get(name)
        if key is None:
            key = self._index_keys[name] = _derived(self._ring.index.keys[key_id], tenant, field)
        return f"{key_id}:{_hmac(key, value.strip()).hex()}"

    def _wrap(self, place: Place, data_key: bytes) -> tuple[str, bytes]:
        key_id = self._ring.wrap.current
        bound_to = place.associated_data(_DATA_KEY_COLUMN, key_id)
        return key_id, _encrypted(self._wrapping[key_id], data_key, bound_to)

    def _unwrap(self, place: Place, key_id: str, data_key: bytes) -> bytes:
        cipher = self._wrapping.get(key_id)
        if cipher is None:
            raise VaultError(f"a row of '{place.table}' was sealed with a key that the key ring does not have")
        return _decrypted(cipher, data_key, place, _DATA_KEY_COLUMN, key_id)


def _encrypted(cipher: AESGCM, value: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, value, bound_to)


def _decrypted(cipher: AESGCM, value: bytes, place: Place, column: str, key_id: str = "") -> bytes:
    nonce, ciphertext = value[:_NONCE_BYTES], value[_NONCE_BYTES:]
    try:
        return cipher.decrypt(nonce, ciphertext, place.associated_data(column, key_id))
    except (InvalidTag, ValueError):  # ValueError: so short that it holds no nonce
        raise VaultError(f"'{place.table}.{column}' cannot be opened: wrong key, or moved or altered") from None


def _packed(value: bytes) -> bytes:
    if len(value) >= _WORTH_COMPRESSING:
        compressed = zlib.compress(value, level=1)
        if len(compressed) < len(value):
            return _COMPRESSED + compressed
    return _PLAIN + value


def _unpacked(value: bytes) -> bytes:
    return zlib.decompress(value[1:]) if value[:1] == _COMPRESSED else value[1:]


def _derived(key: bytes, tenant: str, field: str) -> bytes:
    return _hmac(key, json.dumps([_LAYOUT, tenant, field]))


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).digest()
