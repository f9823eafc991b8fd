"""The server that the tests start: separate databases, and no server left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.postgres import ADDRESS_VARIABLE, Server

STARTER = """
import os, sys
sys.path.insert(0, sys.argv[1])
from tests.postgres import running_server
with running_server() as server:
    sys.stdout.write(server.url.render_as_string(hide_password=False) + "\\n")
    sys.stdout.flush()
    sys.stdin.read()
"""


def _answers(url: str) -> bool:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(address, connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def test_each_test_has_a_database_of_its_own(
    postgres_server: Server, postgres_url: str, empty_postgres_url: str
) -> None:
    assert postgres_url != empty_postgres_url
    assert _answers(postgres_url)
    assert _answers(empty_postgres_url)


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_no_server_outlives_a_test_process_that_was_killed() -> None:
    environment = {name: value for name, value in os.environ.items() if name != ADDRESS_VARIABLE}
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(Path(__file__).parents[3])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as starter:
        assert starter.stdout is not None
        url = starter.stdout.readline().strip()
        assert _answers(url)
        starter.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while _answers(url):
        assert time.monotonic() < deadline, "the server still answers"
