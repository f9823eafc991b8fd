"""Between a row of `gateway.rows` and a row of a table: fields by name, sealed ones through the vault."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, Insert, RowMapping, Select, Table, Update, bindparam, insert, select, update

from priorwire.errors import NotFound
from priorwire.store.sealed_values import Codec
from priorwire.store.session import Session
from priorwire.store.vault import Place, Sealed, Vault


class Row(Protocol):
    """Any of the dataclasses of `gateway.rows` that belong to a tenant."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def tenant(self) -> str: ...


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, kw_only=True)
class RowTable(Generic[R]):
    """How the rows of one type are stored. Every query is bounded by the session's tenant."""

    table: Table
    type: type[R]
    #: The fields that tell the tenant's rows apart.
    key: tuple[str, ...] = ("id",)
    #: Sealed fields and what turns them into bytes.
    sealed: Mapping[str, Codec] = field(default_factory=dict)
    #: Values of a row that can be looked up though they are sealed, each by its column ``{name}_index``.
    indexed: tuple[str, ...] = ()

    def add(self, session: Session, row: R, **sealed_beside: bytes) -> None:
        """Insert `row`; `sealed_beside` are sealed columns that are no field of it.

        Raises:
            Conflict: there is one already.
            ValueError: the row is another tenant's.
        """
        session.execute(_insertion(self.table), self._stored(session, row, sealed_beside))

    def add_all(self, session: Session, rows: Iterable[R]) -> None:
        """Insert many rows at once: for filling a store that is measured. Raises as `add`; no rows are no error."""
        values = [self._stored(session, row, {}) for row in rows]
        if values:
            session.execute(_insertion(self.table), values)

    def update(self, session: Session, row: R) -> None:
        """Store `row` over the one of its key. Raises NotFound where there is none."""
        key = {name: getattr(row, name) for name in self.key}
        stored = self._stored(session, row, {})
        # Without what names it, which stays: where that is set, if only to what it is, SQLite looks through every
        # table that may point to the row.
        values = {name: value for name, value in stored.items() if name != "tenant" and name not in key}
        values |= _bound(session, key)
        if session.execute(_change(self.table, self.key), values).rowcount != 1:
            raise NotFound

    def get(self, session: Session, **key: Any) -> R:
        """The one row that `key` names, locked where the session writes. Raises NotFound."""
        found = self.find(session, **key)
        if found is None:
            raise NotFound
        return found

    def find(self, session: Session, **key: Any) -> R | None:
        """As `get`; `None` where there is none."""
        one = _selection(self.table, tuple(key), locked=session.locks)
        found = session.execute(one, _bound(session, key)).mappings().one_or_none()
        return None if found is None else self.row(session.vault, found)

    def of(self, session: Session, *order: ColumnElement[Any], limit: int | None = None, **key: Any) -> Sequence[R]:
        """The rows where each column of `key` has that value, in that order; not locked."""
        return self.keyed(session, key, order, limit)

    def keyed(
        self,
        session: Session,
        key: Mapping[str, Any],
        order: tuple[ColumnElement[Any], ...] = (),
        limit: int | None = None,
    ) -> Sequence[R]:
        """As `of`, where the names of the columns are not known before."""
        chosen = _selection(self.table, tuple(key), order, limit)
        return [self.row(session.vault, found) for found in session.execute(chosen, _bound(session, key)).mappings()]

    def many(self, session: Session, chosen: Select[Any], given: Mapping[str, Any] | None = None) -> Sequence[R]:
        """The rows that `chosen` selects, in its order; `given` are the values of its parameters."""
        return [self.row(session.vault, found) for found in session.execute(chosen, given).mappings()]

    def chosen(self, session: Session, key: Mapping[str, Any] | None = None) -> Select[Any]:
        """A selection of the tenant's rows where each column of `key` has that value."""
        return select(self.table).where(*self._mine(session, key or {}))

    def locked(self, session: Session, chosen: Select[Any]) -> Select[Any]:
        """`chosen`, holding its rows until the unit of work ends, where that may write.

        ``FOR NO KEY UPDATE`` on PostgreSQL: two units of work that read, decide and write the same row take turns,
        while a new row that merely points to it need not wait. SQLite has one writer at a time anyway.
        """
        return _locked(chosen) if session.locks else chosen

    def row(self, vault: Vault, found: RowMapping) -> R:
        """The dataclass of a stored row. Raises VaultError where a sealed column does not open."""
        values = {name: found[name] for name in self._plain_fields}
        if self.sealed:
            contents = self.opened(vault, found, *self.sealed)
            values |= {name: _loaded(codec, contents[name]) for name, codec in self.sealed.items()}
        return self.type(**values)

    def opened(self, vault: Vault, found: RowMapping, *columns: str) -> dict[str, bytes | None]:
        """The contents of sealed columns of a stored row. Raises VaultError."""
        place = self.place(found["tenant"], [found[name] for name in self.key])
        sealed = {column: found[column] for column in columns}
        return vault.open(place, Sealed(key_id=found["key_id"], data_key=found["data_key"], columns=sealed))

    def indexes(self, vault: Vault, row: R) -> dict[str, str | None]:
        """The blind indexes of `row`, by column."""
        numbers = {name: getattr(row, name) for name in self.indexed}
        return {
            f"{name}_index": None if number is None else vault.index(row.tenant, name, number)
            for name, number in numbers.items()
        }

    def place(self, tenant: str, key: Iterable[object]) -> Place:
        """Where the vault takes the record with these key values to live."""
        return Place(table=self.table.name, tenant=tenant, row="/".join(map(str, key)))

    @cached_property
    def _plain_fields(self) -> tuple[str, ...]:
        return tuple(each.name for each in dataclasses.fields(self.type) if each.name not in self.sealed)

    def _mine(self, session: Session, key: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        mine = self.table.c.tenant == session.tenant
        return [mine, *(self.table.c[name] == value for name, value in key.items())]

    def _stored(self, session: Session, row: R, sealed_beside: Mapping[str, bytes]) -> dict[str, Any]:
        if row.tenant != session.tenant:
            raise ValueError("a unit of work stores rows of its own tenant only")
        values = {name: getattr(row, name) for name in self._plain_fields}
        values |= self.indexes(session.vault, row)
        if not self.sealed and not sealed_beside:
            return values
        contents = {name: _dumped(codec, getattr(row, name)) for name, codec in self.sealed.items()}
        place = self.place(row.tenant, [getattr(row, name) for name in self.key])
        sealed = session.vault.seal(place, {**contents, **sealed_beside})
        return values | {"key_id": sealed.key_id, "data_key": sealed.data_key} | dict(sealed.columns)


# A statement is made once for each shape and run with other values each time: making one, and finding out that it is
# the same as one that was compiled before, costs several times what the database needs to run it.


@cache
def _insertion(table: Table) -> Insert:
    return insert(table)


@cache
def _change(table: Table, key: tuple[str, ...]) -> Update:
    return update(table).where(*_conditions(table, key))


@cache
def _selection(
    table: Table,
    key: tuple[str, ...],
    order: tuple[ColumnElement[Any], ...] = (),
    limit: int | None = None,
    *,
    locked: bool = False,
) -> Select[Any]:
    chosen = select(table).where(*_conditions(table, key)).order_by(*order).limit(limit)
    return _locked(chosen) if locked else chosen


def _locked(chosen: Select[Any]) -> Select[Any]:
    return chosen.with_for_update(key_share=True)


def _conditions(table: Table, key: Iterable[str]) -> list[ColumnElement[bool]]:
    return [table.c[name] == bindparam(f"of_{name}", type_=table.c[name].type) for name in ("tenant", *key)]


def _bound(session: Session, key: Mapping[str, Any]) -> dict[str, Any]:
    return {"of_tenant": session.tenant} | {f"of_{name}": value for name, value in key.items()}


def _dumped(codec: Codec, value: Any) -> bytes | None:
    return None if value is None else codec.dump(value)


def _loaded(codec: Codec, content: bytes | None) -> Any:
    return None if content is None else codec.load(content)
