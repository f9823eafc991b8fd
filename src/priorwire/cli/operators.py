"""What the verbs share by which people look after what waits: whose, who, and how a list is told."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from priorwire.clock import Clock
from priorwire.gateway.ports import Store

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Tenant = Annotated[str, typer.Option(help="Whose.")]
Actor = Annotated[
    str | None, typer.Option(help="Who orders this; stands in the audit. Unless given: the name of the log-in.")
]


def who(actor: str | None) -> str:
    """The name for the audit; a user without one, as in a container, by its number."""
    if actor:
        return actor
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


@contextmanager
def opened() -> Iterator[tuple[Store, Clock]]:
    """The store and the clock of this installation, as long as the block runs."""
    from priorwire import bootstrap
    from priorwire.config import load_settings

    settings = load_settings()
    with closing(bootstrap.make_store(settings)) as store:
        yield store, bootstrap.make_clock(settings)


def say(text: str) -> None:
    """A line for a person, as it is: nothing in it is markup, and nothing is cut off."""
    Console(highlight=False).print(text, markup=False, soft_wrap=True)


def tell_each(
    found: Iterable[T],
    *,
    line: Callable[[T], str],
    plain: Callable[[T], Mapping[str, object]],
    none: str,
    as_json: bool,
) -> None:
    """A list: JSON Lines, or a line each, and the sentence `none` where it is empty."""
    is_empty = True
    for each in found:
        is_empty = False
        if as_json:
            sys.stdout.write(json.dumps(plain(each)) + "\n")
        else:
            say(line(each))
    if is_empty and not as_json:
        say(none)
