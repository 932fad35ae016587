"""Shared access signatures: the tokens that prove a sender or receiver to know the key.

    SharedAccessSignature sr=<resource>&sig=<signature>&se=<expiry>&skn=<key name>

The signature is HMAC-SHA256 over the still quoted resource, a line feed and the expiry. Source:
learn.microsoft.com, "Service Bus access control with shared access signatures".
"""

import base64
import hashlib
import hmac
from urllib.parse import unquote_plus

from local.servicebus.errors import Unauthorized

# What the connection strings of Microsoft's own emulator carry; known to everybody, no secret.
KEY_NAME = "RootManageSharedAccessKey"
KEY = "SAS_KEY_VALUE"

_SCHEME = "SharedAccessSignature "


def connection_string(port: int) -> str:
    """What a client needs to reach an emulator on this machine, in Microsoft's own form."""
    return (
        f"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName={KEY_NAME};"
        f"SharedAccessKey={KEY};UseDevelopmentEmulator=true;"
    )


def check(token: str, now: float) -> None:
    """Raises Unauthorized unless the token is signed with the emulator's key and still valid."""
    fields = dict(
        part.split("=", 1) for part in token.removeprefix(_SCHEME).split("&") if "=" in part
    )
    expiry = fields.get("se", "")
    expected = hmac.digest(KEY.encode(), f"{fields.get('sr')}\n{expiry}".encode(), hashlib.sha256)
    given = unquote_plus(fields.get("sig", "")).encode()
    if not hmac.compare_digest(base64.b64encode(expected), given):
        raise Unauthorized(
            f"the shared access signature is not made with this emulator's key {KEY_NAME}: "
            "use the connection string that it was started for"
        )
    if not expiry.isdecimal() or int(expiry) <= now:
        raise Unauthorized("the shared access signature has expired: put a new token")
