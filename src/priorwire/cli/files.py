"""Reading what a command was given: a file, or standard input as ``-``."""

from __future__ import annotations

import sys
from pathlib import Path

import typer


def read_input(name: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``.

    Raises:
        typer.BadParameter: there is no such file, or it cannot be read.
    """
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{name}: {error.strerror}") from None
