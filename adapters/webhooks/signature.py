"""The signature of Standard Webhooks: HMAC-SHA256 over id, time and body, one a secret.

Several secrets sign at once while one replaces another, so that receivers may change in between.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from decisions.errors import Misconfigured

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64


def key(secret: str, owner: str) -> bytes:
    """The key that a secret (`whsec_` and base64 of 24 to 64 bytes) stands for.

    Raises Misconfigured, which names the owner and never the secret.
    """
    try:
        decoded = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        decoded = b""
    if not _SHORTEST <= len(decoded) <= _LONGEST:
        raise Misconfigured(
            f"the secret of {owner} is not `{_PREFIX}` followed by base64 of {_SHORTEST} to "
            f"{_LONGEST} bytes: make one with `openssl rand -base64 32`"
        )
    return decoded


def headers(keys: Iterable[bytes], identifier: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers by which a receiver knows the sender, the message and its age."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join((identifier.encode(), timestamp.encode(), body))
    return {
        "webhook-id": identifier,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(one, signed) for one in keys),
    }


def _signature(one: bytes, signed: bytes) -> str:
    mac = hmac.new(one, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"
