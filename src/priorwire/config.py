"""Settings: environment variables that begin with ``PRIORWIRE_``, read once, checked at once.

Secrets come from files or the environment and are never shown: not by `repr`, not in an error.
"""

from __future__ import annotations

import json
import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

import priorwire
from priorwire.errors import ConfigurationError
from priorwire.payers.profile import Environment

_PACKAGE = Path(priorwire.__file__).parent


def data_folder(name: str) -> Path:
    """Where `companion_guides` or `sample_transactions` stand: beside the source tree, or inside the wheel."""
    beside_source = _PACKAGE.parent.parent / name
    return beside_source if beside_source.is_dir() else _PACKAGE / "data" / name


class Settings(BaseSettings):
    """Everything that can be set. Each field is the variable ``PRIORWIRE_<FIELD>``."""

    model_config = SettingsConfigDict(env_prefix="PRIORWIRE_", extra="ignore", frozen=True)

    #: Folder of the embedded store and its keys.
    home: Path = Path(".priorwire")
    #: SQLAlchemy address; empty means an SQLite file in `home`. PostgreSQL: ``postgresql+psycopg://…``.
    database_url: str = ""
    #: Key ring file (mode 0600); empty means ``keys.json`` in `home`.
    key_ring: str = ""
    companion_guides: Path = Field(default_factory=lambda: data_folder("companion_guides"))
    sample_transactions: Path = Field(default_factory=lambda: data_folder("sample_transactions"))
    environment: Environment = Environment.TEST
    #: Whose the mailboxes (watched folders) are: files are kept under this tenant, their sets under their owners'.
    mailbox_tenant: str = Field(default="default", min_length=1, max_length=64)
    #: A file that several processes share as a test clock. Refused in production.
    test_clock: Path | None = None
    #: Names that companion guides use in addresses, e.g. ``{"simulator_url": "http://127.0.0.1:9000"}``.
    names: dict[str, str] = Field(default_factory=dict)
    #: JSON file of credentials: ``{"alias": ["user", "secret"]}``. Mode 0600.
    credentials_file: Path | None = None
    #: ``whsec_…`` with which the fax carrier signs its reports.
    fax_secret: SecretStr | None = None
    #: Mail address that faxes are sent from; the carrier must know it.
    fax_sender: str = "fax@gateway.example"
    #: Let webhooks go to this machine. For the demo and tests.
    webhooks_to_loopback: bool = False
    #: Run the worker inside the API's process.
    worker_in_process: bool = True
    #: Name of this node: unique among the running ones, and stable over a restart.
    node: str = Field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}")
    #: How long a claimed row is ours. Longer than the longest call and its wait in the queue.
    lease_seconds: float = Field(default=180, gt=0)
    #: How often the dispatcher looks for due rows.
    dispatch_seconds: float = Field(default=1.0, gt=0)
    #: How many days old an answer about coverage may be to be believed when an authorization is submitted.
    coverage_age_days: float = Field(default=3, ge=0)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @property
    def store_url(self) -> str:
        """The address of the store."""
        return self.database_url or f"sqlite:///{(self.home / 'priorwire.db').absolute()}"

    @property
    def key_ring_path(self) -> Path:
        """The key ring file."""
        return Path(self.key_ring) if self.key_ring else self.home / "keys.json"

    @property
    def lease(self) -> timedelta:
        """`lease_seconds` as a duration."""
        return timedelta(seconds=self.lease_seconds)

    @property
    def coverage_age(self) -> timedelta:
        """`coverage_age_days` as a duration."""
        return timedelta(days=self.coverage_age_days)

    def credentials(self) -> dict[str, tuple[str, str]]:
        """Credentials by alias.

        Raises:
            ConfigurationError: the file is missing, open to others, or not of the right form.
        """
        path = self.credentials_file
        if path is None:
            return {}
        if not path.is_file():
            raise ConfigurationError("PRIORWIRE_CREDENTIALS_FILE names a file that does not exist.")
        if path.stat().st_mode & 0o077:
            raise ConfigurationError("The credentials file can be read by others: 'chmod 600' it.")
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return {str(alias): (str(user), str(secret)) for alias, (user, secret) in found.items()}
        except (ValueError, TypeError, AttributeError) as wrong:
            raise ConfigurationError(
                'The credentials file must hold {"alias": ["user", "secret"], …} as JSON.'
            ) from wrong


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        ConfigurationError: a setting is wrong; each is named, none is shown.
    """
    try:
        settings = Settings()
    except ValidationError as wrong:
        named = sorted({f"PRIORWIRE_{str(each['loc'][0]).upper()}: {each['msg']}" for each in wrong.errors()})
        raise ConfigurationError("Settings: " + "; ".join(named)) from None
    if settings.environment is Environment.PRODUCTION and settings.test_clock is not None:
        raise ConfigurationError("PRIORWIRE_TEST_CLOCK cannot be used in production: deadlines would be wrong.")
    return settings
