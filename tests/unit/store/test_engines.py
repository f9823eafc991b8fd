"""Which database addresses are taken, and that a refused one is not shown."""

from __future__ import annotations

import pytest

from priorwire.errors import ConfigurationError
from priorwire.store.engines import parsed_url


@pytest.mark.parametrize(
    ("address", "driver", "database"),
    [
        ("sqlite:///some.db", "sqlite", "some.db"),
        ("sqlite:////srv/some.db", "sqlite", "/srv/some.db"),
        ("postgresql://u:p@h:5433/d", "postgresql+psycopg", "d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg", "d"),
        ("postgres://u:p@h/d", "postgresql+psycopg", "d"),
    ],
)
def test_addresses_of_both_databases_are_taken(address: str, driver: str, database: str) -> None:
    url = parsed_url(address)
    assert (url.drivername, url.database) == (driver, database)


@pytest.mark.parametrize(
    "address",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://u:secret-word@h/d",
        "secret-word",
        "",
        "postgresql://u:secret-word@h:x/d",
    ],
)
def test_other_addresses_are_refused_and_not_shown(address: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parsed_url(address)
    assert "secret-word" not in str(caught.value)
