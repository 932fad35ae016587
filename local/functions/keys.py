"""The access keys of the app, and whether a request bears one that suffices."""

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import msgspec


class Access(Enum):
    """What a door asks for, from nothing to the master key."""

    ANONYMOUS = "anonymous"
    FUNCTION = "function"
    SYSTEM = "system"  # Of the Event Grid extension.
    ADMIN = "admin"


class _File(msgspec.Struct, frozen=True, rename="camel"):
    master_key: str
    function_keys: dict[str, str]
    system_keys: dict[str, str]


@dataclass(frozen=True, slots=True)
class Keys:
    """The master key opens every door; the others open those of their kind."""

    master: str
    function: tuple[str, ...]
    system: tuple[str, ...]

    def open(self, access: Access, given: str | None) -> bool:
        """Whether the given key suffices; compared in constant time."""
        if access is Access.ANONYMOUS:
            return True
        others = {Access.FUNCTION: self.function, Access.SYSTEM: self.system}.get(access, ())
        accepted = [
            secrets.compare_digest((given or "").encode(), key.encode())
            for key in (self.master, *others)
        ]
        return any(accepted)


def load_or_create_keys(path: Path) -> Keys:
    """The keys of the file, made up and written for its owner alone if there is none.

    Raises ValueError when the file cannot be used, or holds an empty key.
    """
    if not path.exists():
        _create(path)
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except (OSError, msgspec.DecodeError) as error:
        raise ValueError(f"the key file {path} cannot be used: {error}") from error
    keys = Keys(
        file.master_key, tuple(file.function_keys.values()), tuple(file.system_keys.values())
    )
    if not all((keys.master, *keys.function, *keys.system)):
        raise ValueError(f"the key file {path} holds an empty key; everybody would have it")
    return keys


def _create(path: Path) -> None:
    """Write the file whole or, when another host just did, not at all."""
    document = {
        "masterKey": secrets.token_urlsafe(32),
        "functionKeys": {"default": secrets.token_urlsafe(32)},
        "systemKeys": {"eventgrid_extension": secrets.token_urlsafe(32)},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(document, indent=2), encoding="utf-8")
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
