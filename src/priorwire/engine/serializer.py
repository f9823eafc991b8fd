"""What the queue may write into its own tables: identifiers, and nothing that is not one.

DBOS pickles by default, exceptions with their messages included. Its tables are neither
encrypted nor scoped by tenant, so this serializer refuses whatever is not plain JSON of
identifiers, and keeps of an exception its type's name.

Imports DBOS: only `dbos_queue` imports this module.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from dbos import Serializer

#: Marks a kept exception. Jobs are enqueued by this package alone, and no argument of theirs is an object.
_EXCEPTION = "raised"


class RecordedFailure(Exception):
    """A job failed; only the type of its exception was kept."""


class IdentifierJson(Serializer):
    """JSON of str, int, bool, None, lists and objects with text keys."""

    def name(self) -> str:
        """What DBOS notes beside each value."""
        return "priorwire_json_1"

    def serialize(self, data: object) -> str:
        """Raises TypeError for any other type, without saying what the value was."""
        plain = {_EXCEPTION: type(data).__name__} if isinstance(data, BaseException) else _plain(data)
        return json.dumps(plain, separators=(",", ":"), ensure_ascii=True)

    def deserialize(self, serialized_data: str) -> object:
        """What was serialized; an exception comes back as `RecordedFailure` naming its type."""
        data = json.loads(serialized_data)
        if isinstance(data, dict) and data.keys() == {_EXCEPTION}:
            return RecordedFailure(data[_EXCEPTION])
        return data


def _plain(value: object) -> object:
    if value is None or type(value) in {str, int, bool}:
        return value
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    # DBOS hands arguments over as a tuple; they come back as a list, which it takes as well.
    if isinstance(value, Sequence) and isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    raise TypeError(f"the queue keeps identifiers only, and {type(value).__name__} is none")


def _key(key: object) -> str:
    if type(key) is not str:
        raise TypeError(f"the queue keeps objects with text keys only, and {type(key).__name__} is none")
    return key
