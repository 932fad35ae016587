"""The queues of a namespace, read from a JSON file in the words of Azure Resource Manager.

    {"queues": [{"name": "lanes", "properties": {
        "requiresSession": true, "lockDuration": "PT1M", "maxDeliveryCount": 10,
        "requiresDuplicateDetection": true, "duplicateDetectionHistoryTimeWindow": "PT10M"}}]}

Source of names, defaults and limits: Microsoft.ServiceBus/namespaces/queues 2026-01-01 (azure
resource manager schemas, MIT) and learn.microsoft.com, "Service Bus quotas". A property that the
emulator does not honour is refused by name instead of being ignored.
"""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec

LONGEST_LOCK = timedelta(minutes=5)
SHORTEST_WINDOW = timedelta(seconds=20)
LONGEST_WINDOW = timedelta(days=7)


class QueueProperties(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What a queue may be told; durations are ISO 8601 in the file."""

    requires_session: bool = False
    lock_duration: timedelta = timedelta(minutes=1)
    max_delivery_count: Annotated[int, msgspec.Meta(ge=1, le=2000)] = 10
    requires_duplicate_detection: bool = False
    duplicate_detection_history_time_window: timedelta = timedelta(minutes=10)

    def __post_init__(self) -> None:
        if not timedelta(0) < self.lock_duration <= LONGEST_LOCK:
            raise ValueError(f"lockDuration must lie between 0 and {LONGEST_LOCK}")
        if not SHORTEST_WINDOW <= self.duplicate_detection_history_time_window <= LONGEST_WINDOW:
            raise ValueError(
                "duplicateDetectionHistoryTimeWindow must lie between "
                f"{SHORTEST_WINDOW} and {LONGEST_WINDOW}"
            )

    @property
    def lock_seconds(self) -> float:
        """How long a message or session stays locked without renewal."""
        return self.lock_duration.total_seconds()

    @property
    def duplicate_window_seconds(self) -> float:
        """How long a message id is remembered; 0 when duplicates are not looked for."""
        if not self.requires_duplicate_detection:
            return 0.0
        return self.duplicate_detection_history_time_window.total_seconds()


class QueueSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A queue's name with its properties."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$")]
    properties: QueueProperties = QueueProperties()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    queues: list[QueueSettings]


def load_queues(path: Path) -> list[QueueSettings]:
    """The queues of the file. Raises ValueError that says where the file is wrong."""
    try:
        queues = msgspec.json.decode(path.read_bytes(), type=_File).queues
    except (OSError, msgspec.DecodeError) as error:
        raise ValueError(f"the queue file {path} cannot be used: {error}") from error
    names = Counter(queue.name.lower() for queue in queues)
    if twice := [name for name, count in names.items() if count > 1]:
        raise ValueError(f"the queue file {path} names a queue twice: {', '.join(twice)}")
    return queues
