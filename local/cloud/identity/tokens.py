"""Access tokens: JSON Web Tokens for one audience, for one day.

Entra ID signs with a key pair that everybody can look up. Here issuer and receivers are one
process, so one key that nobody else has is enough; it is kept, so that tokens survive a restart.
"""

import secrets
import time
import uuid
from pathlib import Path

import jwt

from local.cloud.errors import unauthenticated
from local.layout import write_secret

TENANT = "11111111-1111-1111-1111-111111111111"
_ISSUER = f"https://sts.windows.net/{TENANT}/"
_ALGORITHM = "HS256"
_REQUIRED = ["aud", "exp", "iat", "iss", "nbf", "sub"]


class Tokens:
    """Issues tokens and reads them; `path` holds the key, `seconds` is how long a token lasts."""

    def __init__(self, path: Path, seconds: int) -> None:
        self._key = _kept_key(path)
        self._seconds = seconds

    def issue(self, principal: str, audience: str) -> tuple[str, int]:
        """A token and the time of its end, in seconds since 1970."""
        now = int(time.time())
        claims = {
            "aud": audience,
            "iss": _ISSUER,
            "iat": now,
            "nbf": now,
            "exp": now + self._seconds,
            "oid": str(object_id(principal)),
            "sub": principal,
            "tid": TENANT,
            "ver": "1.0",
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM), now + self._seconds

    def principal(self, token: str, audiences: set[str]) -> str:
        """Whose token this is. Raises Refused (401) for one that does not count here."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=audiences,
                issuer=_ISSUER,
                options={"require": _REQUIRED},
            )
        except jwt.ExpiredSignatureError as error:
            raise unauthenticated(
                "ExpiredAuthenticationToken", "The access token has expired; get a new one."
            ) from error
        except jwt.InvalidAudienceError as error:
            raise unauthenticated(
                "InvalidAuthenticationTokenAudience",
                "The access token is for another audience than " + ", ".join(sorted(audiences)),
            ) from error
        except jwt.InvalidTokenError as error:
            raise unauthenticated(
                "InvalidAuthenticationToken", "The access token is not one of this cloud's."
            ) from error
        return str(claims["sub"])


def object_id(principal: str) -> uuid.UUID:
    """A principal's object id, the same at every start."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"principal:{principal}")


def _kept_key(path: Path) -> bytes:
    if not path.exists():
        write_secret(path, secrets.token_bytes(32))
    return path.read_bytes()
