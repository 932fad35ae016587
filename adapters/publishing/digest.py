"""The version of a pipeline is the digest of all that it consists of."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

# The keys of Azure ML's YAML under which a file or folder beside it may be named.
_NAMING = frozenset({"code", "component", "conda_file", "environment", "path"})


def content_digest(path: Path) -> str:
    """SHA-256 in hex over a YAML file and every file that it names, directly or through others.

    Only content and relative names count, so that a copy of a project has the same digest.
    """
    path = path.resolve()
    digest = hashlib.sha256()
    for file in sorted(set(_files(path)), key=lambda file: os.path.relpath(file, path.parent)):
        name, content = os.path.relpath(file, path.parent), file.read_bytes()
        digest.update(f"{len(name)}:{name}{len(content)}:".encode() + content)
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        # What Python compiled on the way is not content.
        inside = (one for one in path.rglob("*") if "__pycache__" not in one.parts)
        yield from (one for one in inside if one.is_file())
        return
    yield path
    if path.suffix in {".yml", ".yaml"}:
        for name in _names(yaml.safe_load(path.read_bytes())):
            named = (path.parent / name.removeprefix("file:")).resolve()
            if named.exists() and named != path:
                yield from _files(named)


def _names(value: Any) -> Iterator[str]:
    """Every text in a YAML document that may name a file or folder."""
    if isinstance(value, list):
        for one in value:
            yield from _names(one)
    if isinstance(value, dict):
        for key, one in value.items():
            if key in _NAMING and isinstance(one, str):
                yield one
            yield from _names(one)
