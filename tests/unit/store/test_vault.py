"""What is sealed opens at its own place with its own key, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.errors import VaultError
from priorwire.store.key_ring import KeyRing
from priorwire.store.vault import Place, Sealed, Vault

RING = KeyRing.generate()
VAULT = Vault(RING)
PLACE = Place(table="transactions", tenant="north-clinic", row="auth_1")

texts = st.text(st.characters(exclude_categories=["Cs"]))
places = st.builds(Place, table=texts, tenant=texts, row=texts)
values = st.dictionaries(st.sampled_from(["request", "note", "number"]), st.none() | st.binary())


@given(places, values)
def test_what_was_sealed_opens_as_it_was(place: Place, columns: dict[str, bytes | None]) -> None:
    assert VAULT.open(place, VAULT.seal(place, columns)) == columns


@given(st.integers(0, 5000), st.binary(max_size=40))
def test_long_values_open_as_they_were_whether_they_shrink_or_not(repeats: int, block: bytes) -> None:
    value = block * repeats
    assert VAULT.open(PLACE, VAULT.seal(PLACE, {"request": value})) == {"request": value}


@given(places, places, values)
def test_nothing_opens_at_another_place(place: Place, other: Place, columns: dict[str, bytes | None]) -> None:
    sealed = VAULT.seal(place, columns)
    if place == other:
        return
    with pytest.raises(VaultError):
        VAULT.open(other, sealed)


@given(st.binary(min_size=1))
def test_nothing_opens_in_another_column(value: bytes) -> None:
    sealed = VAULT.seal(PLACE, {"request": value})
    with pytest.raises(VaultError):
        VAULT.open(PLACE, replace(sealed, columns={"note": sealed.columns["request"]}))


@given(st.binary(), st.data())
def test_no_altered_byte_goes_unnoticed(value: bytes, data: st.DataObject) -> None:
    sealed = VAULT.seal(PLACE, {"request": value})
    content = sealed.columns["request"]
    assert content is not None
    alter_key = data.draw(st.booleans())
    target = sealed.data_key if alter_key else content
    where = data.draw(st.integers(0, len(target) - 1))
    bit = data.draw(st.integers(0, 7))
    altered = target[:where] + bytes([target[where] ^ (1 << bit)]) + target[where + 1 :]
    changed = replace(sealed, data_key=altered) if alter_key else replace(sealed, columns={"request": altered})
    with pytest.raises(VaultError):
        VAULT.open(PLACE, changed)


@given(st.binary(), st.integers(0, 30))
def test_a_shortened_value_does_not_open(value: bytes, kept: int) -> None:
    sealed = VAULT.seal(PLACE, {"request": value})
    content = sealed.columns["request"]
    assert content is not None
    with pytest.raises(VaultError):
        VAULT.open(PLACE, replace(sealed, columns={"request": content[: min(kept, len(content) - 1)]}))
    with pytest.raises(VaultError):
        VAULT.open(PLACE, replace(sealed, data_key=sealed.data_key[:kept]))


def test_equal_values_are_sealed_differently() -> None:
    one, other = (VAULT.seal(PLACE, {"request": b"same"}) for _ in range(2))
    assert one.columns != other.columns
    assert one.data_key != other.data_key


def test_two_columns_of_a_record_share_its_key() -> None:
    sealed = VAULT.seal(PLACE, {"request": b"one", "note": b"two"})
    assert set(sealed.columns) == {"request", "note"}
    assert VAULT.open(PLACE, replace(sealed, columns={"note": sealed.columns["note"]})) == {"note": b"two"}


def test_a_large_repetitive_value_takes_little_room() -> None:
    content = VAULT.seal(PLACE, {"request": b"NM1*IL*1*" * 5000}).columns["request"]
    assert content is not None
    assert len(content) < 1000


def test_an_unknown_key_is_said_to_be_missing() -> None:
    sealed = VAULT.seal(PLACE, {"request": b"value"})
    with pytest.raises(VaultError, match="does not have"):
        VAULT.open(PLACE, replace(sealed, key_id="w9"))


def test_a_rewrapped_record_opens_with_the_new_key_only() -> None:
    sealed = VAULT.seal(PLACE, {"request": b"value"})
    rotated = RING.with_new_wrapping_key()
    key_id, data_key = Vault(rotated).rewrap(PLACE, sealed.key_id, sealed.data_key)
    moved = Sealed(key_id=key_id, data_key=data_key, columns=sealed.columns)
    assert key_id == "w2"
    assert Vault(rotated).open(PLACE, moved) == {"request": b"value"}
    with pytest.raises(VaultError):
        VAULT.open(PLACE, moved)
    with pytest.raises(VaultError):
        Vault(rotated).open(PLACE, replace(moved, key_id="w1"))


def test_a_record_is_not_rewrapped_at_another_place() -> None:
    sealed = VAULT.seal(PLACE, {"request": b"value"})
    with pytest.raises(VaultError):
        VAULT.rewrap(replace(PLACE, row="auth_2"), sealed.key_id, sealed.data_key)


# ---------------------------------------------------------------- blind indexes and digests


@given(texts, texts, texts)
def test_equal_values_have_equal_indexes(tenant: str, field: str, value: str) -> None:
    assert VAULT.index(tenant, field, value) == VAULT.index(tenant, field, value)
    assert VAULT.indexes(tenant, field, value) == (VAULT.index(tenant, field, value),)


@given(st.lists(st.tuples(texts, texts, texts.map(str.strip)), min_size=2, max_size=2, unique=True))
def test_another_tenant_field_or_value_has_another_index(pair: list[tuple[str, str, str]]) -> None:
    assert VAULT.index(*pair[0]) != VAULT.index(*pair[1])


def test_blanks_around_a_value_do_not_count_and_nothing_else_is_let_pass() -> None:
    index = VAULT.index("t", "number", "AUTH 1")
    assert VAULT.index("t", "number", " AUTH 1  ") == index
    assert VAULT.index("t", "number", "AUTH1") != index
    assert VAULT.index("t", "number", "auth 1") != index


def test_an_index_names_its_key_and_look_ups_try_every_key() -> None:
    rotated = Vault(RING.with_new_index_key())
    assert rotated.index("t", "number", "1").startswith("i2:")
    assert set(rotated.indexes("t", "number", "1")) == {
        VAULT.index("t", "number", "1"),
        rotated.index("t", "number", "1"),
    }


def test_an_index_cannot_be_made_without_the_ring() -> None:
    stranger = Vault(KeyRing.generate())
    assert stranger.index("t", "number", "1") != VAULT.index("t", "number", "1")
    assert stranger.digest("t", "1") != VAULT.digest("t", "1")


@given(texts, texts)
def test_a_digest_is_the_same_for_ever(tenant: str, text: str) -> None:
    digest = VAULT.digest(tenant, text)
    assert Vault(RING.with_new_index_key().with_new_wrapping_key()).digest(tenant, text) == digest
    assert len(digest) == 64
    assert digest != VAULT.index(tenant, "digest", text).partition(":")[2]
