"""Logs and metrics. Configured here, once; rooms log by name with an ``action`` and know nothing of this.

A log line carries what `LOGGED` lists and nothing else a call may have passed: a field
that is not on the list (a patient's, by mistake) does not reach any output.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from prometheus_client import Counter

#: The only extra fields that are ever written.
LOGGED = (
    "action", "subject", "status", "delivery", "endpoint", "exchange", "fence", "error", "place", "node", "count",
    "partition", "kind", "port",
)  # fmt: skip

ACTIONS = Counter("priorwire_actions", "What the gateway did, by action.", ["action"])


class _CountActions(logging.Handler):
    """Every logged action is counted; the log and the metrics cannot disagree."""

    def emit(self, record: logging.LogRecord) -> None:
        action = getattr(record, "action", None)
        if action is not None:
            ACTIONS.labels(action=action).inc()


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "says": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in LOGGED if hasattr(record, name)})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__  # its text may quote what it choked on
        return json.dumps(line, default=str)


class TextFormatter(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        extras = " ".join(f"{name}={getattr(record, name)}" for name in LOGGED if hasattr(record, name))
        error = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        return f"{at} {record.levelname.lower():7} {record.getMessage()}{error} {extras}".rstrip()


def configure(level: str, form: str, stream: TextIO | None = None) -> None:
    """Send all logs to `stream` (standard error by default), in `form` ``text`` or ``json``."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers = [handler, _CountActions()]
    root.setLevel(level)
    for noisy in ("httpx2", "httpcore2", "apscheduler", "dbos", "alembic", "uvicorn.access", "mail.log"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
