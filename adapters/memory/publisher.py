"""A topic in memory."""

from collections.abc import Mapping
from typing import Any


class MemoryPublisher:
    """Port `Publisher`: what was published, by its identifier."""

    def __init__(self) -> None:
        self.published: dict[str, tuple[str, str, Mapping[str, Any]]] = {}

    def publish(self, identifier: str, model: str, kind: str, data: Mapping[str, Any]) -> None:
        """Keep one event an identifier."""
        self.published[identifier] = (model, kind, data)
