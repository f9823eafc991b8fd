"""Column types that SQLite and PostgreSQL store alike, and that give back the model's own values."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum, IntEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, BigInteger, Dialect, Integer, SmallInteger, String
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator

#: A number that the database gives out in the order of insertion. SQLite counts only an ``INTEGER PRIMARY KEY``.
Counter = BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """A timezone-aware UTC `datetime`: ``timestamptz`` in PostgreSQL, text in SQLite. A naive one is a defect."""

    impl = String(27).with_variant(TIMESTAMP(timezone=True), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the store takes timezone-aware times only")
        utc = value.astimezone(UTC)
        # In SQLite always 27 characters, so that text sorts as time does.
        return utc if dialect.name == "postgresql" else f"{utc.isoformat(timespec='microseconds')[:26]}Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "postgresql":
            moment: datetime = value
            return moment.astimezone(UTC)
        return datetime.fromisoformat(value)


# ARG002 below: the signatures are SQLAlchemy's.


class Word(TypeDecorator[Enum]):
    """A member of an enumeration, stored as its value."""

    impl = String(40)
    cache_ok = True

    def __init__(self, members: type[Enum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: Enum | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else str(self.members(value).value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Enum | None:  # noqa: ARG002
        return None if value is None else self.members(value)


class Level(TypeDecorator[IntEnum]):
    """A member of an ordered enumeration, stored as its number."""

    impl = SmallInteger()
    cache_ok = True

    def __init__(self, members: type[IntEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: IntEnum | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> IntEnum | None:  # noqa: ARG002
        return None if value is None else self.members(value)


class Structure(TypeDecorator[Any]):
    """A tuple, set or mapping of plain values, stored as JSON and given back in its own type."""

    impl = JSON()
    cache_ok = True

    def __init__(self, annotation: Any) -> None:
        super().__init__()
        self.annotation = annotation
        self._adapter: TypeAdapter[Any] = TypeAdapter(annotation)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else self._adapter.validate_python(value)
