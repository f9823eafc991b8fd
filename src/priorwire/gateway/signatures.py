"""Signatures of webhooks, as Standard Webhooks 1.0 defines them.

``webhook-signature`` holds ``v1,`` and the base64 of HMAC-SHA256 over
``{webhook-id}.{webhook-timestamp}.{body}``; several may stand there, separated by spaces,
while a secret is being changed. A secret is ``whsec_`` and the base64 of 24 to 64 bytes.
We sign what we tell subscribers, and check what a fax carrier tells us.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from priorwire.errors import ConfigurationError, Unauthorized

PREFIX: Final = "whsec_"
#: How far a message's time may lie from ours, either way, before it counts as replayed.
TOLERANCE: Final = timedelta(minutes=5)
_VERSION: Final = "v1"
_SECRET_BYTES: Final = range(24, 65)


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``; `timestamp` in seconds since 1970.

    Raises ConfigurationError for a secret that is none.
    """
    mac = hmac.new(_key(secret), _signed(message_id, str(timestamp), body), hashlib.sha256)
    return f"{_VERSION},{base64.b64encode(mac.digest()).decode('ascii')}"


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Check the ``webhook-`` headers (names in any case) of a message, in constant time.

    Raises Unauthorized where no signature fits or the message's time is further than
    `TOLERANCE` from `now`, and ConfigurationError for a secret that is none.
    """
    given = {name.lower(): value for name, value in headers.items()}
    timestamp = given.get("webhook-timestamp", "")
    if not _timely(timestamp, now):
        raise Unauthorized("The message's time is missing or too far from now.")
    signed = _signed(given.get("webhook-id", ""), timestamp, body)
    mac = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    # every candidate is compared, so that the time taken does not tell which one fits
    fits = [hmac.compare_digest(mac, each) for each in _given(given.get("webhook-signature", ""))]
    if not any(fits):
        raise Unauthorized("No signature of this message fits the secret.")


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or len(key) not in _SECRET_BYTES:
        raise ConfigurationError("A webhook secret is 'whsec_' and the base64 of 24 to 64 bytes.")
    return key


def _signed(message_id: str, timestamp: str, body: bytes) -> bytes:
    return b".".join((message_id.encode("utf-8"), timestamp.encode("utf-8"), body))


def _timely(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):  # noqa: PLR2004  (to the year 5138)
        return False
    return abs(datetime.fromtimestamp(int(timestamp), UTC) - now) <= TOLERANCE


def _given(signatures: str) -> list[bytes]:
    found: list[bytes] = []
    for each in signatures.split():
        version, _, text = each.partition(",")
        if version == _VERSION:
            try:
                found.append(base64.b64decode(text, validate=True))
            except (binascii.Error, ValueError):
                continue
    return found
